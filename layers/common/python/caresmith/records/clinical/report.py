"""Reports: laboratory and imaging results.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core DiagnosticReport      value set
===================  ======================================  =====================================
 status               status (1..1)                           diagnostic-report-status
 category             category (1..*): LAB, RAD, LP29684-5    US Core DiagnosticReport category
 code                 code (1..1)                             LOINC
 effective            effectiveDateTime
 issued               issued
 performer            performer
 interpreter          resultsInterpreter
 order_id             basedOn (ServiceRequest)
 filler_number        identifier (type FILL)                  OBR-3
 observations         result (see :mod:`observation`)
 conclusion           conclusion
 codes                conclusionCode                          SNOMED CT
 document_ids, forms  presentedForm
 specimen             specimen.type                           SNOMED CT, HL7 table 0487
 source               identifier.assigner: the laboratory     an id of the practice's set-up
 responsible_id       a Task's owner: who is to review it
 study                imagingStudy (DICOMweb endpoint, UID)
 flag                 the worst interpretation of its values
 reviewed_by, _at     a Provenance of the review
 released_at          when the patient may see it
 withheld             meta.security, with the exception       45 CFR 171.201 to 171.205
                      that is claimed and until when
===================  ======================================  =====================================

A report lies under ``now#`` until it is reviewed. Its values lie within it:
whoever writes keeps it below :data:`MOST_BYTES` and files the rest as documents.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from caresmith.ids import DocumentId, OrderId, ProviderId, ReportId
from caresmith.records.clinical.coding import Concept, PartialDate, Uri, first_day
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.observation import Observation
from caresmith.text import Line, Note, Word

MOST_BYTES: Final = 256 * 1024
"""Of a report's content as JSON: an item of DynamoDB holds 400 KB."""


class ReportStatus(StrEnum):
    """http://hl7.org/fhir/ValueSet/diagnostic-report-status"""

    REGISTERED = "registered"
    PARTIAL = "partial"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    APPENDED = "appended"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = ENTERED_IN_ERROR
    UNKNOWN = "unknown"


class ReportCategory(StrEnum):
    """http://terminology.hl7.org/CodeSystem/v2-0074"""

    LAB = "LAB"
    IMAGING = "RAD"
    CARDIOLOGY = "CUS"
    PATHOLOGY = "PAT"
    OTHER = "OTH"


class Flag(StrEnum):
    """How urgent the worst value is."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    CRITICAL = "critical"


class Study(BaseModel):
    """Where the pictures are (FHIR ImagingStudy)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uid: Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9]\d*))+$", max_length=64)]
    """DICOM Study Instance UID."""
    endpoint: Uri | None = None
    """DICOMweb (WADO-RS) root."""
    modality: Literal["CT", "MR", "US", "XR", "DX", "CR", "MG", "NM", "PT", "OT"] | None = None


class Form(BaseModel):
    """A report as a document, which lies sealed in the bucket ``results``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content_type: Word
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the document, which names it."""
    size: Annotated[int, Field(ge=1)]
    title: Line | None = None


class Exception171(StrEnum):
    """On what ground a result is kept from the patient for a time (45 CFR part 171, subpart B)."""

    PREVENTING_HARM = "171.201"
    PRIVACY = "171.202"
    SECURITY = "171.203"
    INFEASIBILITY = "171.204"
    HEALTH_IT_PERFORMANCE = "171.205"


class Withheld(BaseModel):
    """One person's documented decision about one report; it ends by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ground: Exception171
    reason: Note
    by: Word
    at: AwareDatetime
    until: AwareDatetime


class Report(Content):
    kind: ClassVar[Kind] = Kind.REPORT
    id_type: ClassVar[type[ReportId]] = ReportId

    code: Concept
    status: ReportStatus = ReportStatus.FINAL
    category: ReportCategory = ReportCategory.LAB
    effective: PartialDate | None = None
    collected_at: AwareDatetime | None = None
    issued: AwareDatetime | None = None
    performer: Line | None = None
    interpreter: Line | None = None
    order_id: OrderId | None = None
    filler_number: Line | None = None
    placer_number: Line | None = None
    source: Word | None = None
    responsible_id: ProviderId | None = None
    specimen: Concept | None = None
    observations: tuple[Observation, ...] = Field(default=(), max_length=500)
    conclusion: Annotated[str, StringConstraints(max_length=100_000)] | None = None
    codes: tuple[Concept, ...] = Field(default=(), max_length=20)
    document_ids: tuple[DocumentId, ...] = Field(default=(), max_length=20)
    forms: tuple[Form, ...] = Field(default=(), max_length=20)
    study: Study | None = None
    flag: Flag = Flag.NORMAL
    reviewed_by: Word | None = None
    reviewed_at: AwareDatetime | None = None
    released_at: AwareDatetime | None = None
    """At once when it is filed: who may see it is decided with :attr:`withheld`."""
    withheld: Withheld | None = None
    note: Note | None = None

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        gone = (ReportStatus.ENTERED_IN_ERROR, ReportStatus.CANCELLED)
        return self.reviewed_at is None and self.status not in gone

    def shown_to_patient(self, now: dt.datetime) -> bool:
        """Whether the patient may see it at ``now``: at once, but for a decision that holds."""
        if self.released_at is None or self.status is ReportStatus.ENTERED_IN_ERROR:
            return False
        return self.withheld is None or self.withheld.until <= now

    @property
    def day(self) -> dt.date | None:
        at = self.collected_at or self.issued
        if at is None and self.effective:
            return first_day(self.effective)
        return at.astimezone(dt.UTC).date() if at else None
