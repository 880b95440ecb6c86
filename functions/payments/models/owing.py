"""What insurance owes of a visit, what was decided about it, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from caresmith.ids import (
    AdjustmentId,
    ClaimId,
    PatientId,
    SheetId,
)
from caresmith.money import Money
from caresmith.records.revenue.ledger import LineId, ReasonCode
from caresmith.text import Note
from functions.payments.models.base import Closed


class DecisionRequest(Closed):
    """Of a line that insurance owes: the patient's, or given up, as the reason says."""

    line: LineId
    reason: ReasonCode
    amount: Money | None = None
    """All that insurance owes of the line, where it is left out."""
    note: Note
    anyway: bool = False
    """Known: the payer says that the practice bears it."""


class DecisionRead(Closed):
    adjustment_id: AdjustmentId
    state: str
    whose: str
    reason: str
    words: str
    line: str
    amount: Money
    against_contract: list[str]
    asked_by: str
    asked_at: dt.datetime
    decided_by: str | None
    note: str


class OwedLine(Closed):
    line: str
    code: str
    modifiers: list[str]
    charge: Money
    insurance: Money
    """What insurance owes of it; negative where it has paid too much."""
    patient: Money
    denied: Money
    denial: ClaimId | None
    """The claim whose denial of the line is worked on."""
    against_contract: list[str]
    """Reasons by which the payer leaves it to the practice: the patient may not be billed."""
    unexplained: Money


class OwedRead(Closed):
    sheet_id: SheetId
    patient_id: PatientId
    day: dt.date
    turn: int
    claim_id: ClaimId
    control_number: str
    lines: list[OwedLine]
    decisions: list[DecisionRead]
    version: int


class ApprovalRead(Closed):
    adjustment_id: AdjustmentId
    sheet_id: SheetId
    patient_id: PatientId
    amount: Money
    reason: str
    words: str
    asked_by: str
    asked_at: dt.datetime


class Approvals(Closed):
    approvals: list[ApprovalRead]


class GivenUp(Closed):
    turn: Annotated[int, Field(ge=2, le=9)]
    reason: Note
    wait: bool = False
    """Wait for it again."""


class Why(Closed):
    reason: Note


class TurnRead(Closed):
    turn: int
