"""The billing office's routes: giving up money, statements, plans, the day's close."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.http import etag, reply, requires
from caresmith.ids import AdjustmentId, PatientId, PlanId, StatementId
from caresmith.permissions import Permission
from functions.accounts import (
    adjusting,
    aging,
    autopay,
    closing,
    collecting,
    families,
    paylinks,
    plans,
    rules,
    runs,
    statements,
)
from functions.accounts import models as m
from functions.accounts.accounts import today
from functions.accounts.app import app
from functions.accounts.settings import AccountSettings

_ACCOUNT = "/accounts/patients/<patient_id>"


# -- giving up money ----------------------------------------------------------


@app.post(f"{_ACCOUNT}/adjustments", status_code=201)
@requires(Permission.WRITE_OFF, action="adjust")
def adjust(patient_id: PatientId, request: m.AdjustmentRequest) -> Response[m.Adjustment]:
    made = adjusting.adjust(patient_id, request, actor=current_actor(), now=app.clock.now())
    return reply(made, status=201, headers=etag(made.version))


@app.post(f"{_ACCOUNT}/adjustments/<adjustment_id>/approve")
@requires(Permission.WRITE_OFF, action="approve-adjustment")
def approve_adjustment(
    patient_id: PatientId, adjustment_id: AdjustmentId
) -> Response[m.Adjustment]:
    return reply(
        adjusting.approve(patient_id, adjustment_id, actor=current_actor(), now=app.clock.now())
    )


@app.post(f"{_ACCOUNT}/adjustments/<adjustment_id>/decline")
@requires(Permission.WRITE_OFF, action="decline-adjustment")
def decline_adjustment(
    patient_id: PatientId, adjustment_id: AdjustmentId
) -> Response[m.Adjustment]:
    return reply(
        adjusting.decline(patient_id, adjustment_id, actor=current_actor(), now=app.clock.now())
    )


@app.post(f"{_ACCOUNT}/adjustments/<adjustment_id>/reverse")
@requires(Permission.WRITE_OFF, action="reverse-adjustment")
def reverse_adjustment(
    patient_id: PatientId, adjustment_id: AdjustmentId, request: m.Reason
) -> Response[m.Adjustment]:
    return reply(
        adjusting.reverse(
            patient_id,
            adjustment_id,
            request.reason,
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


# -- statements and plans -----------------------------------------------------


@app.post(f"{_ACCOUNT}/statements", status_code=201)
@requires(Permission.MANAGE_STATEMENTS, action="make-statement")
def make_statement(patient_id: PatientId) -> Response[m.Statement]:
    actor, now = current_actor(), app.clock.now()
    day = today(actor.practice_id, now)
    made = statements.make(patient_id, actor=actor, now=now, day=day, by_rule=False)
    if made is None:
        raise statements.NothingToAskFor
    return reply(statements.read(made.item), status=201)


@app.post(f"{_ACCOUNT}/statements/<statement_id>/links", status_code=201)
@requires(Permission.TAKE_PAYMENTS, action="send-pay-link")
def send_pay_link(
    patient_id: PatientId, statement_id: StatementId, request: m.LinkRequest
) -> Response[m.PayLink]:
    """Text or e-mail a link by which the patient sees and pays the latest statement."""
    sent = paylinks.send(
        patient_id, statement_id, request, actor=current_actor(), now=app.clock.now()
    )
    return reply(sent, status=201)


@app.post(f"{_ACCOUNT}/statements/<statement_id>/links/revoke", status_code=204)
@requires(Permission.TAKE_PAYMENTS, action="revoke-pay-links")
def revoke_pay_links(patient_id: PatientId, statement_id: StatementId) -> Response[None]:
    """No link of that statement opens anything any more."""
    paylinks.revoke(patient_id, statement_id, actor=current_actor())
    return reply(None, status=204)


@app.get(f"{_ACCOUNT}/pay-links")
@requires(Permission.READ_ACCOUNTS, action="read-pay-links")
def read_pay_links(patient_id: PatientId) -> Response[m.StatementLinks]:
    """The latest statement, what is due now, and what became of each of its links."""
    return reply(paylinks.of_account(patient_id, actor=current_actor(), now=app.clock.now()))


@app.put(f"{_ACCOUNT}/billing", status_code=204)
@requires(Permission.MANAGE_STATEMENTS, action="set-billing-flags")
def set_billing_flags(patient_id: PatientId, request: m.BillingFlags) -> Response[None]:
    statements.set_flags(patient_id, request, actor=current_actor())
    return reply(None, status=204)


@app.get("/accounts/statements/due")
@requires(Permission.MANAGE_STATEMENTS, action="list-due-statements")
def due_statements() -> Response[m.DueStatements]:
    actor = current_actor()
    day = today(actor.practice_id, app.clock.now())
    found = runs.due_on(actor.practice_id, day)
    return reply(
        m.DueStatements(
            day=day,
            accounts=[m.DueStatement(patient_id=o.patient_id, cents=o.due_cents) for o in found],
        )
    )


@app.post("/accounts/statements/run")
@requires(Permission.MANAGE_STATEMENTS, action="run-statements")
def run_statements() -> Response[m.RunBegun]:
    practice = current_actor().practice_id
    made = runs.run(practice, today(practice, app.clock.now()), after="")
    return reply(m.RunBegun(made=made))


@app.post(f"{_ACCOUNT}/plans", status_code=201)
@requires(Permission.MANAGE_STATEMENTS, action="begin-plan")
def begin_plan(patient_id: PatientId, request: m.PlanRequest) -> Response[m.Plan]:
    plan = plans.begin(patient_id, request, actor=current_actor(), now=app.clock.now())
    return reply(plan, status=201, headers=etag(plan.version))


@app.post(f"{_ACCOUNT}/plans/<plan_id>/end")
@requires(Permission.MANAGE_STATEMENTS, action="end-plan")
def end_plan(patient_id: PatientId, plan_id: PlanId) -> Response[m.Plan]:
    return reply(autopay.end_plan(patient_id, plan_id, actor=current_actor(), now=app.clock.now()))


@app.post(f"{_ACCOUNT}/plans/<plan_id>/card", status_code=201)
@requires(Permission.MANAGE_STATEMENTS, action="ask-for-card")
def ask_for_card(
    patient_id: PatientId, plan_id: PlanId, request: m.CardConsent
) -> Response[m.CardPage]:
    """The patient agrees that a card pays the plan: the page on which they leave it."""
    made = autopay.ask(patient_id, plan_id, request, actor=current_actor(), now=app.clock.now())
    return reply(made, status=201)


@app.post(f"{_ACCOUNT}/plans/<plan_id>/card/end")
@requires(Permission.MANAGE_STATEMENTS, action="end-card")
def end_card(patient_id: PatientId, plan_id: PlanId) -> Response[m.Plan]:
    """The patient takes the consent back."""
    return reply(autopay.end(patient_id, plan_id, actor=current_actor(), now=app.clock.now()))


# -- families ------------------------------------------------------------------------


@app.get(f"{_ACCOUNT}/family")
@requires(Permission.READ_ACCOUNTS, action="read-family")
def read_family(patient_id: PatientId) -> Response[m.Family]:
    return reply(families.read(patient_id, actor=current_actor()))


# -- aging and the day's close ----------------------------------------------------


@app.get("/accounts/aging")
@requires(Permission.MANAGE_STATEMENTS, action="read-aging")
def read_aging(by: Annotated[str, Query(max_length=20)] = "") -> Response[m.Aging]:
    return reply(aging.read(actor=current_actor(), now=app.clock.now(), by=by))


@app.get("/accounts/days/<day>")
@requires(Permission.CLOSE_DAY, action="read-day")
def read_day(day: dt.date) -> Response[m.Day]:
    return reply(closing.read(day, actor=current_actor()))


@app.post("/accounts/days/<day>/close")
@requires(Permission.CLOSE_DAY, action="close-day")
def close_day(day: dt.date, request: m.Count) -> Response[m.Day]:
    return reply(closing.close(day, request, actor=current_actor(), now=app.clock.now()))


@app.post("/accounts/days/<day>/reopen")
@requires(Permission.REOPEN_DAY, action="reopen-day")
def reopen_day(day: dt.date, request: m.Reason) -> Response[m.Day]:
    return reply(closing.reopen(day, request.reason, actor=current_actor(), now=app.clock.now()))


# -- collections --------------------------------------------------------------------


@app.post(f"{_ACCOUNT}/collections", status_code=204)
@requires(Permission.MANAGE_STATEMENTS, action="hand-to-agency")
def hand_to_agency(patient_id: PatientId) -> Response[None]:
    collecting.hand_over(patient_id, actor=current_actor(), now=app.clock.now())
    return reply(None, status=204)


@app.delete(f"{_ACCOUNT}/collections", status_code=204)
@requires(Permission.MANAGE_STATEMENTS, action="recall-from-agency")
def recall_from_agency(patient_id: PatientId) -> Response[None]:
    collecting.recall(patient_id, actor=current_actor())
    return reply(None, status=204)


@app.post(f"{_ACCOUNT}/collections/payments", status_code=201)
@requires(Permission.MANAGE_STATEMENTS, action="agency-paid")
def agency_paid(patient_id: PatientId, request: m.AgencyPayment) -> Response[m.Payment]:
    paid = collecting.agency_paid(patient_id, request, actor=current_actor(), now=app.clock.now())
    return reply(paid, status=201, headers=etag(paid.version))


# -- rules ----------------------------------------------------------------------------


@app.get("/accounts/rules")
@requires(Permission.MANAGE_BILLING_RULES, audited=False)
def read_rules() -> Response[AccountSettings]:
    found, version = rules.read(actor=current_actor())
    return reply(found, headers=etag(version))


@app.put("/accounts/rules")
@requires(Permission.MANAGE_BILLING_RULES, action="change-rules")
def change_rules(request: AccountSettings) -> Response[AccountSettings]:
    found, version = rules.change(request, app.if_match(), actor=current_actor())
    return reply(found, headers=etag(version))
