"""Kill the whole local stack again and again while people work, and see that nothing is lost.

In a round the stack is started, counters book, move and cancel, and at some
moment the power goes: SIGKILL to everything, to the supervisor alone, or to one
engine. Some rounds kill a start that has not come to its end, too. After each:

* every acknowledged booking, move and cancellation is there, exactly once;
* what was under way has happened whole or not at all;
* a visit's cells are held, and no cell is held without a visit;
* every visit has told exactly the events of its changes.

At the end each event stands once in the patient's timeline, the audit trail is
sealed without a gap, and log-ins with password and code still work.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import psutil  # type: ignore[import-untyped]

from scripts.localstack.clients import Clients
from scripts.localstack.harness import Stack
from scripts.localstack.running import environment
from scripts.localstack.system import Deployment
from scripts.racing.counters import Counter, Ledger, Login, Slots, log_in
from scripts.racing.inspection import Calendar, complaints, read_calendar, settle, strangers

if TYPE_CHECKING:
    from scripts.racing.field import Field

COUNTERS: Final = 4
_MINUTES: Final = 30
_DELIVERY_SECONDS: Final = 120.0
_WORK_SECONDS: Final = 45.0
"""A round never lasts longer, however slow the machine."""
# How the power goes, and how often.
_WAYS: Final = {"everything": 6, "the supervisor": 2, "DynamoDB": 1, "the AWS stand-ins": 1}


@dataclass
class Outcome:
    """What the rounds came to."""

    rounds: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    visits: int = 0
    slowest_start: float = 0.0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Ground:
    """The practice on the running stack, who works there, and what they know."""

    stack: Stack
    place: Field
    logins: list[Login]
    clients: list[httpx.Client]
    slots: Slots
    ledgers: list[Ledger] = field(default_factory=lambda: [Ledger() for _ in range(COUNTERS)])

    def acknowledged(self) -> int:
        """How many changes have been acknowledged so far."""
        return sum(ledger.acknowledged for ledger in self.ledgers)

    def calendar(self) -> Calendar:
        told = environment(self.stack.data)
        clients = Clients(Deployment("local", told["AWS_ENDPOINT_URL_DYNAMODB"], ""))
        return read_calendar(clients, "caresmith-local-schedule", self.place.practice)


def kill_while_working(data: Path, rounds: int, seed: int, say: Callable[[str], None]) -> Outcome:
    """Run the rounds on a stack of their own in ``data``."""
    chance, outcome = random.Random(seed), Outcome()
    stack = Stack(data)
    try:
        stack.start()
        ground = _open(stack)
        for number in range(rounds):
            wrong = _round(ground, chance, outcome)
            outcome.wrong += [f"round {number + 1}: {told}" for told in wrong]
            say(f"  round {number + 1}: " + ("; ".join(wrong) or "nothing lost"))
        calendar = ground.calendar()
        outcome.visits = len(calendar.visits)
        outcome.wrong += _everything_arrives(ground, calendar)
        log_in(stack.url, ground.logins[-1])
    finally:
        stack.kill()
    outcome.acknowledged = ground.acknowledged()
    if outcome.acknowledged < rounds:
        outcome.wrong.append(f"only {outcome.acknowledged} changes in {rounds} rounds: no proof")
    return outcome


def _open(stack: Stack) -> Ground:
    """A practice and its staff on the running stack. Sets this process's environment."""
    os.environ.update(environment(stack.data))
    os.environ["POWERTOOLS_SERVICE_NAME"] = "race"
    from scripts.racing.field import open_field
    from scripts.racing.staff import make_logins

    ground = open_field(10)
    # One more than there are counters: a code serves once, and the last log-in is the proof.
    logins = make_logins(ground.practice, COUNTERS + 1)
    clients = [log_in(stack.url, login) for login in logins[:COUNTERS]]
    return Ground(stack, ground, logins, clients, Slots(ground.slot(0), _MINUTES))


# -- a round --------------------------------------------------------------


