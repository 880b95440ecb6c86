"""The console's favourites: groups of codes that one click charges."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.codes.icd10cm import dotted
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import FavouriteId
from caresmith.permissions import Permission
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, rows_of, version_of, without_empty_rows
from functions.charges import favourites
from functions.charges import models as m
from functions.charges.app import app
from functions.charges.drafting import plain
from functions.charges.pages import BASE, form, page, setup

Html = Response[str]
FAVOURITES: Final = f"{BASE}/favourites"
_ONE: Final = f"{FAVOURITES}/<favourite_id>"
_SPARE: Final = 4
_TELLING: Final = ("code", "modifiers", "diagnoses", "label")


@app.get(FAVOURITES, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="list-favourites", audited=False)
def favourites_page() -> Html:
    found = favourites.groups(current_actor().practice_id)
    return page("favourites.html", groups=found)


@app.get(f"{FAVOURITES}/new", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="begin-favourites", audited=False)
def new_page() -> Html:
    return _edit(Form(), None)


@app.post(f"{FAVOURITES}/new", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="add-favourites")
def new_form() -> Html:
    given = form()
    try:
        favourites.add(_facts(given), actor=current_actor())
    except FormRefused as refused:
        return _edit(refused.form, None, refused.status)
    except DomainError as error:
        return _edit(given.refused(error), None, error.status)
    return web.redirect(f"{FAVOURITES}#saved", app.current_event)


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="read-favourites")
def one_page(favourite_id: FavouriteId) -> Html:
    read = favourites.read(favourite_id, actor=current_actor())
    return _edit(_as_form(read), read)


@app.post(_ONE, include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="change-favourites")
def one_form(favourite_id: FavouriteId) -> Html:
    given = form()
    try:
        facts = _facts(given)
        favourites.change(favourite_id, facts, version_of(given), actor=current_actor())
    except (NotFound, VersionConflict):
        raise
    except FormRefused as refused:
        return _edit(refused.form, _read(favourite_id), refused.status)
    except DomainError as error:
        return _edit(given.refused(error), _read(favourite_id), error.status)
    return web.redirect(f"{FAVOURITES}#saved", app.current_event)


@app.post(f"{_ONE}/drop", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="drop-favourites")
def drop_form(favourite_id: FavouriteId) -> Html:
    favourites.drop(favourite_id, version_of(form()), actor=current_actor())
    return web.redirect(f"{FAVOURITES}#saved", app.current_event)


def _read(key: FavouriteId) -> m.FavouriteRead:
    return favourites.read(key, actor=current_actor())


def _edit(given: Form, read: m.FavouriteRead | None, status: int = 200) -> Html:
    known = rows_of(given, "lines")
    return page(
        "favourite.html",
        status=status,
        form=given,
        read=read,
        rows=rows_of(given, "lines", least=len(known) + _SPARE),
        specialties=[
            (name, name) for name in sorted({p.specialty for p in setup().providers.values()})
        ],
        writes=current_actor().may(Permission.ENTER_CHARGES),
    )


def _facts(given: Form) -> m.FavouriteFacts:
    """Raises FormRefused with each complaint at its field."""
    filled = without_empty_rows(Form(dict(given.values)), {"lines": _TELLING})
    lists: dict[str, list[str]] = {}
    values = dict(filled.values)
    for at in rows_of(filled, "lines"):
        name = f"lines.{at}"
        values[f"{name}.code"] = values.get(f"{name}.code", "").strip().upper()
        for many in ("modifiers", "diagnoses"):
            words = values.pop(f"{name}.{many}", "").upper().replace(",", " ").split()
            lists[f"{name}.{many}"] = [plain(w) for w in words] if many == "diagnoses" else words
    try:
        return parse(Form(values, lists), m.FavouriteFacts, ignore=("version",))
    except FormRefused as refused:
        raise FormRefused(Form(filled.values, {}, refused.form.errors)) from None


def _as_form(read: m.FavouriteRead) -> Form:
    facts = read.facts
    values = {
        "name": facts.name,
        "provider_id": facts.provider_id or "",
        "specialty": facts.specialty or "",
        "version": str(read.version),
    }
    for at, line in enumerate(facts.lines):
        name = f"lines.{at}"
        values |= {
            f"{name}.code": line.code,
            f"{name}.modifiers": " ".join(line.modifiers),
            f"{name}.units": line.units,
            f"{name}.diagnoses": " ".join(map(dotted, line.diagnoses)),
            f"{name}.label": line.label or "",
        }
    return Form(values)
