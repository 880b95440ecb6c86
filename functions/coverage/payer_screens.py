"""The console's pages of the payer directory, and of how coverage is verified."""

from __future__ import annotations

import re
from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import PayerId
from caresmith.permissions import Permission
from caresmith.records.revenue.filings import FILINGS
from caresmith.records.revenue.payer import Payer, PayerFacts
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, version_of
from functions.coverage import payers, settings
from functions.coverage.app import app
from functions.coverage.pages import HOME, Html, page, posted_form

_PAYERS: Final = f"{HOME}/payers"
_SETTINGS: Final = f"{HOME}/settings"
_BOXES: Final = (
    *("assignment", "taxonomy", "suffix_identifies", "capitated", "active"),
    *("wants_ndc", "wants_address", "prefers_x_modifiers", "no_consultations"),
)
_LISTS: Final = ("authorization_codes", "referral_codes", "member_id_forms", "tax_ids")
"""What people write with blanks between."""
_SEPARATORS: Final = re.compile(r"[\s,;]+")


@app.get(_PAYERS, include_in_schema=False)
@requires(Permission.READ_PAYERS, audited=False)
def payers_page() -> Html:
    known = payers.directory(current_actor().practice_id).payers
    return page("payers.html", payers=known)


@app.get(f"{_PAYERS}/new", include_in_schema=False)
@requires(Permission.MANAGE_PAYERS, audited=False)
def new_payer_page() -> Html:
    return _payer(None, _shown(flat(_blank())))


@app.post(f"{_PAYERS}/new", include_in_schema=False)
@requires(Permission.MANAGE_PAYERS, action="add-payer")
def add_payer_form() -> Html:
    form = posted_form()
    try:
        payers.add(_facts(form), actor=current_actor(), key=PayerId.new())
    except DomainError as error:
        return _refused(None, form, error)
    return web.redirect(f"{_PAYERS}#saved", app.current_event)


@app.get(f"{_PAYERS}/<payer_id>", include_in_schema=False)
@requires(Permission.MANAGE_PAYERS, action="read-payer")
def payer_page(payer_id: PayerId) -> Html:
    known = payers.find(current_actor().practice_id, payer_id)
    return _payer(known, _shown(flat(known.facts)))


@app.post(f"{_PAYERS}/<payer_id>", include_in_schema=False)
@requires(Permission.MANAGE_PAYERS, action="change-payer")
def change_payer_form(payer_id: PayerId) -> Html:
    form, actor = posted_form(), current_actor()
    known = payers.find(actor.practice_id, payer_id)
    try:
        payers.change(payer_id, _facts(form), version_of(form), actor=actor)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _refused(known, form, error)
    return web.redirect(f"{_PAYERS}#saved", app.current_event)


@app.get(_SETTINGS, include_in_schema=False)
@requires(Permission.MANAGE_PAYERS, audited=False)
def settings_page() -> Html:
    found = settings.coverage_settings(current_actor().practice_id)
    return page("settings.html", form=flat(found.settings), version=found.version)


@app.post(_SETTINGS, include_in_schema=False)
@requires(Permission.MANAGE_PAYERS, action="change-settings")
def change_settings_form() -> Html:
    form = posted_form()
    boxes = {name: _box(form, name) for name in ("automatic", "at_check_in")}
    entered = Form({**form.values, **boxes}, form.lists, form.errors)
    try:
        wanted = parse(entered, settings.CoverageSettings, ignore=("version",))
    except FormRefused:
        return page("settings.html", status=422, form=form, version=form.values.get("version", ""))
    settings.change_settings(wanted, version_of(form), actor=current_actor())
    return web.redirect(f"{_SETTINGS}#saved", app.current_event)


def _payer(known: Payer | None, form: Form, status: int = 200) -> Html:
    return page("payer.html", status=status, payer=known, form=form, filings=FILINGS)


def _refused(known: Payer | None, form: Form, error: DomainError) -> Html:
    if not isinstance(error, FormRefused):
        form.refused(error)
    return _payer(known, form, error.status)


def _facts(form: Form) -> PayerFacts:
    """Raises FormRefused; its errors stand at the fields that the page shows."""
    names = [line for line in form.values.get("aliases", "").splitlines() if line.strip()]
    lists = {
        field: [one for one in _SEPARATORS.split(form.values.get(field, "")) if one]
        for field in _LISTS
    }
    plain = {
        name: value
        for name, value in form.values.items()
        if name not in ("aliases", "version", *_LISTS)
    }
    boxes = {name: _box(form, name) for name in _BOXES}
    entered = Form({**plain, **boxes}, {"aliases": names, **lists}, form.errors)
    facts = parse(entered, PayerFacts)
    if "telehealth.modifier" in form.values and not form.values["telehealth.modifier"]:
        # An empty choice is one: no modifier. A form's empty fields are left out otherwise.
        billed = facts.telehealth.model_copy(update={"modifier": ""})
        facts = facts.model_copy(update={"telehealth": billed})
    return facts


def _box(form: Form, name: str) -> str:
    return "true" if form.values.get(name) == "true" else "false"


def _shown(form: Form) -> Form:
    """Lists as people write them: names one a line, codes with blanks between."""
    values = {
        **form.values,
        "aliases": "\n".join(form.lists.get("aliases", [])),
        **{field: " ".join(form.lists.get(field, [])) for field in _LISTS},
    }
    return Form(values, {}, form.errors)


def _blank() -> dict[str, Any]:
    """What a new payer begins with: all defaults."""
    blank = PayerFacts(name="x", wire_id="xx").model_dump(mode="json")
    return {key: value for key, value in blank.items() if key not in ("name", "wire_id")}
