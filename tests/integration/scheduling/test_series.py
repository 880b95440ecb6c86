"""A series: all of it, or what is free of it, or no trace of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caresmith.ids import PatientId, PracticeId
from caresmith.permissions import Role
from caresmith.records.patient import ChartStatus
from functions.scheduling import plan
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.integration.scheduling.test_closed_charts import set_status
from tests.support.client import Caller, Reply
from tests.support.practices import NEW_YORK


def series(desk: Desk, start: datetime, rrule: str, **given: Any) -> Reply:
    when = {"when_taken": given.pop("when_taken")} if "when_taken" in given else {}
    caller = {"caller": given.pop("caller")} if "caller" in given else {}
    body = {"booking": desk.booking(start, **given), "rrule": rrule, **when}
    return desk.post("/appointments/series", body, **caller)


def on_the_calendar(desk: Desk, start: datetime, days: int) -> list[dict[str, Any]]:
    first = start.date().isoformat()
    page = desk.get("/calendar", first=first, days=str(days), provider_id=desk.small.ana)
    return list(page.json["appointments"])


def test_a_series_keeps_its_wall_clock_time_across_dst(desk: Desk) -> None:
    made = series(desk, next_weekday(1, 10), "FREQ=WEEKLY;COUNT=30")
    assert made.status == 201, made.text
    zone = ZoneInfo(NEW_YORK)
    starts = [datetime.fromisoformat(v["start"]).astimezone(zone) for v in made.json["booked"]]
    assert len(starts) == 30
    assert {(at.hour, at.minute, at.weekday()) for at in starts} == {(10, 0, 1)}
    assert len({at.utcoffset() for at in starts}) == 2
    assert len({visit["series_id"] for visit in made.json["booked"]}) == 1


def test_a_series_with_one_time_taken_books_none_and_leaves_no_trace(desk: Desk) -> None:
    start = next_weekday(1, 10)
    taken = start + timedelta(days=7)
    desk.book(taken)
    none = series(desk, start, "FREQ=WEEKLY;COUNT=3")
    assert none.status == 409
    assert [datetime.fromisoformat(at) for at in none.json["not_free"]] == [taken]
    assert "10:00" in desk.free(start)
    # Nothing was booked and cancelled again: nobody was told of visits that never were.
    assert len(on_the_calendar(desk, start, 21)) == 1


def test_a_series_with_one_time_taken_books_the_rest_where_that_is_asked(desk: Desk) -> None:
    start = next_weekday(1, 10)
    desk.book(start + timedelta(days=7))
    rest = series(desk, start, "FREQ=WEEKLY;COUNT=3", when_taken="book_the_rest")
    assert (rest.status, len(rest.json["booked"]), len(rest.json["not_free"])) == (201, 2, 1)


def test_until_in_utc_as_the_standard_writes_it(desk: Desk) -> None:
    start = next_weekday(1, 10)
    last = (start + timedelta(days=14)).astimezone(ZoneInfo("UTC"))
    made = series(desk, start, f"FREQ=WEEKLY;UNTIL={last:%Y%m%dT%H%M%SZ}")
    assert (made.status, len(made.json["booked"])) == (201, 3)


@pytest.mark.parametrize(
    ("change", "rrule", "field"),
    [
        ({"type_id": "apt_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, "FREQ=WEEKLY;COUNT=3", "booking.type_id"),
        ({"room_id": "rom_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, "FREQ=WEEKLY;COUNT=3", "booking.room_id"),
        ({"start": "2020-01-07T15:00:00Z"}, "FREQ=WEEKLY;COUNT=3", "booking.start"),
        ({}, "FREQ=WEEKLY", "rrule"),
        ({}, "FREQ=WEEKLY;COUNT=53", "rrule"),
        ({}, "FREQ=WEEKLY;BYDAY=WE;COUNT=2", "rrule"),
        ({}, "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "rrule"),
        ({}, "FREQ=DAILY;INTERVAL=0;COUNT=3", "rrule"),
        ({}, "FREQ=WEEKLY;BYHOUR=11;BYMINUTE=3;COUNT=2", "rrule"),
        ({}, "EXDATE:20260101T000000;COUNT=1", "rrule"),
    ],
    ids=str,
)
def test_a_bad_series_names_its_field_and_writes_nothing(
    desk: Desk, change: dict[str, Any], rrule: str, field: str
) -> None:
    start = next_weekday(1, 10)
    body = {"booking": {**desk.booking(start), **change}, "rrule": rrule}
    refused = desk.post("/appointments/series", body)
    assert refused.status == 422, refused.text
    assert [error["field"] for error in refused.json["errors"]] == [field]
    assert on_the_calendar(desk, start, 28) == []
    assert "10:00" in desk.free(start)


def test_visits_beyond_the_horizon_are_said_to_be_not_free(desk: Desk) -> None:
    made = series(desk, next_weekday(1, 10), "FREQ=YEARLY;COUNT=4", when_taken="book_the_rest")
    assert made.status == 201
    assert len(made.json["booked"]) + len(made.json["not_free"]) == 4
    assert len(made.json["not_free"]) >= 2


def test_a_chart_that_closes_midway_undoes_the_series(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, asked = plan.patient_card, 0

    def closes_at_the_third(practice: PracticeId, patient: PatientId) -> Any:
        nonlocal asked
        asked += 1
        if asked == 3:
            set_status(practice, patient, ChartStatus.ARCHIVED)
        return read(practice, patient)

    monkeypatch.setattr(plan, "patient_card", closes_at_the_third)
    start = next_weekday(1, 10)
    refused = series(desk, start, "FREQ=WEEKLY;COUNT=3")
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (
        409,
        "patient-not-bookable",
    )
    for week in range(3):
        assert "10:00" in desk.free(start + timedelta(weeks=week)), week
    assert {v["status"] for v in on_the_calendar(desk, start, 21)} <= {"cancelled"}


def test_a_series_over_the_calendar_needs_the_right(desk: Desk) -> None:
    start = next_weekday(1, 10)
    desk.book(start)
    over = {"overbook": True, "overbook_reason": "dressing changes"}
    assert series(desk, start, "FREQ=DAILY;COUNT=2", **over).status == 403
    manager = Caller(desk.small.practice, roles=(Role.MANAGER,))
    made = series(desk, start, "FREQ=DAILY;COUNT=2", caller=manager, **over)
    assert [visit["overbooked"] for visit in made.json["booked"]] == [True, True]
