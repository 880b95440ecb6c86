"""How many, and for how much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.codes.ncci import Adjudication, UnitLimit
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.families import DRUGS, EM
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, hit, line_edit

_LOW_PERCENT: Final = 50
_HIGH_TIMES: Final = 5
_PARTS: Final = ("26", "TC", "52", "53", "54", "55", "56", "62", "80", "81", "82", "AS", "SL", "FB")
"""With one of these, less than the whole price is charged."""


@line_edit(
    "UNI-NONE",
    ERROR,
    "A line of no units",
    guards="2400 SV104",
    source="TR3 X222A1 2400 SV104; CMS-1500 item 24G",
    message="Line {line} has no units.",
)
def no_units(case: Case, line: Line) -> Iterator[Hit]:
    one = line.draft.quantity
    if one is None or one.thousandths <= 0:
        yield hit("quantity")


@line_edit(
    "UNI-FRACTION",
    WARNING,
    "Parts of a unit",
    guards="2400 SV104",
    source="CMS-1500 manual (NUCC) item 24G; payers round or refuse",
    message="Line {line} has parts of a unit.",
)
def parts_of_units(case: Case, line: Line) -> Iterator[Hit]:
    one = line.draft.quantity
    if one and one.thousandths % 1000 and line.code not in DRUGS:
        yield hit("quantity")


@line_edit(
    "UNI-VISIT",
    WARNING,
    "More than one visit of a day",
    guards="2400 SV104",
    source="Medicare Claims Processing Manual ch. 12 §30.6.7.B: one office visit a day",
    message="{code} is a visit, and line {line} has {units} of one day.",
    codes=EM,
)
def several_visits(case: Case, line: Line) -> Iterator[Hit]:
    timed = case.facts.code_sets.coding.global_days(line.code) == "ZZZ"
    if line.units > 1 and line.first == line.last and not timed:
        yield hit("quantity", units=line.units)


def _limit(case: Case, line: Line) -> UnitLimit | None:
    day = line.first
    return case.facts.code_sets.coding.limit(line.code, day) if day else None


def _of_day(case: Case, line: Line) -> int:
    """Units of the code on that day by this provider, on this line and the others."""
    return line.units + sum(
        other.units
        for other in case.same_day(line)
        if other.code == line.code and case.same_provider(line, other)
    )


def _first_of_code(case: Case, line: Line) -> bool:
    """Whether no earlier line tells the same of the day."""
    return not any(
        other.code == line.code and other.number < line.number for other in case.same_day(line)
    )


@line_edit(
    "MUE-LINE",
    ERROR,
    "More units than are paid on a line",
    guards="2400 SV104",
    source="CMS, Medically Unlikely Edits, indicator 1; NCCI Policy Manual ch. I §V",
    message="Line {line} has {units} units of {code}, and {limit} are paid on a line: more is "
    "sent on a line of its own, with a modifier that tells why.",
)
def units_of_line(case: Case, line: Line) -> Iterator[Hit]:
    found = _limit(case, line)
    if found and found.adjudication is Adjudication.LINE and line.units > found.units:
        yield hit("quantity", units=line.units, limit=found.units)


@line_edit(
    "MUE-POLICY",
    ERROR,
    "More units than a day can have",
    guards="2400 SV104",
    source="CMS, Medically Unlikely Edits, indicator 2 (absolute); NCCI Policy Manual ch. I §V",
    message="There are {units} units of {code} on a day, and more than {limit} are never paid.",
)
def units_of_day_by_policy(case: Case, line: Line) -> Iterator[Hit]:
    found = _limit(case, line)
    if found and found.adjudication is Adjudication.DAY_BY_POLICY and _first_of_code(case, line):
        units = _of_day(case, line)
        if units > found.units:
            yield hit("quantity", units=units, limit=found.units)


@line_edit(
    "MUE-CLINICAL",
    WARNING,
    "More units than a day is likely to have",
    guards="2400 SV104",
    source="CMS, Medically Unlikely Edits, indicator 3; NCCI Policy Manual ch. I §V",
    message="There are {units} units of {code} on a day, and more than {limit} are denied at "
    "first: the record must support them.",
)
def units_of_day_by_data(case: Case, line: Line) -> Iterator[Hit]:
    found = _limit(case, line)
    clinical = found and found.adjudication is Adjudication.DAY_BY_CLINICAL_DATA
    if found and clinical and _first_of_code(case, line):
        units = _of_day(case, line)
        if units > found.units:
            yield hit("quantity", units=units, limit=found.units)


@line_edit(
    "CHG-MISSING",
    ERROR,
    "A line without a charge",
    guards="2400 SV102",
    source="TR3 X222A1 2400 SV102; CMS-1500 item 24F",
    message="Line {line} has no charge.",
)
def charge_missing(case: Case, line: Line) -> Iterator[Hit]:
    if line.draft.charge is None:
        yield hit("charge")


@line_edit(
    "CHG-NEGATIVE",
    ERROR,
    "A negative charge",
    guards="2400 SV102",
    source="TR3 X222A1 2400 SV102: zero or more",
    message="Line {line} charges less than nothing.",
)
def charge_negative(case: Case, line: Line) -> Iterator[Hit]:
    if line.draft.charge is not None and line.draft.charge.cents < 0:
        yield hit("charge")


@line_edit(
    "CHG-ZERO",
    WARNING,
    "A line that charges nothing",
    guards="2400 SV102",
    source="TR3 X222A1 2400 SV102: zero is legal; payers often refuse it",
    message="Line {line} charges nothing.",
)
def charge_zero(case: Case, line: Line) -> Iterator[Hit]:
    one = line.draft.charge
    if one is not None and one.cents == 0 and line.code[-1:] != "F":
        yield hit("charge")


@line_edit(
    "CHG-BELOW",
    WARNING,
    "A charge far below the fee schedule",
    guards="2400 SV102",
    source="The practice's fee schedule; payers pay the lesser of charge and allowance",
    message="Line {line} charges {charge} for {units} of {code}, and the fee schedule has {fee}.",
)
def charge_below(case: Case, line: Line) -> Iterator[Hit]:
    fee, said = case.facts.practice.fees.of(line.code, line.modifiers), line.draft.charge
    if fee and said and line.units and not line.has(*_PARTS):
        whole = fee * line.units
        if 0 < said.cents * 100 < whole.cents * _LOW_PERCENT:
            yield hit("charge", charge=said, units=line.units, fee=whole)


@line_edit(
    "CHG-ABOVE",
    WARNING,
    "A charge far above the fee schedule",
    guards="2400 SV102",
    source="The practice's fee schedule",
    message="Line {line} charges {charge} for {units} of {code}, and the fee schedule has {fee}.",
)
def charge_above(case: Case, line: Line) -> Iterator[Hit]:
    fee, said = case.facts.practice.fees.of(line.code, line.modifiers), line.draft.charge
    if fee and said and line.units:
        whole = fee * line.units * (2 if line.has("50") else 1)
        if said.cents > whole.cents * _HIGH_TIMES:
            yield hit("charge", charge=said, units=line.units, fee=whole)
