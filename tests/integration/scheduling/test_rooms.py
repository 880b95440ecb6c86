"""A patient is shown to another room than the one that was booked."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import ProviderId, RoomId
from caresmith.records.practice import Room
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.client import Reply
from tests.support.practices import put

START = next_weekday(1, 10)


@pytest.fixture
def other_room(desk: Desk) -> RoomId:
    room = Room(id=RoomId.new(), location_id=desk.small.east, name="Room 2", room_kind="exam")
    put(desk.small.practice, room)
    return room.id


def checked_in(desk: Desk) -> dict[str, Any]:
    """A visit in the first room whose patient is here."""
    visit: dict[str, Any] = in_room(desk, desk.small.room, desk.small.ana).json
    path = f"/appointments/{visit['appointment_id']}/status"
    for status in ("arrived", "checked-in"):
        visit = desk.post(path, {"status": status}).json
    return visit


def in_room(desk: Desk, room: RoomId, provider: ProviderId) -> Reply:
    return desk.book(START, type_id=desk.small.roomed, provider_id=provider, room_id=room)


def test_the_other_room_is_taken_and_the_booked_one_is_free(desk: Desk, other_room: RoomId) -> None:
    visit = checked_in(desk)
    flow = f"/appointments/{visit['appointment_id']}/flow"
    moved = desk.post(flow, {"flow": "roomed", "room_id": other_room})
    assert (moved.status, moved.json["room_id"], moved.json["flow"]) == (200, other_room, "roomed")
    assert in_room(desk, other_room, desk.small.ben).status == 409
    assert in_room(desk, desk.small.room, desk.small.ben).status == 201


def test_a_room_with_another_patient_in_it_is_refused(desk: Desk, other_room: RoomId) -> None:
    visit = checked_in(desk)
    assert in_room(desk, other_room, desk.small.ben).status == 201
    flow = f"/appointments/{visit['appointment_id']}/flow"
    refused = desk.post(flow, {"flow": "roomed", "room_id": other_room})
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "slot-taken")
    assert "room" in refused.json["detail"]
    unchanged = desk.get(f"/appointments/{visit['appointment_id']}").json
    assert (unchanged["room_id"], unchanged["flow"]) == (desk.small.room, "waiting")


def test_a_room_of_elsewhere_is_refused(desk: Desk) -> None:
    visit = checked_in(desk)
    room = Room(id=RoomId.new(), location_id=desk.small.central, name="Far", room_kind="exam")
    put(desk.small.practice, room)
    flow = f"/appointments/{visit['appointment_id']}/flow"
    refused = desk.post(flow, {"flow": "roomed", "room_id": room.id})
    assert refused.status == 422
    assert [error["field"] for error in refused.json["errors"]] == ["room_id"]
