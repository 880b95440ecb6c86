"""What is set up here is what the calendar offers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from caresmith.permissions import Role
from tests.integration.admin.conftest import Office
from tests.support.client import call
from tests.support.practices import NEW_YORK


def next_monday() -> str:
    day = datetime.now(ZoneInfo(NEW_YORK)).date() + timedelta(days=7)
    return (day + timedelta(days=-day.weekday() % 7)).isoformat()


def free(office: Office, visit: Any, day: str) -> list[str]:
    query = {"type_id": visit["id"], "first": day, "days": 1, "every_minutes": 60}
    caller = office.as_role(Role.FRONT_DESK)
    reply = call("POST", "/slots/search", caller=caller, json_body=query)
    assert reply.status == 200, reply.text
    return [slot["start"][11:16] for slot in reply.json["slots"]]


def test_a_practice_set_up_from_nothing_can_be_booked(office: Office) -> None:
    practice = office.get("/practice").json
    office.put("/practice", {**practice, "federal_holidays": False}, 1)
    place = office.location()
    doctor, visit = office.provider(place), office.visit_type()
    day = next_monday()
    assert free(office, visit, day) == []
    rule = office.hours(doctor, place, start="09:00", end="12:00")
    assert free(office, visit, day) == ["09:00", "10:00", "11:00"]
    one = f"/availability-rules/{rule['id']}"
    office.put(one, {**rule, "start": "10:00"}, 1)
    assert free(office, visit, day) == ["10:00", "11:00"]
    office.hours(doctor, place, effect="closed", start="10:00", end="11:00", starts_on=day)
    assert free(office, visit, day) == ["11:00"]
    office.put("/practice", {**practice, "federal_holidays": False, "closed_on": [day]}, 2)
    assert free(office, visit, day) == []
