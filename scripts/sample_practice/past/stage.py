"""The services around the functions while the past happens: clock, bus, one-time schedules.

What a function tells is acted upon here and at once, and is not written: nobody else shall
hear today what happened weeks ago. The entry of the audit trail is the load's own.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import SystemClock, time_runs_on
from caresmith.events import parse_event
from caresmith.exchange import Account
from caresmith.ids import PracticeId
from caresmith.x12.envelope import Party
from functions.accounts import consumers as accounts
from functions.claims import consuming as claims
from functions.claims.answers import reading
from functions.payments import filing, receiving, runs
from scripts.payer.house import House
from scripts.revenuecycle.link import InProcess
from scripts.sample_practice.premises import PRACTICE

P: Final = PracticeId(PRACTICE.id)
# As the local stack's secret has it (scripts/localstack/outside.py).
_ACCOUNT: Final = Account(
    "https://payers.sample.test", "sample", Party("ZZ", "CARESMITH"), Party("ZZ", "PAYERS")
)
_TICK: Final = timedelta(milliseconds=1)
# Where every botocore client makes its calls, whoever made the client.
_SEAM: Final = "_make_api_call"
_OUTLETS: Final = "functions.claims.submission.outlets"

_clock: Final = SystemClock()
_CONSUMERS: Final[Mapping[str, tuple[tuple[str, Callable[[Any], None]], ...]]] = {
    "ExchangeFileArrived": (
        ("claims", reading.on_file),
        ("payments", lambda event: receiving.arrived(event, _clock)),
    ),
    "RemittanceFiled": (("payments", lambda event: runs.filed(event, _clock)),),
    "TurnPassed": (("claims", claims.on_turn), ("accounts", accounts.on_charges)),
}
"""By event, those who do something about it that the past needs."""
_TASKS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Any]]]] = {
    "check-remittance": ("payments", lambda asked: receiving.check_task(asked, _clock)),
    "file-remittance": ("payments", lambda asked: filing.file_task(asked, _clock)),
    "post-remittance": ("payments", lambda asked: runs.post_task(asked, _clock)),
    "read-answers": ("claims", reading.go_on),
}


@dataclass
class PastClock:
    """Shows what it is set to, a millisecond later each time: what happens has an order."""

    at: datetime

    def now(self) -> datetime:
        self.at += _TICK
        return self.at


@dataclass
class Stage:
    """Where the past happens."""

    clock: PastClock
    house: House
    _events: deque[tuple[str, Any]] = field(default_factory=deque)
    _tasks: deque[Mapping[str, Any]] = field(default_factory=deque)

    @contextmanager
    def open(self) -> Iterator[None]:
        """While open, functions of this process run on the past's clock, among themselves."""
        with ExitStack() as stack:
            stack.enter_context(time_runs_on(self.clock))
            stack.enter_context(patch.object(BaseClient, _SEAM, self._calls()))
            stack.enter_context(patch("caresmith.later.at", self._later))
            stack.enter_context(patch(f"{_OUTLETS}.account", lambda: _ACCOUNT))
            stack.enter_context(patch(f"{_OUTLETS}.exchange", lambda _: InProcess(self.house)))
            # Others of this deployment had no mailbox with these payers.
            stack.enter_context(patch(f"{_OUTLETS}.practices", lambda: iter((P,))))
            yield

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[Actor]:
        """One act of somebody's."""
        with acting_as(actor), audited(AuditTrail(actor, "load-sample-past", self.clock)):
            yield actor

    def follow(self) -> None:
        """Let everybody act upon what was told, until nothing is left."""
        while self._events or self._tasks:
            if self._events:
                kind, event = self._events.popleft()
                for service, consume in _CONSUMERS.get(kind, ()):
                    with self.acting(Actor.system(P, service)):
                        consume(event)
                continue
            asked = self._tasks.popleft()
            service, carry_out = _TASKS[asked["task"]]
            with self.acting(Actor.system(P, service)):
                carry_out(asked)

    def _later(self, _: datetime, *, payload: Mapping[str, Any], **__: Any) -> None:
        self._tasks.append(payload)

    def _calls(self) -> Callable[..., Any]:
        plain = getattr(BaseClient, _SEAM)

        def call(client: Any, operation: str, given: dict[str, Any]) -> Any:
            if operation == "PutItem" and _entity(given["Item"]) == "entry":
                return {}
            if operation != "TransactWriteItems":
                return plain(client, operation, given)
            kept = [one for one in given["TransactItems"] if _entity_of(one) not in _OURS]
            answer = plain(client, operation, {**given, "TransactItems": kept}) if kept else {}
            self._hear(given["TransactItems"])
            return answer

        return call

    def _hear(self, writes: list[dict[str, Any]]) -> None:
        for one in writes:
            if _entity_of(one) == "event":
                item = one["Put"]["Item"]
                kind = item["detail_type"]["S"]
                if kind in _CONSUMERS:
                    event = parse_event(kind, json.loads(item["detail"]["S"]))
                    self._events.append((kind, event))


_OURS: Final = frozenset({"event", "entry"})


def _entity_of(write: dict[str, Any]) -> str:
    return _entity(write.get("Put", {}).get("Item", {}))


def _entity(item: dict[str, Any]) -> str:
    return str(item.get("entity", {}).get("S", ""))
