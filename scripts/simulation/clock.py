"""The simulation's time: it stands still until the next thing happens."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

Action = Callable[[], None]


@dataclass
class SimulatedClock:
    """A :class:`caresmith.clock.Clock`, and the epoch seconds that engines read."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()


@dataclass(order=True)
class _Entry:
    at: datetime
    number: int
    action: Action = field(compare=False)


class Diary:
    """What will happen when. Things due at one instant happen in the order of their entry."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._count = 0

    def at(self, when: datetime, action: Action) -> None:
        self._count += 1
        heapq.heappush(self._entries, _Entry(when.astimezone(UTC), self._count, action))

    def next(self) -> datetime | None:
        """When the next thing happens; None where nothing will."""
        return self._entries[0].at if self._entries else None

    def pop_due(self, now: datetime) -> Action | None:
        """The next action that is due, taken out."""
        if self._entries and self._entries[0].at <= now:
            return heapq.heappop(self._entries).action
        return None
