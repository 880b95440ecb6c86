"""Request and answer types of payments. Amounts are cents."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.ids import (
    AdjustmentId,
    ClaimId,
    ExchangeFileId,
    PatientId,
    RemittanceId,
    SheetId,
    UserId,
)
from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.records.revenue.denial import DenialState
from caresmith.records.revenue.ledger import LineId, ReasonCode
from caresmith.records.revenue.remitted import RemittedClaim
from caresmith.text import Line, Note
from functions.payments.settings import PaymentSettings
from functions.payments.store import MOST_BYTES


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UploadRequest(_Model):
    name: Line
    bytes: int = Field(ge=1, le=MOST_BYTES)


class UploadForm(_Model):
    file_id: ExchangeFileId
    url: str
    fields: dict[str, str]


class FileRead(_Model):
    file_id: ExchangeFileId
    name: str
    state: Literal["expected", "received", "taken", "refused"]
    at: dt.datetime
    by: str
    size: int
    sha256: str | None
    refusal: str | None
    refusal_line: int
    remarks: list[str]
    remittances: list[RemittanceId]


class RemittanceRow(_Model):
    remittance_id: RemittanceId
    state: str
    payer_name: str
    trace: str
    method: str
    paid_on: dt.date
    amount: Money


class Remittances(_Model):
    remittances: list[RemittanceRow]


class AdjustmentRead(_Model):
    number: int
    reason: str
    words: str
    reference: str
    amount: Money
    posted: bool
    look: bool


class RemittanceRead(RemittanceRow):
    file_id: ExchangeFileId | None
    payer_id: str | None = None
    """Who it is in the directory of payers; None where nothing tells."""
    payer_told: str = ""
    """As the payer calls itself."""
    payer_tax_id: str = ""
    at: dt.datetime
    by: str
    claims: int
    filed: int
    posted: int
    held: int
    parked: int
    noted: int
    posted_amount: Money
    unposted_amount: Money
    """What of the payment is not posted: nought when all is."""
    interest: Money
    """Told claim by claim (AMT I); the payer pays it by a provider adjustment (L6)."""
    deposit_id: str | None
    adjustments: list[AdjustmentRead]


class ClaimRow(_Model):
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


class ClaimRows(_Model):
    claims: list[ClaimRow]
    next: int | None


class SuggestionRead(_Model):
    claim_id: ClaimId
    control_number: str
    state: str
    patient: str
    charge: Money
    day: dt.date
    why: list[str]


class PostedLine(_Model):
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


class Unposted(_Model):
    remittance_id: RemittanceId
    position: int
    why: str
    state: str
    payer_name: str
    paid_on: dt.date
    paid: Money
    charge: Money


class UnpostedList(_Model):
    items: list[Unposted]
    waiting: Money
    """Of all that waits, what was paid and is not posted."""


class MatchRequest(_Model):
    claim_id: ClaimId | None = None
    lines: dict[Annotated[int, Field(ge=0, le=998)], tuple[str, ...]] = Field(
        default_factory=dict, max_length=999
    )
    """The payer's line, counted from nought, and ours."""


class ReasonRequest(_Model):
    reason: Note


class ManualRemittance(_Model):
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


class ManualAdjustment(_Model):
    reason: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
    reference: Annotated[str, StringConstraints(max_length=50)] = ""
    amount: Money
    """Positive lowers the payment, as PLB04 does."""


class DenialRead(_Model):
    claim_id: ClaimId
    line: str
    patient_id: PatientId
    state: DenialState
    denied_on: dt.date
    due_on: dt.date | None
    """Until when to appeal; of one that was appealed or corrected, when to ask for the answer."""
    appeals: int
    """How often it was appealed."""
    sheet_id: SheetId
    days_left: int | None
    cents: int
    code: str
    modifiers: list[str]
    day: str
    reasons: list[list[Any]]
    words: list[str]
    cause: str
    next_step: str
    remarks: list[str]
    payer: str
    assignee: str | None
    letter: str
    letters: list[LetterRead]
    """What was sent, oldest first; left empty in lists."""
    history: list[str]
    version: int


class Denials(_Model):
    denials: list[DenialRead]


