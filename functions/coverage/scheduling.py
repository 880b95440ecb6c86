"""One-time schedules that verify: each asks about one policy, in an invocation of its own."""

from __future__ import annotations

from typing import Any

from caresmith import later
from caresmith.clock import Instant, to_text
from caresmith.ids import CoverageId, EligibilityId, PatientId, PracticeId
from functions.coverage.keeping import Whose
from functions.coverage.records import Origin

_TARGET = "coverage"


def verify_at(
    when: Instant,
    name: str,
    *,
    practice: PracticeId,
    patient: PatientId,
    coverage: CoverageId,
    origin: Origin,
    visit_at: Instant | None,
    after: EligibilityId | None = None,
) -> None:
    """Verify the policy then; the same name again replaces the time."""
    payload: dict[str, Any] = {
        "task": "verify",
        "practice_id": practice,
        "patient_id": patient,
        "coverage_id": coverage,
        "origin": origin,
    }
    if visit_at is not None:
        payload["visit_at"] = to_text(visit_at)
    if after is not None:
        payload["after"] = after
    later.at(when, name=name, target=_TARGET, payload=payload)


def slice_at(when: Instant, name: str, payload: dict[str, Any]) -> None:
    """Look through one provider's visits then."""
    later.at(when, name=name, target=_TARGET, payload={"task": "look-ahead", **payload})


def again_at(whose: Whose, failed: EligibilityId, when: Instant) -> None:
    """Try again what failed, if nobody has asked meanwhile."""
    verify_at(
        when,
        f"verify-{failed}",
        practice=whose.practice,
        patient=whose.chart.patient_id,
        coverage=whose.policy.coverage_id,
        origin=whose.origin,
        visit_at=whose.visit_at,
        after=failed,
    )
