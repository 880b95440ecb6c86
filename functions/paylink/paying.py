"""From a link to the card processor's page, and what it has confirmed.

One page at a time: before another is opened, the one before is closed at the processor, so
that nobody pays twice in two windows. One that turns out to be paid is not paid again: its
confirmation is waited for. What the desk took meanwhile can make a payment too much; then
the rest is a credit that the page and the receipt tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from caresmith.audit import audit
from caresmith.cards import Page, processor
from caresmith.clock import Instant, to_text
from caresmith.errors import invalid
from caresmith.ids import CheckoutId, PatientId, PaymentId
from caresmith.money import Money
from caresmith.records.revenue.checkout import (
    CHECKOUT,
    CheckoutItem,
    checkout_key,
    find_checkout,
)
from caresmith.records.revenue.paylink import find_link, put_page
from functions.paylink.errors import PageElsewhere
from functions.paylink.looking import Look

LEAST_CENTS: Final = 50
"""Of a card payment in dollars: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts."""
_MINUTES: Final = 31
"""How long a page stays payable. Stripe takes no less than half an hour."""
BACK: Final = "/pay/returned"


class PayForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    amount: Money
    once: str = Field(pattern=r"^[A-Za-z0-9_-]{12}$")
    """Of the page on which it was sent: pressed twice, it opens one card page."""


def open_page(found: Look, form: PayForm, *, by: str, now: Instant) -> str | None:
    """The address of the card page; None where one was paid already and is being confirmed.

    Raises InvalidRequest, NoProcessor, PageElsewhere.
    """
    cents = form.amount.cents
    if cents > found.due.cents:
        raise invalid("amount", "more-than-owed")
    if cents < LEAST_CENTS:
        raise invalid("amount", "too-little")
    practice, link = found.practice, found.link
    checkout = CheckoutId.derived(practice, link.digest, form.once, str(cents))
    before = find_checkout(practice, link.page) if link.page else None
    if before is not None and before.state == "open":
        if before.checkout_id == checkout:
            return str(before.url)
        if not processor().close_page(str(link.page)):
            return None
    payment = PaymentId.derived(practice, checkout)
    patient = found.person.patient_id
    page = processor().open_page(
        Page(practice, patient, checkout, payment, cents, back=BACK, open_minutes=_MINUTES)
    )
    CheckoutItem(
        checkout_key(practice, page.processor_id),
        CHECKOUT,
        checkout_id=checkout,
        patient_id=patient,
        cents=cents,
        state="open",
        payment_id=payment,
        made_at=to_text(now),
        by=by,
        url=page.url,
        link=link.digest,
        version=1,
    ).save()
    audit().record(checkout)
    if not put_page(link, page.processor_id):
        again = find_link(link.digest)
        if again is None or again[1].page != page.processor_id:
            processor().close_page(page.processor_id)
            raise PageElsewhere
    return page.url


@dataclass(frozen=True)
class Confirmed:
    """How the last card page of a link stands, by the processor's own word."""

    state: Literal["none", "waiting", "paid", "expired"]
    cents: int = 0
    number: str = ""
    """Of the receipt."""

    @property
    def amount(self) -> Money:
        return Money(self.cents)


def confirmed(found: Look) -> Confirmed:
    page = find_checkout(found.practice, found.link.page) if found.link.page else None
    if page is None:
        return Confirmed("none")
    audit().record(str(page.checkout_id))
    audit().about(PatientId(page.patient_id))
    states: dict[str, Literal["waiting", "paid", "expired"]] = {
        "paid": "paid",
        "expired": "expired",
    }
    state = states.get(str(page.state), "waiting")
    return Confirmed(state, int(page.cents), str(page.payment_id)[-8:])
