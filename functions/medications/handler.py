"""Routes of medications: the list, prescribing, refills, reconciliation, pharmacies."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.dispatch import make_handler
from caresmith.events import PrescriptionQueued
from caresmith.http import etag, reply, requires
from caresmith.ids import MedicationId, PatientId, PharmacyId, ReconciliationId, RefillId
from caresmith.permissions import Permission
from functions.medications import (
    changing,
    chart,
    checking,
    drugs,
    fhir_out,
    listing,
    package,
    pharmacies,
    prescribing,
    reconciling,
    refills,
    screens,
    script,
    sending,
    work,
    work_screens,
)
from functions.medications import models as m
from functions.medications.app import app
from functions.medications.chart import Entry
from functions.medications.records import SendingItem
from functions.medications.safety.choosing import safety_check
from functions.medications.safety.port import Coverage

__all__ = ["app", "handler", "screens", "work_screens"]

_ONE = "/medications/<patient_id>/entries/<medication_id>"


def _line(entry: Entry, *, status: int = 200) -> Response[m.MedicationLine]:
    return reply(listing.one(entry), status=status, headers=etag(entry.read.version))


def _sent(item: SendingItem) -> Response[m.SendingRead]:
    return reply(listing.sending_read(item))


# -- what is nobody's data: pharmacies, drugs, what the checks cover -----------------
# These stand first: ``/medications/<patient_id>`` would take them.


@app.get("/medications/coverage")
@requires(Permission.READ_CHART, audited=False)
def read_coverage() -> Response[Coverage]:
    return reply(safety_check().coverage())


@app.get("/medications/drugs")
@requires(Permission.READ_CHART, audited=False)
def find_drugs(text: Annotated[str, Query(max_length=100)] = "") -> Response[m.Drugs]:
    return reply(m.Drugs(drugs=[(drug.rxcui, drug.name) for drug in drugs.search(text)]))


@app.get("/medications/work")
@requires(Permission.READ_CHART, action="read-work")
def read_work() -> Response[m.WorkList]:
    return reply(work.work_list(current_actor().practice_id))


@app.get("/medications/pharmacies")
@requires(Permission.READ_PRACTICE, audited=False)
def read_pharmacies() -> Response[m.Pharmacies]:
    return reply(pharmacies.directory(current_actor().practice_id))


@app.post("/medications/pharmacies", status_code=201)
@requires(Permission.MANAGE_PHARMACIES, action="add-pharmacy")
def add_pharmacy(request: m.PharmacyFacts) -> Response[m.Pharmacy]:
    made = pharmacies.add(request, actor=current_actor(), key=PharmacyId.new())
    return reply(made, status=201, headers=etag(made.version))


@app.put("/medications/pharmacies/<pharmacy_id>")
@requires(Permission.MANAGE_PHARMACIES, action="change-pharmacy")
def change_pharmacy(pharmacy_id: PharmacyId, request: m.PharmacyFacts) -> Response[m.Pharmacy]:
    changed = pharmacies.change(pharmacy_id, request, app.if_match(), actor=current_actor())
    return reply(changed, headers=etag(changed.version))


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


@app.get("/medications/<patient_id>/pharmacy")
@requires(Permission.READ_PATIENT, action="read-preferred-pharmacy")
def read_preferred(patient_id: PatientId) -> Response[m.Preferred]:
    found = pharmacies.preferred(current_actor().practice_id, patient_id)
    return reply(found, headers=etag(found.version))


@app.put("/medications/<patient_id>/pharmacy")
@requires(Permission.MANAGE_PHARMACIES, action="prefer-pharmacy")
def prefer_pharmacy(patient_id: PatientId, request: m.PreferredRequest) -> Response[m.Preferred]:
    found = pharmacies.prefer(
        patient_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
    )
    return reply(found, headers=etag(found.version))


# -- refills --------------------------------------------------------------------------


@app.get("/medications/<patient_id>/refills")
@requires(Permission.READ_CHART, action="list-refills")
def read_refills(patient_id: PatientId) -> Response[m.Refills]:
    return reply(refills.of_patient(current_actor().practice_id, patient_id))


@app.post("/medications/<patient_id>/refills", status_code=201)
@requires(Permission.TAKE_REFILL_REQUESTS, action="take-refill")
def take_refill(patient_id: PatientId, request: m.RefillRequest) -> Response[m.Refill]:
    made = refills.take(
        patient_id, request, actor=current_actor(), now=app.clock.now(), key=RefillId.new()
    )
    return reply(made, status=201, headers=etag(made.version))


@app.get("/medications/<patient_id>/refills/<refill_id>")
@requires(Permission.READ_CHART, action="read-refill")
def read_refill(patient_id: PatientId, refill_id: RefillId) -> Response[m.Refill]:
    found = refills.read(current_actor().practice_id, patient_id, refill_id)
    return reply(found, headers=etag(found.version))


@app.post("/medications/<patient_id>/refills/<refill_id>/decision")
@requires(Permission.RENEW_MEDICATIONS, action="decide-refill")
def decide_refill(
    patient_id: PatientId, refill_id: RefillId, request: m.RefillDecision
) -> Response[m.Refill]:
    decided = refills.decide(
        patient_id,
        refill_id,
        request,
        app.if_match(),
        actor=current_actor(),
        now=app.clock.now(),
        renewal=MedicationId.new(),
    )
    return reply(decided, headers=etag(decided.version))


# -- reconciliation --------------------------------------------------------------------


@app.get("/medications/<patient_id>/reconciliations")
@requires(Permission.READ_CHART, action="list-reconciliations")
def read_reconciliations(patient_id: PatientId) -> Response[m.Reconciliations]:
    return reply(reconciling.of_patient(current_actor().practice_id, patient_id))


@app.post("/medications/<patient_id>/reconciliations", status_code=201)
@requires(Permission.RECONCILE_MEDICATIONS, action="reconcile")
def reconcile(
    patient_id: PatientId, request: m.ReconciliationRequest
) -> Response[m.Reconciliation]:
    done = reconciling.reconcile(
        patient_id, request, actor=current_actor(), now=app.clock.now(), key=ReconciliationId.new()
    )
    audit().record(done.encounter_id)
    return reply(done, status=201)


_sender = sending.Sender(app.clock)
handler = make_handler(
    app,
    consumers={PrescriptionQueued: _sender.on_queued},
    tasks={"send": _sender.again},
)
