"""What the routes of medications take and answer."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.clock import Instant
from caresmith.ids import (
    DocumentId,
    EncounterId,
    MedicationId,
    PatientId,
    PharmacyId,
    ReconciliationId,
    RefillId,
)
from caresmith.records.clinical.coding import RXNORM, Concept, PartialDate, Quantity
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.dosage import Directions
from caresmith.records.clinical.medication import AlertKey, Medication, MedicationStatus, Schedule
from caresmith.records.practice import Npi
from caresmith.text import Line, Note
from functions.medications.records import SendingState
from functions.medications.safety.port import Alert, Coverage


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


# -- prescribing ------------------------------------------------------------------


class AlertReason(_Request):
    """Why one warning of the checks does not keep the prescriber from prescribing."""

    alert: AlertKey
    reason: Line


class _Supply(_Request):
    dispense: Quantity
    refills: int = Field(ge=0, le=99)
    days_supply: int | None = Field(default=None, ge=1, le=366)
    """Worked out from the directions where it is left out, if they tell."""
    pharmacy_id: PharmacyId | None = None
    encounter_id: EncounterId | None = None
    reasons: tuple[AlertReason, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _dispenses_something(self) -> Self:
        if self.dispense.value <= 0 or self.dispense.comparator:
            raise ValueError("the amount to dispense is above nought")
        return self


class Draft(Directions):
    """What the sig builder has so far: enough to be written and checked."""

    drug: Concept
    schedule: Schedule | None = None
    instead_of: MedicationId | None = None
    """The prescription that it would take the place of, which is not checked against."""

    @model_validator(mode="after")
    def _sig_is_written(self) -> Self:
        if self.sig is not None:
            raise ValueError("the sig is written from the structure: leave it out")
        return self


class PrescriptionRequest(Draft, _Supply):
    """A new prescription. The sig is written from its structure."""

    as_written: bool = False
    as_written_reason: Line | None = None
    pharmacist_note: Line | None = None
    reason: Concept | None = None
    started: PartialDate | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.drug.code_in(RXNORM) is None:
            raise ValueError("a drug is prescribed by its RxNorm code and name")
        if self.route is None:
            raise ValueError("the route is needed")
        if self.instructions is None and (self.dose is None or self.timing is None):
            raise ValueError("a dose and how often, or instructions, are needed")
        return self


class RenewalRequest(_Supply):
    """Prescribe the same again; the one before ends."""


class ReportedRequest(Directions):
    """What the patient says that they take, or what another's record says."""

    drug: Concept
    status: Literal[MedicationStatus.ACTIVE, MedicationStatus.STOPPED, MedicationStatus.UNKNOWN] = (
        MedicationStatus.ACTIVE
    )
    reason: Concept | None = None
    started: PartialDate | None = None
    ended: PartialDate | None = None
    note: Note | None = None
    encounter_id: EncounterId | None = None


class StatusRequest(_Request):
    status: Literal[
        MedicationStatus.ACTIVE,
        MedicationStatus.ON_HOLD,
        MedicationStatus.STOPPED,
        MedicationStatus.COMPLETED,
        MedicationStatus.CANCELLED,
        MedicationStatus.ENTERED_IN_ERROR,
    ]
    reason: Line | None = None


class Checked(_Answer):
    """The sig in words and what the checks say of a draft."""

    sig: str
    schedules: list[Schedule]
    """What schedules the drug can be in; empty where it is not known as controlled."""
    suggested: Quantity | None
    """What ``suggested_days`` need at most; None where the directions do not tell."""
    suggested_days: int
    alerts: list[Alert]
    not_checked: list[str]
    coverage: Coverage


class SendingRead(_Answer):
    """Where a prescription is on its way to the pharmacy."""

    message: Literal["new", "stopped"]
    state: SendingState
    pharmacy_id: PharmacyId
    attempts: int
    failure: str | None
    changed_at: Instant


class MedicationLine(Read[Medication]):
    sending: SendingRead | None = None


class MedicationList(_Answer):
    """All that is taken or held, and what was."""

    patient_id: PatientId
    active: list[MedicationLine]
    """Prescribed here: taken, or held for a time."""
    reported: list[MedicationLine]
    """Taken by the patient's word, or by another's record."""
    past: list[MedicationLine]


class FormerMedications(_Answer):
    """What an entry said before, the latest first."""

    versions: list[Read[Medication]]


# -- pharmacies -----------------------------------------------------------------------

Url = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[^\s?#]*)?$", max_length=200),
]


