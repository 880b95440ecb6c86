"""Patients' payments: taken, applied, moved. No cent comes or goes.

Each act reads the account, decides, and writes one transaction on condition that
nothing of it has changed since; what is told twice happens once.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_precise_text
from caresmith.errors import invalid
from caresmith.ids import PatientId, PaymentId
from caresmith.money import Money
from caresmith.records.revenue.layout import account_key, payment_sort_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.payment import (
    Method,
    PaymentItem,
    Said,
    State,
    get_payment,
    seal_said,
)
from caresmith.records.revenue.writing import AlreadyPosted, Source
from functions.accounts import lying
from functions.accounts import models as m
from functions.accounts.accounts import Account, in_open_books, open_account
from functions.accounts.applying import Part, Purse, oldest_first, too_much
from functions.accounts.errors import NotThatMuchLeft, PaidOtherwise
from functions.accounts.reading import payment_read
from functions.accounts.story import MOST_SHEETS, Books, Story

_ROUNDS: Final = 20
"""So often a payment goes on to further visits: of a hundred open ones in all."""


# -- taking -----------------------------------------------------------------


def take(patient: PatientId, request: m.PaymentRequest, *, actor: Actor, now: Instant) -> m.Payment:
    """Take money at the desk. Raises NotFound, InvalidRequest, NotThatMuchOwed, PaidOtherwise."""
    payment_id = request.payment_id or PaymentId.new()
    said = Said(reference=request.reference, received_from=request.received_from, note=request.note)

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        if payment_id in account.payments:
            return _same(account.payments[payment_id], request)
        payment = new_payment(
            books, account.patient_id, payment_id, request.method, request.amount.cents
        )
        payment.held_for = request.held_for.isoformat() if request.held_for else None
        payment.said = seal_said(actor.practice_id, payment_id, said)
        story = Story(books)
        story.new_payment(payment, came(request.amount))
        if request.apply == "lines":
            _check_lines(request.lines, account)
            story.put_on(payment, _parts(payment, request.lines), account.sheets)
        elif request.apply == "oldest":
            purse = Purse(payment_id, request.amount.cents, request.held_for)
            parts = oldest_first(account.owed(), [purse], books.day, most_sheets=MOST_SHEETS)
            story.put_on(payment, parts, account.sheets)
        with suppress(AlreadyPosted):
            story.commit()
            return payment
        there = get_payment(actor.practice_id, [account.patient_id], payment_id)
        if there is None:
            raise PaidOtherwise
        return _same(there, request)

    taken = in_open_books(actor, now, change)
    audit().record(payment_id)
    if request.apply == "oldest" and int(taken.unapplied_cents):
        settle(patient, actor=actor, now=now)
        taken = get_payment(actor.practice_id, [PatientId(taken.patient_id)], payment_id) or taken
    return payment_read(actor.practice_id, taken)


def new_payment(
    books: Books, patient: PatientId, payment: PaymentId, method: Method, cents: int
) -> PaymentItem:
    """The payment's item, not yet written; all of it lies on no line."""
    return PaymentItem(
        account_key(books.actor.practice_id, patient),
        payment_sort_key(payment),
        payment_id=payment,
        patient_id=patient,
        day=books.day.isoformat(),
        at=to_precise_text(books.now),
        by=books.actor.user_id,
        method=method,
        state=State.TAKEN,
        amount_cents=cents,
        unapplied_cents=cents,
        refunded_cents=0,
        moved_cents=0,
        returned_cents=0,
        fee_cents=0,
        applied={},
        version=0,
    )


def came(amount: Money, kind: JournalKind = JournalKind.PATIENT_PAYMENT) -> Journal:
    """Money that came into the bank and lies on no line."""
    return Journal(
        kind=kind,
        postings=(
            Posting(book=Book.BANK, amount=amount),
            Posting(book=Book.UNAPPLIED, amount=-amount),
        ),
    )


def _same(there: PaymentItem, request: m.PaymentRequest) -> PaymentItem:
    """The payment that was taken under this id already, if it is that one."""
    if (there.amount_cents, there.method) != (request.amount.cents, request.method):
        raise PaidOtherwise
    return there


# -- applying ---------------------------------------------------------------


def settle(patient: PatientId, *, actor: Actor, now: Instant) -> None:
    """Bring the account in order by rule: what lies too much comes off, what is there pays.

    Told twice it changes nothing the second time. Raises NotFound.
    """
    for _ in range(_ROUNDS):
        if not in_open_books(actor, now, lambda books: _settle_some(books, patient)):
            return


