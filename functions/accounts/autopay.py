"""A card that pays a plan by itself: asked for, kept by the processor, given up.

The patient leaves the card on the processor's page, and somebody notes that they agree to
its being charged for each instalment on its due day. Either ends: the plan, or the
consent, or the plan is paid. Then the processor is told to forget the card; were it not to
hear, nothing is charged all the same, for the plan says so, and it is told again each night.
"""

from __future__ import annotations

from typing import Any, Final

from caresmith.actor import Actor
from caresmith.cards import CardPage, NoProcessor, Told, processor
from caresmith.clock import Instant, to_text
from caresmith.errors import Conflict, NotFound, VersionConflict
from caresmith.ids import CheckoutId, PatientId, PlanId, PracticeId
from caresmith.records.revenue.checkout import checkout_key
from functions.accounts import models as m
from functions.accounts import plans, reading
from functions.accounts.accounts import today
from functions.accounts.cardkept import Card, CardState, card_of, put_card, seal_words
from functions.accounts.records import CARD_PAGE, CardPageItem, PlanItem

_ATTEMPTS: Final = 4


class PlanOver(Conflict):
    kind = "plan-over"
    title = "The plan is not being paid any more."


def ask(
    patient: PatientId,
    plan_id: PlanId,
    request: m.CardConsent,
    *,
    actor: Actor,
    now: Instant,
) -> m.CardPage:
    """Open the page for the card, and note the consent. Raises NotFound, PlanOver, NoProcessor.

    A card that is there already stays in use until another one is left.
    """
    practice = actor.practice_id
    plan = _active(practice, patient, plan_id)
    wanted = CardPage(practice, plan_id, request.checkout_id or CheckoutId.new())
    page = processor().open_card_page(wanted)
    made_at = to_text(now)
    lead: dict[str, Any] = {
        "patient_id": plan.patient_id,
        "plan_id": plan_id,
        "made_at": made_at,
        "by": actor.user_id,
    }
    card = card_of(plan)
    state = CardState.KEPT if card.state is CardState.KEPT else CardState.ASKED
    put_card(
        plan,
        card.model_copy(
            update={
                "state": state,
                "page": page.processor_id,
                "agreed_at": made_at,
                "agreed_by": actor.user_id,
            }
        ),
    )
    plan.autopay = True
    besides = [
        # From what the processor names, its page or our plan, to whose it is.
        CardPageItem(checkout_key(practice, name), CARD_PAGE, **lead)
        for name in (page.processor_id, plan_id)
    ]
    plans.save(practice, plan, int(plan.version), besides=besides)
    return m.CardPage(plan_id=plan_id, url=page.url)


def end(patient: PatientId, plan_id: PlanId, *, actor: Actor, now: Instant) -> m.Plan:
    """The consent is taken back: nothing is charged any more. Raises NotFound."""
    practice = actor.practice_id
    found = reading.told(practice, patient)
    plan = _plan(found, plan_id)
    if card_of(plan).state not in {CardState.NONE, CardState.ENDED}:
        plans.card_is_done(plan)
        plans.save(practice, plan, int(plan.version))
        _let_go(practice, plan)
    return plans.read(plan, found.account.payments.values(), today(practice, now))


def end_plan(patient: PatientId, plan_id: PlanId, *, actor: Actor, now: Instant) -> m.Plan:
    """The plan holds no longer, and the consent with it. Raises NotFound."""
    end(patient, plan_id, actor=actor, now=now)
    return plans.end(patient, plan_id, actor=actor, now=now)


def follow(practice: PracticeId, patient: PatientId, *, actor: Actor, now: Instant) -> None:
    """Let the account's plan follow what is owed; the card of one that is paid is forgotten."""
    for plan in plans.follow(practice, patient, actor=actor, now=now):
        _let_go(practice, plan)


def _let_go(practice: PracticeId, plan: PlanItem) -> None:
    """Let the processor forget a card that pays nothing any more, and our id of it with that.

    Where it can't be reached the plan stays listed, and the night tries again.
    """
    card = card_of(plan)
    if card.state is CardState.ENDED and card.method and forget(card.method):
        put_card(plan, card.model_copy(update={"method": ""}))
        plans.save(practice, plan, int(plan.version))


def forget(method: str) -> bool:
    """Let the processor forget a card; whether it has heard."""
    if not method:
        return True
    try:
        processor().forget_card(method)
    except NoProcessor:
        return False
    return True


def on_kept(practice: PracticeId, told: Told, _: Actor, __: Instant) -> None:
    """The patient has left a card: it pays the plan from now on. Told twice, once."""
    lead = _lead(practice, told.page_id)
    if lead is None:
        return
    kept = processor().kept_card(told.intent_id)
    card = Card(customer=kept.customer, method=kept.method)
    for attempt in range(_ATTEMPTS):
        try:
            _keep(practice, lead, told, card, kept.words)
        except VersionConflict:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _keep(practice: PracticeId, lead: CardPageItem, told: Told, kept: Card, words: str) -> None:
    plan = _plan(reading.told(practice, PatientId(lead.patient_id)), PlanId(lead.plan_id))
    before = card_of(plan)
    if before.method == kept.method and before.state is CardState.KEPT:
        return
    wanted = plan.state == "active" and before.state is not CardState.ENDED
    if not wanted or before.page != told.page_id:
        # The plan or the consent has ended meanwhile, or another page was opened since.
        forget(kept.method)
        return
    put_card(
        plan,
        before.model_copy(
            update={
                "state": CardState.KEPT,
                "customer": kept.customer,
                "method": kept.method,
            }
        ),
    )
    seal_words(practice, plan, words)
    # What the card before did not pay, this one is asked for on the next morning.
    plan.tries = None
    plans.save(practice, plan, int(plan.version))
    forget(before.method)


def patient_of(practice: PracticeId, plan: PlanId) -> PatientId | None:
    """Whose plan it is, of those for which a card was asked."""
    lead = _lead(practice, plan)
    return PatientId(lead.patient_id) if lead else None


def _lead(practice: PracticeId, name: str) -> CardPageItem | None:
    found = CardPageItem.query(
        checkout_key(practice, name), CardPageItem.sk == CARD_PAGE, consistent_read=True, limit=1
    )
    return next(iter(found), None)


def _active(practice: PracticeId, patient: PatientId, plan_id: PlanId) -> PlanItem:
    plan = _plan(reading.told(practice, patient), plan_id)
    if plan.state != "active":
        raise PlanOver
    return plan


def _plan(found: reading.Told, plan_id: PlanId) -> PlanItem:
    plan = next((one for one in plans.plans_of(found.others) if one.plan_id == plan_id), None)
    if plan is None:
        raise NotFound
    return plan
