"""What messaging's routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from caresmith.ids import AppointmentId, MessageId, PatientId, StaffTaskId
from caresmith.messages.settings import Written
from caresmith.text import Line, clean_note

MOST_SEGMENTS = 10
"""A text that is longer is refused by carriers, or arrives in pieces that nobody reads."""


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Task(_Value):
    """Something that needs a person at the front desk."""

    task_id: StaffTaskId
    version: int
    task: str
    party_id: str
    """Whose conversation it is about; empty where it is about none."""
    patient_id: PatientId | None
    appointment_id: AppointmentId | None
    message_id: MessageId | None
    times: int
    """How often it was raised."""
    raised_at: datetime
    latest_at: datetime
    claimed_by: str | None
    claimed_name: str
    """As the staff know them; empty where that is not known."""
    claimed_at: datetime | None
    closed_by: str | None
    closed_name: str
    closed_at: datetime | None


class Message(_Value):
    """One text or e-mail of a conversation."""

    message_id: MessageId
    direction: Literal["in", "out"]
    channel: str
    kind: str
    status: str
    reason: str
    address: str
    text: str
    subject: str
    created_at: datetime
    settled_at: datetime | None
    author_id: str | None
    author_name: str
    intent: str | None
    appointment_id: AppointmentId | None
    segments: int | None


class ContactWay(_Value):
    """A number or address, and whether it may be written to now."""

    channel: Written
    address: str
    thread: str
    opted_out_since: datetime | None = None
    """STOP was answered then: nothing may be sent."""


class Conversation(_Value):
    """A page of what was written to and by one person, the newest first."""

    party_id: str
    messages: tuple[Message, ...]
    cursor: str | None
    """Give it to the same route for what is older; None where nothing is."""
    ways: tuple[ContactWay, ...]
    """How the person may be written to, the best way first."""


Text = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(clean_note)]


class StaffMessage(_Value):
    """What a member of the staff writes."""

    text: Text
    channel: Written | None = None
    """None: as the person wrote last, else the best way."""
    subject: Line | None = None
    """An e-mail's; the practice's name where it is left out."""
