"""Who ordered or referred, and the facility: loops 2310A, 2310C and 2420E."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.codes.ranges import Codes, words
from caresmith.codes.tests_by_code import DIAGNOSTIC
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits.providers import PERSONS, line_of, providers
from functions.claims.scrubbing.families import CONSULTATION, THERAPY
from functions.claims.scrubbing.registry import (
    ERROR,
    INFO,
    WARNING,
    Hit,
    edit,
    fix,
    hit,
    line_edit,
)

_ELSEWHERE: Final = words("19 21 22 23 24 26 31 32 33 34 51 52 53 55 56 61 62 65")
"""Places that are never the billing provider's office (CMS place of service codes)."""
_ORDERED_EQUIPMENT: Final = Codes("A4206-A9999 E0100-E8002 K0001-K1036 L0112-L9900")


@edit(
    "REF-NPI",
    ERROR,
    "A referring, ordering or supervising provider has no NPI",
    guards="2310A NM109, 2310D NM109, 2420E NM109",
    source="42 CFR 424.507(a)(2): the claim has the NPI of who ordered; CMS-1500 item 17b",
    message="The {role} provider's NPI is missing.",
)
def referring_without_npi(case: Case) -> Iterator[Hit]:
    for role, path, one in providers(case):
        if role in PERSONS and not one.npi:
            yield hit(f"{path}.npi", line=line_of(path), role=role.replace("_", " "))


@edit(
    "REF-PRIMARY",
    WARNING,
    "A primary care provider beside no referring one",
    guards="2310A NM101",
    source="TR3 X222A1 2310A: P3 is the second of two; a single one is sent as DN",
    message="A primary care provider is named and no referring one: a single one is sent as "
    "referring.",
)
def primary_without_referring(case: Case) -> Iterator[Hit]:
    if case.draft.providers.primary_care and not case.draft.providers.referring:
        yield hit("providers.primary_care")


def _ordered(case: Case, line: Line) -> bool:
    own = line.draft.providers
    return bool(own.ordering or own.referring or case.draft.providers.referring)


@line_edit(
    "REF-ORDER",
    ERROR,
    "A diagnostic test without who ordered it",
    guards="2310A, 2420E",
    source="42 CFR 424.507(a); Medicare Claims Processing Manual ch. 26 §10.4 item 17",
    message="Medicare pays {code} only with the provider who ordered or referred it, even where "
    "it is the same who rendered it.",
    codes=DIAGNOSTIC,
)
def test_without_order(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare and not _ordered(case, line):
        yield hit("providers.ordering")


@line_edit(
    "REF-EQUIPMENT",
    ERROR,
    "Equipment or supplies without who ordered them",
    guards="2420E",
    source="TR3 X222A1 2420E: required for DMEPOS when another than who rendered; 42 CFR 410.38",
    message="{code} is equipment or a supply: Medicare needs who ordered it.",
    codes=_ORDERED_EQUIPMENT,
)
def equipment_without_order(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare and not _ordered(case, line):
        yield hit("providers.ordering")


@line_edit(
    "REF-THERAPY",
    ERROR,
    "Therapy without who certified its plan",
    guards="2310A",
    source="42 CFR 424.24(c); Medicare Claims Processing Manual ch. 5 §20",
    message="Medicare pays {code} only with the provider who certified the plan of care.",
    codes=THERAPY,
)
def therapy_without_certifier(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare and not _ordered(case, line):
        yield hit("providers.referring")


@line_edit(
    "REF-CONSULT",
    WARNING,
    "A consultation that nobody asked for",
    guards="2310A",
    source="CMS-1500 manual (NUCC) item 17; payers' policies on consultations",
    message="{code} is a consultation, and who asked for it is not named.",
    codes=CONSULTATION,
)
def consultation_without_referring(case: Case, line: Line) -> Iterator[Hit]:
    if not _ordered(case, line):
        yield hit("providers.referring")


@edit(
    "FAC-MISSING",
    WARNING,
    "The place of service is not told",
    guards="2310C",
    source="TR3 X222A1 2310C: required when another than the billing provider's; item 32",
    message="The place of service is {place}, and the facility is not named.",
)
def facility_missing(case: Case) -> Iterator[Hit]:
    place = case.draft.place_of_service
    if place in _ELSEWHERE and case.draft.providers.facility is None:
        yield hit("providers.facility", place=place)


@edit(
    "FAC-NAME",
    ERROR,
    "The facility has no name",
    guards="2310C NM103",
    source="TR3 X222A1 2310C NM1",
    message="The name of the place where the service was rendered is missing.",
)
def facility_without_name(case: Case) -> Iterator[Hit]:
    one = case.draft.providers.facility
    if one and not one.name.strip():
        yield hit("providers.facility.name")


@edit(
    "FAC-SAME",
    INFO,
    "The facility is where the billing provider is",
    guards="2310C",
    source="TR3 X222A1 2310C: required when another than the billing provider's",
    message="The facility has the billing provider's address and need not be sent.",
)
def facility_is_the_practice(case: Case) -> Iterator[Hit]:
    one, billing = case.draft.providers.facility, case.draft.billing
    if one and one.address == billing.address and one.npi in {None, billing.npi}:
        yield hit("providers.facility", fix=fix("Leave it out", ("providers.facility", None)))
