"""Messages, open questions and opt-outs in the ``messages`` table.

==============================  ====================================  =========================
 access                          pk                                    sk
==============================  ====================================  =========================
 a conversation, newest last     ``<practice>#<party>``                ``message#<message>``
   (one query, read backwards)
 one message                     same                                  same
 what is open with a number or   ``<practice>#thread#<thread>``        ``optout``
   address: opt-out, whose it    same                                  ``reach#<patient>``
   is, questions (one query)     same                                  ``prompt#<prompt>``
 a delivery that was taken       ``<practice>#delivery#<delivery>``    ``delivery``
   before
 which practice a number sends   ``sender#<E164>``                     ``sender``
   for (no practice is known
   yet when a text comes in)
 what a link in an e-mail        ``answer#<sha256 of the secret>``     ``answer``
   answers
 the practice's settings         ``<practice>#settings``               ``messaging``
==============================  ====================================  =========================

A *party* is whose conversation it is: a patient, a provider (agendas), or
``unknown-<thread>`` for a number that nobody has. A *thread* is the blind index
token of one telephone number or e-mail address: families share numbers, so one
thread may belong to several patients. Texts and addresses are sealed; ids,
times, states and codes lie in clear. ``functions/messaging`` sends and settles;
any feature may queue a message (:mod:`caresmith.messages.outgoing`).
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Final

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import (
    BinaryAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from caresmith.blindindex import BlindIndex
from caresmith.ids import MessageId, PatientId, PracticeId, PromptId
from caresmith.records.contact import Channel
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import MessagesItem

OPT_OUT: Final = "optout"
UNKNOWN: Final = "unknown-"
"""What the party of a number that nobody has begins with."""


class Status(StrEnum):
    """A message's way. What is queued is sent once or ends with a reason."""

    QUEUED = "queued"
    SENDING = "sending"
    """Claimed by one sender: nobody else may send it."""
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    BLOCKED = "blocked"
    SUPPRESSED = "suppressed"
    """Not sent on purpose: opted out, visit changed, too late."""
    UNCERTAIN = "uncertain"
    """The carrier's answer was lost: it may have been sent, so it is not sent again."""
    RECEIVED = "received"


class Kind(StrEnum):
    """What a message is for."""

    REMINDER = "reminder"
    ANSWER = "answer"
    """Our answer to what a person wrote: also at night."""
    OFFER = "offer"
    NOTICE = "notice"
    """Word of a change that the practice made."""
    RECALL = "recall"
    STAFF = "staff"
    """Written by a member of the staff."""
    AGENDA = "agenda"
    ALERT = "alert"
    """To a clinician, about what can't wait: also at night."""
    INBOUND = "inbound"


OBEYS_QUIET_HOURS: Final = frozenset({Kind.REMINDER, Kind.OFFER, Kind.RECALL, Kind.NOTICE})


class MessageRecord(MessagesItem, discriminator="message"):
    """One text or e-mail, in or out."""

    message_id = UnicodeAttribute()
    party_id = UnicodeAttribute()
    thread = UnicodeAttribute()
    channel = UnicodeAttribute()
    kind = UnicodeAttribute()
    status = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    """A code that says why it failed, was blocked or suppressed."""
    language = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    """When the status last changed."""
    useless_after = UnicodeAttribute(null=True)
    """Not sent any more from then on."""
    zone = UnicodeAttribute(null=True)
    """By whose clock the quiet hours run; None where they don't apply."""
    appointment_id = UnicodeAttribute(null=True)
    visit_version = NumberAttribute(null=True)
    """Sent only while the visit has still this version."""
    step_id = UnicodeAttribute(null=True)
    prompt_id = UnicodeAttribute(null=True)
    author_id = UnicodeAttribute(null=True)
    """The member of the staff who wrote it."""
    author_name = UnicodeAttribute(null=True)
    intent = UnicodeAttribute(null=True)
    """What an inbound message was understood to ask."""
    carrier = UnicodeAttribute(null=True)
    carrier_ref = UnicodeAttribute(null=True)
    segments = NumberAttribute(null=True)
    attempts = NumberAttribute(default=0)
    version = VersionAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class MessageBody(BaseModel):
    """The sealed part."""

    model_config = ConfigDict(extra="forbid")

    address: str
    """The person's telephone number (E.164) or e-mail address."""
    text: str
    subject: str = ""


