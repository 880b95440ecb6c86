"""The console's pages of one account: what is owed, the payment form, one payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.ids import (
    AdjustmentId,
    CheckoutId,
    EstimateId,
    JournalId,
    MessageId,
    PatientId,
    PaymentId,
    PracticeId,
    SheetId,
)
from caresmith.money import Money
from caresmith.permissions import Permission
from caresmith.records.coverage import covered_chart
from caresmith.records.revenue.people import Person
from caresmith.records.revenue.standing import Copay, office_copay
from caresmith.web import pages as web
from caresmith.web.forms import Form, parse, told_apart
from functions.accounts import (
    adjusting,
    cards,
    families,
    giving_back,
    lying,
    paylinks,
    payments,
    plans,
    reading,
    receipts,
    statements,
)
from functions.accounts import models as m
from functions.accounts.accounts import open_account, today
from functions.accounts.app import app
from functions.accounts.estimating.reading import estimates_of
from functions.accounts.names import payer_names, staff_names
from functions.accounts.pages import BASE, Html, dollars, file, form_sent, page, told
from functions.accounts.settings import account_settings

_ACCOUNT = f"{BASE}/patients/<patient_id>"
_PAYMENT = f"{_ACCOUNT}/payments/<payment_id>"
_AMOUNTS = ("amount", *(f"lines.{place}.amount" for place in range(50)))


def path_of(patient: PatientId) -> str:
    return f"{BASE}/patients/{patient}"


# -- the account --------------------------------------------------------------


@app.get(_ACCOUNT, include_in_schema=False)
@requires(Permission.READ_ACCOUNTS, action="read")
def account_page(patient_id: PatientId) -> Html:
    return account(patient_id)


def account(
    patient: PatientId, forms: dict[str, Form] | None = None, opened: str = "", status: int = 200
) -> Html:
    """The page, with one of its forms (``opened``) as it was sent and what is wrong with it."""
    actor, now = current_actor(), app.clock.now()
    practice = actor.practice_id
    found = reading.told(practice, patient)
    read = reading.account_read(found)
    day = today(practice, now)
    copay = _copay(practice, found.account.person, day)
    return page(
        "account.html",
        copay=copay,
        status=status,
        person=found.account.person,
        card=found.account.person.card,
        account=read,
        forms={
            "pay": _payment_form(read, copay if opened == "copay" else None, day),
            "checkout": Form({"checkout_id": CheckoutId.new(), "amount": dollars(read.due)}),
            "adjust": Form({"adjustment_id": AdjustmentId.new()}),
            "plan": plans.suggested(day),
            "card": Form({"checkout_id": CheckoutId.new()}),
            "agency": Form({"payment_id": PaymentId.new()}),
            "given": Form({"on": day.isoformat()}),
            "looked": Form(),
            "asked": Form({"estimate_id": EstimateId.new(), "asked_on": day.isoformat()}),
            "link": Form({"message_id": MessageId.new()}),
            **(forms or {}),
        },
        opened=opened,
        settings=account_settings(practice),
        payers=payer_names(practice),
        paylink=paylinks.shown(found.others, read.due, now),
        statements=[statements.read(item) for item in statements.of(found.others)],
        billing=statements.billing_of(found.others),
        plans=plans.of(found.others, found.account.payments.values(), day),
        **estimates_of(found, actor=actor),
        adjustments=adjusting.pending_of(found.others, practice),
    )


def _copay(practice: PracticeId, person: Person, day: dt.date) -> Copay | None:
    """What today's visit costs the patient at the desk, as the payer has told it."""
    with suppress(NotFound):
        return office_copay(practice, covered_chart(practice, person.patient_id), day)
    return None


def _payment_form(read: m.AccountRead, copay: Copay | None, day: dt.date) -> Form:
    """For what is due, or for the copay of today's visit."""
    amount = copay.amount if copay else read.due
    return Form(
        {
            "payment_id": PaymentId.new(),
            "amount": dollars(amount) if amount else "",
            "method": "terminal",
            "apply": "oldest",
            "held_for": day.isoformat() if copay else "",
        }
    )


