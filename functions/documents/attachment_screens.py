"""A patient's documents, for who sends one to a payer beside a claim."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import NotFound
from caresmith.http import requires
from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Permission
from caresmith.records.clinical.document import goes_to_payers
from functions.documents import charting, viewing
from functions.documents import models as m
from functions.documents.app import app
from functions.documents.pages import BASE, card_of, fragment, page

Html = Response[str]
_LIST = f"{BASE}/attachments/<patient_id>"


@app.get(_LIST, include_in_schema=False)
@requires(Permission.ATTACH_DOCUMENTS, action="list-attachable")
def attachable_part(patient_id: PatientId) -> Html:
    """A field of the claim's form: which of the chart's documents."""
    card_of(patient_id)
    found = charting.found(patient_id, m.Search(), actor=current_actor()).documents
    return fragment(
        "attachable.html",
        patient_id=patient_id,
        documents=[one for one in found if goes_to_payers(one.status, one.category)],
        chosen=app.current_event.get_query_string_value("chosen", "") or "",
    )


@app.get(f"{_LIST}/<document_id>", include_in_schema=False)
@requires(Permission.ATTACH_DOCUMENTS, action="view-attachable")
def attachable_page(patient_id: PatientId, document_id: DocumentId) -> Html:
    """As it would be sent. Raises NotFound for one that does not go to payers."""
    known = charting.read(patient_id, document_id, actor=current_actor()).document
    if not goes_to_payers(known.status, known.category):
        raise NotFound
    title, key, media_type = charting.where(patient_id, document_id, actor=current_actor())
    view = viewing.view(current_actor().practice_id, document_id, key, media_type)
    heading = "Document for a payer"
    return page("card.html", heading=heading, card=card_of(patient_id), title=title, view=view)
