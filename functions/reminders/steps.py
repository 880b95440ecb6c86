"""Changing a step: one transaction with its counters, events and place among the open ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from caresmith import later
from caresmith.audit import join_audit
from caresmith.clock import Instant, to_text
from caresmith.events import DomainEvent, MessagesOutbox, tell
from caresmith.ids import AppointmentId, PracticeId
from caresmith.task_tokens import complete
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.reminders.counters import Changes
from functions.reminders.records import (
    OpenStepRecord,
    Outcome,
    State,
    StepRecord,
    open_record,
    read_step,
)

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

_ATTEMPTS: Final = 8
WORKFLOW: Final = "workflow:reminder"


class StepBusy(Exception):
    """Others changed the step again and again: tried later."""


@dataclass
class Change:
    """A step as it is to be stored, with what belongs to the same transaction."""

    practice: PracticeId
    step: StepRecord
    counts: Changes = field(init=False)
    events: list[DomainEvent] = field(default_factory=list)
    extra: list[Callable[[TransactWrite], None]] = field(default_factory=list)
    told: str = ""
    """What the waiting execution is told once the change stands; empty leaves it waiting."""
    _before: tuple[OpenStepRecord | None, str | None, str | None] = field(init=False)

    def __post_init__(self) -> None:
        step = self.step
        self.counts = Changes(self.practice, step.step_id)
        known = step.version is not None
        at = open_record(self.practice, step) if known and step.is_open else None
        self._before = (at, step.outcome if known else None, step.token)
        self._schedule = step.schedule

    def end(self, outcome: Outcome, now: Instant) -> None:
        """The step ends with that outcome."""
        step, before = self.step, self._before[1]
        self.counts.outcome(step, before, outcome)
        step.state, step.outcome = State.ENDED, outcome
        step.ended_at, step.alive_until, step.token = to_text(now), None, None

    def reopen(self) -> None:
        """An ended step goes on."""
        step = self.step
        self.counts.outcome(step, step.outcome, None)
        step.state, step.outcome, step.ended_at = State.STARTED, None, None

    def commit(self) -> None:
        """Raises TransactionCancelled where somebody else was faster."""
        when_not_busy(self._attempt)
        if not self.step.is_open:
            later.cancel(self._schedule)
        token = self._before[2]
        if self.told and token:
            complete(token, self.told)

    def _attempt(self) -> None:
        with transaction() as writes:
            writes.save(self.step)
            self._file(writes)
            self.counts.write(writes)
            for add in self.extra:
                add(writes)
            for event in self.events:
                tell(event, MessagesOutbox, writes)
            join_audit(writes)

    def _file(self, writes: TransactWrite) -> None:
        """Keep the step among the open ones exactly while it is open."""
        before = self._before[0]
        after = open_record(self.practice, self.step) if self.step.is_open else None
        if before is not None and (after is None or before.sk != after.sk):
            writes.delete(before)
        if after is not None and (before is None or before.sk != after.sk):
            writes.save(after)


def change(
    practice: PracticeId,
    appointment: AppointmentId,
    step_id: str,
    decide: Callable[[Change], bool],
) -> StepRecord | None:
    """Read the step, let ``decide`` say whether and how it changes, store it; None for no step.

    Decides again on what is there by then where somebody else was faster. Raises
    StepBusy after many of these.
    """
    for _ in range(_ATTEMPTS):
        step = read_step(practice, appointment, step_id)
        if step is None:
            return None
        changed = Change(practice, step)
        if not decide(changed):
            return step
        try:
            changed.commit()
        except TransactionCancelled:
            continue
        return step
    raise StepBusy


def payload(practice: PracticeId, step: StepRecord) -> dict[str, str]:
    """The workflow's input for a step."""
    return {
        "practice_id": practice,
        "appointment_id": step.appointment_id,
        "patient_id": step.patient_id,
        "step_id": step.step_id,
    }


def start_at(practice: PracticeId, step: StepRecord, when: Instant) -> None:
    """Let the step's workflow start then, under the step's present schedule."""
    later.at(when, name=step.schedule, target=WORKFLOW, payload=payload(practice, step))


def watch(practice: PracticeId, step: StepRecord, until: Instant, grace: timedelta) -> None:
    """Start the workflow again at ``until`` and ``grace``, unless its execution goes on by then."""
    step.alive_until = to_text(until + grace)
    start_at(practice, step, until + grace)
