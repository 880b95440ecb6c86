"""By when an estimate is owed: 45 CFR 149.610(b)(1)(vi) and (vii).

Within a business day after a visit was scheduled that is three or more business days off,
within three where it is ten or more off, or where the patient asked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from caresmith.records.days_off import closed_dates
from caresmith.records.practice import Practice

_FAR, _NEAR = 10, 3
_SATURDAY: Final = 5


@dataclass(frozen=True)
class BusinessDays:
    """Monday to Friday without the practice's days off.

    The section does not say what a business day is. Federal holidays are none, unless the
    practice works on them; neither are the days on which it is closed.
    """

    practice: Practice

    def holds(self, day: dt.date) -> bool:
        return day.weekday() < _SATURDAY and not closed_dates(self.practice, day, day)

    def after(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th business day after ``day``."""
        return self._step(day, count, dt.timedelta(days=1))

    def before(self, day: dt.date, count: int) -> dt.date:
        return self._step(day, count, -dt.timedelta(days=1))

    def until(self, first: dt.date, last: dt.date) -> int:
        """How many lie after ``first`` up to and with ``last``."""
        days = (first + dt.timedelta(days=n + 1) for n in range((last - first).days))
        return sum(self.holds(day) for day in days)

    def _step(self, day: dt.date, count: int, step: dt.timedelta) -> dt.date:
        while count:
            day += step
            count -= self.holds(day)
        return day


def deadline(
    days: BusinessDays,
    *,
    scheduled_on: dt.date | None = None,
    service_day: dt.date | None = None,
    requested_on: dt.date | None = None,
) -> dt.date | None:
    """By when the patient has to have it; None where the section asks for none.

    149.610(b)(1)(vi)(A) to (C); of several reasons the earliest counts.
    """
    found: list[dt.date] = []
    if requested_on:
        found.append(days.after(requested_on, 3))
    if scheduled_on and service_day:
        ahead = days.until(scheduled_on, service_day)
        if ahead >= _FAR:
            found.append(days.after(scheduled_on, 3))
        elif ahead >= _NEAR:
            found.append(days.after(scheduled_on, 1))
    return min(found, default=None)


def deadline_of_change(
    days: BusinessDays, changed_on: dt.date, service_day: dt.date
) -> dt.date | None:
    """By when a new estimate is owed where the one that was given no longer holds.

    149.610(b)(1)(vii): a business day before the service, at the latest. None where the change
    came too late for that ((viii): the former estimate then stands).
    """
    latest = days.before(service_day, 1)
    return latest if changed_on <= latest else None
