"""The drawer of dot-phrases beside the note's editor: to put in, to keep, to drop."""

from __future__ import annotations

import json
import re
from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.web.forms import Form, FormRefused, parse, version_of
from functions.encounters import models as m
from functions.encounters import wording
from functions.encounters.app import app
from functions.encounters.pages import form, fragment, query

Html = Response[str]
_PATH: Final = "/console/encounters/phrases"


@app.get(_PATH, include_in_schema=False)
@requires(Permission.WRITE_NOTES, audited=False)
def phrases_drawer() -> Html:
    wanted = query("edit")
    for one in wording.phrases(actor=current_actor()).phrases:
        if one.name == wanted:
            everybody = "" if one.mine else "true"
            values = {"name": one.name, "text": one.text, "version": f"{one.version}"}
            return _shown(Form({**values, "everybody": everybody}))
    return _shown(Form())


def _shown(shown: Form, error: DomainError | None = None) -> Html:
    phrases = wording.phrases(actor=current_actor()).phrases
    return fragment(
        "drawers/phrases.html",
        status=error.status if error else 200,
        phrases=phrases,
        known=json.dumps({one.name: one.text for one in phrases}),
        form=shown,
    )


@app.post(_PATH, include_in_schema=False)
@requires(Permission.WRITE_NOTES, action="change-phrase")
def keep_phrase() -> Html:
    """Whoever may not write for the whole practice keeps a phrase of their own."""
    given = form()
    try:
        name, phrase = _named(given)
        mine = given.values.get("everybody") != "true"
        wording.change_phrase(name, phrase, version_of(given), mine=mine, actor=current_actor())
    except FormRefused as refused:
        return _shown(refused.form, refused)
    except DomainError as error:
        return _shown(given.refused(error), error)
    return _shown(Form())


def _named(given: Form) -> tuple[str, m.Phrase]:
    """Raises FormRefused."""
    name = given.values.get("name", "").strip().removeprefix(".")
    if not re.fullmatch(m.PHRASE_NAME, name):
        given.errors["name"] = "Begin with a letter; then small letters, digits and dashes."
    phrase = parse(given, m.Phrase, ignore=("name", "version", "everybody"))
    if given.errors:
        raise FormRefused(given)
    return name, phrase


@app.post(f"{_PATH}/drop", include_in_schema=False)
@requires(Permission.WRITE_NOTES, action="drop-phrase")
def drop_phrase() -> Html:
    given = form()
    name, mine = given.values.get("name", ""), given.values.get("mine") == "true"
    try:
        if not re.fullmatch(m.PHRASE_NAME, name):
            raise NotFound
        wording.drop_phrase(name, mine=mine, actor=current_actor())
    except DomainError as error:
        return _shown(Form().refused(error), error)
    return _shown(Form())
