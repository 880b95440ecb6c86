"""The deployed definition along each branch, with the real tasks, sender and a carrier.

What runs is the very file that CDK deploys, in the local stack's engine; the
functions that it calls are those of reminders and messaging.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from caresmith import task_tokens as tokens
from caresmith.clock import from_text
from caresmith.ids import AppointmentId, PatientId
from functions.reminders.records import Outcome, StepRecord
from infra.manifest import WORKFLOWS
from scripts.localstack.host import Invocation
from scripts.localstack.outbox import Heard, heard_events
from scripts.localstack.workflows.definition import deployed
from scripts.localstack.workflows.engine import Engine, NoSuchTask, TaskIsOver
from scripts.localstack.workflows.execution import Execution, Status
from scripts.localstack.workflows.store import Store
from tests.integration.messaging.twilio import StandIn, twilio
from tests.integration.reminders.conftest import NEW_YORK, Scene, email, phone
from tests.support.client import invoke

[REMINDER] = [workflow for workflow in WORKFLOWS if workflow.name == "reminder"]
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:reminder"


@dataclass
class Runs:
    """The engine on the scene's clock, with events delivered as they are told."""

    scene: Scene
    carrier: StandIn
    heard: list[Heard]
    broken: set[str] = field(default_factory=set)
    """Tasks that fail whatever they are asked."""

    def __post_init__(self) -> None:
        text = deployed(REMINDER, lambda function: function)
        self.store = Store(None)
        self.engine = Engine(
            {MACHINE: text},
            self._invoke,
            self._seconds,
            self.store,
            chance=Random(7),
        )

    def _seconds(self) -> float:
        return self.scene.clock.at.timestamp()

    def _invoke(self, function: str, payload: dict[str, Any]) -> Invocation:
        if payload["task"] in self.broken:
            return Invocation({"errorType": "Broken", "errorMessage": ""}, error=True)
        try:
            return Invocation(invoke(function, payload))
        except Exception as error:
            told = {"errorType": type(error).__name__, "errorMessage": ""}
            return Invocation(told, error=True)

    def start(self, step: StepRecord, name: str = "run-1") -> None:
        given = {
            "practice_id": self.scene.practice,
            "appointment_id": step.appointment_id,
            "patient_id": step.patient_id,
            "step_id": step.step_id,
        }
        self.engine.start(MACHINE, name, given)
        self.go_on()

    def go_on(self) -> None:
        """Run what is due, and tell the feature what was told meanwhile."""
        self.engine.run_due()
        while self._deliver():
            self.engine.run_due()

    def _deliver(self) -> int:
        fresh, self.heard[:] = list(self.heard), []
        for _, detail_type, detail in fresh:
            if detail_type == "MessageOutcome":
                self.scene.deliver(detail_type, **json.loads(detail))
        return len(fresh)

    def pass_time(self, **time: float) -> None:
        """Let time pass, stopping wherever something is due."""
        until = self.scene.clock.at + timedelta(**time)
        while (due := self.engine.next_due()) is not None and due <= until.timestamp():
            at = datetime.fromtimestamp(due, UTC)
            self.scene.clock.at = max(self.scene.clock.at, at)
            self.go_on()
        self.scene.clock.at = until

    def now(self, name: str = "run-1") -> Execution:
        return self.engine.describe(f"{MACHINE.replace('stateMachine', 'execution')}:{name}")

    def path(self, name: str = "run-1") -> list[str]:
        """The states that were entered."""
        return [h.state for h in self.store.history(self.now(name).arn) if "Entered" in h.type]


