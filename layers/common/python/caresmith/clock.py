"""Time comes in as an argument, so that a year can run in a minute.

Every instant is an aware UTC datetime. A location's wall clock is made from an
instant and its IANA zone where people read it, never stored.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

Instant = datetime
"""An aware datetime in UTC."""


class Clock(Protocol):
    def now(self) -> Instant:
        """The present instant, in UTC."""
        ...


class SystemClock:
    """The machine's clock, or one derived from it for simulations.

    ``CARESMITH_CLOCK`` may hold ``<real>:<virtual>:<scale>``: at the real epoch
    second <real> the clock shows the epoch second <virtual>, and from there runs
    <scale> times as fast. The cloud never sets it.
    """

    def __init__(self) -> None:
        spec = os.environ.get("CARESMITH_CLOCK", "")
        self._real, self._virtual, self._scale = (
            (float(part) for part in spec.split(":")) if spec else (0.0, 0.0, 1.0)
        )

    def now(self) -> Instant:
        if _standing_in:
            return _standing_in[-1].now()
        elapsed = time.time() - self._real
        return datetime.fromtimestamp(self._virtual + elapsed * self._scale, UTC)


_standing_in: list[Clock] = []


@contextmanager
def time_runs_on(clock: Clock) -> Iterator[None]:
    """Every :class:`SystemClock` of this process shows ``clock``'s time: for simulations."""
    _standing_in.append(clock)
    try:
        yield
    finally:
        _standing_in.remove(clock)


class FixedClock:
    """Stands still until told to move."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        return self.at


def to_text(at: Instant) -> str:
    """RFC 3339 in UTC to the second: sorts as text in the order of time."""
    return _plain(at).isoformat(timespec="seconds") + "Z"


def to_precise_text(at: Instant) -> str:
    """As :func:`to_text`, to the microsecond."""
    return _plain(at).isoformat(timespec="microseconds") + "Z"


def _plain(at: Instant) -> datetime:
    # Not strftime: it writes the year 33 with two digits, which then sorts after 2026.
    return at.astimezone(UTC).replace(tzinfo=None)


def from_text(text: str) -> Instant:
    """Inverse of both. Raises ValueError where the text is no RFC 3339 instant."""
    return datetime.fromisoformat(text).astimezone(UTC)
