"""The practice's own rules of patients' money: reasons, limits, statements, collections.

No PHI, in clear, in one item: pk ``<practice>#accounts``, sk ``settings``.
"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.ids import AppointmentTypeId, PracticeId
from caresmith.permissions import Role
from caresmith.records.revenue.ledger import Book, JournalKind, ReasonCode
from caresmith.records.revenue.paylink import PayLinkRules, SettingsItem, settings_key
from caresmith.text import Line, Note

_CACHE_SECONDS: Final = 5.0
MOST_USUAL: Final = 20


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GivenUp(StrEnum):
    """Why money that is owed is given up, by what it means for the books."""

    SMALL_BALANCE = "small-balance"
    COURTESY = "courtesy"
    HARDSHIP = "hardship"
    SELF_PAY = "self-pay"
    PROMPT_PAY = "prompt-pay"
    BAD_DEBT = "bad-debt"
    STATUTE = "statute"
    """The time in which it may be asked for is over."""
    OTHER = "other"

    @property
    def book(self) -> Book:
        if self in (GivenUp.COURTESY, GivenUp.HARDSHIP, GivenUp.SELF_PAY, GivenUp.PROMPT_PAY):
            return Book.COURTESY
        return Book.BAD_DEBT if self is GivenUp.BAD_DEBT else Book.WRITE_OFF

    @property
    def journal_kind(self) -> JournalKind:
        kinds = {Book.COURTESY: JournalKind.COURTESY, Book.BAD_DEBT: JournalKind.BAD_DEBT}
        return kinds.get(self.book, JournalKind.WRITE_OFF)


class Reason(_Value):
    """One entry of the practice's list of reasons."""

    code: ReasonCode
    words: Annotated[Line, StringConstraints(max_length=80)]
    """As a statement says it to the patient."""
    meaning: GivenUp
    percent: int | None = Field(default=None, ge=1, le=100)
    """Of what is owed, where the reason is a discount of a fixed rate."""
    most_cents: int | None = Field(default=None, ge=1)
    """Of one line: a small balance is small."""
    active: bool = True


class Limit(_Value):
    """Up to how much one of this role gives up by themselves."""

    role: Role
    cents: int = Field(ge=0, le=1_000_000_00)


class SlidingStep(_Value):
    """Up to this income, in percent of the federal poverty guideline, so much is given off."""

    up_to_percent: int = Field(ge=1, le=1000)
    discount_percent: int = Field(ge=0, le=100)


class SlidingScale(_Value):
    """Financial assistance by household size and income.

    The guideline is HHS's for the 48 contiguous states and D.C., which is published every
    January (90 FR 5917 for 2025): the practice writes in the one that holds for it.
    """

    year: int = Field(default=2025, ge=2024, le=2100)
    first_person_cents: int = Field(default=15_650_00, ge=1)
    each_more_cents: int = Field(default=5_500_00, ge=1)
    steps: tuple[SlidingStep, ...] = Field(
        default=(
            SlidingStep(up_to_percent=100, discount_percent=100),
            SlidingStep(up_to_percent=150, discount_percent=75),
            SlidingStep(up_to_percent=200, discount_percent=50),
        ),
        max_length=10,
    )

    @model_validator(mode="after")
    def _falls(self) -> Self:
        ups = [step.up_to_percent for step in self.steps]
        if ups != sorted(set(ups)):
            raise ValueError("the steps rise, each once")
        return self

    def discount(self, household: int, income_cents: int) -> int:
        """In percent, for a household of so many with so much income a year."""
        guideline = self.first_person_cents + self.each_more_cents * (household - 1)
        for step in self.steps:
            if income_cents * 100 <= guideline * step.up_to_percent:
                return step.discount_percent
        return 0


class StatementRules(_Value):
    """When who pays is written to."""

    active: bool = True
    every_days: int = Field(default=30, ge=7, le=120)
    least_cents: int = Field(default=5_00, ge=1)
    """Less than this is not asked for by a statement."""
    most: int = Field(default=3, ge=1, le=12)
    """After so many without a payment the account is on the list for collections."""
    notify: bool = True
    """By text or e-mail that there is one, as far as the patient consents."""
    messages: tuple[Annotated[Note, StringConstraints(max_length=400)], ...] = Field(
        default=(
            "Please pay by the date above, or call us: we will find a way together.",
            "We have had no payment yet. If something is not right, please call us.",
            "This is our last statement. Without a payment, a collection agency may get it.",
        ),
        min_length=1,
        max_length=12,
    )
    """One for each statement since the last payment; of further ones the last."""
    pay_within_days: int = Field(default=21, ge=7, le=90)


class CollectionRules(_Value):
    least_cents: int = Field(default=50_00, ge=1)
    after_days: int = Field(default=120, ge=30, le=720)
    """Since the patient owes it."""
    agency: Line = "Collection agency"
    fee_percent: int = Field(default=25, ge=0, le=75)


