"""What is sent beside a claim (TR3 837P 2300 and 2400 PWK): which document, how, by which number.

It is about the claim as a whole, or about one of its services. The number stands in the
claim and on what is sent, so that the payer brings both together: of one claim, each is
another.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Final

from pydantic import JsonValue

from caresmith.claims.draft import ClaimDraft
from caresmith.claims.drafted_lines import AttachmentDraft
from caresmith.errors import NotFound, invalid
from caresmith.ids import DocumentId, PatientId
from caresmith.records.clinical.charts import find
from caresmith.records.clinical.document import Document, goes_to_payers
from caresmith.records.clinical.entries import open_entry
from caresmith.records.clinical.layout import Kind
from functions.claims import models as m
from functions.claims.acting import Asked, change
from functions.claims.fact_places import of_service
from functions.claims.scrubbing.findings import Change
from functions.claims.verdict import open_draft

MOST: Final = 10
"""TR3 837P 2300 and 2400 PWK: ten at most in each place."""
ON_REQUEST: Final = "AA"
_FIELD: Final = "attachments"


def attach(asked: Asked, wanted: m.Attach) -> None:
    """Tell the payer of a document. Raises InvalidRequest, NotEditable."""
    draft = _draft(asked)
    present = _present(draft, wanted.line)
    if len(present) >= MOST:
        raise invalid("kind", f"a claim, and each service, has {MOST} attachments at most")
    if any(one.document == wanted.document_id for one in present):
        raise invalid("document_id", "is attached here already")
    _expect_document(asked, wanted.document_id)
    added = AttachmentDraft(
        kind=wanted.kind,
        transmission=wanted.transmission,
        control_number="" if wanted.transmission == ON_REQUEST else _number(asked, draft),
        document=wanted.document_id,
    )
    _keep(asked, wanted.line, (*present, added))


def detach(asked: Asked, wanted: m.Detach) -> None:
    """Raises InvalidRequest, NotEditable."""
    present = _present(_draft(asked), wanted.line)
    kept = tuple(one for one in present if one.document != wanted.document_id)
    if len(kept) == len(present):
        raise invalid("document_id", "is not attached here")
    _keep(asked, wanted.line, kept)


def _draft(asked: Asked) -> ClaimDraft:
    return open_draft(asked.maker.actor.practice_id, asked.claim)


def _present(draft: ClaimDraft, line: str | None) -> tuple[AttachmentDraft, ...]:
    if line is None:
        return draft.attachments
    found = next((one for one in draft.lines if one.charge_id == line), None)
    if found is None:
        raise invalid("line", "is no service of this claim")
    return found.attachments


def _expect_document(asked: Asked, document: DocumentId) -> None:
    """Raises InvalidRequest for what is no document of this patient's that payers get."""
    practice, patient = asked.maker.actor.practice_id, PatientId(asked.claim.patient_id)
    try:
        entry = find(practice, patient, Kind.DOCUMENT, document)
    except NotFound:
        raise invalid("document_id", "is no document of this patient's chart") from None
    said = open_entry(practice, entry, Document).content
    if not goes_to_payers(said.status, said.category):
        raise invalid("document_id", "was replaced, taken back, or is an insurance card")


def _number(asked: Asked, draft: ClaimDraft) -> str:
    """One that no attachment of the claim has; one that was taken off may be used again."""
    every = (draft.attachments, *(line.attachments for line in draft.lines))
    used = {one.control_number for some in every for one in some}
    free = (f"{asked.claim.control_number}-{number}" for number in count(1))
    return next(one for one in free if one not in used)


def _keep(asked: Asked, line: str | None, attachments: Iterable[AttachmentDraft]) -> None:
    told: list[JsonValue] = [one.model_dump(mode="json") for one in attachments]
    path = _FIELD if line is None else of_service(line, _FIELD)
    change(asked, (Change(path=path, value=told),))
