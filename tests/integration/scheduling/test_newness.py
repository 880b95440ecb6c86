"""Kinds of visits that are kept for new patients."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from caresmith.clock import FixedClock
from caresmith.ids import AppointmentTypeId
from caresmith.records.practice import AppointmentType
from functions.scheduling import handler
from tests.integration.scheduling.conftest import Desk
from tests.integration.scheduling.test_closed_charts import set_status
from tests.support.client import Reply
from tests.support.practices import NEW_YORK, add_patient, provider, put

MONDAY = datetime(2026, 6, 1, 10, tzinfo=ZoneInfo(NEW_YORK))


@pytest.fixture
def first_visit(desk: Desk) -> AppointmentTypeId:
    kind = AppointmentTypeId.new()
    put(
        desk.small.practice,
        AppointmentType(id=kind, name="First visit", minutes=30, patients="new"),
    )
    return kind


def see(desk: Desk, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The patient has an ordinary visit then, and comes to it."""
    today(monkeypatch, at - timedelta(days=1))
    visit = desk.book(at).json["appointment_id"]
    for status in ("checked-in", "fulfilled"):
        assert desk.post(f"/appointments/{visit}/status", {"status": status}).status == 200


def today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(handler.app, "clock", FixedClock(now))


def refused(reply: Reply) -> bool:
    if reply.status == 201:
        return False
    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (409, "not-new"), reply.text
    assert [error["field"] for error in reply.json["errors"]] == ["confirmed_new"]
    return True


def test_who_was_never_seen_is_new(
    desk: Desk, first_visit: AppointmentTypeId, monkeypatch: pytest.MonkeyPatch
) -> None:
    today(monkeypatch, MONDAY)
    # Booked and not come: that was no visit.
    desk.book(MONDAY + timedelta(days=1))
    assert not refused(desk.book(MONDAY + timedelta(days=2), type_id=first_visit))


@pytest.mark.parametrize(("years", "new"), [(1, False), (2, False), (3, True)])
def test_whoever_was_seen_within_three_years_is_not_new(
    desk: Desk,
    first_visit: AppointmentTypeId,
    monkeypatch: pytest.MonkeyPatch,
    years: int,
    new: bool,
) -> None:
    see(desk, MONDAY, monkeypatch)
    # A Tuesday of that year, some days past the anniversary.
    later = MONDAY.replace(year=MONDAY.year + years) + timedelta(days=4)
    later += timedelta(days=(1 - later.weekday()) % 7)
    today(monkeypatch, later - timedelta(days=1))
    assert refused(desk.book(later, type_id=first_visit)) is not new
    assert desk.book(later, type_id=first_visit, confirmed_new=True).status == (409 if new else 201)


def test_another_specialty_has_patients_of_its_own(
    desk: Desk, first_visit: AppointmentTypeId, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(desk, MONDAY, monkeypatch)
    next_day = MONDAY + timedelta(days=1)
    assert refused(desk.book(next_day, type_id=first_visit, provider_id=desk.small.ben))
    skin = provider(desk.small.ben, "Ben", (desk.small.east,))
    put(desk.small.practice, skin.model_copy(update={"taxonomy": "207N00000X"}))
    assert not refused(desk.book(next_day, type_id=first_visit, provider_id=desk.small.ben))


def test_who_was_seen_under_a_chart_that_was_merged_is_not_new(
    desk: Desk, first_visit: AppointmentTypeId, monkeypatch: pytest.MonkeyPatch
) -> None:
    from caresmith.records.patient import ChartStatus

    see(desk, MONDAY, monkeypatch)
    survivor = add_patient(desk.small.practice, "Doe-Smith")
    set_status(desk.small.practice, survivor, ChartStatus.ACTIVE, merged_ids=[str(desk.patient)])
    reply = desk.book(MONDAY + timedelta(days=1), type_id=first_visit, patient_id=survivor)
    assert refused(reply)
