"""What a 271 says, as values. Its codes stay codes: words for them belong to a screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from caresmith.money import Money
from caresmith.x12.envelope import Header
from caresmith.x12.flaws import Flaw, Place
from caresmith.x12.parts import Address, Contact, Name, Procedure, Reference
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period, Quantity


@dataclass(frozen=True, slots=True)
class Rejection:
    """AAA: why a request, or a part of it, was not answered."""

    reason: str
    """AAA03, like 72 (invalid member id) or 42 (unable to respond now)."""
    follow_up: str
    """AAA04: C correct and resubmit, R resubmission allowed, W resubmit later, N not."""
    place: Place = field(default=Place(), compare=False)
    valid: bool = False
    """AAA01: the request was right, and is not answered all the same."""
    loop: str = ""
    """Where it stands, like 2100C."""


@dataclass(frozen=True, slots=True)
class Trace:
    """TRN: 2 gives back ours, 1 is the payer's own."""

    kind: str
    number: str
    originator: str


@dataclass(frozen=True, slots=True)
class Dated:
    """DTP: like 346 (plan begins) or 291 (plan)."""

    qualifier: str
    dates: Period


@dataclass(frozen=True, slots=True)
class Delivery:
    """HSD: how much of a benefit, and how often."""

    quantity_qualifier: str = ""
    quantity: Quantity | None = None
    unit: str = ""
    sample: str = ""
    period_qualifier: str = ""
    periods: str = ""
    pattern: str = ""
    time_pattern: str = ""


@dataclass(frozen=True, slots=True)
class RelatedEntity:
    """Loop 2120: who else is concerned, like another payer or the primary care provider."""

    name: Name
    address: Address | None = None
    contacts: tuple[Contact, ...] = ()
    provider_code: str = ""
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class Information:
    """Loop 2115: where, or for which condition, a benefit holds (III)."""

    list: str
    """III01: ZZ is a place of service, GR and others are of what was injured."""
    code: str
    category: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """EB and what belongs to it."""

    information: str
    """EB01: 1 active, 6 inactive, A coinsurance, B copay, C deductible, G out of pocket, …"""
    coverage_level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    time_period: str = ""
    """EB06: like 23 (calendar year) or 29 (remaining)."""
    amount: Money | None = None
    percent: Quantity | None = None
    """EB08, of one: .2 is twenty per cent."""
    quantity_qualifier: str = ""
    quantity: Quantity | None = None
    authorization: str = ""
    """EB11: Y, N or U (unknown)."""
    in_network: str = ""
    """EB12: Y, N, U or W (not applicable)."""
    procedure: Procedure | None = None
    pointers: tuple[str, ...] = ()
    """EB14: which of the person's diagnoses it is for."""
    deliveries: tuple[Delivery, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    messages: tuple[str, ...] = ()
    further: tuple[Information, ...] = ()
    entities: tuple[RelatedEntity, ...] = ()
    place: Place = field(default=Place(), compare=False)
    unknown: tuple[Segment, ...] = ()

    @property
    def places_of_service(self) -> tuple[str, ...]:
        return tuple(one.code for one in self.further if one.list == "ZZ")


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber or dependent, with what the payer says of the coverage."""

    name: Name
    holder: Person | None = None
    """Of a dependent, the subscriber."""
    traces: tuple[Trace, ...] = ()
    address: Address | None = None
    birth_date: date | None = None
    sex: str = ""
    relationship: str = ""
    """INS02: 18 is the subscriber, 01 the spouse, 19 a child."""
    corrected: bool = False
    """INS03 and INS04: the payer changed what identifies the person (001, 25)."""
    birth_sequence: str = ""
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    provider_code: str = ""
    taxonomy: str = ""
    diagnoses: tuple[tuple[str, str], ...] = ()
    """HI: qualifier and code."""
    military: tuple[str, ...] = ()
    """MPI as it was sent."""
    place: Place = field(default=Place(), compare=False)
    unknown: tuple[Segment, ...] = ()

    @property
    def subscriber(self) -> Name | None:
        """Of a dependent, the subscriber's name."""
        return self.holder.name if self.holder else None

    @property
    def active(self) -> bool:
        """Whether a benefit says active coverage (EB01 1 to 5)."""
        return any(one.information in {"1", "2", "3", "4", "5"} for one in self.benefits)

    @property
    def trace(self) -> str:
        """What we sent in TRN02, or ""."""
        return next((one.number for one in self.traces if one.kind == "2"), "")


@dataclass(frozen=True, slots=True)
class EligibilityResponse:
    """One payer's answer to one receiver in a 271."""

    header: Header
    reference: str
    """BHT03 of the 270."""
    at: datetime
    payer: Name
    payer_contacts: tuple[Contact, ...]
    provider: Name | None
    people: tuple[Person, ...]
    rejections: tuple[Rejection, ...]
    """Of the request as a whole: of the payer's or the provider's level."""
    notes: tuple[Flaw, ...] = ()
    provider_references: tuple[Reference, ...] = ()
    provider_address: Address | None = None
    provider_code: str = ""
    taxonomy: str = ""
