"""An engine on a clock that tests move, with functions that do what a test says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scripts.localstack.host import Invocation
from scripts.localstack.workflows.engine import Engine
from scripts.localstack.workflows.execution import Execution
from scripts.localstack.workflows.store import Store

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:test"
START = 1_800_000_000.0


class Failing(Exception):
    """What a function raises: its error's name, as Lambda would tell it."""


class World:
    """One machine, its clock and its functions."""

    def __init__(self, path: Path | None = None) -> None:
        self.at = START
        self.calls: list[tuple[str, Any]] = []
        self.answers: dict[str, Callable[[Any], Any]] = {}
        self.path = path
        self.store = Store(path)
        self.engine: Engine

    def machine(self, states: dict[str, Any], **top: Any) -> World:
        """The first state is where it starts."""
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), **top}
        return self.run_text(json.dumps({**definition, "States": states}))

    def run_text(self, text: str) -> World:
        self.engine = Engine(
            {MACHINE: text}, self._invoke, lambda: self.at, self.store, chance=Random(7)
        )
        return self

    def _invoke(self, function: str, payload: Any) -> Invocation:
        self.calls.append((function, payload))
        try:
            return Invocation(self.answers.get(function, lambda given: given)(payload))
        except Failing as error:
            return Invocation({"errorType": str(error), "errorMessage": "no"}, error=True)

    def start(self, given: Any = None, name: str = "run") -> Execution:
        begun = self.engine.start(MACHINE, name, {} if given is None else given)
        self.engine.run_due()
        return self.engine.describe(begun.arn)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, stopping wherever something is due."""
        until = self.at + seconds
        while (due := self.engine.next_due()) is not None and due <= until:
            self.at = max(self.at, due)
            self.engine.run_due()
        self.at = until

    def now(self, name: str = "run") -> Execution:
        return self.engine.describe(f"{MACHINE.replace('stateMachine', 'execution')}:{name}")

    def path_of(self, name: str = "run") -> list[str]:
        """The states that were entered."""
        return [
            h.state for h in self.engine.store.history(self.now(name).arn) if "Entered" in h.type
        ]

    def happened(self, name: str = "run") -> list[str]:
        return [h.type for h in self.engine.store.history(self.now(name).arn)]


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.close()


def call(function: str = "work", **more: Any) -> dict[str, Any]:
    """A Task that calls a function with the state's input."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": "{% $states.input %}"},
        "Output": "{% $states.result.Payload %}",
        **({} if "Next" in more else {"End": True}),
        **more,
    }


def ask(**more: Any) -> dict[str, Any]:
    """A Task that waits for its token."""
    return {
        **call("ask"),
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": {
            "FunctionName": "ask",
            "Payload": {"token": "{% $states.context.Task.Token %}"},
        },
        "Output": "{% $states.result %}",
        **more,
    }
