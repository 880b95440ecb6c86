"""What is stored becomes what the visit, as it is now, asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from caresmith.clock import from_text
from caresmith.ids import AppointmentId
from functions.reminders.records import Outcome, State
from tests.integration.reminders.conftest import AT_NOON, NEW_YORK, Scene, phone, schedules


def ten_days_on(hour: int = 14) -> datetime:
    return datetime(2037, 3, 12, hour, tzinfo=NEW_YORK)


def open_steps(scene: Scene, appointment: AppointmentId) -> dict[str, datetime]:
    return {s.key: from_text(s.due) for s in scene.steps(appointment) if s.is_open}


def test_a_booked_visit_gets_a_step_and_a_schedule_for_each_reminder(scene: Scene) -> None:
    patient = scene.patient(phone())
    visit = scene.booked(ten_days_on(), patient)
    at = ten_days_on().astimezone(UTC)
    assert open_steps(scene, visit) == {
        # The clocks go forward in between: still two in the afternoon.
        "7d": datetime(2037, 3, 5, 14, tzinfo=NEW_YORK).astimezone(UTC),
        "48h": at - timedelta(hours=48),
        "3h": at - timedelta(hours=3),
    }
    planned = schedules()
    for step in scene.steps(visit):
        schedule = planned[step.schedule]
        assert schedule["at"] == from_text(step.due)
        assert schedule["target"].endswith("-reminder")
        assert schedule["input"] == {
            "practice_id": scene.practice,
            "appointment_id": visit,
            "patient_id": patient,
            "step_id": step.step_id,
        }


def test_an_event_delivered_ten_times_plans_once(scene: Scene) -> None:
    visit = scene.booked(ten_days_on(), scene.patient(phone()))
    before = [(s.step_id, s.version) for s in scene.steps(visit)]
    for _ in range(9):
        scene.tell("AppointmentBooked", visit)
    assert [(s.step_id, s.version) for s in scene.steps(visit)] == before


def test_what_is_past_when_the_visit_is_booked_is_not_planned(scene: Scene) -> None:
    visit = scene.booked(AT_NOON + timedelta(days=1), scene.patient(phone()))
    assert set(open_steps(scene, visit)) == {"3h"}


def test_a_moved_visit_loses_its_old_schedules_and_gets_new_ones(scene: Scene) -> None:
    visit = scene.booked(ten_days_on(), scene.patient(phone()))
    former = [step.schedule for step in scene.steps(visit)]
    scene.moved(visit, ten_days_on() + timedelta(days=7))
    planned = schedules()
    assert not set(former) & set(planned)
    assert {s.outcome for s in scene.steps(visit) if not s.is_open} == {Outcome.CHANGED}
    assert len(open_steps(scene, visit)) == 3
    assert all(s.schedule in planned for s in scene.steps(visit) if s.is_open)


def test_a_visit_moved_there_and_back_has_each_reminder_once(scene: Scene) -> None:
    visit = scene.booked(ten_days_on(), scene.patient(phone()))
    first = open_steps(scene, visit)
    scene.moved(visit, ten_days_on() + timedelta(days=7))
    scene.moved(visit, ten_days_on())
    assert open_steps(scene, visit) == first
    assert all(s.schedule in schedules() for s in scene.steps(visit) if s.is_open)


def test_a_cancelled_visit_has_no_reminder_left(scene: Scene) -> None:
    visit = scene.booked(ten_days_on(), scene.patient(phone()))
    names = [step.schedule for step in scene.steps(visit)]
    scene.cancelled(visit)
    assert open_steps(scene, visit) == {}
    assert not set(names) & set(schedules())


def test_events_out_of_order_end_in_the_plan_of_the_visit_as_it_is(scene: Scene) -> None:
    patient = scene.patient(phone())
    visit = scene.visit(ten_days_on(), patient)
    scene.change(visit, status="cancelled")
    scene.tell("AppointmentCancelled", visit, reason="pat")
    scene.tell("AppointmentBooked", visit)
    assert scene.steps(visit) == []


def test_each_patient_of_a_group_is_reminded_and_who_leaves_is_not(scene: Scene) -> None:
    one, two = scene.patient(phone()), scene.patient(phone("+12065550102"))
    visit = scene.booked(ten_days_on(), one, type_id=scene.small.group)
    scene.change(visit, patient_ids=[one, two])
    scene.tell("AppointmentBooked", visit)
    assert sorted(s.patient_id for s in scene.steps(visit)) == sorted([one] * 3 + [two] * 3)
    scene.change(visit, patient_ids=[two])
    scene.tell("AppointmentBooked", visit)
    assert {s.patient_id for s in scene.steps(visit) if s.is_open} == {two}


def test_a_changed_cadence_moves_what_is_planned_when_it_is_looked_at(scene: Scene) -> None:
    visit = scene.booked(ten_days_on(), scene.patient(phone()))
    dropped = scene.step(visit, "7d").schedule
    scene.settings(
        cadence=[
            {"key": "48h", "minutes_before": 36 * 60},
            {"key": "3h", "minutes_before": 180, "asks_to_confirm": False},
        ]
    )
    scene.tell("AppointmentBooked", visit)
    at = ten_days_on().astimezone(UTC)
    assert open_steps(scene, visit)["48h"] != at - timedelta(hours=48)
    assert set(open_steps(scene, visit)) == {"48h", "3h"}
    assert scene.step(visit, "7d").outcome == Outcome.NOT_IN_CADENCE
    assert dropped not in schedules()
    assert schedules()[scene.step(visit, "48h").schedule]["at"] == open_steps(scene, visit)["48h"]


def test_who_has_arrived_is_not_reminded_any_more(scene: Scene) -> None:
    visit = scene.booked(AT_NOON + timedelta(days=1), scene.patient(phone()))
    scene.became(visit, "arrived")
    (step,) = scene.steps(visit)
    assert (step.state, step.outcome) == (State.ENDED, Outcome.CHANGED)