def _settle_some(books: Books, patient: PatientId) -> bool:
    """One transaction's worth of it; False where nothing was to be done."""
    account = open_account(books.actor.practice_id, patient)
    off = _few_sheets(too_much(account.owed(), account.lying()))
    if off:
        story = Story(books)
        for payment in _named(off):
            mine = [part for part in off if part.payment == payment]
            story.take_off(account.payment(payment), mine, account.sheets)
        story.commit()
        return True
    parts = oldest_first(account.owed(), account.purses(), books.day, most_sheets=MOST_SHEETS)
    if not parts:
        return False
    story = Story(books)
    for payment in _named(parts):
        mine = [part for part in parts if part.payment == payment]
        story.put_on(account.payment(payment), mine, account.sheets)
    story.commit()
    return True


def apply(
    patient: PatientId,
    payment_id: PaymentId,
    request: m.Application,
    *,
    actor: Actor,
    now: Instant,
) -> m.Payment:
    """Put what lies on no line onto the oldest lines, or onto chosen ones.

    Raises NotFound, NotThatMuchLeft, NotThatMuchOwed, PaymentSettled.
    """

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        payment = lying.alive(account, payment_id)
        if request.apply == "lines":
            _check_lines(request.lines, account)
            parts = _parts(payment, request.lines)
        else:
            # A person says so: what was held for a visit is held no longer.
            purse = Purse(payment_id, int(payment.unapplied_cents))
            parts = oldest_first(account.owed(), [purse], books.day, most_sheets=MOST_SHEETS)
        if sum(part.cents for part in parts) > int(payment.unapplied_cents):
            raise NotThatMuchLeft
        if parts:
            story = Story(books)
            story.put_on(payment, parts, account.sheets)
            story.commit()
        return payment

    return payment_read(actor.practice_id, in_open_books(actor, now, change))


def take_off(
    patient: PatientId,
    payment_id: PaymentId,
    lines: list[m.LineShare],
    *,
    actor: Actor,
    now: Instant,
) -> m.Payment:
    """Take money off lines that it should not lie on. Raises NotFound, NotThatMuchLeft."""

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        payment = lying.alive(account, payment_id)
        lying.take_in_sheets(account, payment)
        _check_lines(lines, account)
        story = Story(books)
        story.take_off(payment, _parts(payment, lines), account.sheets)
        # It shall not go back there by rule at once.
        payment.held_for = payment.held_for or books.day.isoformat()
        story.commit()
        return payment

    return payment_read(actor.practice_id, in_open_books(actor, now, change))


# -- moving --------------------------------------------------------------------


def transfer(
    patient: PatientId,
    payment_id: PaymentId,
    request: m.Transfer,
    *,
    actor: Actor,
    now: Instant,
) -> m.Payment:
    """Move money that lies on no line to another account, as a payment of its own there.

    Raises NotFound, NotThatMuchLeft, PaymentSettled, InvalidRequest.
    """
    new_id = request.payment_id or PaymentId.new()

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        other = open_account(actor.practice_id, request.to_patient_id)
        if new_id in other.payments:
            return account.payment(payment_id)
        if other.patient_id == account.patient_id:
            raise invalid("to_patient_id", "that is the same account")
        payment = lying.alive(account, payment_id)
        cents = request.amount.cents
        if cents > int(payment.unapplied_cents):
            raise NotThatMuchLeft
        story = Story(books, Source(memo=request.reason))
        out = Journal(
            kind=JournalKind.TRANSFER,
            postings=(
                Posting(book=Book.UNAPPLIED, amount=request.amount),
                Posting(book=Book.CLEARING, amount=-request.amount),
            ),
        )
        story.post_payment(payment, out)
        payment.unapplied_cents = int(payment.unapplied_cents) - cents
        payment.moved_cents = int(payment.moved_cents) + cents
        there = new_payment(books, other.patient_id, new_id, Method.TRANSFER, cents)
        there.came_from = f"{payment.patient_id}#{payment_id}"
        story.new_payment(there, out.reversed(JournalKind.TRANSFER))
        with suppress(AlreadyPosted):
            story.commit()
        return payment

    moved = in_open_books(actor, now, change)
    settle(request.to_patient_id, actor=actor, now=now)
    return payment_read(actor.practice_id, moved)


# -- inside -----------------------------------------------------------------


def _check_lines(lines: Iterable[m.LineShare], account: Account) -> None:
    """Every line is there. Raises InvalidRequest, or NotThatMuchOwed with the line."""
    for place, share in enumerate(lines):
        sheet = account.sheets.get(share.sheet_id)
        if sheet is None or share.line not in sheet.balances:
            raise invalid(f"lines.{place}", "there is no such line in this account")


def _parts(payment: PaymentItem, lines: Iterable[m.LineShare]) -> list[Part]:
    return [
        Part(PaymentId(payment.payment_id), share.sheet_id, share.line, share.amount.cents)
        for share in lines
    ]


def _named(parts: Iterable[Part]) -> list[PaymentId]:
    return list(dict.fromkeys(part.payment for part in parts))


def _few_sheets(parts: list[Part]) -> list[Part]:
    few = list(dict.fromkeys(part.sheet for part in parts))[:MOST_SHEETS]
    return [part for part in parts if part.sheet in few]
