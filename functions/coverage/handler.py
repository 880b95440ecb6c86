"""Routes of coverage: payers, settings, verifying, what payers said and agreed to, work."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.errors import NotFound
from caresmith.events import (
    AppointmentStatusChanged,
    ChargesChanged,
    ChargesReleased,
    ChargesVoided,
    ClaimMoved,
    EligibilityDue,
)
from caresmith.http import etag, reply, requires
from caresmith.ids import AuthorizationId, CoverageId, EligibilityId, PatientId, PayerId
from caresmith.permissions import Permission
from caresmith.records.revenue.authorization import Authorization
from caresmith.records.revenue.payer import Payer, PayerFacts
from functions.coverage import (
    authorization_screens,
    authorizing,
    coverage_screens,
    payer_screens,
    payers,
    running_out,
    settings,
    telephone,
    viewing,
    work,
    work_screens,
)
from functions.coverage import models as m
from functions.coverage.app import app
from functions.coverage.due import Verification
from functions.coverage.records import Origin
from functions.coverage.verifying import Ask, Ports, verify

__all__ = [
    "app",
    "authorization_screens",
    "coverage_screens",
    "handler",
    "payer_screens",
    "work_screens",
]

_FEW = Annotated[int, Query(ge=0, le=999)]
_AUTHORIZATIONS = "/coverage/patients/<patient_id>/authorizations"
_ONE = "/coverage/patients/<patient_id>/coverages/<coverage_id>"


# -- payers and settings -------------------------------------------------------------


@app.get("/coverage/payers")
@requires(Permission.READ_PAYERS, audited=False)
def read_payers() -> Response[m.Payers]:
    return reply(payers.directory(current_actor().practice_id))


@app.get("/coverage/payers/search")
@requires(Permission.READ_PAYERS, audited=False)
def find_payers(text: Annotated[str, Query(max_length=100)] = "") -> Response[m.Payers]:
    return reply(payers.search(current_actor().practice_id, text))


@app.post("/coverage/payers", status_code=201)
@requires(Permission.MANAGE_PAYERS, action="add-payer")
def add_payer(request: PayerFacts) -> Response[Payer]:
    made = payers.add(request, actor=current_actor(), key=PayerId.new())
    return reply(made, status=201, headers=etag(made.version))


@app.get("/coverage/payers/<payer_id>")
@requires(Permission.READ_PAYERS, action="read-payer")
def read_payer(payer_id: PayerId) -> Response[Payer]:
    found = payers.find(current_actor().practice_id, payer_id)
    return reply(found, headers=etag(found.version))


@app.put("/coverage/payers/<payer_id>")
@requires(Permission.MANAGE_PAYERS, action="change-payer")
def change_payer(payer_id: PayerId, request: PayerFacts) -> Response[Payer]:
    changed = payers.change(payer_id, request, app.if_match(), actor=current_actor())
    return reply(changed, headers=etag(changed.version))


@app.get("/coverage/settings")
@requires(Permission.READ_PAYERS, audited=False)
def read_settings() -> Response[settings.VersionedSettings]:
    found = settings.coverage_settings(current_actor().practice_id)
    return reply(found, headers=etag(found.version))


@app.put("/coverage/settings")
@requires(Permission.MANAGE_PAYERS, action="change-settings")
def change_settings(
    request: settings.CoverageSettings,
) -> Response[settings.VersionedSettings]:
    changed = settings.change_settings(request, app.if_match(), actor=current_actor())
    return reply(changed, headers=etag(changed.version))


# -- a patient's policies ------------------------------------------------------------


@app.get("/coverage/patients/<patient_id>")
@requires(Permission.READ_COVERAGE, action="read-standings")
def read_standings(patient_id: PatientId) -> Response[m.Standings]:
    return reply(viewing.of_patient(patient_id, actor=current_actor(), now=app.clock.now()))


@app.get(_ONE)
@requires(Permission.READ_COVERAGE, action="read-coverage")
def read_coverage(patient_id: PatientId, coverage_id: CoverageId) -> Response[m.CoverageView]:
    return reply(
        viewing.of_coverage(patient_id, coverage_id, actor=current_actor(), now=app.clock.now())
    )


@app.post(f"{_ONE}/checks", status_code=201)
@requires(Permission.VERIFY_COVERAGE, action="verify")
def verify_now(
    patient_id: PatientId, coverage_id: CoverageId, request: m.VerifyRequest
) -> Response[m.CheckRead]:
    """Ask the payer and wait for its answer. 200 for one that was there already."""
    ask = Ask(Origin.BY_HAND, request.force, tuple(request.service_types or ()))
    checked = verify(
        patient_id, coverage_id, ask, actor=current_actor(), now=app.clock.now(), out=Ports()
    )
    if checked is None:
        raise NotFound
    return reply(viewing.of_checked(checked), status=200 if checked.kept else 201)


@app.post(f"{_ONE}/telephone", status_code=201)
@requires(Permission.VERIFY_COVERAGE, action="write-down-call")
def write_down_call(
    patient_id: PatientId, coverage_id: CoverageId, request: m.TelephoneRequest
) -> Response[m.CheckRead]:
    checked = telephone.write_down(
        patient_id, coverage_id, request, actor=current_actor(), now=app.clock.now()
    )
    return reply(viewing.of_checked(checked), status=201)


@app.get(f"{_ONE}/checks/<eligibility_id>")
@requires(Permission.READ_COVERAGE, action="read-check")
def read_check(
    patient_id: PatientId, coverage_id: CoverageId, eligibility_id: EligibilityId
) -> Response[m.CheckRead]:
    return reply(viewing.of_check(patient_id, coverage_id, eligibility_id, actor=current_actor()))


@app.get(f"{_ONE}/checks/<eligibility_id>/file")
@requires(Permission.READ_COVERAGE, action="read-answer-file")
def read_answer_file(
    patient_id: PatientId, coverage_id: CoverageId, eligibility_id: EligibilityId
) -> Response[str]:
    """The answer as the payer sent it, to be kept or looked into."""
    raw = viewing.file_of(patient_id, coverage_id, eligibility_id, actor=current_actor())
    return Response(
        200,
        content_type="application/edi-x12",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{eligibility_id}.271"',
        },
        body=raw.decode("latin-1"),
    )


# -- authorizations and referrals on file --------------------------------------------


@app.get("/coverage/authorizations")
@requires(Permission.READ_AUTHORIZATIONS, action="list-running-out")
def read_running_out(days: _FEW = 14, left: _FEW = 2) -> Response[m.RunningOut]:
    """Those that end within so many days, and those of which so much is left at most."""
    practice = current_actor().practice_id
    return reply(running_out.running_out(practice, days, left, app.clock.now()))


@app.get(_AUTHORIZATIONS)
@requires(Permission.READ_AUTHORIZATIONS, action="read-authorizations")
def read_authorizations(patient_id: PatientId) -> Response[m.AuthorizationsRead]:
    return reply(authorizing.of_patient(patient_id, actor=current_actor(), now=app.clock.now()))


@app.post(_AUTHORIZATIONS, status_code=201)
@requires(Permission.CHANGE_AUTHORIZATIONS, action="add-authorization")
def add_authorization(
    patient_id: PatientId, request: Authorization
) -> Response[m.AuthorizationShown]:
    made = authorizing.add(patient_id, request, actor=current_actor(), now=app.clock.now())
    return reply(made, status=201, headers=etag(made.version))


@app.get(f"{_AUTHORIZATIONS}/<authorization_id>")
@requires(Permission.READ_AUTHORIZATIONS, action="read-authorization")
def read_authorization(
    patient_id: PatientId, authorization_id: AuthorizationId
) -> Response[m.AuthorizationShown]:
    found = authorizing.read(
        patient_id, authorization_id, actor=current_actor(), now=app.clock.now()
    )
    return reply(found, headers=etag(found.version))


@app.put(f"{_AUTHORIZATIONS}/<authorization_id>")
@requires(Permission.CHANGE_AUTHORIZATIONS, action="change-authorization")
def change_authorization(
    patient_id: PatientId, authorization_id: AuthorizationId, request: Authorization
) -> Response[m.AuthorizationShown]:
    changed = authorizing.change(
        patient_id,
        authorization_id,
        request,
        app.if_match(),
        actor=current_actor(),
        now=app.clock.now(),
    )
    return reply(changed, headers=etag(changed.version))


@app.get(f"{_AUTHORIZATIONS}/<authorization_id>/versions")
@requires(Permission.READ_AUTHORIZATIONS, action="read-authorization-versions")
def read_authorization_versions(
    patient_id: PatientId, authorization_id: AuthorizationId
) -> Response[m.AuthorizationVersions]:
    actor = current_actor()
    authorizing.read(patient_id, authorization_id, actor=actor, now=app.clock.now())
    found = authorizing.versions(actor.practice_id, authorization_id)
    return reply(m.AuthorizationVersions(versions=found))


# -- the work list -------------------------------------------------------------------


@app.get("/coverage/work")
@requires(Permission.READ_COVERAGE, action="read-work")
def read_work() -> Response[m.WorkList]:
    return reply(work.work_list(current_actor().practice_id))


@app.post("/coverage/work/<coverage_id>/assign")
@requires(Permission.VERIFY_COVERAGE, action="assign-work")
def assign_work(coverage_id: CoverageId, request: m.AssignRequest) -> Response[m.Work]:
    item = work.assign(coverage_id, app.if_match(), to_me=request.to_me, actor=current_actor())
    return reply(item, headers=etag(item.version))


@app.post("/coverage/work/<coverage_id>/done", status_code=204)
@requires(Permission.VERIFY_COVERAGE, action="finish-work")
def finish_work(coverage_id: CoverageId, request: m.DoneRequest) -> Response[None]:
    work.done(coverage_id, app.if_match(), request.because, actor=current_actor())
    return reply(None, status=204)


verification = Verification(app.clock)
handler = make_handler(
    app,
    consumers={
        EligibilityDue: verification.on_due,
        AppointmentStatusChanged: verification.on_appointment,
        ChargesReleased: running_out.on_charges,
        ChargesChanged: running_out.on_charges,
        ChargesVoided: running_out.on_charges,
        ClaimMoved: running_out.on_claim,
    },
    tasks={"look-ahead": verification.look_ahead, "verify": verification.again},
)
