"""What filing a laboratory's messages costs, and whether it holds on to anything.

Every message is an ORU of a metabolic panel for a patient whom the laboratory names by
MRN, handed in through the route for laboratories and answered ``AA``. Patients take turns,
so that charts grow while they are filed into.
"""

from __future__ import annotations

import gc
import itertools
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, Final

import psutil  # type: ignore[import-untyped]
from moto.backends import get_backend
from moto.core.base_backend import InstanceTrackerMeta
from moto.s3 import models as s3
from rich.table import Table

from caresmith.clock import SystemClock
from caresmith.ids import LocationId, PracticeId, UserId
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.practice import Location, Practice, SetupRecord, forget_setup, setup_key
from caresmith.settings import bucket_name
from scripts.benchmark.operations import Actions, Baseline, Caller, Measured, measure
from scripts.bootstrap.progress import step
from scripts.localstack.inprocess import request
from scripts.mllpbridge.messages import Person, Result, Value, oru

PATIENTS: Final = 25
WARM: Final = 5
_LOOKS: Final = 10
"""How often memory is looked at."""
_ZONE: Final = "America/New_York"
_PANEL: Final = (
    ("2345-7", "Glucose", "mg/dL", "70-99", 90),
    ("3094-0", "Urea nitrogen", "mg/dL", "7-20", 14),
    ("2160-0", "Creatinine", "mg/dL", "0.6-1.3", 1),
    ("2951-2", "Sodium", "mmol/L", "136-145", 140),
    ("2823-3", "Potassium", "mmol/L", "3.5-5.1", 4),
    ("2075-0", "Chloride", "mmol/L", "98-107", 102),
    ("2028-9", "Carbon dioxide", "mmol/L", "22-29", 25),
    ("17861-6", "Calcium", "mg/dL", "8.6-10.2", 9),
)
_BEGIN: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Memory:
    """What the process held after so many messages."""

    messages: int
    resident: int
    """Bytes."""


@dataclass(frozen=True)
class Filed:
    measured: Measured
    messages: int
    held: tuple[Memory, ...]

    @property
    def kib_per_thousand(self) -> float:
        """How fast memory grows: the slope of the line that fits the second half best.

        In the first half, caches fill and the allocator finds its size.
        """
        later = self.held[len(self.held) // 2 :]
        if len(later) < 2:
            return 0.0
        x = [one.messages for one in later]
        y = [one.resident for one in later]
        mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
        over = sum((a - mean_x) ** 2 for a in x)
        slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / over
        return slope * 1000 / 1024


def file_messages(count: int) -> Filed:
    """File so many messages, and a few before that are not counted."""
    with step("Setting up a laboratory and its patients"):
        practice = _practice()
        people = _people(Caller(practice))
        machine = _laboratory(practice)
    held: list[Memory] = []
    # Functions print their metrics, which are no part of the report.
    with step(f"Filing {count:,} messages"), redirect_stdout(StringIO()) as printed:
        actions = _deliveries(machine, people, count + WARM + 1, held, printed)
        measured = measure("file one ORU message", Baseline(), actions, WARM)
    return Filed(measured, count, tuple(held))


def memory_table(filed: Filed) -> Table:
    table = Table(title=f"Memory of the process while {filed.messages:,} messages were filed")
    table.add_column("after messages", justify="right")
    table.add_column("resident MiB", justify="right")
    for one in filed.held:
        table.add_row(f"{one.messages:,}", f"{one.resident / 1024 / 1024:.1f}")
    table.add_section()
    table.add_row("KiB per 1,000 messages, second half", f"{filed.kib_per_thousand:,.0f}")
    return table


def _practice() -> PracticeId:
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    parts = (
        Practice(id=practice, name="Bench", zone=_ZONE),
        Location(id=LocationId.new(), name="Main", zone=_ZONE),
    )
    for part in parts:
        key = setup_key(part.kind, part.id)
        SetupRecord(practice, key, kind=part.kind, body=part.model_dump_json()).save()
    forget_setup(practice)
    return practice


def _people(caller: Caller) -> list[Person]:
    people = []
    for number in range(PATIENTS):
        letter = chr(ord("A") + number)
        year = 1950 + number
        person = Person(f"MRN-{number}", f"Bench{letter}", "Jo", f"{year}0301")
        body = {
            "demographics": {
                "names": [{"given": [person.given], "family": person.family}],
                "birth_date": f"{year}-03-01",
                "gender": "unknown",
            },
            "mrn": person.mrn,
            "confirmed_not_duplicate": True,
        }
        caller.send("POST", "/patients", body)
        people.append(person)
    return people


def _laboratory(practice: PracticeId) -> dict[str, str]:
    """What the authorizer says of the laboratory's system when it calls."""
    admin = {"practice_id": practice, "user_id": UserId.new(), "roles": str(Role.ADMIN)}
    made = request(
        "POST",
        "/results/labs",
        headers={"content-type": "application/json"},
        body=json.dumps({"name": "Bench laboratory", "zone": _ZONE}).encode(),
        caller=admin,
    )
    lab = json.loads(made.body)["lab"]["lab_id"]
    return {"practice_id": practice, "user_id": lab, "roles": str(Role.LAB)}


def _deliveries(
    machine: dict[str, str],
    people: list[Person],
    total: int,
    held: list[Memory],
    printed: StringIO,
) -> Actions:
    every = max(1, (total - WARM - 1) // _LOOKS)
    for number, person in enumerate(itertools.islice(itertools.cycle(people), total)):
        filed = number - WARM
        if filed >= 0 and filed % every == 0:
            _forget_what_is_not_ours(printed)
            held.append(Memory(filed, psutil.Process().memory_info().rss))
        raw = _message(person, number)
        yield lambda raw=raw: _deliver(machine, raw)  # type: ignore[misc]


def _deliver(machine: dict[str, str], raw: bytes) -> bytes:
    """Raises RuntimeError where the message is not taken: then nothing was measured."""
    answer = request(
        "POST",
        "/results/deliveries",
        headers={"content-type": "application/hl7-v2"},
        body=raw,
        caller=machine,
    )
    if answer.status != 200 or b"MSA|AA|" not in answer.body:
        raise RuntimeError(f"not taken: {answer.status} {answer.body[:300]!r}")
    return answer.body


def _message(person: Person, number: int) -> bytes:
    at = _BEGIN + timedelta(minutes=number)
    values = tuple(_values(number))
    panel = Result(f"F{number}", values, collected=at, reported=at + timedelta(hours=4))
    return oru(person, panel, control=f"C{number}")


def _values(number: int) -> Iterator[Value]:
    for code, name, unit, reference, usual in _PANEL:
        yield Value(code, name, f"{usual + number % 7 / 10:.1f}", unit, reference=reference)


def _forget_what_is_not_ours(printed: StringIO) -> None:
    """In the cloud, objects and logs are not in the function's memory; here they are."""
    printed.seek(0)
    printed.truncate()
    stored: Any = get_backend("s3")
    for account in stored.values():
        for backend in account.values():
            found = backend.buckets.get(bucket_name("results"))
            if found is not None:
                found.keys.clear()
    # Moto keeps whatever it ever made, objects with their grants, in lists of its own besides.
    for kind in [*vars(s3).values()]:
        if isinstance(kind, InstanceTrackerMeta):
            tracked: list[Any] = getattr(kind, "instances_tracked", [])
            tracked.clear()
    gc.collect()
