"""The encounter: one visit of one patient, from which notes hang and charges are made.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core Encounter             value set
===================  ======================================  =====================================
 status               status (1..1)                           encounter-status
 visit.class_code     class (1..1)                            v3 ActEncounterCode
 visit.type           type (1..*)                             US Core Encounter Type (CPT, SNOMED)
 patient_id           subject (1..1)
 provider_id          participant.individual (primary
                      performer)
 location_id          location.location
 appointment_id       appointment
 start, end           period
 visit.reason         reasonCode.text
 history              statusHistory
 billing.diagnoses    diagnosis.condition, .rank, .use        ICD-10-CM
 billing.services     (ChargeItem.code)                       CPT, HCPCS Level II
===================  ======================================  =====================================

==================  =================================  ======================
 access              pk                                 sk
==================  =================================  ======================
 encounter and       ``<practice>#enc#<encounter>``     begins ``head#``
   note's head
 the encounter       same                               ``head#encounter``
 in the chart        ``<practice>#chart#<patient>``     ``now#encounter#<id>``,
                                                        ``past#encounter#..``
==================  =================================  ======================

Only ``functions/encounters`` writes here. In clear lie ids, status, class and
times: who was seen by whom and when, as the calendar has it. Sealed apart are
``visit`` (why) and ``billing`` (what it was), so that charges are made without
opening anything else.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from caresmith.clock import Instant, from_text
from caresmith.ids import (
    AppointmentId,
    ConditionId,
    EncounterId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
)
from caresmith.records.clinical.coding import CPT, HCPCS, ICD10CM, Coding, Concept
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.layout import Kind, encounter_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import ClinicalItem
from caresmith.text import Line, Note

HEAD: Final = "head#"
ENCOUNTER_HEAD: Final = "head#encounter"


class EncounterStatus(StrEnum):
    """http://hl7.org/fhir/ValueSet/encounter-status"""

    PLANNED = "planned"
    ARRIVED = "arrived"
    TRIAGED = "triaged"
    IN_PROGRESS = "in-progress"
    ON_LEAVE = "onleave"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR
    UNKNOWN = "unknown"


class EncounterClass(StrEnum):
    """The part of http://terminology.hl7.org/ValueSet/v3-ActEncounterCode that a practice has."""

    AMBULATORY = "AMB"
    VIRTUAL = "VR"
    HOME = "HH"


class EncounterItem(ClinicalItem, discriminator="encounter"):
    encounter_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    provider_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    class_code = UnicodeAttribute()
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    version = NumberAttribute()
    history = JSONAttribute()
    """Each status with when and by whom it was taken on."""
    visit = BinaryAttribute(legacy_encoding=False)
    billing = BinaryAttribute(legacy_encoding=False)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VisitPart(_Part):
    """Sealed group ``visit``."""

    reason: Note | None = None
    type: Concept | None = None


class Diagnosis(_Part):
    """What was treated, in the order in which it goes on the claim."""

    code: Coding
    condition_id: ConditionId | None = None

    @model_validator(mode="after")
    def _is_icd(self) -> Self:
        if self.code.system != ICD10CM:
            raise ValueError("a diagnosis on a claim is coded in ICD-10-CM")
        return self


Modifier = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]


class Service(_Part):
    """What was done: a line of the claim that is to come."""

    code: Coding
    modifiers: tuple[Modifier, ...] = Field(default=(), max_length=4)
    units: int = Field(default=1, ge=1, le=999)
    diagnoses: tuple[int, ...] = Field(min_length=1, max_length=4)
    """Places, from 1, in the list of diagnoses (837P 2400 SV107: four at most)."""

    @model_validator(mode="after")
    def _is_a_service(self) -> Self:
        if self.code.system not in (CPT, HCPCS):
            raise ValueError("a service is coded in CPT or HCPCS")
        return self


class BillingPart(_Part):
    """Sealed group ``billing``: all that a charge is made from."""

    # 837P 2300 HI holds twelve diagnosis codes.
    diagnoses: tuple[Diagnosis, ...] = Field(default=(), max_length=12)
    services: tuple[Service, ...] = Field(default=(), max_length=50)
    no_charge: Line | None = None
    """Why this visit is not charged, where it is not."""

    @model_validator(mode="after")
    def _points_at_what_is_there(self) -> Self:
        for service in self.services:
            if any(not 1 <= place <= len(self.diagnoses) for place in service.diagnoses):
                raise ValueError("a service points at a diagnosis that is not listed")
        codes = [diagnosis.code.code for diagnosis in self.diagnoses]
        if len(set(codes)) < len(codes):
            raise ValueError("a diagnosis is listed twice")
        return self


class VisitLine(Content):
    """The encounter as a line of its patient's chart."""

    kind: ClassVar[Kind] = Kind.ENCOUNTER
    id_type: ClassVar = EncounterId

    status: EncounterStatus
    class_code: EncounterClass
    provider_id: ProviderId
    location_id: LocationId
    start: dt.datetime
    end: dt.datetime | None = None
    reason: Note | None = None
    type: Concept | None = None

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        gone = (EncounterStatus.FINISHED, EncounterStatus.CANCELLED)
        return self.status not in (*gone, EncounterStatus.ENTERED_IN_ERROR)

    @property
    def day(self) -> dt.date | None:
        return self.start.astimezone(dt.UTC).date()


class Encounter(_Part):
    """An encounter without its sealed groups."""

    encounter_id: EncounterId
    patient_id: PatientId
    provider_id: ProviderId
    location_id: LocationId
    appointment_id: AppointmentId | None
    status: EncounterStatus
    class_code: EncounterClass
    start: Instant
    end: Instant | None
    version: int


def encounter_of(item: EncounterItem) -> Encounter:
    return Encounter(
        encounter_id=EncounterId(item.encounter_id),
        patient_id=PatientId(item.patient_id),
        provider_id=ProviderId(item.provider_id),
        location_id=LocationId(item.location_id),
        appointment_id=AppointmentId(item.appointment_id) if item.appointment_id else None,
        status=EncounterStatus(item.status),
        class_code=EncounterClass(item.class_code),
        start=from_text(item.start),
        end=from_text(item.end) if item.end else None,
        version=int(item.version),
    )


def get_encounter(practice: PracticeId, encounter: EncounterId) -> EncounterItem | None:
    """The encounter by one strongly consistent read, or None. The caller names the patient."""
    for item in EncounterItem.query(
        encounter_key(practice, encounter),
        EncounterItem.sk == ENCOUNTER_HEAD,
        consistent_read=True,
        limit=1,
    ):
        return item
    return None


def open_billing(practice: PracticeId, item: EncounterItem) -> BillingPart:
    """What is to be charged of an encounter."""
    sealer = Sealer(practice, Domain.CLINICAL)
    return sealer.unseal(item.encounter_id, "billing", item.billing, BillingPart)
