"""A freed time finds somebody who waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from caresmith.ids import EventId
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.client import call, invoke
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


def deliver(*events: dict[str, Any]) -> None:
    records = [
        {
            "messageId": f"m-{number}",
            "receiptHandle": "r",
            "eventSource": "aws:sqs",
            "body": event_message("AppointmentCancelled", event)["Body"],
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
    assert datetime.fromisoformat(won.json["start"]) == start
    lost = desk.post(f"/waitlist/offers/{one['offer_id']}/accept")
    assert (lost.status, lost.json["type"].rpartition("/")[2]) == (409, "offer-gone")
    left = [entry["entry_id"] for entry in desk.get("/waitlist").json]
    assert left == [one["entry_id"]]
    assert open_offers(desk) == []


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
    named = {key: [getattr(desk.small, name) for name in wish[key]] for key in wish if "ids" in key}
    wait_for(desk, "Picky", **{**wish, **named})
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
