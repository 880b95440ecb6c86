"""Open questions of a thread: asked with the message that asks, closed when they are settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caresmith.clock import Instant, to_text
from caresmith.ids import AppointmentId, MessageId, OfferId, PatientId, PracticeId, PromptId
from caresmith.messages.records import (
    PromptKind,
    PromptRecord,
    ReachRecord,
    prompt_sort_key,
    thread_key,
)
from caresmith.tables import MessagesItem

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


@dataclass(frozen=True)
class Question:
    """What is asked with a message, until when."""

    kind: PromptKind
    patient_id: PatientId
    until: Instant
    appointment_id: AppointmentId | None = None
    offer_id: OfferId | None = None
    wanted: str | None = None
    options: tuple[str, ...] = ()
    patients: tuple[PatientId, ...] = ()

    def prompt_id(self, message_id: MessageId) -> PromptId:
        """A message asks one question."""
        return PromptId.derived(message_id)

    def record(
        self, practice: PracticeId, thread: str, message_id: MessageId, now: Instant
    ) -> PromptRecord:
        prompt_id = self.prompt_id(message_id)
        return PromptRecord(
            thread_key(practice, thread),
            prompt_sort_key(prompt_id),
            prompt_id=prompt_id,
            kind=self.kind,
            patient_id=self.patient_id,
            message_id=message_id,
            appointment_id=self.appointment_id,
            offer_id=self.offer_id,
            asked_at=to_text(now),
            wanted=self.wanted,
            options=list(self.options),
            patients=list(self.patients),
            expires_at=int(self.until.timestamp()),
        )


@dataclass(frozen=True)
class ThreadState:
    """What is open with a number or address."""

    prompts: tuple[PromptRecord, ...]
    patients: frozenset[PatientId]
    """Who was written to there."""


def state_of(practice: PracticeId, thread: str) -> ThreadState:
    """By one query."""
    found = list(MessagesItem.query(thread_key(practice, thread), consistent_read=True))
    return ThreadState(
        tuple(item for item in found if isinstance(item, PromptRecord)),
        frozenset(PatientId(item.patient_id) for item in found if isinstance(item, ReachRecord)),
    )


def about_visit(
    prompts: Iterable[PromptRecord], appointment: AppointmentId, kinds: Iterable[PromptKind]
) -> list[PromptRecord]:
    """Questions of these kinds that are about the visit."""
    wanted = set(kinds)
    return [
        prompt
        for prompt in prompts
        if prompt.kind in wanted
        and (prompt.appointment_id == appointment or appointment in prompt.options)
    ]


def close(prompts: Iterable[PromptRecord], writes: TransactWrite) -> None:
    """They are settled: a later reply is about something else."""
    for prompt in prompts:
        writes.delete(prompt)