def _round(ground: Ground, chance: random.Random, outcome: Outcome) -> list[str]:
    """Work, kill, start again, look; returns what is wrong."""
    counters = [
        Counter(client, ground.place, ledger, ground.slots, random.Random(chance.random()))
        for client, ledger in zip(ground.clients, ground.ledgers, strict=True)
    ]
    for counter in counters:
        counter.start()
    before = ground.acknowledged()
    wanted = chance.randint(0, 12)
    until = time.monotonic() + _WORK_SECONDS
    while ground.acknowledged() < before + wanted and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(chance.uniform(0, 0.3))
    way = chance.choices(list(_WAYS), list(_WAYS.values()))[0]
    _kill(ground.stack, way)
    outcome.kills[way] = outcome.kills.get(way, 0) + 1
    wrong: list[str] = []
    for counter in counters:
        counter.stop.set()
        counter.join(60)
        wrong += counter.wrong
    if chance.random() < 0.25:
        ground.stack.launch()
        time.sleep(chance.uniform(0, 5))
        _kill(ground.stack, "everything")
        outcome.kills["a start"] = outcome.kills.get("a start", 0) + 1
    outcome.slowest_start = max(outcome.slowest_start, ground.stack.start())
    calendar = ground.calendar()
    found = complaints(calendar, _MINUTES) + settle(calendar, ground.ledgers)
    found += strangers(calendar, ground.ledgers)
    outcome.rounds += 1
    return wrong + [f"after killing {way}: {told}" for told in found]


def _kill(stack: Stack, way: str) -> None:
    """SIGKILL; whatever is left after one part was killed alone goes a moment later."""
    if stack.pid is not None and way != "everything":
        with contextlib.suppress(psutil.NoSuchProcess):
            supervisor = psutil.Process(stack.pid)
            words = {"DynamoDB": "DynamoDBLocal.jar", "the AWS stand-ins": "awsserver"}
            for process in supervisor.children():
                if way in words and words[way] in " ".join(process.cmdline()):
                    process.send_signal(signal.SIGKILL)
            if way == "the supervisor":
                supervisor.send_signal(signal.SIGKILL)
        time.sleep(0.3)
    stack.kill()


# -- in the end -----------------------------------------------------------


def _everything_arrives(ground: Ground, calendar: Calendar) -> list[str]:
    """Wait for timelines and audit trail; returns what did not come, or came twice."""
    client, until = ground.clients[0], time.monotonic() + _DELIVERY_SECONDS
    while True:
        wrong = _timelines(client, ground.place, calendar) + _audit_trail(client)
        if not wrong or time.monotonic() > until:
            return wrong
        time.sleep(1)


def _timelines(client: httpx.Client, ground: Field, calendar: Calendar) -> list[str]:
    seen: list[str] = []
    for patient in ground.patients:
        cursor: str | None = ""
        while cursor is not None:
            query = {"cursor": cursor} if cursor else {}
            page = _get(client, f"/patients/{patient}/timeline", query)
            seen += [e["event_id"] for e in page["entries"] if e["kind"].startswith("Appointment")]
            cursor = page["cursor"]
    wrong = [f"event {event} stands in no timeline" for event in calendar.events.keys() - set(seen)]
    wrong += [f"event {event} was never told" for event in set(seen) - calendar.events.keys()]
    if len(seen) != len(set(seen)):
        wrong.append(f"{len(seen) - len(set(seen))} timeline entries stand there twice")
    return wrong


def _audit_trail(client: httpx.Client) -> list[str]:
    """Every entry but those of this very look is sealed, and the chain holds."""
    chain = _get(client, "/audit/chain", {})
    day = datetime.now(UTC).date().isoformat()
    missing: list[str] = []
    cursor = ""
    while True:
        query = {"day": day, **({"cursor": cursor} if cursor else {})}
        page = _get(client, "/audit/entries", query)
        missing += page["missing"]
        if not page.get("cursor"):
            break
        cursor = page["cursor"]
    told = client.post("/audit/verify", json={"first": 1, "last": max(chain["sequence"], 1)})
    told.raise_for_status()
    wrong = [f"audit entry {entry} is missing" for entry in missing]
    if not chain["sequence"]:
        wrong.append("nothing of the audit trail is sealed")
    # What just asked is itself on record and sealed in a moment.
    if chain["unsealed_today"] > 30:
        wrong.append(f"{chain['unsealed_today']} audit entries are not sealed")
    if not told.json()["ok"]:
        wrong.append(f"the audit trail does not hold: {told.json()['findings'][:3]}")
    return wrong


def _get(client: httpx.Client, path: str, query: dict[str, str]) -> Any:
    reply = client.get(path, params=query)
    reply.raise_for_status()
    return reply.json()
