"""What happened to charts and on the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from caresmith.events.base import DomainEvent
from caresmith.ids import (
    AppointmentId,
    AppointmentTypeId,
    LocationId,
    OfferId,
    PatientId,
    ProviderId,
    WaitlistEntryId,
)


class PatientEvent(DomainEvent):
    source: ClassVar[str] = "patients"
    patient_id: PatientId


class PatientRegistered(PatientEvent):
    """A chart was opened."""


class PatientChanged(PatientEvent):
    """Demographics or contact points changed; read the chart for what they are now."""


class PatientArchived(PatientEvent):
    """The chart was closed; nothing may be booked for it."""


class PatientRestored(PatientEvent):
    """An archived chart is open again."""


class PatientsMerged(PatientEvent):
    """``merged_id`` turned out to be the same person as ``patient_id``, which survives."""

    merged_id: PatientId


class PatientsUnmerged(PatientEvent):
    """A merge was taken back: ``restored_id`` is a chart of its own again."""

    restored_id: PatientId


class AppointmentEvent(DomainEvent):
    source: ClassVar[str] = "scheduling"
    appointment_id: AppointmentId
    patient_ids: tuple[PatientId, ...]
    provider_id: ProviderId
    location_id: LocationId
    type_id: AppointmentTypeId
    start: datetime
    end: datetime


class AppointmentBooked(AppointmentEvent):
    """A visit stands on the calendar."""


class AppointmentMoved(AppointmentEvent):
    """A visit has another time, provider or place; the former ones are in ``from_*``."""

    from_start: datetime
    from_end: datetime
    from_provider_id: ProviderId
    from_location_id: LocationId


class AppointmentCancelled(AppointmentEvent):
    """A visit will not take place; its time is free."""

    reason: str = Field(max_length=40, description="A cancellation reason code")


class AppointmentLeft(AppointmentEvent):
    """These patients gave up their seats in a group visit, which takes place all the same."""


class AppointmentStatusChanged(AppointmentEvent):
    """The visit went one step on: arrived, checked in, fulfilled, no-show..."""

    from_status: str
    to_status: str


class WaitlistOffered(DomainEvent):
    """A freed time was offered to a waiting patient."""

    source: ClassVar[str] = "scheduling"
    version: ClassVar[int] = 2
    offer_id: OfferId
    entry_id: WaitlistEntryId
    patient_id: PatientId
    provider_id: ProviderId
    location_id: LocationId
    start: datetime
    expires_at: datetime
    instead_of: AppointmentId | None = None
    """The later visit of the same patient that it would replace."""


class WaitlistOfferClosed(DomainEvent):
    """An offer is no longer open: accepted, taken by somebody else, declined or expired."""

    source: ClassVar[str] = "scheduling"
    offer_id: OfferId
    entry_id: WaitlistEntryId
    patient_id: PatientId
    state: Literal["accepted", "gone", "declined", "expired"]