class PharmacyFacts(_Request):
    name: Line
    npi: Npi | None = None
    ncpdp_id: Annotated[str, StringConstraints(pattern=r"^\d{7}$")] | None = None
    """NCPDP Provider Identification Number: seven digits."""
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+() .-]{7,20}$")] | None = None
    fax: Annotated[str, StringConstraints(pattern=r"^[0-9+() .-]{7,20}$")] | None = None
    address: Line | None = None
    fhir_endpoint: Url | None = None
    """The base of a FHIR R4 server to which prescriptions are posted."""
    active: bool = True


class Pharmacy(_Answer):
    pharmacy_id: PharmacyId
    version: int
    facts: PharmacyFacts


class Pharmacies(_Answer):
    pharmacies: list[Pharmacy]


class PreferredRequest(_Request):
    pharmacy_id: PharmacyId | None
    """None: the patient has none any more."""


class Preferred(_Answer):
    pharmacy_id: PharmacyId | None
    version: int


# -- refill requests -------------------------------------------------------------------


class RefillRequest(_Request):
    """Somebody asks for more of a medication."""

    medication_id: MedicationId | None = None
    drug: Line | None = None
    """In the asker's words, where they do not name a prescription of ours."""
    asked_by: Literal["patient", "pharmacy"]
    pharmacy_id: PharmacyId | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.medication_id is None and self.drug is None:
            raise ValueError("say which medication: medication_id or drug")
        return self


class RefillDecision(_Request):
    decision: Literal["approved", "denied"]
    reason: Line | None = None
    renewal: RenewalRequest | None = None
    """What is prescribed, where it is approved."""

    @model_validator(mode="after")
    def _says_why_or_what(self) -> Self:
        if self.decision == "denied" and self.reason is None:
            raise ValueError("say why it is denied")
        if self.decision == "denied" and self.renewal is not None:
            raise ValueError("what is denied is not prescribed")
        if self.decision == "approved" and self.renewal is None:
            raise ValueError("say what is prescribed")
        return self


class RefillContent(_Request):
    """Sealed: what was asked for, and what was answered."""

    drug: Line
    asked_by: Literal["patient", "pharmacy"]
    pharmacy_id: PharmacyId | None = None
    note: Note | None = None
    reason: Line | None = None


class Refill(_Answer):
    refill_id: RefillId
    patient_id: PatientId
    medication_id: MedicationId | None
    version: int
    state: Literal["received", "approved", "denied"]
    content: RefillContent
    received_at: Instant
    received_by: str
    decided_at: Instant | None
    decided_by: str | None
    renewal_id: MedicationId | None


class Refills(_Answer):
    refills: list[Refill]


# -- reconciliation ---------------------------------------------------------------------


class KnownLine(_Request):
    """What becomes of one entry of the list."""

    medication_id: MedicationId
    version: int = Field(ge=1)
    action: Literal["keep", "change", "stop"]
    taken: Note | None = None
    """How the patient takes it, where that is what changes."""
    reason: Line | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if self.action == "change" and self.taken is None:
            raise ValueError("say how the patient takes it")
        if self.action == "stop" and self.reason is None:
            raise ValueError("say why it is stopped")
        return self


class AddedLine(Directions):
    """Something that the patient takes and the list did not have."""

    drug: Concept
    started: PartialDate | None = None


class ReconciliationRequest(_Request):
    encounter_id: EncounterId
    source: Literal["patient", "caregiver", "document", "pharmacy"]
    """By whose word."""
    document_id: DocumentId | None = None
    known: tuple[KnownLine, ...] = Field(default=(), max_length=100)
    added: tuple[AddedLine, ...] = Field(default=(), max_length=20)
    note: Note | None = None


class ReconciliationContent(_Request):
    """Sealed: what was decided of each."""

    source: Literal["patient", "caregiver", "document", "pharmacy"]
    document_id: DocumentId | None = None
    known: tuple[KnownLine, ...] = ()
    added_ids: tuple[MedicationId, ...] = ()
    note: Note | None = None


class Reconciliation(_Answer):
    reconciliation_id: ReconciliationId
    patient_id: PatientId
    encounter_id: EncounterId
    done_at: Instant
    done_by: str
    content: ReconciliationContent


class Reconciliations(_Answer):
    reconciliations: list[Reconciliation]


# -- sending and work ---------------------------------------------------------------------


class SendRequest(_Request):
    pharmacy_id: PharmacyId | None = None
    """Another than the prescription names."""


class ConfirmRequest(_Request):
    """What a pharmacy has said by telephone of a prescription that went out."""

    outcome: Literal["accepted", "failed"]
    note: Line | None = None


class Work(_Answer):
    what: Literal["failed", "refill"]
    patient_id: PatientId
    record_id: str
    drug: str
    since: Instant
    detail: str


class WorkList(_Answer):
    items: list[Work]
    more: bool
