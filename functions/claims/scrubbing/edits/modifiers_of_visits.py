"""Modifiers of visits: what separates them from procedures of the day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits import modifier_table as table
from functions.claims.scrubbing.families import (
    EM,
    OFFICE,
    PREVENTIVE,
)
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, hit, line_edit

_AT: Final = "procedure.modifiers"
_MINOR: Final = frozenset({"000", "010"})
_MAJOR: Final = "090"


def _days(case: Case, line: Line) -> str | None:
    return case.facts.code_sets.coding.global_days(line.code)


@line_edit(
    "MOD-EM-ONLY",
    ERROR,
    "A modifier of visits on another service",
    guards="2400 SV101-3",
    source="NCCI Policy Manual ch. I §E.1: 24, 25 and 57 are of E/M services alone",
    message="{modifier} belongs to a visit, and {code} is none.",
    modifiers=table.OF_EM,
)
def visit_modifier_elsewhere(case: Case, line: Line) -> Iterator[Hit]:
    if line.code not in EM:
        modifier = next(one for one in line.modifiers if one in table.OF_EM)
        yield hit(_AT, modifier=modifier)


@line_edit(
    "MOD-59-EM",
    ERROR,
    "59 on a visit",
    guards="2400 SV101-3",
    source="NCCI Policy Manual ch. I §E.1.d: 59 and X{EPSU} not on E/M; use 25",
    message="{modifier} is not used on a visit like {code}: what separates a visit is 25.",
    codes=EM,
    modifiers=table.DISTINCT,
)
def distinct_visit(case: Case, line: Line) -> Iterator[Hit]:
    modifier = next(one for one in line.modifiers if one in table.DISTINCT)
    yield hit(_AT, modifier=modifier)


@line_edit(
    "MOD-25-MISSING",
    WARNING,
    "A visit beside a minor procedure without 25",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.2.A.8; 30.6.6.B",
    message="{code} is a visit on the day of {procedure}, a minor procedure: it is paid with 25, "
    "where it was more than the procedure needs.",
    codes=EM,
)
def visit_beside_procedure(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("25", "24", "57"):
        return
    for other in case.same_day(line):
        if case.same_provider(line, other) and _days(case, other) in _MINOR:
            yield hit(_AT, procedure=other.code)
            return


@line_edit(
    "MOD-57-MISSING",
    WARNING,
    "A visit beside a major operation without 57",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.2.A.4",
    message="{code} is a visit on the day of {procedure}, or the day before: it is paid with 57, "
    "where it decided for the operation.",
    codes=EM,
)
def visit_before_operation(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("57", "24") or line.first is None:
        return
    for other in case.lines:
        near = other.first and 0 <= (other.first - line.first).days <= 1
        if near and case.same_provider(line, other) and _days(case, other) == _MAJOR:
            yield hit(_AT, procedure=other.code)
            return


@line_edit(
    "MOD-57-MINOR",
    WARNING,
    "57 beside a minor procedure",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.2.A.4: 57 of major operations alone",
    message="{code} has 57 on the day of {procedure}, a minor procedure: that is 25.",
    codes=EM,
    modifiers=frozenset({"57"}),
)
def decided_for_minor(case: Case, line: Line) -> Iterator[Hit]:
    beside = [(other, _days(case, other)) for other in case.same_day(line)]
    if any(days == _MAJOR for _, days in beside):
        return
    for other, days in beside:
        if days in _MINOR:
            yield hit(_AT, procedure=other.code)
            return


@line_edit(
    "MOD-25-ALONE",
    INFO,
    "25 with nothing beside the visit",
    guards="2400 SV101-3",
    source="NCCI Policy Manual ch. I §E.1.b; OIG, use of modifier 25",
    message="{code} has 25, and there is no other service of that day on the claim.",
    codes=EM,
    modifiers=frozenset({"25"}),
)
def separate_from_nothing(case: Case, line: Line) -> Iterator[Hit]:
    if not any(True for _ in case.same_day(line)):
        yield hit(_AT)


@line_edit(
    "MOD-25-PREVENTIVE",
    WARNING,
    "A visit beside a preventive one without 25",
    guards="2400 SV101-3",
    source="CPT guidelines on preventive visits, by its numbers; payers' policies",
    message="{code} is beside a preventive visit of the same day: it is paid with 25 alone.",
    codes=OFFICE,
)
def visit_beside_preventive(case: Case, line: Line) -> Iterator[Hit]:
    if not line.has("25") and any(other.code in PREVENTIVE for other in case.same_day(line)):
        yield hit(_AT)


@line_edit(
    "MOD-26-EM",
    ERROR,
    "A part of a visit",
    guards="2400 SV101-3",
    source="Medicare Physician Fee Schedule, PC/TC indicator 0: no parts",
    message="{code} is a visit, of which there is no professional or technical part.",
    codes=EM,
    modifiers=frozenset({"26", "TC"}),
)
def part_of_a_visit(case: Case, line: Line) -> Iterator[Hit]:
    yield hit(_AT)


@line_edit(
    "MOD-GLOBAL-VISIT",
    ERROR,
    "A modifier of operations on a visit",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.2: 58, 78, 79 are of procedures",
    message="{modifier} is of a procedure in the aftercare of another, and {code} is a visit: 24.",
    codes=EM,
    modifiers=frozenset({"58", "78", "79"}),
)
def operation_modifier_on_visit(case: Case, line: Line) -> Iterator[Hit]:
    modifier = next(one for one in line.modifiers if one in {"58", "78", "79"})
    yield hit(_AT, modifier=modifier)
