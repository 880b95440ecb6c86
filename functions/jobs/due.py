"""What is done once a day in every practice, and when: by the practice's own wall clock.

A wall-clock time that DST leaves out comes an hour later on that day; one that
comes twice is met the first time. The day, not the instant, is what happens once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.clock import Instant
from caresmith.events import (
    AgendaDue,
    ClaimsDue,
    EligibilityDue,
    JobEvent,
    LedgerCheckDue,
    NoShowsDue,
    RecallsDue,
    ReminderRepairDue,
    StatementsDue,
)
from caresmith.messages.settings import MessagingSettings
from caresmith.records.practice import PracticeSetup

# After the hour that DST moves, and before anybody works.
_REPAIR_AT: Final = wall_time(3, 15)
# When the night's postings are done, and before anybody works.
_LEDGER_CHECK_AT: Final = wall_time(4, 30)
# When people may be told by text that a statement is there.
_STATEMENTS_AT: Final = wall_time(11)
# Before anybody works, and when payers' systems have little to do.
_ELIGIBILITY_AT: Final = wall_time(4, 30)
# Out of the night's quiet, and early enough that people call back on the same day.
_RECALLS_AT: Final = wall_time(10)

When = Callable[[PracticeSetup, MessagingSettings, date], Instant | None]
"""When a day's run is due; None where the practice does not want it."""


@dataclass(frozen=True)
class DailyJob:
    """One thing that is told once for each day."""

    name: str
    event: type[JobEvent]
    due: When
    patience: timedelta
    """How late it is worth telling at all: what was missed for longer is let go."""
    same_day: bool = False
    """Of no use when its day is over."""


def _at(clock: wall_time, day: date, zone: str) -> Instant:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _repair(setup: PracticeSetup, _: MessagingSettings, day: date) -> Instant | None:
    return _at(_REPAIR_AT, day, setup.practice.zone)


def _agenda(setup: PracticeSetup, settings: MessagingSettings, day: date) -> Instant | None:
    return _at(settings.agenda_at, day, setup.practice.zone) if settings.agenda_at else None


def _no_shows(setup: PracticeSetup, settings: MessagingSettings, day: date) -> Instant | None:
    """When the day is over in all of the practice's places, and some time has passed."""
    if settings.noshow_after_minutes is None:
        return None
    zones = {place.zone for place in setup.locations.values()} | {setup.practice.zone}
    over = max(_at(wall_time(0), day + timedelta(days=1), zone) for zone in zones)
    return over + timedelta(minutes=settings.noshow_after_minutes)


def _ledger_check(setup: PracticeSetup, _: MessagingSettings, day: date) -> Instant | None:
    return _at(_LEDGER_CHECK_AT, day, setup.practice.zone)


def _statements(setup: PracticeSetup, _: MessagingSettings, day: date) -> Instant | None:
    return _at(_STATEMENTS_AT, day, setup.practice.zone)


def _recalls(setup: PracticeSetup, settings: MessagingSettings, day: date) -> Instant | None:
    wanted = settings.recalls_per_day and any(recall.active for recall in settings.recalls)
    return _at(_RECALLS_AT, day, setup.practice.zone) if wanted else None


def _eligibility(setup: PracticeSetup, _: MessagingSettings, day: date) -> Instant | None:
    return _at(_ELIGIBILITY_AT, day, setup.practice.zone)


def _claims(setup: PracticeSetup, _: MessagingSettings, day: date) -> Instant | None:
    billing = setup.practice.billing
    wanted = billing.send_at if billing else None
    return _at(wanted, day, setup.practice.zone) if wanted else None


DAILY: Final = (
    DailyJob("repair-reminders", ReminderRepairDue, _repair, timedelta(days=1)),
    # A run looks several days ahead: one that was missed is made up for by the next.
    DailyJob("eligibility", EligibilityDue, _eligibility, timedelta(hours=18), same_day=True),
    # What is not sent today goes with tomorrow's.
    DailyJob("claims", ClaimsDue, _claims, timedelta(hours=12), same_day=True),
    DailyJob("agenda", AgendaDue, _agenda, timedelta(hours=6), same_day=True),
    # Each day that an outage swallowed is made up for.
    DailyJob("no-shows", NoShowsDue, _no_shows, timedelta(days=7)),
    DailyJob("ledger-check", LedgerCheckDue, _ledger_check, timedelta(hours=12), same_day=True),
    DailyJob("statements", StatementsDue, _statements, timedelta(hours=12), same_day=True),
    DailyJob("recalls", RecallsDue, _recalls, timedelta(hours=6), same_day=True),
)


def days_due(
    job: DailyJob,
    setup: PracticeSetup,
    settings: MessagingSettings,
    *,
    last: date | None,
    now: Instant,
) -> list[date]:
    """The days for which the job is to be told now, the earliest first.

    ``last`` is the day that was told last. A practice for which nothing was told
    yet begins with the latest day: its past is not worked off.
    """
    today = setup.practice.day_at(now)
    if job.same_day:
        candidates = [today]
    else:
        candidates = [today - timedelta(days=n) for n in range(job.patience.days + 2, -1, -1)]
    due = [day for day in candidates if _is_due(job.due(setup, settings, day), job.patience, now)]
    if last is None:
        return due[-1:]
    return [day for day in due if day > last]


def _is_due(at: Instant | None, patience: timedelta, now: Instant) -> bool:
    return at is not None and at <= now <= at + patience
