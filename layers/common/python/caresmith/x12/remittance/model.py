"""What an 835 says, as values. Amounts are cents with the payer's sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.envelope import Header
from caresmith.x12.flaws import Flaw, Place
from caresmith.x12.parts import Address, Contact, Name, Procedure, Reference
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period, Quantity


@dataclass(frozen=True, slots=True)
class QualifiedAmount:
    """AMT: like B6, what the payer allowed."""

    qualifier: str
    amount: Money


@dataclass(frozen=True, slots=True)
class QualifiedQuantity:
    qualifier: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class RemarkCode:
    """LQ: HE is a remittance advice remark code (RARC), RX an NCPDP reject code."""

    list: str
    code: str


@dataclass(frozen=True, slots=True)
class ServicePayment:
    """Loop 2110: one line, as the payer adjudicated it."""

    procedure: Procedure
    charge: Money
    paid: Money
    revenue_code: str = ""
    units_paid: Quantity | None = None
    """SVC05; one where it is not sent."""
    submitted: Procedure | None = None
    """SVC06: what was billed where the payer changed the code."""
    units_submitted: Quantity | None = None
    dates: Period | None = None
    adjustments: tuple[Adjustment, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[QualifiedAmount, ...] = ()
    quantities: tuple[QualifiedQuantity, ...] = ()
    remarks: tuple[RemarkCode, ...] = ()
    place: Place = field(default=Place(), compare=False)
    unknown: tuple[Segment, ...] = ()

    @property
    def line_number(self) -> str:
        """REF 6R: the line's own control number of the 837, or ""."""
        return next((one.value for one in self.references if one.qualifier == "6R"), "")

    def amount(self, qualifier: str) -> Money | None:
        return next((one.amount for one in self.amounts if one.qualifier == qualifier), None)


