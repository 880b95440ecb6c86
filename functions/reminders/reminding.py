"""The workflow's first task: whether, where and how one reminder goes out now.

Everything is looked at as it is now, and what is decided is written in one
transaction on the condition that the step is still the one that was read. So the
task may run twice, or in two executions: the second finds what the first did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.events import StaffTaskRaised
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId
from caresmith.messages.reach import ContactPoint, Reachable, contact_points, reachable
from caresmith.messages.records import (
    OPT_OUT,
    MessageRecord,
    OptOutRecord,
    Status,
    read_message,
    thread_key,
)
from caresmith.messages.settings import MessagingSettings, messaging_settings
from caresmith.records.appointment import VisitView, read_visit
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled
from functions.reminders.app import app
from functions.reminders.planning import Due, reply_time, spread_of
from functions.reminders.plans import due_of
from functions.reminders.records import Outcome, State, StepRecord, read_step
from functions.reminders.steps import Change, StepBusy, watch
from functions.reminders.writing import write_message
from functions.reminders.zones import zone_at

_ATTEMPTS: Final = 8
_MOST_MESSAGES: Final = 12
"""A step that needed so many messages runs in a circle: a person looks at it."""
_GRACE: Final = timedelta(minutes=10)
SENDING: Final = timedelta(minutes=80)
"""So long a send may be retried by its own execution: a carrier's hour of outage and more."""
_ARRIVED: Final = frozenset({Status.SENT, Status.DELIVERED, Status.UNCERTAIN})
_ON_ITS_WAY: Final = frozenset({Status.QUEUED, Status.SENDING})
_DEAD: Final = frozenset({Status.FAILED, Status.BLOCKED})

StaffTask = Literal["no-contact-point", "undeliverable", "unconfirmed", "send-failed"]
Answer = dict[str, Any]
"""What the workflow decides by: ``action`` and what it needs. Ids, codes and times only."""


@dataclass(frozen=True)
class Situation:
    """All that a decision needs, read just now."""

    practice: PracticeId
    execution: str
    now: Instant
    settings: MessagingSettings
    step: StepRecord
    visit: VisitView | None
    message: MessageRecord | None

    @property
    def confirmed(self) -> bool:
        """Whether this patient has said that they will come."""
        patient = PatientId(self.step.patient_id)
        return self.visit is not None and self.visit.has_confirmed(patient)


def prepare(asked: Mapping[str, Any]) -> Answer:
    """Claim the step and say what to do: send, wait, await, no-reply or end."""
    practice, appointment = PracticeId(asked["practice_id"]), AppointmentId(asked["appointment_id"])
    audit().record(appointment, asked["step_id"])
    for _ in range(_ATTEMPTS):
        step = read_step(practice, appointment, asked["step_id"])
        if step is None:
            return _end("unknown-step")
        found = Situation(
            practice,
            asked["execution"],
            app.clock.now(),
            messaging_settings(practice),
            step,
            read_visit(practice, appointment),
            _message(practice, step),
        )
        try:
            return _decide(found)
        except TransactionCancelled:
            continue
    raise StepBusy


def _message(practice: PracticeId, step: StepRecord) -> MessageRecord | None:
    if not step.message_id or not step.party_id:
        return None
    return read_message(practice, step.party_id, MessageId(step.message_id))


def _end(reason: str) -> Answer:
    return {"action": "end", "reason": reason}


def _decide(found: Situation) -> Answer:
    if not found.step.is_open:
        return _end(str(found.step.outcome))
    if not _is_ours(found):
        return _end("another-execution")
    over = _reason_to_end(found)
    return _close(found, over) if over is not None else _remind(found)


def _remind(found: Situation) -> Answer:
    step, now, message = found.step, found.now, found.message
    if message is not None and message.status in _ARRIVED:
        return _arrived(found)
    zone = zone_at(practice_setup(found.practice), _visit(found).location_id)
    quiet_ends = found.settings.quiet.ends(now, zone)
    if quiet_ends is not None:
        return _wait(found, quiet_ends + spread_of(step.step_id))
    if message is not None and message.status in _ON_ITS_WAY:
        claiming = _claimed(found)
        watch(found.practice, step, now, SENDING)
        claiming.commit()
        return _send(found)
    return _write(found)


def _visit(found: Situation) -> VisitView:
    assert found.visit is not None  # noqa: S101 - a visit that is gone has ended the step
    return found.visit


def _is_ours(found: Situation) -> bool:
    """Whether this execution may act: the step is free, ours, or its execution is overdue."""
    step = found.step
    if step.execution in {None, found.execution}:
        return True
    return step.alive_until is None or from_text(step.alive_until) <= found.now


