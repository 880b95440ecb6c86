"""Queueing a message: written with its event in the feature's own transaction.

    with transaction() as writes:
        queue(draft, practice=..., actor_id=..., now=now, writes=writes)

The sender takes it from the event, or a workflow sends it at once by its id.
Where the message is the whole story, :func:`queue_alone` is the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caresmith.audit import join_audit
from caresmith.clock import Instant, to_text
from caresmith.events import MessageQueued, MessagesOutbox, tell
from caresmith.ids import AppointmentId, MessageId, PracticeId, PromptId
from caresmith.messages.reach import ContactPoint
from caresmith.messages.records import (
    Kind,
    MessageBody,
    MessageRecord,
    Status,
    conversation_key,
    message_sort_key,
    seal_body,
)
from caresmith.messages.settings import Language
from caresmith.messages.wording import Rendered
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


@dataclass(frozen=True)
class Draft:
    """A message to be sent once."""

    message_id: MessageId
    """Chosen by the caller: the same id queues once, however often it is asked."""
    party_id: str
    """The patient, the provider, or an unknown number's party."""
    to: ContactPoint
    kind: Kind
    rendered: Rendered
    language: Language = "en"
    zone: str | None = None
    """IANA zone of the person, for quiet hours."""
    useless_after: Instant | None = None
    appointment_id: AppointmentId | None = None
    visit_version: int | None = None
    step_id: str | None = None
    prompt_id: PromptId | None = None
    author_id: str | None = None
    author_name: str | None = None


def message_record(draft: Draft, practice: PracticeId, now: Instant) -> MessageRecord:
    """The queued message, not yet written."""
    body = MessageBody(
        address=draft.to.address, text=draft.rendered.text, subject=draft.rendered.subject
    )
    return MessageRecord(
        conversation_key(practice, draft.party_id),
        message_sort_key(draft.message_id),
        message_id=draft.message_id,
        party_id=draft.party_id,
        thread=draft.to.thread,
        channel=draft.to.channel,
        kind=draft.kind,
        status=Status.QUEUED,
        language=draft.language,
        created_at=to_text(now),
        useless_after=to_text(draft.useless_after) if draft.useless_after else None,
        zone=draft.zone,
        appointment_id=draft.appointment_id,
        visit_version=draft.visit_version,
        step_id=draft.step_id,
        prompt_id=draft.prompt_id,
        author_id=draft.author_id,
        author_name=draft.author_name,
        sealed=seal_body(practice, draft.message_id, body),
    )


def queue(
    draft: Draft,
    *,
    practice: PracticeId,
    actor_id: str,
    now: Instant,
    writes: TransactWrite,
    announce: bool = True,
) -> None:
    """Add the message to ``writes``, on condition that its id is new.

    ``announce=False`` leaves the event out, for a workflow that sends the
    message itself.
    """
    writes.save(message_record(draft, practice, now), condition=MessageRecord.pk.does_not_exist())
    if announce:
        event = MessageQueued(
            practice_id=practice,
            occurred_at=now,
            actor_id=actor_id,
            party_id=draft.party_id,
            message_id=draft.message_id,
        )
        tell(event, MessagesOutbox, writes)


def queue_alone(draft: Draft, *, practice: PracticeId, actor_id: str, now: Instant) -> bool:
    """Queue it with the audit entry and nothing else; False where it was queued before."""

    def attempt() -> None:
        with transaction() as writes:
            queue(draft, practice=practice, actor_id=actor_id, now=now, writes=writes)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        return False
    return True
