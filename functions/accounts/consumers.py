"""What other features and the practice's clock tell.

Whatever is told twice or late finds the account in order and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caresmith.actor import Actor, current_actor
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.events import (
    AppointmentEvent,
    CoverageVerified,
    LedgerCheckDue,
    PatientEvent,
    PatientsMerged,
    RevenueEvent,
    RevenueOutbox,
    StaffTaskRaised,
    tell,
)
from caresmith.ids import EventId, PatientId, PracticeId
from caresmith.log import logger
from caresmith.transactions import transaction
from functions.accounts import autopay, families, instalments, payments, plans, verifying
from functions.accounts.app import app
from functions.accounts.estimating import billing, owing, sweeping


def on_charges(event: RevenueEvent) -> None:
    """Charges arose, changed or went, or a payer is done: money that waits pays what is the
    patient's, what lies too much comes off, and a plan follows what is owed."""
    _bring_in_order(event.practice_id, event.patient_id)


def on_merge(event: PatientsMerged) -> None:
    """Two charts are one person's: what one has unapplied pays what the other owes."""
    _bring_in_order(event.practice_id, event.patient_id)
    _judge_estimates(event.practice_id, event.patient_id)


def _bring_in_order(practice: PracticeId, patient: PatientId) -> None:
    actor, now = current_actor(), app.clock.now()
    try:
        payments.settle(patient, actor=actor, now=now)
        autopay.follow(practice, patient, actor=actor, now=now)
        billing.follow(practice, patient)
    except NotFound:
        # Told again it would be no different: without a chart there is no account.
        logger().warning("charges of nobody", extra={"patient_id": patient})


def on_patient(event: PatientEvent) -> None:
    families.on_patient(event)
    _judge_estimates(event.practice_id, event.patient_id)


def on_coverage(event: CoverageVerified) -> None:
    """A payer said whether a policy holds."""
    _judge_estimates(event.practice_id, event.patient_id)


def on_appointment(event: AppointmentEvent) -> None:
    """A visit was booked, moved, cancelled, or went a step on: estimates are owed for some."""
    owing.on_appointment(event, app.clock.now())


def _judge_estimates(practice: PracticeId, patient: PatientId) -> None:
    """Who pays for the patient may be somebody else now."""
    try:
        owing.follow_person(practice, patient, app.clock.now())
    except NotFound:
        logger().warning("no chart of that number", extra={"patient_id": patient})


def on_ledger_check(event: LedgerCheckDue) -> None:
    """Each night: cards pay what is due of plans, plans are looked through for missed payments,
    estimates that are owed are judged anew, visits that nobody told of are looked for, and the
    sums are proven."""
    practice, actor, now = event.practice_id, current_actor(), app.clock.now()
    instalments.plan_charges(practice, event.day, now)
    for listed in plans.active(practice):
        try:
            autopay.follow(practice, PatientId(listed.patient_id), actor=actor, now=now)
        except NotFound:
            logger().warning("a plan without a chart", extra={"plan_id": listed.plan_id})
    owing.look_through(practice, now)
    sweeping.begin(practice, event.day, now)
    found = verifying.verify_recent(practice, event.day)
    if found.differences:
        logger().error("the ledger's sums differ", extra={"count": len(found.differences)})
        _raise(practice, event, actor, now)


def on_estimates_ahead(payload: Mapping[str, Any]) -> dict[str, int]:
    """Task: a slice of the nightly look through the calendar."""
    return sweeping.on_task(payload, app.clock.now())


def _raise(practice: PracticeId, event: LedgerCheckDue, actor: Actor, now: Instant) -> None:
    task = StaffTaskRaised(
        event_id=EventId.derived(practice, "ledger-differs", event.day.isoformat()),
        practice_id=practice,
        occurred_at=now,
        actor_id=actor.user_id,
        key="ledger-differs",
        task="ledger-differs",
    )
    with transaction() as writes:
        tell(task, RevenueOutbox, writes)
