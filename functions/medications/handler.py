"""Routes of medications: the list, prescribing, to the pharmacy; others are in ``*_routes``."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.events import PrescriptionQueued
from caresmith.http import etag, reply, requires
from caresmith.ids import MedicationId, PatientId
from caresmith.permissions import Permission
from functions.medications import (
    amending_screens,
    changing,
    chart,
    checking,
    directory_routes,
    entry_screens,
    fhir_out,
    list_routes,
    listing,
    package,
    prescribing,
    screens,
    script,
    sending,
    work_screens,
)
from functions.medications import models as m
from functions.medications.app import app
from functions.medications.chart import Entry
from functions.medications.records import SendingItem

__all__ = [
    "amending_screens",
    "app",
    "directory_routes",
    "entry_screens",
    "handler",
    "list_routes",
    "screens",
    "work_screens",
]

_ONE = "/medications/<patient_id>/entries/<medication_id>"


def _line(entry: Entry, *, status: int = 200) -> Response[m.MedicationLine]:
    return reply(listing.one(entry), status=status, headers=etag(entry.read.version))


def _sent(item: SendingItem) -> Response[m.SendingRead]:
    return reply(listing.sending_read(item))


# -- the list -----------------------------------------------------------------------


@app.get("/medications/<patient_id>")
@requires(Permission.READ_CHART, action="list")
def read_list(patient_id: PatientId) -> Response[m.MedicationList]:
    return reply(listing.medication_list(patient_id, actor=current_actor()))


@app.get(_ONE)
@requires(Permission.READ_CHART, action="read")
def read_one(patient_id: PatientId, medication_id: MedicationId) -> Response[m.MedicationLine]:
    return _line(chart.find(current_actor().practice_id, patient_id, medication_id))


@app.get(f"{_ONE}/versions")
@requires(Permission.READ_CHART, action="read-versions")
def read_versions(
    patient_id: PatientId, medication_id: MedicationId
) -> Response[m.FormerMedications]:
    return reply(listing.former(patient_id, medication_id, actor=current_actor()))


# -- prescribing --------------------------------------------------------------------


@app.post("/medications/<patient_id>/checks")
@requires(Permission.READ_CHART, action="check")
def check(patient_id: PatientId, request: m.Draft) -> Response[m.Checked]:
    return reply(
        checking.check_draft(patient_id, request, actor=current_actor(), now=app.clock.now())
    )


@app.post("/medications/<patient_id>/prescriptions", status_code=201)
@requires(Permission.PRESCRIBE, action="prescribe")
def prescribe(patient_id: PatientId, request: m.PrescriptionRequest) -> Response[m.MedicationLine]:
    made = prescribing.prescribe(
        patient_id, request, actor=current_actor(), now=app.clock.now(), key=MedicationId.new()
    )
    return _line(made, status=201)


@app.put("/medications/<patient_id>/prescriptions/<medication_id>")
@requires(Permission.PRESCRIBE, action="correct")
def correct(
    patient_id: PatientId, medication_id: MedicationId, request: m.PrescriptionRequest
) -> Response[m.MedicationLine]:
    return _line(
        prescribing.correct(
            patient_id,
            medication_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.post(f"{_ONE}/renewal", status_code=201)
@requires(Permission.RENEW_MEDICATIONS, action="renew")
def renew(
    patient_id: PatientId, medication_id: MedicationId, request: m.RenewalRequest
) -> Response[m.MedicationLine]:
    made = prescribing.renew(
        patient_id,
        medication_id,
        request,
        app.if_match(),
        actor=current_actor(),
        now=app.clock.now(),
        renewal=MedicationId.new(),
    )
    return _line(made, status=201)


@app.post(f"{_ONE}/status")
@requires(Permission.PRESCRIBE, action="move")
def move(
    patient_id: PatientId, medication_id: MedicationId, request: m.StatusRequest
) -> Response[m.MedicationLine]:
    return _line(
        changing.move(
            patient_id,
            medication_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.post("/medications/<patient_id>/reported", status_code=201)
@requires(Permission.RECONCILE_MEDICATIONS, action="report")
def report(patient_id: PatientId, request: m.ReportedRequest) -> Response[m.MedicationLine]:
    made = changing.report(
        patient_id, request, actor=current_actor(), now=app.clock.now(), key=MedicationId.new()
    )
    return _line(made, status=201)


@app.put("/medications/<patient_id>/reported/<medication_id>")
@requires(Permission.RECONCILE_MEDICATIONS, action="change-reported")
def change_reported(
    patient_id: PatientId, medication_id: MedicationId, request: m.ReportedRequest
) -> Response[m.MedicationLine]:
    return _line(
        changing.change_reported(
            patient_id,
            medication_id,
            request,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


# -- to the pharmacy ----------------------------------------------------------------


@app.post(f"{_ONE}/sending", status_code=202)
@requires(Permission.PRESCRIBE, action="send")
def send(
    patient_id: PatientId, medication_id: MedicationId, request: m.SendRequest
) -> Response[m.SendingRead]:
    item = sending.send(
        patient_id,
        medication_id,
        request,
        app.if_match(),
        actor=current_actor(),
        now=app.clock.now(),
    )
    return reply(listing.sending_read(item), status=202)


@app.post(f"{_ONE}/sending/outcome")
@requires(Permission.PRESCRIBE, action="confirm-sending")
def confirm_sending(
    patient_id: PatientId, medication_id: MedicationId, request: m.ConfirmRequest
) -> Response[m.SendingRead]:
    return _sent(
        sending.confirm(
            patient_id, medication_id, request, actor=current_actor(), now=app.clock.now()
        )
    )


@app.get(f"{_ONE}/fhir")
@requires(Permission.READ_CHART, action="read-fhir")
def read_fhir(patient_id: PatientId, medication_id: MedicationId) -> Response[Any]:
    """The prescription as a pharmacy gets it: FHIR R4 MedicationRequest."""
    practice = current_actor().practice_id
    entry = chart.find(practice, patient_id, medication_id)
    resource = fhir_out.medication_request(package.gather(practice, entry))
    return Response(
        200,
        content_type="application/fhir+json; charset=utf-8",
        headers={"Cache-Control": "no-store"},
        body=fhir_out.as_json(resource).decode(),
    )


@app.get(f"{_ONE}/script")
@requires(Permission.READ_CHART, action="read-script")
def read_script(patient_id: PatientId, medication_id: MedicationId) -> Response[script.NewRx]:
    """The prescription as the fields of NCPDP SCRIPT's NewRx."""
    practice = current_actor().practice_id
    entry = chart.find(practice, patient_id, medication_id)
    return reply(script.new_rx(package.gather(practice, entry), app.clock.now()))


_sender = sending.Sender(app.clock)
handler = make_handler(
    app,
    consumers={PrescriptionQueued: _sender.on_queued},
    tasks={"send": _sender.again},
)
