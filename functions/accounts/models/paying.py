"""Payments: what the desk takes, gives back and moves, and what a receipt says."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    Field,
    model_validator,
)

from caresmith.ids import (
    CheckoutId,
    JournalId,
    PatientId,
    PaymentId,
    SheetId,
)
from caresmith.money import Money
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.payment import Method, State
from caresmith.text import Line, Note
from functions.accounts.models.base import Amount, Closed


class LineShare(Closed):
    """So much goes onto that line, in cents."""

    sheet_id: SheetId
    line: LineId
    amount: Amount


DeskMethod = Literal[Method.CASH, Method.CHECK, Method.TERMINAL, Method.OTHER]


class PaymentRequest(Closed):
    """Money that is taken at the desk."""

    payment_id: PaymentId | None = None
    """Chosen by the caller: the same one takes the money once, however often it is sent."""
    amount: Amount
    method: DeskMethod
    reference: Line | None = None
    received_from: Line | None = None
    note: Note | None = None
    apply: Literal["oldest", "lines", "none"] = "oldest"
    lines: list[LineShare] = Field(default_factory=list, max_length=50)
    held_for: dt.date | None = None
    """Paid for the visit of this day, whose charges may not be known yet."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.apply == "lines") is not bool(self.lines):
            raise ValueError("name lines exactly where the money goes onto chosen lines")
        if sum(share.amount.cents for share in self.lines) > self.amount.cents:
            raise ValueError("the lines take more than the payment has")
        if self.method is Method.CHECK and not self.reference:
            raise ValueError("a check has a number: write it into the reference")
        return self


class Application(Closed):
    """What is done with money that lies on no line, or on the wrong one."""

    apply: Literal["oldest", "lines"] = "oldest"
    lines: list[LineShare] = Field(default_factory=list, max_length=50)


class Off(Closed):
    """What comes off which line of a payment."""

    lines: list[LineShare] = Field(min_length=1, max_length=50)


class Reason(Closed):
    reason: Annotated[Note, Field(max_length=500)]


class Returned(Reason):
    """The bank took the money back."""

    charge_fee: bool = True
    """Whether the practice's fee for a returned check is charged."""


class Refund(Reason):
    """Money goes back to who paid."""

    journal_id: JournalId | None = None
    """Chosen by the caller: the same one refunds once."""
    amount: Amount
    method: Literal[Method.CASH, Method.CHECK, Method.TERMINAL, Method.ONLINE, Method.OTHER]
    reference: Line | None = None


class Transfer(Reason):
    """Money that lies on no line goes over to another patient's account."""

    payment_id: PaymentId | None = None
    """Of the new payment there: the same one moves once."""
    to_patient_id: PatientId
    amount: Amount


class AppliedLine(Closed):
    sheet_id: SheetId
    line: LineId
    amount: Money


class Payment(Closed):
    """A payment as it stands."""

    payment_id: PaymentId
    patient_id: PatientId
    version: int
    state: State
    method: Method
    day: dt.date
    at: AwareDatetime
    amount: Money
    unapplied: Money
    refunded: Money
    moved: Money
    returned: Money
    held_for: dt.date | None = None
    reference: str | None = None
    received_from: str | None = None
    note: str | None = None
    applied: list[AppliedLine] = Field(default_factory=list)


class ReceiptLine(Closed):
    day: dt.date
    words: str
    amount: Money


class Receipt(Closed):
    payment: Payment
    patient_name: str
    lines: list[ReceiptLine]
    still_due: Money


class CheckoutRequest(Closed):
    """An amount that the patient is asked to pay on the card processor's page."""

    checkout_id: CheckoutId | None = None
    """Chosen by the caller: the same one opens one page."""
    amount: Amount


class Checkout(Closed):
    checkout_id: CheckoutId
    amount: Money
    url: str
    state: str
    """open, paid or expired"""


class AgencyPayment(Closed):
    """What a collection agency got from the patient, and what it kept."""

    payment_id: PaymentId | None = None
    amount: Amount
    fee: Money | None = None
    """None: the share that the rules name."""
    reference: Line | None = None

    @model_validator(mode="after")
    def _less(self) -> Self:
        if self.fee is not None and not 0 <= self.fee.cents < self.amount.cents:
            raise ValueError("the fee is a part of the payment")
        return self
