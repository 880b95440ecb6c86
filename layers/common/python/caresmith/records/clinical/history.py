"""Family history and social history.

===================  ======================================  =====================================
 our field            FHIR R4                                 value set
===================  ======================================  =====================================
 FamilyHistory        FamilyMemberHistory
   status             status (1..1)                           history-status
   relationship       relationship (1..1)                     v3 FamilyMember
   name               name
   sex                sex                                     administrative-gender
   deceased, at_age   deceasedBoolean, deceasedAge            UCUM ``a``
   conditions         condition (0..*)
     .code            .code                                   ICD-10-CM, SNOMED CT
     .onset_age       .onsetAge                               UCUM ``a``
     .fatal           .contributedToDeath
 SocialHistory        US Core Observation (social-history);
                      Smoking Status: code 72166-2
   status             status (1..1)                           observation-status
   code               code (1..1)                             LOINC
   coded, text        valueCodeableConcept, valueString       SNOMED CT (US Core Smoking Status)
   quantity           valueQuantity                           UCUM
   on                 effectiveDateTime (1..1)
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caresmith.ids import FamilyHistoryId, SocialHistoryId
from caresmith.records.clinical.coding import Concept, PartialDate, Quantity, first_day
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Line, Note


class FamilyCondition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Concept
    onset_age: int | None = Field(default=None, ge=0, le=130)
    """In years."""
    fatal: bool = False


class FamilyHistory(Content):
    """What one relative had."""

    kind: ClassVar[Kind] = Kind.FAMILY_HISTORY
    id_type: ClassVar[type[FamilyHistoryId]] = FamilyHistoryId

    status: Literal["partial", "completed", "entered-in-error", "health-unknown"] = "completed"
    relationship: Concept
    name: Line | None = None
    sex: Literal["male", "female", "other", "unknown"] | None = None
    deceased: bool = False
    at_age: int | None = Field(default=None, ge=0, le=130)
    """Age at death in years."""
    conditions: tuple[FamilyCondition, ...] = Field(default=(), max_length=50)
    note: Note | None = None

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return False


class SocialHistory(Content):
    """One fact of how the patient lives: tobacco, alcohol, work, housing."""

    kind: ClassVar[Kind] = Kind.SOCIAL_HISTORY
    id_type: ClassVar[type[SocialHistoryId]] = SocialHistoryId

    status: Literal["final", "amended", "entered-in-error"] = "final"
    code: Concept
    coded: Concept | None = None
    text: Note | None = None
    quantity: Quantity | None = None
    on: PartialDate
    note: Note | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if sum(v is not None for v in (self.coded, self.text, self.quantity)) != 1:
            raise ValueError("has one value: a coded one, a text or a quantity")
        return self

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return False

    @property
    def day(self) -> dt.date | None:
        return first_day(self.on)
