"""Patients' payments taken back: voided, returned by the bank, disputed, refunded.

As in ``payments.py`` each act reads the account, decides, and writes one transaction on
condition that nothing of it has changed since; what is told twice happens once.
"""

from __future__ import annotations

from typing import Final

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.ids import JournalId, PatientId, PaymentId
from caresmith.money import Money
from caresmith.records.revenue.ledger import JournalKind
from caresmith.records.revenue.payment import Method, PaymentItem, State
from caresmith.records.revenue.writing import Source
from functions.accounts import fees, lying
from functions.accounts import models as m
from functions.accounts.accounts import Account, in_open_books, open_account
from functions.accounts.errors import NotThatMuchLeft, PaymentMoved, TooLateToVoid
from functions.accounts.payments import came
from functions.accounts.reading import payment_read
from functions.accounts.story import Books, Story


def void(
    patient: PatientId, payment_id: PaymentId, reason: str, *, actor: Actor, now: Instant
) -> m.Payment:
    """Take a payment back that was entered wrongly, in the books of the day it stands in.

    Raises NotFound, PaymentSettled, PaymentMoved, TooLateToVoid.
    """

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        payment = lying.alive(account, payment_id)
        if payment.day != books.day.isoformat() or payment.method in _NOT_OURS_TO_VOID:
            raise TooLateToVoid
        _refuse_moved(payment)
        lying.thin(account, payment, books)
        story = Story(books, Source(memo=reason))
        lying.empty(story, account, payment)
        _gone(story, payment, int(payment.amount_cents), JournalKind.CORRECTION)
        payment.state = State.VOID
        story.commit()
        return payment

    return payment_read(actor.practice_id, in_open_books(actor, now, change))


_NOT_OURS_TO_VOID: Final = frozenset({Method.ONLINE.value, Method.TRANSFER.value})


def returned(
    patient: PatientId,
    payment_id: PaymentId,
    request: m.Returned,
    *,
    actor: Actor,
    now: Instant,
) -> m.Payment:
    """A check bounced: it pays nothing any more, and the practice's fee is owed.

    Raises NotFound, PaymentSettled, PaymentMoved, InvalidRequest.
    """

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        payment = lying.alive(account, payment_id)
        if payment.method not in (Method.CHECK, Method.OTHER):
            raise invalid("payment", "only a check or another payment by a bank comes back")
        _refuse_moved(payment)
        lying.thin(account, payment, books)
        story = Story(books, Source(memo=request.reason))
        if request.charge_fee:
            fees.returned_check(story, books, account, payment)
        lying.empty(story, account, payment)
        _gone(story, payment, int(payment.amount_cents), JournalKind.RETURNED)
        payment.state = State.RETURNED
        story.commit()
        return payment

    return payment_read(actor.practice_id, in_open_books(actor, now, change))


def charged_back(
    account: Account, payment: PaymentItem, cents: int, books: Books, memo: str
) -> None:
    """The card processor took ``cents`` back: lines are owed again, the latest first.

    Raises NotThatMuchLeft where that much of the payment is not here.
    """
    lying.thin(account, payment, books)
    story = Story(books, Source(memo=memo))
    lying.come_off(story, account, payment, cents)
    _gone(story, payment, cents, JournalKind.RETURNED)
    if not int(payment.unapplied_cents) and not payment.applied:
        payment.state = State.RETURNED
    story.commit()


def given_again(payment: PaymentItem, cents: int, books: Books, memo: str) -> None:
    """The card processor gave back what it had taken: a dispute was won."""
    if cents > int(payment.returned_cents):
        raise NotThatMuchLeft
    story = Story(books, Source(memo=memo))
    story.post_payment(payment, came(Money(cents)))
    payment.unapplied_cents = int(payment.unapplied_cents) + cents
    payment.returned_cents = int(payment.returned_cents) - cents
    payment.state = State.TAKEN
    story.commit()


def refund(
    patient: PatientId,
    payment_id: PaymentId,
    request: m.Refund,
    *,
    actor: Actor,
    now: Instant,
) -> m.Payment:
    """Give money back of what lies on no line, by the way on which it came where it was a card.

    A card on the processor's page is refunded there (``cards.py``), which ends here too.
    Raises NotFound, NotThatMuchLeft, PaymentSettled, InvalidRequest.
    """
    journal_id = request.journal_id or JournalId.new()

    def change(books: Books) -> PaymentItem:
        account = open_account(actor.practice_id, patient)
        payment = lying.alive(account, payment_id)
        if journal_id in (payment.acts or ()):
            return payment
        if payment.method in (Method.TERMINAL, Method.ONLINE) and (
            payment.method != request.method
        ):
            raise invalid("method", "what was paid by card goes back to the same card")
        if request.amount.cents > int(payment.unapplied_cents):
            raise NotThatMuchLeft
        refunded(payment, request.amount.cents, books, request.reason, journal_id)
        return payment

    return payment_read(actor.practice_id, in_open_books(actor, now, change))


def refunded(payment: PaymentItem, cents: int, books: Books, memo: str, act: str) -> None:
    """Post a refund of what lies on no line; ``act`` is its name, which is used once."""
    story = Story(books, Source(memo=memo))
    story.post_payment(payment, came(Money(cents)).reversed(JournalKind.REFUND))
    payment.unapplied_cents = int(payment.unapplied_cents) - cents
    payment.refunded_cents = int(payment.refunded_cents) + cents
    payment.acts = [*(payment.acts or ()), act]
    story.commit()


def _refuse_moved(payment: PaymentItem) -> None:
    if int(payment.refunded_cents) or int(payment.moved_cents) or int(payment.returned_cents):
        raise PaymentMoved


def _gone(story: Story, payment: PaymentItem, cents: int, kind: JournalKind) -> None:
    """Money that lies on no line is no longer there."""
    story.post_payment(payment, came(Money(cents)).reversed(kind))
    payment.unapplied_cents = int(payment.unapplied_cents) - cents
    payment.returned_cents = int(payment.returned_cents) + cents
