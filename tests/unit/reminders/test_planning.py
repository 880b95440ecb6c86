"""When reminders are due: by examples, and by properties over all clocks and cadences."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.messages.settings import CadenceStep, MessagingSettings, QuietHours
from functions.reminders.planning import TOGETHER, Due, due_steps, reply_time, spread_of

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/St_Johns", "UTC"]
NOTHING = timedelta()


def settings(*steps: tuple[str, int, bool], **quiet: time) -> MessagingSettings:
    cadence = tuple(CadenceStep(key=k, minutes_before=m, asks_to_confirm=a) for k, m, a in steps)
    return MessagingSettings(cadence=cadence, quiet=QuietHours(**quiet))


def wall(due: Due, zone: ZoneInfo = NEW_YORK) -> str:
    return f"{due.at.astimezone(zone):%a %d %H:%M}"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=NEW_YORK)


def test_a_week_before_is_the_same_time_of_day_across_a_change_of_clocks() -> None:
    (due,) = due_steps(settings(("7d", 7 * 1440, True)), at(12, 14), NEW_YORK, NOTHING)
    assert wall(due) == "Thu 05 14:00"
    assert at(12, 14) - due.at != timedelta(days=7)


def test_hours_before_are_hours() -> None:
    # Between the two, the clocks go from two to three.
    quiet = {"start": time(0), "end": time(0)}
    (due,) = due_steps(settings(("3h", 180, False), **quiet), at(8, 4), NEW_YORK, NOTHING)
    assert wall(due) == "Sun 08 00:00"


def test_what_is_due_at_night_waits_for_the_morning_where_enough_time_is_left() -> None:
    (due,) = due_steps(settings(("12h", 720, True)), at(12, 15), NEW_YORK, timedelta(minutes=4))
    assert wall(due) == "Thu 12 08:04"


def test_what_would_come_too_late_in_the_morning_goes_out_the_evening_before() -> None:
    (due,) = due_steps(settings(("3h", 180, False)), at(12, 9), NEW_YORK, timedelta(minutes=4))
    assert wall(due) == "Wed 11 19:55"


def test_two_steps_that_the_quiet_pushes_together_become_one_that_asks() -> None:
    cadence = settings(("4h", 240, True), ("3h", 180, False))
    (due,) = due_steps(cadence, at(12, 8, 30), NEW_YORK, NOTHING)
    assert (due.key, due.asks, wall(due)) == ("3h", True, "Wed 11 19:59")


def test_two_steps_that_are_near_each_other_by_choice_stay_two() -> None:
    cadence = settings(("2h", 120, True), ("90m", 90, False))
    assert len(due_steps(cadence, at(12, 15), NEW_YORK, NOTHING)) == 2


def test_a_video_visit_is_planned_by_the_clock_of_its_place() -> None:
    chicago = ZoneInfo("America/Chicago")
    (east,) = due_steps(settings(("3h", 180, False)), at(12, 11, 30), NEW_YORK, NOTHING)
    (central,) = due_steps(settings(("3h", 180, False)), at(12, 11, 30), chicago, NOTHING)
    assert wall(east) == "Thu 12 08:30"
    assert wall(central, chicago) == "Thu 12 08:00"


def test_quiet_that_ends_in_an_hour_that_comes_twice_ends_in_its_second_round() -> None:
    quiet = QuietHours(start=time(22), end=time(1, 30))
    first, second = (datetime(2026, 11, 1, 1, 10, tzinfo=NEW_YORK, fold=fold) for fold in (0, 1))
    for now in (first.astimezone(UTC), second.astimezone(UTC)):
        ends = quiet.ends(now, NEW_YORK)
        assert ends is not None
        assert now < ends <= now + timedelta(minutes=20)


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
starts = st.integers(0, 2 * 365 * 24 * 12).map(
    lambda cells: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * cells)
)
cadences = st.lists(
    st.tuples(st.integers(30, 14 * 1440), st.booleans()),
    min_size=1,
    max_size=6,
    unique_by=lambda step: step[0],
)


@given(starts, st.sampled_from(ZONES), times, times, cadences, st.integers(0, 599))
def test_nothing_is_due_in_quiet_hours_or_after_the_visit_began(
    start: datetime,
    zone_name: str,
    quiet_from: time,
    quiet_to: time,
    cadence: list[tuple[int, bool]],
    spread: int,
) -> None:
    zone = ZoneInfo(zone_name)
    rules = settings(
        *((f"s{n}", minutes, asks) for n, (minutes, asks) in enumerate(cadence)),
        start=quiet_from,
        end=quiet_to,
    )
    found = due_steps(rules, start, zone, timedelta(seconds=spread))
    for due in found:
        assert due.at < start
        assert rules.quiet.ends(due.at, zone) is None
        # Moved by no more than a night, and an hour where the clocks change.
        assert abs(start - due.step.before - due.at) <= timedelta(hours=26)
    assert list(found) == sorted(found, key=lambda due: due.at)
    assert len({due.key for due in found}) == len(found)
    for one, two in pairwise(found):
        gap = abs(one.step.minutes_before - two.step.minutes_before)
        assert two.at - one.at >= min(TOGETHER, timedelta(minutes=gap))


@given(starts, st.sampled_from(ZONES), cadences)
def test_usual_quiet_hours_lose_no_question(
    start: datetime, zone_name: str, cadence: list[tuple[int, bool]]
) -> None:
    zone = ZoneInfo(zone_name)
    rules = settings(*((f"s{n}", minutes, asks) for n, (minutes, asks) in enumerate(cadence)))
    found = due_steps(rules, start, zone, timedelta(minutes=5))
    assert found
    assert any(due.asks for due in found) == any(asks for _, asks in cadence)
    # What became of each step: itself, or one nearer the visit within the hour.
    nearest = min(minutes for minutes, _ in cadence)
    assert nearest in {due.step.minutes_before for due in found}


@given(starts, starts, st.lists(st.tuples(st.integers(1, 90), st.booleans()), max_size=4))
def test_an_answer_has_time_until_the_next_reminder_and_never_beyond_the_visit(
    now: datetime, start: datetime, others: list[tuple[int, bool]]
) -> None:
    if start <= now + timedelta(minutes=2):
        return
    step = CadenceStep(key="x", minutes_before=60)
    later = tuple(Due(step, now + timedelta(minutes=m), asks) for m, asks in others)
    waits = reply_time(now, start, later)
    assert timedelta(minutes=1) <= waits <= max(start - now, timedelta(minutes=1))
    assert all(now + waits <= max(due.at, now + timedelta(minutes=1)) for due in later)


@pytest.mark.parametrize("ids", [("app_1", "pat_1"), ("app_2",)])
def test_the_spread_is_always_the_same_and_less_than_ten_minutes(ids: tuple[str, ...]) -> None:
    assert spread_of(*ids) == spread_of(*ids) < timedelta(minutes=10)
