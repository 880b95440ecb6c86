"""The documents' routes: upload, read, describe, release; faxes; clinical documents (C-CDA)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.http import etag, reply, requires
from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Permission
from functions.documents import (
    attachment_screens,
    card_screens,
    charting,
    exporting,
    fax_key_screens,
    fax_keys,
    fax_screens,
    faxes,
    proposal_screens,
    proposing,
    screens,
    upload_screens,
    uploads,
)
from functions.documents import models as m
from functions.documents.app import FAXES_PATH, app

__all__ = [
    "app",
    "attachment_screens",
    "card_screens",
    "fax_key_screens",
    "fax_screens",
    "handler",
    "proposal_screens",
    "screens",
    "upload_screens",
]


def _document(document: m.Document, *, status: int = 200) -> Response[m.Document]:
    return reply(document, status=status, headers=etag(document.version))


# -- uploading ------------------------------------------------------------


@app.post("/documents/uploads", status_code=201)
@requires(Permission.ADD_DOCUMENTS, action="begin-upload")
def begin_upload(request: m.UploadRequest) -> Response[m.UploadForm]:
    form = uploads.begin(request, actor=current_actor(), now=app.clock.now())
    return reply(form, status=201)


@app.post("/documents/uploads/<document_id>/complete", status_code=201)
@requires(Permission.ADD_DOCUMENTS, action="complete-upload")
def complete_upload(document_id: DocumentId) -> Response[m.Document]:
    document = uploads.complete(document_id, actor=current_actor(), now=app.clock.now())
    return _document(document, status=201)


# -- documents of a chart ---------------------------------------------------


@app.get("/documents/patients/<patient_id>")
@requires(Permission.READ_DOCUMENTS, action="list")
def list_documents(
    patient_id: PatientId,
    first: Annotated[dt.date | None, Query()] = None,
    last: Annotated[dt.date | None, Query()] = None,
) -> Response[m.DocumentList]:
    return reply(charting.listed(patient_id, actor=current_actor(), first=first, last=last))


@app.get("/documents/reviews")
@requires(Permission.READ_DOCUMENTS, action="list-reviews")
def list_reviews() -> Response[m.ToReview]:
    """What waits for the caller's own look."""
    return reply(m.ToReview(documents=charting.to_review(actor=current_actor())))


@app.get("/documents/patients/<patient_id>/<document_id>")
@requires(Permission.READ_DOCUMENTS, action="read")
def read(patient_id: PatientId, document_id: DocumentId) -> Response[m.Versions]:
    found = charting.read(patient_id, document_id, actor=current_actor())
    return reply(found, headers=etag(found.document.version))


@app.get("/documents/patients/<patient_id>/<document_id>/content")
@requires(Permission.READ_DOCUMENTS, action="download")
def download(patient_id: PatientId, document_id: DocumentId) -> Response[m.Link]:
    return reply(charting.link(patient_id, document_id, actor=current_actor(), now=app.clock.now()))


