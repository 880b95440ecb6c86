"""The clock that fires the manifest's schedules, and can run faster than time.

Expressions are EventBridge's: ``rate(5 minutes)`` and ``cron(min hour day month
weekday year)`` in UTC.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from scripts.localstack.pulse import Pulse

_UNITS: Final = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS: Final = (
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
)
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Final = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("weekday", 1, 7, _WEEKDAYS),
    ("year", 1970, 2199, ()),
)


@dataclass(frozen=True)
class VirtualClock:
    """At the real epoch second ``real`` it shows ``virtual``, then runs ``scale`` times as fast."""

    real: float = 0.0
    virtual: float = 0.0
    scale: float = 1.0

    @classmethod
    def starting(cls, at: datetime | None, scale: float) -> VirtualClock:
        """A clock that shows ``at`` (now, where None) at this moment."""
        now = time.time()
        return cls(now, at.timestamp() if at else now, scale)

    def now(self) -> float:
        return self.virtual + (time.time() - self.real) * self.scale

    def as_variable(self) -> str:
        """The value of ``CARESMITH_CLOCK``; empty for real time."""
        if self.scale == 1.0 and self.real == self.virtual:
            return ""
        return f"{self.real}:{self.virtual}:{self.scale}"


def next_time(expression: str, after: float, started: float) -> float:
    """The first epoch second after ``after`` at which the expression fires.

    A rate counts from ``started``. Raises ValueError where the expression is
    not understood (cron's L, W and # are not), or never fires again.
    """
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if rate:
        period = int(rate.group(1)) * _UNITS[rate.group(2)]
        if period:
            return started + (int((after - started) // period) + 1) * period
    cron = re.fullmatch(r"cron\((.+)\)", expression)
    if not cron or len(cron.group(1).split()) != len(_FIELDS):
        raise ValueError(f"{expression} is no rate or cron expression")
    return _next_cron(cron.group(1).split(), after)


def _next_cron(fields: list[str], after: float) -> float:
    wanted = {
        name: _values(text, low, high, names)
        for text, (name, low, high, names) in zip(fields, _FIELDS, strict=True)
    }
    day = datetime.fromtimestamp(after, UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    moment = day
    last = moment + timedelta(days=366 * 5)
    while moment < last:
        weekday = moment.isoweekday() % 7 + 1
        if not (
            moment.year in wanted["year"]
            and moment.month in wanted["month"]
            and moment.day in wanted["day"]
            and weekday in wanted["weekday"]
        ):
            moment = (moment + timedelta(days=1)).replace(hour=0, minute=0)
        elif moment.hour not in wanted["hour"]:
            moment = (moment + timedelta(hours=1)).replace(minute=0)
        elif moment.minute not in wanted["minute"]:
            moment += timedelta(minutes=1)
        else:
            return moment.timestamp()
    raise ValueError(f"cron({' '.join(fields)}) does not fire within five years")


def _values(text: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int]:
    """The numbers that one field of a cron expression allows."""
    allowed: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, until = span.partition("-")
        if span in {"*", "?"}:
            start, end = low, high
        else:
            start = _value(first, low, names)
            end = _value(until, low, names) if until else (high if step else start)
        if not low <= start <= end <= high:
            raise ValueError(f"{text} is out of range {low}-{high}")
        allowed.update(range(start, end + 1, int(step) if step else 1))
    return frozenset(allowed)


def _value(text: str, low: int, names: tuple[str, ...]) -> int:
    upper = text.upper()
    return names.index(upper) + low if upper in names else int(text)


class Scheduler:
    """Fires ``(function, job)`` pairs; a job that still runs is not started again."""

    def __init__(
        self,
        schedules: list[tuple[str, str, str]],
        clock: VirtualClock,
        invoke: Callable[[str, Any], Any],
        pulse: Pulse,
    ) -> None:
        """``schedules``: function, job name, expression."""
        self._clock, self._invoke, self._pulse = clock, invoke, pulse
        started = clock.now()
        self._due = {(f, job): next_time(e, started, started) for f, job, e in schedules}
        self._started = started
        self._expressions = {(function, job): e for function, job, e in schedules}
        self._running: set[tuple[str, str]] = set()

    def run(self) -> None:
        """Fire what is due until the pulse stops."""
        while not self._pulse.stopping:
            self.fire_due()
            next_due = min(self._due.values(), default=math.inf)
            wait = (next_due - self._clock.now()) / self._clock.scale
            threading.Event().wait(min(max(wait, 0.05), 0.5))

    def fire_due(self) -> list[tuple[str, str]]:
        """Start every job whose time has come; returns which."""
        now = self._clock.now()
        due = [key for key, at in self._due.items() if at <= now]
        for key in due:
            self._due[key] = next_time(self._expressions[key], now, self._started)
            if key not in self._running:
                self._running.add(key)
                threading.Thread(target=self._fire, args=(key,), daemon=True).start()
        return due

    def _fire(self, key: tuple[str, str]) -> None:
        function, job = key
        try:
            self._invoke(function, {"job": job})
            self._pulse.beat()
        finally:
            self._running.discard(key)
