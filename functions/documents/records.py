"""What the documents feature keeps beside the chart (entries: caresmith.records.clinical).

===========  ==========================================  ========================================
 record       key                                         holds
===========  ==========================================  ========================================
 UploadItem   ``<practice>#upload#<document>`` / ``upload``  what was said of a file before it
                                                          came, sealed; gone after a day
 PendingItem  ``<practice>#uploads#<patient>`` /          that this upload is on its way into the
              ``<document>``                              chart; gone when it is there
 FaxItem      ``<practice>#faxes`` / ``open#<instant>#    a fax that nobody has assigned, sealed;
              <document>``                                 ``done#...`` once somebody has
 FaxSeenItem  same / ``seen#<document>``                  that this fax came: told twice, taken once
 ReviewItem   ``<practice>#reviews#<provider>`` /         that a document waits for this provider's
              ``<document>``                               look; gone when somebody has looked
===========  ==========================================  ========================================

What lies in clear: ids, when it came, and that a fax was assigned or dismissed and by
whom. A fax's numbers, and everything that is said of a file, are sealed.
"""

from __future__ import annotations

from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from caresmith.ids import DocumentId, PatientId, PracticeId, ProviderId
from caresmith.tables import ClinicalItem
from caresmith.text import Line, Note
from functions.documents.models import Facts

UPLOAD: Final = "upload"
OPEN: Final = "open#"
DONE: Final = "done#"


class UploadItem(ClinicalItem, discriminator="document-upload"):
    document_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    said = BinaryAttribute(legacy_encoding=False)


class PendingItem(ClinicalItem, discriminator="document-upload-pending"):
    document_id = UnicodeAttribute()


class FaxItem(ClinicalItem, discriminator="document-fax"):
    document_id = UnicodeAttribute()
    received_at = UnicodeAttribute()
    fax = BinaryAttribute(legacy_encoding=False)
    settled_at = UnicodeAttribute(null=True)
    settled_by = UnicodeAttribute(null=True)
    settled_name = UnicodeAttribute(null=True)
    """The name of who did, as it was then."""
    outcome = UnicodeAttribute(null=True)
    """``assigned`` or ``dismissed``."""
    patient_id = UnicodeAttribute(null=True)


class FaxSeenItem(ClinicalItem, discriminator="document-fax-seen"):
    at = UnicodeAttribute()
    """The sort key under which it went on the work list."""


class ReviewItem(ClinicalItem, discriminator="document-review"):
    document_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()


class Said(BaseModel):
    """Sealed group of an upload."""

    model_config = ConfigDict(extra="forbid")

    facts: Facts
    media_type: str
    origin: str
    filename: Line | None = None
    replaces: DocumentId | None = None


class Fax(BaseModel):
    """Sealed group of a fax."""

    model_config = ConfigDict(extra="forbid")

    media_type: str
    bytes: int
    sha256: str
    from_number: Line | None = None
    to_number: Line | None = None
    pages: int | None = Field(default=None, ge=1, le=10_000)
    received_at: AwareDatetime
    note: Note | None = None


def upload_key(practice: PracticeId, document: DocumentId) -> str:
    return f"{practice}#upload#{document}"


def uploads_key(practice: PracticeId, patient: PatientId) -> str:
    return f"{practice}#uploads#{patient}"


def reviews_key(practice: PracticeId, reviewer: ProviderId) -> str:
    return f"{practice}#reviews#{reviewer}"


def faxes_key(practice: PracticeId) -> str:
    return f"{practice}#faxes"


def fax_sort_key(state: str, received_at: str, document: DocumentId) -> str:
    return f"{state}{received_at}#{document}"


def seen_sort_key(document: DocumentId) -> str:
    return f"seen#{document}"
