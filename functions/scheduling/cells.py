"""Time as bits: five-minute cells since 1970, and sets of them as integers.

A *cell* is a number: minutes since the epoch in UTC, divided by five. A set of
cells within a window is an integer whose bit ``i`` stands for the window's cell
``i``, so that "is there an hour free anywhere in these two weeks" is a handful
of machine operations. UTC has neither DST nor zones; wall clocks end at the edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from caresmith.records.practice import CELL_MINUTES

_CELL_SECONDS = CELL_MINUTES * 60
CELLS_A_DAY = 24 * 60 // CELL_MINUTES
_EPOCH = date(1970, 1, 1)


def cell_of(at: datetime) -> int:
    """The cell that an instant lies in."""
    return int(at.timestamp()) // _CELL_SECONDS


def instant_of(cell: int) -> datetime:
    """The instant at which a cell begins."""
    return datetime.fromtimestamp(cell * _CELL_SECONDS, UTC)


def on_a_cell(at: datetime) -> bool:
    return at.timestamp() % _CELL_SECONDS == 0


@dataclass(frozen=True, slots=True)
class Span:
    """Cells from ``start`` up to, not including, ``end``."""

    start: int
    end: int

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Span:
        return cls(cell_of(start), cell_of(end))

    def days(self) -> Iterator[tuple[str, range]]:
        """Its parts by UTC day: the date and the day's own cell numbers, 0 to 287."""
        cell = self.start
        while cell < self.end:
            day = cell // CELLS_A_DAY
            stop = min(self.end, (day + 1) * CELLS_A_DAY)
            first = cell - day * CELLS_A_DAY
            yield utc_date(day), range(first, first + stop - cell)
            cell = stop

    def within(self, window: Span) -> int:
        """These cells as bits of ``window``; what lies outside is left out."""
        low, high = max(self.start, window.start), min(self.end, window.end)
        if high <= low:
            return 0
        return ((1 << (high - low)) - 1) << (low - window.start)


def utc_date(day: int) -> str:
    """A day number since 1970 as yyyy-mm-dd."""
    return (_EPOCH + timedelta(days=day)).isoformat()


def day_number(text: str) -> int:
    """Inverse of :func:`utc_date`."""
    return (date.fromisoformat(text) - _EPOCH).days


def starts_of_runs(free: int, length: int) -> int:
    """Bits at which a run of ``length`` free cells begins."""
    have = 1
    while have < length and free:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def every(step: int, window: Span) -> int:
    """Bits of ``window`` on multiples of ``step`` cells since the epoch."""
    size = window.end - window.start
    first = -window.start % step
    # 1 + 2^step + 2^2step ... is a geometric series: one division instead of a loop.
    count = max(0, (size - first + step - 1) // step)
    if count == 0:
        return 0
    return (((1 << (step * count)) - 1) // ((1 << step) - 1)) << first


def bits(mask: int) -> Iterator[int]:
    """The set bits, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
