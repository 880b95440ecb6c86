"""What the documents feature refuses, and why."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError, FieldError, NotFound


class FileRefused(DomainError):
    """The file is not what it should be. Nothing of it is kept in the chart."""

    kind, status, title = "file-refused", 422, "This file can't be taken."

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence, fields=[FieldError("file", sentence)], reason=reason)
        self.reason = reason


class StillScanning(DomainError):
    kind, status, title = "still-scanning", 409, "The file is still being scanned; ask again soon."


class NothingUploaded(Conflict):
    kind, title = "nothing-uploaded", "No file has arrived for this upload yet."


class UploadGone(NotFound):
    kind = "upload-gone"
    title = "There is no such upload, or it has expired: begin anew."


class NotADocumentToRead(Conflict):
    kind, title = "not-a-ccda", "This document is not a clinical document (C-CDA)."


class OtherPerson(Conflict):
    """The clinical document is about somebody whose name or birth date is not the chart's."""

    kind = "other-person"
    title = (
        "The document's patient does not look like this chart's. Compare them, then repeat "
        "with confirmed_same_person."
    )


class BadSignature(DomainError):
    kind, status, title = "bad-signature", 401, "The call's signature does not fit."


class FaxSettled(Conflict):
    kind, title = "fax-settled", "Somebody has assigned or dismissed this fax already."
