"""Stripe as the card processor: Checkout's pages, charges without the patient, refunds.

https://docs.stripe.com/api/checkout/sessions/create, /refunds/create, and
https://docs.stripe.com/webhooks#verify-official-libraries. A card that is kept is charged
without the patient (off-session) by a PaymentIntent, whose idempotency key is our
payment's id: asked twice, it is charged once (https://docs.stripe.com/payments/save-and-reuse,
https://docs.stripe.com/api/idempotent_requests).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from caresmith.cards import (
    BadSignature,
    CardDeclined,
    CardPage,
    Charge,
    KeptCard,
    NoProcessor,
    Opened,
    Page,
    Told,
)
from caresmith.cards.stripe_events import meaning
from caresmith.ids import PaymentId

_TIMEOUT_SECONDS: Final = 10
_TOLERANCE_SECONDS: Final = 300
"""How old a signature may be: Stripe's own default."""


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
            "success_url": f"{base}{page.back}",
            "cancel_url": f"{base}{page.back}",
        }
        if page.open_minutes is not None:
            wanted["expires_at"] = int(time.time()) + page.open_minutes * 60
        with _asking():
            session = self._client.v1.checkout.sessions.create(
                wanted, {"idempotency_key": page.checkout_id}
            )
        return Opened(session.id, str(session.url))

    def close_page(self, processor_id: str) -> bool:
        import stripe

        with _asking():
            try:
                self._client.v1.checkout.sessions.expire(processor_id)
            except stripe.InvalidRequestError:
                # Only an open one can be: this one is paid, or was over before.
                session = self._client.v1.checkout.sessions.retrieve(processor_id)
                return session.status != "complete"
        return True

    def refund(self, intent: str, cents: int, once: str) -> None:
        wanted: Any = {"payment_intent": intent, "amount": cents}
        with _asking():
            self._client.v1.refunds.create(wanted, {"idempotency_key": once})

    def open_card_page(self, page: CardPage) -> Opened:
        base = os.environ.get("CARESMITH_PUBLIC_URL", "").rstrip("/")
        about = {"practice_id": str(page.practice_id), "plan_id": str(page.plan_id)}
        with _asking():
            customer = self._client.v1.customers.create(
                {"metadata": about}, {"idempotency_key": f"customer-{page.checkout_id}"}
            )
            wanted: Any = {
                "mode": "setup",
                "customer": customer.id,
                "payment_method_types": ["card"],
                "client_reference_id": page.checkout_id,
                "metadata": about,
                "setup_intent_data": {"metadata": about},
                "success_url": f"{base}/accounts/thanks",
                "cancel_url": f"{base}/accounts/thanks",
            }
            session = self._client.v1.checkout.sessions.create(
                wanted, {"idempotency_key": page.checkout_id}
            )
        return Opened(session.id, str(session.url))

    def kept_card(self, setup: str) -> KeptCard:
        with _asking():
            found = json.loads(
                str(self._client.v1.setup_intents.retrieve(setup, {"expand": ["payment_method"]}))
            )
        method = found["payment_method"]
        card = method.get("card") or {}
        brand, last = str(card.get("brand", "card")), str(card.get("last4", ""))
        return KeptCard(
            str(found["customer"]), str(method["id"]), f"{brand.capitalize()} ending {last}".strip()
        )

    def charge(self, charge: Charge) -> str:
        import stripe

        wanted: Any = {
            "amount": charge.cents,
            "currency": "usd",
            "customer": charge.card.customer,
            "payment_method": charge.card.method,
            "payment_method_types": ["card"],
            "off_session": True,
            "confirm": True,
            "metadata": {
                "practice_id": charge.practice_id,
                "plan_id": charge.of.plan_id,
                "payment_id": charge.of.payment_id,
            },
        }
        with _asking():
            try:
                made = self._client.v1.payment_intents.create(
                    wanted, {"idempotency_key": charge.of.payment_id}
                )
            except stripe.CardError as declined:
                error = declined.error
                raise CardDeclined(
                    str((error and (error.decline_code or error.code)) or "card_declined")
                ) from None
        if made.status != "succeeded":
            raise CardDeclined(str(made.status))
        return made.id

    def charged(self, payment: PaymentId) -> str | None:
        query = f"metadata['payment_id']:'{payment}' AND status:'succeeded'"
        with _asking():
            found = self._client.v1.payment_intents.search({"query": query, "limit": 1})
        return next((one.id for one in found.data), None)

    def forget_card(self, method: str) -> None:
        import stripe

        # One that is not attached any more is refused: it is forgotten already.
        with _asking(), suppress(stripe.InvalidRequestError):
            self._client.v1.payment_methods.detach(method)

    def read(self, body: str, signature: str) -> Told | None:
        import stripe

        try:
            event = stripe.Webhook.construct_event(
                body, signature, self._webhook_secret, tolerance=_TOLERANCE_SECONDS
            )
        except (stripe.SignatureVerificationError, ValueError):
            raise BadSignature from None
        return meaning(json.loads(str(event)))


@contextmanager
def _asking() -> Iterator[None]:
    """Stripe's errors are the port's: what it refused or did not answer changed nothing."""
    import stripe

    try:
        yield
    except stripe.StripeError:
        raise NoProcessor from None
