"""All that a claim is made of, as it was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from caresmith.claims.authorized import Kind
from caresmith.ids import CoverageId, PatientId, SheetId
from caresmith.money import Money
from caresmith.records.coverage import CoverageRead, CoveredChart
from caresmith.records.practice import Billing, Location, PracticeSetup
from caresmith.records.revenue.authorization import AuthorizationRead, as_sent
from caresmith.records.revenue.payer import Payer
from caresmith.records.revenue.sheet import SheetContent
from caresmith.x12.adjustments import Adjustment
from functions.claims.price_book import PriceBook


@dataclass(frozen=True)
class PriorLine:
    """What an earlier payer said of one of our lines."""

    line: str
    paid: Money
    adjustments: tuple[Adjustment, ...] = ()
    code: str = ""
    """What it paid for (835 SVC01); "" where that is not known: then what was billed."""
    modifiers: tuple[str, ...] = ()
    units: str = ""
    """SVC05."""
    bundled_into: str = ""
    """Our line with which it paid this one together."""


@dataclass(frozen=True)
class PriorAnswer:
    """An earlier payer's adjudication: what the next one has to be told of it."""

    turn: int
    paid_on: dt.date
    lines: tuple[PriorLine, ...]
    payer_control_number: str = ""
    remarks: tuple[str, ...] = ()
    """Of the claim as a whole (835 MOA)."""


@dataclass(frozen=True)
class Payee:
    """One coverage of the sheet with its payer; None where the directory has none."""

    coverage: CoverageRead
    payer: Payer | None


@dataclass(frozen=True)
class Certificates:
    """Under which tests and mammograms were done; "" is none, or not known."""

    clia: str
    clia_kind: str
    mammography: str


@dataclass(frozen=True)
class Material:
    sheet_id: SheetId
    patient_id: PatientId
    content: SheetContent
    chart: CoveredChart
    payees: Mapping[int, Payee]
    """The sheet's coverages by turn, from 1; one that the chart has no more is left out."""
    setup: PracticeSetup
    prices: PriceBook
    authorizations: tuple[AuthorizationRead, ...] = ()
    """All of the patient's, of whatever payer."""
    answers: Mapping[int, PriorAnswer] = field(default_factory=dict)
    """By turn."""
    patient_paid: Money | None = None
    """By the ledger, towards this sheet."""
    order: Mapping[CoverageId, int] = field(default_factory=dict)
    """Who pays for what the sheet says, and when, as the chart has it today: the lowest first."""

    @property
    def billing(self) -> Billing | None:
        return self.setup.practice.billing

    @property
    def certificates(self) -> Certificates:
        """Those of where it was done; what that place has none of, the practice's hold for."""
        place: Location | Billing | None = self.setup.locations.get(self.content.location_id)
        ours = self.billing
        laboratory = place if place and place.clia else ours
        imaging = place if place and place.mammography else ours
        return Certificates(
            laboratory.clia if laboratory else "",
            laboratory.clia_kind if laboratory else "",
            imaging.mammography if imaging else "",
        )

    def authorizations_at(self, turn: int) -> tuple[AuthorizationRead, ...]:
        """Those on file of the payer whose turn it is."""
        payee = self.payee(turn)
        if payee is None:
            return ()
        coverage = payee.coverage.coverage_id
        payer = payee.payer.payer_id if payee.payer else None
        return tuple(one for one in self.authorizations if one.is_of(coverage, payer))

    def number_at(self, turn: int, kind: Kind) -> str:
        """The sheet's number, where it is this payer's: of one on file it is known whose it is,
        any other is the first payer's."""
        content = self.content
        told = {
            Kind.AUTHORIZATION: content.prior_authorization,
            Kind.REFERRAL: content.referral_number,
        }
        number = as_sent(told[kind])
        same = [one for one in self.authorizations if (one.number, one.kind) == (number, kind)]
        ours = any(one in self.authorizations_at(turn) for one in same) if same else turn == 1
        return number if ours else ""

    def payee(self, turn: int) -> Payee | None:
        """Whose turn it is, from 1; None where the sheet has no such coverage any more."""
        return self.payees.get(turn)


@dataclass(frozen=True)
class Numbers:
    """How this claim is called, and what it corrects or takes back."""

    control_number: str
    frequency: str = "1"
    payer_control_number: str = ""
    """Of the claim before, for a frequency of 7 or 8."""
