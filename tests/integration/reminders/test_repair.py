"""The nightly repair finds what services lost, mends it and says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from caresmith.clock import from_text
from caresmith.ids import EventId, PatientId
from caresmith.later import group
from caresmith.messages.records import Status
from caresmith.permissions import Role
from functions.reminders.records import Outcome
from tests.integration.reminders.conftest import NEW_YORK, Scene, email, phone, schedules
from tests.support.client import Caller, call, invoke


def friday() -> datetime:
    return datetime(2037, 3, 6, 14, tzinfo=NEW_YORK)


@pytest.fixture
def jo(scene: Scene) -> PatientId:
    return scene.patient(phone(), email())


def slices(scene: Scene) -> list[dict[str, Any]]:
    """The payloads of the slices that are scheduled for this practice."""
    found = (s["input"] for name, s in schedules().items() if name.startswith("repair-"))
    return [payload for payload in found if payload["practice_id"] == scene.practice]


def forget(*names: str) -> None:
    for name in names:
        boto3.client("scheduler").delete_schedule(Name=name, GroupName=group())


def repair(scene: Scene, event: str = "") -> dict[str, Any]:
    """One whole run; its report."""
    event = event or EventId.new()
    scene.deliver("ReminderRepairDue", event_id=event, day="2037-03-02")
    done: set[str] = set()
    while True:
        waiting = [s for s in slices(scene) if s["run"].endswith(event) and s["slice"] not in done]
        if not waiting:
            break
        for payload in waiting:
            invoke("reminders", payload)
            done.add(payload["slice"])
    caller = Caller(scene.practice, roles=(Role.MANAGER,))
    (report,) = [
        r for r in call("GET", "/reminders/repairs", caller=caller).json if r["run"].endswith(event)
    ]
    assert report["done"]
    return dict(report)


def findings(report: dict[str, Any]) -> dict[str, int]:
    names = ("missing", "moved", "stale", "not_scheduled", "stuck")
    return {name: report[name] for name in names if report[name]}


def test_a_calendar_in_order_has_nothing_to_mend(scene: Scene, jo: PatientId) -> None:
    scene.booked(friday(), jo)
    scene.booked(friday() + timedelta(hours=1), jo, provider_id=scene.small.ben)
    report = repair(scene)
    assert findings(report) == {}
    assert report["visits"] == 2


def test_a_visit_whose_event_was_lost_is_planned(scene: Scene, jo: PatientId) -> None:
    visit = scene.visit(friday(), jo)
    assert findings(repair(scene)) == {"missing": 2}
    assert {step.key for step in scene.steps(visit)} == {"48h", "3h"}
    assert findings(repair(scene)) == {}


def test_a_visit_that_is_gone_loses_its_reminders(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    names = {step.schedule for step in scene.steps(visit)}
    scene.change(visit, status="cancelled")
    # The one that is due in three days is looked at in a later night.
    assert findings(repair(scene)) == {"stale": 2}
    assert not names & set(schedules())


def test_a_schedule_that_was_lost_is_made_again(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "48h")
    forget(step.schedule)
    assert findings(repair(scene)) == {"not_scheduled": 1}
    assert schedules()[step.schedule]["at"] == from_text(step.due)


def test_a_step_whose_execution_died_is_started_again(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "48h")
    scene.clock.at = from_text(step.due)
    first = scene.task("prepare", step)
    forget(scene.step(visit, "48h").schedule)
    scene.wait(hours=3)
    assert findings(repair(scene)) == {"stuck": 1}
    again = scene.step(visit, "48h")
    assert again.schedule in schedules()
    scene.wait(minutes=1)
    second = scene.task("prepare", again, "run-2")
    assert (second["action"], second["message_id"]) == ("send", first["message_id"])


def test_a_step_that_never_started_is_started(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "48h")
    forget(step.schedule)
    scene.clock.at = from_text(step.due) + timedelta(hours=2)
    assert findings(repair(scene)) == {"stuck": 1}
    assert scene.task("prepare", step)["action"] == "send"


def test_a_wait_for_an_answer_that_nobody_waits_out_ends(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step = scene.step(visit, "48h")
    scene.clock.at = from_text(step.due)
    message, _ = scene.message(scene.task("prepare", step))
    scene.mark(message, Status.SENT)
    scene.outcome(step, "sent", message)
    scene.task("await-reply", step, token="token", reply_seconds=3600)
    forget(scene.step(visit, "48h").schedule)
    scene.wait(hours=3)
    assert findings(repair(scene)) == {"stuck": 1}
    assert scene.task("prepare", step, "run-2") == {"action": "no-reply"}


def test_steps_of_visits_that_have_begun_are_closed(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    scene.clock.at = friday() + timedelta(days=1)
    assert findings(repair(scene)) == {"stale": 2}
    assert {step.outcome for step in scene.steps(visit)} == {Outcome.CHANGED}


def test_a_run_that_is_told_twice_is_one_run(scene: Scene, jo: PatientId) -> None:
    scene.visit(friday(), jo)
    event = EventId.new()
    first = repair(scene, event)
    scene.deliver("ReminderRepairDue", event_id=event, day="2037-03-02")
    for payload in slices(scene):
        invoke("reminders", payload)
    caller = Caller(scene.practice, roles=(Role.MANAGER,))
    assert call("GET", "/reminders/repairs", caller=caller).json == [first]


def test_a_changed_cadence_is_worked_through_in_slices(
    scene: Scene, jo: PatientId, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.reminders import repair as module

    monkeypatch.setattr(module, "_CHANGES_PER_SLICE", 4)
    visits = [scene.visit(friday() + timedelta(minutes=30 * n), jo) for n in range(6)]
    assert findings(repair(scene)) == {"missing": 12}
    assert all(len(scene.steps(visit)) == 2 for visit in visits)


def test_a_person_may_let_it_run(scene: Scene) -> None:
    manager = Caller(scene.practice, roles=(Role.MANAGER,))
    reply = call("POST", "/reminders/repairs", caller=manager, json_body={})
    assert reply.status == 202
    ((kind, detail),) = scene.told()
    assert (kind, detail["actor_id"]) == ("ReminderRepairDue", manager.user_id)
    assert reply.json["run"].endswith(detail["event_id"])
    desk = Caller(scene.practice)
    assert call("POST", "/reminders/repairs", caller=desk, json_body={}).status == 403