@app.get(f"{_ACCOUNT}/copay", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="read")
def copay_page(patient_id: PatientId) -> Html:
    """The account with the payment of today's copay filled in."""
    return account(patient_id, opened="copay")


@app.get(f"{_ACCOUNT}/print", include_in_schema=False)
@requires(Permission.READ_ACCOUNTS, action="print")
def ledger_file(patient_id: PatientId) -> Html:
    """The whole account on paper."""
    found = reading.told(current_actor().practice_id, patient_id)
    body = receipts.ledger_pdf(found, actor=current_actor(), now=app.clock.now())
    return file(body, f"account-{patient_id[-8:]}.pdf")


@app.get(f"{_ACCOUNT}/family", include_in_schema=False)
@requires(Permission.READ_ACCOUNTS, action="read-family")
def family_page(patient_id: PatientId) -> Html:
    """Everybody for whom this patient pays, and what is owed for them."""
    family = families.family(patient_id, actor=current_actor())
    return page("family.html", card=family.card, family=family)


@app.post(f"{_ACCOUNT}/pay", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="take-payment")
def pay_form(patient_id: PatientId) -> Html:
    form = form_sent()
    try:
        request = parse(_with_lines(form), m.PaymentRequest, money=_AMOUNTS)
        paid = payments.take(patient_id, request, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return account(patient_id, {"pay": told(form, error)}, "pay", error.status)
    return web.redirect(f"{path_of(paid.patient_id)}/payments/{paid.payment_id}", app.current_event)


def _with_lines(form: Form) -> Form:
    """``share.<sheet>.<line>`` fields become the model's lines, with cents for dollars."""
    begin = "share."
    values = {k: v for k, v in form.values.items() if not k.startswith(begin)}
    for name, text in form.values.items():
        if name.startswith(begin) and text.strip() and form.value("apply") == "lines":
            _, sheet, line = name.split(".", 2)
            place = sum(1 for key in values if key.endswith(".sheet_id"))
            values |= {
                f"lines.{place}.sheet_id": sheet,
                f"lines.{place}.line": line,
                f"lines.{place}.amount": text,
            }
    return Form(values, form.lists, form.errors)


@app.post(f"{_ACCOUNT}/checkout", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="ask-for-card-payment")
def checkout_form(patient_id: PatientId) -> Html:
    """A link for the patient to pay by card: shown once, to be sent or opened."""
    form = form_sent()
    try:
        request = parse(form, m.CheckoutRequest, money=("amount",))
        made = cards.ask(patient_id, request, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return account(patient_id, {"checkout": told(form, error)}, "checkout", error.status)
    card = open_account(current_actor().practice_id, patient_id).person.card
    return page("checkout.html", card=card, checkout=made)


# -- one payment --------------------------------------------------------------


@app.get(_PAYMENT, include_in_schema=False)
@requires(Permission.READ_ACCOUNTS, action="read-payment")
def payment_page(patient_id: PatientId, payment_id: PaymentId) -> Html:
    return _payment(patient_id, payment_id)


def _payment(
    patient: PatientId,
    payment_id: PaymentId,
    forms: dict[str, Form] | None = None,
    opened: str = "",
    status: int = 200,
) -> Html:
    actor = current_actor()
    found = reading.told(actor.practice_id, patient)
    read = reading.account_read(found)
    item = found.account.payment(payment_id)
    audit().record(payment_id)
    payment = reading.payment_read(actor.practice_id, item)
    left = dollars(payment.unapplied)
    fresh = {
        "apply": Form({"amount": left}),
        "void": Form(),
        "returned": Form({"charge_fee": "true"}),
        "refund": Form({"amount": left, "method": payment.method, "journal_id": JournalId.new()}),
        "transfer": Form({"amount": left, "payment_id": PaymentId.new()}),
    }
    return page(
        "payment.html",
        status=status,
        card=found.account.person.card,
        payment=payment,
        receipt=receipts.receipt_of(found.account, payment),
        lines={(v.sheet_id, line.line): (v, line) for v in read.visits for line in v.lines},
        owed=[(v, line) for v in read.visits for line in v.lines if line.patient_owes.cents > 0],
        by=staff_names(actor.practice_id, [item.by]).get(item.by, ""),
        forms=told_apart({**fresh, **(forms or {})}),
        opened=opened,
    )


@app.get(f"{_PAYMENT}/receipt", include_in_schema=False)
@requires(Permission.READ_ACCOUNTS, action="receipt")
def receipt_file(patient_id: PatientId, payment_id: PaymentId) -> Html:
    actor = current_actor()
    found = receipts.receipt(patient_id, payment_id, actor=actor)
    return file(receipts.pdf(found, actor=actor), f"receipt-{payment_id[-8:]}.pdf")


@app.post(f"{_PAYMENT}/apply", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="apply-payment")
def apply_form(patient_id: PatientId, payment_id: PaymentId) -> Html:
    def act(form: Form) -> None:
        request = parse(_one_line(form), m.Application, money=("lines.0.amount",))
        payments.apply(patient_id, payment_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, payment_id, "apply", act)


def _one_line(form: Form) -> Form:
    """The line that was picked (``<sheet>.<line>``); none picked means the oldest."""
    sheet, _, line = form.value("line").partition(".")
    if not sheet:
        return Form({"apply": "oldest"}, errors=form.errors)
    return Form(
        {
            "apply": "lines",
            "lines.0.sheet_id": sheet,
            "lines.0.line": line,
            "lines.0.amount": form.value("amount"),
        },
        errors=form.errors,
    )


@app.post(f"{_PAYMENT}/take-off", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="take-payment-off")
def take_off_form(patient_id: PatientId, payment_id: PaymentId) -> Html:
    """All of the payment that lies on one line comes off."""
    form = form_sent()
    sheet, _, line = form.value("line").partition(".")
    account = open_account(current_actor().practice_id, patient_id)
    cents = lying.lying_on(account.payment(payment_id), _sheet(sheet), line)
    share = m.LineShare(sheet_id=_sheet(sheet), line=line, amount=Money(cents))
    payments.take_off(patient_id, payment_id, [share], actor=current_actor(), now=app.clock.now())
    return web.redirect(f"{path_of(patient_id)}/payments/{payment_id}", app.current_event)


def _sheet(text: str) -> SheetId:
    try:
        return SheetId(text)
    except ValueError:
        raise NotFound from None


@app.post(f"{_PAYMENT}/void", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="void-payment")
def void_form(patient_id: PatientId, payment_id: PaymentId) -> Html:
    def act(form: Form) -> None:
        reason = parse(form, m.Reason).reason
        giving_back.void(patient_id, payment_id, reason, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, payment_id, "void", act)


@app.post(f"{_PAYMENT}/returned", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="payment-returned")
def returned_form(patient_id: PatientId, payment_id: PaymentId) -> Html:
    def act(form: Form) -> None:
        # An empty box is not posted.
        form.values = {"charge_fee": "false", **form.values}
        request = parse(form, m.Returned)
        giving_back.returned(
            patient_id, payment_id, request, actor=current_actor(), now=app.clock.now()
        )

    return _acted(patient_id, payment_id, "returned", act)


@app.post(f"{_PAYMENT}/refund", include_in_schema=False)
@requires(Permission.REFUND, action="refund")
def refund_form(patient_id: PatientId, payment_id: PaymentId) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.Refund, money=("amount",))
        giving_back.refund(
            patient_id, payment_id, request, actor=current_actor(), now=app.clock.now()
        )

    return _acted(patient_id, payment_id, "refund", act)


@app.post(f"{_PAYMENT}/transfer", include_in_schema=False)
@requires(Permission.REFUND, action="transfer")
def transfer_form(patient_id: PatientId, payment_id: PaymentId) -> Html:
    def act(form: Form) -> None:
        request = parse(families.by_mrn(form, current_actor()), m.Transfer, money=("amount",))
        payments.transfer(
            patient_id, payment_id, request, actor=current_actor(), now=app.clock.now()
        )

    return _acted(patient_id, payment_id, "transfer", act)


def _acted(patient: PatientId, payment: PaymentId, name: str, act: Callable[[Form], Any]) -> Html:
    form = form_sent()
    try:
        act(form)
    except DomainError as error:
        return _payment(patient, payment, {name: told(form, error)}, name, error.status)
    return web.redirect(f"{path_of(patient)}/payments/{payment}", app.current_event)
