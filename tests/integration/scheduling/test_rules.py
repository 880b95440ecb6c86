"""Longest visits, reasons that must be given, and a set-up that changed after the booking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from caresmith.audit import AuditEntry
from caresmith.ids import AppointmentTypeId
from caresmith.permissions import Role
from caresmith.records.practice import AppointmentType
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.client import Caller
from tests.support.practices import provider, put


@pytest.mark.parametrize("buffer", [0, 60])
def test_the_longest_visit_is_held_booked_moved_and_cancelled(desk: Desk, buffer: int) -> None:
    """Six hours are 72 cells, each of them named in one condition of one expression."""
    longest = AppointmentTypeId.new()
    put(
        desk.small.practice,
        AppointmentType(
            id=longest,
            name="Infusion",
            minutes=360 - 2 * buffer,
            buffer_before=buffer,
            buffer_after=buffer,
            room_kind="exam",
        ),
    )
    start = next_weekday(1, 9) + timedelta(minutes=buffer)
    asked = {k: v for k, v in desk.booking(start, type_id=longest).items() if k != "patient_id"}
    held = desk.post("/holds", asked)
    assert held.status == 201, held.text
    booked = desk.book(start, type_id=longest, hold_id=held.json["hold_id"])
    assert booked.status == 201, booked.text
    path = f"/appointments/{booked.json['appointment_id']}"
    later = (start + timedelta(minutes=30)).isoformat()
    assert desk.post(f"{path}/reschedule", {"start": later}).status == 200
    assert desk.post(f"{path}/cancel", {"reason": "pat"}).status == 200
    assert desk.free(start)[0] == "09:00"


def test_moving_over_the_calendar_needs_a_reason_and_the_audit_has_it(desk: Desk) -> None:
    manager = Caller(desk.small.practice, roles=(Role.MANAGER,))
    ten, eleven = next_weekday(1, 10), next_weekday(1, 11)
    visit = desk.book(ten).json["appointment_id"]
    desk.book(eleven)
    path = f"/appointments/{visit}/reschedule"
    over = {"start": eleven.isoformat(), "overbook": True}
    refused = desk.post(path, over, caller=manager)
    assert refused.status == 422, refused.text
    moved = desk.post(path, {**over, "overbook_reason": "acute pain"}, caller=manager)
    assert (moved.status, moved.json["overbooked"]) == (200, True)
    assert "acute pain" in moved.json["history"][-1]["after"]
    entries = [e for e in AuditEntry.scan() if e.actor_id == manager.user_id]
    assert [e.reason for e in entries if e.outcome == "success"] == ["overbooked"]
    # Its former time is free, and the other visit's still is the other's.
    assert "10:00" in desk.free(ten)
    assert "11:00" not in desk.free(eleven)


def test_a_visit_of_a_kind_that_is_no_longer_given_can_still_be_moved(desk: Desk) -> None:
    start = next_weekday(1, 10)
    visit = desk.book(start).json["appointment_id"]
    put(
        desk.small.practice,
        AppointmentType(id=desk.small.visit, name="Visit", minutes=30, active=False),
    )
    assert desk.book(next_weekday(1, 12)).status == 422
    later = {"start": next_weekday(1, 11).isoformat()}
    assert desk.post(f"/appointments/{visit}/reschedule", later).status == 200


def appointments(desk: Desk, **query: str) -> list[str]:
    page: Any = desk.get("/calendar", **query).json
    return [visit["appointment_id"] for visit in page["appointments"]]


def test_visits_of_a_provider_who_left_stay_on_the_calendar_until_they_are_moved(
    desk: Desk,
) -> None:
    start = next_weekday(1, 10)
    visit = desk.book(start).json["appointment_id"]
    gone = provider(desk.small.ana, "Ana", (desk.small.east,)).model_copy(update={"active": False})
    put(desk.small.practice, gone)
    day = {"first": start.date().isoformat()}
    assert desk.book(next_weekday(1, 12)).status == 422
    assert appointments(desk, **day, location_id=desk.small.east) == [visit]
    assert appointments(desk, **day) == [visit]
    assert appointments(desk, **day, location_id=desk.small.central) == []
    path = f"/appointments/{visit}/reschedule"
    same = desk.post(path, {"start": start.isoformat()})
    assert [error["field"] for error in same.json["errors"]] == ["provider_id"]
    moved = desk.post(path, {"start": start.isoformat(), "provider_id": desk.small.ben})
    assert moved.status == 200, moved.text
    assert appointments(desk, **day, location_id=desk.small.east) == [visit]


def test_nobody_has_failed_to_come_before_the_visit_begins(desk: Desk) -> None:
    visit = desk.book(next_weekday(1, 10)).json["appointment_id"]
    early = desk.post(f"/appointments/{visit}/status", {"status": "noshow"})
    assert (early.status, early.json["type"].rpartition("/")[2]) == (409, "illegal-move")
    assert desk.get(f"/appointments/{visit}").json["status"] == "booked"
