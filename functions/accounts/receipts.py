"""A receipt: what was paid, how, and what it went onto."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from caresmith.actor import Actor
from caresmith.ids import PatientId, PaymentId
from caresmith.money import Money
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.payment import State
from caresmith.records.revenue.sheet import open_sheet
from functions.accounts import models as m
from functions.accounts import services, wording
from functions.accounts.accounts import open_account
from functions.accounts.pdf import Sheet, letterhead
from functions.accounts.reading import payment_read


def receipt(patient: PatientId, payment_id: PaymentId, *, actor: Actor) -> m.Receipt:
    """What a receipt says. Raises NotFound."""
    account = open_account(actor.practice_id, patient)
    payment = payment_read(actor.practice_id, account.payment(payment_id))
    lines = []
    for part in payment.applied:
        sheet = account.sheets.get(part.sheet_id)
        if sheet is None:
            lines.append(
                m.ReceiptLine(day=payment.day, words="Another account", amount=part.amount)
            )
            continue
        content = open_sheet(actor.practice_id, sheet)
        code = next((one.code for one in content.lines if one.line == part.line), "")
        lines.append(
            m.ReceiptLine(
                day=dt.date.fromisoformat(sheet.day), words=services.words(code), amount=part.amount
            )
        )
    owed = sum(one.cents for one in account.owed()) - sum(p.cents for p in account.purses())
    return m.Receipt(
        payment=payment,
        patient_name=account.person.card.name,
        lines=lines,
        still_due=Money(max(0, owed)),
    )


def pdf(found: m.Receipt, *, actor: Actor) -> bytes:
    setup = practice_setup(actor.practice_id)
    zone, payment = ZoneInfo(setup.practice.zone), found.payment
    at = payment.at.astimezone(zone)
    sheet = Sheet("Receipt", payment.at)
    sheet.beside(letterhead(setup), [f"Receipt {payment.payment_id[-8:]}", wording.day(at.date())])
    sheet.heading("Receipt")
    if payment.state is not State.TAKEN:
        sheet.text(f"This payment is {wording.STATES[payment.state].lower()}.", bold=True)
    sheet.facts(list(_facts(found)))
    if found.lines:
        sheet.space()
        sheet.table(
            ("Visit", "For", "Amount"),
            [(wording.day(one.day), one.words, str(one.amount)) for one in found.lines],
            (30, 100, 30),
            right=(2,),
        )
    sheet.space()
    sheet.text("Thank you.")
    return sheet.bytes()


def _facts(found: m.Receipt) -> Iterable[tuple[str, str]]:
    payment = found.payment
    yield "Patient", found.patient_name
    if payment.received_from:
        yield "Received from", payment.received_from
    yield "Paid", f"{payment.amount} ({wording.METHODS[payment.method].lower()})"
    if payment.reference:
        yield "Number", payment.reference
    if payment.refunded:
        yield "Refunded", str(payment.refunded)
    if payment.unapplied:
        yield "On account", f"{payment.unapplied} for what is still to be billed"
    yield "Still due", str(found.still_due)
