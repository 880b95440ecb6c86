"""The payers of a practice: its directory, which is small and nobody's data.

======================  ======================  ==============
 access                  pk                      sk
======================  ======================  ==============
 the whole directory     ``<practice>#payers``   ``<payer>``
   (one query)
======================  ======================  ==============

``functions/coverage`` writes; whoever makes a claim or asks a payer reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, VersionAttribute

from caresmith.ids import PayerId, PracticeId
from caresmith.records.contact import Address, Phone
from caresmith.records.coverage import Coverage, FilingCode
from caresmith.tables import RevenueItem
from caresmith.text import Line

_CODE: Final = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z](-[0-9A-Z][0-9]{3}[0-9A-Z])?")
_NOT_IN_A_NAME: Final = re.compile(r"[^0-9a-z]+")
# TR3 837P SBR09: Medicare part A and part B, to which the secondary payer rules apply.
MEDICARE_FILINGS: Final = frozenset({"MA", "MB"})
MEDICAID_FILING: Final = "MC"


class PayerType(StrEnum):
    COMMERCIAL = "commercial"
    BLUE = "blue"
    MEDICARE = "medicare"
    MEDICARE_ADVANTAGE = "medicare-advantage"
    MEDIGAP = "medigap"
    MEDICAID = "medicaid"
    MEDICAID_MANAGED = "medicaid-managed"
    TRICARE = "tricare"
    WORKERS_COMPENSATION = "workers-compensation"
    AUTO = "auto"
    OTHER = "other"


class Way(StrEnum):
    """How one kind of business is done with a payer."""

    ELECTRONIC = "electronic"
    PORTAL = "portal"
    PAPER = "paper"
    """By post, fax or telephone."""


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ways(_Value):
    eligibility: Way = Way.ELECTRONIC
    claims: Way = Way.ELECTRONIC
    status: Way = Way.ELECTRONIC
    remittance: Way = Way.ELECTRONIC


class Telehealth(_Value):
    """How a visit by video is billed to the payer."""

    modifier: Literal["", "95", "GT"] = "95"
    place: Literal["02", "10", "by-patient", "as-in-person"] = "by-patient"
    """CMS place of service: 10 where the patient is at home and 02 elsewhere, or one of
    both, or the place where the visit would have been."""


Bilateral = Literal["50-on-one-line", "50-on-second-line", "rt-and-lt"]
"""How the same procedure on both sides is billed: one line with modifier 50, two of
which the second has it, or one line for each side."""


def _sendable(text: str) -> str:
    if not re.fullmatch(r"[ -)+-9;-\]_-}]{2,80}", text):
        raise ValueError("is 2 to 80 plain letters and digits, without * ^ : ~")
    return text


WireId = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=80), AfterValidator(_sendable)
]
"""NM109 with qualifier PI: by what a payer or its clearinghouse is known on the wire."""
Days = Annotated[int, Field(ge=1, le=3650)]


def _service_code(text: str) -> str:
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise ValueError(
            "holds procedure codes of five characters and ranges of them: 70551-70553 J0178"
        )
    first, _, last = code.partition("-")
    if last and last < first:
        raise ValueError("a range begins with its lower code: 70551-70553")
    return code


ServiceCode = Annotated[str, StringConstraints(max_length=20), AfterValidator(_service_code)]
"""A procedure's code of five characters, or the first and last of a range."""


def _member_id_form(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z@#*-]{2,30}", text):
        raise ValueError("is written with @ for a letter, # for a digit, * for either: W########")
    return text.upper()


MemberIdForm = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=30), AfterValidator(_member_id_form)
]
"""How a payer's member ids look: all that is no sign is itself."""


def _tax_id(text: str) -> str:
    digits = text.strip().replace("-", "")
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise ValueError("is a tax id of nine digits: 36-1234567")
    return digits


TaxId = Annotated[str, StringConstraints(max_length=20), AfterValidator(_tax_id)]


