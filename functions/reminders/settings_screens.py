"""The settings' pages: cadence and rules, and each message's wording with a live preview."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, InvalidRequest, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.messages.settings import MessagingSettings, Template
from caresmith.messages.wording import TEMPLATES
from caresmith.permissions import Permission
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, rows_of
from functions.reminders import changing, service, settings_form
from functions.reminders import preview as previews
from functions.reminders.app import app
from functions.reminders.pages import PATH, form, fragment, page, setup

Html = Response[str]

_SETTINGS: Final = f"{PATH}/settings"
_WORDING: Final = f"{PATH}/wording"


def _read() -> tuple[MessagingSettings, int]:
    return changing.read_settings(current_actor().practice_id)


def _version(shown: Form) -> int:
    text = shown.values.get("version", "")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)


# -- cadence and rules -----------------------------------------------------


@app.get(_SETTINGS, include_in_schema=False)
@requires(Permission.MANAGE_REMINDERS, action="read-settings")
def settings_page() -> Html:
    audit().record("messaging-settings")
    settings, version = _read()
    return _settings(settings_form.shown(settings), version)


def _settings(shown: Form, version: int, status: int = 200) -> Html:
    return page(
        "settings.html",
        tab="settings",
        status=status,
        form=shown,
        version=version,
        setup=setup(),
        units=tuple((unit, unit) for unit in settings_form.UNITS),
        cadence=rows_of(shown, "cadence", least=len(rows_of(shown, "cadence")) + 1)[:6],
        recalls=rows_of(shown, "recalls", least=len(rows_of(shown, "recalls")) + 1),
    )


@app.post(_SETTINGS, include_in_schema=False)
@requires(Permission.MANAGE_REMINDERS, action="change-settings")
def change_settings() -> Html:
    shown = form()
    before, version = _read()
    try:
        expected = _version(shown)
        wanted = settings_form.read(shown, before)
        changing.change_settings(wanted, expected, actor=current_actor(), now=app.clock.now())
    except FormRefused:
        return _settings(shown, expected, 422)
    except VersionConflict as error:
        return _settings(shown.refused(error), version, error.status)
    except DomainError as error:
        return _settings(shown.refused(error), expected, error.status)
    return web.redirect(f"{_SETTINGS}#saved", app.current_event)


# -- wording ---------------------------------------------------------------


@app.get(_WORDING, include_in_schema=False)
@requires(Permission.MANAGE_REMINDERS, audited=False)
def wording_list() -> Html:
    settings, _ = _read()
    return page("wording_list.html", tab="wording", templates=service.templates(settings))


@app.get(f"{_WORDING}/<name>", include_in_schema=False)
@requires(Permission.MANAGE_REMINDERS, audited=False)
def wording_page(name: str) -> Html:
    return _wording(name, Form())


def _wording(name: str, refused: Form, status: int = 200) -> Html:
    if name not in TEMPLATES:
        raise NotFound
    settings, version = _read()
    return page(
        "wording.html",
        tab="wording",
        status=status,
        name=name,
        templates=[known for known in service.templates(settings) if known.name == name],
        refused=refused,
        version=version,
    )


@app.post(f"{_WORDING}/<name>", include_in_schema=False)
@requires(Permission.MANAGE_REMINDERS, action="change-wording")
def change_wording(name: str) -> Html:
    """Keep a practice's own wording, or go back to the default."""
    shown = form()
    try:
        draft = _draft(name, shown)
        settings, _ = _read()
        others = [t for t in settings.templates if _place(t) != _place(draft)]
        own = [] if shown.values.get("action") == "reset" else [draft]
        wanted = settings.model_copy(update={"templates": (*others, *own)})
        changing.change_settings(
            wanted, _version(shown), actor=current_actor(), now=app.clock.now()
        )
    except FormRefused as error:
        return _wording(name, shown, error.status)
    except DomainError as error:
        _without_places(shown.refused(error))
        return _wording(name, shown, error.status)
    return web.redirect(f"{_WORDING}/{name}#saved", app.current_event)


def _draft(name: str, shown: Form) -> Template:
    given = Form({**shown.values, "name": name}, errors=shown.errors)
    if shown.values.get("action") == "reset":
        given.values = {**given.values, "text": "-"}
    return parse(given, Template, ignore=("version", "action"))


def _place(template: Template) -> tuple[str, str, str]:
    return template.name, template.channel, template.language


def _without_places(shown: Form) -> None:
    """``templates.3.text`` is the page's ``text``."""
    shown.errors = {path.rpartition(".")[2]: message for path, message in shown.errors.items()}


@app.post(f"{PATH}/preview", include_in_schema=False)
@requires(Permission.MANAGE_REMINDERS, action="preview")
def live_preview() -> Html:
    shown = form()
    try:
        request = parse(shown, previews.PreviewRequest, ignore=("version", "action"))
        settings, _ = _read()
        found = previews.preview(request, settings, actor=current_actor())
    except InvalidRequest as error:
        return fragment("preview.html", found=None, errors=[each.message for each in error.fields])
    return fragment("preview.html", found=found, errors=[])
