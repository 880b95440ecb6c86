"""What each operation costs, through its front door.

Calls and capacity do not jitter and are taken from one run after warming up.
Time is told as a ratio to a bare ``GetItem`` of the same engine, measured in
turn with the operation: p50 over the GetItem's p50, p95 over the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3

from caresmith.ids import PracticeId, UserId
from caresmith.permissions import Role
from caresmith.settings import Domain, table_name
from scripts.benchmark.meter import Usage, percentile, timed, watched
from scripts.localstack.inprocess import request

Actions = Iterator[Callable[[], bytes]]

_ROLES = f"{Role.MANAGER},{Role.CLINICIAN}"


@dataclass(frozen=True)
class Measured:
    """One line of the report."""

    name: str
    usage: Usage
    p50: float
    p95: float
    cpu_ms: float
    """Median CPU time of this process, the AWS client's included."""
    own_cpu_ms: float
    """The same without what the AWS client took."""
    bytes: int


class Caller:
    """Sends requests as a manager who is a clinician as well."""

    def __init__(self, practice: PracticeId) -> None:
        self._context = {"practice_id": practice, "user_id": UserId.new(), "roles": _ROLES}

    def context(self) -> dict[str, str]:
        """What the authorizer would say of the caller."""
        return dict(self._context)

    def send(self, method: str, path: str, body: Any = None, **query: str) -> bytes:
        """The answer's body. Raises RuntimeError for any refusal: then nothing was measured."""
        answer = request(
            method,
            path,
            query=query,
            headers={"content-type": "application/json"} if body is not None else {},
            body=json.dumps(body).encode() if body is not None else b"",
            caller=self.context(),
        )
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
        return answer.body


class Baseline:
    """A bare GetItem of one small item, on a client of its own."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodb")
        self._table = table_name(Domain.PRACTICE)
        self._key = {"pk": {"S": "baseline"}, "sk": {"S": "baseline"}}
        self._client.put_item(TableName=self._table, Item=self._key)

    def get(self) -> None:
        self._client.get_item(TableName=self._table, Key=self._key)


def measure(name: str, baseline: Baseline, actions: Actions, warm: int = 5) -> Measured:
    """Run every action once, the baseline before each; the first ``warm`` are not counted."""
    return measure_in_turn({name: actions}, baseline, warm)[0]


def measure_in_turn(
    operations: dict[str, Actions], baseline: Baseline, warm: int = 5
) -> list[Measured]:
    """Run the operations turn by turn, so that whatever slows the machine slows all of them."""
    runs = [_Run(name, actions, warm) for name, actions in operations.items()]
    while all([run.once(baseline) for run in runs]):  # noqa: C419 - each has its turn
        pass
    return [run.measured() for run in runs]


class _Run:
    """One operation being measured."""

    def __init__(self, name: str, actions: Actions, warm: int) -> None:
        self._name, self._actions = name, actions
        for _ in range(warm):
            next(actions)()
        with watched() as self._usage:
            self._bytes = len(next(actions)())
        self._gets: list[float] = []
        self._seconds: list[float] = []
        self._cpu: list[float] = []
        self._own_cpu: list[float] = []

    def once(self, baseline: Baseline) -> bool:
        """Measure the next action. False where there is none."""
        action = next(self._actions, None)
        if action is None:
            return False
        self._gets.append(timed(baseline.get)[0])
        with watched() as inside:
            before = time.process_time()
            self._seconds.append(timed(action)[0])
            self._cpu.append(time.process_time() - before)
        self._own_cpu.append(self._cpu[-1] - inside.cpu_seconds)
        return True

    def measured(self) -> Measured:
        unit = percentile(self._gets, 50)
        return Measured(
            self._name,
            self._usage,
            percentile(self._seconds, 50) / unit,
            percentile(self._seconds, 95) / unit,
            1000 * percentile(self._cpu, 50),
            1000 * percentile(self._own_cpu, 50),
            self._bytes,
        )
