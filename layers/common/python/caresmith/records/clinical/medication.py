"""Medications: prescribed here, or reported by the patient or another prescriber.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core MedicationRequest     value set
===================  ======================================  =====================================
 status               status (1..1)                           medicationrequest-status
 intent               intent (1..1)                           medicationrequest-intent
 reported             reportedBoolean
 drug                 medicationCodeableConcept (1..1)        US Core Medication Clinical Drug
                                                              (RxNorm); NDC beside it
 sig, dose, route,    dosageInstruction (0..1), see
   timing, ...        :mod:`caresmith.records.clinical.dosage`
 dispense             dispenseRequest.quantity                UCUM
 refills              dispenseRequest.numberOfRepeatsAllowed
 days_supply          dispenseRequest.expectedSupplyDuration  UCUM: d
 pharmacy_id          dispenseRequest.performer
 as_written           substitution.allowedBoolean (negated)
 as_written_reason    substitution.reason.text
 pharmacist_note      note.text
 reason               reasonCode                              ICD-10-CM, SNOMED CT
 prescriber_id        requester (1..1 where prescribed)
 authored             authoredOn (1..1 where prescribed)
 prior_id             priorPrescription
 overrides            detectedIssue: DetectedIssue with       v3-ActCode (DRG, ALGY, DUPTHPY,
                      code, severity, mitigation              DOSEHIND); detectedissue-severity
 schedule             none in FHIR R4; NCPDP DEASchedule      21 CFR 1308
 started, ended       dosageInstruction.timing.boundsPeriod
 status_reason        statusReason
 note                 note.text
===================  ======================================  =====================================

``encounter``, ``subject`` and ``recorder`` are the entry's own. Category is
always ``community``: a practice does not give what is taken at home.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from caresmith.ids import MedicationId, PharmacyId, ProviderId
from caresmith.records.clinical.coding import Concept, PartialDate, Quantity, first_day
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.dosage import Directions
from caresmith.records.clinical.layout import Kind
from caresmith.text import Line, Note


class MedicationStatus(StrEnum):
    """http://hl7.org/fhir/ValueSet/medicationrequest-status"""

    ACTIVE = "active"
    ON_HOLD = "on-hold"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR
    STOPPED = "stopped"
    DRAFT = "draft"
    UNKNOWN = "unknown"


Schedule = Literal["II", "III", "IV", "V"]
"""Of a controlled substance (21 CFR 1308.12 to 1308.15)."""

AlertKey = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3,8}(\.[A-Za-z0-9_+-]{1,60}){1,4}$")]
"""Names one finding of the safety checks: what kind, by which rule, about which entry."""


class Override(BaseModel):
    """Why a prescriber went on although the checks warned; kept with the prescription."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alert: AlertKey
    severity: Literal["high", "moderate", "low"]
    """http://hl7.org/fhir/ValueSet/detectedissue-severity"""
    said: Line
    """What the warning was."""
    reason: Line


class Medication(Content, Directions):
    kind: ClassVar[Kind] = Kind.MEDICATION
    id_type: ClassVar[type[MedicationId]] = MedicationId

    drug: Concept
    status: MedicationStatus = MedicationStatus.ACTIVE
    intent: Literal["order", "plan"] = "order"
    reported: bool = False
    """Taken by the patient's own word or a foreign record, not prescribed here."""
    dispense: Quantity | None = None
    refills: int | None = Field(default=None, ge=0, le=99)
    days_supply: int | None = Field(default=None, ge=1, le=366)
    pharmacy_id: PharmacyId | None = None
    as_written: bool = False
    """Whether the pharmacy may not substitute another product."""
    as_written_reason: Line | None = None
    pharmacist_note: Line | None = None
    schedule: Schedule | None = None
    reason: Concept | None = None
    prescriber_id: ProviderId | None = None
    authored: AwareDatetime | None = None
    prior_id: MedicationId | None = None
    overrides: tuple[Override, ...] = Field(default=(), max_length=50)
    started: PartialDate | None = None
    ended: PartialDate | None = None
    status_reason: Concept | None = None
    note: Note | None = None

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return self.status in (
            MedicationStatus.ACTIVE,
            MedicationStatus.ON_HOLD,
            MedicationStatus.DRAFT,
        )

    @property
    def day(self) -> dt.date | None:
        known = self.ended or self.started
        return first_day(known) if known else None