class PayerFacts(_Value):
    """What the practice knows of a payer."""

    name: Annotated[Line, StringConstraints(max_length=60)]
    """NM103 has 60 characters."""
    wire_id: WireId
    eligibility_id: WireId | None = None
    """Where questions of eligibility go to another id than claims."""
    type: PayerType = PayerType.COMMERCIAL
    filing: FilingCode = "CI"
    """SBR09."""
    address: Address | None = None
    """Where paper claims go."""
    appeals_address: Address | None = None
    """Where appeals go by post."""
    appeals_fax: Phone | None = None
    phone: Phone | None = None
    """For providers."""
    ways: Ways = Ways()
    timely_days: Days | None = None
    """A claim has to arrive within so many days from the service."""
    corrected_days: Days | None = None
    """A corrected claim, within so many days from the first remittance."""
    appeal_days: Days | None = None
    """An appeal, within so many days from the denial."""
    assignment: bool = True
    """Whether the practice accepts what the payer allows (CLM07)."""
    taxonomy: bool = True
    """Whether its claims carry the providers' taxonomy codes (PRV)."""
    capitated: bool = False
    """It pays a fixed amount for each member and month: what it says is covered by capitation
    (CARC 24) is paid by that, and neither denied nor anybody's debt."""
    suffix_identifies: bool = False
    """Whether the member id with its suffix is each person's own id."""
    telehealth: Telehealth = Telehealth()
    bilateral: Bilateral = "50-on-one-line"
    authorization_codes: tuple[ServiceCode, ...] = Field(default=(), max_length=500)
    """What needs prior authorization."""
    referral_codes: tuple[ServiceCode, ...] = Field(default=(), max_length=500)
    """What needs the number of a referral."""
    member_id_forms: tuple[MemberIdForm, ...] = Field(default=(), max_length=20)
    """One of them is the form of each member id; none: they may look like anything."""
    wants_ndc: bool = False
    """Whether it pays drugs by their National Drug Code alone, as Medicaid does."""
    wants_address: bool = False
    """Whether its claims carry its address (2010BB N3, N4)."""
    prefers_x_modifiers: bool = False
    """Whether XE, XP, XS and XU shall stand where 59 could."""
    no_consultations: bool = False
    """Whether it pays no consultation codes, as Medicare does not."""
    aliases: tuple[Line, ...] = Field(default=(), max_length=30)
    """How people write its name."""
    tax_ids: tuple[TaxId, ...] = Field(default=(), max_length=20)
    """By which its remittances name it (835 TRN03); companies of one group share theirs."""
    active: bool = True

    @field_validator("wants_address")
    @classmethod
    def _has_the_address_that_is_wanted(cls, wanted: bool, info: ValidationInfo) -> bool:
        if wanted and "address" in info.data and info.data["address"] is None:
            raise ValueError("needs the payer's address, which is entered above")
        return wanted

    @model_validator(mode="after")
    def _can_be_reached_as_it_says(self) -> Self:
        if self.ways.claims is Way.PAPER and self.address is None:
            raise ValueError("address is needed where claims go on paper")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """All of its names, as they are compared."""
        return tuple(dict.fromkeys(comparable(one) for one in (self.name, *self.aliases)))

    @property
    def is_medicare(self) -> bool:
        """Whether it is Medicare itself, to which the secondary payer rules apply."""
        return self.filing in MEDICARE_FILINGS

    def needs_authorization(self, code: str) -> bool:
        for one in self.authorization_codes:
            first, _, last = one.partition("-")
            if first <= code <= (last or first):
                return True
        return False


class PayerItem(RevenueItem, discriminator="payer"):
    payer_id = UnicodeAttribute()
    body = UnicodeAttribute()
    """:class:`PayerFacts` as JSON."""
    active = BooleanAttribute(default=True)
    version = VersionAttribute()


class Payer(_Value):
    payer_id: PayerId
    version: int
    facts: PayerFacts


@dataclass(frozen=True)
class Directory:
    """All payers of a practice, by name; those that are no longer used last."""

    payers: tuple[Payer, ...]
    _by_id: dict[PayerId, Payer] = field(default_factory=dict, compare=False)

    @classmethod
    def of_payers(cls, payers: Iterable[Payer]) -> Self:
        ordered = sorted(payers, key=lambda p: (not p.facts.active, p.facts.name.casefold()))
        return cls(tuple(ordered), {one.payer_id: one for one in ordered})

    def get(self, key: PayerId | None) -> Payer | None:
        return self._by_id.get(key) if key else None

    def named(self, text: str) -> Payer | None:
        """The one payer in use that is called so; None where there is none, or several are."""
        wanted = comparable(text)
        found = [p for p in self.payers if p.facts.active and wanted in p.facts.names]
        return found[0] if len(found) == 1 else None

    def remitting(self, ids: Iterable[str], tax_id: str, name: str) -> Payer | None:
        """Whose remittance it is: by its electronic ids (835 1000A REF 2U, N104), else by its
        tax id (TRN03), else by its name; where several have the id, the name tells which.

        None where nothing tells, or several are meant: then nobody is guessed.
        """
        used = [p for p in self.payers if p.facts.active]
        told, wanted = {one.strip().upper() for one in ids} - {""}, comparable(name)
        by_id = [p for p in used if p.facts.wire_id.upper() in told]
        for meant in (by_id, [p for p in used if tax_id and tax_id in p.facts.tax_ids]):
            called = [p for p in meant if len(meant) == 1 or wanted in p.facts.names]
            if len(called) == 1:
                return called[0]
        return self.named(name)

    def of(self, coverage: Coverage) -> Payer | None:
        """The policy's payer: the one it is linked to, else the one that its name means."""
        return self.get(coverage.payer_id) or self.named(coverage.payer_name)

    def like(self, text: str, most: int) -> list[Payer]:
        """Payers in use of whose names every typed word begins a word, or whose id it begins."""
        words = text.casefold().split()
        found = [p for p in self.payers if p.facts.active and _fits(p.facts, words)]
        return found[:most]


def _fits(facts: PayerFacts, words: list[str]) -> bool:
    wire = facts.wire_id.casefold()
    for name in (facts.name, *facts.aliases):
        known = _NOT_IN_A_NAME.sub(" ", name.casefold()).split()
        if all(any(one.startswith(word) for one in (*known, wire)) for word in words):
            return True
    return False


def comparable(name: str) -> str:
    """A payer's name as it is compared: ``Blue-Cross  of IL`` and ``blue cross of il`` are one."""
    return _NOT_IN_A_NAME.sub(" ", name.casefold()).strip()


def payers_key(practice: PracticeId) -> str:
    return f"{practice}#payers"


def open_payer(item: PayerItem) -> Payer:
    return Payer(
        payer_id=PayerId(item.payer_id),
        version=int(item.version or 0),
        facts=PayerFacts.model_validate_json(item.body),
    )


def get_payer(practice: PracticeId, payer: PayerId) -> Payer | None:
    """One payer by one read."""
    try:
        return open_payer(PayerItem.get(payers_key(practice), payer))
    except PayerItem.DoesNotExist:
        return None


def payer_directory(practice: PracticeId) -> Directory:
    """The practice's payers by one query."""
    return Directory.of_payers(open_payer(item) for item in PayerItem.query(payers_key(practice)))
