"""Routes of the chart's drawers, made from the table in :mod:`functions.encounters.drawers`.

Vital signs have a reader of their own and so have their routes in :mod:`vitals_screens`.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import EntityId, OrderId, PatientId
from caresmith.permissions import Permission
from caresmith.records.clinical.layout import Kind
from caresmith.web.forms import parse, version_of
from functions.encounters import models as m
from functions.encounters import ordering
from functions.encounters.app import app
from functions.encounters.drawers import DRAWERS, Drawer
from functions.encounters.entry_drawers import (
    OWN_FIELDS,
    Html,
    add_from,
    against,
    beginning,
    change_from,
    entry_drawer,
    list_of,
    new_form,
    retract_from,
)
from functions.encounters.pages import form, happened


def _declared(name: str, handler: Callable[..., Html], **ids: type[EntityId]) -> Any:
    """The handler under a name of its own, with the types of the ids in its path."""
    handler.__name__ = name
    parameters = [
        Parameter(given, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind)
        for given, kind in ids.items()
    ]
    handler.__signature__ = Signature(  # type: ignore[attr-defined]
        parameters, return_annotation=Html
    )
    return handler


def _routes(drawer: Drawer) -> None:
    kind, of = drawer.kind, drawer.kind.content.kind
    path = f"/console/charts/<patient_id>/{kind.path}"
    key = f"{kind.name}_id"
    read, write = Permission.READ_CHART, kind.permission

    def listed(patient_id: PatientId) -> Html:
        return list_of(drawer, patient_id)

    def new(patient_id: PatientId) -> Html:
        return new_form(drawer, patient_id, beginning(drawer), None)

    def add(patient_id: PatientId) -> Html:
        return add_from(drawer, patient_id)

    def one(patient_id: PatientId, **given: EntityId) -> Html:
        return entry_drawer(drawer, patient_id, given[key])

    def change(patient_id: PatientId, **given: EntityId) -> Html:
        return change_from(drawer, patient_id, given[key])

    def retract(patient_id: PatientId, **given: EntityId) -> Html:
        return retract_from(drawer, patient_id, given[key])

    def declare(method: str, tail: str, rule: Any, handler: Any) -> None:
        ids = {"patient_id": PatientId}
        if key in tail:
            ids[key] = kind.content.id_type  # type: ignore[assignment]
        declared = _declared(f"{kind.name}_{handler.__name__}_screen", handler, **ids)
        app.route(f"{path}{tail}", method, include_in_schema=False)(rule(declared))

    declare("GET", "", requires(read, action=f"list-{of}"), listed)
    declare("GET", "/new", requires(write, action=f"begin-{of}"), new)
    declare("GET", f"/<{key}>", requires(read, action=f"read-{of}"), one)
    declare("POST", "", requires(write, action=f"add-{of}"), add)
    if of is not Kind.ORDER:
        declare("POST", f"/<{key}>", requires(write, action=f"change-{of}"), change)
    declare("POST", f"/<{key}>/in-error", requires(write, action=f"retract-{of}"), retract)


for _drawer in DRAWERS:
    _routes(_drawer)

_ORDERS: Final = next(one for one in DRAWERS if one.kind.content.kind is Kind.ORDER)


@app.post("/console/charts/<patient_id>/orders/<order_id>", include_in_schema=False)
@requires(Permission.PLACE_ORDERS, action="move-order")
def move_order_form(patient_id: PatientId, order_id: OrderId) -> Html:
    """An order is held, given up, resumed or completed; what was ordered does not change."""
    given = form()
    try:
        asked = parse(given, m.OrderMove, ignore=OWN_FIELDS)
        ordering.move(
            patient_id,
            order_id,
            asked.status,
            asked.reason,
            version_of(given),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except DomainError as error:
        return entry_drawer(_ORDERS, patient_id, order_id, against(_ORDERS, given, error), error)
    return happened("Saved.")
