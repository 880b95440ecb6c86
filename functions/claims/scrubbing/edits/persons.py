"""Diagnoses that do not fit the patient: sex and age."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.registry import WARNING, Hit, edit, hit

_NEWBORN: Final = ("Z0011",)
_CHILD: Final = ("Z0012",)
_ADULT: Final = ("Z000",)
_MATERNITY_YEARS: Final = range(9, 65)
"""Medicare Code Editor: maternity diagnoses from 9 to 64 years."""


@edit(
    "DX-FEMALE",
    WARNING,
    "A diagnosis of women, of a man",
    guards="2300 HI, DMG03",
    source="Medicare Code Editor, sex conflicts; modifier KX where it is right all the same",
    message="{code} is a diagnosis of women, and the patient is male.",
)
def diagnosis_of_women(case: Case) -> Iterator[Hit]:
    if case.sex != "M" or any(line.has("KX") for line in case.lines):
        return
    for one in case.diagnoses:
        if _of_sex(
            one.code, ("O",), ("N70", "N98"), ("C51", "C58"), ("Z33", "Z34"), ("Z3A", "Z3A")
        ):
            yield hit(f"diagnoses.{one.index}", code=one.code)


@edit(
    "DX-MALE",
    WARNING,
    "A diagnosis of men, of a woman",
    guards="2300 HI, DMG03",
    source="Medicare Code Editor, sex conflicts; modifier KX where it is right all the same",
    message="{code} is a diagnosis of men, and the patient is female.",
)
def diagnosis_of_men(case: Case) -> Iterator[Hit]:
    if case.sex != "F" or any(line.has("KX") for line in case.lines):
        return
    for one in case.diagnoses:
        if _of_sex(one.code, ("N40", "N51"), ("C60", "C63"), ("Z125", "Z125")):
            yield hit(f"diagnoses.{one.index}", code=one.code)


def _of_sex(code: str, *ranges: tuple[str, ...]) -> bool:
    return any(
        code.startswith(span[0]) if len(span) == 1 else span[0] <= code[: len(span[0])] <= span[1]
        for span in ranges
    )


@edit(
    "DX-AGE-NEWBORN",
    WARNING,
    "A newborn's diagnosis of somebody older",
    guards="2300 HI, DMG02",
    source="ICD-10-CM Official Guidelines I.C.16.a; Z00.11: under 29 days",
    message="{code} is of the first 28 days of life.",
)
def newborn_codes(case: Case) -> Iterator[Hit]:
    born, day = case.birth_date, case.first_day
    if born and day and (day - born).days > 28:  # noqa: PLR2004 - Z00.11
        for one in case.diagnoses:
            if one.code.startswith(_NEWBORN) or one.code.startswith("Z38"):
                yield hit(f"diagnoses.{one.index}", code=one.code)


@edit(
    "DX-AGE-CHILD",
    WARNING,
    "A child's examination of an adult",
    guards="2300 HI, DMG02",
    source="ICD-10-CM tabular list, Z00.12: child health examination; Medicare Code Editor 0-17",
    message="{code} is the examination of a child, and the patient is {age} years old.",
)
def child_codes(case: Case) -> Iterator[Hit]:
    age = case.age(case.first_day)
    if age is not None and age > 17:  # noqa: PLR2004 - a child
        for one in case.diagnoses:
            if one.code.startswith(_CHILD):
                yield hit(f"diagnoses.{one.index}", code=one.code, age=age)


@edit(
    "DX-AGE-ADULT",
    WARNING,
    "An adult's examination of a child",
    guards="2300 HI, DMG02",
    source="ICD-10-CM tabular list, Z00.0: adult examination; Medicare Code Editor 15-124",
    message="{code} is the examination of an adult, and the patient is {age} years old.",
)
def adult_codes(case: Case) -> Iterator[Hit]:
    age = case.age(case.first_day)
    if age is not None and age < 15:  # noqa: PLR2004 - Medicare Code Editor
        for one in case.diagnoses:
            if one.code.startswith(_ADULT):
                yield hit(f"diagnoses.{one.index}", code=one.code, age=age)


@edit(
    "DX-AGE-MATERNITY",
    WARNING,
    "A pregnancy at an age at which there is none",
    guards="2300 HI, DMG02",
    source="Medicare Code Editor, age conflicts: maternity 9-64",
    message="{code} is of a pregnancy, and the patient is {age} years old.",
)
def maternity_codes(case: Case) -> Iterator[Hit]:
    age = case.age(case.first_day)
    if age is not None and age not in _MATERNITY_YEARS:
        for one in case.diagnoses:
            if one.code.startswith("O"):
                yield hit(f"diagnoses.{one.index}", code=one.code, age=age)
