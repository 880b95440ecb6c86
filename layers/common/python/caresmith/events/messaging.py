"""What happened to messages, and what people answered."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from caresmith.events.base import DomainEvent
from caresmith.ids import (
    AppointmentId,
    LocationId,
    MessageId,
    OfferId,
    PatientId,
    PromptId,
    ProviderId,
    RecallId,
)


class MessageEvent(DomainEvent):
    source: ClassVar[str] = "messages"
    party_id: str = Field(max_length=60, description="Whose conversation the message belongs to")
    message_id: MessageId


class MessageQueued(MessageEvent):
    """A message waits to be sent; the sender takes it from here."""


class MessageOutcome(MessageEvent):
    """What became of a message that left: told once for each step that it takes."""

    outcome: Literal["sent", "delivered", "failed", "blocked", "suppressed", "bounced", "complaint"]
    reason: str = Field(default="", max_length=60, description="A code, never a carrier's text")
    channel: Literal["sms", "email"]
    kind: str = Field(max_length=20)
    appointment_id: AppointmentId | None = None
    step_id: str = Field(default="", max_length=120, description="The reminder step, for reminders")


class SlotOption(BaseModel):
    """A time that was offered by text, in the order in which it was numbered."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    provider_id: ProviderId
    location_id: LocationId
    start: datetime


class ReplyReceived(MessageEvent):
    """A person answered. What is asked for is understood here, and done by its feature."""

    source: ClassVar[str] = "webhooks"
    intent: Literal[
        "confirm", "cancel", "reschedule", "pick", "accept", "decline", "late", "unclear"
    ]
    prompt_id: PromptId | None = None
    """The question that it answers, where that is certain."""
    appointment_ids: tuple[AppointmentId, ...] = ()
    """Which visits it can mean; several where the question is still which one."""
    patient_id: PatientId | None = None
    offer_id: OfferId | None = None
    slot: SlotOption | None = None
    """The time that was picked from those offered."""


class ReplyActedOn(MessageEvent):
    """The calendar has followed a reply, or could not. ``message_id`` is the reply's."""

    source: ClassVar[str] = "scheduling"
    patient_id: PatientId
    prompt_id: PromptId | None = None
    appointment_id: AppointmentId | None = None
    offer_id: OfferId | None = None
    outcome: Literal[
        "confirmed",
        "cancelled",
        "slots",
        "no-slots",
        "rescheduled",
        "slot-gone",
        "offer-accepted",
        "offer-gone",
        "offer-declined",
        "too-late",
        "not-possible",
    ]
    options: tuple[SlotOption, ...] = ()


class ConsentReplied(MessageEvent):
    """STOP or START was answered at this contact point: honoured already, to be kept in charts."""

    source: ClassVar[str] = "webhooks"
    patient_ids: tuple[PatientId, ...]
    channel: Literal["sms", "email"]
    granted: bool


class ContactPointFailed(MessageEvent):
    """Nothing can be delivered to the message's address any more."""

    patient_id: PatientId
    channel: Literal["sms", "email"]
    reason: Literal["invalid", "unreachable", "blocked", "bounced", "complaint"]


class StaffTaskRaised(DomainEvent):
    """Something needs a person at the front desk."""

    source: ClassVar[str] = "messages"
    version: ClassVar[int] = 2
    key: str = Field(max_length=160, description="The same key raises one task, however often")
    task: Literal[
        "unclear-reply",
        "undeliverable",
        "no-contact-point",
        "unconfirmed",
        "running-late",
        "call-back",
        "send-failed",
        "ledger-differs",
        "payment-missed",
        "card-disputed",
        "card-payment-unplaced",
    ]
    party_id: str = Field(default="", max_length=60, description="Whose conversation it is about")
    patient_id: PatientId | None = None
    appointment_id: AppointmentId | None = None
    message_id: MessageId | None = None


class RecallSent(DomainEvent):
    """A patient was invited to come again."""

    source: ClassVar[str] = "reminders"
    recall_id: RecallId
    patient_id: PatientId
