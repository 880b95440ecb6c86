"""What was measured: vital signs of one sitting, and the values of a laboratory report.

Values are read and written together with their sitting or report, never alone,
so they lie inside it: one sealed group instead of a dozen. FHIR shows each as
an Observation of its own, named by the entry's id and its place.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core Observation           value set
===================  ======================================  =====================================
 status               status (1..1)                           observation-status
 code                 code (1..1)                             LOINC; US Core Vital Signs, Lab
 quantity             valueQuantity                           UCUM
 local                valueQuantity without system and code   the laboratory's own unit
 coded                valueCodeableConcept                    SNOMED CT
 text                 valueString
 absent               dataAbsentReason                        data-absent-reason
 interpretation       interpretation                          v3-ObservationInterpretation
 low, high, range     referenceRange.low, .high, .text        UCUM
 at                   effectiveDateTime
 body_site, method    bodySite, method
 sub_id               identifier (OBX-4)
 note                 note.text
 Vitals.measurements  hasMember of the panel 85353-1;         US Core Vital Signs
                      85354-9 with components for pressure
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.ids import VitalsId
from caresmith.records.clinical.coding import Code, Concept, Number, Quantity
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Line, Note, Word


class ObservationStatus(StrEnum):
    """http://hl7.org/fhir/ValueSet/observation-status"""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR
    UNKNOWN = "unknown"


class LocalQuantity(BaseModel):
    """A number whose unit is the laboratory's own, or has none: never converted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Number
    unit: Line | None = None
    comparator: Annotated[str, StringConstraints(pattern=r"^(<|<=|>=|>)$")] | None = None


class Observation(BaseModel):
    """One measured value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Concept
    status: ObservationStatus = ObservationStatus.FINAL
    quantity: Quantity | None = None
    local: LocalQuantity | None = None
    coded: Concept | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)] | None = None
    absent: Code | None = None
    interpretation: tuple[Code, ...] = Field(default=(), max_length=5)
    """``H``, ``LL``, ``A``... as the laboratory flagged it."""
    low: Number | None = None
    high: Number | None = None
    range: Line | None = None
    """The reference range in the laboratory's words."""
    at: AwareDatetime | None = None
    """When it was measured or taken, where that differs from the sitting or report."""
    body_site: Concept | None = None
    method: Concept | None = None
    sub_id: Word | None = None
    """Tells observations of the same code in one report apart."""
    note: Annotated[str, StringConstraints(max_length=20_000)] | None = None

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        values = (self.quantity, self.local, self.coded, self.text)
        given = [v for v in values if v is not None]
        if len(given) > 1:
            raise ValueError("has one value: a quantity, a coded one or a text")
        # FHIR obs-6: a reason for its absence only where there is no value.
        if given and self.absent:
            raise ValueError("has a value and a reason why there is none")
        return self


class Vitals(Content):
    """The vital signs of one sitting. The chart's summary shows the latest."""

    kind: ClassVar[Kind] = Kind.VITALS
    id_type: ClassVar[type[VitalsId]] = VitalsId

    at: AwareDatetime
    measurements: tuple[Observation, ...] = Field(min_length=1, max_length=40)
    entered_in_error: bool = False
    note: Note | None = None

    @property
    def status_code(self) -> str:
        return ENTERED_IN_ERROR if self.entered_in_error else ObservationStatus.FINAL

    @property
    def matters_now(self) -> bool:
        # Only the latest sitting does: whoever writes says which one that is.
        return False

    @property
    def day(self) -> dt.date | None:
        return self.at.astimezone(dt.UTC).date()
