"""Routes of the chart: the summary, and for each kind to add, change, read and look back.

The kinds that are simply added and changed have their routes made from the
table in :mod:`functions.encounters.kinds`; sittings, tasks and orders follow by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.http import etag, reply, requires
from caresmith.ids import ChartTaskId, EntityId, OrderId, PatientId, UserId, VitalsId
from caresmith.permissions import Permission
from caresmith.records.clinical import charts, entries
from caresmith.records.clinical.content import Content, Read
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.observation import Vitals
from caresmith.records.clinical.order import Order
from caresmith.records.clinical.planning import Task
from functions.encounters import chart, ordering, sittings, todos
from functions.encounters import models as m
from functions.encounters.app import app
from functions.encounters.kinds import PLAIN, WITH_RULES, Plain
from functions.encounters.records import NOBODY
from functions.encounters.summary import Summary, summary

_Cursor = Annotated[str, Query(max_length=300)]
_Date = Annotated[dt.date | None, Query()]


@app.get("/charts/<patient_id>/summary")
@requires(Permission.READ_CHART, action="read-summary")
def read_summary(patient_id: PatientId) -> Response[Summary]:
    return reply(summary(patient_id, actor=current_actor()))


def _shown(item: ChartEntry, kind: type[Content], *, status: int = 200) -> Response[Any]:
    read = entries.open_entry(current_actor().practice_id, item, kind)
    return reply(read, status=status, headers=etag(read.version))


# -- every kind ---------------------------------------------------------------


def _typed(name: str, returns: Any, handler: Callable[..., Any], **takes: Any) -> Any:
    """The handler under a name and with the types of one kind, as the route declares them."""
    handler.__name__ = name
    parameters = [
        Parameter(given, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind, default=default)
        for given, (kind, default) in takes.items()
    ]
    handler.__signature__ = Signature(  # type: ignore[attr-defined]
        parameters, return_annotation=returns
    )
    return handler


_PATIENT: Final = (PatientId, Parameter.empty)


def _readable(kind: Plain) -> None:
    """Reading one entry, its former versions, and the history."""
    content, id_type, path = kind.content, kind.content.id_type, f"/charts/<patient_id>/{kind.path}"
    key = f"{kind.name}_id"
    one = f"{path}/<{key}>"

    def read(patient_id: PatientId, **given: EntityId) -> Any:
        practice = current_actor().practice_id
        return _shown(charts.find(practice, patient_id, content.kind, given[key]), content)

    def former(patient_id: PatientId, **given: EntityId) -> Any:
        practice = current_actor().practice_id
        item = charts.find(practice, patient_id, content.kind, given[key])
        found = [
            entries.open_entry(practice, was, content) for was in entries.former_versions(item)
        ]
        return reply(m.FormerVersions[content](versions=found))  # type: ignore[valid-type]

    def history(patient_id: PatientId, first: _Date, last: _Date, cursor: str) -> Any:
        practice = current_actor().practice_id
        found, after = chart.history(
            practice, patient_id, content.kind, first=first, last=last, cursor=cursor
        )
        shown = [entries.open_entry(practice, item, content) for item in found]
        return reply(m.Page[content](entries=shown, cursor=after))  # type: ignore[valid-type]

    named = {"patient_id": _PATIENT, key: (id_type, Parameter.empty)}
    read = _typed(f"read_{kind.name}", Response[Read[content]], read, **named)  # type: ignore[valid-type]
    former = _typed(
        f"{kind.name}_versions",
        Response[m.FormerVersions[content]],  # type: ignore[valid-type]
        former,
        **named,
    )
    history = _typed(
        f"{kind.name}_history",
        Response[m.Page[content]],  # type: ignore[valid-type]
        history,
        patient_id=_PATIENT,
        first=(_Date, None),
        last=(_Date, None),
        cursor=(_Cursor, ""),
    )
    app.get(path)(requires(Permission.READ_CHART, action=f"list-{content.kind}")(history))
    app.get(one)(requires(Permission.READ_CHART, action=f"read-{content.kind}")(read))
    versions = requires(Permission.READ_CHART, action=f"read-{content.kind}-versions")
    app.get(f"{one}/versions")(versions(former))


def _changeable(kind: Plain) -> None:
    """Adding an entry and saying what it becomes."""
    content, path = kind.content, f"/charts/<patient_id>/{kind.path}"
    key = f"{kind.name}_id"

    def add(patient_id: PatientId, request: Any) -> Any:
        item = chart.add(
            patient_id,
            kind,
            request.content,
            encounter=request.encounter_id,
            actor=current_actor(),
            now=app.clock.now(),
        )
        return _shown(item, content, status=201)

    def change(patient_id: PatientId, request: Any, **given: EntityId) -> Any:
        item = chart.replace(
            patient_id,
            kind,
            given[key],
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
        return _shown(item, content)

    returns = Response[Read[content]]  # type: ignore[valid-type]
    new = (m.New[content], Parameter.empty)  # type: ignore[valid-type]
    add = _typed(f"add_{kind.name}", returns, add, patient_id=_PATIENT, request=new)
    change = _typed(
        f"change_{kind.name}",
        returns,
        change,
        patient_id=_PATIENT,
        request=(content, Parameter.empty),
        **{key: (content.id_type, Parameter.empty)},
    )
    adding = requires(kind.permission, action=f"add-{content.kind}")
    app.post(path, status_code=201)(adding(add))
    changing = requires(kind.permission, action=f"change-{content.kind}")
    app.put(f"{path}/<{key}>")(changing(change))


for _kind in PLAIN:
    _readable(_kind)
    _changeable(_kind)
for _kind in WITH_RULES:
    _readable(_kind)


# -- vital signs --------------------------------------------------------------


@app.post("/charts/<patient_id>/vitals", status_code=201)
@requires(Permission.RECORD_VITALS, action="record-vitals")
def record_vitals(patient_id: PatientId, request: m.New[Vitals]) -> Response[Read[Vitals]]:
    item = sittings.record(
        patient_id,
        request.content,
        encounter=request.encounter_id,
        actor=current_actor(),
        now=app.clock.now(),
    )
    return _shown(item, Vitals, status=201)


@app.put("/charts/<patient_id>/vitals/<vitals_id>")
@requires(Permission.RECORD_VITALS, action="correct-vitals")
def correct_vitals(
    patient_id: PatientId, vitals_id: VitalsId, request: Vitals
) -> Response[Read[Vitals]]:
    before = charts.find(current_actor().practice_id, patient_id, Kind.VITALS, vitals_id)
    chart.expect(before, app.if_match())
    item = sittings.correct(patient_id, before, request, actor=current_actor(), now=app.clock.now())
    return _shown(item, Vitals)


# -- tasks ----------------------------------------------------------------------


@app.post("/charts/<patient_id>/tasks", status_code=201)
@requires(Permission.CHANGE_CHART, action="add-task")
def add_task(patient_id: PatientId, request: m.New[Task]) -> Response[Read[Task]]:
    item = todos.add(
        patient_id,
        request.content,
        encounter=request.encounter_id,
        actor=current_actor(),
        now=app.clock.now(),
    )
    return _shown(item, Task, status=201)


@app.put("/charts/<patient_id>/tasks/<chart_task_id>")
@requires(Permission.CHANGE_CHART, action="change-task")
def change_task(
    patient_id: PatientId, chart_task_id: ChartTaskId, request: Task
) -> Response[Read[Task]]:
    item = todos.change(
        patient_id,
        chart_task_id,
        request,
        app.if_match(),
        actor=current_actor(),
        now=app.clock.now(),
    )
    return _shown(item, Task)


@app.get("/charts/tasks")
@requires(Permission.READ_CHART, action="list-own-tasks")
def own_tasks(until: _Date = None) -> Response[m.TaskList]:
    actor = current_actor()
    return reply(m.TaskList(tasks=todos.of_owner(actor.user_id, actor=actor, until=until)))


@app.get("/charts/tasks/unassigned")
@requires(Permission.READ_CHART, action="list-unassigned-tasks")
def unassigned_tasks(until: _Date = None) -> Response[m.TaskList]:
    return reply(m.TaskList(tasks=todos.of_owner(NOBODY, actor=current_actor(), until=until)))


@app.get("/charts/tasks/of/<owner_id>")
@requires(Permission.READ_CHART, action="list-tasks-of")
def tasks_of(owner_id: UserId, until: _Date = None) -> Response[m.TaskList]:
    audit().record(owner_id)
    return reply(m.TaskList(tasks=todos.of_owner(owner_id, actor=current_actor(), until=until)))


# -- orders -----------------------------------------------------------------------


@app.post("/charts/<patient_id>/orders", status_code=201)
@requires(Permission.PLACE_ORDERS, action="place-order")
def place_order(patient_id: PatientId, request: m.New[Order]) -> Response[Read[Order]]:
    item = ordering.place(
        patient_id,
        request.content,
        encounter=request.encounter_id,
        actor=current_actor(),
        now=app.clock.now(),
        key=OrderId.new(),
    )
    return _shown(item, Order, status=201)


@app.post("/charts/<patient_id>/orders/<order_id>/status")
@requires(Permission.PLACE_ORDERS, action="move-order")
def move_order(
    patient_id: PatientId, order_id: OrderId, request: m.OrderMove
) -> Response[Read[Order]]:
    item = ordering.move(
        patient_id,
        order_id,
        request.status,
        request.reason,
        app.if_match(),
        actor=current_actor(),
        now=app.clock.now(),
    )
    return _shown(item, Order)