class Workflows:
    """Step Functions as tasks complete it: the engine's own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def send_task_success(self, *, taskToken: str, output: str) -> None:  # noqa: N803
        from botocore.exceptions import ClientError

        try:
            self._engine.send_task_success(taskToken, json.loads(output))
        except (NoSuchTask, TaskIsOver):
            told = {"Error": {"Code": "TaskTimedOut", "Message": ""}}
            raise ClientError(told, "SendTaskSuccess") from None


@pytest.fixture
def runs(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    with twilio() as carrier, heard_events() as heard:
        monkeypatch.setenv("CARESMITH_TWILIO_URL", carrier.url)
        made = Runs(scene, carrier, heard)
        monkeypatch.setattr(tokens, "_workflows", lambda: Workflows(made.engine))
        yield made
        made.store.close()


@pytest.fixture
def jo(scene: Scene) -> PatientId:
    return scene.patient(phone(), email())


def friday() -> datetime:
    return datetime(2037, 3, 6, 14, tzinfo=NEW_YORK)


def due(scene: Scene, visit: AppointmentId, key: str = "48h") -> StepRecord:
    step = scene.step(visit, key)
    scene.clock.at = from_text(step.due)
    return step


ASKED = ["Prepare", "Decide", "Send", "Sent", "AwaitReply"]


def test_asked_and_confirmed(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = due(scene, scene.booked(friday(), jo))
    runs.start(step)
    assert runs.path() == ASKED
    assert len(runs.carrier.sent) == 1
    scene.wait(hours=1)
    step.refresh()
    scene.replied(step, "confirmed")
    runs.go_on()
    assert runs.path() == [*ASKED, "Answered", "Ended"]
    assert runs.now().status is Status.SUCCEEDED
    step.refresh()
    assert step.outcome == Outcome.CONFIRMED


def test_asked_and_not_answered(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = due(scene, scene.booked(friday(), jo))
    runs.start(step)
    runs.pass_time(hours=25)
    assert runs.path() == [*ASKED, "NoReply", "Ended"]
    assert scene.tasks_raised() == ["unconfirmed"]


def test_told_and_not_asked(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = due(scene, scene.booked(friday(), jo), "3h")
    runs.start(step)
    assert runs.path() == ["Prepare", "Decide", "Send", "Sent", "Ended"]
    step.refresh()
    assert step.outcome == Outcome.SENT


def test_quiet_hours_are_waited_out(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = scene.step(scene.booked(friday(), jo), "48h")
    scene.clock.at = datetime(2037, 3, 4, 23, tzinfo=NEW_YORK).astimezone(UTC)
    runs.start(step)
    assert runs.path() == ["Prepare", "Decide", "WaitToPrepare"]
    assert runs.carrier.sent == []
    runs.pass_time(hours=9, minutes=15)
    assert runs.path() == ["Prepare", "Decide", "WaitToPrepare", *ASKED]


def test_quiet_hours_that_begin_while_it_is_sent(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = due(scene, scene.booked(friday(), jo))
    runs.carrier.mode = "down"
    scene.clock.at = datetime(2037, 3, 4, 19, 59, 59, tzinfo=NEW_YORK).astimezone(UTC)
    runs.start(step)
    runs.carrier.mode = "well"
    runs.pass_time(minutes=30)
    assert runs.path() == ["Prepare", "Decide", "Send", "Sent", "WaitToSend"]
    runs.pass_time(hours=12)
    assert runs.path()[4:] == ["WaitToSend", "Send", "Sent", "AwaitReply"]
    assert len(runs.carrier.sent) == 1


def test_the_carrier_is_down_for_an_hour(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = due(scene, scene.booked(friday(), jo))
    runs.carrier.mode = "down"
    runs.start(step)
    runs.pass_time(hours=1)
    assert runs.carrier.sent == []
    runs.carrier.mode = "well"
    runs.pass_time(minutes=20)
    assert len(runs.carrier.sent) == 1
    assert runs.path() == ASKED


def test_a_refused_number_is_followed_by_an_e_mail(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = due(scene, scene.booked(friday(), jo))
    runs.carrier.refuse["+12065550101"] = (400, 21614)
    runs.start(step)
    assert runs.path() == [*ASKED[:4], *ASKED]
    step.refresh()
    assert (step.channel, len(step.failed)) == ("email", 1)


def test_the_visit_changed_between_preparing_and_sending(
    scene: Scene, runs: Runs, jo: PatientId
) -> None:
    visit = scene.booked(friday(), jo)
    step = due(scene, visit)
    runs.carrier.mode = "down"
    runs.start(step)
    scene.change(visit, start=friday() + timedelta(days=7))
    runs.carrier.mode = "well"
    runs.pass_time(minutes=5)
    assert runs.path() == ["Prepare", "Decide", "Send", "Sent", "Prepare", "Decide", "Ended"]
    assert runs.carrier.sent == []


def test_a_receipt_says_undelivered_while_the_answer_is_awaited(
    scene: Scene, runs: Runs, jo: PatientId
) -> None:
    from caresmith.messages.records import Status as MessageStatus

    step = due(scene, scene.booked(friday(), jo))
    runs.start(step)
    step.refresh()
    message, _ = scene.message({"party_id": step.party_id, "message_id": step.message_id})
    scene.mark(message, MessageStatus.FAILED)
    scene.outcome(step, "failed", message)
    runs.go_on()
    assert runs.path() == [*ASKED, "Answered", *ASKED]
    step.refresh()
    assert step.channel == "email"


def test_moved_while_the_answer_is_awaited(scene: Scene, runs: Runs, jo: PatientId) -> None:
    visit = scene.booked(friday(), jo)
    runs.start(due(scene, visit))
    scene.moved(visit, friday() + timedelta(days=7))
    runs.go_on()
    assert runs.path() == [*ASKED, "Answered", "Ended"]


def test_a_killed_execution_is_replaced_and_nothing_is_sent_twice(
    scene: Scene, runs: Runs, jo: PatientId
) -> None:
    step = due(scene, scene.booked(friday(), jo))
    runs.start(step)
    runs.engine.stop(runs.now().arn)
    step.refresh()
    scene.clock.at = from_text(str(step.alive_until))
    runs.start(step, "run-2")
    assert runs.path("run-2") == ["Prepare", "Decide", "NoReply", "Ended"]
    assert len(runs.carrier.sent) == 1


def test_killed_between_sending_and_waiting(scene: Scene, runs: Runs, jo: PatientId) -> None:
    step = due(scene, scene.booked(friday(), jo))
    runs.broken.add("await-reply")
    runs.start(step)
    runs.engine.stop(runs.now().arn)
    runs.broken.clear()
    step.refresh()
    scene.clock.at = from_text(str(step.alive_until))
    runs.start(step, "run-2")
    assert runs.path("run-2") == ["Prepare", "Decide", "AwaitReply"]
    assert len(runs.carrier.sent) == 1


@pytest.mark.parametrize(
    ("task", "path"),
    [
        ("prepare", ["Prepare", "GaveUp", "GivenUp"]),
        ("send", ["Prepare", "Decide", "Send", "GaveUp", "GivenUp"]),
        ("await-reply", [*ASKED, "GaveUp", "GivenUp"]),
        ("no-reply", [*ASKED, "NoReply", "GaveUp", "GivenUp"]),
    ],
)
def test_what_goes_on_failing_is_given_to_a_person(
    scene: Scene, runs: Runs, jo: PatientId, task: str, path: list[str]
) -> None:
    runs.broken.add(task)
    step = due(scene, scene.booked(friday(), jo))
    runs.start(step)
    runs.pass_time(hours=30)
    assert runs.path() == path
    assert (runs.now().status, runs.now().error) == (Status.FAILED, "GaveUp")
    assert scene.tasks_raised() == ["send-failed"]
    step.refresh()
    assert step.outcome == Outcome.GAVE_UP


def test_where_nobody_can_be_told_the_watch_starts_it_again(
    scene: Scene, runs: Runs, jo: PatientId
) -> None:
    runs.broken |= {"send", "gave-up"}
    step = due(scene, scene.booked(friday(), jo))
    runs.start(step)
    runs.pass_time(hours=20)  # Over the night, when nothing would be sent.
    assert runs.path()[-2:] == ["GaveUp", "Lost"]
    step.refresh()
    assert step.is_open
    runs.broken.clear()
    runs.start(step, "run-2")
    assert runs.path("run-2") == ASKED


def test_nobody_to_reach(scene: Scene, runs: Runs) -> None:
    step = due(scene, scene.booked(friday(), scene.patient()))
    runs.start(step)
    assert runs.path() == ["Prepare", "Decide", "Ended"]
    assert scene.tasks_raised() == ["no-contact-point"]
