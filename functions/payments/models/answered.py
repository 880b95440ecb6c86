"""What payers say of claims: as it came, matched, posted, or waiting for a biller."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from caresmith.ids import (
    ClaimId,
    PatientId,
    RemittanceId,
    SheetId,
)
from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.records.revenue.remitted import RemittedClaim
from caresmith.text import Line, Note
from functions.payments.models.base import Closed


class ClaimRow(Closed):
    position: int
    state: str
    why: str | None
    status: str
    charge: Money
    paid: Money
    claim_id: ClaimId | None
    patient_id: PatientId | None
    findings: list[dict[str, Any]]
    version: int


class ClaimRows(Closed):
    claims: list[ClaimRow]
    next: int | None


class SuggestionRead(Closed):
    claim_id: ClaimId
    control_number: str
    state: str
    patient: str
    charge: Money
    day: dt.date
    why: list[str]


class PostedLine(Closed):
    """One of our lines, as it is or would be once this is posted."""

    line: str
    code: str
    modifiers: list[str]
    charge: Money
    paid: Money
    reductions: list[SaidAdjustment]
    """What is taken off, by reason: only group and reason code of each, and the cents."""
    patient: dict[str, Money]
    insurance_open: Money
    patient_open: Money
    denied: Money


class ClaimRead(ClaimRow):
    remittance_id: RemittanceId
    sheet_id: SheetId | None
    """The visit that it is posted to."""
    said: RemittedClaim
    notes: list[str]
    doubts: list[str]
    reason: str
    lines: list[PostedLine]
    suggestions: list[SuggestionRead]


class Unposted(Closed):
    remittance_id: RemittanceId
    position: int
    why: str
    state: str
    payer_name: str
    paid_on: dt.date
    paid: Money
    charge: Money


class UnpostedList(Closed):
    items: list[Unposted]
    waiting: Money
    """Of all that waits, what was paid and is not posted."""


class MatchRequest(Closed):
    claim_id: ClaimId | None = None
    lines: dict[Annotated[int, Field(ge=0, le=998)], tuple[str, ...]] = Field(
        default_factory=dict, max_length=999
    )
    """The payer's line, counted from nought, and ours."""


class ReasonRequest(Closed):
    reason: Note


class ManualRemittance(Closed):
    """A payment and its explanation on paper, typed in."""

    payer_name: Line
    payer_tax_id: Annotated[str, StringConstraints(pattern=r"^\d{0,9}$")] = ""
    trace: Line
    amount: Money
    method: Literal["CHK", "ACH", "NON"] = "CHK"
    paid_on: dt.date
    claims: tuple[RemittedClaim, ...] = Field((), max_length=200)
    """None of a payment that is not for claims: capitation, an incentive."""
    adjustments: tuple[ManualAdjustment, ...] = Field((), max_length=50)

    @model_validator(mode="after")
    def _for_something(self) -> Self:
        if not self.claims and not self.adjustments:
            raise ValueError("claims: say what it was paid for, by claims or by adjustments")
        return self


class ManualAdjustment(Closed):
    reason: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
    reference: Annotated[str, StringConstraints(max_length=50)] = ""
    amount: Money
    """Positive lowers the payment, as PLB04 does."""


ManualRemittance.model_rebuild()
