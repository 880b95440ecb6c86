"""The port to the card processor: pages for payments and cards, charges, refunds, what it tells.

Its one adapter is Stripe's official library (``stripe_processor.py``). The secret ``stripe``
holds ``{"api_key": ..., "webhook_secret": ...}``. No card number comes near us: we know a
kept card by the processor's ids.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, Protocol

from caresmith.errors import DomainError
from caresmith.ids import CheckoutId, PatientId, PaymentId, PlanId, PracticeId

_SECRET_SECONDS: Final = 300


class NoProcessor(DomainError):
    kind, status = "no-card-processor", 503
    title = "Card payments are not set up, or the card processor does not answer. Nothing changed."


class BadSignature(DomainError):
    kind, status, title = "bad-signature", 401, "The call's signature does not fit."


@dataclass(frozen=True)
class Page:
    """What the patient is asked to pay on the processor's page. No name goes there."""

    practice_id: PracticeId
    patient_id: PatientId
    checkout_id: CheckoutId
    payment_id: PaymentId
    cents: int
    back: str = "/accounts/thanks"
    """The path of ours to which the page leads back, whether it was paid or left."""
    open_minutes: int | None = None
    """How long it can be paid, from 30 on; None for the processor's own day."""


@dataclass(frozen=True)
class PlanOf:
    """A plan, and the payment that is to be made on it."""

    plan_id: PlanId
    payment_id: PaymentId


@dataclass(frozen=True)
class CardPage:
    """What the patient is asked for a card for. No name goes there."""

    practice_id: PracticeId
    plan_id: PlanId
    checkout_id: CheckoutId


@dataclass(frozen=True)
class KeptCard:
    """A card that the processor keeps: by its own ids."""

    customer: str
    method: str
    words: str = ""
    """How its owner knows it: "Visa ending 4242"."""


@dataclass(frozen=True)
class Charge:
    practice_id: PracticeId
    of: PlanOf
    cents: int
    card: KeptCard


class CardDeclined(Exception):
    """The card was not charged. ``code`` is the processor's, with which the bank refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Opened:
    processor_id: str
    url: str


@dataclass(frozen=True)
class Told:
    """One event of the processor's, in our words."""

    event_id: str
    kind: Literal["paid", "expired", "refunded", "withdrawn", "reinstated", "card-kept", "charged"]
    practice_id: PracticeId | None
    cents: int = 0
    page_id: str = ""
    intent_id: str = ""
    dispute_id: str = ""
    plan: PlanOf | None = None
    """Of ``charged``: which plan's instalment it pays."""


class Processor(Protocol):
    def open_page(self, page: Page) -> Opened:
        """Raises NoProcessor."""
        ...

    def close_page(self, processor_id: str) -> bool:
        """Let nobody pay it any more; False where it was paid. Raises NoProcessor."""
        ...

    def refund(self, intent: str, cents: int, once: str) -> None:
        """Give back to the card; ``once`` names it, so that it happens once."""
        ...

    def open_card_page(self, page: CardPage) -> Opened:
        """A page on which the patient leaves a card. Raises NoProcessor."""
        ...

    def kept_card(self, setup: str) -> KeptCard:
        """The card that was left. Raises NoProcessor."""
        ...

    def charge(self, charge: Charge) -> str:
        """Charge a kept card, once for one payment; the processor's id of it.

        Raises CardDeclined; NoProcessor where nobody knows yet whether it was charged.
        """
        ...

    def charged(self, payment: PaymentId) -> str | None:
        """What it charged for this payment a day ago or earlier; None for nothing."""
        ...

    def forget_card(self, method: str) -> None:
        """It is charged no more. Raises NoProcessor."""
        ...

    def read(self, body: str, signature: str) -> Told | None:
        """What an authentic webhook tells; None where it concerns us not. Raises BadSignature."""
        ...


def processor() -> Processor:
    """The deployment's processor. Raises NoProcessor where there is none."""
    return _stripe(*_secret(), os.environ.get("CARESMITH_STRIPE_URL", ""))


def _secret() -> tuple[str, str]:
    from aws_lambda_powertools.utilities.parameters import get_secret
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        text = get_secret(os.environ["CARESMITH_SECRET_STRIPE"], max_age=_SECRET_SECONDS)
        found = json.loads(text)
        return str(found["api_key"]), str(found["webhook_secret"])
    except (GetParameterError, ValueError, KeyError, TypeError):
        # The secret's text stays out of whatever is said about it.
        raise NoProcessor from None


@cache
def _stripe(api_key: str, webhook_secret: str, url: str) -> Processor:
    from caresmith.cards.stripe_processor import StripeProcessor

    return StripeProcessor(api_key, webhook_secret, url)
