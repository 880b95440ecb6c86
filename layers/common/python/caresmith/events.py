"""Domain events: what happened, told to whoever needs to know, once it is certain.

An event leaves through the outbox: its item is written in the transaction that
makes the change, the table's stream hands it to the ``relay`` function, and
that puts it on the bus. So a committed change always tells its event and an
uncommitted one never does. An event carries ids and codes only, never PHI.
Delivery is at least once: consumers recognise an ``event_id`` they have seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from caresmith.clock import to_precise_text
from caresmith.ids import (
    AppointmentId,
    AppointmentTypeId,
    EventId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
    UserId,
    WaitlistEntryId,
)
from caresmith.tables import PatientsItem, PracticeItem, ScheduleItem

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

# Long enough to replay by hand after an outage; the bus archive keeps more.
_OUTBOX_DAYS: Final = 7


class DomainEvent(BaseModel):
    """Base of all events. The class name is the event's detail type on the bus."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: ClassVar[str]
    """The feature that tells it."""
    version: ClassVar[int] = 1

    event_id: EventId = Field(default_factory=EventId.new)
    practice_id: PracticeId
    occurred_at: datetime
    actor_id: str = Field(max_length=80, description="Who did it: a user's id or system:<function>")

    @classmethod
    def detail_type(cls) -> str:
        return cls.__name__


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
    entry_id: WaitlistEntryId
    patient_id: PatientId
    start: datetime


class PracticeChanged(DomainEvent):
    """A part of the set-up was added, changed or removed; read the set-up for what it is now."""

    source: ClassVar[str] = "admin"
    kind: str = Field(max_length=20, description="practice, location, room, provider, type, rule")
    thing_id: str = Field(max_length=40)


class UserChanged(DomainEvent):
    """A member of the staff was added, changed, disabled, enabled or logged off."""

    source: ClassVar[str] = "admin"
    user_id: UserId


EVENT_TYPES: Final[dict[str, type[DomainEvent]]] = {
    event.detail_type(): event
    for event in (
        PatientRegistered,
        PatientChanged,
        PatientArchived,
        PatientRestored,
        PatientsMerged,
        PatientsUnmerged,
        AppointmentBooked,
        AppointmentMoved,
        AppointmentCancelled,
        AppointmentLeft,
        AppointmentStatusChanged,
        WaitlistOffered,
        PracticeChanged,
        UserChanged,
    )
}
"""Every event by its detail type: the contracts in ``events/`` are made from these."""


def parse_event(detail_type: str, detail: dict[str, Any]) -> DomainEvent:
    """Read an event off the bus. Raises KeyError for an unknown type."""
    return EVENT_TYPES[detail_type].model_validate(detail)


class _Outbox:
    """Attributes of an outbox item, mixed into a table's base record."""

    source = UnicodeAttribute()
    detail_type = UnicodeAttribute()
    detail = UnicodeAttribute()
    occurred_at = UnicodeAttribute()


class PracticeOutbox(_Outbox, PracticeItem, discriminator="event"):
    expires_at = NumberAttribute()


class PatientsOutbox(_Outbox, PatientsItem, discriminator="event"):
    expires_at = NumberAttribute()


class ScheduleOutbox(_Outbox, ScheduleItem, discriminator="event"):
    expires_at = NumberAttribute()


OutboxItem = type[PracticeOutbox] | type[PatientsOutbox] | type[ScheduleOutbox]


def tell(event: DomainEvent, outbox: OutboxItem, transaction: TransactWrite) -> None:
    """Write the event into ``outbox`` as part of ``transaction``."""
    item = outbox(
        f"{event.practice_id}#event#{event.event_id}",
        "event",
        source=f"caresmith.{event.source}",
        detail_type=event.detail_type(),
        detail=event.model_dump_json(),
        occurred_at=to_precise_text(event.occurred_at),
        expires_at=int((event.occurred_at + timedelta(days=_OUTBOX_DAYS)).timestamp()),
    )
    transaction.save(item)
