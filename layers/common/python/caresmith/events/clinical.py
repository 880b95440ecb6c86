"""What happened in the clinical record: ids and codes, never what anybody has."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from caresmith.events.base import DomainEvent
from caresmith.ids import (
    AppointmentId,
    EncounterId,
    LocationId,
    MedicationId,
    OrderId,
    PatientId,
    ProviderId,
    ReconciliationId,
    RefillId,
    ReportId,
)


class ClinicalEvent(DomainEvent):
    patient_id: PatientId


class EncounterOpened(ClinicalEvent):
    """A visit has a record: the patient is here, or it was opened by hand."""

    source: ClassVar[str] = "encounters"
    encounter_id: EncounterId
    appointment_id: AppointmentId | None = None


class EncounterClosed(ClinicalEvent):
    """The note is signed and what a charge needs is there: read the encounter's billing part."""

    source: ClassVar[str] = "encounters"
    encounter_id: EncounterId
    appointment_id: AppointmentId | None = None
    provider_id: ProviderId
    location_id: LocationId
    start: datetime
    chargeable: bool
    """False where the practice said that this visit is not charged."""


class EncounterRetracted(ClinicalEvent):
    """An encounter was entered in error: whatever was made from it has to be taken back."""

    source: ClassVar[str] = "encounters"
    encounter_id: EncounterId
    was_closed: bool


class NoteSigned(ClinicalEvent):
    """A version of a note was signed, and is never changed again."""

    source: ClassVar[str] = "encounters"
    encounter_id: EncounterId
    provider_id: ProviderId | None = None
    signature: Literal["author", "cosigner", "addendum"]
    note_version: int = Field(ge=1)
    awaits_cosigner: bool = False


class OrderPlaced(ClinicalEvent):
    """Something was ordered: read the order for what it is."""

    source: ClassVar[str] = "encounters"
    order_id: OrderId
    encounter_id: EncounterId | None = None
    provider_id: ProviderId
    category: Literal["lab", "imaging", "procedure", "counselling", "education", "referral"]
    priority: Literal["routine", "urgent", "asap", "stat"]


class OrderChanged(ClinicalEvent):
    """An order went on hold, was given up, completed or entered in error."""

    source: ClassVar[str] = "encounters"
    order_id: OrderId
    status: str = Field(max_length=20)


class ResultArrived(ClinicalEvent):
    """A report was filed in the chart, or one that was there was corrected."""

    source: ClassVar[str] = "results"
    report_id: ReportId
    order_id: OrderId | None = None
    report_version: int = Field(ge=1)
    provider_id: ProviderId | None = Field(default=None, description="Who is to review it")
    flag: Literal["normal", "abnormal", "critical"]
    corrected: bool = False


class MedicationPrescribed(ClinicalEvent):
    """A prescription was written, or one was renewed: read the entry for what it is."""

    source: ClassVar[str] = "medications"
    medication_id: MedicationId
    provider_id: ProviderId
    encounter_id: EncounterId | None = None
    prior_id: MedicationId | None = None
    """The prescription that it renews."""


class MedicationChanged(ClinicalEvent):
    """A medication was stopped, held, taken up again, completed or entered in error."""

    source: ClassVar[str] = "medications"
    medication_id: MedicationId
    status: str = Field(max_length=20)


class PrescriptionQueued(ClinicalEvent):
    """A prescription, or that it was stopped, is to be told to its pharmacy."""

    source: ClassVar[str] = "medications"
    medication_id: MedicationId
    message: Literal["new", "stopped"]


class PrescriptionSettled(ClinicalEvent):
    """The pharmacy has it, or it could not be sent and a person has to see to it."""

    source: ClassVar[str] = "medications"
    medication_id: MedicationId
    outcome: Literal["sent", "accepted", "failed"]


class RefillRequested(ClinicalEvent):
    source: ClassVar[str] = "medications"
    refill_id: RefillId
    medication_id: MedicationId | None = None
    asked_by: Literal["patient", "pharmacy"]


class RefillDecided(ClinicalEvent):
    source: ClassVar[str] = "medications"
    refill_id: RefillId
    decision: Literal["approved", "denied"]
    renewal_id: MedicationId | None = None
    """The prescription that came of it."""


class MedicationsReconciled(ClinicalEvent):
    """The whole list was compared with what the patient takes."""

    source: ClassVar[str] = "medications"
    reconciliation_id: ReconciliationId
    encounter_id: EncounterId
