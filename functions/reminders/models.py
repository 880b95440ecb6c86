"""What the feature's routes answer."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from caresmith.ids import AppointmentId, PatientId
from caresmith.messages.settings import Language, Written


class ReminderStep(BaseModel):
    """One reminder of a visit: planned, on its way, or how it ended."""

    step_id: str
    patient_id: PatientId
    key: str = Field(description="The step of the practice's cadence")
    start: str = Field(description="The time of the visit that it is about")
    due: str
    asks: bool
    state: str
    outcome: str | None
    channel: str | None
    sent_at: str | None
    delivered_at: str | None
    replied_at: str | None
    messages: int = Field(description="How many messages were sent for it")
    failed: int = Field(description="How many of these did not arrive")


class Timeline(BaseModel):
    appointment_id: AppointmentId
    steps: list[ReminderStep]


class DeliveryRow(BaseModel):
    """What became of the reminders of one step and channel that were due on one day."""

    day: date
    step: str
    channel: str
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    confirmed: int = 0
    cancelled: int = 0
    rescheduled: int = 0
    answered: int = 0
    no_reply: int = 0
    unreachable: int = 0
    kept: int = 0
    noshow: int = 0

    @property
    def noshow_rate(self) -> float | None:
        """Missed among visits that are over; None where none is."""
        over = self.kept + self.noshow
        return self.noshow / over if over else None


class Delivery(BaseModel):
    """Numbers of a range of days, both included."""

    first: date
    last: date
    rows: list[DeliveryRow]


class TemplateRead(BaseModel):
    """A message that a practice may word itself, as it is worded now."""

    name: str
    channel: Written
    language: Language
    subject: str
    text: str
    own: bool = Field(description="Whether the practice has its own wording")
    blanks: dict[str, str] = Field(description="What may be filled in, and with what")


class RepairReport(BaseModel):
    """What one run of the repair compared and mended."""

    run: str
    day: date
    started_at: str
    by: str
    done: bool
    visits: int = Field(description="Visits that were compared")
    missing: int = Field(description="Reminders that were missing and are planned now")
    moved: int = Field(description="Reminders that were planned for another time")
    stale: int = Field(description="Reminders of what is no more")
    not_scheduled: int = Field(description="Open reminders that nothing would have started")
    stuck: int = Field(description="Reminders whose execution had died")


class RepairStarted(BaseModel):
    run: str
