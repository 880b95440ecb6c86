"""Diagnoses by themselves: form, and validity on the day of service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from caresmith.codes.icd10cm import Validity, dotted
from functions.claims.scrubbing.case import Case, Diagnosis
from functions.claims.scrubbing.findings import Fix
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, edit, fix, hit

_FORM: Final = re.compile(r"[A-Z]\d[0-9A-Z]{1,5}")


def _day(case: Case) -> date:
    return case.first_day or case.facts.today


def _of_validity(case: Case, *wanted: Validity) -> Iterator[Diagnosis]:
    day = _day(case)
    for one in case.diagnoses if case.draft.icd == "10" else ():
        state = one.known.validity(day) if one.known else Validity.UNKNOWN
        if _FORM.fullmatch(one.code) and state in wanted:
            yield one


@edit(
    "DX-FORM",
    ERROR,
    "A diagnosis that is not written as a code",
    guards="2300 HI01-2 to HI12-2",
    source="TR3 X222A1 2300 HI: without the point; ICD-10-CM Guidelines I.A.2",
    message="{code} is not written as a diagnosis is sent: three to seven characters, no point.",
)
def diagnosis_form(case: Case) -> Iterator[Hit]:
    for index, code in enumerate(case.draft.diagnoses if case.draft.icd == "10" else ()):
        if _FORM.fullmatch(code):
            continue
        plain = re.sub(r"[.\s]", "", code).upper()
        known = case.facts.code_sets.diagnoses.find(dotted(plain))
        mended = None
        if known and _FORM.fullmatch(plain) and plain not in case.draft.diagnoses:
            mended = fix(f"Write {plain}", (f"diagnoses.{index}", plain))
        yield hit(f"diagnoses.{index}", fix=mended, code=code)


@edit(
    "DX-UNKNOWN",
    ERROR,
    "A diagnosis that ICD-10-CM does not have",
    guards="2300 HI",
    source="45 CFR 162.1002(c)(2); ICD-10-CM tabular list",
    message="{code} is no code of ICD-10-CM.",
)
def diagnosis_unknown(case: Case) -> Iterator[Hit]:
    for one in _of_validity(case, Validity.UNKNOWN):
        if case.facts.code_sets.diagnoses.knows(_day(case)):
            yield hit(f"diagnoses.{one.index}", code=one.code)


@edit(
    "DX-UNKNOWN-RELEASE",
    WARNING,
    "A diagnosis that no known release has",
    guards="2300 HI",
    source="45 CFR 162.1002(c)(2); the release of the day is not loaded",
    message="{code} is not known, and neither is the release of ICD-10-CM of that day: look it up.",
)
def diagnosis_of_unknown_release(case: Case) -> Iterator[Hit]:
    for one in _of_validity(case, Validity.UNKNOWN):
        if not case.facts.code_sets.diagnoses.knows(_day(case)):
            yield hit(f"diagnoses.{one.index}", code=one.code)


@edit(
    "DX-SPECIFIC",
    ERROR,
    "A diagnosis that is not specific enough",
    guards="2300 HI",
    source="ICD-10-CM Official Guidelines I.B.2: to the highest number of characters",
    message="{code} is a heading: a longer code below it says what is meant.",
)
def diagnosis_heading(case: Case) -> Iterator[Hit]:
    for one in _of_validity(case, Validity.NOT_BILLABLE):
        yield hit(f"diagnoses.{one.index}", code=one.code)


@edit(
    "DX-NOT-YET",
    ERROR,
    "A diagnosis that was not yet valid",
    guards="2300 HI, 2400 DTP 472",
    source="42 CFR 412.60(c); ICD-10-CM: the release of the day of service",
    message="{code} is valid from {first} on, after the services.",
)
def diagnosis_not_yet(case: Case) -> Iterator[Hit]:
    for one in _of_validity(case, Validity.NOT_YET):
        if one.known:
            yield hit(f"diagnoses.{one.index}", code=one.code, first=one.known.first)


@edit(
    "DX-ENDED",
    ERROR,
    "A diagnosis that is no longer valid",
    guards="2300 HI, 2400 DTP 472",
    source="42 CFR 412.60(c); ICD-10-CM: the release of the day of service",
    message="{code} was valid until {last}, before the services.",
)
def diagnosis_ended(case: Case) -> Iterator[Hit]:
    for one in _of_validity(case, Validity.ENDED):
        if one.known:
            yield hit(f"diagnoses.{one.index}", code=one.code, last=one.known.last)


@edit(
    "DX-ENDS-WITHIN",
    WARNING,
    "Codes change between the services",
    guards="2300 HI, 2400 DTP 472",
    source="ICD-10-CM: releases of 1 October and 1 April; payers split claims there",
    message="{code} is valid on the first day of service and not on the last: split the claim.",
)
def diagnosis_ends_within(case: Case) -> Iterator[Hit]:
    last = case.last_day
    for one in _of_validity(case, Validity.VALID):
        if last and one.known and one.known.validity(last) is not Validity.VALID:
            yield hit(f"diagnoses.{one.index}", code=one.code)


@edit(
    "DX-TWICE",
    ERROR,
    "A diagnosis that stands twice",
    guards="2300 HI",
    source="ICD-10-CM Official Guidelines I.B.12: reported once for an encounter",
    message="{code} stands twice.",
)
def diagnosis_twice(case: Case) -> Iterator[Hit]:
    every = case.draft.diagnoses
    for code in dict.fromkeys(every):
        if every.count(code) > 1:
            second = every.index(code, every.index(code) + 1)
            yield hit(f"diagnoses.{second}", fix=_once(case, code), code=code)


def _once(case: Case, code: str) -> Fix:
    """Keep the first of a code; lines that pointed at another of it, point there."""
    every = case.draft.diagnoses
    first = every.index(code)
    kept = [at for at, one in enumerate(every) if one != code or at == first]
    changes: list[tuple[str, object]] = [("diagnoses", [every[at] for at in kept])]
    moved = {at + 1: kept.index(at if at in kept else first) + 1 for at in range(len(every))}
    for line in case.lines:
        pointers = [moved.get(pointer, pointer) for pointer in line.draft.pointers]
        if pointers != list(line.draft.pointers):
            changes.append((f"{line.path}.pointers", list(dict.fromkeys(pointers))))
    return fix("Keep the first", *changes)


@edit(
    "DX-EXCLUDES1",
    WARNING,
    "Two diagnoses that exclude each other",
    guards="2300 HI",
    source="ICD-10-CM Official Guidelines I.A.12.a",
    message="{one} and {other} are not coded together, by an Excludes1 note at {said_at}, unless "
    "the two have nothing to do with each other.",
)
def excludes1(case: Case) -> Iterator[Hit]:
    known = [one.known.code for one in case.diagnoses if one.known]
    for conflict in case.facts.code_sets.diagnoses.conflicts(known) if len(known) > 1 else ():
        at = next(d.index for d in case.diagnoses if d.known and d.known.code == conflict.other)
        yield hit(
            f"diagnoses.{at}",
            one=conflict.code,
            other=conflict.other,
            said_at=conflict.said_at,
        )


@edit(
    "DX-UNSPECIFIED-SIDE",
    INFO,
    "A diagnosis of an unspecified side",
    guards="2300 HI",
    source="ICD-10-CM Official Guidelines I.B.13: laterality; some payers refuse it",
    message="{code} does not say which side; payers ask for the side where there is one.",
)
def side_unspecified(case: Case) -> Iterator[Hit]:
    for one in case.diagnoses:
        title = one.known.title.casefold() if one.known else ""
        if re.search(r"unspecified (eye|ear|knee|hip|shoulder|hand|foot|ankle|wrist|elbow)", title):
            yield hit(f"diagnoses.{one.index}", code=one.code)