class UsualService(_Value):
    """A service that visits of a kind usually bring."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$", to_upper=True)]
    words: Annotated[Line, StringConstraints(max_length=80)] | None = None
    """As an estimate says it; without them, as statements do."""
    units: int = Field(default=1, ge=1, le=999)


class UsualServices(_Value):
    """What is usually done at a visit of that kind, for estimates."""

    type_id: AppointmentTypeId
    services: tuple[UsualService, ...] = Field(default=(), max_length=MOST_USUAL)


_REASONS: Final = (
    Reason(code="SMALL", words="Small balance", meaning=GivenUp.SMALL_BALANCE, most_cents=10_00),
    Reason(code="COURT", words="Courtesy adjustment", meaning=GivenUp.COURTESY),
    Reason(code="HARDS", words="Financial assistance", meaning=GivenUp.HARDSHIP),
    Reason(code="SELFP", words="Self-pay discount", meaning=GivenUp.SELF_PAY, percent=30),
    Reason(code="PROMP", words="Prompt payment discount", meaning=GivenUp.PROMPT_PAY, percent=10),
    Reason(code="BADDE", words="Not collectable", meaning=GivenUp.BAD_DEBT),
    Reason(code="STATU", words="Too long ago to be asked for", meaning=GivenUp.STATUTE),
)


class AccountSettings(_Value):
    """All of it, with defaults that a new practice can live with."""

    reasons: tuple[Reason, ...] = Field(default=_REASONS, max_length=60)
    limits: tuple[Limit, ...] = Field(
        default=(
            Limit(role=Role.BILLER, cents=100_00),
            Limit(role=Role.MANAGER, cents=5_000_00),
        ),
        max_length=12,
    )
    """Who is in no row gives up nothing by themselves: a second person approves it."""
    sliding: SlidingScale = SlidingScale()
    statements: StatementRules = StatementRules()
    pay_links: PayLinkRules = PayLinkRules()
    collections: CollectionRules = CollectionRules()
    usual: tuple[UsualServices, ...] = Field(default=(), max_length=200)
    tax_id: Annotated[str, StringConstraints(pattern=r"^(\d{2}-\d{7})?$")] = ""
    """Of the practice, as estimates name it; "": the one that claims have."""
    returned_check_cents: int = Field(default=25_00, ge=0, le=100_00)
    aging_by: Literal["service", "responsibility"] = "responsibility"
    """Whether a patient's debt ages from the day of the visit or since it is theirs."""
    drawer_cents: int = Field(default=100_00, ge=0, le=10_000_00)
    """What lies in the drawer in the morning, to give change."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, keys in (
            ("reasons", [reason.code for reason in self.reasons]),
            ("limits", [limit.role for limit in self.limits]),
            ("usual", [one.type_id for one in self.usual]),
        ):
            if len(set(keys)) != len(keys):
                raise ValueError(f"{what}: the same one twice")
        return self

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The reasons in use, as a form's choices."""
        return [(reason.code, reason.words) for reason in self.reasons if reason.active]

    def reason(self, code: str) -> Reason | None:
        return next((reason for reason in self.reasons if reason.code == code), None)

    def usual_of(self, kind: AppointmentTypeId) -> tuple[UsualService, ...]:
        """What a visit of that kind usually brings."""
        return next((one.services for one in self.usual if one.type_id == kind), ())

    def limit_of(self, roles: frozenset[Role]) -> int:
        """Up to how many cents somebody of these roles gives up by themselves."""
        return max((limit.cents for limit in self.limits if limit.role in roles), default=0)


_cache: dict[PracticeId, tuple[float, AccountSettings, int]] = {}


def account_settings(practice: PracticeId, *, fresh: bool = False) -> AccountSettings:
    """The practice's rules, up to five seconds old unless ``fresh``; defaults for a new one."""
    return settings_with_version(practice, fresh=fresh)[0]


def settings_with_version(
    practice: PracticeId, *, fresh: bool = False
) -> tuple[AccountSettings, int]:
    """As :func:`account_settings`, with the version to change them; 0 where none are stored."""
    known = _cache.get(practice)
    if known and not fresh and known[0] > time.monotonic():
        return known[1], known[2]
    try:
        record = SettingsItem.get(*settings_key(practice), consistent_read=fresh)
        found = AccountSettings.model_validate_json(record.body), int(record.version or 0)
    except SettingsItem.DoesNotExist:
        found = AccountSettings(), 0
    _cache[practice] = (time.monotonic() + _CACHE_SECONDS, *found)
    return found


def forget_settings(practice: PracticeId) -> None:
    """The rules have just been changed by this process."""
    _cache.pop(practice, None)
