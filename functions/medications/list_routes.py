"""Routes of requests to refill and of reconciliation."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.http import etag, reply, requires
from caresmith.ids import MedicationId, PatientId, ReconciliationId, RefillId
from caresmith.permissions import Permission
from functions.medications import models as m
from functions.medications import reconciling, refills
from functions.medications.app import app

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
