"""What came of a reminder after it left: receipts, and the answers that the calendar followed.

Events come twice and in any order. Each is counted once, because the step that
it counts on keeps which messages were counted, and an answer gives way only to a
newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from caresmith.audit import audit
from caresmith.clock import from_text, to_precise_text, to_text
from caresmith.events import MessageOutcome, ReplyActedOn
from caresmith.ids import AppointmentId
from functions.reminders.app import app
from functions.reminders.counters import row_of
from functions.reminders.records import Outcome, State, StepRecord, steps_of
from functions.reminders.steps import Change, change, start_at
from functions.reminders.waiting import UNDELIVERED

_SOON: Final = timedelta(minutes=2)
"""So long the execution that waits has to go on by itself before another one starts."""
_WITHOUT_ANSWER: Final = frozenset({Outcome.SENT, Outcome.NO_REPLY})
OF_REPLY: Final[Mapping[str, Outcome]] = {
    "confirmed": Outcome.CONFIRMED,
    "cancelled": Outcome.CANCELLED,
    "rescheduled": Outcome.RESCHEDULED,
    "slots": Outcome.ASKED_TO_MOVE,
    "slot-gone": Outcome.ASKED_TO_MOVE,
    "no-slots": Outcome.ANSWERED,
    "too-late": Outcome.ANSWERED,
    "not-possible": Outcome.ANSWERED,
}
"""What a reply that the calendar acted on makes of the reminder it answers."""


def on_outcome(event: MessageOutcome) -> None:
    """A reminder's message left, arrived, or failed."""
    if not event.step_id or event.appointment_id is None:
        return
    audit().record(event.appointment_id, event.step_id)
    note = _NOTES.get(event.outcome)
    if note is not None:
        change(
            event.practice_id,
            event.appointment_id,
            event.step_id,
            lambda changed: note(changed, event),
        )


def _sent(changed: Change, event: MessageOutcome) -> bool:
    step = changed.step
    if event.message_id in step.sent:
        return False
    step.sent = [*step.sent, str(event.message_id)]
    step.sent_at = step.sent_at or to_text(event.occurred_at)
    changed.counts.add(row_of(step, event.channel), "sent")
    is_present = event.message_id == step.message_id and event.message_id not in step.failed
    if step.is_open and is_present and not step.asking:
        changed.end(Outcome.SENT, app.clock.now())
    return True


def _delivered(changed: Change, event: MessageOutcome) -> bool:
    step = changed.step
    if event.message_id in step.delivered:
        return False
    step.delivered = [*step.delivered, str(event.message_id)]
    step.delivered_at = step.delivered_at or to_text(event.occurred_at)
    changed.counts.add(row_of(step, event.channel), "delivered")
    return True


def _failed(changed: Change, event: MessageOutcome) -> bool:
    step = changed.step
    if event.message_id in step.failed:
        return False
    step.failed = [*step.failed, str(event.message_id)]
    changed.counts.add(row_of(step, event.channel), "failed")
    if event.message_id == step.message_id:
        _try_the_next(changed)
    return True


def _try_the_next(changed: Change) -> None:
    """Let the workflow go to the next contact point, where there is time and no answer yet."""
    step, now = changed.step, app.clock.now()
    if step.begins <= now + _SOON:
        return
    if not step.is_open:
        if step.outcome not in _WITHOUT_ANSWER:
            return
        changed.reopen()
    # Whoever comes first goes on: the execution that waits, or one that starts soon.
    step.alive_until, step.token = to_text(now), None
    changed.told = UNDELIVERED
    start_at(changed.practice, step, now + _SOON)


_NOTES: Final[Mapping[str, Callable[[Change, MessageOutcome], bool]]] = {
    "sent": _sent,
    "delivered": _delivered,
    "failed": _failed,
    "blocked": _failed,
    "bounced": _failed,
}


def on_reply(event: ReplyActedOn) -> None:
    """The calendar followed an answer: it belongs to the latest reminder that asked."""
    outcome = OF_REPLY.get(event.outcome)
    if outcome is None or event.appointment_id is None:
        return
    audit().about(event.patient_id)
    audit().record(event.appointment_id)
    known = steps_of(event.practice_id, event.appointment_id)
    asked = [step for step in known if step.asking and _is_of(step, event)]
    if not asked:
        return
    answered = max(asked, key=lambda step: (step.sent_at or "", step.due))
    for step in asked:
        if step is answered:
            _answer(event, step, outcome)
        elif step.state == State.AWAITING:
            _answer(event, step, Outcome.ANSWERED)


def _is_of(step: StepRecord, event: ReplyActedOn) -> bool:
    return event.patient_id in {step.party_id, step.patient_id}


def _answer(event: ReplyActedOn, step: StepRecord, outcome: Outcome) -> None:
    at = to_precise_text(event.occurred_at)

    def decide(changed: Change) -> bool:
        known = changed.step
        if known.replied_at and from_text(known.replied_at) >= event.occurred_at:
            return False
        known.replied_at = at
        changed.told = outcome
        changed.end(outcome, app.clock.now())
        return True

    change(event.practice_id, AppointmentId(step.appointment_id), step.step_id, decide)
