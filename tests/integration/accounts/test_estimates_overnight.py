"""The night looks through the calendar: an estimate is owed though no event told of the visit."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from caresmith.ids import AppointmentId
from caresmith.later import group
from caresmith.records.practice import Location, Practice
from functions.accounts.estimating import sweeping
from tests.integration.accounts.conftest import Office
from tests.integration.accounts.test_estimates import FAR, MONDAY, at, insure, make, owed, work
from tests.support.client import invoke
from tests.support.practices import put
from tests.support.written_calendar import WrittenCalendar

CHICAGO = ZoneInfo("America/Chicago")
HONOLULU = ZoneInfo("Pacific/Honolulu")


@pytest.fixture
def calendar(office: Office) -> WrittenCalendar:
    office.on(MONDAY)
    return WrittenCalendar(office.small, office.clock, function="accounts")


def planned(office: Office) -> list[dict[str, Any]]:
    """What is to be run of this practice, taken off the schedule."""
    client, found = boto3.client("scheduler"), []
    for page in client.get_paginator("list_schedules").paginate(GroupName=group()):
        for one in page["Schedules"]:
            entry = client.get_schedule(Name=one["Name"], GroupName=group())
            payload = json.loads(entry["Target"]["Input"])
            if payload["practice_id"] == office.practice:
                client.delete_schedule(Name=one["Name"], GroupName=group())
                found.append(payload)
    return found


def night(office: Office, calendar: WrittenCalendar, told: int = 1) -> int:
    """The practice's clock tells of the day, and what that plans is run; how many slices."""
    day = office.clock.at.astimezone(ZoneInfo("America/New_York")).date()
    for _ in range(told):
        calendar.deliver("LedgerCheckDue", day=day.isoformat())
    count = 0
    while slices := planned(office):
        count += len(slices)
        for payload in slices:
            invoke("accounts", payload)
    return count


def versions(office: Office) -> list[Any]:
    accounts = [office.get(f"/accounts/patients/{one}") for one in office.patients]
    return [accounts, work(office)]


def test_a_visit_of_which_no_event_told_appears_after_the_night_and_twice_changes_nothing(
    office: Office, calendar: WrittenCalendar
) -> None:
    visit = calendar.visit(at(FAR), office.patient())
    assert owed(office) == {}
    assert night(office, calendar) == len({office.small.ana, office.small.ben})
    assert owed(office) == {visit: "2037-03-05"}
    before = versions(office)
    office.later(days=1)
    assert night(office, calendar, told=2) == len({office.small.ana, office.small.ben})
    # Since when it is known stays: the deadline does not move from night to night.
    assert owed(office) == {visit: "2037-03-05"}
    assert versions(office) == before


def test_it_judges_as_the_events_do(office: Office, calendar: WrittenCalendar) -> None:
    insured, made, soon, off, other = (office.patient() for _ in range(5))
    insure(office, insured)
    calendar.visit(at(FAR), insured)
    answered = calendar.visit(at(FAR, 11), made)
    make(office, made, appointment_id=answered)
    calendar.visit(at(dt.date(2037, 3, 4)), soon)
    calendar.visit(at(FAR, 12), off, status="cancelled")
    group_visit = calendar.visit(at(dt.date(2037, 3, 6)), insured, other)
    night(office, calendar)
    assert owed(office) == {group_visit: "2037-03-03"}
    assert [row["patient_id"] for row in work(office)["owed"]] == [other]


def test_it_looks_thirty_days_ahead_by_the_clocks_of_its_places_across_daylight_saving(
    office: Office, calendar: WrittenCalendar
) -> None:
    # Clocks go forward on March 8th: the last day begins and ends an hour earlier in UTC.
    last = MONDAY + dt.timedelta(days=sweeping.AHEAD_DAYS)
    late = dt.datetime.combine(last, dt.time(23, 30), CHICAGO)
    central = {"location_id": office.small.central}
    seen = calendar.visit(late, office.patient(), **central)
    unseen = calendar.visit(late + dt.timedelta(hours=1), office.patient(), **central)
    night(office, calendar)
    assert set(owed(office)) == {seen}
    office.later(days=1)
    night(office, calendar)
    assert set(owed(office)) == {seen, unseen}


def test_the_day_is_the_practices_and_lasts_as_long_as_in_its_last_place(
    office: Office, calendar: WrittenCalendar
) -> None:
    # Half past one in the night of Tuesday in New York; it is Monday evening in Honolulu.
    office.clock.at = dt.datetime(2037, 3, 3, 6, 30, tzinfo=dt.UTC)
    visit = calendar.visit(at(FAR), office.patient())
    night(office, calendar)
    assert owed(office) == {visit: "2037-03-06"}
    put(office.practice, Location(id=office.small.east, name="East", zone=str(HONOLULU)))
    put(
        office.practice,
        Practice(id=office.practice, name="Small", zone=str(HONOLULU), federal_holidays=False),
    )
    last = MONDAY + dt.timedelta(days=sweeping.AHEAD_DAYS)
    late = calendar.visit(dt.datetime.combine(last, dt.time(23, 30), HONOLULU), office.patient())
    night(office, calendar)
    assert owed(office)[late] == "2037-03-05"


def test_a_long_calendar_is_looked_through_in_slices_and_nobody_between_them_is_left_out(
    office: Office, calendar: WrittenCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "PATIENTS_PER_SLICE", 2)
    visits: set[AppointmentId] = set()
    # Three begin at the same time: a slice ends behind them.
    for hour in (9, 10, 10, 10, 11):
        visits.add(calendar.visit(at(FAR, hour), office.patient()))
    providers = len({office.small.ana, office.small.ben})
    assert night(office, calendar) == providers + 1
    assert set(owed(office)) == visits
