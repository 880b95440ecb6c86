"""A receipt: what was paid, how, and what it went onto."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import PatientId, PaymentId, SheetId
from caresmith.money import Money
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.payment import State
from caresmith.records.revenue.price_lists import practice_words
from caresmith.records.revenue.sheet import Code, open_sheet
from functions.accounts import models as m
from functions.accounts import services, wording
from functions.accounts.accounts import Account, open_account
from functions.accounts.pdf import Sheet, letterhead
from functions.accounts.reading import Told, account_read, payment_read


def receipt(patient: PatientId, payment_id: PaymentId, *, actor: Actor) -> m.Receipt:
    """What a receipt says. Raises NotFound."""
    account = open_account(actor.practice_id, patient)
    audit().record(payment_id)
    return receipt_of(account, payment_read(actor.practice_id, account.payment(payment_id)))


def receipt_of(account: Account, payment: m.Payment) -> m.Receipt:
    codes = _codes(account, {part.sheet_id for part in payment.applied})
    known = practice_words(account.practice, codes.values())
    lines = []
    for part in payment.applied:
        sheet = account.sheets.get(part.sheet_id)
        if sheet is None:
            day, words = payment.day, "Another account"
        else:
            code = codes.get((part.sheet_id, part.line), "")
            day, words = dt.date.fromisoformat(sheet.day), services.said(code, known)
        lines.append(m.ReceiptLine(day=day, words=words, amount=part.amount))
    owed = sum(one.cents for one in account.owed()) - sum(p.cents for p in account.purses())
    return m.Receipt(
        payment=payment,
        patient_name=account.person.card.name,
        lines=lines,
        still_due=Money(max(0, owed)),
    )


def _codes(account: Account, sheets: Iterable[SheetId]) -> dict[tuple[SheetId, LineId], Code]:
    """What was done, by line, on those of the sheets that are of this account."""
    return {
        (sheet_id, line.line): line.code
        for sheet_id in sheets
        if (sheet := account.sheets.get(sheet_id)) is not None
        for line in open_sheet(account.practice, sheet).lines
    }


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


def ledger_pdf(found: Told, *, actor: Actor, now: Instant) -> bytes:
    """The whole account on paper: visits, and every entry with what was owed after it."""
    setup, read = practice_setup(actor.practice_id), account_read(found)
    card = found.account.person.card
    sheet = Sheet("Account", now)
    day = setup.practice.day_at(now)
    sheet.beside(letterhead(setup), [card.name, f"MRN {card.mrn}", wording.day(day)])
    sheet.heading("What is owed")
    sheet.facts(
        [
            ("By insurance", str(read.insurance_owes)),
            ("By the patient", str(read.patient_owes)),
            ("Paid ahead", str(read.unapplied)),
            ("Due", str(read.due)),
        ]
    )
    sheet.heading("Visits")
    sheet.table(
        ("Visit", "What was done", "Charge", "Insurance owes", "Patient owes"),
        [
            (
                wording.day(visit.day),
                line.words,
                str(line.charge),
                str(line.insurance_owes),
                str(line.patient_owes),
            )
            for visit in read.visits
            for line in visit.lines
        ],
        (25, 75, 25, 28, 28),
        right=(2, 3, 4),
    )
    sheet.heading("Ledger")
    sheet.table(
        ("Date", "What happened", "Amount", "Owed after it"),
        [
            (wording.day(entry.day), entry.words, str(entry.amount), str(entry.balance))
            for entry in read.ledger
        ],
        (25, 100, 28, 28),
        right=(2, 3),
    )
    return sheet.bytes()
