"""What the accounts feature refuses, and why."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError


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


class PaidOtherwise(Conflict):
    """The id of a payment is taken by one that says something else."""

    kind = "paid-otherwise"
    title = "Under this number another payment was taken."


class NoProcessor(DomainError):
    kind, status = "no-card-processor", 503
    title = "Card payments are not set up, or the card processor does not answer. Nothing changed."
