"""What a 277 or 277CA says, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from caresmith.money import Money
from caresmith.x12.envelope import Header
from caresmith.x12.flaws import Flaw, Place
from caresmith.x12.parts import Contact, Name, Procedure, Reference, reference
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period, Quantity


@dataclass(frozen=True, slots=True)
class StatusCode:
    """One composite of an STC: category (like A2, F1), status (like 20) and whom it is about."""

    category: str
    code: str
    entity: str = ""
    list: str = ""
    """RX where the code is one of NCPDP's reject codes."""


@dataclass(frozen=True, slots=True)
class Status:
    """STC: up to three codes that are read together, and what they come with."""

    codes: tuple[StatusCode, ...]
    on: date | None = None
    action: str = ""
    """STC03 of a 277CA: WQ accepted, U rejected."""
    charge: Money | None = None
    paid: Money | None = None
    decided: date | None = None
    paid_on: date | None = None
    check: str = ""
    message: str = ""
    place: Place = field(default=Place(), compare=False)

    @property
    def category(self) -> str:
        return self.codes[0].category

    @property
    def rejected(self) -> bool:
        """Categories A3 and A6 to A8 of the claim status category list, or STC03 U."""
        return self.action == "U" or self.category in {"A3", "A6", "A7", "A8"}


@dataclass(frozen=True, slots=True)
class LineStatus:
    """Loop 2220: one line."""

    procedure: Procedure
    charge: Money | None = None
    paid: Money | None = None
    revenue_code: str = ""
    units: Quantity | None = None
    statuses: tuple[Status, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: Period | None = None

    @property
    def line_number(self) -> str:
        return reference(self.references, "FJ")


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """Loop 2200 below a subscriber, dependent or patient."""

    trace: str
    """TRN02: in a 277CA the claim's number (CLM01), in a 277 the trace of the 276."""
    patient: Name
    subscriber: Name | None
    provider: Name
    payer: Name
    statuses: tuple[Status, ...]
    references: tuple[Reference, ...] = ()
    dates: Period | None = None
    lines: tuple[LineStatus, ...] = ()
    place: Place = field(default=Place(), compare=False)
    unknown: tuple[Segment, ...] = ()

    @property
    def payer_control_number(self) -> str:
        return reference(self.references, "1K")

    @property
    def rejected(self) -> bool:
        return any(one.rejected for one in self.statuses)


@dataclass(frozen=True, slots=True)
class Totals:
    """QTY and AMT of a 277CA."""

    accepted: Quantity | None = None
    rejected: Quantity | None = None
    accepted_charge: Money | None = None
    rejected_charge: Money | None = None


@dataclass(frozen=True, slots=True)
class GeneralStatus:
    """An answer that is not about one claim: of the file, or of one provider's claims."""

    about: Name
    trace: str
    """TRN02: of a file, what BHT03 of the 837 (or 276) said."""
    statuses: tuple[Status, ...]
    totals: Totals = Totals()
    references: tuple[Reference, ...] = ()
    """Of a provider: like TJ, the tax id."""
    place: Place = field(default=Place(), compare=False)

    @property
    def rejected(self) -> bool:
        return any(one.rejected for one in self.statuses)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Loop 2200A of a 277CA: what the sender of the answer calls what it received, and when."""

    trace: str
    received: date | None = None
    processed: date | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One 277 or 277CA."""

    header: Header
    acknowledgement: bool
    """Whether it is a 277CA."""
    reference: str
    """BHT03."""
    at: datetime
    sources: tuple[Name, ...]
    contacts: tuple[Contact, ...]
    files: tuple[GeneralStatus, ...]
    providers: tuple[GeneralStatus, ...]
    claims: tuple[ClaimStatus, ...]
    notes: tuple[Flaw, ...] = ()
    receivers: tuple[Name, ...] = ()
    receipts: tuple[Receipt, ...] = ()
