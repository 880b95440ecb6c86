"""Routes of results: deliveries and imports, what waits for a person, inbox, review, trends."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.dispatch import make_handler
from caresmith.errors import invalid
from caresmith.http import etag, reply, requires
from caresmith.ids import ImportId, LabId, ProviderId, RawMessageId, ReportId
from caresmith.permissions import Permission
from caresmith.problems import UnsupportedMediaType
from functions.results import (
    delivering,
    importing,
    lab_screens,
    labs,
    review,
    screens,
    trends,
    worklist,
)
from functions.results import models as m
from functions.results.app import app
from functions.results.records import Format

__all__ = ["app", "handler", "lab_screens", "screens"]

_Part = Annotated[int, Path(ge=-1, le=9_999)]
_Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
_FORMATS = {
    "application/hl7-v2": Format.HL7V2,
    "x-application/hl7-v2+er7": Format.HL7V2,
    "application/octet-stream": Format.HL7V2,
    "text/plain": Format.HL7V2,
    "application/fhir+json": Format.FHIR,
}


def _format() -> Format:
    kind = app.header("content-type").partition(";")[0].strip().lower()
    if kind not in _FORMATS:
        raise UnsupportedMediaType
    return _FORMATS[kind]


def _report(read: m.ReportRead) -> Response[m.ReportRead]:
    return reply(read, headers=etag(read.version))


# -- coming in ------------------------------------------------------------


@app.post("/results/deliveries")
@requires(Permission.DELIVER_RESULTS, action="deliver")
def deliver() -> Response[Any]:
    actor, now = current_actor(), app.clock.now()
    if _format() is Format.FHIR:
        return reply(delivering.deliver_fhir(app.raw_body(), actor=actor, now=now))
    answer = delivering.deliver_hl7(app.raw_body(), actor=actor, now=now)
    return Response(
        200,
        content_type="application/hl7-v2; charset=utf-8",
        headers={"Cache-Control": "no-store"},
        body=answer.decode(),
    )


@app.post("/results/imports", status_code=202)
@requires(Permission.IMPORT_RESULTS, action="import")
def start_import(lab_id: Annotated[str, Query(max_length=40)] = "") -> Response[m.ImportRead]:
    language = _format()
    try:
        lab = LabId(lab_id)
    except ValueError:
        raise invalid("lab_id", "name the laboratory whose file it is") from None
    started = importing.start(app.raw_body(), lab, language, actor=current_actor(), clock=app.clock)
    return reply(started, status=202)


@app.get("/results/imports/<import_id>")
@requires(Permission.IMPORT_RESULTS, action="read-import")
def read_import(import_id: ImportId) -> Response[m.ImportRead]:
    return reply(importing.read_import(current_actor().practice_id, import_id))


# -- what waits for a person ----------------------------------------------


@app.get("/results/unfiled")
@requires(Permission.REVIEW_RESULTS, action="read-unfiled")
def read_unfiled() -> Response[m.UnfiledList]:
    practice = current_actor().practice_id
    items = worklist.waiting(practice)
    audit().record(*(item.message_id for item in items))
    return reply(m.UnfiledList(items=items, waiting=worklist.count_waiting(practice)))


@app.get("/results/messages/<message_id>")
@requires(Permission.REVIEW_RESULTS, action="read-message")
def read_message(message_id: RawMessageId) -> Response[m.RawMessage]:
    return reply(worklist.read_raw(current_actor().practice_id, message_id))


@app.post("/results/unfiled/<message_id>/<part>/assign")
@requires(Permission.REVIEW_RESULTS, action="assign")
def assign(message_id: RawMessageId, part: _Part, request: m.Assignment) -> Response[m.Delivery]:
    return reply(
        worklist.assign(
            message_id,
            part,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.post("/results/unfiled/<message_id>/<part>/dismiss")
@requires(Permission.REVIEW_RESULTS, action="dismiss")
def dismiss(message_id: RawMessageId, part: _Part, request: m.Dismissal) -> Response[m.Delivery]:
    return reply(worklist.dismiss(message_id, part, request, app.if_match(), actor=current_actor()))


@app.post("/results/unfiled/<message_id>/<part>/read-again")
@requires(Permission.REVIEW_RESULTS, action="read-again")
def read_again(message_id: RawMessageId, part: _Part) -> Response[m.Delivery]:
    return reply(
        worklist.read_again(
            message_id, part, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


# -- inbox and review -----------------------------------------------------


@app.get("/results/inbox")
@requires(Permission.REVIEW_RESULTS, action="read-inbox")
def read_inbox(
    provider_id: Annotated[str, Query(max_length=40)] = "",
) -> Response[m.Inbox]:
    actor = current_actor()
    provider = actor.provider_id
    if provider_id:
        try:
            provider = None if provider_id == "nobody" else ProviderId(provider_id)
        except ValueError:
            raise invalid("provider_id", "is no provider") from None
    inbox = review.read_inbox(actor.practice_id, provider)
    audit().about(*(entry.patient_id for entry in inbox.entries))
    return reply(inbox)


@app.get("/results/reports/<report_id>")
@requires(Permission.READ_CHART, action="read")
def read_report(report_id: ReportId) -> Response[m.ReportRead]:
    return _report(review.read_report(report_id, actor=current_actor(), now=app.clock.now()))


@app.get("/results/reports/<report_id>/forms/<digest>")
@requires(Permission.READ_CHART, action="read-form")
def read_form(report_id: ReportId, digest: _Digest) -> Response[Any]:
    kind, data = review.read_form(report_id, digest, actor=current_actor())
    answer = Response[Any](
        200,
        content_type=kind,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{report_id}"',
            "X-Content-Type-Options": "nosniff",
        },
        body=b64encode(data).decode(),
    )
    answer.base64_encoded = True
    return answer


@app.post("/results/reports/<report_id>/review")
@requires(Permission.REVIEW_RESULTS, action="review")
def review_report(report_id: ReportId, request: m.Review) -> Response[m.ReportRead]:
    return _report(
        review.review(
            report_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/results/reports/<report_id>/forward")
@requires(Permission.REVIEW_RESULTS, action="forward")
def forward_report(report_id: ReportId, request: m.Forwarding) -> Response[m.ReportRead]:
    return _report(
        review.forward(
            report_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/results/reports/<report_id>/withhold")
@requires(Permission.REVIEW_RESULTS, action="withhold")
def withhold_report(report_id: ReportId, request: m.Withholding) -> Response[m.ReportRead]:
    return _report(
        review.withhold(
            report_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/results/reports/<report_id>/release")
@requires(Permission.REVIEW_RESULTS, action="release")
def release_report(report_id: ReportId) -> Response[m.ReportRead]:
    return _report(
        review.release(report_id, app.if_match(), actor=current_actor(), now=app.clock.now())
    )


# A code beside a patient's id tells what was tested: it must not stand in a URL.
@app.post("/results/trends")
@requires(Permission.READ_CHART, action="read-trend")
def read_trend(request: m.TrendRequest) -> Response[m.Trend]:
    audit().about(request.patient_id)
    return reply(trends.read_trend(current_actor().practice_id, request))


# -- laboratories ---------------------------------------------------------


@app.get("/results/labs")
@requires(Permission.READ_PRACTICE, action="read-labs")
def read_labs() -> Response[m.Labs]:
    return reply(m.Labs(labs=labs.list_labs(current_actor().practice_id)))


@app.post("/results/labs", status_code=201)
@requires(Permission.MANAGE_PRACTICE, action="add-lab")
def add_lab(request: m.LabSettings) -> Response[m.LabKey]:
    made = labs.add_lab(request, actor=current_actor(), now=app.clock.now())
    return reply(made, status=201, headers=etag(made.lab.version))


@app.put("/results/labs/<lab_id>")
@requires(Permission.MANAGE_PRACTICE, action="change-lab")
def change_lab(lab_id: LabId, request: m.LabSettings) -> Response[m.Lab]:
    changed = labs.change_lab(lab_id, request, app.if_match(), actor=current_actor())
    return reply(changed, headers=etag(changed.version))


@app.post("/results/labs/<lab_id>/new-key")
@requires(Permission.MANAGE_PRACTICE, action="new-lab-key")
def new_key(lab_id: LabId) -> Response[m.LabKey]:
    return reply(labs.new_key(lab_id, actor=current_actor(), now=app.clock.now()))


@app.post("/results/labs/<lab_id>/close")
@requires(Permission.MANAGE_PRACTICE, action="close-lab")
def close_lab(lab_id: LabId) -> Response[m.Lab]:
    return reply(labs.close_lab(lab_id, actor=current_actor(), now=app.clock.now()))


def _go_on(event: Mapping[str, Any]) -> None:
    importing.go_on(event, app.clock)


handler = make_handler(app, tasks={"import": _go_on})
