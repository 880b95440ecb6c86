"""All that waits for a time: executions of workflows and one-time schedules, driven together.

The local stack runs it with its function host and files; a test or a simulation
runs it in its own process, where everything happens in the order of a clock that
it moves itself::

    waiting = Waiting.here(deployment, now=lambda: clock.now().timestamp())
    with waiting.answers_here():
        ...                                   # functions book, schedule, answer
        clock.at = waiting.next_due()
        waiting.run_due()
"""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from infra.manifest import WORKFLOWS, Workflow
from scripts.localstack.answering import answered_here
from scripts.localstack.host import Invocation
from scripts.localstack.once import Entry, OnceSchedules
from scripts.localstack.system import Deployment
from scripts.localstack.workflows.api import StepFunctionsApi
from scripts.localstack.workflows.definition import deployed
from scripts.localstack.workflows.engine import AlreadyExists, Engine, NoSuchMachine
from scripts.localstack.workflows.store import Store


class Waiting:
    """``engine`` and ``schedules`` on one clock. Safe to use from many threads."""

    def __init__(
        self,
        deployment: Deployment,
        invoke: Callable[[str, Any], Invocation],
        now: Callable[[], float],
        *,
        folder: Path | None = None,
        workflows: tuple[Workflow, ...] = WORKFLOWS,
        chance: Random | None = None,
    ) -> None:
        """``invoke`` takes a function's name; without a ``folder`` nothing outlasts the process."""
        self._invoke, self._deployment = invoke, deployment
        machines = {
            deployment.machine_arn(workflow.name): deployed(workflow, deployment.function_arn)
            for workflow in workflows
        }
        store = Store(folder / "workflows.sqlite" if folder else None)
        self.engine = Engine(machines, self._call, now, store, chance=chance)
        self.schedules = OnceSchedules(now, folder / "once.sqlite" if folder else None)
        self.api = StepFunctionsApi(self.engine)
        self._lock, self._taken = threading.Lock(), set[str]()
        self._closed = False

    @classmethod
    def here(
        cls, deployment: Deployment, now: Callable[[], float], chance: Random | None = None
    ) -> Waiting:
        """In this process: functions are called directly, nothing is kept."""
        return cls(deployment, _invoke_here, now, chance=chance)

    def close(self) -> None:
        """What a thread still has in hand is found as it was, and done again, by the next start."""
        self._closed = True
        self.engine.store.close()
        self.schedules.close()

    @contextmanager
    def answers_here(self) -> Iterator[None]:
        """While open, boto3 in this process talks to these workflows and schedules."""
        answers = {"stepfunctions": self.api.answer, "scheduler": self.schedules.answer}
        with answered_here(answers):
            yield

    # -- driven by the clock ------------------------------------------------

    def next_due(self) -> float | None:
        """The epoch second at which something has to be done; None where nothing waits."""
        times = (self.engine.next_due(), self.schedules.next_due())
        return min((at for at in times if at is not None), default=None)

    def run_due(self) -> int:
        """Do all that is due, one after the other, until nothing is; returns how much that was."""
        count = 0
        while jobs := self._due():
            for _, job in jobs:
                job()
            count += len(jobs)
        return count

    def begin_due(self, pool: Executor, done: Callable[[], None]) -> None:
        """Have threads of ``pool`` do all that is due, without waiting: what is slow holds up
        nothing else. ``done`` is called after each.
        """
        for key, job in self._due():
            with self._lock:
                if key in self._taken:
                    continue
                self._taken.add(key)
            pool.submit(self._finish, key, job, done)

    def _finish(self, key: str, job: Callable[[], None], done: Callable[[], None]) -> None:
        try:
            job()
        except Exception:  # It stays due, and so is tried again.
            if not self._closed:
                traceback.print_exc()
                threading.Event().wait(1.0)
        finally:
            with self._lock:
                self._taken.discard(key)
            done()

    def _due(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            *((entry.key, partial(self._fire, entry)) for entry in self.schedules.due()),
            *((arn, partial(self.engine.advance, arn)) for arn in self.engine.due()),
        ]

    def _fire(self, entry: Entry) -> None:
        self.schedules.settle(entry, self._deliver(entry))

    def _deliver(self, entry: Entry) -> str | None:
        """Hand it over once more; returns the error's name where that failed."""
        if ":stateMachine:" not in entry.target:
            answer = self._call(entry.target, entry.payload)
            return str(answer.payload.get("errorType")) if answer.error else None
        try:
            self.engine.start(entry.target, entry.key, entry.payload)
        except AlreadyExists:
            return None  # It was delivered before; only the entry's removal was cut short.
        except NoSuchMachine:
            return "StateMachineDoesNotExist"
        return None

    def _call(self, arn: str, payload: Any) -> Invocation:
        name = arn.rpartition(":")[2].removeprefix(self._deployment.prefix)
        try:
            return self._invoke(name, payload)
        except KeyError:
            return Invocation({"errorType": "Lambda.ResourceNotFoundException"}, error=True)


def _invoke_here(name: str, payload: Any) -> Invocation:
    """As the function host does it, with an error as Lambda tells it."""
    from scripts.localstack.inprocess import invoke

    try:
        answer = invoke(name, json.loads(json.dumps(payload)))
        return Invocation(json.loads(json.dumps(answer)))
    except Exception as error:  # Whatever the function raises is its answer.
        told = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return Invocation(told, error=True)
