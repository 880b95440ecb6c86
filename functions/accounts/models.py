"""What the accounts' API takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from caresmith.ids import JournalId, PatientId, PaymentId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.payment import Method, State
from caresmith.text import Line, Note

MOST_CENTS: Final = 1_000_000_00


def _positive(amount: Money) -> Money:
    if amount.cents <= 0:
        raise ValueError("an amount is more than nothing")
    if amount.cents > MOST_CENTS:
        raise ValueError("an amount is at most $1,000,000.00")
    return amount


Amount = Annotated[Money, AfterValidator(_positive)]
"""More than nothing, in cents."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LineShare(_Closed):
    """So much goes onto that line, in cents."""

    sheet_id: SheetId
    line: LineId
    amount: Amount


DeskMethod = Literal[Method.CASH, Method.CHECK, Method.TERMINAL, Method.OTHER]


class PaymentRequest(_Closed):
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


class Application(_Closed):
    """What is done with money that lies on no line, or on the wrong one."""

    apply: Literal["oldest", "lines"] = "oldest"
    lines: list[LineShare] = Field(default_factory=list, max_length=50)


class Off(_Closed):
    """What comes off which line of a payment."""

    lines: list[LineShare] = Field(min_length=1, max_length=50)


class Reason(_Closed):
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


class AppliedLine(_Closed):
    sheet_id: SheetId
    line: LineId
    amount: Money


class Payment(_Closed):
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
    applied: list[AppliedLine] = []


class LineRead(_Closed):
    """One line of a visit: what it cost, and who owes what of it."""

    line: LineId
    code: str
    words: str
    day: dt.date
    units: str
    charge: Money
    covered: Money
    """Paid by insurance, or taken off as agreed with it."""
    share: Money
    """What was the patient's to pay of it."""
    why: str = ""
    """Why it is theirs: deductible, copay..."""
    given_up: Money
    patient_paid: Money
    insurance_owes: Money
    patient_owes: Money


class VisitRead(_Closed):
    sheet_id: SheetId
    patient_id: PatientId
    day: dt.date
    status: str
    payer: str | None = None
    charge: Money
    insurance_owes: Money
    patient_owes: Money
    lines: list[LineRead]


class EntryRead(_Closed):
    """One journal of the ledger in words, with what was owed after it."""

    journal_id: JournalId
    at: AwareDatetime
    day: dt.date
    kind: str
    words: str
    why: str | None = None
    visit_day: dt.date | None = None
    sheet_id: SheetId | None = None
    payment_id: PaymentId | None = None
    amount: Money
    """What it changed of all that is owed, less what is not applied."""
    balance: Money


class AccountRead(_Closed):
    patient_id: PatientId
    charts: list[PatientId]
    insurance_owes: Money
    patient_owes: Money
    unapplied: Money
    due: Money
    """What the patient is asked for: owed, less what they have with us."""
    visits: list[VisitRead]
    payments: list[Payment]
    ledger: list[EntryRead]


class ReceiptLine(_Closed):
    day: dt.date
    words: str
    amount: Money


class Receipt(_Closed):
    payment: Payment
    patient_name: str
    lines: list[ReceiptLine]
    still_due: Money
