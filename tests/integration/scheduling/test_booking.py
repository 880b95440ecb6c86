"""Booking through the front door: what is taken is taken, and what fails writes nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from caresmith.events import ScheduleOutbox
from caresmith.ids import PatientId, PracticeId
from caresmith.keystore import create_keys
from caresmith.records.patient import ChartStatus
from caresmith.records.practice import Practice
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.client import Caller, call
from tests.support.practices import NEW_YORK, add_patient, put


def test_a_visit_is_booked_seen_and_its_time_is_gone(desk: Desk) -> None:
    start = next_weekday(1, 10)
    assert "10:00" in desk.free(start)
    booked = desk.book(start)
    assert booked.status == 201, booked.text
    assert booked.json["status"] == "booked"
    assert booked.json["details"]["attendees"][0]["name"] == "Doe, Jo"
    assert "10:00" not in desk.free(start)
    page = desk.get("/calendar", first=start.date().isoformat(), location_id=desk.small.east)
    assert [a["appointment_id"] for a in page.json["appointments"]] == [
        booked.json["appointment_id"]
    ]
    one = desk.get(f"/appointments/{booked.json['appointment_id']}")
    assert one.json == booked.json
    assert one.headers["etag"] == '"1"'


@pytest.mark.parametrize("minutes", [-25, -5, 0, 5, 25])
def test_what_overlaps_is_refused(desk: Desk, minutes: int) -> None:
    start = next_weekday(1, 10)
    assert desk.book(start).status == 201
    other = desk.book(start + timedelta(minutes=minutes))
    assert (other.status, other.json["type"].rpartition("/")[2]) == (409, "slot-taken")


@pytest.mark.parametrize("minutes", [-30, 30])
def test_what_only_touches_is_not(desk: Desk, minutes: int) -> None:
    start = next_weekday(1, 10)
    assert desk.book(start).status == 201
    assert desk.book(start + timedelta(minutes=minutes)).status == 201


def test_buffers_keep_others_away_and_one_room_serves_one_visit(desk: Desk) -> None:
    start = next_weekday(1, 10)
    first = desk.book(start, type_id=desk.small.roomed)
    assert first.json["room_id"] == desk.small.room
    # The other doctor is free, the only room is not until ten minutes after.
    for minutes in (-35, -30, 0, 30, 40):
        other = desk.book(
            start + timedelta(minutes=minutes),
            type_id=desk.small.roomed,
            provider_id=desk.small.ben,
        )
        assert other.status == 409, minutes
    later = desk.book(
        start + timedelta(minutes=45), type_id=desk.small.roomed, provider_id=desk.small.ben
    )
    assert later.status == 201


def test_a_visit_later_in_the_day_does_not_keep_the_room_from_an_earlier_one(desk: Desk) -> None:
    noon = next_weekday(1, 12)
    assert desk.book(noon, type_id=desk.small.roomed).status == 201
    earlier = desk.book(
        noon - timedelta(hours=2), type_id=desk.small.roomed, provider_id=desk.small.ben
    )
    assert earlier.status == 201, earlier.text
    assert earlier.json["room_id"] == desk.small.room


def test_cancelling_frees_the_time_at_once(desk: Desk) -> None:
    start = next_weekday(1, 10)
    visit = desk.book(start).json["appointment_id"]
    cancelled = desk.post(f"/appointments/{visit}/cancel", {"reason": "pat"})
    assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
    assert "10:00" in desk.free(start)
    assert desk.book(start).status == 201
    again = desk.post(f"/appointments/{visit}/cancel", {"reason": "pat"})
    assert again.status == 409
    assert "10:00" not in desk.free(start)


def test_moving_is_all_or_nothing(desk: Desk) -> None:
    ten, eleven = next_weekday(1, 10), next_weekday(1, 11)
    moving = desk.book(ten).json
    desk.book(eleven)
    path = f"/appointments/{moving['appointment_id']}/reschedule"
    refused = desk.post(path, {"start": eleven.isoformat()})
    assert refused.status == 409
    assert "10:00" not in desk.free(ten)
    moved = desk.post(path, {"start": next_weekday(1, 14).isoformat()})
    assert moved.status == 200, moved.text
    assert "10:00" in desk.free(ten)
    assert "14:00" not in desk.free(ten)
    page = desk.get("/calendar", first=ten.date().isoformat())
    assert len(page.json["appointments"]) == 2


@pytest.mark.parametrize("minutes", [-20, -5, 5, 20])
def test_a_visit_can_move_over_its_own_old_time(desk: Desk, minutes: int) -> None:
    start = next_weekday(1, 10)
    visit = desk.book(start, type_id=desk.small.roomed).json
    to = start + timedelta(minutes=minutes)
    moved = desk.post(
        f"/appointments/{visit['appointment_id']}/reschedule", {"start": to.isoformat()}
    )
    assert moved.status == 200, moved.text
    assert moved.json["room_id"] == desk.small.room


def test_a_visit_moves_to_the_other_doctor(desk: Desk) -> None:
    start = next_weekday(1, 10)
    visit = desk.book(start).json
    moved = desk.post(
        f"/appointments/{visit['appointment_id']}/reschedule",
        {"start": start.isoformat(), "provider_id": desk.small.ben},
    )
    assert moved.json["provider_id"] == desk.small.ben
    assert "10:00" in desk.free(start)
    assert "10:00" not in desk.free(start, provider_ids=[desk.small.ben])


def test_a_change_on_an_old_version_is_refused(desk: Desk) -> None:
    visit = desk.book(next_weekday(1, 10)).json
    path = f"/appointments/{visit['appointment_id']}/confirm"
    old = {"If-Match": '"1"'}
    assert desk.post(path, headers=old).status == 200
    assert desk.post(path, headers=old).status == 412


def test_the_visits_day(desk: Desk) -> None:
    visit = desk.book(next_weekday(1, 10)).json["appointment_id"]
    base = f"/appointments/{visit}"
    steps = [
        (f"{base}/confirm", {}),
        (f"{base}/status", {"status": "arrived"}),
        (f"{base}/status", {"status": "checked-in"}),
        (f"{base}/flow", {"flow": "roomed"}),
        (f"{base}/flow", {"flow": "with-provider"}),
        (f"{base}/status", {"status": "fulfilled"}),
    ]
    for path, body in steps:
        reply = desk.post(path, body)
        assert reply.status == 200, reply.text
    assert (reply.json["status"], reply.json["confirmed"], reply.json["version"]) == (
        "fulfilled",
        True,
        7,
    )
    assert desk.post(f"{base}/status", {"status": "booked"}).status == 409
    assert [entry["what"] for entry in reply.json["history"]] == [
        "booked",
        "confirmed",
        "status",
        "status",
        "flow",
        "flow",
        "status",
    ]


def test_overbooking_needs_the_right_and_a_reason(desk: Desk, manager: Caller) -> None:
    start = next_weekday(1, 10)
    desk.book(start)
    over = desk.booking(start, overbook=True, overbook_reason="acute pain")
    assert desk.post("/appointments", over).status == 403
    no_reason = {**over, "overbook_reason": ""}
    assert desk.post("/appointments", no_reason, caller=manager).status == 422
    booked = desk.post("/appointments", over, caller=manager)
    assert (booked.status, booked.json["overbooked"]) == (201, True)
    # Cancelling it must not free the time of the visit beneath.
    path = f"/appointments/{booked.json['appointment_id']}/cancel"
    assert desk.post(path, {"reason": "pat"}).status == 200
    assert "10:00" not in desk.free(start)


def test_a_hold_keeps_a_time_and_becomes_the_visit(desk: Desk) -> None:
    start = next_weekday(1, 10)
    asked = {k: v for k, v in desk.booking(start).items() if k != "patient_id"}
    held = desk.post("/holds", asked)
    assert held.status == 201
    assert desk.book(start).status == 409
    assert "10:00" not in desk.free(start)
    booked = desk.book(start, hold_id=held.json["hold_id"])
    assert booked.status == 201, booked.text
    again = desk.book(start, hold_id=held.json["hold_id"])
    assert (again.status, again.json["type"].rpartition("/")[2]) == (409, "hold-gone")


def test_a_dropped_hold_frees_the_time(desk: Desk) -> None:
    start = next_weekday(1, 10)
    asked = {k: v for k, v in desk.booking(start).items() if k != "patient_id"}
    hold = desk.post("/holds", asked).json["hold_id"]
    for _ in range(2):
        assert call("DELETE", f"/holds/{hold}", caller=desk.caller).status == 204
    assert desk.book(start).status == 201


def test_an_expired_hold_stands_in_nobodys_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from caresmith.clock import FixedClock
    from functions.scheduling import handler

    start = next_weekday(1, 10)
    asked = {k: v for k, v in desk.booking(start).items() if k != "patient_id"}
    hold = desk.post("/holds", asked).json["hold_id"]
    later = FixedClock(handler.app.clock.now() + timedelta(minutes=5, seconds=1))
    monkeypatch.setattr(handler.app, "clock", later)
    assert "10:00" in desk.free(start)
    assert desk.book(start).status == 201
    assert call("DELETE", f"/holds/{hold}", caller=desk.caller).status == 204
    assert "10:00" not in desk.free(start)


def test_who_comes_with_an_expired_hold_gets_the_time_that_others_gave_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from caresmith.clock import FixedClock
    from functions.scheduling import handler

    start = next_weekday(1, 10)
    asked = {k: v for k, v in desk.booking(start).items() if k != "patient_id"}
    hold = desk.post("/holds", asked).json["hold_id"]
    later = FixedClock(handler.app.clock.now() + timedelta(minutes=5, seconds=1))
    monkeypatch.setattr(handler.app, "clock", later)
    other = desk.book(start).json["appointment_id"]
    taken = desk.book(start, hold_id=hold)
    assert (taken.status, taken.json["type"].rpartition("/")[2]) == (409, "slot-taken")
    cancelled = desk.post(f"/appointments/{other}/cancel", {"reason": "pat"})
    assert cancelled.status == 200
    assert desk.book(start, hold_id=hold).status == 201
    assert "10:00" not in desk.free(start)


def test_who_leaves_a_group_visit_is_told_of_and_the_others_stay(desk: Desk) -> None:
    visit = desk.book(next_weekday(1, 10), type_id=desk.small.group).json["appointment_id"]
    path = f"/appointments/{visit}/attendees"
    other = add_patient(desk.small.practice, "Other")
    assert desk.post(path, {"patient_id": other}).status == 200
    left = call("DELETE", f"{path}/{desk.patient}", caller=desk.caller)
    assert left.json["patient_ids"] == [other]
    told = [
        json.loads(event.detail)
        for event in ScheduleOutbox.scan(ScheduleOutbox.pk.startswith(desk.small.practice))
        if event.detail_type == "AppointmentLeft"
    ]
    assert [(e["appointment_id"], e["patient_ids"]) for e in told] == [(visit, [desk.patient])]
    again = call("DELETE", f"{path}/{desk.patient}", caller=desk.caller)
    assert again.status == 404


def test_a_group_visit_takes_as_many_as_it_has_seats(desk: Desk) -> None:
    start = next_weekday(1, 10)
    visit = desk.book(start, type_id=desk.small.group).json["appointment_id"]
    path = f"/appointments/{visit}/attendees"
    others = [add_patient(desk.small.practice, f"Number{n}") for n in range(3)]
    statuses = [desk.post(path, {"patient_id": other}).status for other in others]
    assert statuses == [200, 200, 409]
    assert desk.post(path, {"patient_id": others[0]}).status == 422
    left = call("DELETE", f"{path}/{others[0]}", caller=desk.caller)
    assert left.status == 200
    assert desk.post(path, {"patient_id": others[2]}).status == 200


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"start": "2020-01-06T15:00:00Z"}, 422, "start"),
        ({"start": "2099-01-06T15:00:00Z"}, 422, "start"),
        ({"start": "9999-12-31T23:55:00Z"}, 422, "start"),
        ({"start": "2026-12-01T15:02:00Z"}, 422, "start"),
        ({"start": "2026-12-01T15:00:00"}, 422, "start"),
        ({"start": 1}, 422, "start"),
        ({"type_id": "apt_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, 422, "type_id"),
        ({"provider_id": "prv_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, 422, "provider_id"),
        ({"location_id": "loc_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, 422, "location_id"),
        ({"room_id": "rom_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, 422, "room_id"),
        ({"patient_id": "pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, 422, "patient_id"),
        ({"patient_id": "pat_x"}, 422, "patient_id"),
        ({"note": "x" * 1001}, 422, "note"),
        ({"note": "a\x00b"}, 422, "note"),
        ({"unknown": 1}, 422, "unknown"),
        ({"hold_id": "hld_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, 409, None),
    ],
    ids=str,
)
def test_a_bad_request_names_its_field_and_writes_nothing(
    desk: Desk, change: dict[str, object], status: int, field: str | None
) -> None:
    start = next_weekday(1, 10)
    reply = desk.post("/appointments", {**desk.booking(start), **change})
    assert reply.status == status, reply.text
    if field:
        assert field in {error["field"].split(".")[0] for error in reply.json["errors"]}
    assert "10:00" in desk.free(start)


@pytest.mark.parametrize("status", [ChartStatus.ARCHIVED, ChartStatus.MERGED])
def test_nothing_is_booked_for_a_closed_chart(desk: Desk, status: ChartStatus) -> None:
    closed = add_patient(desk.small.practice, status=status)
    reply = desk.book(next_weekday(1, 10), patient_id=closed)
    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (409, "patient-not-bookable")


def test_outside_working_hours_nothing_is_booked(desk: Desk) -> None:
    for start in (next_weekday(1, 8, 45), next_weekday(1, 16, 45), next_weekday(6, 10)):
        reply = desk.book(start)
        assert (reply.status, reply.json["type"].rpartition("/")[2]) == (409, "not-open")


def test_another_practice_sees_and_changes_nothing(desk: Desk, aws: str) -> None:
    from caresmith.clock import SystemClock

    other = PracticeId.new()
    create_keys(other, SystemClock())
    put(other, Practice(id=other, name="Other", zone=NEW_YORK))
    stranger = Caller(other)
    visit = desk.book(next_weekday(1, 10)).json["appointment_id"]
    assert call("GET", f"/appointments/{visit}", caller=stranger).status == 404
    cancel = call(
        "POST", f"/appointments/{visit}/cancel", caller=stranger, json_body={"reason": "pat"}
    )
    assert cancel.status == 404
    assert desk.get(f"/appointments/{visit}").json["status"] == "booked"
    theirs = call(
        "POST", "/appointments", caller=stranger, json_body=desk.booking(next_weekday(1, 14))
    )
    assert theirs.status == 422


def test_a_repeated_request_books_once(desk: Desk) -> None:
    booking = desk.booking(next_weekday(1, 10))
    key = {"Idempotency-Key": "click-1"}
    first = desk.post("/appointments", booking, headers=key)
    again = desk.post("/appointments", booking, headers=key)
    assert (first.status, again.status) == (201, 201)
    assert first.json["appointment_id"] == again.json["appointment_id"]


def test_booking_is_one_transaction_and_two_reads(desk: Desk) -> None:
    from scripts.benchmark.meter import watched

    desk.book(next_weekday(1, 9))
    with watched() as usage:
        assert desk.book(next_weekday(1, 10)).status == 201
    reads = sum(
        count
        for name, count in usage.calls.items()
        if name in {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
    )
    assert usage.calls["dynamodb:TransactWriteItems"] == 1
    assert reads <= 2, usage.described()
    assert sum(usage.calls.values()) == reads + 1, usage.described()


def test_slots_are_one_query_a_provider(desk: Desk) -> None:
    from scripts.benchmark.meter import watched

    desk.free(next_weekday(1, 9))
    with watched() as usage:
        desk.free(next_weekday(1, 9), provider_ids=[desk.small.ana, desk.small.ben], days=14)
    assert usage.calls["dynamodb:Query"] == 2, usage.described()


def test_the_patients_own_visits(desk: Desk) -> None:
    start = next_weekday(1, 10)
    visit = desk.book(start).json["appointment_id"]
    mine = desk.get(f"/calendar/patients/{desk.patient}", first=start.date().isoformat())
    assert [a["appointment_id"] for a in mine.json] == [visit]
    nobody = desk.get(f"/calendar/patients/{PatientId.new()}", first=start.date().isoformat())
    assert nobody.status == 404


def test_watchers_learn_of_every_change(desk: Desk) -> None:
    start = next_weekday(1, 10)
    query = {"first": start.date().isoformat(), "provider_id": desk.small.ana}

    def token() -> str:
        return str(desk.get("/calendar/changes", **query).json["changes"])

    seen = [token()]
    visit = desk.book(start).json["appointment_id"]
    seen.append(token())
    desk.post(f"/appointments/{visit}/confirm")
    seen.append(token())
    desk.post(f"/appointments/{visit}/status", {"status": "arrived"})
    seen.append(token())
    desk.post(f"/appointments/{visit}/cancel", {"reason": "pat"})
    seen.append(token())
    assert len(set(seen)) == 5
    assert desk.get("/calendar/changes", **query, since=seen[-1]).json["changed"] is False


def test_each_refusal_says_what_it_ran_into(desk: Desk) -> None:
    """The room and the provider are writes of one transaction; the answer tells them apart."""
    from caresmith.ids import RoomId
    from caresmith.records.practice import Room

    second = RoomId.new()
    put(desk.small.practice, Room(id=second, location_id=desk.small.east, name="Room 2"))
    start = next_weekday(1, 10)
    first = desk.book(start, type_id=desk.small.roomed)
    assert first.status == 201
    # The other doctor, in the named room that is taken: refused for the room.
    named = desk.book(
        start,
        type_id=desk.small.roomed,
        provider_id=desk.small.ben,
        room_id=first.json["room_id"],
    )
    assert (named.status, named.json["detail"]) == (409, "No room for it is free then.")
    # Without a name the free one is found; the same doctor again is refused for the doctor.
    found = desk.book(start, type_id=desk.small.roomed, provider_id=desk.small.ben)
    assert found.status == 201
    assert found.json["room_id"] != first.json["room_id"]
    taken = desk.book(start + timedelta(minutes=5))
    assert (taken.status, taken.json.get("detail")) == (409, None)
