"""Instalments that a card pays: charged on their day, once each, by the practice's clock.

What the processor is asked for is written into the plan before it is asked, under the id
of the payment that it will be, which is also the processor's key against repeats. So
whoever is told twice, or is killed between the question and the books, asks the same
question again and finds the same answer. After a day the processor may have forgotten
the key: then it is looked up what it charged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from caresmith import later
from caresmith.actor import Actor, current_actor
from caresmith.cards import (
    CardDeclined,
    Charge,
    KeptCard,
    PlanOf,
    Told,
    processor,
)
from caresmith.clock import Instant
from caresmith.errors import VersionConflict
from caresmith.events import StaffTaskRaised
from caresmith.ids import EventId, PatientId, PaymentId, PlanId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.checkout import checkout_key
from caresmith.records.revenue.payment import Method
from caresmith.records.revenue.writing import AlreadyPosted
from functions.accounts import autopay, payments, plans, reading
from functions.accounts.accounts import in_open_books, open_account, today
from functions.accounts.app import app
from functions.accounts.cardkept import (
    NO_USE,
    CardState,
    Charging,
    again,
    card_of,
    charging_of,
    put_card,
    tries_of,
)
from functions.accounts.records import CardPracticeItem, IntentItem, PlanItem, card_key
from functions.accounts.story import Books, Story

TASK: Final = "instalment"
_ATTEMPTS: Final = 4
_KEY_LASTS: Final = dt.timedelta(hours=20)
"""Stripe keeps idempotency keys for 24 hours at least."""


def plan_charges(practice: PracticeId, day: dt.date, now: Instant) -> int:
    """Have each plan that a card pays looked at, in an invocation of its own; how many."""
    count = 0
    for listed in plans.active(practice):
        if listed.by_card:
            later.at(
                now,
                name=f"instalment-{listed.plan_id}-{day:%Y%m%d}",
                target="accounts",
                payload={
                    "task": TASK,
                    "practice_id": practice,
                    "patient_id": listed.patient_id,
                    "plan_id": listed.plan_id,
                },
            )
            count += 1
    return count


def on_task(payload: Mapping[str, Any]) -> None:
    """Task: charge what one plan asks for today."""
    charge(
        PatientId(payload["patient_id"]),
        PlanId(payload["plan_id"]),
        actor=current_actor(),
        now=app.clock.now(),
    )


def charge(patient: PatientId, plan_id: PlanId, *, actor: Actor, now: Instant) -> None:
    """Charge what is due of the plan and not paid, where its card is to be tried.

    Raises NotFound; NoProcessor where the answer is not known: told again, it will be.
    """
    practice = actor.practice_id
    plan, asked = _ask(practice, patient, plan_id, now)
    if asked is None:
        return
    card = card_of(plan)
    of = PlanOf(plan_id, asked.payment_id)
    intent: str | None
    try:
        if now - asked.at > _KEY_LASTS:
            intent = processor().charged(asked.payment_id)
            if intent is None:
                # It never came to be: the next run asks anew.
                _settle(practice, patient, plan_id, asked, now, actor, code="processing_error")
                return
        else:
            kept = KeptCard(card.customer, card.method)
            intent = processor().charge(Charge(practice, of, asked.cents, kept))
    except CardDeclined as declined:
        _settle(practice, patient, plan_id, asked, now, actor, code=declined.code)
        return
    take(practice, patient, asked.payment_id, asked.cents, intent, actor=actor, now=now)
    _settle(practice, patient, plan_id, asked, now, actor, code="")


def _ask(
    practice: PracticeId, patient: PatientId, plan_id: PlanId, now: Instant
) -> tuple[PlanItem, Charging | None]:
    """The plan, and what the processor is to be asked for: written down before it is."""
    for _ in range(_ATTEMPTS):
        found = reading.told(practice, patient)
        plan = next(one for one in plans.plans_of(found.others) if one.plan_id == plan_id)
        open_one = charging_of(plan)
        if open_one is not None:
            return plan, open_one
        wanted = _wanted(plan, found, today(practice, now), now)
        if wanted is None:
            return plan, None
        plan.charging = wanted.model_dump(mode="json")
        with suppress(VersionConflict):
            plans.save(practice, plan, int(plan.version))
            return plan, wanted
    raise VersionConflict


def _wanted(plan: PlanItem, found: reading.Told, day: dt.date, now: Instant) -> Charging | None:
    """What is to be charged today; None where nothing is, or the card is not to be tried."""
    if plan.state != "active" or card_of(plan).state is not CardState.KEPT:
        return None
    due_days = [due for due, _ in plans.instalments_of(plan) if due <= day]
    stands = plans.standing(plan, found.account.payments.values(), day)
    cents = min(stands.behind, reading.account_read(found).due.cents)
    if not due_days or cents <= 0:
        return None
    due, tries = max(due_days), tries_of(plan)
    same = tries is not None and tries.due == due
    if tries is not None and same and (tries.next is None or tries.next > day):
        return None
    number = tries.number + 1 if tries is not None and same else 1
    payment = PaymentId.derived(plan.plan_id, due.isoformat(), str(number), card_of(plan).method)
    return Charging(payment_id=payment, cents=cents, due=due, number=number, at=now)


def take(
    practice: PracticeId,
    patient: PatientId,
    payment_id: PaymentId,
    cents: int,
    intent: str,
    *,
    actor: Actor,
    now: Instant,
) -> None:
    """Post what the card paid, once, and let it pay what is owed."""

    def change(books: Books) -> None:
        account = open_account(practice, patient)
        if payment_id in account.payments:
            return
        payment = payments.new_payment(books, account.patient_id, payment_id, Method.ONLINE, cents)
        payment.processor_id = intent
        story = Story(books)
        story.new_payment(payment, payments.came(Money(cents)))
        story.writes.put(
            IntentItem(
                checkout_key(practice, intent),
                "intent",
                patient_id=account.patient_id,
                payment_id=payment_id,
            )
        )
        story.writes.put(CardPracticeItem(card_key(intent), "practice", practice=practice))
        with suppress(AlreadyPosted):
            story.commit()

    in_open_books(actor, now, change)
    payments.settle(patient, actor=actor, now=now)


def _settle(
    practice: PracticeId,
    patient: PatientId,
    plan_id: PlanId,
    asked: Charging,
    now: Instant,
    actor: Actor,
    *,
    code: str,
) -> None:
    """The plan says what became of it; a decline is told to the office with it."""
    for _ in range(_ATTEMPTS):
        found = reading.told(practice, patient)
        plan = next(one for one in plans.plans_of(found.others) if one.plan_id == plan_id)
        if charging_of(plan) != asked:
            # Whoever was told at the same time has noted it.
            return
        plan.charging = None
        event = None
        if code:
            tries = again(tries_of(plan), asked.due, code, today(practice, now))
            plan.tries = tries.model_dump(mode="json")
            if code in NO_USE:
                put_card(plan, card_of(plan).model_copy(update={"state": CardState.REFUSED}))
            event = _declined(practice, plan, asked, actor, now)
        else:
            plan.tries = None
        with suppress(VersionConflict):
            plans.save(practice, plan, int(plan.version), event)
            return
    raise VersionConflict


def _declined(
    practice: PracticeId, plan: PlanItem, asked: Charging, actor: Actor, now: Instant
) -> StaffTaskRaised:
    return StaffTaskRaised(
        event_id=EventId.derived(plan.plan_id, "declined", asked.payment_id),
        practice_id=practice,
        occurred_at=now,
        actor_id=actor.user_id,
        key=f"declined-{plan.plan_id}-{asked.due}",
        task="payment-missed",
        party_id=plan.patient_id,
        patient_id=PatientId(plan.patient_id),
    )


def on_charged(practice: PracticeId, told: Told, actor: Actor, now: Instant) -> None:
    """The processor's own word of a charge, for one whose answer was lost."""
    if told.plan is None:
        return
    patient = autopay.patient_of(practice, told.plan.plan_id)
    if patient is None:
        return
    payment = told.plan.payment_id
    take(practice, patient, payment, told.cents, told.intent_id, actor=actor, now=now)
    found = reading.told(practice, patient)
    for plan in plans.plans_of(found.others):
        asked = charging_of(plan)
        if plan.plan_id == told.plan.plan_id and asked and asked.payment_id == payment:
            _settle(practice, patient, told.plan.plan_id, asked, now, actor, code="")
