"""The card that pays a plan, as the plan's record has it, and when it is tried again.

No number is here: the processor keeps the card, and we its ids. What its owner knows it
by is sealed.

A card that was declined is tried again after three days, and once more after a week; an
instalment for which it was declined three times is left to the office, and to the next
due day. Where the bank says that it is the card itself (expired, lost, the owner has to
be asked), nothing is tried until there is another.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from caresmith.ids import PaymentId, PracticeId
from caresmith.money import Money
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.accounts import models as m
from functions.accounts.records import PlanItem

RETRIES: Final = (dt.timedelta(days=3), dt.timedelta(days=7))
"""After the instalment's first try: three tries in all."""
NO_USE: Final[dict[str, str]] = {
    # https://docs.stripe.com/declines/codes: those that no later try can cure.
    "expired_card": "The card has expired",
    "lost_card": "The bank does not take the card any more",
    "stolen_card": "The bank does not take the card any more",
    "pickup_card": "The bank does not take the card any more",
    "invalid_account": "The card's account is closed",
    "card_not_supported": "The card can't be charged for this",
    "authentication_required": "The bank wants to ask the card's owner",
    "requires_action": "The bank wants to ask the card's owner",
}
_WORDS: Final[dict[str, str]] = {
    "insufficient_funds": "There was not enough money",
    "card_velocity_exceeded": "The card's limit was reached",
    "withdrawal_count_limit_exceeded": "The card's limit was reached",
    "processing_error": "The bank could not be asked",
}


class CardState(StrEnum):
    NONE = "none"
    ASKED = "asked"
    """The page is open."""
    KEPT = "kept"
    REFUSED = "refused"
    """It can't be charged any more: another one is needed."""
    ENDED = "ended"
    """The patient has taken the consent back."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Card(_Part):
    state: CardState = CardState.NONE
    page: str = ""
    customer: str = ""
    method: str = ""
    agreed_at: str = ""
    agreed_by: str = ""
    """Who noted that the patient agrees."""


class Charging(_Part):
    """What the processor was asked for, written before it was."""

    payment_id: PaymentId
    cents: int
    due: dt.date
    number: int
    at: dt.datetime


class Tries(_Part):
    """An instalment that the card did not pay."""

    due: dt.date
    number: int
    """How often it was tried."""
    day: dt.date
    """When it was tried first."""
    code: str
    next: dt.date | None
    """When it is tried again; None where it is not."""


class _Words(BaseModel):
    text: str


def card_of(plan: PlanItem) -> Card:
    return Card.model_validate(plan.card) if plan.card else Card()


def put_card(plan: PlanItem, card: Card) -> None:
    plan.card = card.model_dump(mode="json") if card != Card() else None


def charging_of(plan: PlanItem) -> Charging | None:
    return Charging.model_validate(plan.charging) if plan.charging else None


def tries_of(plan: PlanItem) -> Tries | None:
    return Tries.model_validate(plan.tries) if plan.tries else None


def seal_words(practice: PracticeId, plan: PlanItem, words: str) -> None:
    sealer = Sealer(practice, Domain.REVENUE)
    plan.card_words = sealer.seal(plan.plan_id, "card", _Words(text=words))


def _words(plan: PlanItem) -> str:
    if plan.card_words is None:
        return ""
    practice = PracticeId(str(plan.pk).partition("#")[0])
    return (
        Sealer(practice, Domain.REVENUE).unseal(plan.plan_id, "card", plan.card_words, _Words).text
    )


def again(before: Tries | None, due: dt.date, code: str, day: dt.date) -> Tries:
    """The instalment after one more try that failed on that day."""
    same = before is not None and before.due == due
    first = before.day if before and same else day
    number = before.number + 1 if before and same else 1
    further = code not in NO_USE and number <= len(RETRIES)
    return Tries(
        due=due,
        number=number,
        day=first,
        code=code,
        next=max(first + RETRIES[number - 1], day + dt.timedelta(days=1)) if further else None,
    )


def card_read(plan: PlanItem) -> m.PlanCard:
    card, tries = card_of(plan), tries_of(plan)
    return m.PlanCard(
        state=card.state.value,
        words=_words(plan),
        agreed_at=card.agreed_at or None,
        declined=why(tries.code) if tries else None,
        declined_due=tries.due if tries else None,
        tries=tries.number if tries else 0,
        next_try=tries.next if tries and card.state is CardState.KEPT else None,
        charging=Money(charging.cents) if (charging := charging_of(plan)) else None,
    )


def why(code: str) -> str:
    """A decline in words for a person."""
    return NO_USE.get(code) or _WORDS.get(code) or "The bank declined it"
