"""What became of reminders, counted once each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from caresmith.clock import from_text
from caresmith.ids import PatientId
from caresmith.messages.records import Status
from caresmith.permissions import Role
from tests.integration.reminders.conftest import NEW_YORK, Scene, email, phone
from tests.support.client import Caller, Reply, call

DUE = date(2037, 3, 4)


def friday() -> datetime:
    return datetime(2037, 3, 6, 14, tzinfo=NEW_YORK)


def ask(scene: Scene, **query: str) -> Reply:
    caller = Caller(scene.practice, roles=(Role.MANAGER,))
    return call("GET", "/reminders/statistics", caller=caller, query=query)


def counted(scene: Scene) -> dict[tuple[str, str, str], dict[str, int]]:
    """Rows of the month: day, step and channel to what is not zero."""
    reply = ask(scene, first="2037-03-01", last="2037-03-31")
    assert reply.status == 200, reply.text
    keys = ("day", "step", "channel")
    return {
        tuple(row[key] for key in keys): {k: v for k, v in row.items() if k not in keys and v}
        for row in reply.json["rows"]
    }


@pytest.fixture
def jo(scene: Scene) -> PatientId:
    return scene.patient(phone(), email())


def sent(scene: Scene, visit: Any, key: str = "48h", run: str = "run-1") -> tuple[Any, Any]:
    step = scene.step(visit, key)
    scene.clock.at = max(scene.clock.at, from_text(step.due))
    message, _ = scene.message(scene.task("prepare", step, run))
    scene.mark(message, Status.SENT)
    scene.outcome(step, "sent", message)
    step.refresh()
    return step, message


def test_each_thing_counts_once_however_often_it_is_told(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step, message = sent(scene, visit)
    for _ in range(5):
        scene.outcome(step, "sent", message)
        scene.outcome(step, "delivered", message)
        scene.replied(step, "confirmed")
    assert counted(scene) == {
        ("2037-03-04", "48h", "sms"): {"sent": 1, "delivered": 1, "confirmed": 1}
    }


def test_a_fall_back_counts_on_both_channels(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step, text = sent(scene, visit)
    scene.mark(text, Status.FAILED)
    scene.outcome(step, "failed", text)
    sent(scene, visit)
    assert counted(scene) == {
        ("2037-03-04", "48h", "sms"): {"sent": 1, "failed": 1},
        ("2037-03-04", "48h", "email"): {"sent": 1},
    }


def test_a_late_answer_moves_from_no_answer(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step, _ = sent(scene, visit)
    scene.task("no-reply", step)
    assert counted(scene)["2037-03-04", "48h", "sms"] == {"sent": 1, "no_reply": 1}
    scene.replied(step, "rescheduled")
    assert counted(scene)["2037-03-04", "48h", "sms"] == {"sent": 1, "rescheduled": 1}


def test_who_asked_to_move_and_then_moved_counts_as_moved(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    step, _ = sent(scene, visit)
    scene.replied(step, "slots")
    scene.wait(minutes=1)
    scene.replied(step, "rescheduled")
    assert counted(scene)["2037-03-04", "48h", "sms"] == {"sent": 1, "rescheduled": 1}


def test_coming_counts_for_each_reminder_that_was_sent(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    sent(scene, visit)
    sent(scene, visit, "3h", "run-2")
    for status in ("arrived", "checked-in", "fulfilled", "fulfilled"):
        scene.became(visit, status)
    rows = counted(scene)
    assert rows["2037-03-04", "48h", "sms"]["kept"] == 1
    assert rows["2037-03-06", "3h", "sms"]["kept"] == 1


def test_who_comes_after_all_is_no_no_show(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    sent(scene, visit)
    scene.became(visit, "noshow")
    assert counted(scene)["2037-03-04", "48h", "sms"]["noshow"] == 1
    scene.became(visit, "arrived")
    assert "noshow" not in counted(scene)["2037-03-04", "48h", "sms"]
    scene.became(visit, "fulfilled")
    assert counted(scene)["2037-03-04", "48h", "sms"]["kept"] == 1


def test_a_visit_that_nobody_was_reminded_of_has_a_row_of_its_own(scene: Scene) -> None:
    visit = scene.booked(friday(), scene.patient())
    scene.became(visit, "noshow")
    assert counted(scene) == {("2037-03-06", "none", "none"): {"noshow": 1}}


def test_each_of_a_group_counts(scene: Scene, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo, scene.patient(), type_id=scene.small.group)
    scene.became(visit, "fulfilled")
    assert counted(scene) == {("2037-03-06", "none", "none"): {"kept": 2}}


def test_many_counts_of_one_row_at_once_are_all_there(scene: Scene) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from functions.reminders.counters import Changes, row_without_reminder, rows_between

    def count(number: int) -> None:
        from caresmith.transactions import transaction, when_not_busy

        changes = Changes(scene.practice, f"rst_{number}")
        changes.add(row_without_reminder("2037-03-04"), "kept")

        def attempt() -> None:
            with transaction() as writes:
                changes.write(writes)

        when_not_busy(attempt)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    (row,) = rows_between(scene.practice, DUE, DUE)
    assert row.measures["kept"] == 40


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"first": "2037-03-02", "last": "2037-03-01"}, "last"),
        ({"first": "2036-01-01", "last": "2037-03-01"}, "last"),
        ({"first": "yesterday", "last": "2037-03-01"}, "first"),
        ({"first": "2037-03-02"}, "last"),
    ],
    ids=str,
)
def test_a_range_that_makes_no_sense_is_refused(
    scene: Scene, query: dict[str, str], field: str
) -> None:
    reply = ask(scene, **query)
    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == [field]
