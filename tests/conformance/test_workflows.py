"""The engine of the local stack against moto's interpreter of the same definitions.

Both run the file that is deployed, with functions that answer as a script says;
what must be the same is the way through the states, how it ends, and what the
functions were given. The scripts together take every way that the definition has.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)

from infra.manifest import WORKFLOWS, Workflow
from scripts.localstack import jsonata
from scripts.localstack.host import Invocation
from scripts.localstack.system import Deployment
from scripts.localstack.workflows.definition import deployed, read, ways
from scripts.localstack.workflows.engine import Engine
from scripts.localstack.workflows.execution import Status
from scripts.localstack.workflows.store import Store
from tests.support.workflows import interpreted_by_moto

LOCAL = Deployment("conformance", "", "")
[REMINDER] = [workflow for workflow in WORKFLOWS if workflow.name == "reminder"]
GIVEN = {
    "practice_id": "prc_1",
    "appointment_id": "apt_1",
    "patient_id": "pat_1",
    "step_id": "7d",
}
_SECONDS = 1
"""How long an answer is waited for where none comes: moto waits in real time."""
_NEVER = object()


@dataclass(frozen=True)
class Fails:
    """What a function raises."""

    error: str


SEND = {
    "action": "send",
    "party_id": "pat_1",
    "message_id": "msg_1",
    "reply_seconds": _SECONDS,
}
ONCE = {**SEND, "reply_seconds": 0}
WAIT = {"action": "wait", "until": "2026-01-01T09:00:00Z"}
SENT = {"outcome": "sent"}
DOWN, BROKEN = Fails("CarrierDown"), Fails("Broken")


@dataclass
class Script:
    """What each task answers, in the order in which it is called; its last answer again and again.

    The answer to ``await-reply`` is what comes back with the token: an output,
    :class:`Fails`, or nothing at all.
    """

    name: str
    prepare: list[Any] = field(default_factory=lambda: [SEND])
    send: list[Any] = field(default_factory=lambda: [SENT])
    reply: list[Any] = field(default_factory=lambda: [{"reply": "confirmed"}])
    await_reply: list[Any] = field(default_factory=lambda: [None])
    no_reply: list[Any] = field(default_factory=lambda: [{}])
    gave_up: list[Any] = field(default_factory=lambda: [{}])

    def answers(self, task: str) -> list[Any]:
        found: list[Any] = getattr(self, task.replace("-", "_"))
        return found

    def __str__(self) -> str:
        return self.name


SCRIPTS = [
    Script("sent and confirmed"),
    Script("sent without a question", prepare=[ONCE]),
    Script("may have been sent", prepare=[ONCE], send=[{"outcome": "uncertain"}]),
    Script("nothing to send", prepare=[{"action": "end", "reason": "moved"}]),
    Script("quiet before it is written", prepare=[WAIT, SEND]),
    Script(
        "quiet before it is sent",
        send=[{"outcome": "quiet", "until": "2026-01-01T09:00:00Z"}, SENT],
    ),
    Script(
        "the second contact point",
        prepare=[SEND, SEND, {"action": "end"}],
        send=[{"outcome": "failed"}, {"outcome": "suppressed"}],
    ),
    Script("nobody answers", reply=[_NEVER]),
    Script("it never arrived", prepare=[SEND, ONCE], reply=[{"reply": "undelivered"}]),
    Script("already sent, still waits", prepare=[{**SEND, "action": "await"}]),
    Script("already sent, nobody answered", prepare=[{**SEND, "action": "no-reply"}]),
    Script("the carrier is down for a while", send=[DOWN, DOWN, Fails("CarrierThrottled"), SENT]),
    Script("the carrier stays down", send=[DOWN]),
    Script("sending breaks", send=[BROKEN]),
    Script("preparing breaks once", prepare=[BROKEN, SEND]),
    Script("preparing breaks", prepare=[BROKEN]),
    Script("preparing gives nonsense", prepare=[{"action": "send"}]),
    Script("asking breaks once", await_reply=[BROKEN, None]),
    Script("asking breaks", await_reply=[BROKEN]),
    Script("the token comes back with an error", reply=[Fails("Withdrawn")]),
    Script("giving up on no reply", reply=[_NEVER], no_reply=[BROKEN]),
    Script("nobody can be told", send=[BROKEN], gave_up=[BROKEN]),
]


@dataclass
class Run:
    """What can be compared."""

    path: list[str]
    status: str
    error: str | None
    output: Any
    calls: list[tuple[str, Any]]


class Functions:
    """Answers by the script, and completes tokens by it."""

    def __init__(self, script: Any, complete: Callable[[str, Any], None]) -> None:
        self._script, self._complete = script, complete
        self._next: dict[str, int] = defaultdict(int)
        self.calls: list[tuple[str, Any]] = []

    def invoke(self, function: str, payload: dict[str, Any]) -> Invocation:
        task = payload["task"]
        told = {key: value for key, value in payload.items() if key not in {"token", "execution"}}
        self.calls.append((function.rpartition("-")[2], told))
        answer = self._take(task)
        if isinstance(answer, Fails):
            return Invocation({"errorType": answer.error, "errorMessage": "no"}, error=True)
        if "token" in payload:
            reply = self._take("reply")
            if reply is not _NEVER:
                self._complete(payload["token"], reply)
        return Invocation(answer)

    def _take(self, task: str) -> Any:
        answers = self._script.answers(task)
        number = min(self._next[task], len(answers) - 1)
        self._next[task] += 1
        return answers[number]


# -- the engine ---------------------------------------------------------------


def run_by_engine(workflow: Workflow, script: Any, given: Any = GIVEN) -> Run:
    at = [1_800_000_000.0]
    machine = LOCAL.machine_arn(workflow.name)

    def complete(token: str, reply: Any) -> None:
        if isinstance(reply, Fails):
            engine.send_task_failure(token, reply.error, "")
        else:
            engine.send_task_success(token, reply)

    functions = Functions(script, complete)
    engine = Engine(
        {machine: deployed(workflow, LOCAL.function_arn)},
        functions.invoke,
        lambda: at[0],
        Store(),
        chance=Random(1),
    )
    arn = engine.start(machine, "run", given).arn
    while (due := engine.next_due()) is not None:
        at[0] = max(at[0], due)
        engine.run_due()
    ended = engine.describe(arn)
    history = engine.store.history(arn)
    path = [line.state for line in history if line.type.endswith("StateEntered")]
    output = ended.output if ended.status is Status.SUCCEEDED else None
    return Run(path, str(ended.status), ended.error, output, functions.calls)


# -- moto ---------------------------------------------------------------------


@pytest.fixture
def moto() -> Iterator[Any]:
    """moto's interpreter without its pauses: it would sleep as long as the definition says."""
    no_pause = SimpleNamespace(sleep=lambda _: None)
    with (
        interpreted_by_moto(),
        jsonata.evaluated(),
        patch.object(retrier_decl, "time", no_pause),
        patch.object(WaitFunction, "_wait_interval", lambda *_, **__: None),
    ):
        yield boto3.client("stepfunctions", region_name="us-east-1")


