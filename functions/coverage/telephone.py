"""What a payer said by telephone, or its portal showed, written down as a check."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import CoverageId, EligibilityId, PatientId
from caresmith.records.coverage import covered_chart
from caresmith.records.revenue.standing import Glance, Outcome
from functions.coverage.errors import PolicyEnded
from functions.coverage.keeping import Finding, Whose, keep
from functions.coverage.models import Asked, TelephoneRequest
from functions.coverage.records import Origin
from functions.coverage.standing import desk_of, read_standing
from functions.coverage.verifying import Checked


def write_down(
    patient: PatientId,
    coverage: CoverageId,
    request: TelephoneRequest,
    *,
    actor: Actor,
    now: Instant,
) -> Checked:
    """Raises NotFound, PolicyEnded."""
    chart = covered_chart(actor.practice_id, patient)
    audit().about(patient, chart.patient_id)
    policy = chart.coverage(coverage)
    desk = desk_of(actor.practice_id, now)
    if policy.period.end and policy.period.end < desk.today:
        raise PolicyEnded
    payer = desk.directory.of(policy)
    name = payer.facts.name if payer else policy.payer_name
    fingerprint = desk.fingerprint(chart, policy)
    found = Finding(
        key=EligibilityId.new(),
        outcome=Outcome(request.outcome),
        reason=None,
        content=Asked(
            fingerprint=fingerprint,
            payer_name=name,
            reference=request.reference,
            spoke_with=request.spoke_with,
            note=request.note,
        ),
        asked_for=desk.today,
        # No service types: who wants to know of benefits may still ask by wire.
        glance=Glance(fingerprint=fingerprint, payer_name=name),
        by_payer=True,
    )
    whose = Whose(chart, policy, Origin.TELEPHONE, actor, now)
    standing = read_standing(actor.practice_id, coverage)
    return Checked(whose, found.key, keep(whose, standing, found), kept=False)
