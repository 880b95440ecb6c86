"""Who was expected on a day and seen by nobody is marked when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from caresmith.audit import AuditEntry
from caresmith.clock import FixedClock, time_runs_on
from caresmith.events import AppointmentStatusChanged, NoShowsDue
from tests.integration.scheduling.conftest import Desk
from tests.integration.scheduling.texting import deliver, told
from tests.support.practices import CHICAGO, NEW_YORK, put, rule
from tests.support.settings import put_settings

DAY = date(2026, 6, 16)
NEXT_MORNING = datetime(2026, 6, 17, 6, tzinfo=UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    with time_runs_on(FixedClock(instant.astimezone(UTC))):
        yield


def wall(hour: int, minute: int = 0, *, day: date = DAY, zone: str = NEW_YORK) -> datetime:
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone))


def booked(desk: Desk, start: datetime, **given: str) -> str:
    with at(start - timedelta(days=3)):
        reply = desk.book(start, **given)
    assert reply.status == 201, reply.text
    return str(reply.json["appointment_id"])


def due(desk: Desk, day: date = DAY) -> NoShowsDue:
    return NoShowsDue(
        practice_id=desk.small.practice, occurred_at=NEXT_MORNING, actor_id="system:jobs", day=day
    )


def status(desk: Desk, visit: str) -> str:
    return str(desk.get(f"/appointments/{visit}").json["status"])


def marked(desk: Desk) -> list[str]:
    events = told(desk.small.practice, AppointmentStatusChanged)
    return [event.appointment_id for event in events if event.to_status == "noshow"]


def test_visits_of_all_providers_that_nobody_saw_are_marked_once(desk: Desk) -> None:
    visits = [
        booked(desk, wall(9)),
        booked(desk, wall(16, 30)),
        booked(desk, wall(9), provider_id=desk.small.ben),
    ]
    tomorrow = booked(desk, wall(9, day=DAY + timedelta(days=1)))
    with at(NEXT_MORNING):
        deliver(due(desk), due(desk))
        deliver(due(desk))
        assert {status(desk, visit) for visit in visits} == {"noshow"}
    assert sorted(marked(desk)) == sorted(visits)
    assert status(desk, tomorrow) == "booked"


@pytest.mark.parametrize("ways", [["arrived"], ["arrived", "checked-in"], ["cancel"]], ids=str)
def test_who_came_or_cancelled_is_left_alone(desk: Desk, ways: list[str]) -> None:
    visit = booked(desk, wall(9))
    for way in ways:
        path = f"/appointments/{visit}"
        if way == "cancel":
            desk.post(f"{path}/cancel", {"reason": "pat"})
        else:
            desk.post(f"{path}/status", {"status": way})
    before = status(desk, visit)
    with at(NEXT_MORNING):
        deliver(due(desk))
    assert status(desk, visit) == before
    assert marked(desk) == []


def test_not_before_the_practice_s_time_has_passed(desk: Desk) -> None:
    put_settings(desk.small.practice, noshow_after_minutes=60)
    visit = booked(desk, wall(16, 30))
    over = wall(17)
    with at(over + timedelta(minutes=59)):
        deliver(due(desk))
    assert status(desk, visit) == "booked"
    with at(over + timedelta(minutes=60)):
        deliver(due(desk))
    assert status(desk, visit) == "noshow"


def test_by_hand_only_where_the_practice_wants_it_so(desk: Desk) -> None:
    put_settings(desk.small.practice, noshow_after_minutes=None)
    visit = booked(desk, wall(9))
    with at(NEXT_MORNING):
        deliver(due(desk))
    assert status(desk, visit) == "booked"


def test_a_visit_counts_to_the_day_of_its_own_place(desk: Desk) -> None:
    """Half past eleven in the evening in Chicago is the next day in New York."""
    small = desk.small
    put(
        small.practice,
        rule(small.ana, small.central, rrule="FREQ=DAILY", start=time(20), end=time(0)),
    )
    late = booked(desk, wall(23, 30, zone=CHICAGO), location_id=small.central)
    with at(NEXT_MORNING + timedelta(hours=6)):
        deliver(due(desk, DAY - timedelta(days=1)))
        assert status(desk, late) == "booked"
        deliver(due(desk))
        assert status(desk, late) == "noshow"


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)], ids=str)
def test_days_of_23_and_25_hours_are_whole_days(desk: Desk, day: date) -> None:
    small = desk.small
    put(small.practice, rule(small.ana, small.east, rrule="FREQ=DAILY", start=time(0), end=time(0)))
    visits = [booked(desk, wall(hour, day=day)) for hour in (0, 4, 23)]
    outside = booked(desk, wall(0, day=day + timedelta(days=1)))
    with at(wall(12, day=day + timedelta(days=1))):
        deliver(due(desk, day))
    assert {status(desk, visit) for visit in visits} == {"noshow"}
    assert status(desk, outside) == "booked"


def test_each_mark_is_one_entry_of_the_audit_trail(desk: Desk) -> None:

    booked(desk, wall(9))
    booked(desk, wall(10))
    with at(NEXT_MORNING):
        deliver(due(desk))
    entries = [
        entry
        for entry in AuditEntry.scan(AuditEntry.practice_id == desk.small.practice)
        if entry.action == "scheduling.mark-no-show"
    ]
    assert [len(entry.records) for entry in entries] == [1, 1]
    assert all(entry.actor_id == "system:scheduling" for entry in entries)
