"""The console's pages of a chart's documents: the list, and one document with what is said of it.

Uploads, faxes and the review of clinical documents have files of their own
(``upload_screens``, ``fax_screens``, ``proposal_screens``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import DocumentId, PatientId, ProviderId
from caresmith.permissions import Permission
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, posted
from functions.documents import charting, exporting, sniffing, uploads, viewing
from functions.documents import models as m
from functions.documents.app import app
from functions.documents.ccda.incoming import readable, reading
from functions.documents.ccda.incoming.header import header
from functions.documents.forms import dated, told
from functions.documents.pages import BASE, card_of, fragment, page, zone

Html = Response[str]
_LIST = f"{BASE}/patients/<patient_id>"
_ONE = f"{_LIST}/<document_id>"


def path_of(patient: PatientId, document: DocumentId) -> str:
    return f"{BASE}/patients/{patient}/{document}"


# -- the list ------------------------------------------------------------------


@app.get(_LIST, include_in_schema=False)
@requires(Permission.READ_DOCUMENTS, action="list")
def list_page(patient_id: PatientId) -> Html:
    actor = current_actor()
    card = card_of(patient_id)
    adds = actor.may(Permission.ADD_DOCUMENTS)
    return page(
        "list.html",
        card=card,
        listed=charting.found(patient_id, m.Search(), actor=actor),
        form=Form(),
        pending=uploads.pending(patient_id, actor=actor, now=app.clock.now()) if adds else [],
    )


@app.post(f"{_LIST}/rows", include_in_schema=False)
@requires(Permission.READ_DOCUMENTS, action="search")
def rows_part(patient_id: PatientId) -> Html:
    """The rows that fit. What is looked for may tell of a person: it stands in no address."""
    card, form = card_of(patient_id), _form()
    try:
        search = parse(form, m.Search)
    except FormRefused as refused:
        return fragment(
            "filter_wrong.html", status=422, headers={"X-Form": "filter"}, form=refused.form
        )
    listed = charting.found(patient_id, search, actor=current_actor())
    return fragment("rows.html", card=card, listed=listed)


@app.get(f"{_LIST}/export", include_in_schema=False)
@requires(Permission.READ_CHART, action="export-ccd")
def export_file(patient_id: PatientId) -> Html:
    """The chart as a C-CDA, to be saved."""
    body = exporting.continuity_of_care(patient_id, actor=current_actor(), now=app.clock.now())
    return Response(
        200,
        content_type="text/xml; charset=utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{patient_id}.xml"',
        },
        body=body,
    )


# -- one document ----------------------------------------------------------------


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_DOCUMENTS, action="read")
def document_page(patient_id: PatientId, document_id: DocumentId) -> Html:
    return _document(patient_id, document_id, Form())


def _document(
    patient: PatientId, document: DocumentId, form: Form, opened: str = "", status: int = 200
) -> Html:
    """The page, with one of its forms (``opened``) as it was sent and what is wrong with it."""
    card = card_of(patient)
    versions = charting.read(patient, document, actor=current_actor())
    said = versions.document
    fresh = flat(
        {
            **said.model_dump(mode="json", include={"title", "category", "author", "note"}),
            "date": said.date.astimezone(zone()).date().isoformat(),
        }
    )
    forms = {name: Form() for name in ("release", "error")} | {"change": fresh}
    if opened:
        forms[opened] = form
    return page(
        "document.html",
        status=status,
        card=card,
        document=said,
        former=versions.former,
        forms=forms,
        opened=opened,
        is_ccda=said.media_type == sniffing.CDA,
        reviewer=_name_of(said.reviewer_id),
    )


def _name_of(provider: ProviderId | None) -> str:
    if provider is None:
        return ""
    known = practice_setup(current_actor().practice_id).providers.get(provider)
    return known.display_name if known else "Somebody who is no provider any more"


@app.get(f"{_ONE}/preview", include_in_schema=False)
@requires(Permission.READ_DOCUMENTS, action="view")
def preview_part(patient_id: PatientId, document_id: DocumentId) -> Html:
    """The document itself: shown by the browser, or as words."""
    actor = current_actor()
    title, key, media_type = charting.where(patient_id, document_id, actor=actor)
    if media_type == sniffing.CDA:
        _, body = charting.bytes_of(patient_id, document_id, actor=actor)
        root = reading.document(body)
        return fragment(
            "clinical.html",
            header=header(root),
            sections=readable.sections(root),
            enclosed=readable.enclosed_type(root),
        )
    return shown(title, document_id, key, media_type)


def shown(title: str, document: DocumentId, key: str, media_type: str) -> Html:
    """The part of a page that shows an object of the bucket, where a browser can."""
    view = viewing.view(current_actor().practice_id, document, key, media_type)
    return fragment("shown.html", title=title, view=view)


@app.get(f"{_ONE}/download", include_in_schema=False)
@requires(Permission.READ_DOCUMENTS, action="download")
def download(patient_id: PatientId, document_id: DocumentId) -> Html:
    link = charting.link(patient_id, document_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(link.url, app.current_event)


# -- what is said of it ------------------------------------------------------------


@app.post(f"{_ONE}/change", include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="change")
def change_form(patient_id: PatientId, document_id: DocumentId) -> Html:
    def change(form: Form, version: int) -> None:
        # An empty field of this form says: nothing any more.
        emptied = {name: None for name in ("author", "note") if not form.value(name).strip()}
        request = parse(dated(form, zone()), m.Change, ignore=("version",))
        given = request.model_dump(exclude_unset=True) | emptied
        for needed in ("title", "category", "date"):
            given.setdefault(needed, None)
        charting.change(
            patient_id,
            document_id,
            m.Change.model_validate(given),
            version,
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _say(patient_id, document_id, "change", change)


@app.post(f"{_ONE}/reviewed", include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="review")
def reviewed_form(patient_id: PatientId, document_id: DocumentId) -> Html:
    charting.reviewed(
        patient_id, document_id, _version(_form()), actor=current_actor(), now=app.clock.now()
    )
    return web.redirect(f"{path_of(patient_id, document_id)}#saved", app.current_event)


@app.post(f"{_ONE}/release", include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="release")
def release_form(patient_id: PatientId, document_id: DocumentId) -> Html:
    def release(form: Form, version: int) -> None:
        charting.release(
            patient_id,
            document_id,
            parse(form, m.Release, ignore=("version",)),
            version,
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _say(patient_id, document_id, "release", release)


@app.post(f"{_ONE}/entered-in-error", include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="mark-in-error")
def error_form(patient_id: PatientId, document_id: DocumentId) -> Html:
    def mark(form: Form, version: int) -> None:
        charting.entered_in_error(
            patient_id,
            document_id,
            parse(form, m.Reason, ignore=("version",)).reason,
            version,
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _say(patient_id, document_id, "error", mark)


def _say(
    patient: PatientId, document: DocumentId, name: str, say: Callable[[Form, int], Any]
) -> Html:
    form = _form()
    try:
        say(form, _version(form))
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _document(patient, document, told(form, error), name, error.status)
    return web.redirect(f"{path_of(patient, document)}#saved", app.current_event)


def _form() -> Form:
    return posted(app.form_lists())


def _version(form: Form) -> int:
    text = form.value("version")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)
