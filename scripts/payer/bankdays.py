"""On which days money moves: not on weekends nor on the holidays of the Federal Reserve."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _holidays(year: int) -> frozenset[date]:
    # The Fed's banks keep the federal holidays, those on a Saturday not a day earlier.
    return frozenset(holidays.country_holidays("US", years=year, observed=False))


def is_bank_day(day: date) -> bool:
    if day.weekday() > 4:
        return False
    observed = day.weekday() == 0 and day - timedelta(days=1) in _holidays(day.year)
    return day not in _holidays(day.year) and not observed


def bank_day(day: date) -> date:
    """The day itself, or the next on which banks are open."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day
