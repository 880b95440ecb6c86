"""Medications: prescribed here, or reported by the patient or another prescriber.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core MedicationRequest     value set
===================  ======================================  =====================================
 status               status (1..1)                           medicationrequest-status
 intent               intent (1..1)                           medicationrequest-intent
 reported             reportedBoolean
 drug                 medicationCodeableConcept (1..1)        US Core Medication Clinical Drug
                                                              (RxNorm); NDC beside it
 sig                  dosageInstruction.text
 as_needed            dosageInstruction.asNeededBoolean
 route                dosageInstruction.route                 SNOMED CT routes
 dose                 dosageInstruction.doseAndRate.dose      UCUM
 dispense, refills    dispenseRequest.quantity,               UCUM
                      .numberOfRepeatsAllowed
 reason               reasonCode
 prescriber_id        requester (1..1 where prescribed)
 started, ended       dosageInstruction.timing.boundsPeriod
 status_reason        statusReason
 note                 note.text
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from caresmith.ids import MedicationId, ProviderId
from caresmith.records.clinical.coding import Concept, PartialDate, Quantity, first_day
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Note


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


class Medication(Content):
    kind: ClassVar[Kind] = Kind.MEDICATION
    id_type: ClassVar[type[MedicationId]] = MedicationId

    drug: Concept
    status: MedicationStatus = MedicationStatus.ACTIVE
    intent: Literal["order", "plan"] = "order"
    reported: bool = False
    """Taken by the patient's own word or a foreign record, not prescribed here."""
    sig: Note | None = None
    as_needed: bool = False
    route: Concept | None = None
    dose: Quantity | None = None
    dispense: Quantity | None = None
    refills: int | None = Field(default=None, ge=0, le=99)
    reason: Concept | None = None
    prescriber_id: ProviderId | None = None
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
