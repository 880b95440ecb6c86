"""The policies that pay for a patient, in the order in which they pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import PatientChanged, PatientEvent
from caresmith.ids import CoverageId, PatientId
from caresmith.records.demographics import Period
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.patients.chart import (
    ChartChange,
    OpenChart,
    changing,
    must_be_open,
    open_chart,
    patient_event,
)
from functions.patients.errors import invalid
from functions.patients.models import Coverage, CoverageEnd, PatientRead
from functions.patients.records import CoverageItem

MAX_COVERAGES: Final = 20


def add(patient: PatientId, coverage: Coverage, *, actor: Actor, now: Instant) -> PatientRead:
    """Add a policy. Raises InvalidRequest where two would pay at one place at one time."""

    def write(change: ChartChange, before: OpenChart) -> PatientEvent:
        must_be_open(before)
        present = before.read_coverages()
        if len(present) >= MAX_COVERAGES:
            raise invalid("coverages", f"a chart holds at most {MAX_COVERAGES}")
        check_orders([*present, coverage])
        change.put_coverage(CoverageId.new(), coverage)
        return patient_event(PatientChanged, actor, now, patient)

    changing(actor, patient, now, None, write)
    return open_chart(actor.practice_id, patient).answer()


def replace_one(
    patient: PatientId,
    coverage_id: CoverageId,
    coverage: Coverage,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> PatientRead:
    """Change a policy of that version. Raises NotFound, VersionConflict, InvalidRequest."""

    def write(change: ChartChange, before: OpenChart) -> PatientEvent:
        must_be_open(before)
        item = _item(before, coverage_id)
        if int(item.version or 0) != expected:
            raise VersionConflict
        others = [c for c in before.read_coverages() if c.coverage_id != coverage_id]
        check_orders([*others, coverage])
        sealer = Sealer(actor.practice_id, Domain.PATIENTS)
        item.coverage = sealer.seal(coverage_id, "coverage", coverage)
        change.save(item)
        return patient_event(PatientChanged, actor, now, patient)

    audit().record(coverage_id)
    changing(actor, patient, now, None, write)
    return open_chart(actor.practice_id, patient).answer()


def end(
    patient: PatientId,
    coverage_id: CoverageId,
    request: CoverageEnd,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> PatientRead:
    """Say which day is a policy's last. It stays in the chart: old claims are paid by it."""
    chart = open_chart(actor.practice_id, patient)
    policy = chart.coverage(_item(chart, coverage_id))
    start = policy.period.start
    if start and request.end < start:
        raise invalid("end", "lies before the coverage's first day")
    ended = Coverage.model_validate(
        policy.model_dump(exclude={"coverage_id", "version", "period"})
        | {"period": Period(start=start, end=request.end)}
    )
    return replace_one(patient, coverage_id, ended, expected, actor=actor, now=now)


def check_orders(coverages: Sequence[Coverage]) -> None:
    """No two policies may be the same payer in line (primary, secondary...) on one day."""
    for one, other in combinations(coverages, 2):
        if one.order == other.order and _overlap(one.period, other.period):
            raise invalid(
                "order", f"another coverage is number {one.order} in the same period; end it first"
            )


def _overlap(one: Period, other: Period) -> bool:
    first, last = dt.date.min, dt.date.max
    return (one.start or first) <= (other.end or last) and (other.start or first) <= (
        one.end or last
    )


def _item(chart: OpenChart, coverage_id: CoverageId) -> CoverageItem:
    for item in chart.coverages:
        if item.coverage_id == coverage_id:
            return item
    raise NotFound