def _reason_to_end(found: Situation) -> Outcome | None:
    step, visit = found.step, found.visit
    if visit is None or not visit.awaited or to_text(visit.start) != step.start:
        return Outcome.CHANGED
    if step.patient_id not in visit.patient_ids:
        return Outcome.CHANGED
    if visit.start <= found.now:
        return Outcome.TOO_LATE
    rule = found.settings.step(step.key)
    if rule is None:
        return Outcome.NOT_IN_CADENCE
    unsent = found.message is None or found.message.status not in _ARRIVED
    if unsent and rule.skip_if_confirmed and found.confirmed:
        return Outcome.CONFIRMED_BEFORE
    return None


def _close(found: Situation, outcome: Outcome, *events: StaffTaskRaised) -> Answer:
    ending = Change(found.practice, found.step)
    ending.end(outcome, found.now)
    ending.events += events
    ending.commit()
    return _end(outcome)


def _claimed(found: Situation) -> Change:
    """The step as this execution's: a new run where another one, or none, had it."""
    claiming = Change(found.practice, found.step)
    if found.step.execution != found.execution:
        found.step.runs = int(found.step.runs) + 1
        found.step.execution = found.execution
    return claiming


def _arrived(found: Situation) -> Answer:
    """An earlier run has sent it: the rest of the way."""
    step = found.step
    if not step.asking:
        return _close(found, Outcome.SENT)
    claiming = _claimed(found)
    watch(found.practice, step, found.now, _GRACE)
    claiming.commit()
    if step.reply_until and from_text(step.reply_until) <= found.now:
        return {"action": "no-reply"}
    return {"action": "await", "reply_seconds": _reply_seconds(found)}


def _wait(found: Situation, until: Instant) -> Answer:
    if until >= found.step.begins:
        return _close(found, Outcome.TOO_LATE)
    claiming = _claimed(found)
    found.step.state = State.STARTED
    watch(found.practice, found.step, until, _GRACE)
    claiming.commit()
    return {"action": "wait", "until": to_text(until)}


def _send(found: Situation) -> Answer:
    return {
        "action": "send",
        "party_id": found.step.party_id,
        "message_id": found.step.message_id,
        "reply_seconds": _reply_seconds(found) if found.step.asking else 0,
    }


def _reply_seconds(found: Situation) -> int:
    return int(reply_time(found.now, found.step.begins, still_to_come(found)).total_seconds())


def still_to_come(found: Situation) -> tuple[Due, ...]:
    """The patient's further reminders of the same visit."""
    patient = PatientId(found.step.patient_id)
    return tuple(
        due
        for due in due_of(found.practice, _visit(found), patient, found.settings)
        if due.at > found.now and due.key != found.step.key
    )


def _write(found: Situation) -> Answer:
    """Write the message to the best contact point that has not failed."""
    step = found.step
    if step.attempt >= _MOST_MESSAGES:
        return _close(found, Outcome.GAVE_UP, _task(found, "send-failed", step.step_id))
    patient = reachable(found.practice, PatientId(step.patient_id))
    audit().about(PatientId(step.patient_id), *([patient.patient_id] if patient else []))
    if patient is None or not patient.wanted:
        return _close(found, Outcome.INACTIVE)
    if found.message is not None and found.message.status in _DEAD:
        step.tried = [*step.tried, str(found.message.thread)]
    to = _contact_point(found, patient)
    if to is None:
        task: StaffTask = "undeliverable" if step.tried else "no-contact-point"
        key = f"{task}:{step.appointment_id}:{step.patient_id}:{step.start}"
        return _close(found, Outcome.UNREACHABLE, _task(found, task, key))
    claiming = _claimed(found)
    step.state = State.STARTED
    step.attempt = int(step.attempt) + 1
    step.asking = bool(step.asks) and not found.confirmed
    write_message(claiming, _visit(found), patient, to, found.settings, found.now)
    watch(found.practice, step, found.now, SENDING)
    claiming.commit()
    return _send(found)


def _contact_point(found: Situation, patient: Reachable) -> ContactPoint | None:
    for to in contact_points(found.practice, patient, found.settings, found.step.tried):
        if not _opted_out(found.practice, to.thread):
            return to
    return None


def _opted_out(practice: PracticeId, thread: str) -> bool:
    """Looked up to choose well: that nothing leaves after STOP is the sender's own condition."""
    try:
        OptOutRecord.get(thread_key(practice, thread), OPT_OUT, consistent_read=True)
    except OptOutRecord.DoesNotExist:
        return False
    return True


def _task(found: Situation, task: StaffTask, key: str) -> StaffTaskRaised:
    return staff_task(found.practice, found.step, task, key, found.now)


def staff_task(
    practice: PracticeId, step: StepRecord, task: StaffTask, key: str, now: Instant
) -> StaffTaskRaised:
    """The front desk has to see to this patient of this visit."""
    return StaffTaskRaised(
        practice_id=practice,
        occurred_at=now,
        actor_id="system:reminders",
        key=key,
        task=task,
        party_id=step.party_id or step.patient_id,
        patient_id=PatientId(step.party_id or step.patient_id),
        appointment_id=AppointmentId(step.appointment_id),
        message_id=MessageId(step.message_id) if step.message_id else None,
    )
