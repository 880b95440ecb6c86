"""The port to the card processor, and its one adapter: Stripe's official library.

https://docs.stripe.com/api/checkout/sessions/create, /refunds/create, and
https://docs.stripe.com/webhooks#verify-official-libraries. The secret ``stripe`` holds
``{"api_key": ..., "webhook_secret": ...}``.

Our events by Stripe's:

=============================================  ============  ==================================
 Stripe                                         ours          amount
=============================================  ============  ==================================
 checkout.session.completed (paid),             paid          amount_total
   checkout.session.async_payment_succeeded
 checkout.session.expired,                      expired
   checkout.session.async_payment_failed
 charge.refunded                                refunded      amount_refunded: of all refunds
 charge.dispute.funds_withdrawn                 withdrawn     amount
 charge.dispute.funds_reinstated                reinstated    amount
=============================================  ============  ==================================
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, Protocol

from caresmith.errors import DomainError
from caresmith.ids import CheckoutId, PatientId, PaymentId, PracticeId
from functions.accounts.errors import NoProcessor

_SECRET_SECONDS: Final = 300
_TIMEOUT_SECONDS: Final = 10
_TOLERANCE_SECONDS: Final = 300
"""How old a signature may be: Stripe's own default."""


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


@dataclass(frozen=True)
class Opened:
    processor_id: str
    url: str


@dataclass(frozen=True)
class Told:
    """One event of the processor's, in our words."""

    event_id: str
    kind: Literal["paid", "expired", "refunded", "withdrawn", "reinstated"]
    practice_id: PracticeId | None
    cents: int = 0
    page_id: str = ""
    intent_id: str = ""
    dispute_id: str = ""


class Processor(Protocol):
    def open_page(self, page: Page) -> Opened:
        """Raises NoProcessor."""
        ...

    def refund(self, intent: str, cents: int, once: str) -> None:
        """Give back to the card; ``once`` names it, so that it happens once."""
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
    return StripeProcessor(api_key, webhook_secret, url)


class StripeProcessor:
    """Stripe Checkout: https://docs.stripe.com/payments/checkout."""

    def __init__(self, api_key: str, webhook_secret: str, url: str) -> None:
        """``url`` is another server than Stripe's that speaks its protocol: the local one."""
        import stripe

        addresses: Any = {"api": url} if url else {}
        self._client = stripe.StripeClient(
            api_key,
            base_addresses=addresses,
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        )
        self._webhook_secret = webhook_secret

    def open_page(self, page: Page) -> Opened:
        base = os.environ.get("CARESMITH_PUBLIC_URL", "").rstrip("/")
        about = {
            "practice_id": page.practice_id,
            "checkout_id": page.checkout_id,
            "payment_id": page.payment_id,
        }
        wanted: Any = {
            "mode": "payment",
            "client_reference_id": page.checkout_id,
            "metadata": about,
            "payment_intent_data": {"metadata": about},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": page.cents,
                        "product_data": {"name": "Amount due"},
                    },
                }
            ],
            "success_url": f"{base}/accounts/thanks",
            "cancel_url": f"{base}/accounts/thanks",
        }
        with _asking():
            session = self._client.v1.checkout.sessions.create(
                wanted, {"idempotency_key": page.checkout_id}
            )
        return Opened(session.id, str(session.url))

    def refund(self, intent: str, cents: int, once: str) -> None:
        wanted: Any = {"payment_intent": intent, "amount": cents}
        with _asking():
            self._client.v1.refunds.create(wanted, {"idempotency_key": once})

    def read(self, body: str, signature: str) -> Told | None:
        import stripe

        try:
            event = stripe.Webhook.construct_event(
                body, signature, self._webhook_secret, tolerance=_TOLERANCE_SECONDS
            )
        except (stripe.SignatureVerificationError, ValueError):
            raise BadSignature from None
        return _meaning(json.loads(str(event)))


@contextmanager
def _asking() -> Iterator[None]:
    """Stripe's errors are the port's: what it refused or did not answer changed nothing."""
    import stripe

    try:
        yield
    except stripe.StripeError:
        raise NoProcessor from None


def _meaning(event: dict[str, Any]) -> Told | None:
    about = event["data"]["object"]
    kind = str(event["type"])
    practice = _practice(about)
    if kind in ("checkout.session.completed", "checkout.session.async_payment_succeeded"):
        if about.get("payment_status") != "paid":
            # A bank debit: it is paid when the processor says so.
            return None
        return Told(
            event["id"],
            "paid",
            practice,
            int(about["amount_total"]),
            page_id=str(about["id"]),
            intent_id=str(about.get("payment_intent") or about["id"]),
        )
    if kind in ("checkout.session.expired", "checkout.session.async_payment_failed"):
        return Told(event["id"], "expired", practice, page_id=str(about["id"]))
    intent = str(about.get("payment_intent") or "")
    if kind == "charge.refunded":
        refunded = int(about["amount_refunded"])
        return Told(event["id"], "refunded", practice, refunded, intent_id=intent)
    if kind in ("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"):
        return Told(
            event["id"],
            "withdrawn" if kind.endswith("withdrawn") else "reinstated",
            practice,
            int(about["amount"]),
            intent_id=intent,
            dispute_id=str(about["id"]),
        )
    return None


def _practice(about: dict[str, Any]) -> PracticeId | None:
    try:
        return PracticeId(str((about.get("metadata") or {}).get("practice_id", "")))
    except ValueError:
        return None
