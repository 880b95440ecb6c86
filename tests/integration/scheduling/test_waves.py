"""A freed time is offered in waves, until somebody has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from caresmith.clock import FixedClock, SystemClock, time_runs_on
from caresmith.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentStatusChanged,
    WaitlistOfferClosed,
    WaitlistOffered,
)
from caresmith.ids import OfferId, PatientId
from caresmith.later import group
from caresmith.messages.settings import QuietHours, WaitlistRules
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.integration.scheduling.texting import Phone, deliver, told
from tests.support.client import call, invoke
from tests.support.practices import add_patient
from tests.support.settings import put_settings

START = next_weekday(1, 10)
RULES = WaitlistRules(wave_size=2, wave_minutes=15, waves=3)


@pytest.fixture
def waves(desk: Desk) -> Desk:
    put_settings(desk.small.practice, waitlist=RULES)
    return desk


def wait_for(desk: Desk, family: str, **wish: Any) -> PatientId:
    patient = add_patient(desk.small.practice, family)
    body = {"patient_id": patient, "type_id": desk.small.visit, **wish}
    reply = desk.post("/waitlist", body)
    assert reply.status == 201, reply.text
    return patient


def waiting(desk: Desk, number: int) -> list[PatientId]:
    return [wait_for(desk, f"Waits{n}") for n in range(number)]


def free(desk: Desk, start: datetime = START, **given: Any) -> AppointmentCancelled:
    """A visit is booked and cancelled again; the calendar has heard of it."""
    visit = desk.book(start, **given).json["appointment_id"]
    assert desk.post(f"/appointments/{visit}/cancel", {"reason": "pat"}).status == 200
    event: AppointmentCancelled = told(desk.small.practice, AppointmentCancelled)[-1]
    deliver(event)
    return event


def offered(desk: Desk) -> list[PatientId]:
    return [event.patient_id for event in told(desk.small.practice, WaitlistOffered)]


def open_now(desk: Desk) -> dict[PatientId, OfferId]:
    offers = desk.get("/waitlist/offers").json
    return {o["patient_id"]: o["offer_id"] for o in offers if o["state"] == "open"}


def closed(desk: Desk) -> dict[PatientId, str]:
    return {e.patient_id: e.state for e in told(desk.small.practice, WaitlistOfferClosed)}


@contextmanager
def later(**given: float) -> Iterator[None]:
    with time_runs_on(FixedClock(SystemClock().now() + timedelta(**given))):
        yield


def plans(desk: Desk) -> list[tuple[datetime, dict[str, Any]]]:
    """What is planned for this practice, the earliest first."""
    client = boto3.client("scheduler")
    found = []
    for summary in client.list_schedules(GroupName=group())["Schedules"]:
        plan = client.get_schedule(Name=summary["Name"], GroupName=group())
        payload = json.loads(plan["Target"]["Input"])
        if payload["practice_id"] == desk.small.practice:
            when = datetime.fromisoformat(plan["ScheduleExpression"][3:-1]).replace(tzinfo=UTC)
            found.append((when, payload))
    return sorted(found, key=lambda plan: (plan[0], plan[1]["task"], plan[1]["wave"]))


def run(desk: Desk, task: str, wave: int) -> None:
    """Fire that plan at its time; it must have been planned."""
    [(when, payload)] = [p for p in plans(desk) if (p[1]["task"], p[1]["wave"]) == (task, wave)]
    with time_runs_on(FixedClock(max(when, SystemClock().now()))):
        invoke("scheduling", payload)


def test_the_next_wave_is_asked_while_nobody_accepts(waves: Desk) -> None:
    people = waiting(waves, 5)
    free(waves)
    assert sorted(offered(waves)) == people[:2]
    run(waves, "next-wave", 2)
    assert sorted(offered(waves)) == sorted(people[:4])
    run(waves, "next-wave", 2)
    assert len(offered(waves)) == 4, "a plan that fires twice asks once"
    run(waves, "next-wave", 3)
    assert sorted(offered(waves)) == sorted(people)
    assert not [p for _, p in plans(waves) if p["wave"] > 3], "three waves, as the practice says"


def test_waves_are_planned_by_the_practice_s_minutes(waves: Desk) -> None:
    waiting(waves, 3)
    now = datetime(2026, 6, 9, 15, tzinfo=UTC)
    with time_runs_on(FixedClock(now)):
        free(waves, datetime(2026, 6, 16, 14, tzinfo=UTC))
    assert [(when - now, p["task"]) for when, p in plans(waves)] == [
        (timedelta(minutes=15), "next-wave"),
        (timedelta(minutes=30), "end-offers"),
    ]


def test_nobody_waits_nothing_is_planned(waves: Desk) -> None:
    free(waves)
    assert plans(waves) == []


def test_an_event_that_comes_again_later_asks_nobody_else(waves: Desk) -> None:
    waiting(waves, 5)
    event = free(waves)
    for _ in range(3):
        deliver(event, event)
    assert len(offered(waves)) == 2


def test_the_first_to_accept_gets_it_and_all_others_are_told(waves: Desk) -> None:
    one, two, three, four = waiting(waves, 4)
    free(waves)
    run(waves, "next-wave", 2)
    offer = open_now(waves)[three]
    won = Phone(waves.small.practice, three).text("accept", offer_id=offer)
    assert won is not None
    assert won.outcome == "offer-accepted"
    visit = waves.get(f"/appointments/{won.appointment_id}").json
    assert datetime.fromisoformat(visit["start"]) == START
    deliver(told(waves.small.practice, AppointmentBooked)[-1])
    assert closed(waves) == {one: "gone", two: "gone", four: "gone", three: "accepted"}
    assert open_now(waves) == {}
    run(waves, "next-wave", 3)
    run(waves, "end-offers", 1)
    assert len(offered(waves)) == 4
    assert set(closed(waves).values()) == {"gone", "accepted"}


def test_two_accept_at_once_and_one_is_told_that_it_is_gone(waves: Desk) -> None:
    one, two = waiting(waves, 2)
    free(waves)
    offers = open_now(waves)
    replies = [
        Phone(waves.small.practice, p).reply("accept", offer_id=offers[p]) for p in (one, two)
    ]
    deliver(*replies, *replies)
    outcomes = [Phone(waves.small.practice, one).outcome_of(reply) for reply in replies]
    assert [acted.outcome if acted else "" for acted in outcomes] == [
        "offer-accepted",
        "offer-gone",
    ]
    assert len(told(waves.small.practice, AppointmentBooked)) == 2


def test_yes_ten_times_books_once(waves: Desk) -> None:
    [one] = waiting(waves, 1)
    free(waves)
    reply = Phone(waves.small.practice, one).reply("accept", offer_id=open_now(waves)[one])
    deliver(*[reply] * 5)
    deliver(*[reply] * 5)
    assert len(told(waves.small.practice, AppointmentBooked)) == 2
    again = Phone(waves.small.practice, one).text(
        "accept", offer_id=reply.offer_id, at=reply.occurred_at + timedelta(minutes=1)
    )
    assert again is not None
    assert again.outcome == "offer-accepted"


def test_a_time_that_the_desk_gives_away_is_gone_for_those_who_were_asked(waves: Desk) -> None:
    one, two = waiting(waves, 2)
    free(waves)
    waves.book(START)
    deliver(told(waves.small.practice, AppointmentBooked)[-1])
    assert closed(waves) == {one: "gone", two: "gone"}


def test_an_old_word_of_a_booking_ends_no_offer(waves: Desk) -> None:
    """Booked, cancelled, offered; only now the first event arrives."""
    waiting(waves, 1)
    free(waves)
    deliver(told(waves.small.practice, AppointmentBooked)[-1])
    assert len(open_now(waves)) == 1


def test_word_of_a_cancellation_that_comes_after_the_time_was_taken_again_asks_nobody(
    waves: Desk,
) -> None:
    waiting(waves, 1)
    visit = waves.book(START).json["appointment_id"]
    waves.post(f"/appointments/{visit}/cancel", {"reason": "pat"})
    waves.book(START)
    deliver(told(waves.small.practice, AppointmentCancelled)[-1])
    assert offered(waves) == []


def test_what_nobody_answers_expires_and_is_told(waves: Desk) -> None:
    people = waiting(waves, 2)
    free(waves)
    run(waves, "end-offers", 1)
    assert closed(waves) == dict.fromkeys(people, "expired")
    assert waves.get("/waitlist/offers").json == []
    assert len(waves.get("/waitlist").json) == 2


def test_when_all_have_declined_the_next_are_asked_at_once(waves: Desk) -> None:
    one, two, three = waiting(waves, 3)
    free(waves)
    for patient in (one, two):
        outcome = Phone(waves.small.practice, patient).outcome(
            "decline", offer_id=open_now(waves)[patient]
        )
        assert outcome == "offer-declined"
        deliver(*told(waves.small.practice, WaitlistOfferClosed))
    assert sorted(offered(waves)) == [one, two, three]


def test_who_declined_a_time_is_not_asked_for_it_again(waves: Desk) -> None:
    one, two = waiting(waves, 2)
    free(waves)
    Phone(waves.small.practice, one).text("decline", offer_id=open_now(waves)[one])
    waves.book(START)
    deliver(told(waves.small.practice, AppointmentBooked)[-1])
    booked = told(waves.small.practice, AppointmentBooked)[-1].appointment_id
    waves.post(f"/appointments/{booked}/cancel", {"reason": "pat"})
    deliver(told(waves.small.practice, AppointmentCancelled)[-1])
    assert sorted(offered(waves)) == sorted([one, two, two])


def test_three_freed_times_make_two_offers_for_one_patient(waves: Desk) -> None:
    [one] = waiting(waves, 1)
    for hour in range(3):
        free(waves, START + timedelta(hours=hour))
    assert offered(waves) == [one, one]
    first = open_now(waves)[one]
    Phone(waves.small.practice, one).text("accept", offer_id=first)
    assert open_now(waves) == {}, "who has a time waits for no other"


def test_who_is_busy_with_two_offers_is_asked_when_one_is_over(waves: Desk) -> None:
    [one] = waiting(waves, 1)
    for hour in range(3):
        free(waves, START + timedelta(hours=hour))
    Phone(waves.small.practice, one).text("decline", offer_id=open_now(waves)[one])
    [(_, waits)] = [p for p in plans(waves) if p[1]["task"] == "next-wave" and p[1]["wave"] == 1]
    invoke("scheduling", waits)
    assert len(offered(waves)) == 3


def test_nobody_is_woken(desk: Desk) -> None:
    """A time that frees at night is offered when the quiet ends."""
    put_settings(desk.small.practice, waitlist=RULES, quiet=QuietHours())
    [one] = waiting(desk, 1)
    night = datetime(2026, 6, 10, 3, 30, tzinfo=UTC)
    with time_runs_on(FixedClock(night)):
        event = free(desk, datetime(2026, 6, 16, 14, tzinfo=UTC))
        deliver(event)
        assert offered(desk) == []
    [(when, _)] = plans(desk)
    assert when == datetime(2026, 6, 10, 12, tzinfo=UTC), "eight in the morning in New York"
    [(_, payload)] = plans(desk)
    with time_runs_on(FixedClock(when)):
        invoke("scheduling", payload)
    assert offered(desk) == [one]


def test_who_gave_a_time_back_is_not_offered_it(waves: Desk) -> None:
    wish = {"patient_id": waves.patient, "type_id": waves.small.visit}
    assert waves.post("/waitlist", wish).status == 201
    free(waves)
    assert offered(waves) == []


def test_nobody_is_asked_for_a_time_at_which_they_come_anyway(waves: Desk) -> None:
    [one] = waiting(waves, 1)
    waves.book(START, patient_id=one, provider_id=waves.small.ben)
    free(waves)
    assert offered(waves) == []


def test_a_time_that_is_held_at_the_desk_is_offered_when_the_hold_lapses(waves: Desk) -> None:
    [one] = waiting(waves, 1)
    visit = waves.book(START).json["appointment_id"]
    waves.post(f"/appointments/{visit}/cancel", {"reason": "pat"})
    body = waves.booking(START)
    body.pop("patient_id")
    assert waves.post("/holds", body).status == 201
    deliver(told(waves.small.practice, AppointmentCancelled)[-1])
    assert offered(waves) == []
    with later(minutes=6):
        invoke("scheduling", plans(waves)[0][1])
    assert offered(waves) == [one]


def test_a_freed_time_that_begins_soon_is_offered_to_who_needs_no_notice(waves: Desk) -> None:
    slow = wait_for(waves, "Slow", notice_minutes=600)
    quick = wait_for(waves, "Quick", notice_minutes=0)
    with time_runs_on(FixedClock(START.astimezone(UTC) - timedelta(hours=1))):
        free(waves)
    assert offered(waves) == [quick]
    assert slow not in offered(waves)


# -- earlier times ----------------------------------------------------------


def asks_for_earlier(desk: Desk, start: datetime) -> str:
    visit = desk.book(start).json["appointment_id"]
    reply = desk.post(f"/appointments/{visit}/earlier")
    assert reply.status == 201, reply.text
    return str(visit)


def other(desk: Desk) -> PatientId:
    return add_patient(desk.small.practice, "Cancels")


def test_an_earlier_time_moves_the_visit_and_its_own_time_is_offered_on(waves: Desk) -> None:
    visit = asks_for_earlier(waves, START + timedelta(days=2))
    free(waves, patient_id=other(waves))
    offer = told(waves.small.practice, WaitlistOffered)[-1]
    assert offer.instead_of == visit
    acted = Phone(waves.small.practice, waves.patient).text("accept", offer_id=offer.offer_id)
    assert acted is not None
    assert (acted.outcome, acted.appointment_id) == ("offer-accepted", visit)
    after = waves.get(f"/appointments/{visit}").json
    assert datetime.fromisoformat(after["start"]) == START
    moved = told(waves.small.practice, AppointmentMoved)[-1]
    [waits] = waiting(waves, 1)
    deliver(moved)
    assert offered(waves)[-1] == waits
    assert len(told(waves.small.practice, AppointmentMoved)) == 1


def test_a_later_time_is_no_earlier_one(waves: Desk) -> None:
    asks_for_earlier(waves, START)
    free(waves, START + timedelta(hours=1), patient_id=other(waves))
    free(waves, START + timedelta(days=1), patient_id=other(waves))
    assert offered(waves) == []


def test_another_provider_s_time_is_not_what_was_asked_for(waves: Desk) -> None:
    asks_for_earlier(waves, START + timedelta(days=1))
    free(waves, patient_id=other(waves), provider_id=waves.small.ben)
    assert offered(waves) == []


@pytest.mark.parametrize("how", ["cancel", "arrive", "forget"])
def test_the_wish_ends_with_the_visit(waves: Desk, how: str) -> None:
    visit = asks_for_earlier(waves, START + timedelta(days=1))
    if how == "cancel":
        waves.post(f"/appointments/{visit}/cancel", {"reason": "pat"})
        deliver(told(waves.small.practice, AppointmentCancelled)[-1])
    elif how == "arrive":
        waves.post(f"/appointments/{visit}/status", {"status": "arrived"})
        deliver(told(waves.small.practice, AppointmentStatusChanged)[-1])
    else:
        path = f"/appointments/{visit}/earlier"
        assert call("DELETE", path, caller=waves.caller).status == 204
        assert call("DELETE", path, caller=waves.caller).status == 204
    assert waves.get("/waitlist").json == []
    free(waves, patient_id=other(waves))
    assert offered(waves) == []


def test_a_wish_for_a_visit_that_is_past_is_forgotten(waves: Desk) -> None:
    asks_for_earlier(waves, START)
    with time_runs_on(FixedClock(START.astimezone(UTC) + timedelta(days=1))):
        free(waves, START + timedelta(days=2), patient_id=other(waves))
        assert waves.get("/waitlist").json == []
    assert offered(waves) == []


def test_an_older_reply_does_not_undo_the_move_to_an_earlier_time(waves: Desk) -> None:
    visit = asks_for_earlier(waves, START + timedelta(days=1))
    free(waves, patient_id=other(waves))
    offer = told(waves.small.practice, WaitlistOffered)[-1]
    phone = Phone(waves.small.practice, waves.patient)
    older = phone.reply("cancel", visit)
    yes = phone.reply(
        "accept", offer_id=offer.offer_id, at=older.occurred_at + timedelta(seconds=9)
    )
    deliver(yes, older)
    assert phone.outcome_of(older) is None
    assert waves.get(f"/appointments/{visit}").json["status"] == "booked"


def test_asking_twice_or_for_what_can_t_be_is_refused(waves: Desk) -> None:
    visit = asks_for_earlier(waves, START)
    again = waves.post(f"/appointments/{visit}/earlier")
    assert (again.status, again.json["type"].rpartition("/")[2]) == (409, "already-asked")
    group_visit = waves.book(START + timedelta(hours=2), type_id=waves.small.group).json
    refused = waves.post(f"/appointments/{group_visit['appointment_id']}/earlier")
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "no-earlier-times")
    put_settings(waves.small.practice, waitlist=WaitlistRules(earlier_slots=False))
    third = waves.book(START + timedelta(hours=4)).json["appointment_id"]
    assert waves.post(f"/appointments/{third}/earlier").status == 409


def test_somebody_else_s_visit_can_t_be_given_up(waves: Desk) -> None:
    visit = waves.book(START).json["appointment_id"]
    stranger = add_patient(waves.small.practice, "Stranger")
    wish = {"patient_id": stranger, "type_id": waves.small.visit, "instead_of": visit}
    reply = waves.post("/waitlist", wish)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "instead_of")


def test_the_practice_may_stop_telling_of_earlier_times(waves: Desk) -> None:
    asks_for_earlier(waves, START + timedelta(days=1))
    put_settings(waves.small.practice, waitlist=WaitlistRules(earlier_slots=False))
    free(waves, patient_id=other(waves))
    assert offered(waves) == []
