"""What the accounts' API takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from caresmith.ids import (
    AdjustmentId,
    CheckoutId,
    EstimateId,
    JournalId,
    PatientId,
    PaymentId,
    PlanId,
    ProviderId,
    SheetId,
    StatementId,
)
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.revenue.ledger import LineId, ReasonCode
from caresmith.records.revenue.payment import Method, State
from caresmith.text import Line, Note
from functions.accounts.settings import AccountSettings

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


class AdjustmentRequest(_Closed):
    """Money that is to be given up: of chosen lines, or of all that the patient owes."""

    adjustment_id: AdjustmentId | None = None
    """Chosen by the caller: the same one gives up once."""
    reason: ReasonCode
    lines: list[LineShare] = Field(default_factory=list, max_length=50)
    """None: of every line the share that the reason names, or all of it."""
    household: int | None = Field(default=None, ge=1, le=20)
    income: Money | None = None
    """Of the household in a year, for financial assistance by the sliding scale."""
    note: Annotated[Note, Field(max_length=500)] | None = None


class Adjustment(_Closed):
    adjustment_id: AdjustmentId
    patient_id: PatientId
    version: int
    state: str
    """asked, posted, declined or reversed"""
    reason: str
    amount: Money
    asked_by: str
    decided_by: str | None = None
    note: str | None = None


class Statement(_Closed):
    statement_id: StatementId
    patient_id: PatientId
    day: dt.date
    due_on: dt.date
    due: Money
    step: int
    """The how-manieth since the patient paid last."""
    noticed: bool
    """Whether a text or e-mail was queued that says it is there."""


class DueStatement(_Closed):
    patient_id: PatientId
    cents: int


class DueStatements(_Closed):
    day: dt.date
    accounts: list[DueStatement]


class RunBegun(_Closed):
    made: int
    """By now; further ones follow in slices."""


class FamilyMember(_Closed):
    patient_id: PatientId
    name: str
    insurance_owes: Money
    patient_owes: Money
    unapplied: Money
    due: Money


class Family(_Closed):
    """A guarantor with everybody for whom they pay."""

    guarantor_id: PatientId
    members: list[FamilyMember]
    due: Money


class BillingFlags(_Closed):
    hold: bool = False
    """No statements for now."""
    returned_mail: bool = False
    """The post brought one back: none are sent until the address is right."""


class PlanRequest(_Closed):
    """A plan for all that is due: so many instalments, or so much each."""

    plan_id: PlanId | None = None
    """Chosen by the caller: the same one is agreed on once."""
    months: int | None = Field(default=None, ge=1, le=60)
    monthly: Amount | None = None
    first_due: dt.date
    autopay: bool = False


class Instalment(_Closed):
    due: dt.date
    amount: Money


class Plan(_Closed):
    plan_id: PlanId
    patient_id: PatientId
    version: int
    state: str
    """active, done or ended"""
    total: Money
    autopay: bool
    instalments: list[Instalment]
    paid: Money
    behind: Money
    next_due: dt.date | None = None
    next_amount: Money


class EstimateLine(_Closed):
    """One item or service that is expected."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$", to_upper=True)]
    words: Line | None = None
    """Of the practice; without them, ours for the kind of code."""
    units: int = Field(default=1, ge=1, le=999)
    charge: Amount
    """Of all units."""

    @property
    def total_cents(self) -> int:
        return self.charge.cents


class EstimateRequest(_Closed):
    """What a good-faith estimate says."""

    estimate_id: EstimateId | None = None
    service: Line
    """The main service, in plain words."""
    service_day: dt.date | None = None
    scheduled_on: dt.date | None = None
    requested_on: dt.date | None = None
    provider_id: ProviderId
    diagnoses: list[Annotated[str, StringConstraints(max_length=8)]] = Field(
        default_factory=list, max_length=12
    )
    items: list[EstimateLine] = Field(min_length=1, max_length=40)
    separately: Note | None = None
    """What will have to be scheduled separately."""


class Estimate(_Closed):
    estimate_id: EstimateId
    patient_id: PatientId
    made_on: dt.date
    service_day: dt.date | None = None
    service: str
    expected: Money
    owed_by: dt.date | None = None
    """By when the patient has to have it."""
    in_time: bool
    billed: Money | None = None
    """What was charged for that day, where it was."""
    disputable: bool
    """Billed by $400 or more above it."""


