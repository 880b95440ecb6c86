"""What an answer says of the plan as a whole: whether it is in force, and from when until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from caresmith.x12.eligibility.model import Benefit, Dated
from functions.coverage.words import WHOLE_PLAN

ACTIVE: Final = frozenset({"1", "2", "3", "4", "5"})
INACTIVE: Final = frozenset({"6", "7", "8"})
"""EB01."""
# TR3 271 DTP01: a plan's, eligibility's or policy's period, its first and its last day.
_PERIODS: Final = frozenset({"291", "307"})
_BEGINS: Final = frozenset({"346", "356", "539"})
_ENDS: Final = frozenset({"347", "357", "540"})


def status(
    said: Sequence[Benefit], begins: dt.date | None, ends: dt.date | None, day: dt.date
) -> tuple[Literal["active", "inactive", "unclear"], str]:
    """What is said of the plan as a whole counts before what is said of one service."""
    statements = [one for one in said if one.information in ACTIVE | INACTIVE]
    whole = [one for one in statements if not one.service_types or WHOLE_PLAN in one.service_types]
    counting = whole or statements
    if not counting:
        return "unclear", ""
    if not any(one.information in ACTIVE for one in counting):
        return "inactive", ""
    if ends and ends < day:
        return "inactive", "The payer says active, and gives an end that is past."
    if begins and begins > day:
        return "inactive", "The payer says active, from a day that is still to come."
    return "active", ""


def plan_statement(said: Sequence[Benefit]) -> Benefit | None:
    """The statement that names the plan: an active one first, then whatever names one."""
    named = [one for one in said if one.information in ACTIVE | INACTIVE and one.plan]
    ordered = sorted(
        named,
        key=lambda one: (
            one.information not in ACTIVE,
            WHOLE_PLAN not in one.service_types,
            one.plan,
            one.insurance_type,
        ),
    )
    return ordered[0] if ordered else None


def plan_dates(said: Iterable[Benefit]) -> list[Dated]:
    """Dates of what is said of the whole plan; those of one service are its own."""
    return [
        date
        for one in said
        if one.information in ACTIVE | INACTIVE
        and (not one.service_types or WHOLE_PLAN in one.service_types)
        for date in one.dates
    ]


def begins(dates: Iterable[Dated]) -> dt.date | None:
    """The plan's first day, as far as it is told."""
    found = [one.dates.first for one in dates if one.qualifier in _BEGINS | _PERIODS]
    return min(found, default=None)


def ends(dates: Iterable[Dated]) -> dt.date | None:
    """A period that is one day tells its beginning alone (TR3 271 DTP02: D8 or RD8)."""
    found = [
        one.dates.last
        for one in dates
        if one.qualifier in _ENDS
        or (one.qualifier in _PERIODS and one.dates.last != one.dates.first)
    ]
    return max(found, default=None)
