"""A patient's payment: money that came once, what it pays, and what became of it.

Of each payment its parts are known: what of it lies on which line, and what lies
on none. So a check that bounces takes back what it paid, and nothing else.

    amount = applied + unapplied + refunded + moved + returned

The unapplied money of an account's head is the sum of its payments' at all
times: both are written in one transaction (``functions/accounts/story.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from caresmith.ids import PatientId, PaymentId, PracticeId
from caresmith.records.revenue.layout import PAYMENT, account_key, payment_sort_key
from caresmith.records.revenue.ledger import LineId
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from caresmith.text import Line, Note

SAID: Final = "said"
"""The sealed group of a payment."""


class Method(StrEnum):
    """How the money came, and how it goes back."""

    CASH = "cash"
    CHECK = "check"
    TERMINAL = "terminal"
    """A card, read by the practice's own terminal: the number never comes near us."""
    ONLINE = "online"
    """A card, on the card processor's page."""
    AGENCY = "agency"
    """Through a collection agency."""
    TRANSFER = "transfer"
    """From another account of the practice: nothing came into the bank."""
    OTHER = "other"


class State(StrEnum):
    TAKEN = "taken"
    VOID = "void"
    """Entered wrongly, and taken back on the same day."""
    RETURNED = "returned"
    """The bank took it back: a check bounced, a card was charged back."""


class Said(BaseModel):
    """Sealed group ``said``: what a person wrote of the payment."""

    model_config = ConfigDict(extra="forbid")

    reference: Line | None = None
    """The number of a check, or of the terminal's slip."""
    received_from: Line | None = None
    note: Note | None = None


class PaymentItem(RevenueItem, discriminator="patient-payment"):
    payment_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    """In whose account it lies."""
    day = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    method = UnicodeAttribute()
    state = UnicodeAttribute()
    amount_cents = NumberAttribute()
    unapplied_cents = NumberAttribute()
    refunded_cents = NumberAttribute(default=0)
    moved_cents = NumberAttribute(default=0)
    """What went over to another account as money of its own."""
    returned_cents = NumberAttribute(default=0)
    """What the bank or the card processor took back, or what was void."""
    fee_cents = NumberAttribute(default=0)
    """What a collection agency kept of it, which is no money of the practice's."""
    held_for = UnicodeAttribute(null=True)
    """The day of a visit that it was paid for before there was a charge."""
    applied = JSONAttribute()
    """``{sheet: {line: cents}}``."""
    acts = JSONAttribute(null=True)
    """Ids of refunds that were made of it: each is made once."""
    asked = JSONAttribute(null=True)
    """``{act: cents}``: refunds that the card processor was asked for, each as how much of the
    payment is refunded in all once it is done."""
    processor_id = UnicodeAttribute(null=True)
    """The card processor's own id of the payment: refunds go back to the card by it."""
    came_from = UnicodeAttribute(null=True)
    """The payment of another account that it was moved from."""
    version = NumberAttribute()
    said = BinaryAttribute(legacy_encoding=False, null=True)


Applied = Mapping[str, Mapping[LineId, int]]


def applied_of(item: PaymentItem) -> dict[str, dict[LineId, int]]:
    """What of it lies on which line, in cents."""
    return {
        sheet: {line: int(cents) for line, cents in lines.items()}
        for sheet, lines in item.applied.items()
    }


def applied_cents(item: PaymentItem) -> int:
    return sum(int(cents) for lines in item.applied.values() for cents in lines.values())


def is_whole(item: PaymentItem) -> bool:
    """Whether its parts are all of it: true of every payment at all times."""
    lying = applied_cents(item) + int(item.unapplied_cents)
    if item.state != State.TAKEN and lying:
        return False
    gone = int(item.refunded_cents) + int(item.moved_cents) + int(item.returned_cents)
    return int(item.amount_cents) == lying + gone


def open_said(practice: PracticeId, item: PaymentItem) -> Said:
    if item.said is None:
        return Said()
    return Sealer(practice, Domain.REVENUE).unseal(item.payment_id, SAID, item.said, Said)


def seal_said(practice: PracticeId, payment: PaymentId, said: Said) -> bytes | None:
    if said == Said():
        return None
    return Sealer(practice, Domain.REVENUE).seal(payment, SAID, said)


def get_payment(
    practice: PracticeId, patients: Iterable[PatientId], payment: PaymentId
) -> PaymentItem | None:
    """The payment, of the first of these accounts that has it; strongly consistent."""
    keys = [(account_key(practice, one), payment_sort_key(payment)) for one in patients]
    found = PaymentItem.batch_get(keys, consistent_read=True)
    return next(iter(found), None)


def payments_of(practice: PracticeId, patient: PatientId) -> list[PaymentItem]:
    """Every payment of the account, by one query."""
    return list(
        PaymentItem.query(
            account_key(practice, patient),
            PaymentItem.sk.startswith(PAYMENT),
            consistent_read=True,
        )
    )
