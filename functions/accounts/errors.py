"""What the accounts feature refuses, and why."""

from __future__ import annotations

from caresmith.errors import Conflict


class NotThatMuchOwed(Conflict):
    kind = "not-that-much-owed"
    title = "The patient does not owe that much of this line."


class NotThatMuchLeft(Conflict):
    kind = "not-that-much-left"
    title = "Not that much of the payment is left."


class PaymentSettled(Conflict):
    kind = "payment-settled"
    title = "The payment was voided or returned already."


class PaymentMoved(Conflict):
    kind = "payment-moved"
    title = "A part of the payment was refunded or moved to another account. Take that back first."


class TooLateToVoid(Conflict):
    kind = "too-late-to-void"
    title = "Only a payment of today's books is voided. Refund it, or record that it came back."


class LinksOff(Conflict):
    kind = "pay-links-off"
    title = "Pay links are switched off, or the system's public address is not known."


class StatementOver(Conflict):
    kind = "statement-over"
    title = "Nothing is asked for by this statement any more: it is paid, or there is a newer one."


class NoContactPoint(Conflict):
    kind = "no-contact-point"
    title = "There is no number or address at which the patient may be written to."


class PaidOtherwise(Conflict):
    """The id of a payment is taken by one that says something else."""

    kind = "paid-otherwise"
    title = "Under this number another payment was taken."
