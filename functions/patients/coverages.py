"""The policies that pay for a patient, in the order in which they pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.events import PatientChanged, PatientEvent
from caresmith.ids import CoverageId, PatientId
from caresmith.records.coverage import Coverage, CoverageItem, CoverageRead, seal_coverage
from caresmith.records.demographics import Period
from caresmith.records.revenue.payer import Directory, payer_directory
from caresmith.records.revenue.paying import is_casualty
from functions.patients.chart import (
    ChartChange,
    OpenChart,
    changing,
    must_be_open,
    open_chart,
    patient_event,
)
from functions.patients.models import CoverageEnd, CoverageFacts, PatientRead

MAX_COVERAGES: Final = 20
_NO_PAYERS: Final = Directory.of_payers(())
"""Then a policy says by itself whether it pays for accidents."""


def add(patient: PatientId, coverage: Coverage, *, actor: Actor, now: Instant) -> PatientRead:
    """Add a policy. Raises InvalidRequest where two would pay at one place at one time, or
    for a payer that the practice does not have."""
    directory = payer_directory(actor.practice_id)
    coverage = of_known_payer(directory, coverage)

    def write(change: ChartChange, before: OpenChart) -> PatientEvent:
        must_be_open(before)
        present = before.read_coverages()
        if len(present) >= MAX_COVERAGES:
            raise invalid("coverages", f"a chart holds at most {MAX_COVERAGES}")
        check_orders([*present, coverage], directory)
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
    coverage = of_known_payer(payer_directory(actor.practice_id), coverage)
    return _replace(patient, coverage_id, coverage, expected, actor=actor, now=now)


def _replace(
    patient: PatientId,
    coverage_id: CoverageId,
    coverage: Coverage,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> PatientRead:
    def write(change: ChartChange, before: OpenChart) -> PatientEvent:
        must_be_open(before)
        item = _item(before, coverage_id)
        if int(item.version or 0) != expected:
            raise VersionConflict
        others = [c for c in before.read_coverages() if c.coverage_id != coverage_id]
        check_orders([*others, coverage], payer_directory(actor.practice_id))
        item.coverage = seal_coverage(actor.practice_id, coverage_id, coverage)
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
    ended = _with(policy, {"period": Period(start=start, end=request.end)})
    # As it stands: a policy of a payer that is gone, too, has its last day.
    return _replace(patient, coverage_id, ended, expected, actor=actor, now=now)


def take_over(
    patient: PatientId,
    coverage_id: CoverageId,
    facts: CoverageFacts,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> PatientRead:
    """Write what the payer says of its own policy. Raises NotFound, VersionConflict."""
    chart = open_chart(actor.practice_id, patient)
    policy = chart.coverage(_item(chart, coverage_id))
    taken = _with(policy, facts.model_dump(exclude_none=True))
    return _replace(patient, coverage_id, taken, expected, actor=actor, now=now)


def of_known_payer(directory: Directory, coverage: Coverage) -> Coverage:
    """The policy under the name that the directory has for its payer.

    Raises InvalidRequest for a payer that is not in it, and where what Medicare needs
    to pay second is missing (TR3 837P 2000B SBR05; 42 CFR 411.20).
    """
    if coverage.subscriber_company and not _for_accidents(coverage, directory):
        raise invalid(
            "subscriber_company",
            "holds policies of workers' compensation, automobile and liability insurance alone: "
            "pick such a payer or kind of plan",
        )
    if coverage.payer_id is None:
        return coverage
    payer = directory.get(coverage.payer_id)
    if payer is None:
        raise invalid("payer_id", "is no payer of this practice")
    if payer.facts.is_medicare and coverage.order > 1 and coverage.msp_reason is None:
        raise invalid("msp_reason", "say why another plan pays before Medicare")
    if coverage.msp_reason and not (payer.facts.is_medicare and coverage.order > 1):
        raise invalid("msp_reason", "is said only where Medicare does not pay first")
    return coverage.model_copy(update={"payer_name": payer.facts.name})


def _with(policy: CoverageRead, changed: dict[str, object]) -> Coverage:
    facts = policy.model_dump(exclude={"coverage_id", "version"})
    return Coverage.model_validate(facts | changed)


def check_orders(coverages: Sequence[Coverage], directory: Directory = _NO_PAYERS) -> None:
    """No two health plans may be the same payer in line (primary, secondary...) on one day.

    An accident's insurer stands in no line: it pays first for its accident.
    """
    plans = [one for one in coverages if not _for_accidents(one, directory)]
    for one, other in combinations(plans, 2):
        if one.order == other.order and _overlap(one.period, other.period):
            raise invalid(
                "order", f"another coverage is number {one.order} in the same period; end it first"
            )


def _for_accidents(coverage: Coverage, directory: Directory) -> bool:
    payer = directory.of(coverage)
    return is_casualty(coverage, payer.facts if payer else None)


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