class PromptKind(StrEnum):
    """What an open question asks."""

    CONFIRM = "confirm"
    """Will you come? Answered by confirm, cancel or reschedule."""
    SLOTS = "slots"
    """Which of these times? Answered by a number."""
    WHICH = "which"
    """Which of these visits do you mean? Answered by a number."""
    OFFER = "offer"
    """Do you want this time? Answered by yes or no."""


class PromptRecord(MessagesItem, discriminator="prompt"):
    """A question that a person may answer by text. ``expires_at`` ends it."""

    prompt_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    message_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    offer_id = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute()
    wanted = UnicodeAttribute(null=True)
    """For WHICH: the intent that is to be carried out on the visit that is picked."""
    options = ListAttribute(of=UnicodeAttribute, default=list)
    """For SLOTS: SlotOption as JSON, in the order of their numbers; for WHICH: appointment ids;
    for OFFER: the offered time as one SlotOption, for the page behind an e-mail's link."""
    patients = ListAttribute(of=UnicodeAttribute, default=list)
    """For WHICH: the patient of each option."""


class OptOutRecord(MessagesItem, discriminator="optout"):
    """Nothing may be sent to this thread until START."""

    since = UnicodeAttribute()
    by_message_id = UnicodeAttribute(null=True)


class ReachRecord(MessagesItem, discriminator="reach"):
    """A patient who was written to at this thread."""

    patient_id = UnicodeAttribute()
    last_message_at = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    """In which the patient was written to: STOP and HELP are answered in it."""


class AnswerLinkRecord(MessagesItem, discriminator="answer-link"):
    """What the secret in an e-mail's link answers. The secret itself is stored nowhere."""

    practice_id = UnicodeAttribute()
    thread = UnicodeAttribute()
    prompt_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    offer_id = UnicodeAttribute(null=True)
    answered = UnicodeAttribute(null=True)
    """The intent that was last answered by this link."""


class DeliveryRecord(MessagesItem, discriminator="delivery"):
    """A webhook delivery that was taken: the same one again changes nothing."""

    taken_at = UnicodeAttribute()


class SenderRecord(MessagesItem, discriminator="sender"):
    """Whose a sending number or address is. A practice's own number is no PHI."""

    practice_id = UnicodeAttribute()
    channel = UnicodeAttribute()


def thread_of(practice: PracticeId, channel: Channel, address: str) -> str:
    """The thread of a number (E.164) or address (already normalised)."""
    return BlindIndex(practice, Domain.MESSAGES).token(channel, address)


def conversation_key(practice: PracticeId, party_id: str) -> str:
    return f"{practice}#{party_id}"


def message_sort_key(message_id: MessageId) -> str:
    return f"message#{message_id}"


def thread_key(practice: PracticeId, thread: str) -> str:
    return f"{practice}#thread#{thread}"


def prompt_sort_key(prompt_id: PromptId) -> str:
    return f"prompt#{prompt_id}"


def answer_key(secret: str) -> str:
    """The partition of a link's secret (from :func:`secrets.token_urlsafe`, 32 bytes)."""
    return f"answer#{sha256(secret.encode()).hexdigest()}"


def sender_key(number: str) -> str:
    return f"sender#{number}"


def unknown_party(thread: str) -> str:
    """The party of a number that nobody has."""
    return UNKNOWN + thread


def patient_of_party(party_id: str) -> PatientId | None:
    """The patient whose conversation it is; None for a provider or an unknown number."""
    return PatientId(party_id) if party_id.startswith(f"{PatientId.prefix}_") else None


def seal_body(practice: PracticeId, message_id: MessageId, body: MessageBody) -> bytes:
    return Sealer(practice, Domain.MESSAGES).seal(message_id, "message", body)


def open_body(practice: PracticeId, record: MessageRecord) -> MessageBody:
    """The text and address of a message. The caller names its patient to the audit trail."""
    sealer = Sealer(practice, Domain.MESSAGES)
    return sealer.unseal(record.message_id, "message", record.sealed, MessageBody)


def read_message(
    practice: PracticeId, party_id: str, message_id: MessageId
) -> MessageRecord | None:
    """One message by one strongly consistent read."""
    try:
        return MessageRecord.get(
            conversation_key(practice, party_id), message_sort_key(message_id), consistent_read=True
        )
    except MessageRecord.DoesNotExist:
        return None
