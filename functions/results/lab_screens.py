"""The console's pages of the laboratories that deliver results, and of files handed in by hand."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import ImportId, LabId
from caresmith.permissions import Permission
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, posted, version_of
from caresmith.web.zones import zone_options
from functions.results import importing, labs
from functions.results import models as m
from functions.results.app import LABS, app
from functions.results.errors import UnknownLab
from functions.results.pages import page
from functions.results.records import Format

Html = Response[str]
_OWN_NUMBERS = "own_numbers"
"""Record numbers that come without an authority are the practice's own."""
_AUTHORITIES = "authorities"


# -- the laboratories --------------------------------------------------------


@app.get(LABS, include_in_schema=False)
@requires(Permission.READ_PRACTICE, action="read-labs")
def labs_page() -> Html:
    return page("labs.html", labs=labs.list_labs(current_actor().practice_id))


@app.get(f"{LABS}/new", include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="add-lab-form")
def new_page() -> Html:
    zone = practice_setup(current_actor().practice_id).practice.zone
    return _new(Form({"zone": zone, _OWN_NUMBERS: "true"}))


def _new(form: Form, status: int = 200) -> Html:
    return page("lab_new.html", status=status, form=form, zones=zone_options())


@app.post(LABS, include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="add-lab")
def add_form() -> Html:
    """The key stands on the page that answers, and on no other."""
    form = posted(app.form_lists())
    try:
        made = labs.add_lab(_settings(form), actor=current_actor(), now=app.clock.now())
    except FormRefused as refused:
        return _new(refused.form, 422)
    return _lab(made.lab, _form_of(made.lab), issued=made)


@app.get(f"{LABS}/<lab_id>", include_in_schema=False)
@requires(Permission.READ_PRACTICE, action="read-lab")
def lab_page(lab_id: LabId) -> Html:
    lab = labs.any_lab(current_actor().practice_id, lab_id)
    return _lab(lab, _form_of(lab))


def _lab(lab: m.Lab, form: Form, status: int = 200, *, issued: m.LabKey | None = None) -> Html:
    return page("lab.html", status=status, lab=lab, form=form, issued=issued, zones=zone_options())


@app.post(f"{LABS}/<lab_id>", include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="change-lab")
def change_form(lab_id: LabId) -> Html:
    form, actor = posted(app.form_lists()), current_actor()
    try:
        labs.change_lab(lab_id, _settings(form), version_of(form), actor=actor)
    except FormRefused as refused:
        return _lab(labs.any_lab(actor.practice_id, lab_id), refused.form, 422)
    return web.redirect(f"{LABS}/{lab_id}#saved", app.current_event)


@app.post(f"{LABS}/<lab_id>/new-key", include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="new-lab-key")
def new_key_form(lab_id: LabId) -> Html:
    made = labs.new_key(lab_id, actor=current_actor(), now=app.clock.now())
    return _lab(made.lab, _form_of(made.lab), issued=made)


@app.post(f"{LABS}/<lab_id>/close", include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="close-lab")
def close_form(lab_id: LabId) -> Html:
    labs.close_lab(lab_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(f"{LABS}/{lab_id}#saved", app.current_event)


def _form_of(lab: m.Lab) -> Form:
    form = flat(lab.settings)
    named = [one for one in lab.settings.mrn_authorities if one]
    own = "" in lab.settings.mrn_authorities
    values = {_AUTHORITIES: "\n".join(named), _OWN_NUMBERS: "true" if own else ""}
    return Form({**form.values, **values, "version": str(lab.version)})


def _settings(form: Form) -> m.LabSettings:
    """Raises FormRefused."""
    lines = [line.strip() for line in form.values.get(_AUTHORITIES, "").splitlines()]
    named = [line for line in dict.fromkeys(lines) if line]
    own = [""] if form.values.get(_OWN_NUMBERS) == "true" else []
    if not named and not own:
        form.errors[_AUTHORITIES] = (
            "Name an authority, or take numbers without one: else no record number is known."
        )
    entered = Form(form.values, {"mrn_authorities": [*own, *named]})
    try:
        settings = parse(entered, m.LabSettings, ignore=("version", _AUTHORITIES, _OWN_NUMBERS))
    except FormRefused as refused:
        for path, message in refused.form.errors.items():
            field = _AUTHORITIES if path.startswith("mrn_authorities") else path
            form.errors.setdefault(field, message)
    if form.errors:
        raise FormRefused(form)
    return settings


# -- a file of messages ------------------------------------------------------


@app.post(f"{LABS}/<lab_id>/import", include_in_schema=False)
@requires(Permission.IMPORT_RESULTS, action="import")
def import_file(lab_id: LabId) -> Html:
    """The file's bytes as they are, sent by the page's script; answers where its page is."""
    raw = app.raw_body()
    # A message of HL7 v2 begins with a segment's name, and a resource as JSON with its brace.
    language = Format.FHIR if raw.lstrip()[:1] in (b"{", b"[") else Format.HL7V2
    try:
        started = importing.start(raw, lab_id, language, actor=current_actor(), clock=app.clock)
    except (NotFound, UnknownLab, VersionConflict):
        raise
    except DomainError as error:
        return _said(422, error.detail or error.title)
    return _said(201, f"{LABS}/imports/{started.import_id}")


def _said(status: int, text: str) -> Html:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(status, content_type="text/plain; charset=utf-8", headers=headers, body=text)


@app.get(f"{LABS}/imports/<import_id>", include_in_schema=False)
@requires(Permission.IMPORT_RESULTS, action="read-import")
def import_page(import_id: ImportId) -> Html:
    practice = current_actor().practice_id
    read = importing.read_import(practice, import_id)
    return page("import.html", read=read, lab=labs.any_lab(practice, read.lab_id))
