"""What is shown of a chart's policies: how they stand, the answers, what was checked when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text
from caresmith.errors import NotFound
from caresmith.ids import CoverageId, EligibilityId, PatientId, PracticeId
from caresmith.records.coverage import CoverageRead, CoveredChart, covered_chart
from caresmith.records.revenue.standing import Outcome, coverage_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.coverage.answering import NotAnswered, read_answer
from functions.coverage.benefits import Benefits
from functions.coverage.differing import differences
from functions.coverage.keeping import CONTENT, read_check, read_file
from functions.coverage.models import Asked, Check, CheckRead, CoverageView, Standings
from functions.coverage.records import CHECK, CheckItem, Origin
from functions.coverage.standing import desk_of, read_standing, shown, standings
from functions.coverage.verifying import Checked

MOST_CHECKS: Final = 50


@dataclass(frozen=True)
class Opened:
    """A policy of the chart that stands for the patient; both are named to the audit."""

    practice: PracticeId
    chart: CoveredChart
    policy: CoverageRead


def open_policy(patient: PatientId, coverage: CoverageId, *, actor: Actor) -> Opened:
    """Raises NotFound."""
    chart = _chart(actor.practice_id, patient)
    audit().record(coverage)
    return Opened(actor.practice_id, chart, chart.coverage(coverage))


def of_patient(patient: PatientId, *, actor: Actor, now: Instant) -> Standings:
    """How the chart's policies stand. Raises NotFound."""
    chart = _chart(actor.practice_id, patient)
    desk = desk_of(actor.practice_id, now)
    return Standings(patient_id=chart.patient_id, standings=standings(desk, chart))


def of_coverage(
    patient: PatientId, coverage: CoverageId, *, actor: Actor, now: Instant
) -> CoverageView:
    """One policy with its last answer and its checks. Raises NotFound."""
    return view_of(open_policy(patient, coverage, actor=actor), now)


def view_of(opened: Opened, now: Instant) -> CoverageView:
    practice, coverage = opened.practice, opened.policy.coverage_id
    desk = desk_of(practice, now)
    standing = shown(desk, opened.chart, opened.policy, read_standing(practice, coverage))
    found = list(
        CheckItem.query(
            coverage_key(practice, coverage),
            CheckItem.sk.startswith(CHECK),
            scan_index_forward=False,
            consistent_read=True,
            limit=MOST_CHECKS + 1,
        )
    )
    checks = [_check(practice, one) for one in found[:MOST_CHECKS]]
    last = _with_answer(opened, found[0]) if found else None
    return CoverageView(standing=standing, last=last, checks=checks, more=len(found) > MOST_CHECKS)


def of_check(
    patient: PatientId, coverage: CoverageId, key: EligibilityId, *, actor: Actor
) -> CheckRead:
    """Raises NotFound."""
    return check_of(open_policy(patient, coverage, actor=actor), key)


def check_of(opened: Opened, key: EligibilityId) -> CheckRead:
    audit().record(key)
    return _with_answer(opened, read_check(opened.practice, opened.policy, key))


def file_of(patient: PatientId, coverage: CoverageId, key: EligibilityId, *, actor: Actor) -> bytes:
    """The payer's answer as it came. Raises NotFound."""
    opened = open_policy(patient, coverage, actor=actor)
    audit().record(key)
    return read_file(actor.practice_id, opened.policy, key)


def of_checked(checked: Checked) -> CheckRead:
    """What a verification came to."""
    whose = checked.whose
    opened = Opened(whose.practice, whose.chart, whose.policy)
    item = checked.check or read_check(whose.practice, whose.policy, checked.eligibility_id)
    return _with_answer(opened, item).model_copy(update={"kept": checked.kept})


def _chart(practice: PracticeId, patient: PatientId) -> CoveredChart:
    audit().about(patient)
    chart = covered_chart(practice, patient)
    audit().about(chart.patient_id)
    return chart


def _check(practice: PracticeId, item: CheckItem) -> Check:
    asked = Sealer(practice, Domain.REVENUE).unseal(
        item.eligibility_id, CONTENT, item.content, Asked
    )
    return Check(
        eligibility_id=EligibilityId(item.eligibility_id),
        coverage_id=CoverageId(item.coverage_id),
        origin=Origin(item.origin),
        outcome=Outcome(item.outcome),
        reason=item.reason,
        checked_at=from_text(item.checked_at),
        checked_by=item.checked_by,
        asked_for=dt.date.fromisoformat(item.asked_for),
        sha256=item.sha256,
        payer_name=asked.payer_name,
        reference=asked.reference,
        spoke_with=asked.spoke_with,
        note=asked.note,
    )


def _with_answer(opened: Opened, item: CheckItem) -> CheckRead:
    said = _said(opened, item)
    return CheckRead(
        **_check(opened.practice, item).model_dump(),
        benefits=said,
        differences=differences(opened.chart, opened.policy, said) if said else [],
    )


def _said(opened: Opened, item: CheckItem) -> Benefits | None:
    """The kept file, read anew: what the reader learns later shows in old answers too."""
    if item.sha256 is None:
        return None
    key = EligibilityId(item.eligibility_id)
    try:
        raw = read_file(opened.practice, opened.policy, key)
        return read_answer(raw, key, dt.date.fromisoformat(item.asked_for))
    except (NotFound, NotAnswered):
        return None
