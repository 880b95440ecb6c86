"""Visits, and what callers ask and are told of them. FHIR names where FHIR has one."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from caresmith.ids import (
    AppointmentId,
    AppointmentTypeId,
    HoldId,
    LocationId,
    OfferId,
    PatientId,
    ProviderId,
    RoomId,
    SeriesId,
    WaitlistEntryId,
)
from functions.scheduling.cells import on_a_cell
from functions.scheduling.status import CancelReason, Flow, Status

_FIRST, _LAST = 2000, 2100


def _storable(text: str) -> str:
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        raise ValueError("contains a character that cannot be stored")
    return unicodedata.normalize("NFC", text).strip()


Note = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_storable)]


def _on_the_calendar(at: datetime) -> datetime:
    if not _FIRST <= at.year < _LAST:
        raise ValueError(f"must lie between the years {_FIRST} and {_LAST}")
    if at.microsecond or not on_a_cell(at):
        raise ValueError("visits begin on multiples of five minutes")
    return at


Start = Annotated[AwareDatetime, AfterValidator(_on_the_calendar)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# -- asked ----------------------------------------------------------------


class SlotQuery(_Value):
    """Which free times to look for."""

    type_id: AppointmentTypeId
    provider_ids: tuple[ProviderId, ...] = Field(default=(), max_length=100)
    """Empty means every provider who gives that kind of visit."""
    location_ids: tuple[LocationId, ...] = Field(default=(), max_length=50)
    first: date
    days: int = Field(default=14, ge=1, le=60)
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(default=(), max_length=7)
    """0 is Monday; empty means all."""
    from_time: time = time(0)
    to_time: time = time(23, 59)
    every_minutes: Literal[5, 10, 15, 20, 30, 60] = 15
    limit: int = Field(default=100, ge=1, le=500)


class VisitRequest(_Value):
    """A time asked for: the start is the patient's; buffers come around it."""

    type_id: AppointmentTypeId
    provider_id: ProviderId
    location_id: LocationId
    start: Start
    room_id: RoomId | None = None
    """Where the kind of visit needs a room and none is named, a free one is chosen."""


class _MayOverbook(_Value):
    overbook: bool = False
    overbook_reason: Note = ""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.overbook and not self.overbook_reason:
            raise ValueError("overbook_reason is needed to book over the calendar")
        return self


class BookingRequest(_MayOverbook, VisitRequest):
    patient_id: PatientId
    note: Note = ""
    hold_id: HoldId | None = None
    confirmed_new: bool = False
    """A person says that the patient counts as new, although they were seen here."""


class SeriesRequest(_Value):
    """The same visit again and again at the same wall-clock time."""

    booking: BookingRequest
    rrule: Annotated[str, StringConstraints(max_length=200)]
    """RFC 5545 with COUNT or UNTIL, from the first visit on."""
    when_taken: Literal["book_none", "book_the_rest"] = "book_none"


class RescheduleRequest(_MayOverbook):
    start: Start
    provider_id: ProviderId | None = None
    location_id: LocationId | None = None
    room_id: RoomId | None = None


class CancelRequest(_Value):
    reason: CancelReason
    note: Note = ""


class StatusRequest(_Value):
    status: Status


class FlowRequest(_Value):
    flow: Flow
    room_id: RoomId | None = None


class AttendeeRequest(_Value):
    patient_id: PatientId


class WaitlistRequest(_Value):
    """What a waiting patient would take."""

    patient_id: PatientId
    type_id: AppointmentTypeId
    provider_ids: tuple[ProviderId, ...] = Field(default=(), max_length=20)
    location_ids: tuple[LocationId, ...] = Field(default=(), max_length=20)
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(default=(), max_length=7)
    from_time: time = time(0)
    to_time: time = time(23, 59)
    not_before: date | None = None
    not_after: date | None = None
    notice_minutes: int = Field(default=120, ge=0, le=14 * 24 * 60)
    priority: int = Field(default=5, ge=1, le=9)
    """1 is the most urgent."""
    note: Note = ""
    instead_of: AppointmentId | None = None
    """The patient has this visit already, and would come earlier."""


# -- told -----------------------------------------------------------------


class Slot(_Value):
    """A free time. Taking it is up to whoever asks first."""

    provider_id: ProviderId
    location_id: LocationId
    room_id: RoomId | None
    start: datetime
    end: datetime


class Slots(_Value):
    slots: list[Slot]
    cut: bool
    """There were more than asked for."""


class Hold(_Value):
    hold_id: HoldId
    expires_at: datetime
    slot: Slot


class HistoryEntry(_Value):
    at: str
    by: str
    what: str
    before: str = ""
    after: str = ""


class Visit(_Value):
    """An appointment without what identifies its patients: ids, times and states."""

    appointment_id: AppointmentId
    version: int = 0
    status: Status = Status.BOOKED
    flow: Flow | None = None
    confirmed: bool = False
    """Everybody who is to come has said that they will."""
    confirmed_by: tuple[PatientId, ...] = ()
    type_id: AppointmentTypeId
    provider_id: ProviderId
    location_id: LocationId
    room_id: RoomId | None = None
    start: datetime
    end: datetime
    span_start: datetime
    """With the buffer before."""
    span_end: datetime
    patient_ids: tuple[PatientId, ...]
    capacity: int = 1
    series_id: SeriesId | None = None
    overbooked: bool = False
    """It holds no time of its own on the calendar."""
    cancel_reason: CancelReason | None = None
    created_by: str
    history: tuple[HistoryEntry, ...] = ()

    def has_confirmed(self, patient: PatientId) -> bool:
        return patient in self.confirmed_by or (self.confirmed and patient in self.patient_ids)

    def attended_by(
        self, patients: tuple[PatientId, ...], *, confirming: tuple[PatientId, ...] = ()
    ) -> Visit:
        """The visit of these patients, of whom ``confirming`` have just said that they come."""
        by = tuple(p for p in patients if p in confirming or self.has_confirmed(p))
        update = {"patient_ids": patients, "confirmed_by": by, "confirmed": by == patients != ()}
        return self.model_copy(update=update)


class AttendeeName(_Value):
    patient_id: PatientId
    name: str


class VisitDetails(_Value):
    """The sealed part: who the patients are and what was noted."""

    attendees: tuple[AttendeeName, ...]
    note: str = ""


class Appointment(Visit):
    """A visit as answered: with its patients' names and the note."""

    details: VisitDetails


class SeriesResult(_Value):
    series_id: SeriesId
    booked: list[Appointment]
    not_free: list[datetime]


class CalendarPage(_Value):
    """The visits of some providers in a stretch of time, by start."""

    appointments: list[Appointment]
    changes: str
    """Give it to ``/calendar/changes`` to learn whether anything moved since."""


class ChangeToken(_Value):
    changes: str
    changed: bool


class WaitlistEntry(_Value):
    entry_id: WaitlistEntryId
    request: WaitlistRequest
    patient_name: str
    since: datetime


class Offer(_Value):
    """A freed time offered to one who waits."""

    offer_id: OfferId
    entry_id: WaitlistEntryId
    patient_id: PatientId
    type_id: AppointmentTypeId
    slot: Slot
    expires_at: datetime
    freed_by: str = ""
    """The event that freed the time: who declines makes room for the next in line."""
    instead_of: AppointmentId | None = None
    """The later visit that accepting it moves."""
    appointment_id: AppointmentId | None = None
    """The visit that took it, where it was accepted."""
    state: Literal["open", "accepted", "gone", "expired", "declined"] = "open"


class Feed(_Value):
    """A calendar subscription; the token is shown once and never again."""

    feed_id: str
    url_path: str
