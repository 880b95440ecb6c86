"""Problems and diagnoses.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core Condition             value set
===================  ======================================  =====================================
 clinical_status      clinicalStatus (1..1 where confirmed)   condition-clinical
 verification         verificationStatus                      condition-ver-status
 category             category (1..*)                         US Core condition category
 severity             severity                                condition-severity (SNOMED CT)
 code                 code (1..1)                             US Core Condition Code: ICD-10-CM,
                                                              SNOMED CT
 body_site            bodySite                                SNOMED CT
 onset, abatement     onsetDateTime, abatementDateTime        dates, as well as they are known
 note                 note.text
 entry's patient,     subject, encounter, recordedDate,
 encounter, recorded  recorder
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import model_validator

from caresmith.ids import ConditionId
from caresmith.records.clinical.coding import Concept, PartialDate, first_day
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Note


class ClinicalStatus(StrEnum):
    """http://terminology.hl7.org/CodeSystem/condition-clinical"""

    ACTIVE = "active"
    RECURRENCE = "recurrence"
    RELAPSE = "relapse"
    INACTIVE = "inactive"
    REMISSION = "remission"
    RESOLVED = "resolved"


_PRESENT = frozenset({ClinicalStatus.ACTIVE, ClinicalStatus.RECURRENCE, ClinicalStatus.RELAPSE})


class Verification(StrEnum):
    """http://terminology.hl7.org/CodeSystem/condition-ver-status"""

    UNCONFIRMED = "unconfirmed"
    PROVISIONAL = "provisional"
    DIFFERENTIAL = "differential"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR


_NOT_SO = frozenset({Verification.REFUTED, Verification.ENTERED_IN_ERROR})


class ConditionCategory(StrEnum):
    PROBLEM = "problem-list-item"
    DIAGNOSIS = "encounter-diagnosis"
    CONCERN = "health-concern"


class Severity(StrEnum):
    """SNOMED CT's qualifiers of http://hl7.org/fhir/ValueSet/condition-severity"""

    MILD = "255604002"
    MODERATE = "6736007"
    SEVERE = "24484000"


class Condition(Content):
    kind: ClassVar[Kind] = Kind.CONDITION
    id_type: ClassVar[type[ConditionId]] = ConditionId

    code: Concept
    clinical_status: ClinicalStatus = ClinicalStatus.ACTIVE
    verification: Verification = Verification.CONFIRMED
    category: ConditionCategory = ConditionCategory.PROBLEM
    severity: Severity | None = None
    body_site: Concept | None = None
    onset: PartialDate | None = None
    abatement: PartialDate | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _ends_as_its_status_says(self) -> Self:
        # FHIR con-4: what has abated is inactive, resolved or in remission.
        if self.abatement and self.clinical_status in _PRESENT:
            raise ValueError("a condition with an end is inactive, resolved or in remission")
        # Compared as well as both are known: 2026 does not lie before 2026-05.
        if self.onset and self.abatement:
            known = min(len(self.onset), len(self.abatement))
            if self.abatement[:known] < self.onset[:known]:
                raise ValueError("ends before it began")
        return self

    @property
    def status_code(self) -> str:
        if self.verification is Verification.ENTERED_IN_ERROR:
            return ENTERED_IN_ERROR
        return self.clinical_status

    @property
    def matters_now(self) -> bool:
        listed = self.category is not ConditionCategory.DIAGNOSIS
        return listed and self.clinical_status in _PRESENT and self.verification not in _NOT_SO

    @property
    def day(self) -> dt.date | None:
        known = self.abatement or self.onset
        return first_day(known) if known else None
