"""What a later message makes of a report that stands in the chart already.

A lab tells a report several times: registered, preliminary, final, corrected,
cancelled, and not always in that order. The rules:

* a report never goes back: what is less settled than what stands there comes late;
* of two equally settled tellings the one that the lab issued later counts;
* an observation that is not told again stays, for not all labs repeat all of them;
* an observation told again replaces all of its code and sub-id, whatever their number;
* a cancelled report can be taken up again only by what was issued after that.

HL7 v2.5.1 7.4.1.25 (OBR-25), 7.4.2.11 (OBX-11).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from caresmith.records.clinical.observation import Observation, ObservationStatus
from caresmith.records.clinical.report import Flag, Report, ReportStatus

R, O = ReportStatus, ObservationStatus  # noqa: E741 - next to each other they read well

SETTLED: Final = {
    R.REGISTERED: 0,
    R.PARTIAL: 1,
    R.PRELIMINARY: 1,
    R.UNKNOWN: 1,
    R.FINAL: 2,
    R.CORRECTED: 2,
    R.AMENDED: 2,
    R.APPENDED: 2,
    R.CANCELLED: 3,
    R.ENTERED_IN_ERROR: 3,
}
"""How far a report has come."""
_CHANGED: Final = frozenset({R.CORRECTED, R.AMENDED, R.APPENDED})
_OBSERVED: Final = {
    O.REGISTERED: 0,
    O.UNKNOWN: 0,
    O.PRELIMINARY: 1,
    O.FINAL: 2,
    O.CORRECTED: 2,
    O.AMENDED: 2,
    O.CANCELLED: 2,
    O.ENTERED_IN_ERROR: 3,
}
CRITICAL: Final = frozenset({"LL", "HH", "AA"})
"""HL7 table 0078: beyond panic limits."""
ABNORMAL: Final = frozenset({"L", "H", "A", "<", ">", "R"})


class Step(StrEnum):
    NEW = "new"
    ONWARD = "onward"
    LATE = "late"
    """It says less than what is known."""
    SAME = "same"
    """It says what is known."""


def step(before: Report | None, told: Report) -> Step:
    """What the message is to the report that stands in the chart."""
    if before is None:
        return Step.NEW
    if says_the_same(before, told):
        return Step.SAME
    was, comes = SETTLED[before.status], SETTLED[told.status]
    later = _issued(told) > _issued(before)
    if before.status is R.CANCELLED and comes == SETTLED[R.FINAL]:
        return Step.ONWARD if later else Step.LATE
    if comes != was:
        return Step.ONWARD if comes > was else Step.LATE
    if _issued(told) == _issued(before):
        # Told at the same moment: a correction is of what stands there, and not the reverse.
        takes_back = before.status in _CHANGED and told.status not in _CHANGED
        return Step.LATE if takes_back else Step.ONWARD
    return Step.ONWARD if later else Step.LATE


def joined(before: Report, told: Report, keeps: Iterable[tuple[str, str]] = ()) -> Report:
    """The report after the message: what it tells over what was known.

    ``keeps`` are the observations that are final now with the value sent before.
    """
    known = _grouped(before.observations)
    for key, told_group in _grouped(told.observations).items():
        former = known.get(key)
        if key in keeps and former:
            known[key] = [
                one.model_copy(update={"status": O.FINAL}) if one.status is not O.FINAL else one
                for one in former
            ]
        elif former is None or _rank(told_group) >= _rank(former):
            known[key] = told_group
    observations = tuple(one for group in known.values() for one in group)
    kept_forms = {form.digest: form for form in (*before.forms, *told.forms)}
    corrected = before.status in _CHANGED and told.status is R.FINAL
    return told.model_copy(
        update={
            # Once corrected, a report is not simply final again.
            "status": before.status if corrected else told.status,
            "observations": observations,
            "forms": tuple(kept_forms.values()),
            "conclusion": told.conclusion or before.conclusion,
            "specimen": told.specimen or before.specimen,
            "collected_at": told.collected_at or before.collected_at,
            "effective": told.effective or before.effective,
            "study": told.study or before.study,
            "order_id": told.order_id or before.order_id,
            "placer_number": told.placer_number or before.placer_number,
            "responsible_id": before.responsible_id or told.responsible_id,
            "released_at": before.released_at or told.released_at,
            "withheld": before.withheld,
            "flag": flag_of(observations),
        }
    )


def says_the_same(one: Report, other: Report) -> bool:
    """Whether the lab says the same in both."""
    return _says(one) == _says(other)


def flag_of(observations: Iterable[Observation]) -> Flag:
    """How urgent the worst value is, of those that hold."""
    worst = Flag.NORMAL
    for one in observations:
        if one.status in {O.CANCELLED, O.ENTERED_IN_ERROR}:
            continue
        flags = set(one.interpretation)
        if flags & CRITICAL:
            return Flag.CRITICAL
        if flags & ABNORMAL:
            worst = Flag.ABNORMAL
    return worst


def key_of(observation: Observation) -> tuple[str, str]:
    """What the same observation is called in every message of a report."""
    codings = observation.code.codings
    code = codings[0].code if codings else observation.code.words
    return (code, observation.sub_id or "")


def _grouped(observations: Iterable[Observation]) -> dict[tuple[str, str], list[Observation]]:
    groups: dict[tuple[str, str], list[Observation]] = {}
    for one in observations:
        groups.setdefault(key_of(one), []).append(one)
    return groups


def _rank(group: list[Observation]) -> int:
    return min(_OBSERVED[one.status] for one in group)


def _issued(report: Report) -> dt.datetime:
    return report.issued or dt.datetime.min.replace(tzinfo=dt.UTC)


_OURS: Final = {
    "reviewed_by",
    "reviewed_at",
    "released_at",
    "withheld",
    "note",
    "responsible_id",
    "order_id",
    "issued",
}


def _says(report: Report) -> dict[str, object]:
    """What the lab says in it, without when it said so and what we have added."""
    return report.model_dump(exclude=_OURS)
