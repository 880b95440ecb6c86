"""The calendar follows what patients answer: once, and the newest word counts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caresmith.clock import SystemClock
from caresmith.events import AppointmentCancelled, AppointmentMoved, SlotOption
from caresmith.ids import PatientId
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.integration.scheduling.texting import Phone, deliver, hours_ahead, told
from tests.support.practices import add_patient, put, rule
from tests.support.settings import put_settings

TUESDAY = next_weekday(1, 10)
ALL_DAY = "FREQ=DAILY"


@pytest.fixture
def phone(desk: Desk) -> Phone:
    return Phone(desk.small.practice, desk.patient)


def booked(desk: Desk, start: datetime = TUESDAY, **given: Any) -> str:
    reply = desk.book(start, **given)
    assert reply.status == 201, reply.text
    return str(reply.json["appointment_id"])


def visit_of(desk: Desk, appointment: str) -> Any:
    return desk.get(f"/appointments/{appointment}").json


def start_of(desk: Desk, appointment: str) -> datetime:
    return datetime.fromisoformat(visit_of(desk, appointment)["start"])


def open_all_day(desk: Desk) -> None:
    """Ana works around the clock, whenever the test runs."""
    small = desk.small
    put(small.practice, rule(small.ana, small.east, rrule=ALL_DAY, start=time(0), end=time(0)))


def ago(**given: float) -> datetime:
    return SystemClock().now() - timedelta(**given)


def test_yes_confirms(desk: Desk, phone: Phone) -> None:
    visit = booked(desk)
    assert phone.outcome("confirm", visit) == "confirmed"
    assert visit_of(desk, visit)["confirmed"] is True


def test_cancelling_frees_the_time(desk: Desk, phone: Phone) -> None:
    visit = booked(desk)
    assert "10:00" not in desk.free(TUESDAY)
    assert phone.outcome("cancel", visit) == "cancelled"
    after = visit_of(desk, visit)
    assert (after["status"], after["cancel_reason"]) == ("cancelled", "pat")
    assert "10:00" in desk.free(TUESDAY)


@pytest.mark.parametrize("intent", ["confirm", "cancel", "reschedule"])
def test_a_reply_that_is_delivered_ten_times_is_acted_on_once(
    desk: Desk, phone: Phone, intent: str
) -> None:
    visit = booked(desk)
    reply = phone.reply(intent, visit)
    deliver(*[reply] * 5)
    for _ in range(5):
        deliver(reply)
    assert phone.outcome_of(reply) is not None
    changes = [e for e in visit_of(desk, visit)["history"] if e["what"] != "booked"]
    assert len(changes) == (0 if intent == "reschedule" else 1)
    assert len(told(phone.practice, AppointmentCancelled)) == (1 if intent == "cancel" else 0)


def test_of_several_replies_the_newest_stands_in_whatever_order_they_arrive(desk: Desk) -> None:
    for number, order in enumerate(permutations(range(3))):
        patient = add_patient(desk.small.practice, f"Order{number}")
        phone = Phone(desk.small.practice, patient)
        visit = booked(desk, TUESDAY + timedelta(minutes=30 * number), patient_id=patient)
        at = SystemClock().now() + timedelta(seconds=5)
        sent = [
            phone.reply("reschedule", visit, at=at),
            phone.reply("confirm", visit, at=at + timedelta(seconds=1)),
            phone.reply("cancel", visit, at=at + timedelta(seconds=2)),
        ]
        for place in order:
            deliver(sent[place])
        assert visit_of(desk, visit)["status"] == "cancelled", order
        # Whatever came after a newer one is not answered any more.
        answered = [place for place in range(3) if phone.outcome_of(sent[place])]
        newest_so_far = [p for i, p in enumerate(order) if p == max(order[: i + 1])]
        assert answered == sorted(newest_so_far), order


@pytest.mark.parametrize("intent", ["confirm", "cancel", "reschedule"])
def test_what_the_staff_did_after_the_reply_was_sent_stands(
    desk: Desk, phone: Phone, intent: str
) -> None:
    visit = booked(desk)
    sent = phone.reply(intent, visit, at=ago(minutes=1))
    later = TUESDAY + timedelta(days=1)
    moved = desk.post(f"/appointments/{visit}/reschedule", {"start": later.isoformat()})
    assert moved.status == 200
    deliver(sent)
    acted = phone.outcome_of(sent)
    assert acted is not None
    assert acted.outcome == "not-possible"
    after = visit_of(desk, visit)
    assert (after["status"], after["confirmed"]) == ("booked", False)
    assert datetime.fromisoformat(after["start"]) == later


def test_too_close_to_the_visit_it_is_a_person_s_matter(desk: Desk, phone: Phone) -> None:
    put_settings(desk.small.practice, cancel_notice_minutes=120)
    put(
        desk.small.practice,
        rule(desk.small.ana, desk.small.east, rrule=ALL_DAY, start=time(0), end=time(0)),
    )
    visit = booked(desk, hours_ahead(1.5))
    for intent in ("cancel", "reschedule"):
        assert phone.outcome(intent, visit) == "too-late"
    assert visit_of(desk, visit)["status"] == "booked"


def test_a_reply_that_was_sent_in_time_counts_however_late_it_is_read(
    desk: Desk, phone: Phone
) -> None:
    put_settings(desk.small.practice, cancel_notice_minutes=120)
    put(
        desk.small.practice,
        rule(desk.small.ana, desk.small.east, rrule=ALL_DAY, start=time(0), end=time(0)),
    )
    visit = booked(desk, hours_ahead(1.5))
    assert phone.outcome("cancel", visit, at=ago(hours=1)) == "cancelled"


def test_no_is_answered_as_wished_where_the_visit_is_cancelled_already(
    desk: Desk, phone: Phone
) -> None:
    visit = booked(desk)
    assert phone.outcome("cancel", visit) == "cancelled"
    assert phone.outcome("cancel", visit, at=hours_ahead(1)) == "cancelled"
    assert phone.outcome("confirm", visit, at=hours_ahead(2)) == "not-possible"
    assert len(told(phone.practice, AppointmentCancelled)) == 1


@pytest.mark.parametrize("intent", ["late", "unclear"])
def test_what_only_a_person_can_answer_is_left_alone(desk: Desk, phone: Phone, intent: str) -> None:
    assert phone.text(intent, booked(desk)) is None


def test_nothing_is_done_while_it_is_open_which_visit_is_meant(desk: Desk, phone: Phone) -> None:
    one, two = booked(desk), booked(desk, TUESDAY + timedelta(hours=1))
    reply = phone.reply("cancel").model_copy(update={"appointment_ids": (one, two)})
    deliver(reply)
    assert phone.outcome_of(reply) is None
    assert {visit_of(desk, v)["status"] for v in (one, two)} == {"booked"}


# -- groups -----------------------------------------------------------------


@pytest.fixture
def class_of_two(desk: Desk) -> tuple[str, PatientId]:
    visit = booked(desk, type_id=desk.small.group)
    other = add_patient(desk.small.practice, "Other")
    joined = desk.post(f"/appointments/{visit}/attendees", {"patient_id": other})
    assert joined.status == 200
    return visit, other


def test_one_who_cancels_leaves_the_others_their_group(
    desk: Desk, phone: Phone, class_of_two: tuple[str, PatientId]
) -> None:
    visit, other = class_of_two
    reply = phone.reply("cancel", visit)
    deliver(reply, reply)
    acted = phone.outcome_of(reply)
    assert acted is not None
    assert (acted.outcome, acted.patient_id) == ("cancelled", desk.patient)
    after = visit_of(desk, visit)
    assert (after["status"], after["patient_ids"]) == ("booked", [other])
    assert phone.outcome("cancel", visit, at=hours_ahead(1)) == "cancelled"
    assert phone.outcome("confirm", visit, at=hours_ahead(2)) == "not-possible"


def test_a_group_is_confirmed_when_everybody_has(
    desk: Desk, phone: Phone, class_of_two: tuple[str, PatientId]
) -> None:
    visit, other = class_of_two
    assert phone.outcome("confirm", visit) == "confirmed"
    half = visit_of(desk, visit)
    assert (half["confirmed"], half["confirmed_by"]) == (False, [desk.patient])
    assert Phone(phone.practice, other).outcome("confirm", visit) == "confirmed"
    assert visit_of(desk, visit)["confirmed"] is True
    third = add_patient(desk.small.practice, "Third")
    desk.post(f"/appointments/{visit}/attendees", {"patient_id": third})
    assert visit_of(desk, visit)["confirmed"] is False


def test_a_group_is_not_moved_for_one(
    desk: Desk, phone: Phone, class_of_two: tuple[str, PatientId]
) -> None:
    assert phone.outcome("reschedule", class_of_two[0]) == "not-possible"


# -- another time -----------------------------------------------------------


def test_three_different_times_near_the_old_one_are_offered_and_none_is_held(
    desk: Desk, phone: Phone
) -> None:
    visit = booked(desk)
    free_before = desk.free(TUESDAY)
    options = phone.options(visit)
    assert len({option.start for option in options}) == 3
    assert {option.provider_id for option in options} == {desk.small.ana}
    assert all(abs(option.start - TUESDAY) < timedelta(days=8) for option in options)
    assert [option.start for option in options] == sorted(option.start for option in options)
    assert desk.free(TUESDAY) == free_before
    assert visit_of(desk, visit)["start"]


def test_taking_one_moves_the_visit_and_frees_its_old_time(desk: Desk, phone: Phone) -> None:
    visit = booked(desk)
    second = phone.options(visit)[1]
    pick = phone.reply("pick", visit, slot=second, at=hours_ahead(1))
    deliver(*[pick] * 3)
    deliver(pick)
    acted = phone.outcome_of(pick)
    assert acted is not None
    assert acted.outcome == "rescheduled"
    after = visit_of(desk, visit)
    assert datetime.fromisoformat(after["start"]) == second.start
    assert "10:00" in desk.free(TUESDAY)
    assert len(told(phone.practice, AppointmentMoved)) == 1


def test_of_two_who_pick_the_same_time_the_second_is_offered_others(desk: Desk) -> None:
    one, two = (Phone(desk.small.practice, add_patient(desk.small.practice, n)) for n in "AB")
    first = booked(desk, patient_id=one.patient)
    second = booked(desk, TUESDAY + timedelta(minutes=30), patient_id=two.patient)
    both = set(one.options(first)) & set(two.options(second))
    wanted = min(both, key=lambda option: option.start)
    assert one.outcome("pick", first, slot=wanted, at=hours_ahead(1)) == "rescheduled"
    lost = two.text("pick", second, slot=wanted, at=hours_ahead(1))
    assert lost is not None
    assert (lost.outcome, len(lost.options)) == ("slot-gone", 3)
    assert wanted not in lost.options
    assert datetime.fromisoformat(visit_of(desk, second)["start"]) == TUESDAY + timedelta(
        minutes=30
    )
    # The times that were offered instead can be taken in their turn.
    assert two.outcome("pick", second, slot=lost.options[0], at=hours_ahead(2)) == "rescheduled"


def test_a_pick_for_a_visit_that_the_staff_moved_or_cancelled_is_not_possible(
    desk: Desk, phone: Phone
) -> None:
    visit = booked(desk)
    options = phone.options(visit)
    elsewhere = TUESDAY + timedelta(days=2, hours=3)
    desk.post(f"/appointments/{visit}/reschedule", {"start": elsewhere.isoformat()})
    assert phone.outcome("pick", visit, slot=options[0], at=hours_ahead(1)) == "not-possible"
    assert start_of(desk, visit) == elsewhere
    desk.post(f"/appointments/{visit}/cancel", {"reason": "prov"})
    assert phone.outcome("pick", visit, slot=options[0], at=hours_ahead(2)) == "not-possible"
    assert visit_of(desk, visit)["status"] == "cancelled"


def test_a_time_that_was_never_offered_can_t_be_taken(desk: Desk, phone: Phone) -> None:
    visit = booked(desk)
    other = SlotOption(
        provider_id=desk.small.ana,
        location_id=desk.small.east,
        start=TUESDAY + timedelta(days=1),
    )
    assert phone.outcome("pick", visit, slot=other) == "not-possible"


def test_who_thinks_again_may_take_another_of_the_times(desk: Desk, phone: Phone) -> None:
    visit = booked(desk)
    first, _, third = phone.options(visit)
    assert phone.outcome("pick", visit, slot=first, at=hours_ahead(1)) == "rescheduled"
    assert phone.outcome("pick", visit, slot=third, at=hours_ahead(2)) == "rescheduled"
    assert start_of(desk, visit) == third.start


def test_other_providers_where_the_own_one_has_no_time(desk: Desk, phone: Phone) -> None:
    visit = booked(desk)
    away = rule(
        desk.small.ana,
        None,
        rrule=ALL_DAY,
        effect="closed",
        start=time(0),
        end=time(0),
        starts_on=date(2026, 1, 1),
    )
    put(desk.small.practice, away)
    assert {option.provider_id for option in phone.options(visit)} == {desk.small.ben}


def test_nothing_free_is_said_so(desk: Desk, phone: Phone) -> None:
    visit = booked(desk)
    for doctor in (desk.small.ana, desk.small.ben):
        put(
            desk.small.practice,
            rule(doctor, None, rrule=ALL_DAY, effect="closed", start=time(0), end=time(0)),
        )
    assert phone.outcome("reschedule", visit) == "no-slots"


def test_not_before_tomorrow_unless_the_visit_is_today(desk: Desk, phone: Phone) -> None:
    put_settings(desk.small.practice, cancel_notice_minutes=0)
    for doctor in (desk.small.ana, desk.small.ben):
        put(
            desk.small.practice,
            rule(doctor, desk.small.east, rrule=ALL_DAY, start=time(0), end=time(0)),
        )
    eastern = ZoneInfo("America/New_York")
    today = SystemClock().now().astimezone(eastern).date()
    tomorrow = booked(desk, hours_ahead(25))
    offered = phone.options(tomorrow)
    assert min(option.start for option in offered).astimezone(eastern).date() > today


def test_times_at_which_the_patient_has_another_visit_are_not_offered(
    desk: Desk, phone: Phone
) -> None:
    visit = booked(desk)
    free = phone.options(visit)
    for option in free:
        booked(desk, option.start, provider_id=desk.small.ben)
    again = phone.options(visit, at=hours_ahead(1))
    assert len(again) == 3
    assert not {option.start for option in again} & {option.start for option in free}
