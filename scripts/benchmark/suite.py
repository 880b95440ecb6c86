"""The operations that are measured, each with the data that it needs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from caresmith.clock import SystemClock
from caresmith.ids import AppointmentTypeId, PatientId, PracticeId
from caresmith.keystore import create_keys, forget_keys
from caresmith.records.practice import AppointmentType, SetupRecord, forget_setup, setup_key
from scripts.benchmark.crowd import Crowd, Wanted, draw, write
from scripts.benchmark.meter import watched
from scripts.benchmark.operations import (
    Actions,
    Baseline,
    Caller,
    Measured,
    measure,
    measure_in_turn,
)
from scripts.benchmark.thick_chart import write_chart
from scripts.bootstrap.progress import step
from scripts.sample_practice import loading
from scripts.sample_practice.agenda import Size

SIZE: Final = Size(patients=120, past_days=30, future_days=14, past_visits=300, future_visits=300)


def sample_operations(repeats: int) -> list[Measured]:
    """Register, read, slots, book and the day view, on the sample practice."""
    with step("Loading a sample practice"):
        loading.load(SystemClock().now(), SIZE)
    caller, baseline = Caller(loading.PRACTICE_ID), Baseline()
    sample = loading.make_sample(SystemClock().now(), SIZE)
    setup = sample.setup
    people = [
        person.patient_id
        for person in sample.patients
        if person.archived_at is None and not person.registration.demographics.deceased
    ]
    first = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    kind = _everybodys_visit()
    query = {"type_id": kind.id, "first": first, "days": 14, "limit": 500}
    total = repeats + 6
    return [
        measure("register", baseline, _register(caller, total)),
        measure("read chart", baseline, _read(caller, people, total)),
        measure(
            f"open slots, {len(setup.providers)} providers, 14 days",
            baseline,
            itertools.repeat(lambda: caller.send("POST", "/slots/search", query), total),
        ),
        measure("book", baseline, _book(caller, people, query, total)),
        measure(
            "day view, all providers",
            baseline,
            itertools.repeat(lambda: caller.send("GET", "/calendar", first=first), total),
        ),
    ]


CHARTS: Final = (200, 2_000)
"""Entries of the charts whose summary is measured: it may not grow with them."""


def chart_summaries(repeats: int) -> list[Measured]:
    """The chart's summary of a small and a large chart in turn, with seals and a cold start."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    caller, baseline = Caller(practice), Baseline()
    operations: dict[str, Actions] = {}
    for count in CHARTS:
        patient = PatientId.new()
        with step(f"Writing a chart of {count:,} entries"):
            shown = write_chart(practice, patient, count)
        operations[f"chart summary, {count:,} entries, {shown} shown"] = itertools.repeat(
            partial(caller.send, "GET", f"/charts/{patient}/summary"), repeats + 6
        )
    operations["the same, with keys not in memory"] = itertools.repeat(
        partial(_without_keys, caller, f"/charts/{patient}/summary"), repeats + 6
    )
    return measure_in_turn(operations, baseline)


def _without_keys(caller: Caller, path: str) -> bytes:
    forget_keys()
    return caller.send("GET", path)


def _everybodys_visit() -> AppointmentType:
    """A kind of visit, in an exam room, that every provider of the practice gives."""
    kind = AppointmentType(
        id=AppointmentTypeId.new(), name="Any visit", minutes=20, room_kind="exam"
    )
    SetupRecord(
        loading.PRACTICE_ID,
        setup_key(kind.kind, kind.id),
        kind=kind.kind,
        body=kind.model_dump_json(),
    ).save()
    forget_setup(loading.PRACTICE_ID)
    return kind


def _register(caller: Caller, total: int) -> Actions:
    for number in range(total):
        body = {
            "demographics": {
                "names": [{"given": ["Bench"], "family": f"Person{_letters(number)}"}],
                "birth_date": (date(1950, 1, 1) + timedelta(days=97 * number)).isoformat(),
            },
            "contact": {"telecoms": [{"system": "phone", "value": f"+1312555{number:04}"}]},
        }
        yield lambda body=body: caller.send("POST", "/patients", body)  # type: ignore[misc]


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")


def _read(caller: Caller, people: list[PatientId], total: int) -> Actions:
    for patient in itertools.islice(itertools.cycle(people), total):
        yield lambda patient=patient: caller.send("GET", f"/patients/{patient}")  # type: ignore[misc]


def _book(caller: Caller, people: list[PatientId], query: dict[str, Any], total: int) -> Actions:
    """Different hours, so that no booking takes another one's provider or last room."""
    found = json.loads(caller.send("POST", "/slots/search", {**query, "every_minutes": 60}))
    slots = {slot["start"]: slot for slot in found["slots"]}
    for patient, slot in zip(itertools.cycle(people), list(slots.values())[:total], strict=False):
        body = {
            "type_id": query["type_id"],
            "patient_id": patient,
            **{key: slot[key] for key in ("provider_id", "location_id", "start")},
        }
        yield lambda body=body: caller.send("POST", "/appointments", body)  # type: ignore[misc]


KINDS: Final[dict[str, Callable[[Wanted], str]]] = {
    "name": lambda w: w.by_name,
    "beginnings of names": lambda w: w.by_beginning,
    "misspelt name": lambda w: w.misspelt,
    "birth date": lambda w: w.by_birth_date,
}


def searches(counts: list[int], repeats: int) -> list[Measured]:
    """Searches by name, misspelt name and birth date among so many patients, size by size in turn.

    Only in turn can one tell whether a large practice searches slower than a small one.
    """
    today = datetime.now(UTC).date()
    sizes = {count: _written(count, today) for count in counts}
    baseline = Baseline()
    measured: list[Measured] = []
    for name, text in KINDS.items():
        operations = {
            f"search by {name}, {count:,} patients": _searching(caller, wanted, text, repeats + 6)
            for count, (caller, wanted) in sizes.items()
        }
        measured += measure_in_turn(operations, baseline)
    return measured


def _written(count: int, today: date) -> tuple[Caller, list[Wanted]]:
    """A practice with so many charts, its searches tried once."""
    with step(f"Drawing {count:,} patients"):
        crowd = draw(count, today)
        wanted = crowd.wanted()
    caller = Caller(crowd.practice)
    with watched() as usage:
        for text in KINDS.values():
            for one in wanted:
                caller.send("POST", "/patients/search", {"text": text(one)})
    with step(f"Writing {count:,} charts"):
        write(crowd, usage.partitions)
    _check(crowd, caller, wanted)
    return caller, wanted


def _searching(
    caller: Caller, wanted: list[Wanted], text: Callable[[Wanted], str], total: int
) -> Actions:
    for one in itertools.islice(itertools.cycle(wanted), total):
        body = {"text": text(one)}
        yield lambda body=body: caller.send("POST", "/patients/search", body)  # type: ignore[misc]


def _check(crowd: Crowd, caller: Caller, wanted: list[Wanted]) -> None:
    """A search that does not find whom it looks for would measure nothing."""
    for one in wanted:
        for text in (one.by_name, one.by_beginning, one.misspelt, one.by_birth_date):
            found = json.loads(caller.send("POST", "/patients/search", {"text": text}))
            ids = [card["patient_id"] for card in found["patients"]]
            if one.patient_id not in ids and not found["refine"]:
                raise RuntimeError(f"a search among {len(crowd.people)} did not find its patient")
