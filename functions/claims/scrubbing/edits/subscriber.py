"""Whose coverage it is: loops 2000B and 2010BA."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, edit, fix, hit

# CMS, "Understanding the MBI format": eleven characters, without S L O I B Z.
_LETTER: Final = "[AC-HJKMNP-RT-Y]"
_EITHER: Final = "[0-9AC-HJKMNP-RT-Y]"
_MBI: Final = re.compile(
    rf"[1-9]{_LETTER}{_EITHER}\d{_LETTER}{_EITHER}\d{_LETTER}{_LETTER}\d\d", re.ASCII
)

_SIGNS: Final = {"@": "[A-Z]", "#": "[0-9]", "*": "[A-Z0-9]"}


@edit(
    "SUB-NAME",
    ERROR,
    "The subscriber has no name",
    guards="2010BA NM103",
    source="TR3 X222A1 2010BA NM1",
    message="The subscriber's last name is missing.",
)
def subscriber_without_name(case: Case) -> Iterator[Hit]:
    if not case.draft.subscriber.last.strip():
        yield hit("subscriber.last")


@edit(
    "SUB-FIRST",
    WARNING,
    "The subscriber has no first name",
    guards="2010BA NM104",
    source="TR3 X222A1 2010BA NM104: required when the person has a first name",
    message="The subscriber's first name is missing; payers match it with the member id.",
)
def subscriber_without_first_name(case: Case) -> Iterator[Hit]:
    one = case.draft.subscriber
    if one.last.strip() and not one.organisation and not one.first.strip():
        yield hit("subscriber.first")


@edit(
    "SUB-MEMBER",
    ERROR,
    "The member id is missing",
    guards="2010BA NM109",
    source="TR3 X222A1 2010BA NM108/NM109; CMS-1500 item 1a",
    message="The subscriber's member id is missing.",
)
def member_id_missing(case: Case) -> Iterator[Hit]:
    if not case.draft.subscriber.member_id.strip():
        yield hit("subscriber.member_id")


@edit(
    "SUB-MBI",
    ERROR,
    "The Medicare number has not the form of an MBI",
    guards="2010BA NM109",
    source="CMS, Medicare Beneficiary Identifier format; 42 CFR 424.32",
    message="Medicare takes claims with an MBI alone: eleven characters, like 1EG4TE5MK73.",
)
def not_an_mbi(case: Case) -> Iterator[Hit]:
    said = case.draft.subscriber.member_id.strip()
    if case.filing == "MB" and said and not _MBI.fullmatch(said):
        yield hit("subscriber.member_id")


@edit(
    "SUB-MEMBER-FORM",
    WARNING,
    "The member id has not the payer's form",
    guards="2010BA NM109",
    source="The payer's companion guide, as its profile has it",
    message="The member id has not the form that this payer's ids have.",
)
def member_id_of_other_form(case: Case) -> Iterator[Hit]:
    said, forms = case.draft.subscriber.member_id.strip(), case.facts.payer.member_id_forms
    if said and forms and not any(_form(form).fullmatch(said.upper()) for form in forms):
        yield hit("subscriber.member_id")


@lru_cache(1024)
def _form(written: str) -> re.Pattern[str]:
    """Nothing of it repeats without end, so that no form takes long."""
    return re.compile("".join(_SIGNS.get(sign) or re.escape(sign) for sign in written.upper()))


@edit(
    "SUB-ADDRESS",
    ERROR,
    "The subscriber's address is missing",
    guards="2010BA N3, N4",
    source="TR3 X222A1 2010BA N3: required when the patient is the subscriber",
    message="The patient is the subscriber, so the subscriber's address is needed.",
)
def subscriber_without_address(case: Case) -> Iterator[Hit]:
    one = case.draft.subscriber
    if case.self_insured and (one.address is None or not one.address.line1.strip()):
        yield hit("subscriber.address")


@edit(
    "SUB-BIRTH",
    ERROR,
    "The subscriber's birth date is missing",
    guards="2010BA DMG02",
    source="TR3 X222A1 2010BA DMG: required when the patient is the subscriber",
    message="The patient is the subscriber, so the birth date is needed.",
)
def subscriber_without_birth_date(case: Case) -> Iterator[Hit]:
    if case.self_insured and case.draft.subscriber.birth_date is None:
        yield hit("subscriber.birth_date")


@edit(
    "SUB-SEX",
    ERROR,
    "The subscriber's sex is missing",
    guards="2010BA DMG03",
    source="TR3 X222A1 2010BA DMG03",
    message="The subscriber's sex is missing: F, M, or U where it is not known.",
)
def subscriber_without_sex(case: Case) -> Iterator[Hit]:
    one = case.draft.subscriber
    if (case.self_insured or one.birth_date) and one.sex not in {"F", "M", "U"}:
        yield hit("subscriber.sex")


@edit(
    "SUB-GROUP",
    ERROR,
    "Group number and group name are both given",
    guards="2000B SBR04",
    source="TR3 X222A1 2000B SBR04: required when there is no group number",
    message="The group's name is sent only where the group has no number.",
)
def group_name_beside_number(case: Case) -> Iterator[Hit]:
    one = case.draft.subscriber
    if one.group_number and one.group_name:
        yield hit(
            "subscriber.group_name",
            fix=fix("Leave the group's name out", ("subscriber.group_name", "")),
        )


@edit(
    "SUB-MEDICARE-GROUP",
    WARNING,
    "A group number on a Medicare claim",
    guards="2000B SBR03",
    source="Medicare Claims Processing Manual ch. 26 §10.2 item 11",
    message="Medicare as first payer has no group; its group number is of another insurance.",
)
def group_of_medicare(case: Case) -> Iterator[Hit]:
    one = case.draft.subscriber
    if case.filing == "MB" and one.responsibility == "P" and one.group_number not in {"", "NONE"}:
        yield hit(
            "subscriber.group_number",
        )


@edit(
    "SUB-SSN",
    ERROR,
    "The subscriber's social security number is none",
    guards="2010BA REF SY",
    source="TR3 X222A1 2010BA REF SY: nine digits without hyphens",
    message="The social security number is sent as nine digits.",
)
def subscriber_ssn(case: Case) -> Iterator[Hit]:
    said = case.draft.subscriber.ssn
    if said and not re.fullmatch(r"\d{9}", said, re.ASCII):
        digits = re.sub(r"[ -]", "", said)
        certain = re.fullmatch(r"\d{9}", digits, re.ASCII)
        mended = fix("Write it without hyphens", ("subscriber.ssn", digits)) if certain else None
        yield hit("subscriber.ssn", fix=mended)
