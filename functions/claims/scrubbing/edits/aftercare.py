"""The days of aftercare that an operation has in its price, and new patients."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits import modifier_table as table
from functions.claims.scrubbing.facts import PastService
from functions.claims.scrubbing.families import EM, NEW_PATIENT, OFFICE_ESTABLISHED, SURGERY
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, hit, line_edit

_AT: Final = "procedure.modifiers"
_AFTERCARE: Final = {"010": 10, "090": 90}
_NEW_YEARS: Final = 3


def _years_before(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap_day else day.day)


def _aftercare(case: Case, line: Line) -> Iterator[tuple[PastService, date]]:
    """Operations in whose aftercare a line falls, and its last day: same group, specialty."""
    day = line.first
    if day is None:
        return
    for past in case.facts.history:
        days = _AFTERCARE.get(case.facts.code_sets.coding.global_days(past.code) or "")
        if not days or not past.counts or not _same_specialty(case, line, past):
            continue
        last = past.day + timedelta(days=days)
        if past.day < day <= last:
            yield past, last


def _same_specialty(case: Case, line: Line, past: PastService) -> bool:
    """Medicare Claims Processing Manual ch. 12 §30.6.5: one group and specialty are one."""
    own = line.rendering
    if line.npi and past.rendering == line.npi:
        return True
    group = not past.group or past.group == (case.draft.billing.npi or "")
    taxonomy = (own.taxonomy if own else "") or case.draft.billing.taxonomy
    return group and bool(taxonomy) and taxonomy == past.specialty


@line_edit(
    "GLO-VISIT",
    ERROR,
    "A visit in the aftercare of an operation",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.1, §40.2.A.6: modifier 24",
    message="{code} is within the aftercare of {procedure} of {day}, until {last}: it is paid "
    "with 24, where it had nothing to do with it.",
    codes=EM,
)
def visit_in_aftercare(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("24", "55", "57") or line.code in {"99291", "99292"}:
        return
    for past, last in _aftercare(case, line):
        yield hit(_AT, procedure=past.code, day=past.day, last=last)
        return


@line_edit(
    "GLO-PROCEDURE",
    WARNING,
    "A procedure in the aftercare of another",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.2.A.5 to A.7: 58, 78, 79",
    message="{code} is within the aftercare of {procedure} of {day}, until {last}: it is paid "
    "with 58, 78 or 79.",
    codes=SURGERY,
)
def procedure_in_aftercare(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("58", "78", "79", "55"):
        return
    for past, last in _aftercare(case, line):
        yield hit(_AT, procedure=past.code, day=past.day, last=last)
        return


@line_edit(
    "GLO-NOTHING",
    INFO,
    "A modifier of aftercare without an operation",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.2",
    message="{modifier} tells of the aftercare of an operation, and none is known.",
    modifiers=table.GLOBAL_PERIOD,
)
def aftercare_of_nothing(case: Case, line: Line) -> Iterator[Hit]:
    if not any(True for _ in _aftercare(case, line)):
        modifier = next(one for one in line.modifiers if one in table.GLOBAL_PERIOD)
        yield hit(_AT, modifier=modifier)


@line_edit(
    "NEW-SEEN",
    ERROR,
    "A new patient who was here within three years",
    guards="2400 SV101-2",
    source="Medicare Claims Processing Manual ch. 12 §30.6.7.A; CPT guidelines by their numbers",
    message="{code} is for new patients, and this one had {service} on {day}, with the same "
    "specialty of the group.",
    codes=NEW_PATIENT,
)
def new_and_seen(case: Case, line: Line) -> Iterator[Hit]:
    day = line.first
    if day is None:
        return
    since = _years_before(day, _NEW_YEARS)
    for past in case.facts.history:
        face_to_face = past.code in EM or past.code in SURGERY
        earlier = since <= past.day < day
        if earlier and face_to_face and past.counts and _same_specialty(case, line, past):
            yield hit("procedure.code", service=past.code, day=past.day)
            return


@line_edit(
    "NEW-UNSEEN",
    INFO,
    "An established patient of whom nothing is known",
    guards="2400 SV101-2",
    source="Medicare Claims Processing Manual ch. 12 §30.6.7.A",
    message="{code} is for patients who were here within three years, and no earlier service is "
    "known.",
    codes=OFFICE_ESTABLISHED,
)
def established_and_unseen(case: Case, line: Line) -> Iterator[Hit]:
    if not case.facts.history:
        yield hit("procedure.code")
