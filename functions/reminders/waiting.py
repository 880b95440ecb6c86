"""The workflow's further tasks: wait for the answer, go without one, give up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from caresmith.audit import audit
from caresmith.clock import from_text, to_text
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId
from caresmith.messages.records import Status, read_message
from caresmith.messages.settings import messaging_settings
from caresmith.records.appointment import read_visit
from caresmith.task_tokens import complete
from functions.reminders.app import app
from functions.reminders.planning import asks_later
from functions.reminders.plans import due_of
from functions.reminders.records import Outcome, State, StepRecord
from functions.reminders.reminding import staff_task
from functions.reminders.steps import Change, change, watch

_GRACE: Final = timedelta(minutes=10)
_DEAD: Final = frozenset({Status.FAILED, Status.BLOCKED})
SUPERSEDED: Final = "superseded"
"""Another execution has the step."""
UNDELIVERED: Final = "undelivered"
"""The message never arrived: the next contact point is tried."""


def await_reply(asked: Mapping[str, Any]) -> None:
    """Keep the token by which the answer lets the execution go on.

    What has happened before the token was here is told at once: the answer, or
    that the message never arrived.
    """
    practice, token = PracticeId(asked["practice_id"]), str(asked["token"])
    audit().record(asked["appointment_id"], asked["step_id"])
    told = ""

    def decide(waiting: Change) -> bool:
        nonlocal told
        step, now = waiting.step, app.clock.now()
        told = _already(practice, step, asked["execution"])
        if told:
            return False
        until = now + timedelta(seconds=int(asked["reply_seconds"]))
        step.state, step.token, step.reply_until = State.AWAITING, token, to_text(until)
        watch(practice, step, until, _GRACE)
        return True

    known = change(practice, AppointmentId(asked["appointment_id"]), asked["step_id"], decide)
    if known is None or told:
        complete(token, told or SUPERSEDED)


def _already(practice: PracticeId, step: StepRecord, execution: str) -> str:
    if not step.is_open:
        return str(step.outcome)
    if step.execution != execution:
        return SUPERSEDED
    message = read_message(practice, str(step.party_id), MessageId(str(step.message_id)))
    if message is not None and message.status in _DEAD:
        return UNDELIVERED
    return ""


def no_reply(asked: Mapping[str, Any]) -> dict[str, str]:
    """The time to answer is over: after the last reminder that asks, the front desk is told."""
    practice, appointment = PracticeId(asked["practice_id"]), AppointmentId(asked["appointment_id"])
    audit().record(appointment, asked["step_id"])

    def decide(ending: Change) -> bool:
        step = ending.step
        if not step.is_open or step.execution not in {None, asked["execution"]}:
            return False
        _end_unanswered(ending)
        return True

    step = change(practice, appointment, asked["step_id"], decide)
    return {"outcome": str(step.outcome) if step and step.outcome else "unknown-step"}


def _end_unanswered(ending: Change) -> None:
    practice, step, now = ending.practice, ending.step, app.clock.now()
    visit = read_visit(practice, AppointmentId(step.appointment_id))
    patient = PatientId(step.patient_id)
    if visit is None or not visit.awaited or visit.start != step.begins:
        ending.end(Outcome.CHANGED, now)
        return
    if visit.has_confirmed(patient):
        # By telephone, or at the portal: nobody needs to call.
        ending.end(Outcome.CONFIRMED_BEFORE, now)
        return
    ending.end(Outcome.NO_REPLY, now)
    settings = messaging_settings(practice)
    later = tuple(
        due for due in due_of(practice, visit, patient, settings) if from_text(step.due) < due.at
    )
    if settings.escalate_unconfirmed and not asks_later(later) and visit.start > now:
        key = f"unconfirmed:{step.appointment_id}:{step.patient_id}:{step.start}"
        ending.events.append(staff_task(practice, step, "unconfirmed", key, now))


def gave_up(asked: Mapping[str, Any]) -> dict[str, str]:
    """Nothing worked, after long trying: a person takes over."""
    practice, appointment = PracticeId(asked["practice_id"]), AppointmentId(asked["appointment_id"])
    audit().record(appointment, asked["step_id"])

    def decide(ending: Change) -> bool:
        step, now = ending.step, app.clock.now()
        if not step.is_open or step.execution not in {None, asked["execution"]}:
            return False
        ending.end(Outcome.GAVE_UP, now)
        key = f"send-failed:{step.step_id}"
        ending.events.append(staff_task(practice, step, "send-failed", key, now))
        return True

    step = change(practice, appointment, asked["step_id"], decide)
    return {"outcome": str(step.outcome) if step and step.outcome else "unknown-step"}