@app.patch("/documents/patients/<patient_id>/<document_id>")
@requires(Permission.CHANGE_CHART, action="change")
def change(
    patient_id: PatientId, document_id: DocumentId, request: m.Change
) -> Response[m.Document]:
    return _document(
        charting.change(
            patient_id,
            document_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.post("/documents/patients/<patient_id>/<document_id>/reviewed")
@requires(Permission.CHANGE_CHART, action="review")
def reviewed(patient_id: PatientId, document_id: DocumentId) -> Response[m.Document]:
    return _document(
        charting.reviewed(
            patient_id, document_id, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/documents/patients/<patient_id>/<document_id>/release")
@requires(Permission.CHANGE_CHART, action="release")
def release(
    patient_id: PatientId, document_id: DocumentId, request: m.Release
) -> Response[m.Document]:
    return _document(
        charting.release(
            patient_id,
            document_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.post("/documents/patients/<patient_id>/<document_id>/entered-in-error")
@requires(Permission.CHANGE_CHART, action="mark-in-error")
def entered_in_error(
    patient_id: PatientId, document_id: DocumentId, request: m.Reason
) -> Response[m.Document]:
    return _document(
        charting.entered_in_error(
            patient_id,
            document_id,
            request.reason,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


# -- faxes ------------------------------------------------------------------


@app.post(FAXES_PATH, status_code=201)
@requires(Permission.DELIVER_FAXES, action="receive-fax")
def receive_fax(request: m.FaxIn) -> Response[m.FaxTaken]:
    return reply(faxes.receive(request, actor=current_actor()), status=201)


@app.post(f"{FAXES_PATH}/key", status_code=201)
@requires(Permission.MANAGE_PRACTICE, action="issue-fax-key")
def issue_fax_key() -> Response[m.FaxKey]:
    return reply(fax_keys.issue(actor=current_actor(), now=app.clock.now()), status=201)


@app.get(f"{FAXES_PATH}/key")
@requires(Permission.MANAGE_PRACTICE, action="read-fax-key")
def read_fax_key() -> Response[m.FaxKeyState]:
    return reply(fax_keys.state(actor=current_actor()))


@app.delete(f"{FAXES_PATH}/key", status_code=204)
@requires(Permission.MANAGE_PRACTICE, action="revoke-fax-key")
def revoke_fax_key() -> Response[None]:
    fax_keys.revoke(actor=current_actor(), now=app.clock.now())
    return reply(None, status=204)


@app.get(FAXES_PATH)
@requires(Permission.FILE_FAXES, action="list-faxes")
def list_faxes() -> Response[m.FaxList]:
    return reply(faxes.waiting(actor=current_actor()))


@app.get("/documents/faxes/<document_id>/content")
@requires(Permission.FILE_FAXES, action="download-fax")
def download_fax(document_id: DocumentId) -> Response[m.Link]:
    return reply(faxes.link(document_id, actor=current_actor(), now=app.clock.now()))


@app.post("/documents/faxes/<document_id>/assign", status_code=201)
@requires(Permission.FILE_FAXES, action="assign-fax")
def assign_fax(document_id: DocumentId, request: m.Assignment) -> Response[m.Document]:
    document = faxes.assign(document_id, request, actor=current_actor(), now=app.clock.now())
    return _document(document, status=201)


@app.post("/documents/faxes/<document_id>/dismiss", status_code=204)
@requires(Permission.FILE_FAXES, action="dismiss-fax")
def dismiss_fax(document_id: DocumentId, request: m.Reason) -> Response[None]:
    faxes.dismiss(document_id, request.reason, actor=current_actor(), now=app.clock.now())
    return reply(None, status=204)


# -- clinical documents -------------------------------------------------------


@app.get("/documents/patients/<patient_id>/<document_id>/proposal")
@requires(Permission.CHANGE_CHART, action="read-proposal")
def read_proposal(patient_id: PatientId, document_id: DocumentId) -> Response[proposing.Proposal]:
    return reply(proposing.propose(patient_id, document_id, actor=current_actor()))


@app.post("/documents/patients/<patient_id>/<document_id>/proposal/accept")
@requires(Permission.CHANGE_CHART, action="accept-proposal")
def accept_proposal(
    patient_id: PatientId, document_id: DocumentId, request: proposing.Acceptance
) -> Response[proposing.Accepted]:
    return reply(
        proposing.accept(
            patient_id, document_id, request, actor=current_actor(), now=app.clock.now()
        )
    )


@app.get("/documents/ccd/<patient_id>")
@requires(Permission.READ_CHART, action="export-ccd")
def export_ccd(patient_id: PatientId) -> Response[str]:
    return Response(
        200,
        content_type="text/xml; charset=utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{patient_id}.xml"',
        },
        body=exporting.continuity_of_care(patient_id, actor=current_actor(), now=app.clock.now()),
    )


handler = make_handler(app)