class AgingRow(_Closed):
    key: str
    name: str
    cents: list[int]
    """0-30, 31-60, 61-90, 91-120, and more days."""
    credit_cents: int
    total_cents: int


class Rates(_Closed):
    closed_days: int
    """Of how many closed days the rates are made; without any there are none."""
    days_in_ar: int | None = None
    gross_percent: float | None = None
    net_percent: float | None = None


class Aging(_Closed):
    on: dt.date
    by: str
    payers: list[AgingRow]
    patients: list[AgingRow]
    more_patients: int
    insurance: AgingRow
    patient: AgingRow
    rates: Rates


class MethodTotal(_Closed):
    method: Method
    payments: Money
    voids: Money
    returns: Money
    refunds: Money
    total: Money


class ReasonTotal(_Closed):
    book: str
    reason: str
    words: str
    amount: Money


class Day(_Closed):
    """The books of a day."""

    day: dt.date
    closed_at: str | None = None
    closed_by: str | None = None
    journals: int
    charges: Money
    insurance_paid: Money
    """Deposits of payers, less what went back to them."""
    payer_refunds: Money
    other_system: Money
    """Of the deposits, what is for claims of another system."""
    patients_paid: Money
    methods: list[MethodTotal]
    adjustments: list[ReasonTotal]
    drawer: Money
    """What lies in the drawer in the morning: counted with the cash."""
    expected: dict[str, Money]
    counted: dict[str, Money]
    why: str | None = None


class Count(_Closed):
    """What somebody counted at the end of a day, in cents."""

    cash: Money
    """All that lies in the drawer, the change of the morning too."""
    checks: Money
    terminal: Money
    why: Annotated[Note, Field(max_length=500)] | None = None
    journals: int | None = None
    """How many journals the day had when it was counted."""


class CheckoutRequest(_Closed):
    """An amount that the patient is asked to pay on the card processor's page."""

    checkout_id: CheckoutId | None = None
    """Chosen by the caller: the same one opens one page."""
    amount: Amount


class Checkout(_Closed):
    checkout_id: CheckoutId
    amount: Money
    url: str
    state: str
    """open, paid or expired"""


class AgencyPayment(_Closed):
    """What a collection agency got from the patient, and what it kept."""

    payment_id: PaymentId | None = None
    amount: Amount
    fee: Money
    reference: Line | None = None

    @model_validator(mode="after")
    def _less(self) -> Self:
        if not 0 <= self.fee.cents < self.amount.cents:
            raise ValueError("the fee is a part of the payment")
        return self


class RulesForm(_Closed):
    """The rules that the console's page changes; what it does not show stays as it is."""

    MONEY: ClassVar[tuple[str, ...]] = (
        "least",
        "collections_least",
        "returned_check",
        "drawer",
        "limit.biller",
        "limit.manager",
        "limit.front_desk",
    )

    every_days: int = Field(ge=7, le=120)
    least: Amount
    most: int = Field(ge=1, le=12)
    pay_within_days: int = Field(ge=7, le=90)
    active: bool = False
    notify: bool = False
    after_days: int = Field(ge=30, le=720)
    collections_least: Amount
    agency: Line
    returned_check: Money
    drawer: Money
    tax_id: Annotated[str, StringConstraints(pattern=r"^(\d{2}-\d{7})?$")] = ""
    aging_by: Literal["service", "responsibility"]
    limit: dict[Literal[Role.FRONT_DESK, Role.BILLER, Role.MANAGER], Money] = {}

    def on(self, settings: AccountSettings) -> AccountSettings:
        """The rules with what the form says. Raises ValidationError."""
        return AccountSettings.model_validate(
            {
                **settings.model_dump(),
                "statements": {
                    **settings.statements.model_dump(),
                    "every_days": self.every_days,
                    "least_cents": self.least.cents,
                    "most": self.most,
                    "pay_within_days": self.pay_within_days,
                    "active": self.active,
                    "notify": self.notify,
                },
                "collections": {
                    **settings.collections.model_dump(),
                    "after_days": self.after_days,
                    "least_cents": self.collections_least.cents,
                    "agency": self.agency,
                },
                "returned_check_cents": min(100_00, max(0, self.returned_check.cents)),
                "drawer_cents": min(10_000_00, max(0, self.drawer.cents)),
                "tax_id": self.tax_id,
                "aging_by": self.aging_by,
                "limits": [
                    {"role": role, "cents": max(0, amount.cents)}
                    for role, amount in self.limit.items()
                ],
            }
        )
