"""What a fee schedule says of a service: pure rules, without storage.

A schedule belongs to a payer (what it allows) or to none (the practice's
standard charges), and holds from one day to another; of one payer, one schedule
holds on a day. A row has a code, perhaps modifiers, and an amount for places
that are no facility and perhaps another for those that are. A schedule may be
reckoned from another payer's, by percent; its own rows win.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from caresmith.ids import FeeScheduleId, PayerId
from caresmith.money import Money
from caresmith.records.revenue.sheet import Code, Modifier
from caresmith.text import Line

_MUST_MATCH: Final = frozenset({"26", "TC"})
"""A part of a service is never priced as the whole of it."""
_MOST_STEPS: Final = 3
"""How many schedules may be reckoned one from another."""
_HUNDRED_PERCENT: Final = Decimal(10_000)
# AMA: category II codes end in F and are reported without a charge.
_REPORTED_FREE: Final = "F"

FACILITY: Final = frozenset(
    "02 19 21 22 23 24 26 31 34 41 42 51 52 53 56 61".split()  # noqa: SIM905 - read as a list
)
"""Places of service at which the facility amount of a fee is paid, since the facility bills
its own part; everywhere else the non-facility amount (CMS Place of Service Code Set, Medicare
Claims Processing Manual ch. 12 20.4.2 and ch. 26 10.5)."""

MOST_CENTS: Final = 999_999_999
"""Of one amount. 837P SV102 has room for more; nobody charges it."""


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeeRow(_Value):
    """One line of a schedule. Amounts are per unit."""

    code: Code
    modifiers: tuple[Modifier, ...] = Field((), max_length=4)
    amount: Money
    facility: Money | None = None
    """Where a facility bills its own part; None: the same."""

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        for money in (self.amount, self.facility):
            if money is not None and not 0 <= money.cents <= MOST_CENTS:
                raise ValueError("an amount lies between 0 and 9,999,999.99")
        return self

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        return self.code, tuple(sorted(self.modifiers))

    def at(self, *, facility: bool) -> Money:
        return self.facility if facility and self.facility is not None else self.amount


class Percent(_Value):
    """Reckoned from another schedule: 150 % of Medicare's is ``hundredths=15000``."""

    hundredths: int = Field(ge=1, le=1_000_000)
    payer_id: PayerId | None = None
    """Of whose schedule; None: of the standard charges."""


class ScheduleFacts(_Value):
    """A schedule without its rows."""

    name: Line
    payer_id: PayerId | None = None
    """Whose allowed amounts; None: the practice's standard charges."""
    starts: dt.date
    ends: dt.date | None = None
    percent: Percent | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.ends and self.ends < self.starts:
            raise ValueError("ends before it starts")
        if self.percent and self.percent.payer_id == self.payer_id:
            raise ValueError("a schedule can't be reckoned from itself")
        return self

    def holds_on(self, day: dt.date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)

    def overlaps(self, other: ScheduleFacts) -> bool:
        last, others_last = self.ends or dt.date.max, other.ends or dt.date.max
        return (
            self.payer_id == other.payer_id and self.starts <= others_last and other.starts <= last
        )


@dataclass(frozen=True)
class Schedule:
    schedule_id: FeeScheduleId
    facts: ScheduleFacts


def effective(
    schedules: Iterable[Schedule], payer: PayerId | None, day: dt.date
) -> Schedule | None:
    """The payer's schedule of that day; of None, the standard charges."""
    return next((s for s in schedules if s.facts.payer_id == payer and s.facts.holds_on(day)), None)


def chain(schedules: Sequence[Schedule], payer: PayerId | None, day: dt.date) -> list[Schedule]:
    """The payer's schedule and those that it is reckoned from, nearest first."""
    found: list[Schedule] = []
    one = effective(schedules, payer, day)
    while one is not None and one not in found and len(found) <= _MOST_STEPS:
        found.append(one)
        percent = one.facts.percent
        one = effective(schedules, percent.payer_id, day) if percent else None
    return found


def turns_in_a_circle(schedules: Iterable[ScheduleFacts]) -> bool:
    """Whether some payer's schedules are reckoned, by however many steps, from themselves."""
    steps: dict[PayerId | None, set[PayerId | None]] = {}
    for one in schedules:
        if one.percent:
            steps.setdefault(one.payer_id, set()).add(one.percent.payer_id)

    def reaches(start: PayerId | None, at: PayerId | None, seen: set[PayerId | None]) -> bool:
        for after in steps.get(at, ()):
            if after == start:
                return True
            if after not in seen and reaches(start, after, seen | {after}):
                return True
        return False

    return any(reaches(payer, payer, {payer}) for payer in steps)


def best_row(rows: Iterable[FeeRow], code: str, modifiers: Iterable[str]) -> FeeRow | None:
    """The row that says most of the line's modifiers, and nothing that the line has not.

    Professional and technical component (26, TC) must be priced by rows of their own.
    """
    given = frozenset(modifiers)
    fitting = [
        row
        for row in rows
        if row.code == code
        and given.issuperset(row.modifiers)
        and given & _MUST_MATCH <= frozenset(row.modifiers)
    ]
    return max(fitting, key=lambda row: (len(row.modifiers), row.key), default=None)


def per_unit(
    chained: Sequence[Schedule],
    rows: Mapping[FeeScheduleId, Sequence[FeeRow]],
    code: str,
    modifiers: Iterable[str],
    *,
    facility: bool,
) -> Money | None:
    """What one unit costs by a schedule and those it is reckoned from; None: no row says it."""
    modifiers = tuple(modifiers)
    factor = Decimal(1)
    for one in chained:
        row = best_row(rows.get(one.schedule_id, ()), code, modifiers)
        if row is not None:
            return _rounded(Decimal(row.at(facility=facility).cents) * factor)
        if one.facts.percent is None:
            return None
        factor *= Decimal(one.facts.percent.hundredths) / _HUNDRED_PERCENT
    return None


def is_facility(place: str) -> bool:
    return place in FACILITY


def times(amount: Money, units: str) -> Money:
    """For so many units, which may have decimals; a half cent goes up."""
    return _rounded(Decimal(amount.cents) * Decimal(units))


def _rounded(cents: Decimal) -> Money:
    return Money(int(cents.quantize(Decimal(1), ROUND_HALF_UP)))


def may_be_free(code: str, fee: Money | None) -> bool:
    """Whether a line may stand without a charge: where the schedule says so, or it only reports."""
    return code.endswith(_REPORTED_FREE) or (fee is not None and fee.cents == 0)
