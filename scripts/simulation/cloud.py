"""The services around the functions, in this process and on the simulation's clock.

DynamoDB is the real engine. Scheduler and Step Functions are those of the local
stack; the bus is this module's own, which reads what a transaction wrote into the
outbox, and delivers late, twice and in another order, as a bus may.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra.manifest import FUNCTIONS, WORKFLOWS
from scripts.localstack.answering import answered_here
from scripts.localstack.host import Invocation
from scripts.localstack.inprocess import invoke
from scripts.localstack.once import Entry, OnceSchedules
from scripts.localstack.outbox import Heard, heard_events
from scripts.localstack.records import sqs_event
from scripts.localstack.system import Deployment
from scripts.localstack.workflows.api import StepFunctionsApi
from scripts.localstack.workflows.definition import deployed
from scripts.localstack.workflows.engine import AlreadyExists, Engine
from scripts.localstack.workflows.execution import Status
from scripts.localstack.workflows.store import Store
from scripts.simulation.clock import Diary, SimulatedClock

if TYPE_CHECKING:
    from caresmith.events import DomainEvent

_RETRY_AFTER: Final = timedelta(seconds=90)
"""The queue's visibility timeout: six times the function's own."""
_RECEIVES: Final = 5


@dataclass(frozen=True)
class Mess:
    """How badly the services behave."""

    twice: float = 0.0
    """Share of bus events that are delivered twice."""
    slow: float = 0.0
    """Share that comes up to two minutes late, so out of order."""
    killed: float = 0.0
    """Share of executions that are stopped while they wait."""


@dataclass
class Told:
    """A domain event, when it was written, for the record."""

    kind: str
    detail: Mapping[str, Any]


@dataclass
class Cloud:
    """Delivers events, fires schedules, runs executions."""

    deployment: Deployment
    clock: SimulatedClock
    diary: Diary
    dice: random.Random
    mess: Mess = Mess()
    folder: Path | None = None
    """Where schedules and executions are kept; None for memory."""
    told: list[Told] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    dead_letters: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.once = OnceSchedules(self.clock.seconds, self._file("once"))
        machines = {
            self.deployment.machine_arn(w.name): deployed(w, self.deployment.function_arn)
            for w in WORKFLOWS
        }
        self.engine = Engine(
            machines,
            self._invoke_by_arn,
            self.clock.seconds,
            Store(self._file("workflows")),
            chance=self.dice,
        )
        self._pending: list[Heard] = []
        self._consumers = {
            kind: [f for f in FUNCTIONS for t in f.events if kind in t.detail_types]
            for kind in {k for f in FUNCTIONS for t in f.events for k in t.detail_types}
        }

    def _file(self, name: str) -> Path | None:
        return self.folder / f"{name}.sqlite" if self.folder else None

    @contextmanager
    def around(self) -> Iterator[None]:
        """While open, boto3 finds these services, and outbox writes are heard."""
        answers = {
            "scheduler": self.once.answer,
            "stepfunctions": StepFunctionsApi(self.engine).answer,
        }
        with heard_events() as self._pending, answered_here(answers):
            yield

    # -- the bus ------------------------------------------------------------

    def relay(self) -> None:
        """Hand what was told since to its consumers, soon."""
        while self._pending:
            _, kind, text = self._pending.pop(0)
            detail = json.loads(text)
            self.told.append(Told(kind, detail))
            self.counts[kind] += 1
            for function in self._consumers.get(kind, []):
                for _ in range(2 if self.dice.random() < self.mess.twice else 1):
                    self._post(function.name, kind, detail)

    def hand_over(self, event: DomainEvent) -> None:
        """Tell what no function of ours has written: it goes the way of all others."""
        self._pending.append((event.event_id, event.detail_type(), event.model_dump_json()))
        self.relay()

    def _post(self, function: str, kind: str, detail: Mapping[str, Any], tries: int = 1) -> None:
        slow = self.dice.random() < self.mess.slow
        delay = timedelta(seconds=self.dice.uniform(1, 120 if slow else 3))
        if tries > 1:
            delay = _RETRY_AFTER
        self.diary.at(
            self.clock.now() + delay, lambda: self._deliver(function, kind, detail, tries)
        )

    def _deliver(self, function: str, kind: str, detail: Mapping[str, Any], tries: int) -> None:
        body = {"detail-type": kind, "source": "caresmith.simulation", "detail": detail}
        message = {"MessageId": "m", "ReceiptHandle": "r", "Body": json.dumps(body)}
        try:
            result = invoke(function, sqs_event([message], f"queue:{function}"))
            failed = bool(result["batchItemFailures"])
        except Exception as error:
            self.errors[f"{function} {kind} {type(error).__name__}"] += 1
            failed = True
        if failed and tries >= _RECEIVES:
            self.dead_letters.append(f"{function} {kind} {detail['event_id']}")
        elif failed:
            self.errors[f"{function} {kind} tried again"] += 1
            self._post(function, kind, detail, tries + 1)

    # -- schedules and executions ------------------------------------------

    def upcoming(self) -> datetime | None:
        """When the next thing happens: in the diary, a schedule or a workflow that waits."""
        due = [at for at in (self.once.next_due(), self.engine.next_due()) if at is not None]
        times = [self.diary.next(), *(datetime.fromtimestamp(at, UTC) for at in due)]
        return min((at for at in times if at is not None), default=None)

    def do_what_is_due(self) -> None:
        while action := self.diary.pop_due(self.clock.now()):
            action()
            self.relay()
        while self._run_due():
            self.relay()
        self.relay()

    def _run_due(self) -> int:
        """Fire what is due; returns how much that was."""
        return self.once.fire_due(self._fire) + self.engine.run_due()

    def _fire(self, entry: Entry) -> str | None:
        if ":stateMachine:" in entry.target:
            self.counts["executions"] += 1
            try:
                begun = self.engine.start(entry.target, entry.key, entry.payload)
            except AlreadyExists:
                return None
            if self.dice.random() < self.mess.killed:
                after = timedelta(seconds=self.dice.uniform(0, 2 * 24 * 3600))
                self.diary.at(self.clock.now() + after, lambda: self._kill(begun.arn))
            return None
        answer = self._invoke_by_arn(entry.target, entry.payload)
        return str(answer.payload["errorType"]) if answer.error else None

    def _kill(self, arn: str) -> None:
        if self.engine.describe(arn).status is Status.RUNNING:
            self.counts["executions killed"] += 1
            self.engine.stop(arn, "Killed")

    def _invoke_by_arn(self, arn: str, payload: Any) -> Invocation:
        name = arn.rpartition(":")[2].removeprefix(self.deployment.prefix)
        try:
            return Invocation(json.loads(json.dumps(invoke(name, payload))))
        except Exception as error:
            self.errors[f"{name} {payload.get('task')} {type(error).__name__}"] += 1
            return Invocation({"errorType": type(error).__name__, "errorMessage": ""}, error=True)
