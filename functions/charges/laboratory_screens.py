"""The console's list of laboratories outside, and their fields on a sheet."""

from __future__ import annotations

from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import OutsideLaboratoryId
from caresmith.permissions import Permission
from caresmith.records.revenue.sheet import OutsideLaboratory
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, version_of
from functions.charges import laboratories
from functions.charges import models as m
from functions.charges.app import app
from functions.charges.pages import BASE, form, fragment, page

Html = Response[str]
LABORATORIES: Final = f"{BASE}/laboratories"
_ONE: Final = f"{LABORATORIES}/<laboratory_id>"


@app.get(LABORATORIES, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="list-laboratories", audited=False)
def laboratories_page() -> Html:
    return page("laboratories.html", laboratories=laboratories.listed(current_actor().practice_id))


@app.get(f"{LABORATORIES}/fields", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="pick-laboratory", audited=False)
def fields_part(laboratory: Annotated[str, Query(max_length=40)] = "") -> Html:
    """The sheet's fields of the laboratory that was picked; empty ones where it was none."""
    known = laboratories.listed(current_actor().practice_id)
    found = next((one for one in known if one.laboratory_id == laboratory), None)
    told = flat(found.facts, "outside_laboratory").values if found else {}
    given = Form({**told, "laboratory": laboratory})
    return fragment("laboratory_fields.html", form=given, laboratories=known)


@app.get(f"{LABORATORIES}/new", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="begin-laboratory", audited=False)
def new_laboratory_page() -> Html:
    return _edit(Form(), None)


@app.post(f"{LABORATORIES}/new", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="add-laboratory")
def new_laboratory_form() -> Html:
    given = form()
    try:
        laboratories.add(_facts(given), actor=current_actor())
    except FormRefused as refused:
        return _edit(refused.form, None, refused.status)
    except DomainError as error:
        return _edit(given.refused(error), None, error.status)
    return web.redirect(f"{LABORATORIES}#saved", app.current_event)


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="read-laboratory")
def laboratory_page(laboratory_id: OutsideLaboratoryId) -> Html:
    read = laboratories.read(laboratory_id, actor=current_actor())
    return _edit(Form({**flat(read.facts).values, "version": str(read.version)}), read)


@app.post(_ONE, include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="change-laboratory")
def laboratory_form(laboratory_id: OutsideLaboratoryId) -> Html:
    given, actor = form(), current_actor()
    try:
        laboratories.change(laboratory_id, _facts(given), version_of(given), actor=actor)
    except (NotFound, VersionConflict):
        raise
    except FormRefused as refused:
        read = laboratories.read(laboratory_id, actor=actor)
        return _edit(refused.form, read, refused.status)
    except DomainError as error:
        read = laboratories.read(laboratory_id, actor=actor)
        return _edit(given.refused(error), read, error.status)
    return web.redirect(f"{LABORATORIES}#saved", app.current_event)


@app.post(f"{_ONE}/drop", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="drop-laboratory")
def drop_laboratory_form(laboratory_id: OutsideLaboratoryId) -> Html:
    laboratories.drop(laboratory_id, version_of(form()), actor=current_actor())
    return web.redirect(f"{LABORATORIES}#saved", app.current_event)


def _facts(given: Form) -> OutsideLaboratory:
    return parse(given, OutsideLaboratory, ignore=("version",))


def _edit(given: Form, read: m.LaboratoryRead | None, status: int = 200) -> Html:
    return page(
        "laboratory.html",
        status=status,
        form=given,
        read=read,
        writes=current_actor().may(Permission.ENTER_CHARGES),
    )
