"""A freed time finds somebody who waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from caresmith.ids import EventId, PatientId
from caresmith.permissions import Role
from caresmith.records.patient import ChartStatus
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.integration.scheduling.test_closed_charts import set_status
from tests.support.client import Caller, call, invoke
from tests.support.delivery import event_message
from tests.support.practices import add_patient


def cancelled_event(visit: dict[str, Any]) -> dict[str, Any]:
    ids = ("appointment_id", "patient_ids", "provider_id", "location_id", "type_id")

    return {
        "event_id": EventId.new(),
        "practice_id": visit["practice_id"],
        "occurred_at": "2026-01-01T00:00:00Z",
        "actor_id": "usr_x",
        "reason": "pat",
        **{key: visit[key] for key in (*ids, "start", "end")},
    }


def deliver(*events: dict[str, Any], kind: str = "AppointmentCancelled") -> None:
    records = [
        {
            "messageId": f"m-{number}",
            "receiptHandle": "r",
            "eventSource": "aws:sqs",
            "body": event_message(kind, event)["Body"],
        }
        for number, event in enumerate(events)
    ]
    assert invoke("scheduling", {"Records": records}) == {"batchItemFailures": []}


def wait_for(desk: Desk, family: str, **wish: Any) -> str:
    patient = add_patient(desk.small.practice, family)
    body = {"patient_id": patient, "type_id": desk.small.visit, **wish}
    reply = desk.post("/waitlist", body)
    assert reply.status == 201, reply.text
    return str(reply.json["entry_id"])


def free_a_time(desk: Desk, start: datetime) -> dict[str, Any]:
    visit = desk.book(start).json
    assert (
        desk.post(f"/appointments/{visit['appointment_id']}/cancel", {"reason": "pat"}).status
        == 200
    )
    return cancelled_event({**visit, "practice_id": desk.small.practice})


def open_offers(desk: Desk) -> list[dict[str, Any]]:
    return [offer for offer in desk.get("/waitlist/offers").json if offer["state"] == "open"]


def test_first_to_accept_gets_it_and_the_second_is_told_it_is_gone(desk: Desk) -> None:
    entries = {wait_for(desk, "First"), wait_for(desk, "Second")}
    start = next_weekday(1, 10)
    deliver(free_a_time(desk, start))
    one, two = open_offers(desk)
    assert {one["entry_id"], two["entry_id"]} == entries
    won = desk.post(f"/waitlist/offers/{two['offer_id']}/accept")
    assert won.status == 201, won.text
    assert open_offers(desk) == []
    assert datetime.fromisoformat(won.json["start"]) == start
    lost = desk.post(f"/waitlist/offers/{one['offer_id']}/accept")
    assert (lost.status, lost.json["type"].rpartition("/")[2]) == (409, "offer-gone")
    left = [entry["entry_id"] for entry in desk.get("/waitlist").json]
    assert left == [one["entry_id"]]


def test_an_event_delivered_ten_times_makes_one_offer(desk: Desk) -> None:
    wait_for(desk, "Patience")
    event = free_a_time(desk, next_weekday(1, 10))
    for _ in range(5):
        deliver(event, event)
    assert len(open_offers(desk)) == 1


def test_the_urgent_come_first_and_a_wave_is_three(desk: Desk) -> None:
    for number in range(4):
        wait_for(desk, f"Calm{number}")
    urgent = wait_for(desk, "Urgent", priority=1)
    deliver(free_a_time(desk, next_weekday(1, 10)))
    offered = [offer["entry_id"] for offer in open_offers(desk)]
    assert len(offered) == 3
    assert urgent in offered


@pytest.mark.parametrize(
    "wish",
    [
        {"weekdays": [3]},
        {"from_time": "11:00"},
        {"to_time": "09:00"},
        {"not_after": "2020-01-01"},
        {"not_before": "2099-01-01"},
        {"notice_minutes": 14 * 24 * 60},
        {"provider_ids": ["ben"]},
        {"location_ids": ["central"]},
    ],
    ids=str,
)
def test_who_could_not_come_is_not_asked(desk: Desk, wish: dict[str, Any]) -> None:
    ids = {name: [getattr(desk.small, names[0])] for name, names in wish.items() if "_ids" in name}
    wait_for(desk, "Picky", **{**wish, **ids})
    deliver(free_a_time(desk, next_weekday(1, 10)))
    assert open_offers(desk) == []


def test_a_longer_visit_is_not_squeezed_into_the_freed_time(desk: Desk) -> None:
    wait_for(desk, "Long", type_id=desk.small.group)
    deliver(free_a_time(desk, next_weekday(1, 10)))
    assert open_offers(desk) == []


def test_an_offer_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from caresmith.clock import FixedClock
    from functions.scheduling import handler

    wait_for(desk, "Slow")
    deliver(free_a_time(desk, next_weekday(1, 10)))
    [offer] = open_offers(desk)
    later = FixedClock(handler.app.clock.now() + timedelta(minutes=31))
    monkeypatch.setattr(handler.app, "clock", later)
    late = desk.post(f"/waitlist/offers/{offer['offer_id']}/accept")
    assert (late.status, late.json["type"].rpartition("/")[2]) == (409, "offer-gone")
    [now] = desk.get("/waitlist/offers").json
    assert now["state"] == "expired"


def test_who_declines_goes_on_waiting(desk: Desk) -> None:
    entry = wait_for(desk, "Maybe")
    deliver(free_a_time(desk, next_weekday(1, 10)))
    [offer] = open_offers(desk)
    assert desk.post(f"/waitlist/offers/{offer['offer_id']}/decline").status == 204
    assert [e["entry_id"] for e in desk.get("/waitlist").json] == [entry]
    assert desk.post(f"/waitlist/offers/{offer['offer_id']}/accept").status == 409


def test_somebody_who_left_gets_nothing(desk: Desk) -> None:
    entry = wait_for(desk, "Gone")
    event = free_a_time(desk, next_weekday(1, 10))
    deliver(event)
    [offer] = open_offers(desk)
    assert call("DELETE", f"/waitlist/{entry}", caller=desk.caller).status == 204
    assert desk.post(f"/waitlist/offers/{offer['offer_id']}/accept").status == 409
    assert call("DELETE", f"/waitlist/{entry}", caller=desk.caller).status == 404


def test_a_time_booked_by_somebody_else_meanwhile_is_gone(desk: Desk) -> None:
    wait_for(desk, "Late")
    start = next_weekday(1, 10)
    deliver(free_a_time(desk, start))
    [offer] = open_offers(desk)
    desk.book(start)
    assert desk.post(f"/waitlist/offers/{offer['offer_id']}/accept").status == 409
    assert len(desk.get("/waitlist").json) == 1


def test_an_overbooked_visit_that_is_cancelled_frees_nothing(desk: Desk) -> None:
    wait_for(desk, "Hopeful")
    start = next_weekday(1, 10)
    desk.book(start)
    manager = Caller(desk.small.practice, roles=(Role.MANAGER,))
    body = desk.booking(start, overbook=True, overbook_reason="acute pain")
    over = desk.post("/appointments", body, caller=manager).json
    path = f"/appointments/{over['appointment_id']}/cancel"
    assert desk.post(path, {"reason": "pat"}, caller=manager).status == 200
    deliver(cancelled_event({**over, "practice_id": desk.small.practice}))
    assert open_offers(desk) == []


def test_a_time_that_was_taken_before_the_event_arrived_is_not_offered(desk: Desk) -> None:
    wait_for(desk, "Hopeful")
    start = next_weekday(1, 10)
    event = free_a_time(desk, start)
    desk.book(start)
    deliver(event)
    assert open_offers(desk) == []


def test_a_visit_entered_in_error_frees_its_time_for_who_waits(desk: Desk) -> None:
    wait_for(desk, "Hopeful")
    visit = desk.book(next_weekday(1, 10)).json
    status = f"/appointments/{visit['appointment_id']}/status"
    assert desk.post(status, {"status": "entered-in-error"}).status == 200
    event = cancelled_event({**visit, "practice_id": desk.small.practice})
    del event["reason"]
    moved = {"from_status": "booked", "to_status": "entered-in-error"}
    arrived = {"from_status": "booked", "to_status": "arrived"}
    deliver({**event, **arrived}, kind="AppointmentStatusChanged")
    assert open_offers(desk) == []
    deliver({**event, **moved}, kind="AppointmentStatusChanged")
    assert len(open_offers(desk)) == 1


def test_who_declines_makes_room_for_the_next_in_line(desk: Desk) -> None:
    entries = [wait_for(desk, f"Number{number}") for number in range(5)]
    event = free_a_time(desk, next_weekday(1, 10))
    deliver(event)
    assert {o["entry_id"] for o in open_offers(desk)} == set(entries[:3])
    [first] = [o for o in open_offers(desk) if o["entry_id"] == entries[0]]
    assert desk.post(f"/waitlist/offers/{first['offer_id']}/decline").status == 204
    assert {o["entry_id"] for o in open_offers(desk)} == set(entries[1:4])
    # The event comes once more: nobody else is asked, and nobody twice.
    deliver(event)
    assert {o["entry_id"] for o in open_offers(desk)} == set(entries[1:4])


def test_two_cancellations_of_one_time_offer_it_twice_and_give_it_once(desk: Desk) -> None:
    entry = wait_for(desk, "Patience")
    start = next_weekday(1, 10)
    deliver(free_a_time(desk, start))
    deliver(free_a_time(desk, start))
    offered = open_offers(desk)
    assert [offer["entry_id"] for offer in offered] == [entry, entry]
    statuses = [desk.post(f"/waitlist/offers/{o['offer_id']}/accept").status for o in offered]
    assert statuses == [201, 409]
    assert desk.get("/waitlist").json == []


def test_a_closed_chart_is_passed_over_and_a_merged_one_is_its_survivor(desk: Desk) -> None:
    practice = desk.small.practice
    wait_for(desk, "Archived", priority=1)
    wait_for(desk, "Merged", priority=2)
    survivor = add_patient(practice, "Survivor")
    archived, merged = (PatientId(e["request"]["patient_id"]) for e in desk.get("/waitlist").json)
    set_status(practice, archived, ChartStatus.ARCHIVED)
    set_status(practice, merged, ChartStatus.MERGED, merged_into=str(survivor))
    deliver(free_a_time(desk, next_weekday(1, 10)))
    [offer] = open_offers(desk)
    assert offer["patient_id"] == survivor
    won = desk.post(f"/waitlist/offers/{offer['offer_id']}/accept")
    assert (won.status, won.json["patient_ids"]) == (201, [survivor])


def test_a_chart_merged_after_the_offer_takes_it_as_its_survivor(desk: Desk) -> None:
    wait_for(desk, "Merged")
    deliver(free_a_time(desk, next_weekday(1, 10)))
    [offer] = open_offers(desk)
    survivor = add_patient(desk.small.practice, "Survivor")
    set_status(
        desk.small.practice,
        PatientId(offer["patient_id"]),
        ChartStatus.MERGED,
        merged_into=str(survivor),
    )
    won = desk.post(f"/waitlist/offers/{offer['offer_id']}/accept")
    assert (won.status, won.json["patient_ids"]) == (201, [survivor])


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"type_id": "apt_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, "type_id"),
        ({"provider_ids": ["prv_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"]}, "provider_ids.0"),
        ({"location_ids": ["loc_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"]}, "location_ids.0"),
    ],
    ids=str,
)
def test_nobody_waits_for_what_the_practice_does_not_have(
    desk: Desk, wish: dict[str, Any], field: str
) -> None:
    body = {"patient_id": desk.patient, "type_id": desk.small.visit, **wish}
    refused = desk.post("/waitlist", body)
    assert (refused.status, [e["field"] for e in refused.json["errors"]]) == (422, [field])
    assert desk.get("/waitlist").json == []
