"""The days of a practice that bills, on a clock that stands still between what happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scripts.localstack.inprocess import invoke
from scripts.payer.house import House
from scripts.revenuecycle.office import Office
from scripts.revenuecycle.practice import ZONE
from scripts.revenuecycle.visits import Clinic
from scripts.simulation.clock import Diary, SimulatedClock
from scripts.simulation.cloud import Cloud

_OPENS, _CLOSES = dt.time(8, 30), dt.time(16)
_FRIDAY: Final = 4
_PAYING: Final = 0.3
"""Of those who owe something, the share that pays in a week."""


@dataclass
class World:
    clinic: Clinic
    office: Office
    house: House
    cloud: Cloud
    clock: SimulatedClock
    diary: Diary
    seen: int = 0

    def run(
        self, first: dt.date, visits: int, days: int, after: int, on_day: Callable[[dt.date], None]
    ) -> None:
        """See so many visits in so many working days, and let payers and patients pay."""
        day, open_days = first, 0
        while open_days < days:
            self._plan(day, on_day)
            if day.weekday() <= _FRIDAY:
                share = visits // days + (open_days < visits % days)
                self._plan_visits(day, share)
                open_days += 1
            day += dt.timedelta(days=1)
        for _ in range(after):
            self._plan(day, on_day)
            day += dt.timedelta(days=1)
        end = _at(day, dt.time(0))
        while True:
            upcoming = self.cloud.upcoming()
            if upcoming is None or upcoming > end:
                return
            self.clock.at = max(self.clock.at, upcoming)
            self.cloud.do_what_is_due()

    def _plan(self, day: dt.date, on_day: Callable[[dt.date], None]) -> None:
        """What the clock does every day, and the billing office on working days."""
        self.diary.at(_at(day, dt.time(0, 30)), lambda: on_day(day))
        self.diary.at(_at(day, dt.time(0, 31)), lambda: self._payers_go_on(day))
        for hour in (4, 7, 11, 18):
            self.diary.at(_at(day, dt.time(hour, 35)), _what_is_due)
        for hour in (7, 20):
            self.diary.at(_at(day, dt.time(hour)), _mailbox)
        if day.weekday() <= _FRIDAY:
            self.diary.at(_at(day, dt.time(16, 30)), self.office.work)
        if day.weekday() == _FRIDAY:
            self.diary.at(_at(day, dt.time(12)), lambda: self.office.collect(_PAYING))

    def _plan_visits(self, day: dt.date, count: int) -> None:
        begin, end = _at(day, _OPENS), _at(day, _CLOSES)
        for number in range(count):
            at = begin + (end - begin) * number / max(1, count)
            self.diary.at(at, lambda at=at: self._see(at))  # type: ignore[misc]

    def _see(self, at: dt.datetime) -> None:
        self.cloud.hand_over(self.clinic.see(at))
        self.seen += 1

    def _payers_go_on(self, day: dt.date) -> None:
        ahead = (day - self.house.day).days
        if ahead > 0:
            self.house.advance(ahead)


def _what_is_due() -> None:
    invoke("jobs", {"job": "tell-what-is-due"})


def _mailbox() -> None:
    invoke("claims", {"job": "poll-exchange"})


def _at(day: dt.date, clock: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, clock, ZONE).astimezone(dt.UTC)
