"""When the reminders of a visit are due: pure rules, from the cadence and the clock of its place.

The zone is that of the visit's location, also for a video visit: the practice
knows it for certain, and a reminder speaks of the visit by that clock. A patient
whose address says another zone may be written to an hour early or late there;
quiet hours from eight to eight leave room for the continental zones.

1. A step is due so long before the visit begins; whole days are counted by the
   wall clock, so that "a week before" is the same time of day across a DST change.
2. What would fall into quiet hours waits for their end if at least half of the
   step's lead is left then; otherwise it goes out just before they begin.
3. Two steps that quiet hours push together become one: the one nearer the visit,
   which asks if either asked.
4. What moves spreads over ten minutes, so that a practice's texts don't all leave
   in the second at which the quiet ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32
from zoneinfo import ZoneInfo

from caresmith.clock import Instant
from caresmith.messages.settings import CadenceStep, MessagingSettings, QuietHours

TOGETHER: Final = timedelta(hours=1)
"""Steps that quiet hours bring nearer to each other than this become one."""
_SPREAD_SECONDS: Final = 600
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder of a visit and when it is due."""

    step: CadenceStep
    at: Instant
    asks: bool

    @property
    def key(self) -> str:
        return self.step.key


def spread_of(*ids: str) -> timedelta:
    """Where in the ten minutes these ids come: always the same for the same ids."""
    return timedelta(seconds=crc32("|".join(ids).encode()) % _SPREAD_SECONDS)


def due_steps(
    settings: MessagingSettings, start: Instant, zone: ZoneInfo, spread: timedelta
) -> tuple[Due, ...]:
    """The reminders of a visit that starts then, by time; those already past included."""
    found = []
    for step in sorted(settings.cadence, key=lambda step: -step.minutes_before):
        at = _out_of_quiet(settings.quiet, _before(start, step, zone), start, step, zone, spread)
        if at is not None and at < start:
            found.append(Due(step, at, step.asks_to_confirm))
    return _collapsed(found)


def _before(start: Instant, step: CadenceStep, zone: ZoneInfo) -> Instant:
    days, minutes = divmod(step.minutes_before, _DAY_MINUTES)
    wall = start.astimezone(zone) - timedelta(days=days)
    # Aware datetimes of one zone subtract by the wall clock; UTC makes an instant of it.
    return wall.astimezone(UTC) - timedelta(minutes=minutes)


def _out_of_quiet(
    quiet: QuietHours,
    at: Instant,
    start: Instant,
    step: CadenceStep,
    zone: ZoneInfo,
    spread: timedelta,
) -> Instant | None:
    """``at``, moved out of quiet hours; None where the day has no time for it."""
    ends, began = quiet.ends(at, zone), quiet.began(at, zone)
    if ends is None or began is None:
        return at
    tries = [began - spread - timedelta(seconds=1), began - timedelta(seconds=1)]
    if start - ends >= step.before / 2:
        tries = [ends + spread, ends, *tries]
    return next((moved for moved in tries if quiet.ends(moved, zone) is None), None)


def _collapsed(steps: list[Due]) -> tuple[Due, ...]:
    """The steps by time, without those that were pushed onto one nearer the visit."""
    kept: list[Due] = []
    for due in steps:
        if kept and _pushed_together(kept[-1], due):
            farther = kept.pop()
            due = replace(due, asks=due.asks or farther.asks)  # noqa: PLW2901 - the two as one
        kept.append(due)
    return tuple(sorted(kept, key=lambda due: due.at))


def _pushed_together(farther: Due, nearer: Due) -> bool:
    gap = abs(nearer.at - farther.at)
    return gap < TOGETHER and gap < farther.step.before - nearer.step.before


def reply_time(now: Instant, start: Instant, later: tuple[Due, ...]) -> timedelta:
    """How long to wait for an answer: until the next reminder, or half of what is left.

    After the last reminder that asks, the front desk needs time to call: it is
    told when half of the time to the visit has passed.
    """
    asks_again = next((due.at for due in later if due.asks), None)
    following = min((due.at for due in later), default=start)
    until = asks_again or now + (start - now) / 2
    return max(min(until, following, start) - now, timedelta(minutes=1))


def asks_later(later: tuple[Due, ...]) -> bool:
    """Whether a reminder still to come asks again."""
    return any(due.asks for due in later)


def local_day(at: datetime, zone: ZoneInfo) -> str:
    """The date of an instant by the place's clock: yyyy-mm-dd."""
    return at.astimezone(zone).date().isoformat()
