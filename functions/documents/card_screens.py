"""Pictures of insurance cards, for the desk that scans them and reads no other document."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import NotFound
from caresmith.http import requires
from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Permission
from caresmith.records.clinical.document import INSURANCE_CARD
from functions.documents import charting, viewing
from functions.documents import models as m
from functions.documents.app import app
from functions.documents.pages import BASE, card_of, fragment, page

Html = Response[str]
_CARDS = f"{BASE}/cards/<patient_id>"


@app.get(_CARDS, include_in_schema=False)
@requires(Permission.READ_CARDS, action="list-cards")
def cards_part(patient_id: PatientId) -> Html:
    """Fields of the policy's form: which of the scanned cards are its front and back."""
    card_of(patient_id)
    query = app.current_event.get_query_string_value
    search = m.Search(category=INSURANCE_CARD)
    found = charting.found(patient_id, search, actor=current_actor()).documents
    chosen = {side: query(side, "") or "" for side in ("front", "back")}
    return fragment(
        "cards.html",
        patient_id=patient_id,
        cards=[one for one in found if one.status == "current"],
        chosen=chosen,
    )


@app.get(f"{_CARDS}/<document_id>", include_in_schema=False)
@requires(Permission.READ_CARDS, action="view-card")
def card_page(patient_id: PatientId, document_id: DocumentId) -> Html:
    """The picture. Raises NotFound for a document of any other kind."""
    known = charting.read(patient_id, document_id, actor=current_actor()).document
    if known.category != INSURANCE_CARD:
        raise NotFound
    title, key, media_type = charting.where(patient_id, document_id, actor=current_actor())
    view = viewing.view(current_actor().practice_id, document_id, key, media_type)
    heading = "Insurance card"
    return page("card.html", heading=heading, card=card_of(patient_id), title=title, view=view)
