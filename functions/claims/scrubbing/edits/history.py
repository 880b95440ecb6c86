"""What was done before: duplicates, how often, and who is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from caresmith.codes.ranges import Codes, words
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits import modifier_table as table
from functions.claims.scrubbing.facts import PastService
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, hit, line_edit

_APART: Final = table.DISTINCT | table.REPEATED | table.ANATOMIC | words("50 JW 26 TC KP KQ")
# Medicare, Part B: 42 CFR 410.15, 410.37, 410.39, 410.56; Claims Processing Manual ch. 18.
_MONTHS_BETWEEN: Final = {
    "G0101": 23,
    "G0103": 11,
    "G0105": 23,
    "G0121": 119,
    "G0296": 11,
    "G0328": 11,
    "G0439": 11,
    "G0442": 11,
    "G0444": 11,
    "G0446": 11,
    "71271": 11,
    "77067": 11,
    "77080": 23,
    "82270": 11,
    "Q0091": 23,
}
"""Code, and how many full months have to lie between two: numbers alone."""
_WELLNESS: Final = Codes("G0402 G0438 G0439")
_YEARLY: Final = Codes("99381-99397")


def _months_after(day: date, months: int) -> date:
    """The first day of the month that begins after so many full months."""
    count = day.year * 12 + day.month + months
    return date(count // 12, count % 12 + 1, 1)


def _identity(line: Line) -> tuple[object, ...]:
    return (line.code, line.first, line.last, line.place, line.npi)


@line_edit(
    "DUP-LINE",
    ERROR,
    "The same line twice",
    guards="2400",
    source="Medicare Claims Processing Manual ch. 1 §120.2: exact duplicates",
    message="Line {line} is the same as line {other}: {code} of the same day by the same "
    "provider. If it was done again, a modifier like 76 or 59 says so.",
)
def line_twice(case: Case, line: Line) -> Iterator[Hit]:
    if not line.code or not _APART.isdisjoint(line.modifiers):
        return
    for other in case.lines[: line.number - 1]:
        if _identity(other) == _identity(line) and _APART.isdisjoint(other.modifiers):
            yield hit("procedure.code", other=other.number)
            return


def _replaces(case: Case) -> bool:
    return case.draft.frequency in {"7", "8"}


def _others(case: Case) -> Iterator[PastService]:
    """Services on other claims than this one."""
    for past in case.facts.history:
        if past.claim != case.draft.control_number or not past.claim:
            yield past


@line_edit(
    "DUP-CLAIM",
    ERROR,
    "The same service on another claim",
    guards="2300 CLM, 2400 SV101",
    source="Medicare Claims Processing Manual ch. 1 §120.2; CARC 18",
    message="{code} of that day, with the same modifiers and by the same provider, stands on "
    "claim {claim}: it comes back as a duplicate (CARC 18).",
)
def service_on_other_claim(case: Case, line: Line) -> Iterator[Hit]:
    if _replaces(case) or not {"76", "77", "91"}.isdisjoint(line.modifiers):
        return
    npi = line.npi
    for past in _others(case):
        same = past.code == line.code and past.day == line.first
        by = not npi or not past.rendering or past.rendering == npi
        if same and by and past.counts and set(past.modifiers) == set(line.modifiers):
            yield hit("procedure.code", claim=past.claim or "(no number)")
            return


@line_edit(
    "DUP-SUSPECT",
    WARNING,
    "Much the same service on another claim",
    guards="2300 CLM, 2400 SV101",
    source="Medicare Claims Processing Manual ch. 1 §120.2: suspect duplicates",
    message="{code} of that day stands on claim {claim}, with other modifiers or by another "
    "provider.",
)
def similar_on_other_claim(case: Case, line: Line) -> Iterator[Hit]:
    if _replaces(case):
        return
    npi = line.npi
    for past in _others(case):
        if past.code != line.code or past.day != line.first or not past.counts:
            continue
        other_by = bool(npi and past.rendering and past.rendering != npi)
        other_modifiers = set(past.modifiers) != set(line.modifiers)
        if other_by or other_modifiers:
            yield hit("procedure.code", claim=past.claim or "(no number)")
            return


@line_edit(
    "DUP-DENIED",
    INFO,
    "A service that was denied before",
    guards="2300 CLM05-3",
    source="Medicare Claims Processing Manual ch. 29 §310: a denial is appealed, not sent anew",
    message="{code} of that day was denied on claim {claim}: a denial is appealed or replaced.",
)
def denied_before(case: Case, line: Line) -> Iterator[Hit]:
    for past in _others(case) if not _replaces(case) else ():
        denied = past.status.value == "denied"
        if denied and past.code == line.code and past.day == line.first:
            yield hit("procedure.code", claim=past.claim or "(no number)")
            return


@line_edit(
    "FRQ-LIFETIME",
    ERROR,
    "A service that is paid once in a lifetime",
    guards="2400 SV101-2",
    source="42 CFR 410.15, 410.16, 410.19; Medicare Claims Processing Manual ch. 18",
    message="Medicare pays {code} once, and it was done on {day}.",
    codes=Codes("G0402 G0438 G0389"),
)
def once_in_a_lifetime(case: Case, line: Line) -> Iterator[Hit]:
    for past in case.facts.history:
        earlier = line.first and past.day < line.first
        if case.is_medicare and past.code == line.code and past.counts and earlier:
            yield hit("procedure.code", day=past.day)
            return


@line_edit(
    "FRQ-MONTHS",
    ERROR,
    "A service too soon after the last",
    guards="2400 SV101-2",
    source="42 CFR 410.15(a), 410.37, 410.39, 410.56; Claims Processing Manual ch. 18",
    message="Medicare pays {code} again from {next} on: the last was on {day}.",
)
def too_soon(case: Case, line: Line) -> Iterator[Hit]:
    months = _MONTHS_BETWEEN.get(line.code)
    if not case.is_medicare or months is None or line.first is None:
        return
    for past in case.facts.history:
        if past.code == line.code and past.counts and past.day < line.first:
            again = _months_after(past.day, months)
            if line.first < again:
                yield hit("procedure.code", day=past.day, next=again)
                return


@line_edit(
    "FRQ-WELLNESS",
    ERROR,
    "Two wellness visits within a year",
    guards="2400 SV101-2",
    source="42 CFR 410.15(a); Medicare Claims Processing Manual ch. 18 §140",
    message="{code} is a wellness visit, and {other} was on {day}: eleven full months have to lie "
    "between.",
    codes=_WELLNESS,
)
def two_wellness_visits(case: Case, line: Line) -> Iterator[Hit]:
    for past in case.facts.history:
        other = past.code in _WELLNESS and past.code != line.code and past.counts
        day = line.first
        soon = day and past.day < day < _months_after(past.day, 11)
        if case.is_medicare and other and soon:
            yield hit("procedure.code", other=past.code, day=past.day)
            return


@line_edit(
    "FRQ-PREVENTIVE",
    WARNING,
    "A second preventive visit of the year",
    guards="2400 SV101-2",
    source="45 CFR 147.130; plans' benefits: one a year from three years of age on",
    message="{code} is a preventive visit, and {other} was on {day}: most plans pay one a year.",
    codes=_YEARLY,
)
def two_preventive_visits(case: Case, line: Line) -> Iterator[Hit]:
    age, day = case.age(line.first), line.first
    if age is None or age < 3 or day is None:  # noqa: PLR2004 - Bright Futures: more often before
        return
    for past in case.facts.history:
        if past.code in _YEARLY and past.counts and day - timedelta(days=365) < past.day < day:
            yield hit("procedure.code", other=past.code, day=past.day)
            return