@dataclass(frozen=True, slots=True)
class InpatientAdjudication:
    """MIA; the amounts by element number, for MIA04 is called MIA04 in every contract."""

    covered_days: Quantity
    amounts: tuple[tuple[int, Money], ...]
    quantities: tuple[tuple[int, Quantity], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutpatientAdjudication:
    """MOA."""

    reimbursement_rate: str | None = None
    hcpcs_payable: Money | None = None
    remarks: tuple[str, ...] = ()
    esrd_payment: Money | None = None
    nonpayable_professional: Money | None = None


class ClaimStatus(StrEnum):
    """CLP02. Of 4010 there were more; those of 5010 are these and the payer's 4 (denied)."""

    PRIMARY = "1"
    SECONDARY = "2"
    TERTIARY = "3"
    DENIED = "4"
    PRIMARY_FORWARDED = "19"
    SECONDARY_FORWARDED = "20"
    TERTIARY_FORWARDED = "21"
    REVERSAL = "22"
    NOT_OURS_FORWARDED = "23"
    PREDETERMINATION = "25"


@dataclass(frozen=True, slots=True)
class ProviderSummary:
    """TS3: whose claims the LX groups. Amounts by element number."""

    provider: str
    facility_type: str
    fiscal_period: date | None
    claims: Quantity
    charges: Money
    amounts: tuple[tuple[int, Money], ...]
    interim_claims: Quantity | None = None
    """TS323."""
    supplement: tuple[tuple[int, str], ...] = ()
    """TS2 as it was sent, by element number: it is shown, never reckoned with."""


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """Loop 2100: one claim."""

    number: int = field(compare=False)
    """Counted from one inside of its transaction set."""
    control_number: str
    """CLP01: the claim's number of CLM01, or 0 where the payer had none."""
    status: ClaimStatus
    charge: Money
    paid: Money
    patient_responsibility: Money | None = None
    filing_indicator: str = ""
    payer_control_number: str = ""
    """CLP07 (ICN or DCN): what a corrected claim must name in REF F8."""
    facility_type: str = ""
    frequency: str = ""
    drg: str = ""
    drg_weight: str | None = None
    discharge_fraction: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    names: tuple[Name, ...] = ()
    inpatient: InpatientAdjudication | None = None
    outpatient: OutpatientAdjudication | None = None
    references: tuple[Reference, ...] = ()
    statement: Period | None = None
    coverage_expires: date | None = None
    received: date | None = None
    contacts: tuple[Contact, ...] = ()
    amounts: tuple[QualifiedAmount, ...] = ()
    quantities: tuple[QualifiedQuantity, ...] = ()
    lines: tuple[ServicePayment, ...] = ()
    group: str = "1"
    """LX01 of the loop 2000 that it stands in."""
    summary: ProviderSummary | None = None
    place: Place = field(default=Place(), compare=False)
    unknown: tuple[Segment, ...] = ()

    def name(self, entity: str) -> Name | None:
        """QC patient, IL insured, 74 corrected, 82 provider, TT crossover, PR payer, GB other."""
        return next((one for one in self.names if one.entity == entity), None)

    @property
    def every_adjustment(self) -> tuple[Adjustment, ...]:
        """The claim's own and its lines'."""
        return self.adjustments + tuple(one for line in self.lines for one in line.adjustments)

    @property
    def is_reversal(self) -> bool:
        return self.status is ClaimStatus.REVERSAL


@dataclass(frozen=True, slots=True)
class Account:
    """One side of the transfer (BPR06 to 09, or 12 to 15)."""

    bank_qualifier: str
    bank: str
    account_qualifier: str
    account: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """RDM: how the payee gets a remittance that does not come with the payment."""

    method: str
    """RDM01: BM by mail, EM e-mail, FT file transfer, OL on line."""
    name: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Payer or payee (loops 1000A and 1000B)."""

    name: str
    qualifier: str
    id: str
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    contacts: tuple[Contact, ...] = ()
    delivery: Delivery | None = None
    """Of a payee."""


@dataclass(frozen=True, slots=True)
class PaymentHeader:
    """Everything of a transaction set that comes before its claims."""

    header: Header
    handling: str
    """BPR01: I payment with remittance, H notification only, and so on."""
    amount: Money
    """BPR02: what is paid in total."""
    credit: bool
    """BPR03: whether the payee gets it (C) or owes it (D)."""
    method: str
    """BPR04: ACH, BOP, CHK, FWT or NON."""
    format: str
    payer_account: Account | None
    payee_account: Account | None
    effective: date
    """BPR16: the day of the check or of the transfer."""
    trace: str
    """TRN02: the number of the check or of the transfer; with TRN03 it is unique."""
    payer_id: str
    """TRN03: 1 and the payer's tax id."""
    payer_division: str
    currency: str
    receiver: str
    version: str
    produced: date | None
    payer: Organisation
    payee: Organisation
    originator: str = ""
    """BPR10: who has the bank send it, as a rule what TRN03 says."""
    originator_division: str = ""
    exchange_rate: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB. A positive amount lowers the payment, a negative one raises it."""

    provider: str
    fiscal_year_end: date
    reason: str
    reference: str
    amount: Money
    place: Place = field(default=Place(), compare=False)


class Level(StrEnum):
    SERVICE = "service"
    CLAIM = "claim"
    TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Where a remittance does not add up (TR3 1.10.2): it must not be posted."""

    level: Level
    place: Place
    expected: Money
    """What charge and adjustments, or claims and provider adjustments, come to."""
    found: Money
    """What the payer says was paid."""
    reason: str

    @property
    def difference(self) -> Money:
        return self.found - self.expected


@dataclass(frozen=True, slots=True)
class PaymentEnd:
    """What comes behind the claims, and what all of them came to."""

    header: PaymentHeader
    provider_adjustments: tuple[ProviderAdjustment, ...]
    claims: int
    charged: Money
    claims_paid: Money
    imbalances: tuple[Imbalance, ...]
    """At all levels; the first hundred."""
    imbalance_count: int
    notes: tuple[Flaw, ...]

    @property
    def balances(self) -> bool:
        return self.imbalance_count == 0
