"""The console's fax inbox: what came, whose it is, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.ids import DocumentId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, flat, parse, posted
from functions.documents import charting, faxes, reviewing
from functions.documents import models as m
from functions.documents.app import app
from functions.documents.errors import FaxSettled, FileRefused, StillScanning
from functions.documents.forms import dated, told
from functions.documents.pages import FAXES, fragment, page, zone
from functions.documents.screens import shown

Html = Response[str]
_FAX = f"{FAXES}/<document_id>"


@app.get(FAXES, include_in_schema=False)
@requires(Permission.FILE_FAXES, action="list-faxes")
def inbox_page() -> Html:
    actor = current_actor()
    reads = actor.may(Permission.READ_DOCUMENTS)
    return page(
        "faxes.html",
        here=FAXES,
        waiting=faxes.waiting(actor=actor).faxes,
        reviews=reviewing.count(actor=actor) if reads else 0,
    )


@app.get(f"{FAXES}/reviews", include_in_schema=False)
@requires(Permission.READ_DOCUMENTS, action="list-reviews")
def reviews_page() -> Html:
    """What was filed for me to look at."""
    actor = current_actor()
    waiting = charting.to_review(actor=actor)
    whose = list(dict.fromkeys(one.patient_id for one in waiting))
    cards = patient_cards(actor.practice_id, whose)
    return page("reviews.html", here=FAXES, waiting=waiting, cards=cards)


@app.get(f"{FAXES}/count", include_in_schema=False)
@requires(Permission.FILE_FAXES, audited=False)
def inbox_count() -> Html:
    """The badge beside the menu's entry."""
    return count_badge(faxes.count(actor=current_actor()), "waiting")


@app.get(f"{FAXES}/settled", include_in_schema=False)
@requires(Permission.READ_DOCUMENTS, action="list-settled-faxes")
def settled_page() -> Html:
    actor = current_actor()
    settled = faxes.settled(actor=actor)
    whose = [one.patient_id for one in settled if one.patient_id]
    return page(
        "settled.html", here=FAXES, settled=settled, cards=patient_cards(actor.practice_id, whose)
    )


@app.get(_FAX, include_in_schema=False)
@requires(Permission.FILE_FAXES, action="read-fax")
def fax_page(document_id: DocumentId) -> Html:
    return _fax(document_id, Form())


def _fax(document: DocumentId, form: Form, opened: str = "", status: int = 200) -> Html:
    fax = faxes.read(document, actor=current_actor())
    received = fax.received_at.astimezone(zone()).date().isoformat()
    fresh = flat({"category": "correspondence", "date": received, "needs_review": True})
    forms = {"assign": fresh, "dismiss": Form()}
    if opened:
        forms[opened] = form
    providers = practice_setup(current_actor().practice_id).providers.values()
    reviewers = [(one.id, one.display_name) for one in providers if one.active]
    return page(
        "fax.html",
        status=status,
        here=FAXES,
        fax=fax,
        forms=forms,
        opened=opened,
        reviewers=sorted(reviewers, key=lambda one: one[1]),
    )


@app.get(f"{_FAX}/preview", include_in_schema=False)
@requires(Permission.FILE_FAXES, action="view-fax")
def fax_preview(document_id: DocumentId) -> Html:
    """The fax itself. While it is scanned, the part asks again by itself."""
    try:
        key, media_type = faxes.looked_through(document_id, actor=current_actor())
    except StillScanning:
        return fragment("fax_state.html", document_id=document_id, refused=None)
    except FileRefused as refused:
        return fragment("fax_state.html", document_id=document_id, refused=refused)
    return shown("Fax", document_id, key, media_type)


@app.get(f"{_FAX}/download", include_in_schema=False)
@requires(Permission.FILE_FAXES, action="download-fax")
def fax_download(document_id: DocumentId) -> Html:
    link = faxes.link(document_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(link.url, app.current_event)


@app.post(f"{_FAX}/assign", include_in_schema=False)
@requires(Permission.FILE_FAXES, action="assign-fax")
def assign_form(document_id: DocumentId) -> Html:
    def assign(form: Form) -> None:
        said = dated(form, zone())
        # A box without its tick says no; the API's own default is yes. Whom to ask says yes.
        asked = said.value("reviewer_id") and "true"
        ticked = {"needs_review": asked or said.value("needs_review") or "false"}
        request = parse(
            Form({**said.values, **ticked}, errors=form.errors),
            m.Assignment,
            ignore=("patient_name", "text"),
        )
        faxes.assign(document_id, request, actor=current_actor(), now=app.clock.now())

    return _settle(document_id, "assign", assign)


@app.post(f"{_FAX}/dismiss", include_in_schema=False)
@requires(Permission.FILE_FAXES, action="dismiss-fax")
def dismiss_form(document_id: DocumentId) -> Html:
    def dismiss(form: Form) -> None:
        reason = parse(form, m.Reason).reason
        faxes.dismiss(document_id, reason, actor=current_actor(), now=app.clock.now())

    return _settle(document_id, "dismiss", dismiss)


def _settle(document: DocumentId, name: str, settle: Callable[[Form], Any]) -> Html:
    form = posted(app.form_lists())
    try:
        settle(form)
    except FaxSettled:
        raise
    except NotFound:
        if name != "assign":
            raise
        # The fax, else the patient: the page itself is not there without the fax.
        form.errors.setdefault("patient_id", "There is no such chart any more.")
        return _fax(document, form, name, NotFound.status)
    except DomainError as error:
        return _fax(document, told(form, error), name, error.status)
    return web.redirect(f"{FAXES}#saved", app.current_event)
