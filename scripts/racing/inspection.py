"""What the tables hold after a crash, held against what people were told.

Reads the calendar's items as DynamoDB stores them, by no code of the system's
own, so that a mistake there can't hide itself here.
"""

from __future__ import annotations

import json
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from scripts.localstack.clients import Clients
from scripts.racing.counters import BOOKED, Ledger, Standing

_CELL_SECONDS: Final = 300
_TAG: Final = 12
"""So many last characters of a visit's id name the owner of a cell."""
_CHANGES: Final = ("AppointmentBooked", "AppointmentMoved", "AppointmentCancelled")


@dataclass
class Calendar:
    """All that one practice's calendar holds."""

    visits: dict[str, tuple[Standing, int]] = field(default_factory=dict)
    """Where each stands, and its version."""
    takers: dict[str, set[str]] = field(default_factory=dict)
    """Provider and patients of each visit."""
    entries: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    """For each visit, in whose calendar it stands, and as which version."""
    cells: dict[int, str] = field(default_factory=dict)
    """Occupied cells since the epoch, with the tag of who has them."""
    events: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Told events by their id: detail type and visit."""

    def standing(self) -> dict[str, Standing]:
        return {visit: told for visit, (told, _) in self.visits.items() if told.status == BOOKED}


def read_calendar(clients: Clients, table: str, practice: str) -> Calendar:
    """One scan: the whole calendar as of now."""
    found = Calendar()
    pages = clients.dynamodb.get_paginator("scan").paginate(
        TableName=table,
        ConsistentRead=True,
        FilterExpression="begins_with(pk, :practice)",
        ExpressionAttributeValues={":practice": {"S": f"{practice}#"}},
    )
    for page in pages:
        for item in page["Items"]:
            _READERS.get(item["sk"]["S"].partition("#")[0], _ignore)(found, item)
    return found


def _visit(found: Calendar, item: Any) -> None:
    visit = json.loads(item["body"]["S"])
    standing = Standing(datetime.fromisoformat(visit["start"]), visit["status"])
    found.visits[visit["appointment_id"]] = (standing, int(item["version"]["N"]))
    found.takers[visit["appointment_id"]] = {visit["provider_id"], *visit["patient_ids"]}


def _entry(found: Calendar, item: Any) -> None:
    visit = json.loads(item["body"]["S"])
    whose = item["pk"]["S"].rpartition("#")[2]
    place = (whose, int(item["visit_version"]["N"]))
    found.entries.setdefault(visit["appointment_id"], set()).add(place)


def _day(found: Calendar, item: Any) -> None:
    day = datetime.fromisoformat(item["sk"]["S"].split("#")[1]).replace(tzinfo=UTC)
    first = int(day.timestamp()) // _CELL_SECONDS
    for name in item:
        if name[0] == "c" and name[1:].isdecimal():
            found.cells[first + int(name[1:])] = item[f"o{name[1:]}"]["S"]


def _event(found: Calendar, item: Any) -> None:
    kind, detail = item["detail_type"]["S"], json.loads(item["detail"]["S"])
    if kind in _CHANGES:
        found.events[detail["event_id"]] = (kind, detail["appointment_id"])


def _ignore(_: Calendar, __: Any) -> None:
    """Holds, waitlist and feeds: nobody makes any here."""


# By the first word of the sort key: see functions/scheduling/records.py.
_READERS: Final = {"visit": _visit, "entry": _entry, "day": _day, "event": _event}


def complaints(calendar: Calendar, minutes: int) -> list[str]:
    """What can't be, whatever anybody was told. ``minutes``: how long every visit lasts."""
    wrong = []
    wanted: dict[int, str] = {}
    for visit, standing in calendar.standing().items():
        first = int(standing.start.timestamp()) // _CELL_SECONDS
        for cell in range(first, first + minutes * 60 // _CELL_SECONDS):
            if cell in wanted:
                wrong.append(f"{visit} and {wanted[cell]} stand at the same time")
            wanted[cell] = visit[-_TAG:]
    wrong += [
        f"cell {cell}: {calendar.cells.get(cell)} has it, not {wanted.get(cell)}"
        for cell in wanted.keys() | calendar.cells.keys()
        if wanted.get(cell) != calendar.cells.get(cell)
    ]
    for visit, (_, version) in calendar.visits.items():
        places = calendar.entries.get(visit, set())
        missing = calendar.takers[visit] - {whose for whose, _ in places}
        if missing or {entry for _, entry in places} != {version}:
            wrong.append(f"{visit} (version {version}) stands in {places}")
    gone = calendar.entries.keys() - calendar.visits.keys()
    wrong += [f"{visit} stands in calendars and is not there" for visit in gone]
    told = Tally(calendar.events.values())
    for visit, (_, version) in calendar.visits.items():
        changes = sum(count for (_, of), count in told.items() if of == visit)
        if told[("AppointmentBooked", visit)] != 1 or changes != version:
            wrong.append(f"{visit} (version {version}) has told {changes} events")
    return wrong


def settle(calendar: Calendar, ledgers: Iterable[Ledger]) -> list[str]:
    """Compare with what was told, and note in the ledgers what turned out of what was under way.

    Returns what was acknowledged and is not so.
    """
    wrong = []
    for ledger in ledgers:
        for visit, standing in ledger.visits.items():
            found, _ = calendar.visits.get(visit, (None, 0))
            allowed = [standing]
            if ledger.changing is not None and ledger.changing[0] == visit:
                allowed.append(ledger.changing[1])
            if found not in allowed:
                wrong.append(f"{visit} was acknowledged as {standing} and is {found}")
            else:
                ledger.visits[visit] = found
        ledger.changing = None
    return wrong


def strangers(calendar: Calendar, ledgers: Iterable[Ledger]) -> list[str]:
    """Visits that nobody asked for: neither acknowledged nor of a request left without answer."""
    ledgers = list(ledgers)
    known = {visit for ledger in ledgers for visit in ledger.visits}
    asked = [body for ledger in ledgers for body in ledger.unsure]
    asked += [ledger.asking[1] for ledger in ledgers if ledger.asking]
    starts = Tally(datetime.fromisoformat(body["start"]) for body in asked)
    wrong = []
    for visit, (standing, _) in calendar.visits.items():
        if visit in known:
            continue
        starts[standing.start] -= 1
        if starts[standing.start] < 0:
            wrong.append(f"nobody asked for {visit} at {standing.start}")
    return wrong
