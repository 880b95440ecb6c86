"""What the documents' routes take and give; a document of the chart as FHIR DocumentReference."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from caresmith.ids import DocumentId, PatientId, ProviderId
from caresmith.records.clinical.coding import LOINC, Coding, Concept
from caresmith.text import Line, Note
from functions.documents.sniffing import MOST_BYTES

Category = Literal[
    "clinical-note", "imaging", "lab", "administrative", "correspondence", "insurance-card"
]
MediaType = Literal["application/pdf", "image/png", "image/jpeg", "image/tiff", "text/xml"]
CCD_TYPE: Final = "34133-9"
"""LOINC: Summary of episode note, the type of a CCD."""

# LOINC's document ontology: what a document of that category is where nobody says more.
_USUAL_TYPES: Final = {
    "clinical-note": ("34109-9", "Note"),
    "imaging": ("18748-4", "Diagnostic imaging study"),
    "lab": ("11502-2", "Laboratory report"),
    "administrative": ("51851-4", "Administrative note"),
    "correspondence": ("11488-4", "Consult note"),
    "insurance-card": ("64290-0", "Health insurance card"),
}


def usual_type(category: str) -> Concept:
    """What a document of that category is where nobody says more."""
    code, display = _USUAL_TYPES[category]
    return Concept(codings=(Coding(system=LOINC, code=code, display=display),))


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Facts(_Value):
    """What somebody says of a document."""

    title: Line
    category: Category = "clinical-note"
    type: Concept | None = None
    """A LOINC code of the document ontology; without one, the category's usual type."""
    date: AwareDatetime | None = None
    """When it was written; without it, when it came."""
    author: Line | None = None
    note: Note | None = None
    needs_review: bool = False
    """Whether a clinician must look at it."""

    def concept(self) -> Concept:
        return self.type or usual_type(self.category)


class UploadRequest(Facts):
    patient_id: PatientId
    media_type: MediaType
    bytes: int = Field(ge=1, le=MOST_BYTES)
    filename: Line | None = None
    origin: Literal["upload", "scan"] = "upload"
    replaces: DocumentId | None = None
    """The document that this one supersedes."""


class UploadForm(_Value):
    """Post one file there as ``multipart/form-data``: the fields first, then ``file``."""

    document_id: DocumentId
    url: str
    fields: dict[str, str]
    expires_at: AwareDatetime


class Pending(_Value):
    """An upload that is on its way into the chart."""

    document_id: DocumentId
    title: str


class Document(_Value):
    """A document of a chart, without its bytes."""

    document_id: DocumentId
    patient_id: PatientId
    version: int
    status: Literal["current", "superseded", "entered-in-error"]
    title: str
    category: Category
    type: Concept
    date: AwareDatetime
    author: str | None
    note: str | None
    media_type: str
    bytes: int
    sha256: str
    origin: str
    needs_review: bool
    reviewer_id: ProviderId | None
    replaces: DocumentId | None
    released_at: AwareDatetime | None
    """Since when the patient may see it in the portal; None where they may not."""
    withheld_because: str | None
    recorded_at: AwareDatetime
    recorded_by: str


class Search(_Value):
    """Which documents of a chart are asked for; what is left out does not matter."""

    first: dt.date | None = None
    last: dt.date | None = None
    category: Category | None = None
    text: Line | None = None
    """Words of the title, the author or the note, in any order and case."""

    @property
    def looks_inside(self) -> bool:
        return bool(self.category or self.text)

    def fits(self, document: Document) -> bool:
        if self.category and document.category != self.category:
            return False
        told = f"{document.title} {document.author or ''} {document.note or ''}".casefold()
        return all(word in told for word in (self.text or "").casefold().split())


class DocumentList(_Value):
    """The latest first."""

    documents: list[Document]
    more: bool
    """Whether there are older ones: ask again with ``last``, the oldest day shown."""


class Versions(_Value):
    document: Document
    former: list[Document]
    """What was said of it before, the latest first."""


class Change(_Value):
    """What is said of a document from now on; what is left out stays."""

    title: Line | None = None
    category: Category | None = None
    type: Concept | None = None
    date: AwareDatetime | None = None
    author: Line | None = None
    note: Note | None = None


class Reason(_Value):
    reason: Note


class Release(_Value):
    """To the patient, or not: the Cures Act rule on information blocking (45 CFR 171) asks why."""

    released: bool
    withheld_because: Note | None = None


class Link(_Value):
    """Where the bytes can be fetched, for a minute."""

    url: str
    media_type: str
    expires_at: AwareDatetime


class FaxIn(_Value):
    """A fax as a fax service posts it."""

    fax_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    received_at: AwareDatetime
    from_number: Line | None = None
    to_number: Line | None = None
    pages: int | None = Field(default=None, ge=1, le=10_000)
    content: str
    """The PDF or TIFF, in base64."""


class FaxKey(_Value):
    """What the fax service sends as HTTP Basic authentication. The secret is told this once."""

    user: str
    secret: str


class FaxKeyState(_Value):
    """The key that opens for the fax service; all is None where there is none."""

    user: str | None
    issued_at: AwareDatetime | None
    used_at: AwareDatetime | None
    """When it was used last, to within five minutes; None where it never was."""


class FaxTaken(_Value):
    document_id: DocumentId


class FaxRead(_Value):
    """A fax on the work list."""

    document_id: DocumentId
    received_at: AwareDatetime
    from_number: str | None
    to_number: str | None
    pages: int | None
    media_type: str
    bytes: int


class FaxSettled(_Value):
    """A fax that somebody has assigned or dismissed."""

    document_id: DocumentId
    received_at: AwareDatetime
    from_number: str | None
    settled_at: AwareDatetime
    settled_by: str
    """The name of who did."""
    patient_id: PatientId | None
    """In whose chart it is now; None where it was dismissed."""


class FaxList(_Value):
    faxes: list[FaxRead]


class Assignment(Facts):
    """Whose fax it is, and what it says."""

    patient_id: PatientId
    needs_review: bool = True
    reviewer_id: ProviderId | None = None
    """Who must look at it; any clinician may where nobody is named."""

    @model_validator(mode="after")
    def _reviewer_has_something_to_review(self) -> Self:
        if self.reviewer_id and not self.needs_review:
            raise ValueError("who reviews it is named, so it needs review")
        return self


class ToReview(_Value):
    """A document that waits for one provider's look, the oldest first."""

    documents: list[Document]
