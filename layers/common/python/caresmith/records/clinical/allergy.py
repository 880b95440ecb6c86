"""Allergies and intolerances.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core AllergyIntolerance    value set
===================  ======================================  =====================================
 clinical_status      clinicalStatus                          allergyintolerance-clinical
 verification         verificationStatus                      allergyintolerance-verification
 type                 type                                    allergy-intolerance-type
 category             category (0..*)                         allergy-intolerance-category
 criticality          criticality                             allergy-intolerance-criticality
 substance            code (1..1)                             RxNorm, SNOMED CT, UNII; 716186003
                                                              says that there is none known
 reactions            reaction (0..*)
   .manifestations    .manifestation (1..*)                   SNOMED CT clinical findings
   .severity          .severity                               reaction-event-severity
   .description       .description
   .on                .onset
 onset                onsetDateTime
 note                 note.text
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from caresmith.ids import AllergyId
from caresmith.records.clinical.coding import SNOMED, Concept, PartialDate, first_day
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Line, Note

NO_KNOWN_ALLERGY: Final = "716186003"
"""SNOMED CT: No known allergy (situation)."""


class AllergyStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    RESOLVED = "resolved"


class AllergyVerification(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR


class AllergyType(StrEnum):
    ALLERGY = "allergy"
    INTOLERANCE = "intolerance"


class AllergyCategory(StrEnum):
    FOOD = "food"
    MEDICATION = "medication"
    ENVIRONMENT = "environment"
    BIOLOGIC = "biologic"


class Criticality(StrEnum):
    """How bad the next reaction may be."""

    LOW = "low"
    HIGH = "high"
    UNKNOWN = "unable-to-assess"


class ReactionSeverity(StrEnum):
    """How bad a reaction was."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Reaction(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    manifestations: tuple[Concept, ...] = Field(min_length=1, max_length=20)
    severity: ReactionSeverity | None = None
    description: Line | None = None
    on: PartialDate | None = None


class Allergy(Content):
    kind: ClassVar[Kind] = Kind.ALLERGY
    # Unannotated: in this class body the name "type" is a field.
    id_type = AllergyId

    substance: Concept
    clinical_status: AllergyStatus = AllergyStatus.ACTIVE
    verification: AllergyVerification = AllergyVerification.CONFIRMED
    type: AllergyType | None = None
    category: tuple[AllergyCategory, ...] = Field(default=(), max_length=4)
    criticality: Criticality | None = None
    reactions: tuple[Reaction, ...] = Field(default=(), max_length=20)
    onset: PartialDate | None = None
    note: Note | None = None

    @property
    def says_none_known(self) -> bool:
        """Whether it states that the patient has no allergy, asked and answered."""
        return self.substance.code_in(SNOMED) == NO_KNOWN_ALLERGY

    @property
    def status_code(self) -> str:
        if self.verification is AllergyVerification.ENTERED_IN_ERROR:
            return ENTERED_IN_ERROR
        return self.clinical_status

    @property
    def matters_now(self) -> bool:
        so = self.verification in (AllergyVerification.CONFIRMED, AllergyVerification.UNCONFIRMED)
        return so and self.clinical_status is AllergyStatus.ACTIVE

    @property
    def day(self) -> dt.date | None:
        return first_day(self.onset) if self.onset else None
