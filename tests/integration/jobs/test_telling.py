"""Each practice is told what is due by its own clock, once a day, whatever the ticks do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys
from caresmith.messages.settings import Recall
from caresmith.records.directory import listed, practices
from caresmith.records.practice import Practice
from functions.jobs.telling import SomePracticesFailed, tell_what_is_due
from tests.integration.jobs.conftest import Clockwork
from tests.support.practices import put
from tests.support.settings import put_settings

NIGHT = datetime(2026, 6, 10, 4, tzinfo=UTC)
"""Midnight in New York."""


def test_a_day_in_a_practice(clockwork: Clockwork) -> None:
    recall = Recall(key="annual", name="Annual", after_days=365)
    put_settings(clockwork.practice, recalls=[recall])
    clockwork.tick(NIGHT - timedelta(minutes=15))
    before = len(clockwork.told())
    for quarter in range(4 * 24):
        clockwork.tick(NIGHT + timedelta(minutes=15 * quarter))
    assert clockwork.told()[before:] == [
        ("NoShowsDue", "2026-06-09"),
        ("ReminderRepairDue", "2026-06-10"),
        ("EligibilityDue", "2026-06-10"),
        ("LedgerCheckDue", "2026-06-10"),
        ("AgendaDue", "2026-06-10"),
        ("RecallsDue", "2026-06-10"),
        ("StatementsDue", "2026-06-10"),
    ]


def test_double_ticks_tell_once(clockwork: Clockwork) -> None:
    at = NIGHT + timedelta(hours=6)
    assert clockwork.tick(at)["told"] == 5
    assert [clockwork.tick(at)["told"] for _ in range(3)] == [0, 0, 0]
    assert len(clockwork.told()) == 5


def test_ticks_at_the_same_instant_tell_once(clockwork: Clockwork) -> None:
    at = NIGHT + timedelta(hours=6)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(tell_what_is_due, [at] * 6))
    assert sum(told) == 5
    assert len(clockwork.told()) == 5


def test_a_clock_that_is_set_back_tells_nothing_again(clockwork: Clockwork) -> None:
    clockwork.tick(NIGHT + timedelta(hours=6))
    clockwork.tick(NIGHT - timedelta(days=2))
    assert len(clockwork.told()) == 5


def test_days_that_an_outage_swallowed_are_made_up_for(clockwork: Clockwork) -> None:
    clockwork.tick(NIGHT + timedelta(hours=2))
    clockwork.tick(NIGHT + timedelta(days=3, hours=18))
    told = clockwork.told()
    assert [day for kind, day in told if kind == "NoShowsDue"] == [
        "2026-06-09",
        "2026-06-10",
        "2026-06-11",
        "2026-06-12",
    ]
    assert "AgendaDue" not in dict(told)


def test_each_practice_by_its_own_clock(clockwork: Clockwork) -> None:
    west = PracticeId.new()
    create_keys(west, SystemClock())
    put(west, Practice(id=west, name="West", zone="America/Los_Angeles"))
    listed(west).save()
    clockwork.tick(datetime(2026, 6, 10, 10, 30, tzinfo=UTC))
    assert ("AgendaDue", "2026-06-10") in clockwork.told()
    assert ("AgendaDue", "2026-06-10") not in Clockwork(west).told()
    clockwork.tick(datetime(2026, 6, 10, 13, tzinfo=UTC))
    assert ("AgendaDue", "2026-06-10") in Clockwork(west).told()


def test_one_practice_in_trouble_keeps_no_other_from_its_day(clockwork: Clockwork) -> None:
    listed(PracticeId("prc_00000000000000000000000000")).save()
    with pytest.raises(SomePracticesFailed, match="1 practices"):
        clockwork.tick(NIGHT + timedelta(hours=6))
    assert len(clockwork.told()) == 5


def test_repair_of_all_is_told_whenever_it_is_asked_for(clockwork: Clockwork) -> None:
    at = NIGHT + timedelta(hours=12)
    clockwork.tick(at)
    before = clockwork.told().count(("ReminderRepairDue", "2026-06-10"))
    for _ in range(2):
        assert clockwork.tick(at, "repair-all") == {"told": 1}
    assert clockwork.told().count(("ReminderRepairDue", "2026-06-10")) == before + 2


def test_a_practice_that_is_listed_twice_is_one(clockwork: Clockwork) -> None:
    listed(clockwork.practice).save()
    assert list(practices()) == [clockwork.practice]
