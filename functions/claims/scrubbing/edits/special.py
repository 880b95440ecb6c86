"""Services with rules of their own: spine, feet, therapy, anesthesia, EPSDT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits import modifier_table as table
from functions.claims.scrubbing.families import (
    ANESTHESIA,
    CHIROPRACTIC,
    PREVENTIVE,
    ROUTINE_FOOT_CARE,
    THERAPY,
)
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, edit, hit, line_edit

_AT: Final = "procedure.modifiers"
_SUBLUXATION: Final = ("M990",)
_CHILD: Final = 21
"""42 CFR 440.40(b): EPSDT is for those under 21."""


@line_edit(
    "CHI-AT",
    WARNING,
    "Spinal manipulation without AT",
    guards="2400 SV101-3",
    source="Medicare Benefit Policy Manual ch. 15 §240.1.3.A",
    message="Medicare takes {code} without AT as maintenance, and denies it.",
    codes=CHIROPRACTIC,
)
def manipulation_without_at(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare and not line.has("AT", "GA", "GZ", "GY"):
        yield hit(_AT)


@line_edit(
    "CHI-INITIAL",
    ERROR,
    "Spinal manipulation without the first day of its course",
    guards="2300 DTP 454, 2400 DTP 454",
    source="Medicare Claims Processing Manual ch. 26 §10.4 item 14; TR3 X222A1 2300 DTP 454",
    message="Medicare wants the day on which the course of {code} began (initial treatment).",
    codes=CHIROPRACTIC,
)
def manipulation_without_beginning(case: Case, line: Line) -> Iterator[Hit]:
    told = case.draft.dates.initial_treatment or line.draft.dates.initial_treatment
    if case.is_medicare and not told:
        yield hit("dates.initial_treatment")


@line_edit(
    "CHI-SUBLUXATION",
    ERROR,
    "Spinal manipulation for another diagnosis than a subluxation",
    guards="2400 SV107-1",
    source="42 CFR 410.21(b); Medicare Benefit Policy Manual ch. 15 §240.1.3",
    message="Medicare pays {code} for a subluxation of the spine alone (M99.0-), as the line's "
    "first diagnosis.",
    codes=CHIROPRACTIC,
)
def manipulation_of_what(case: Case, line: Line) -> Iterator[Hit]:
    first = next(case.pointed(line), None)
    if case.is_medicare and first and not first.code.startswith(_SUBLUXATION):
        yield hit("pointers")


@line_edit(
    "FOO-FINDINGS",
    WARNING,
    "Routine foot care without its findings",
    guards="2400 SV101-3",
    source="Medicare Benefit Policy Manual ch. 15 §290.G: Q7, Q8 or Q9",
    message="Medicare pays {code} where the findings are told by Q7, Q8 or Q9.",
    codes=ROUTINE_FOOT_CARE,
)
def foot_care_without_findings(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare and not line.has("Q7", "Q8", "Q9", "GY", "GA"):
        yield hit(_AT)


@line_edit(
    "FOO-LAST-SEEN",
    ERROR,
    "Routine foot care without the last visit to the physician",
    guards="2300 DTP 304, 2310D",
    source="TR3 X222A1 2300 DTP 304; Medicare Claims Processing Manual ch. 26 §10.4 item 19",
    message="For {code} with class findings Medicare wants when the patient was last seen by "
    "the physician who treats the disease.",
    codes=ROUTINE_FOOT_CARE,
    modifiers=table.CLASS_FINDINGS,
)
def foot_care_without_last_visit(case: Case, line: Line) -> Iterator[Hit]:
    told = case.draft.dates.last_seen or line.draft.dates.last_seen
    if case.is_medicare and not told:
        yield hit("dates.last_seen")


@line_edit(
    "THE-DISCIPLINE",
    ERROR,
    "Therapy that does not say of which kind",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 5 §20.1: GN, GO or GP",
    message="{code} is always therapy: Medicare wants GN, GO or GP.",
    codes=THERAPY,
)
def therapy_of_no_kind(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare and not line.has("GN", "GO", "GP"):
        yield hit(_AT)


@line_edit(
    "ANE-MINUTES",
    ERROR,
    "Anesthesia without minutes",
    guards="2400 SV103",
    source="TR3 X222A1 2400 SV103: MJ with anesthesia; CMS-1500 item 24G",
    message="{code} is anesthesia, and is counted in minutes (MJ).",
    codes=ANESTHESIA,
)
def anesthesia_without_minutes(case: Case, line: Line) -> Iterator[Hit]:
    if line.draft.unit != "MJ" and line.code != "01996":
        yield hit("unit")


@line_edit(
    "ANE-MINUTES-ELSEWHERE",
    ERROR,
    "Minutes of what is no anesthesia",
    guards="2400 SV103",
    source="TR3 X222A1 2400 SV103: MJ for anesthesia, UN otherwise",
    message="{code} is no anesthesia, and is counted in units (UN).",
)
def minutes_elsewhere(case: Case, line: Line) -> Iterator[Hit]:
    if line.draft.unit == "MJ" and line.code not in ANESTHESIA:
        yield hit("unit")


@line_edit(
    "ANE-BY-WHOM",
    ERROR,
    "Anesthesia that does not say by whom",
    guards="2400 SV101-3",
    source="42 CFR 414.46; Medicare Claims Processing Manual ch. 12 §50.K, §140.3.3",
    message="{code}: Medicare wants AA, AD, QK, QX, QY or QZ, which say who gave and directed it.",
    codes=ANESTHESIA,
)
def anesthesia_by_nobody(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare and table.ANESTHESIA_BY.isdisjoint(line.modifiers):
        yield hit(_AT)


@line_edit(
    "EPS-INDICATOR",
    WARNING,
    "A child's check-up under Medicaid that is not told to be EPSDT",
    guards="2400 SV111",
    source="42 CFR 441.56; TR3 X222A1 2400 SV111: required when EPSDT was involved; item 24H",
    message="{code} of a child with Medicaid is usually EPSDT, and the line does not say so.",
    codes=PREVENTIVE,
)
def epsdt_untold(case: Case, line: Line) -> Iterator[Hit]:
    age = case.age(line.first)
    if case.is_medicaid and age is not None and age < _CHILD and not line.draft.epsdt:
        yield hit("epsdt")


@edit(
    "EPS-REFERRAL",
    ERROR,
    "EPSDT without whether a referral was given",
    guards="2300 CRC ZZ",
    source="TR3 X222A1 2300 CRC: required on EPSDT claims when the screening is billed",
    message="An EPSDT screening tells whether it led to a referral (AV, NU, S2 or ST).",
)
def epsdt_without_referral(case: Case) -> Iterator[Hit]:
    screened = any(line.draft.epsdt and line.code in PREVENTIVE for line in case.lines)
    if case.is_medicaid and screened and case.draft.epsdt is None:
        yield hit("epsdt")
