"""What the card processor tells, late, twice and in any order: each is acted on once.

* *card kept*, *charged*: the plan's (``autopay.py``, ``instalments.py``);
* *paid*: the payment that was planned with the page is taken, whatever came before;
* *refunded*: the refund that is not known yet is posted;
* *disputed*, *funds withdrawn*: what it pays is owed again; *reinstated*: it is paid again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.cards import Told
from caresmith.clock import Instant, to_text
from caresmith.errors import DomainError
from caresmith.events import RevenueOutbox, StaffTaskRaised, tell
from caresmith.ids import EventId, JournalId, PatientId, PaymentId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.checkout import CheckoutItem, checkout_key, find_checkout
from caresmith.records.revenue.payment import Method, PaymentItem
from caresmith.records.revenue.writing import AlreadyPosted
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import autopay, giving_back, instalments, lying, paylinks, payments
from functions.accounts.accounts import Account, in_open_books, open_account
from functions.accounts.cards import refund_up_to
from functions.accounts.records import (
    TOLD,
    CardPracticeItem,
    IntentItem,
    ToldItem,
    card_key,
    told_key,
)
from functions.accounts.story import Books, Story

_INTENT: Final = "intent"
_PRACTICE: Final = "practice"


def on_told(practice: PracticeId, told: Told, *, actor: Actor, now: Instant) -> None:
    """Act on one event of the processor, once."""
    if _was_told(practice, told):
        return
    acts: Mapping[str, Any] = {
        "card-kept": autopay.on_kept,
        "charged": instalments.on_charged,
        "paid": _paid,
        "expired": _expired,
        "refunded": _refunded,
        "withdrawn": _withdrawn,
        "reinstated": _reinstated,
    }
    acts[told.kind](practice, told, actor, now)
    ToldItem(
        told_key(practice, told.event_id), TOLD, kind=told.kind, at=to_text(now), members=[]
    ).save()


def _was_told(practice: PracticeId, told: Told) -> bool:
    found = ToldItem.query(
        told_key(practice, told.event_id), ToldItem.sk == TOLD, consistent_read=True, limit=1
    )
    return next(iter(found), None) is not None


def _paid(practice: PracticeId, told: Told, actor: Actor, now: Instant) -> None:
    """The page was paid: take the payment that was planned with it."""
    item = find_checkout(practice, told.page_id)
    if item is None:
        _raise(practice, "card-payment-unplaced", told, None, actor, now)
        return
    _take(practice, item, told, actor, now)


def _take(practice: PracticeId, item: CheckoutItem, told: Told, actor: Actor, now: Instant) -> None:
    patient, payment_id = PatientId(item.patient_id), PaymentId(item.payment_id)

    def change(books: Books) -> None:
        account = open_account(practice, patient)
        if payment_id in account.payments:
            return
        payment = payments.new_payment(
            books, account.patient_id, payment_id, Method.ONLINE, told.cents
        )
        payment.processor_id = told.intent_id
        story = Story(books)
        story.new_payment(payment, payments.came(Money(told.cents)))
        story.writes.put(
            IntentItem(
                checkout_key(practice, told.intent_id),
                _INTENT,
                patient_id=account.patient_id,
                payment_id=payment_id,
            )
        )
        story.writes.put(CardPracticeItem(card_key(told.intent_id), _PRACTICE, practice=practice))
        item.state, item.intent_id = "paid", told.intent_id
        story.writes.put(item)
        with suppress(AlreadyPosted):
            story.commit()

    in_open_books(actor, now, change)
    payments.settle(patient, actor=actor, now=now)
    paylinks.on_paid(practice, item, actor=actor, now=now)


def _expired(practice: PracticeId, told: Told, _: Actor, __: Instant) -> None:
    item = find_checkout(practice, told.page_id)
    if item is not None and item.state == "open":
        item.state = "expired"
        item.save(CheckoutItem.state == "open")


def _refunded(practice: PracticeId, told: Told, actor: Actor, now: Instant) -> None:
    """``told.cents`` is what was refunded in all of the payment: post what is not known."""
    _change(practice, told, actor, now, _post_refund)


def _post_refund(account: Account, payment: PaymentItem, told: Told, books: Books) -> None:
    act = JournalId.derived(payment.payment_id, "refunded", str(told.cents))
    memo = "Refunded at the card processor"
    refund_up_to(account, PaymentId(payment.payment_id), told.cents, act, memo, books)


def _withdrawn(practice: PracticeId, told: Told, actor: Actor, now: Instant) -> None:
    """A dispute took the money: what it paid is owed again, and somebody has to answer it."""
    _change(practice, told, actor, now, _post_withdrawal)
    intent = _intent(practice, told.intent_id)
    patient = PatientId(intent.patient_id) if intent else None
    _raise(practice, "card-disputed", told, patient, actor, now)


def _post_withdrawal(account: Account, payment: PaymentItem, told: Told, books: Books) -> None:
    act = JournalId.derived(payment.payment_id, "withdrawn", told.dispute_id)
    undone = JournalId.derived(payment.payment_id, "reinstated", told.dispute_id)
    if act in (payment.acts or ()):
        return
    payment.acts = [*(payment.acts or ()), act]
    if undone in payment.acts:
        # That it was given back came first: both together are nothing.
        story = Story(books)
        story.keep(payment)
        story.commit()
        return
    # What was refunded before is not here to be withdrawn: the task says so to a person.
    cents = min(told.cents, lying.here(payment))
    if cents:
        giving_back.charged_back(account, payment, cents, books, "Disputed at the card processor")


def _reinstated(practice: PracticeId, told: Told, actor: Actor, now: Instant) -> None:
    _change(practice, told, actor, now, _post_reinstatement)
    intent = _intent(practice, told.intent_id)
    if intent is not None:
        payments.settle(PatientId(intent.patient_id), actor=actor, now=now)


def _post_reinstatement(_: Account, payment: PaymentItem, told: Told, books: Books) -> None:
    act = JournalId.derived(payment.payment_id, "reinstated", told.dispute_id)
    withdrawn = JournalId.derived(payment.payment_id, "withdrawn", told.dispute_id)
    if act in (payment.acts or ()):
        return
    known = payment.acts or ()
    payment.acts = [*known, act]
    if withdrawn not in known:
        story = Story(books)
        story.keep(payment)
        story.commit()
        return
    cents = min(told.cents, int(payment.returned_cents))
    if cents:
        giving_back.given_again(payment, cents, books, "The dispute was won")


class PaymentNotKnownYet(DomainError):
    """What is told is of a payment that was not told yet: told again later, it will be known."""

    kind, status = "payment-not-known-yet", 503
    title = "The payment is not known yet. Tell it again later."


def _change(practice: PracticeId, told: Told, actor: Actor, now: Instant, act: Any) -> None:
    def change(books: Books) -> None:
        intent = _intent(practice, told.intent_id)
        if intent is None:
            raise PaymentNotKnownYet
        account = open_account(practice, PatientId(intent.patient_id))
        act(account, account.payment(PaymentId(intent.payment_id)), told, books)

    in_open_books(actor, now, change)


def practice_of(told: Told) -> PracticeId:
    """Whose payment it is. Raises PaymentNotKnownYet.

    A dispute does not carry what the page was opened with.
    """
    if told.practice_id is not None:
        return told.practice_id
    found = CardPracticeItem.query(
        card_key(told.intent_id), CardPracticeItem.sk == _PRACTICE, consistent_read=True, limit=1
    )
    for item in found:
        return PracticeId(item.practice)
    raise PaymentNotKnownYet


def _intent(practice: PracticeId, intent: str) -> IntentItem | None:
    found = IntentItem.query(
        checkout_key(practice, intent), IntentItem.sk == _INTENT, consistent_read=True, limit=1
    )
    return next(iter(found), None)


def _raise(
    practice: PracticeId,
    task: Any,
    told: Told,
    patient: PatientId | None,
    actor: Actor,
    now: Instant,
) -> None:
    event = StaffTaskRaised(
        event_id=EventId.derived(practice, task, told.event_id),
        practice_id=practice,
        occurred_at=now,
        actor_id=actor.user_id,
        key=f"{task}-{told.intent_id or told.event_id}"[:160],
        task=task,
        party_id=patient or "",
        patient_id=patient,
    )

    def attempt() -> None:
        with transaction() as writes:
            tell(event, RevenueOutbox, writes)

    with suppress(TransactionCancelled):
        when_not_busy(attempt)
