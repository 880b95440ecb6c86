"""Domain events: what happened, told to whoever needs to know, once it is certain.

An event leaves through the outbox: its item is written in the transaction that
makes the change, the table's stream hands it to the ``relay`` function, and
that puts it on the bus. So a committed change always tells its event and an
uncommitted one never does. An event carries ids and codes only, never PHI.
Delivery is at least once: consumers recognise an ``event_id`` they have seen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from caresmith.clock import to_precise_text
from caresmith.events.base import DomainEvent
from caresmith.events.calendar import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentEvent,
    AppointmentLeft,
    AppointmentMoved,
    AppointmentStatusChanged,
    PatientArchived,
    PatientChanged,
    PatientEvent,
    PatientRegistered,
    PatientRestored,
    PatientsMerged,
    PatientsUnmerged,
    WaitlistOfferClosed,
    WaitlistOffered,
)
from caresmith.events.clinical import (
    ClinicalEvent,
    EncounterClosed,
    EncounterOpened,
    EncounterRetracted,
    MedicationChanged,
    MedicationPrescribed,
    MedicationsReconciled,
    NoteSigned,
    OrderChanged,
    OrderPlaced,
    PrescriptionQueued,
    PrescriptionSettled,
    RefillDecided,
    RefillRequested,
    ResultArrived,
)
from caresmith.events.messaging import (
    ConsentReplied,
    ContactPointFailed,
    MessageEvent,
    MessageOutcome,
    MessageQueued,
    RecallSent,
    ReplyActedOn,
    ReplyReceived,
    SlotOption,
    StaffTaskRaised,
)
from caresmith.events.practice import (
    AgendaDue,
    ClaimsDue,
    EligibilityDue,
    JobEvent,
    LedgerCheckDue,
    NoShowsDue,
    PracticeChanged,
    RecallsDue,
    ReminderRepairDue,
    StatementsDue,
    UserChanged,
)
from caresmith.events.revenue import (
    AuthorizationChanged,
    ChargesChanged,
    ChargesReleased,
    ChargesVoided,
    ClaimMoved,
    CoverageVerified,
    ExchangeFileArrived,
    RemittanceFiled,
    RevenueEvent,
    TurnPassed,
)
from caresmith.tables import (
    ClinicalItem,
    MessagesItem,
    PatientsItem,
    PracticeItem,
    RevenueItem,
    ScheduleItem,
)

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

__all__ = [
    "EVENT_TYPES",
    "AgendaDue",
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentEvent",
    "AppointmentLeft",
    "AppointmentMoved",
    "AppointmentStatusChanged",
    "AuthorizationChanged",
    "ChargesChanged",
    "ChargesReleased",
    "ChargesVoided",
    "ClaimMoved",
    "ClaimsDue",
    "ClinicalEvent",
    "ClinicalOutbox",
    "ConsentReplied",
    "ContactPointFailed",
    "CoverageVerified",
    "DomainEvent",
    "EligibilityDue",
    "EncounterClosed",
    "EncounterOpened",
    "EncounterRetracted",
    "ExchangeFileArrived",
    "JobEvent",
    "LedgerCheckDue",
    "MedicationChanged",
    "MedicationPrescribed",
    "MedicationsReconciled",
    "MessageEvent",
    "MessageOutcome",
    "MessageQueued",
    "MessagesOutbox",
    "NoShowsDue",
    "NoteSigned",
    "OrderChanged",
    "OrderPlaced",
    "OutboxItem",
    "PatientArchived",
    "PatientChanged",
    "PatientEvent",
    "PatientRegistered",
    "PatientRestored",
    "PatientsMerged",
    "PatientsOutbox",
    "PatientsUnmerged",
    "PracticeChanged",
    "PracticeOutbox",
    "PrescriptionQueued",
    "PrescriptionSettled",
    "RecallSent",
    "RecallsDue",
    "RefillDecided",
    "RefillRequested",
    "ReminderRepairDue",
    "RemittanceFiled",
    "ReplyActedOn",
    "ReplyReceived",
    "ResultArrived",
    "RevenueEvent",
    "RevenueOutbox",
    "ScheduleOutbox",
    "SlotOption",
    "StaffTaskRaised",
    "StatementsDue",
    "TurnPassed",
    "UserChanged",
    "WaitlistOfferClosed",
    "WaitlistOffered",
    "parse_event",
    "tell",
]

# Long enough to replay by hand after an outage; the bus archive keeps more.
_OUTBOX_DAYS: Final = 7

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
        WaitlistOfferClosed,
        MessageQueued,
        MessageOutcome,
        ReplyReceived,
        ReplyActedOn,
        ConsentReplied,
        ContactPointFailed,
        StaffTaskRaised,
        ReminderRepairDue,
        AgendaDue,
        NoShowsDue,
        RecallsDue,
        EligibilityDue,
        ClaimsDue,
        RecallSent,
        EncounterOpened,
        EncounterClosed,
        EncounterRetracted,
        NoteSigned,
        OrderPlaced,
        OrderChanged,
        ResultArrived,
        MedicationPrescribed,
        MedicationChanged,
        PrescriptionQueued,
        PrescriptionSettled,
        RefillRequested,
        RefillDecided,
        MedicationsReconciled,
        CoverageVerified,
        ChargesReleased,
        ChargesChanged,
        ChargesVoided,
        ClaimMoved,
        TurnPassed,
        AuthorizationChanged,
        ExchangeFileArrived,
        RemittanceFiled,
        StatementsDue,
        LedgerCheckDue,
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


class ClinicalOutbox(_Outbox, ClinicalItem, discriminator="event"):
    expires_at = NumberAttribute()


class RevenueOutbox(_Outbox, RevenueItem, discriminator="event"):
    expires_at = NumberAttribute()


class MessagesOutbox(_Outbox, MessagesItem, discriminator="event"):
    expires_at = NumberAttribute()


OutboxItem = (
    type[PracticeOutbox]
    | type[PatientsOutbox]
    | type[ScheduleOutbox]
    | type[ClinicalOutbox]
    | type[MessagesOutbox]
    | type[RevenueOutbox]
)


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
