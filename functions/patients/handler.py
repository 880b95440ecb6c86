"""The chart's routes: register, find, change, merge, archive, coverages, timeline."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentLeft,
    AppointmentMoved,
    AppointmentStatusChanged,
    ConsentReplied,
    ContactPointFailed,
)
from caresmith.http import etag, reply, requires
from caresmith.ids import CoverageId, PatientId
from caresmith.permissions import Permission
from caresmith.records.coverage import Coverage
from functions.patients import (
    coverage_screens,
    coverages,
    merging,
    reachability,
    screens,
    search,
    service,
    timeline,
)
from functions.patients import models as m
from functions.patients.app import app

__all__ = ["app", "coverage_screens", "handler", "screens"]


def _chart(chart: m.PatientRead, *, status: int = 200) -> Response[m.PatientRead]:
    return reply(chart, status=status, headers=etag(chart.version))


# -- finding --------------------------------------------------------------


# Names and birth dates must not stand in URLs, so a search is posted.
@app.post("/patients/search")
@requires(Permission.SEARCH_PATIENTS, action="search")
def find(request: m.Search) -> Response[m.Found]:
    return reply(search.search(request, actor=current_actor(), now=app.clock.now()))


@app.post("/patients/duplicates")
@requires(Permission.SEARCH_PATIENTS, action="find-duplicates")
def find_duplicates(request: m.DuplicateCheck) -> Response[m.Candidates]:
    return reply(service.find_duplicates(request, actor=current_actor(), now=app.clock.now()))


# -- the chart ------------------------------------------------------------


@app.post("/patients", status_code=201)
@requires(Permission.REGISTER_PATIENT, action="register")
def register(request: m.Registration) -> Response[m.PatientRead]:
    chart = service.register(request, actor=current_actor(), now=app.clock.now())
    return _chart(chart, status=201)


@app.get("/patients/<patient_id>")
@requires(Permission.READ_PATIENT, action="read")
def read(patient_id: PatientId) -> Response[m.PatientRead]:
    return _chart(service.read(patient_id, actor=current_actor()))


@app.patch("/patients/<patient_id>")
@requires(Permission.CHANGE_PATIENT, action="change")
def change(patient_id: PatientId, request: m.Change) -> Response[m.PatientRead]:
    return _chart(
        service.change(
            patient_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/patients/<patient_id>/archive")
@requires(Permission.ARCHIVE_PATIENT, action="archive")
def archive(patient_id: PatientId, request: m.StatusReason) -> Response[m.PatientRead]:
    return _chart(
        service.archive(
            patient_id, request.reason, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/patients/<patient_id>/restore")
@requires(Permission.ARCHIVE_PATIENT, action="restore")
def restore(patient_id: PatientId, request: m.StatusReason) -> Response[m.PatientRead]:
    return _chart(
        service.restore(
            patient_id, request.reason, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/patients/<patient_id>/merge")
@requires(Permission.MERGE_PATIENTS, action="merge")
def merge(patient_id: PatientId, request: m.MergeRequest) -> Response[m.PatientRead]:
    return _chart(
        merging.merge(
            patient_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/patients/<patient_id>/merges/<merged_id>/undo")
@requires(Permission.MERGE_PATIENTS, action="unmerge")
def unmerge(
    patient_id: PatientId, merged_id: PatientId, request: m.StatusReason
) -> Response[m.PatientRead]:
    return _chart(
        merging.unmerge(
            patient_id,
            merged_id,
            request.reason,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.get("/patients/<patient_id>/timeline")
@requires(Permission.READ_PATIENT, action="read-timeline")
def read_timeline(
    patient_id: PatientId, cursor: Annotated[str, Query(max_length=200)] = ""
) -> Response[m.Timeline]:
    return reply(timeline.read_timeline(current_actor().practice_id, patient_id, cursor or None))


# -- coverages ------------------------------------------------------------


@app.post("/patients/<patient_id>/coverages", status_code=201)
@requires(Permission.CHANGE_COVERAGE, action="add-coverage")
def add_coverage(patient_id: PatientId, request: Coverage) -> Response[m.PatientRead]:
    chart = coverages.add(patient_id, request, actor=current_actor(), now=app.clock.now())
    return _chart(chart, status=201)


@app.put("/patients/<patient_id>/coverages/<coverage_id>")
@requires(Permission.CHANGE_COVERAGE, action="change-coverage")
def change_coverage(
    patient_id: PatientId, coverage_id: CoverageId, request: Coverage
) -> Response[m.PatientRead]:
    return _chart(
        coverages.replace_one(
            patient_id,
            coverage_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.post("/patients/<patient_id>/coverages/<coverage_id>/end")
@requires(Permission.CHANGE_COVERAGE, action="end-coverage")
def end_coverage(
    patient_id: PatientId, coverage_id: CoverageId, request: m.CoverageEnd
) -> Response[m.PatientRead]:
    return _chart(
        coverages.end(
            patient_id,
            coverage_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.patch("/patients/<patient_id>/coverages/<coverage_id>")
@requires(Permission.CHANGE_COVERAGE, action="take-over-coverage")
def take_over_coverage(
    patient_id: PatientId, coverage_id: CoverageId, request: m.CoverageFacts
) -> Response[m.PatientRead]:
    """What the payer says of its own policy; fields that are left out stay as they are."""
    return _chart(
        coverages.take_over(
            patient_id,
            coverage_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


handler = make_handler(
    app,
    consumers={
        **dict.fromkeys(
            (
                AppointmentBooked,
                AppointmentMoved,
                AppointmentCancelled,
                AppointmentLeft,
                AppointmentStatusChanged,
            ),
            timeline.on_appointment,
        ),
        ConsentReplied: reachability.on_consent,
        ContactPointFailed: reachability.on_failed,
    },
)
