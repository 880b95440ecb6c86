"""A page of the card processor's: opened by the desk or behind a pay link, paid when it says so.

==================================  =====================================  =========================
 access                              pk                                     sk
==================================  =====================================  =========================
 a card page, by the processor's id  ``<practice>#checkout#<id>``           ``checkout``
==================================  =====================================  =========================
"""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from caresmith.ids import PracticeId
from caresmith.tables import RevenueItem

CHECKOUT: Final = "checkout"


class CheckoutItem(RevenueItem, discriminator="checkout"):
    """A page of the card processor's that was opened for an amount."""

    checkout_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    cents = NumberAttribute()
    state = UnicodeAttribute()
    """open, paid, expired"""
    payment_id = UnicodeAttribute()
    made_at = UnicodeAttribute()
    by = UnicodeAttribute()
    url = UnicodeAttribute()
    intent_id = UnicodeAttribute(null=True)
    plan_id = UnicodeAttribute(null=True)
    link = UnicodeAttribute(null=True)
    """The digest of the pay link behind which it was opened."""
    version = NumberAttribute()


def checkout_key(practice: PracticeId, processor_id: str) -> str:
    return f"{practice}#checkout#{processor_id}"


def find_checkout(practice: PracticeId, processor_id: str) -> CheckoutItem | None:
    """Strongly consistent; None for a page that is not known."""
    found = CheckoutItem.query(
        checkout_key(practice, processor_id),
        CheckoutItem.sk == CHECKOUT,
        consistent_read=True,
        limit=1,
    )
    return next(iter(found), None)
