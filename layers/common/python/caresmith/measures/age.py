"""How old somebody is: completed years, months, weeks and days by the calendar.

A month is completed when its day of birth comes again; where a month has no such
day (born on the 31st, or on 29 February), on the first day of the next: who was
born on 29 February 2024 is one year old on 1 March 2025, not a day earlier.
Dates are calendar days where the person is; the caller knows the zone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

TERM_WEEKS: Final = 40
# ACOG committee opinion 579: early term begins at 37 weeks 0 days.
PRETERM_BEFORE_DAYS: Final = 37 * 7
# AAP (Engle 2004, Age terminology during the perinatal period): correct up to 3 years
# at most; growth charts are corrected until 24 months.
CORRECTED_UNTIL_MONTHS: Final = 24
_SHORTEST_GESTATION_DAYS: Final = 20 * 7
_LONGEST_GESTATION_DAYS: Final = 45 * 7
DAYS_IN_MONTH: Final = 30.4375
"""A month of the growth tables: 365.25 / 12 days."""


@dataclass(frozen=True, slots=True)
class Age:
    """Time since birth in whole units, each counted by itself and exactly."""

    years: int
    months: int
    """All completed months, of which twelve make a year."""
    weeks: int
    days: int
    """All days."""

    @property
    def words(self) -> str:
        """As a chart says it: days, then weeks, months, and years from two on."""
        if self.days < 28:  # noqa: PLR2004 - the neonatal period
            return _count(self.days, "day")
        if self.months < 3:  # noqa: PLR2004 - infants of less are told in weeks
            return _count(self.weeks, "week")
        if self.months < CORRECTED_UNTIL_MONTHS:
            return _count(self.months, "month")
        return _count(self.years, "year")


def age(born: dt.date, on: dt.date) -> Age:
    """The age on that day. Raises ValueError for a day before birth."""
    if on < born:
        raise ValueError("lies before birth")
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    days = (on - born).days
    return Age(years=months // 12, months=months, weeks=days // 7, days=days)


def corrected_birth(born: dt.date, gestation_days: int) -> dt.date:
    """The day from which growth and development of a preterm child are counted.

    The day at which 40 weeks would have been complete; the birthday itself at term
    (37 weeks or more). Raises ValueError for a gestation that no birth has.
    """
    if not _SHORTEST_GESTATION_DAYS <= gestation_days <= _LONGEST_GESTATION_DAYS:
        raise ValueError("a gestation lasts from 20 to 45 weeks")
    if gestation_days >= PRETERM_BEFORE_DAYS:
        return born
    return born + dt.timedelta(days=TERM_WEEKS * 7 - gestation_days)


def growth_age(born: dt.date, on: dt.date, gestation_days: int | None = None) -> Age | None:
    """The age that growth charts take: corrected for prematurity until 24 months.

    None while a preterm child is not yet at term: these charts begin there.
    """
    chronological = age(born, on)
    if gestation_days is None or chronological.months >= CORRECTED_UNTIL_MONTHS:
        return chronological
    since = corrected_birth(born, gestation_days)
    return age(since, on) if on >= since else None


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
