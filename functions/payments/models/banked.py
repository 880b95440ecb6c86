"""Deposits, what payers carry on, and what goes back to them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import StringConstraints

from caresmith.ids import (
    ClaimId,
    PatientId,
    RemittanceId,
    SheetId,
)
from caresmith.money import Money
from caresmith.text import Line, Note
from functions.payments.models.base import Closed
from functions.payments.models.filed import RemittanceRow


class DepositRead(Closed):
    deposit_id: str
    day: dt.date
    amount: Money
    reference: str
    description: str
    remittance_id: RemittanceId | None


class DepositRequest(Closed):
    day: dt.date
    amount: Money
    reference: Annotated[str, StringConstraints(max_length=80)] = ""
    description: Annotated[str, StringConstraints(max_length=200)] = ""


class DepositFile(Closed):
    csv: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


class DepositMatch(Closed):
    remittance_id: RemittanceId


class CarriedRead(Closed):
    remittance_id: RemittanceId
    number: int
    payer_name: str
    reason: str
    words: str
    reference: str
    amount: Money
    """Positive: the payer has taken it; negative: it has still to be given back."""
    paid_on: dt.date


class Explanation(Closed):
    claim_id: ClaimId | None = None
    reason: Note


class CreditRead(Closed):
    """A line that payers have paid too much of."""

    sheet_id: SheetId
    line: str
    patient_id: PatientId
    claim_id: ClaimId
    remittance_id: RemittanceId
    payer_name: str
    amount: Money
    since: dt.date
    due_on: dt.date | None
    """Of Medicare and Medicaid: sixty days from finding it (42 CFR 401.305)."""
    days_left: int | None
    refunded: Money
    refunded_on: dt.date | None
    reference: str
    carried: int | None
    version: int


class Credits(Closed):
    credits: list[CreditRead]


class PayerRefund(Closed):
    reference: Line
    """The number of the check or transfer."""
    reason: Note
    amount: Money | None = None
    """What was paid beyond the charge, where it is left out."""
    method: Literal["CHK", "ACH"] = "CHK"
    paid_on: dt.date | None = None


class DepositList(Closed):
    deposits: list[DepositRead]
    without_money: list[RemittanceRow]
    carried: list[CarriedRead]
