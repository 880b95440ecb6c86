"""The routes of good-faith estimates."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.http import reply, requires
from caresmith.ids import AppointmentTypeId, EstimateId, PatientId
from caresmith.permissions import Permission
from functions.accounts import models as m
from functions.accounts.app import app
from functions.accounts.estimating import asking, assisting, billing, giving, listing, making
from functions.accounts.estimating import reading as estimates

_ACCOUNT = "/accounts/patients/<patient_id>"
_ESTIMATE = f"{_ACCOUNT}/estimates/<estimate_id>"


@app.get("/accounts/estimates")
@requires(Permission.MAKE_ESTIMATES, action="list-estimates")
def list_work() -> Response[m.EstimateWork]:
    """Estimates owed, made and not given yet, and bills far above one."""
    return reply(listing.work_list(actor=current_actor(), now=app.clock.now()))


@app.post(f"{_ACCOUNT}/estimates", status_code=201)
@requires(Permission.MAKE_ESTIMATES, action="make-estimate")
def make(patient_id: PatientId, request: m.EstimateRequest) -> Response[m.Estimate]:
    made = making.make(patient_id, request, actor=current_actor(), now=app.clock.now())
    return reply(made, status=201)


@app.get(f"{_ACCOUNT}/estimates/draft")
@requires(Permission.MAKE_ESTIMATES, action="draft-estimate")
def draft(
    patient_id: PatientId,
    owed: Annotated[str, Query(max_length=40)] = "",
    type_id: Annotated[AppointmentTypeId | None, Query()] = None,
) -> Response[m.EstimateDraft]:
    """What one would say, of what is owed or of a kind of visit, with today's prices."""
    return reply(
        making.draft(
            patient_id, owed=owed, kind=type_id, actor=current_actor(), now=app.clock.now()
        )
    )


@app.post(f"{_ACCOUNT}/estimates/asked", status_code=201)
@requires(Permission.MAKE_ESTIMATES, action="ask-for-estimate")
def ask(patient_id: PatientId, request: m.EstimateAsked) -> Response[m.OwedRead]:
    asked = asking.ask(patient_id, request, actor=current_actor(), now=app.clock.now())
    return reply(asked, status=201)


@app.post(f"{_ACCOUNT}/estimates/owed/<owed>/off")
@requires(Permission.MAKE_ESTIMATES, action="drop-estimate")
def drop(patient_id: PatientId, owed: str, request: m.Reason) -> Response[m.OwedRead]:
    return reply(asking.drop(patient_id, owed, request.reason, actor=current_actor()))


@app.get(_ESTIMATE)
@requires(Permission.READ_ACCOUNTS, action="read-estimate")
def read(patient_id: PatientId, estimate_id: EstimateId) -> Response[m.Estimate]:
    return reply(estimates.one(patient_id, estimate_id, actor=current_actor()))


@app.post(f"{_ESTIMATE}/given")
@requires(Permission.MAKE_ESTIMATES, action="give-estimate")
def give(patient_id: PatientId, estimate_id: EstimateId, request: m.Given) -> Response[m.Estimate]:
    return reply(
        giving.give(patient_id, estimate_id, request, actor=current_actor(), now=app.clock.now())
    )


@app.post(f"{_ESTIMATE}/looked-at")
@requires(Permission.MANAGE_STATEMENTS, action="look-at-estimate")
def look_at(
    patient_id: PatientId, estimate_id: EstimateId, request: m.Reason
) -> Response[m.Estimate]:
    """Somebody has seen to a bill that is far above it."""
    return reply(billing.looked_at(patient_id, estimate_id, request.reason, actor=current_actor()))


@app.put(f"{_ACCOUNT}/self-pay", status_code=204)
@requires(Permission.MAKE_ESTIMATES, action="set-self-pay")
def set_self_pay(patient_id: PatientId, request: m.SelfPay) -> Response[None]:
    asking.set_self_pay(patient_id, request, actor=current_actor(), now=app.clock.now())
    return reply(None, status=204)


@app.put(f"{_ACCOUNT}/assistance")
@requires(Permission.MAKE_ESTIMATES, action="set-assistance")
def set_assistance(patient_id: PatientId, request: m.Assistance) -> Response[m.AssistanceRead]:
    return reply(assisting.assist(patient_id, request, actor=current_actor(), now=app.clock.now()))