def run_by_moto(client: Any, workflow: Workflow, script: Any, given: Any = GIVEN) -> Run:
    def complete(token: str, reply: Any) -> None:
        threading.Timer(0.1, send, (token, reply)).start()

    def send(token: str, reply: Any) -> None:
        # Moto retries under the token of the attempt before: an answer may come too late.
        with suppress(ClientError):
            send_in_time(token, reply)

    def send_in_time(token: str, reply: Any) -> None:
        if isinstance(reply, Fails):
            client.send_task_failure(taskToken=token, error=reply.error, cause="")
        else:
            client.send_task_success(taskToken=token, output=json.dumps(reply))

    functions = Functions(script, complete)

    def invoke(parameters: dict[str, Any], **_: Any) -> dict[str, Any]:
        payload = json.loads(parameters["Payload"])
        answer = functions.invoke(parameters["FunctionName"], payload)
        failed = {"FunctionError": "Unhandled"} if answer.error else {}
        told = {"ExecutedVersion": "$LATEST", "StatusCode": 200, "Payload": answer.payload}
        return {**told, **failed}

    machine = client.create_state_machine(
        # Within another mock the machines of earlier tests are still there.
        name=f"conformance-{uuid4()}",
        definition=deployed(workflow, LOCAL.function_arn),
        roleArn="arn:aws:iam::123456789012:role/x",
    )["stateMachineArn"]
    with patch.object(lambda_eval_utils, "_invoke_lambda_function", invoke):
        arn = client.start_execution(stateMachineArn=machine, name="run", input=json.dumps(given))[
            "executionArn"
        ]
        until = time.monotonic() + 60
        told = client.describe_execution(executionArn=arn)
        while told["status"] == "RUNNING" and time.monotonic() < until:
            time.sleep(0.05)
            told = client.describe_execution(executionArn=arn)
    events = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    path = [
        e["stateEnteredEventDetails"]["name"] for e in events if "stateEnteredEventDetails" in e
    ]
    output = json.loads(told["output"]) if told["status"] == "SUCCEEDED" else None
    return Run(path, told["status"], told.get("error"), output, functions.calls)


# -- and now the two ------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_the_engine_goes_the_way_that_moto_goes(moto: Any, script: Script) -> None:
    ours, theirs = run_by_engine(REMINDER, script), run_by_moto(moto, REMINDER, script)
    assert ours.path == theirs.path
    assert (ours.status, ours.error, ours.output) == (theirs.status, theirs.error, theirs.output)
    assert ours.calls == theirs.calls


def test_the_scripts_take_every_way_that_the_definition_has() -> None:
    definition = read(deployed(REMINDER, LOCAL.function_arn))
    there = {(name, other) for name, state in definition.states.items() for other in ways(state)}
    taken: set[tuple[str, str]] = set()
    for script in SCRIPTS:
        path = run_by_engine(REMINDER, script).path
        taken |= set(itertools.pairwise(path))
    assert there - taken == set()
    assert taken <= there
