"""The chart's pages: find, register, open, edit, cover, merge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, VersionConflict
from caresmith.http import requires
from caresmith.ids import PatientId
from caresmith.permissions import Permission
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, posted
from functions.patients import entry, merging, priority, search, service, timeline
from functions.patients import models as m
from functions.patients.app import app
from functions.patients.errors import PossibleDuplicate
from functions.patients.pages import fragment, page

Html = Response[str]


def _today() -> dt.date:
    zone = ZoneInfo(practice_setup(current_actor().practice_id).practice.zone)
    return app.clock.now().astimezone(zone).date()


def _form() -> Form:
    return posted(app.form_lists())


def _version(form: Form) -> int:
    text = form.values.get("version", "")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)


def _to_chart(patient: PatientId, anchor: str = "") -> Html:
    return web.redirect(f"/console/patients/{patient}{anchor}", app.current_event)


def _setup() -> Any:
    return practice_setup(current_actor().practice_id)


# -- finding --------------------------------------------------------------


@app.get("/console/patients", include_in_schema=False)
@requires(Permission.SEARCH_PATIENTS, audited=False)
def search_page() -> Html:
    return page("search.html", here="/console/patients")


@app.post("/console/patients/search", include_in_schema=False)
@requires(Permission.SEARCH_PATIENTS, action="search")
def search_rows() -> Html:
    return _results("rows.html", limit=25)


@app.post("/console/patients/quick", include_in_schema=False)
@requires(Permission.SEARCH_PATIENTS, action="search")
def quick_results() -> Html:
    return _results("quick.html", limit=8)


@app.post("/console/patients/pick", include_in_schema=False)
@requires(Permission.SEARCH_PATIENTS, action="search")
def pick_results() -> Html:
    return _results("pick.html", limit=8, include_archived=False)


@app.post("/console/patients/merge-candidates", include_in_schema=False)
@requires(Permission.MERGE_PATIENTS, action="search")
def merge_candidates() -> Html:
    asked = parse(Form({"patient_id": app.form().get("patient_id", "")}), m.MergeSearch)
    return _results("merge_candidates.html", limit=8, survivor=asked.patient_id)


def _results(template: str, *, limit: int, include_archived: bool = True, **shown: Any) -> Html:
    values = app.form()
    text = values.get("text", "").strip()[:200]
    if not text:
        return fragment(template, found=None, text="", today=_today(), **shown)
    request = m.Search(
        text=text,
        limit=limit,
        cursor=values.get("cursor") or None,
        include_archived=include_archived,
    )
    found = search.search(request, actor=current_actor(), now=app.clock.now())
    return fragment(template, found=found, text=text, today=_today(), **shown)


# -- registering and editing ----------------------------------------------


@app.get("/console/patients/new", include_in_schema=False)
@requires(Permission.REGISTER_PATIENT, audited=False)
def new_page() -> Html:
    return page("new.html", form=Form(), candidates=[], setup=_setup(), today=_today())


@app.post("/console/patients/new", include_in_schema=False)
@requires(Permission.REGISTER_PATIENT, action="register")
def register() -> Html:
    form = _form()
    again: dict[str, Any] = {"form": form, "setup": _setup(), "today": _today()}
    try:
        chart = service.register(
            entry.registration(form), actor=current_actor(), now=app.clock.now()
        )
    except PossibleDuplicate as known:
        return page("new.html", status=409, candidates=known.candidates, **again)
    except FormRefused:
        return page("new.html", status=422, candidates=[], **again)
    except DomainError as error:
        form.refused(error)
        return page("new.html", status=error.status, candidates=[], **again)
    return _to_chart(chart.patient_id)


@app.get("/console/patients/<patient_id>", include_in_schema=False)
@requires(Permission.READ_PATIENT, action="read")
def chart_page(patient_id: PatientId) -> Html:
    chart = service.read(patient_id, actor=current_actor())
    today = _today()
    return page(
        "chart.html",
        chart=chart,
        today=today,
        setup=_setup(),
        hints=priority.hints(chart.coverages, today),
    )


@app.get("/console/patients/<patient_id>/edit", include_in_schema=False)
@requires(Permission.CHANGE_PATIENT, action="read")
def edit_page(patient_id: PatientId) -> Html:
    chart = service.read(patient_id, actor=current_actor())
    return page("edit.html", chart=chart, form=entry.form_of(chart), setup=_setup())


@app.post("/console/patients/<patient_id>/edit", include_in_schema=False)
@requires(Permission.CHANGE_PATIENT, action="change")
def edit(patient_id: PatientId) -> Html:
    form = _form()
    chart = service.read(patient_id, actor=current_actor())
    try:
        service.change(
            patient_id,
            entry.change(form, chart),
            _version(form),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except FormRefused:
        return page("edit.html", status=422, chart=chart, form=form, setup=_setup())
    except DomainError as error:
        form.refused(error)
        return page("edit.html", status=error.status, chart=chart, form=form, setup=_setup())
    return _to_chart(patient_id)


@app.get("/console/patients/<patient_id>/timeline", include_in_schema=False)
@requires(Permission.READ_PATIENT, action="read-timeline")
def timeline_part(patient_id: PatientId) -> Html:
    cursor = app.current_event.get_query_string_value("cursor", "") or None
    told = timeline.read_timeline(current_actor().practice_id, patient_id, cursor)
    return fragment("timeline.html", told=told, patient_id=patient_id, setup=_setup())


# -- closing and merging --------------------------------------------------


@app.post("/console/patients/<patient_id>/archive", include_in_schema=False)
@requires(Permission.ARCHIVE_PATIENT, action="archive")
def archive(patient_id: PatientId) -> Html:
    return _with_reason(patient_id, service.archive)


@app.post("/console/patients/<patient_id>/restore", include_in_schema=False)
@requires(Permission.ARCHIVE_PATIENT, action="restore")
def restore(patient_id: PatientId) -> Html:
    return _with_reason(patient_id, service.restore)


def _with_reason(patient_id: PatientId, move: Callable[..., Any]) -> Html:
    form = _form()
    given = parse(Form({"reason": form.values.get("reason", "") or "Not said"}), m.StatusReason)
    move(patient_id, given.reason, _version(form), actor=current_actor(), now=app.clock.now())
    return _to_chart(patient_id)


@app.get("/console/patients/<patient_id>/merge", include_in_schema=False)
@requires(Permission.MERGE_PATIENTS, action="read")
def merge_page(patient_id: PatientId) -> Html:
    chart = service.read(patient_id, actor=current_actor())
    suspects = service.lookalikes(chart, actor=current_actor())
    return page("merge.html", chart=chart, suspects=suspects, today=_today())


@app.get("/console/patients/<patient_id>/merge/<merged_id>", include_in_schema=False)
@requires(Permission.MERGE_PATIENTS, action="read")
def compare_page(patient_id: PatientId, merged_id: PatientId) -> Html:
    return _compare(patient_id, merged_id)


def _compare(patient_id: PatientId, merged_id: PatientId, error: DomainError | None = None) -> Html:
    actor = current_actor()
    return page(
        "compare.html",
        status=error.status if error else 200,
        chart=service.read(patient_id, actor=actor),
        other=service.read(merged_id, actor=actor),
        today=_today(),
        problem=(error.detail or error.title) if error else "",
    )


@app.post("/console/patients/<patient_id>/merge/<merged_id>", include_in_schema=False)
@requires(Permission.MERGE_PATIENTS, action="merge")
def merge(patient_id: PatientId, merged_id: PatientId) -> Html:
    form = _form()
    try:
        request = parse(_merge_form(form, merged_id), m.MergeRequest)
        merging.merge(
            patient_id, request, _version(form), actor=current_actor(), now=app.clock.now()
        )
    except DomainError as error:
        return _compare(patient_id, merged_id, error)
    return _to_chart(patient_id)


def _merge_form(form: Form, merged_id: PatientId) -> Form:
    taken = [
        name.removeprefix("take.")
        for name, value in form.values.items()
        if name.startswith("take.") and value == "other"
    ]
    given = {
        "merged_id": merged_id,
        "merged_version": form.values.get("merged_version", ""),
        "reason": form.values.get("reason", "").strip() or "Entered twice",
    }
    return Form(given, {"take": taken})


@app.post("/console/patients/<patient_id>/merges/<merged_id>/undo", include_in_schema=False)
@requires(Permission.MERGE_PATIENTS, action="unmerge")
def unmerge(patient_id: PatientId, merged_id: PatientId) -> Html:
    form = _form()
    merging.unmerge(
        patient_id,
        merged_id,
        form.values.get("reason", "").strip()[:2000] or "Not said",
        _version(form),
        actor=current_actor(),
        now=app.clock.now(),
    )
    return _to_chart(patient_id)
