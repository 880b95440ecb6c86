"""The page of what visits of a kind usually bring: estimates begin with it."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.ids import AppointmentTypeId
from caresmith.permissions import Permission
from caresmith.records.practice import AppointmentType, practice_setup
from caresmith.web import pages as web
from caresmith.web.forms import Form, parse, rows_of, version_of, without_empty_rows
from functions.accounts import rules, services
from functions.accounts.app import app
from functions.accounts.pages import BASE, Html, form_sent, page, told
from functions.accounts.settings import (
    MOST_USUAL,
    AccountSettings,
    UsualService,
    UsualServices,
)

_USUAL: Final = f"{BASE}/rules/services"
_KIND: Final = f"{_USUAL}/<type_id>"
_ROWS: Final = {"services": ("code", "words")}
_SPARE: Final = 3


class UsualForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    services: tuple[UsualService, ...] = Field(default=(), max_length=MOST_USUAL)


@app.get(_USUAL, include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="read-rules")
def usual_page() -> Html:
    settings, _ = rules.read(actor=current_actor())
    kinds = practice_setup(current_actor().practice_id).types.values()
    return page(
        "usual.html",
        kinds=sorted((one for one in kinds if one.active), key=lambda one: one.name),
        usual={one.type_id: one.services for one in settings.usual},
        said=services.words,
    )


@app.get(_KIND, include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="read-rules")
def kind_page(type_id: AppointmentTypeId) -> Html:
    settings, version = rules.read(actor=current_actor())
    values = {"version": str(version)}
    for place, one in enumerate(settings.usual_of(type_id)):
        row = {"code": one.code, "words": one.words or "", "units": str(one.units)}
        values |= {f"services.{place}.{name}": text for name, text in row.items()}
    return _shown(_kind(type_id), Form(values))


@app.post(_KIND, include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="change-rules")
def kind_form(type_id: AppointmentTypeId) -> Html:
    kind, form = _kind(type_id), without_empty_rows(form_sent(), _ROWS)
    settings, _ = rules.read(actor=current_actor())
    try:
        request = parse(form, UsualForm, ignore=("version",))
        changed = _with(settings, type_id, request.services)
        rules.change(changed, version_of(form), actor=current_actor())
    except DomainError as error:
        return _shown(kind, told(form, error), error.status)
    return web.redirect(_USUAL, app.current_event)


def _kind(type_id: AppointmentTypeId) -> AppointmentType:
    found = practice_setup(current_actor().practice_id).types.get(type_id)
    if found is None:
        raise NotFound
    return found


def _with(
    settings: AccountSettings, kind: AppointmentTypeId, usual: tuple[UsualService, ...]
) -> AccountSettings:
    others = tuple(one for one in settings.usual if one.type_id != kind)
    mine = (UsualServices(type_id=kind, services=usual),) if usual else ()
    return settings.model_copy(update={"usual": (*others, *mine)})


def _shown(kind: AppointmentType, form: Form, status: int = 200) -> Html:
    rows = rows_of(form, "services", least=len(rows_of(form, "services")) + _SPARE)
    return page("usualkind.html", status=status, kind=kind, form=form, rows=rows)
