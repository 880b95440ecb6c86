"""Routes of what is nobody's data, and of the pharmacies: they stand before a patient's own.

``/medications/<patient_id>`` would take them; so ``handler`` imports this module first.
"""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.http import etag, reply, requires
from caresmith.ids import PatientId, PharmacyId
from caresmith.permissions import Permission
from functions.medications import models as m
from functions.medications import pharmacies, work
from functions.medications.app import app
from functions.medications.safety.choosing import safety_check
from functions.medications.safety.port import Coverage


@app.get("/medications/coverage")
@requires(Permission.READ_CHART, audited=False)
def read_coverage() -> Response[Coverage]:
    return reply(safety_check().coverage())


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
