"""Tells each practice what is due: the event and the record of it in one transaction.

Ticks may come twice, late or not at all; each day of each job is told once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from caresmith.actor import Actor
from caresmith.clock import Instant, to_text
from caresmith.events import PracticeOutbox, ReminderRepairDue, tell
from caresmith.ids import EventId, PracticeId
from caresmith.log import bind, describe, logger
from caresmith.messages.settings import messaging_settings
from caresmith.records.directory import practices
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.jobs.due import DAILY, DailyJob, days_due
from functions.jobs.records import JobRun, job_key, last_days

FUNCTION: Final = "jobs"


class SomePracticesFailed(Exception):
    """Some practices were not told; the next tick tries them again."""


def tell_what_is_due(now: Instant) -> int:
    """Tell every practice what is due by its clock; returns how many events were told."""
    return _for_each_practice(lambda setup: _tell_due(setup, now))


def tell_all_to_repair(now: Instant) -> int:
    """Ask for a repair in every practice, whenever the last one was."""
    return _for_each_practice(lambda setup: _tell_repair(setup, now))


def _for_each_practice(work: Callable[[PracticeSetup], int]) -> int:
    told, failed = 0, 0
    for practice in practices():
        bind(practice_id=practice)
        try:
            told += work(practice_setup(practice))
        except Exception as error:
            # One practice's trouble must not keep the others from their day.
            failed += 1
            logger().error("practice not told", extra={"error": describe(error)})
    if failed:
        raise SomePracticesFailed(f"{failed} practices were not told what is due")
    return told


def _tell_due(setup: PracticeSetup, now: Instant) -> int:
    practice = setup.practice.id
    settings, last = messaging_settings(practice), last_days(practice)
    return sum(
        _tell_once(practice, job, day, now)
        for job in DAILY
        for day in days_due(job, setup, settings, last=last.get(job.name), now=now)
    )


def _tell_once(practice: PracticeId, job: DailyJob, day: date, now: Instant) -> bool:
    """False where another tick was faster."""
    run = JobRun(*job_key(practice, job.name), day=day.isoformat(), told_at=to_text(now))
    event = job.event(
        event_id=EventId.derived(practice, job.name, day.isoformat()),
        practice_id=practice,
        occurred_at=now,
        actor_id=Actor.system(practice, FUNCTION).user_id,
        day=day,
    )

    def attempt() -> None:
        with transaction() as writes:
            writes.save(run, condition=JobRun.pk.does_not_exist() | (JobRun.day < run.day))
            tell(event, PracticeOutbox, writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled as cancelled:
        if not cancelled.failed(0):
            raise
        return False
    return True


def _tell_repair(setup: PracticeSetup, now: Instant) -> int:
    practice = setup.practice.id
    event = ReminderRepairDue(
        practice_id=practice,
        occurred_at=now,
        actor_id=Actor.system(practice, FUNCTION).user_id,
        day=setup.practice.day_at(now),
    )
    with transaction() as writes:
        tell(event, PracticeOutbox, writes)
    return 1