class DenialChange(_Model):
    state: DenialState | None = None
    due_on: dt.date | None = None
    """When to ask again, or until when to appeal; left out: by the practice's own days."""
    assignee: UserId | None = None
    note: Note | None = None
    letter: Annotated[str, StringConstraints(max_length=4000)] | None = None


class LetterRead(_Model):
    number: int
    way: str
    sent_on: dt.date
    at: dt.datetime
    by: str
    sha256: str


class LetterRequest(_Model):
    """A letter of appeal goes out, as it reads now."""

    way: Literal["mail", "fax", "portal"]
    sent_on: dt.date | None = None
    """Today, where it is left out."""
    due_on: dt.date | None = None
    """When to ask for the answer; left out: by the practice's own days."""


class CauseCount(_Model):
    key: str
    words: str
    count: int
    amount: Money


class Causes(_Model):
    month: str
    by: str
    total: CauseCount
    rows: list[CauseCount]


class DepositRead(_Model):
    deposit_id: str
    day: dt.date
    amount: Money
    reference: str
    description: str
    remittance_id: RemittanceId | None


class DepositRequest(_Model):
    day: dt.date
    amount: Money
    reference: Annotated[str, StringConstraints(max_length=80)] = ""
    description: Annotated[str, StringConstraints(max_length=200)] = ""


class DepositFile(_Model):
    csv: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


class DepositMatch(_Model):
    remittance_id: RemittanceId


class CarriedRead(_Model):
    remittance_id: RemittanceId
    number: int
    payer_name: str
    reason: str
    words: str
    reference: str
    amount: Money
    """Positive: the payer has taken it; negative: it has still to be given back."""
    paid_on: dt.date


class Explanation(_Model):
    claim_id: ClaimId | None = None
    reason: Note


class DecisionRequest(_Model):
    """Of a line that insurance owes: the patient's, or given up, as the reason says."""

    line: LineId
    reason: ReasonCode
    amount: Money | None = None
    """All that insurance owes of the line, where it is left out."""
    note: Note
    anyway: bool = False
    """Known: the payer says that the practice bears it."""


class DecisionRead(_Model):
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


class OwedLine(_Model):
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


class OwedRead(_Model):
    sheet_id: SheetId
    patient_id: PatientId
    day: dt.date
    turn: int
    claim_id: ClaimId
    control_number: str
    lines: list[OwedLine]
    decisions: list[DecisionRead]
    version: int


class ApprovalRead(_Model):
    adjustment_id: AdjustmentId
    sheet_id: SheetId
    patient_id: PatientId
    amount: Money
    reason: str
    words: str
    asked_by: str
    asked_at: dt.datetime


class Approvals(_Model):
    approvals: list[ApprovalRead]


class CreditRead(_Model):
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


class Credits(_Model):
    credits: list[CreditRead]


class PayerRefund(_Model):
    reference: Line
    """The number of the check or transfer."""
    reason: Note
    amount: Money | None = None
    """What was paid beyond the charge, where it is left out."""
    method: Literal["CHK", "ACH"] = "CHK"
    paid_on: dt.date | None = None


class GivenUp(_Model):
    turn: Annotated[int, Field(ge=2, le=9)]
    reason: Note
    wait: bool = False
    """Wait for it again."""


class Why(_Model):
    reason: Note


class TurnRead(_Model):
    turn: int


class PatternRead(_Model):
    """What a payer keeps denying, and the rule of the scrubber that watches for it."""

    payer_id: str
    payer: str = ""
    """As the directory calls it; empty for one that is not there."""
    first_code: str
    last_code: str
    reason: str
    words: str
    count: int
    amount: Money
    title: str = ""
    """Of the rule that could be made; empty where none can."""
    message: str = ""
    rule_id: str | None = None
    rule_title: str = ""
    rule_version: int = 0


class Patterns(_Model):
    month: str
    patterns: list[PatternRead]


class DepositList(_Model):
    deposits: list[DepositRead]
    without_money: list[RemittanceRow]
    carried: list[CarriedRead]


class SettingsRead(_Model):
    settings: PaymentSettings
    version: int


ManualRemittance.model_rebuild()
