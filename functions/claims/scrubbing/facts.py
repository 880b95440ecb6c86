"""What is known beside the claim: patient, coverage, history, payer and practice.

Whoever scrubs gathers it beforehand: an edit asks for nothing. ``functions/claims/judging.py``
fills all of it from records; a test proves that it leaves no field out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from caresmith.claims.authorized import OnFile
from caresmith.codes.ranges import NONE, Codes
from caresmith.money import Money
from functions.claims.scrubbing.codesets import CodeSets
from functions.claims.scrubbing.payer_rules.model import PayerRule


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """From the chart."""

    birth_date: date | None = None
    sex: str = ""
    """``F``, ``M`` or ``U`` as claims say it; "" is not known."""
    died: date | None = None


@dataclass(frozen=True, slots=True)
class CoverageFacts:
    """A coverage of the patient as the practice has it."""

    id: str
    payer: str
    """Our id of the payer."""
    member_id: str = ""
    order: int = 1
    """Among those that pay for what the claim's sheet says; 1 pays first."""
    first: date | None = None
    last: date | None = None
    assigns_benefits: str = ""
    """``Y``, ``N`` or ``W``; "" where nobody has asked."""

    def active(self, on: date) -> bool:
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


class PastStatus(StrEnum):
    OPEN = "open"
    """Charged or sent, and not answered."""
    PAID = "paid"
    DENIED = "denied"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class PastService:
    """A service of the patient on another claim."""

    code: str
    day: date
    modifiers: tuple[str, ...] = ()
    rendering: str = ""
    """NPI."""
    specialty: str = ""
    """Taxonomy."""
    group: str = ""
    """NPI of the billing provider."""
    claim: str = ""
    """CLM01."""
    status: PastStatus = PastStatus.OPEN

    @property
    def counts(self) -> bool:
        """Whether it was done and may have been paid."""
        return self.status not in {PastStatus.VOID, PastStatus.DENIED}


class Bilateral(StrEnum):
    """How a payer wants the same on both sides."""

    ONE_LINE = "one-line"
    """Modifier 50, one unit."""
    TWO_LINES = "two-lines"
    """RT on one, LT on the other."""
    EITHER = "either"


@dataclass(frozen=True)
class PayerProfile:
    """What a payer is known to want."""

    id: str = ""
    electronic_ids: frozenset[str] = frozenset()
    """What 2010BB NM109 may be; none is not known."""
    filing: str = ""
    """SBR09."""
    timely_days: int | None = None
    """From the last service to the claim's arrival."""
    authorize: Codes = NONE
    """What it pays only with an authorization."""
    refer: Codes = NONE
    """What it pays only with a referral's number."""
    member_id_forms: frozenset[str] = frozenset()
    """Like ``W########``: @ is a letter, # a digit, * either, all else is itself."""
    wants_taxonomy: bool = False
    wants_ndc: bool = False
    wants_address: bool = False
    bilateral: Bilateral = Bilateral.EITHER
    telehealth_modifiers: frozenset[str] = frozenset()
    """One of them is on each line of telehealth; none is not known."""
    telehealth_places: frozenset[str] = frozenset({"02", "10"})
    no_consultations: bool = False
    prefers_x_modifiers: bool = False


@dataclass(frozen=True)
class Fees:
    """The practice's standard charges for the services of the claim."""

    loaded: bool = False
    """Whether a schedule holds on one of its days."""
    charges: Mapping[tuple[str, ...], Money] = field(default_factory=dict)
    """Of one unit, by code and modifiers as the line has them."""

    def of(self, code: str, modifiers: tuple[str, ...]) -> Money | None:
        return self.charges.get((code, *modifiers))


@dataclass(frozen=True)
class PracticeFacts:
    clia: str = ""
    waived_laboratory: bool = False
    """Whether its CLIA certificate is one of waiver."""
    mammography: str = ""
    """Its FDA certification number."""
    fees: Fees = Fees()


@dataclass(frozen=True)
class Facts:
    today: date
    """The practice's."""
    code_sets: CodeSets
    patient: PatientFacts = PatientFacts()
    coverages: tuple[CoverageFacts, ...] = ()
    history: tuple[PastService, ...] = ()
    authorizations: tuple[OnFile, ...] = ()
    """Of the payer that is billed, with a number."""
    payer: PayerProfile = PayerProfile()
    practice: PracticeFacts = PracticeFacts()
    rules: tuple[PayerRule, ...] = ()
