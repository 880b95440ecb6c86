"""What a person said, by text or by a link: kept and told in one transaction.

The message stands in the conversation, ``ReplyReceived`` tells what it asks for,
the audit entry says that it was taken; and a record on a condition makes sure that
the same is never taken twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caresmith.clock import Instant, to_text
from caresmith.events import MessagesOutbox, ReplyReceived, tell
from caresmith.ids import MessageId, PracticeId
from caresmith.log import logger
from caresmith.messages.records import (
    Kind,
    MessageBody,
    MessageRecord,
    Status,
    conversation_key,
    message_sort_key,
    patient_of_party,
    seal_body,
)
from caresmith.messages.settings import Written
from caresmith.settings import service_name
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.webhooks.aiming import Aim

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.transactions import TransactWrite

    from caresmith.audit import AuditTrail

Also = Callable[["TransactWrite", MessageId], None]
"""Adds further writes to the transaction; it is given the message's id."""


@dataclass(frozen=True)
class Heard:
    """What a person said."""

    practice: PracticeId
    message_id: MessageId
    party_id: str
    thread: str
    channel: Written
    address: str
    text: str
    intent: str
    now: Instant
    carrier: str | None = None
    carrier_ref: str | None = None
    found: Aim | None = None
    """What it asks for; None where it is no reply to a question (STOP, START, HELP)."""


@dataclass(frozen=True)
class Once:
    """A record that can be written only the first time."""

    record: Any
    condition: Condition


def nothing_more(_: TransactWrite, __: MessageId) -> None:
    """No further writes."""


def tell_story(heard: Heard, once: Once, trail: AuditTrail, also: Also = nothing_more) -> bool:
    """Write it all; False where it was taken before, and then nothing is written."""
    own = patient_of_party(heard.party_id)
    named = heard.found.patient_id if heard.found else None
    trail.about(*(patient for patient in (own, named) if patient))
    trail.record(heard.message_id)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(once.record, condition=once.condition)
            writes.save(_message(heard))
            if heard.found:
                tell(_reply(heard, heard.found), MessagesOutbox, writes)
            also(writes, heard.message_id)
            trail.join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled as error:
        if not error.failed(0):
            raise
        logger().info("taken before", extra={"message_id": heard.message_id})
        return False
    return True


def _message(heard: Heard) -> MessageRecord:
    visits = heard.found.appointment_ids if heard.found else ()
    return MessageRecord(
        conversation_key(heard.practice, heard.party_id),
        message_sort_key(heard.message_id),
        message_id=heard.message_id,
        party_id=heard.party_id,
        thread=heard.thread,
        channel=heard.channel,
        kind=Kind.INBOUND,
        status=Status.RECEIVED,
        created_at=to_text(heard.now),
        appointment_id=visits[0] if len(visits) == 1 else None,
        prompt_id=heard.found.prompt_id if heard.found else None,
        intent=heard.intent,
        carrier=heard.carrier,
        carrier_ref=heard.carrier_ref,
        sealed=seal_body(
            heard.practice,
            heard.message_id,
            MessageBody(address=heard.address, text=heard.text),
        ),
    )


def _reply(heard: Heard, found: Aim) -> ReplyReceived:
    return ReplyReceived(
        practice_id=heard.practice,
        occurred_at=heard.now,
        actor_id=f"system:{service_name()}",
        party_id=heard.party_id,
        message_id=heard.message_id,
        intent=found.intent,
        prompt_id=found.prompt_id,
        appointment_ids=found.appointment_ids,
        patient_id=found.patient_id,
        offer_id=found.offer_id,
        slot=found.slot,
    )
