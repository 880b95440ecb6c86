"""The console's way of a file into the chart: said, posted to the bucket, looked through, filed."""

from __future__ import annotations

import json

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Permission
from caresmith.web.forms import posted
from functions.documents import uploads
from functions.documents.app import app
from functions.documents.errors import FileRefused, NothingUploaded, StillScanning
from functions.documents.forms import told, upload_request
from functions.documents.pages import BASE, card_of, fragment, page, zone

Html = Response[str]
_UPLOAD = f"{BASE}/uploads/<document_id>"


@app.get(f"{BASE}/uploads/<patient_id>", include_in_schema=False)
@requires(Permission.ADD_DOCUMENTS, action="read-uploads")
def upload_page(patient_id: PatientId) -> Html:
    """For who may add documents and sees none of them."""
    card = card_of(patient_id)
    pending = uploads.pending(patient_id, actor=current_actor(), now=app.clock.now())
    return page("upload.html", card=card, pending=pending)


@app.post(f"{BASE}/uploads/<patient_id>", include_in_schema=False)
@requires(Permission.ADD_DOCUMENTS, action="begin-upload")
def begin_upload(patient_id: PatientId) -> Html:
    """Where the page may post the file to; or a sentence for each field that is wrong."""
    form = posted(app.form_lists())
    try:
        request = upload_request(form, patient_id, zone())
        begun = uploads.begin(request, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return _json(error.status, {"errors": told(form, error).errors})
    return _json(201, begun.model_dump(mode="json"))


@app.post(f"{_UPLOAD}/complete", include_in_schema=False)
@requires(Permission.ADD_DOCUMENTS, action="complete-upload")
def complete_part(document_id: DocumentId) -> Html:
    """What has become of the file. While it is scanned, the part asks again by itself."""
    try:
        document = uploads.complete(document_id, actor=current_actor(), now=app.clock.now())
    except StillScanning:
        return fragment("upload_state.html", state="scanning", document_id=document_id)
    except NothingUploaded:
        return fragment("upload_state.html", state="missing", document_id=document_id)
    except FileRefused as refused:
        return fragment(
            "upload_state.html", state="refused", document_id=document_id, refused=refused
        )
    return fragment(
        "upload_state.html",
        headers={"HX-Trigger": "documents-changed"},
        state="filed",
        document_id=document_id,
        document=document,
    )


@app.post(f"{_UPLOAD}/forget", include_in_schema=False)
@requires(Permission.ADD_DOCUMENTS, action="forget-upload")
def forget_part(document_id: DocumentId) -> Html:
    uploads.forget(document_id, actor=current_actor(), now=app.clock.now())
    return fragment("upload_state.html", state="forgotten", document_id=document_id)


def _json(status: int, body: object) -> Html:
    return Response(
        status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
        body=json.dumps(body),
    )
