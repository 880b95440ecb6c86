"""The accounts' routes: an account, the desk's payments, and what is made of them."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentLeft,
    AppointmentMoved,
    AppointmentStatusChanged,
    ChargesChanged,
    ChargesReleased,
    ChargesVoided,
    CoverageVerified,
    LedgerCheckDue,
    PatientChanged,
    PatientRegistered,
    PatientsMerged,
    StatementsDue,
    TurnPassed,
)
from caresmith.http import etag, reply, requires
from caresmith.ids import PatientId, PaymentId
from caresmith.permissions import Permission
from caresmith.records.revenue.payment import Method
from functions.accounts import (
    billing_routes,
    billing_screens,
    cards,
    consumers,
    desk_screens,
    giving_back,
    instalments,
    payments,
    reading,
    reason_screens,
    receipts,
    runs,
    screens,
    webhook,
)
from functions.accounts import models as m
from functions.accounts.app import app
from functions.accounts.estimating import routes as estimate_routes
from functions.accounts.estimating import screens as estimate_screens
from functions.accounts.estimating import sweeping, usual_screens

__all__ = [
    "app",
    "billing_routes",
    "billing_screens",
    "desk_screens",
    "estimate_routes",
    "estimate_screens",
    "handler",
    "reason_screens",
    "screens",
    "usual_screens",
    "webhook",
]

_ACCOUNT = "/accounts/patients/<patient_id>"
_PAYMENT = f"{_ACCOUNT}/payments/<payment_id>"


def _payment(payment: m.Payment, *, status: int = 200) -> Response[m.Payment]:
    return reply(payment, status=status, headers=etag(payment.version))


@app.get(_ACCOUNT)
@requires(Permission.READ_ACCOUNTS, action="read")
def read(patient_id: PatientId) -> Response[m.AccountRead]:
    return reply(reading.read(patient_id, actor=current_actor()))


@app.post(f"{_ACCOUNT}/checkouts", status_code=201)
@requires(Permission.TAKE_PAYMENTS, action="ask-for-card-payment")
def ask_for_card_payment(patient_id: PatientId, request: m.CheckoutRequest) -> Response[m.Checkout]:
    return reply(
        cards.ask(patient_id, request, actor=current_actor(), now=app.clock.now()), status=201
    )


# -- payments -----------------------------------------------------------------


@app.post(f"{_ACCOUNT}/payments", status_code=201)
@requires(Permission.TAKE_PAYMENTS, action="take-payment")
def take_payment(patient_id: PatientId, request: m.PaymentRequest) -> Response[m.Payment]:
    return _payment(
        payments.take(patient_id, request, actor=current_actor(), now=app.clock.now()), status=201
    )


@app.post(f"{_PAYMENT}/apply")
@requires(Permission.TAKE_PAYMENTS, action="apply-payment")
def apply_payment(
    patient_id: PatientId, payment_id: PaymentId, request: m.Application
) -> Response[m.Payment]:
    return _payment(
        payments.apply(patient_id, payment_id, request, actor=current_actor(), now=app.clock.now())
    )


@app.post(f"{_PAYMENT}/take-off")
@requires(Permission.TAKE_PAYMENTS, action="take-payment-off")
def take_payment_off(
    patient_id: PatientId, payment_id: PaymentId, request: m.Off
) -> Response[m.Payment]:
    return _payment(
        payments.take_off(
            patient_id, payment_id, request.lines, actor=current_actor(), now=app.clock.now()
        )
    )


@app.post(f"{_PAYMENT}/void")
@requires(Permission.TAKE_PAYMENTS, action="void-payment")
def void_payment(
    patient_id: PatientId, payment_id: PaymentId, request: m.Reason
) -> Response[m.Payment]:
    return _payment(
        giving_back.void(
            patient_id, payment_id, request.reason, actor=current_actor(), now=app.clock.now()
        )
    )


@app.post(f"{_PAYMENT}/returned")
@requires(Permission.TAKE_PAYMENTS, action="payment-returned")
def payment_returned(
    patient_id: PatientId, payment_id: PaymentId, request: m.Returned
) -> Response[m.Payment]:
    return _payment(
        giving_back.returned(
            patient_id, payment_id, request, actor=current_actor(), now=app.clock.now()
        )
    )


@app.post(f"{_PAYMENT}/refund")
@requires(Permission.REFUND, action="refund")
def refund(patient_id: PatientId, payment_id: PaymentId, request: m.Refund) -> Response[m.Payment]:
    give_back = cards.refund if request.method is Method.ONLINE else giving_back.refund
    return _payment(
        give_back(patient_id, payment_id, request, actor=current_actor(), now=app.clock.now())
    )


@app.post(f"{_PAYMENT}/transfer")
@requires(Permission.REFUND, action="transfer")
def transfer(
    patient_id: PatientId, payment_id: PaymentId, request: m.Transfer
) -> Response[m.Payment]:
    return _payment(
        payments.transfer(
            patient_id, payment_id, request, actor=current_actor(), now=app.clock.now()
        )
    )


@app.get(f"{_PAYMENT}/receipt")
@requires(Permission.READ_ACCOUNTS, action="receipt")
def receipt(patient_id: PatientId, payment_id: PaymentId) -> Response[m.Receipt]:
    return reply(receipts.receipt(patient_id, payment_id, actor=current_actor()))


handler = make_handler(
    app,
    consumers={
        ChargesReleased: consumers.on_charges,
        ChargesChanged: consumers.on_charges,
        ChargesVoided: consumers.on_charges,
        TurnPassed: consumers.on_charges,
        PatientRegistered: consumers.on_patient,
        PatientChanged: consumers.on_patient,
        PatientsMerged: consumers.on_merge,
        AppointmentBooked: consumers.on_appointment,
        AppointmentMoved: consumers.on_appointment,
        AppointmentCancelled: consumers.on_appointment,
        AppointmentLeft: consumers.on_appointment,
        AppointmentStatusChanged: consumers.on_appointment,
        CoverageVerified: consumers.on_coverage,
        StatementsDue: runs.on_due,
        LedgerCheckDue: consumers.on_ledger_check,
    },
    tasks={
        runs.TASK: runs.on_task,
        runs.MAILED: runs.on_printed,
        instalments.TASK: instalments.on_task,
        sweeping.TASK: consumers.on_estimates_ahead,
    },
)
