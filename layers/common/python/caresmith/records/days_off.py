"""On which days a practice does not work: federal holidays and its own."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from caresmith.records.practice import Practice


def closed_dates(practice: Practice, first: date, last: date) -> list[date]:
    """The practice's days off between two dates: federal holidays and its own."""
    federal = federal_holidays(first.year, last.year) if practice.federal_holidays else frozenset()
    off = (federal | frozenset(practice.closed_on)) - frozenset(practice.open_on)
    return sorted(day for day in off if first <= day <= last)


@lru_cache(maxsize=16)
def federal_holidays(first_year: int, last_year: int) -> frozenset[date]:
    """US federal holidays as observed (5 U.S.C. 6103)."""
    import holidays

    return frozenset(holidays.country_holidays("US", years=range(first_year, last_year + 1)))
