"""The console's pages of note templates: those of the system, and the practice's own."""

from __future__ import annotations

import re
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.web import pages as web
from caresmith.web.forms import (
    Form,
    FormRefused,
    flat,
    parse,
    rows_of,
    version_of,
    without_empty_rows,
)
from functions.encounters import models as m
from functions.encounters import wording
from functions.encounters.app import app
from functions.encounters.pages import form, page, query, setup
from functions.encounters.prose import KEY
from functions.encounters.work_screens import WORK

Html = Response[str]
TEMPLATES: Final = "/console/encounters/templates"
PARTS: Final = (
    ("subjective", "Subjective"),
    ("objective", "Objective"),
    ("assessment", "Assessment"),
    ("plan", "Plan"),
    ("other", "Other"),
)
_ONE: Final = f"{TEMPLATES}/edit/<template_id>"
# A key is the practice's own to choose: it stands where no other page's name can.
_Key = Annotated[str, Path(pattern=KEY)]
_ROWS: Final = "sections"
_LONGEST_KEY: Final = 40


@app.get(TEMPLATES, include_in_schema=False)
@requires(Permission.MANAGE_NOTE_TEMPLATES, audited=False)
def templates_page() -> Html:
    found = wording.every_template(actor=current_actor())
    found.sort(key=lambda one: (one.retired, one.name.casefold()))
    return page("templates.html", here=WORK, templates=found)


@app.get(f"{TEMPLATES}/new", include_in_schema=False)
@requires(Permission.MANAGE_NOTE_TEMPLATES, audited=False)
def new_template_page() -> Html:
    """An empty one, or one that begins as another does."""
    begun = Form({"sections.0.part": "subjective"})
    for one in wording.every_template(actor=current_actor()):
        if one.template_id == query("like"):
            begun = _form_of(one)
            begun.values = {**begun.values, "name": "", "retired": ""}
    begun.values = {**begun.values, "version": "0"}
    return _shown(begun, "")


@app.get(_ONE, include_in_schema=False)
@requires(Permission.MANAGE_NOTE_TEMPLATES, action="read-template")
def template_page(template_id: _Key) -> Html:
    return _shown(_form_of(_find(template_id)), template_id)


@app.post(TEMPLATES, include_in_schema=False)
@requires(Permission.MANAGE_NOTE_TEMPLATES, action="add-template")
def add_template_form() -> Html:
    given, actor = form(), current_actor()
    try:
        template = _template(given)
        taken = {one.template_id for one in wording.every_template(actor=actor)}
        key = _key_of(template.name, taken)
        wording.change_template(key, template, 0, actor=actor)
    except DomainError as error:
        return _refused(given, "", error)
    return web.redirect(f"{TEMPLATES}#saved", app.current_event)


@app.post(_ONE, include_in_schema=False)
@requires(Permission.MANAGE_NOTE_TEMPLATES, action="change-template")
def change_template_form(template_id: _Key) -> Html:
    given = form()
    _find(template_id)
    try:
        template = _template(given)
        wording.change_template(template_id, template, version_of(given), actor=current_actor())
    except DomainError as error:
        return _refused(given, template_id, error)
    return web.redirect(f"{TEMPLATES}#saved", app.current_event)


def _find(key: str) -> m.TemplateRead:
    """Raises NotFound."""
    for one in wording.every_template(actor=current_actor()):
        if one.template_id == key:
            return one
    raise NotFound


def _refused(given: Form, key: str, error: DomainError) -> Html:
    if not isinstance(error, FormRefused):
        given.refused(error)
    return _shown(given, key, error.status)


def _shown(shown: Form, key: str, status: int = 200) -> Html:
    return page(
        "template.html",
        status=status,
        here=WORK,
        form=shown,
        key=key,
        rows=rows_of(shown, _ROWS, least=1),
        parts=PARTS,
        known=sorted({one.specialty for one in setup().providers.values() if one.specialty}),
        blank=Form(),
    )


def _form_of(template: m.TemplateRead) -> Form:
    shown = flat(template)
    places = {f"{_ROWS}.{n}.place": str(n + 1) for n in range(len(template.sections))}
    specialties = {"specialties": ", ".join(template.specialties)}
    shown.values = {**shown.values, **places, **specialties}
    return shown


def _template(given: Form) -> m.Template:
    """What the fields make, the sections in the order of their places. Raises FormRefused."""
    without_empty_rows(given, {_ROWS: ("title", "text")})
    rows = rows_of(given, _ROWS)
    keys = [given.values.get(f"{_ROWS}.{n}.key", "") for n in rows]
    taken = {key for key in keys if key}
    values = {name: text for name, text in given.values.items() if not name.endswith(".place")}
    for n in rows:
        begin = f"{_ROWS}.{n}"
        if not values.get(f"{begin}.key"):
            # A note's section is known by its key, whatever its title becomes.
            key = _key_of(values.get(f"{begin}.title", ""), taken)
            values[f"{begin}.key"] = key
            taken.add(key)
    names = [one.strip() for one in values.pop("specialties", "").split(",")]
    lists = {"specialties": [one for one in dict.fromkeys(names) if one]}
    if not rows:
        given.errors[_ROWS] = "A template has one section at the least."
        raise FormRefused(given)
    if len(keys) != len(set(keys) - {""}) + keys.count(""):
        given.errors[_ROWS] = "A section is there twice."
        raise FormRefused(given)
    order = _places(given, rows)
    try:
        template = parse(Form(values, lists), m.Template, ignore=("version",))
    except FormRefused as refused:
        given.errors |= refused.form.errors
        raise FormRefused(given) from None
    if given.errors:
        raise FormRefused(given)
    return template.model_copy(update={"sections": tuple(template.sections[n] for n in order)})


def _places(given: Form, rows: list[int]) -> list[int]:
    """The rows in the order of their places; those without one at the end."""
    wanted: dict[int, int] = {}
    for n in rows:
        text = given.values.get(f"{_ROWS}.{n}.place", "").strip()
        if text and not text.isdecimal():
            given.errors[f"{_ROWS}.{n}.place"] = "Write a number."
        wanted[n] = int(text) if text.isdecimal() else len(rows) + 1
    return sorted(rows, key=lambda n: (wanted[n], n))


def _key_of(words: str, taken: set[str]) -> str:
    """A key made of the words, and of a number where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    begun = plain if plain[:1].isalpha() else f"own-{plain}".strip("-")
    key, number = begun[:_LONGEST_KEY], 1
    while key in taken:
        number += 1
        key = f"{begun[: _LONGEST_KEY - 4]}-{number}"
    return key
