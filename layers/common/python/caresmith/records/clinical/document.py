"""Documents: scans, PDFs, C-CDAs, faxes, photographs.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core DocumentReference     value set
===================  ======================================  =====================================
 status               status (1..1)                           document-reference-status
 doc_status           docStatus                               composition-status
 type                 type (1..1)                             US Core DocumentReference Type
                                                              (LOINC)
 category             category (1..*)                         US Core DocumentReference Category
 date                 date
 author               author
 title                content.attachment.title
 media_type           content.attachment.contentType (1..1)   BCP 13
 bytes, sha256        content.attachment.size, .hash
 object_key           content.attachment.url
 origin               (how it came)
 needs_review         (whether somebody must look at it)
 reviewer_id          (who, where one provider is named)
 released_at          (since when the patient may see it)
 withheld_because     (the exception of 45 CFR 171 where not)
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from caresmith.ids import DocumentId, ProviderId
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Line, Note

INSURANCE_CARD: Final = "insurance-card"
"""The one kind that somebody sees who scans and may not read: nothing clinical is on it."""


def goes_to_payers(status: str, category: str) -> bool:
    """Whether a document may be sent beside a claim: a payer has no use of its own card."""
    return status == "current" and category != INSURANCE_CARD


class Document(Content):
    kind: ClassVar[Kind] = Kind.DOCUMENT
    id_type: ClassVar[type[DocumentId]] = DocumentId

    status: Literal["current", "superseded", "entered-in-error"] = "current"
    doc_status: Literal["preliminary", "final", "amended", "entered-in-error"] | None = None
    type: Concept
    category: Literal[
        "clinical-note", "imaging", "lab", "administrative", "correspondence", "insurance-card"
    ] = "clinical-note"
    date: AwareDatetime
    author: Line | None = None
    title: Line
    media_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-zA-Z0-9.+-]+$")]
    bytes: int = Field(ge=1)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    object_key: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """Where it lies in the documents bucket: ids only."""
    origin: Literal["upload", "scan", "fax", "import", "portal", "system"] = "upload"
    needs_review: bool = False
    reviewer_id: ProviderId | None = None
    replaces: DocumentId | None = None
    released_at: AwareDatetime | None = None
    withheld_because: Note | None = None
    note: Note | None = None

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return self.needs_review and self.status == "current"

    @property
    def day(self) -> dt.date | None:
        return self.date.astimezone(dt.UTC).date()
