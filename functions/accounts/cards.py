"""Card payments: an amount due becomes a page of the card processor's, and money goes back.

No card data comes near us: the patient types it on the processor's page. What the processor
tells of it: ``cards_told.py``.
"""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.cards import Page, processor
from caresmith.clock import Instant, to_text
from caresmith.errors import invalid
from caresmith.ids import CheckoutId, JournalId, PatientId, PaymentId
from caresmith.records.revenue.checkout import CHECKOUT, CheckoutItem, checkout_key
from caresmith.records.revenue.payment import Method, State
from functions.accounts import giving_back, lying
from functions.accounts import models as m
from functions.accounts.accounts import Account, in_open_books, open_account
from functions.accounts.errors import NotThatMuchLeft, PaymentSettled
from functions.accounts.reading import payment_read
from functions.accounts.story import Books, Story


def ask(
    patient: PatientId, request: m.CheckoutRequest, *, actor: Actor, now: Instant
) -> m.Checkout:
    """Open a page for an amount. Raises NotFound, InvalidRequest, NoProcessor."""
    practice = actor.practice_id
    checkout_id = request.checkout_id or CheckoutId.new()
    account = open_account(practice, patient)
    payment_id = PaymentId.derived(practice, checkout_id)
    page = processor().open_page(
        Page(
            practice_id=practice,
            patient_id=account.patient_id,
            checkout_id=checkout_id,
            payment_id=payment_id,
            cents=request.amount.cents,
        )
    )
    item = CheckoutItem(
        checkout_key(practice, page.processor_id),
        CHECKOUT,
        checkout_id=checkout_id,
        patient_id=account.patient_id,
        cents=request.amount.cents,
        state="open",
        payment_id=payment_id,
        made_at=to_text(now),
        by=actor.user_id,
        url=page.url,
        version=1,
    )
    audit().record(checkout_id)
    item.save()
    return m.Checkout(checkout_id=checkout_id, amount=request.amount, url=page.url, state="open")


def refund(
    patient: PatientId,
    payment_id: PaymentId,
    request: m.Refund,
    *,
    actor: Actor,
    now: Instant,
) -> m.Payment:
    """Refund an online payment: at the processor first, and then in the ledger.

    The processor is told the refund's own id, so a refund whose answer was lost is not made
    twice; what it tells later finds it posted. Raises what :func:`giving_back.refund` raises,
    and NoProcessor.
    """
    journal_id = request.journal_id or JournalId.new()
    if request.method is not Method.ONLINE:
        raise invalid("method", "what was paid by card goes back to the same card")
    asked = in_open_books(
        actor, now, lambda books: _ask_refund(patient, payment_id, request, journal_id, books)
    )
    if asked is not None:
        intent, target = asked
        processor().refund(intent, request.amount.cents, journal_id)
        in_open_books(
            actor,
            now,
            lambda books: refund_up_to(
                open_account(actor.practice_id, patient),
                payment_id,
                target,
                journal_id,
                request.reason,
                books,
            ),
        )
    account = open_account(actor.practice_id, patient)
    return payment_read(actor.practice_id, account.payment(payment_id))


def _ask_refund(
    patient: PatientId,
    payment_id: PaymentId,
    request: m.Refund,
    journal_id: JournalId,
    books: Books,
) -> tuple[str, int] | None:
    """Note what is going to be refunded, before the processor is asked; None where it was done.

    How much is refunded in all afterwards tells whether the processor's own word, which may
    be faster than its answer, has posted it.
    """
    account = open_account(books.actor.practice_id, patient)
    payment = account.payment(payment_id)
    if payment.state != State.TAKEN:
        raise PaymentSettled
    if journal_id in (payment.acts or ()):
        return None
    asked = dict(payment.asked or {})
    if journal_id in asked:
        return str(payment.processor_id), int(asked[journal_id])
    if request.amount.cents > int(payment.unapplied_cents) or not payment.processor_id:
        raise NotThatMuchLeft
    target = int(payment.refunded_cents) + request.amount.cents
    story = Story(books)
    story.keep(payment)
    payment.asked = {**asked, journal_id: target}
    story.commit()
    return str(payment.processor_id), target


def refund_up_to(
    account: Account,
    payment_id: PaymentId,
    target: int,
    act: str,
    memo: str,
    books: Books,
) -> None:
    """Post what is missing until so much of the payment is refunded in all."""
    payment = account.payment(payment_id)
    if act in (payment.acts or ()):
        return
    missing = min(target - int(payment.refunded_cents), lying.here(payment))
    if missing <= 0:
        story = Story(books)
        story.keep(payment)
        payment.acts = [*(payment.acts or ()), act]
        story.commit()
        return
    lying.free(account, payment, missing, books)
    giving_back.refunded(payment, missing, books, memo, act)
