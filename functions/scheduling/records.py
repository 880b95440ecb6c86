"""What the calendar stores, and how it is read.

=========================  ===================================  ============================
 access                     pk                                   sk
=========================  ===================================  ============================
 a visit                    ``<practice>#<appointment>``         ``visit``
 occupied cells of a        ``<practice>#res#<provider>``        ``day#<utc date>``
 provider's days (1 query)
 occupied cells of all      ``<practice>#res#<location>``        ``day#<utc date>#<room>``
 rooms of a place (1 query)
 calendar of a provider,    ``<practice>#res#<provider>``,       ``entry#<start>#<visit>``
 place, room or patient     ``#<location>``, ``#<room>``,
 (1 query)                  ``#<patient>``
 a hold                     ``<practice>#<hold>``                ``hold``
 the waitlist               ``<practice>#waitlist``              ``<priority>#<since>#<id>``
 open offers                ``<practice>#offers``                ``<offer>``
 a feed                     ``<practice>#feed#<digest>``         ``feed``
 feeds of a provider        ``<practice>#feeds#<provider>``      ``<digest>``
=========================  ===================================  ============================

A *day item* has, per occupied cell ``i``, the attributes ``c<i>`` (the epoch
second from which the cell is free again: a hold's expiry, or the end of time
for a visit) and ``o<i>`` (which hold or visit has it), and ``rev``, which counts
changes. Attributes of an item that does not exist read as absent, so nobody
creates a day, and two visits on one day touch different attributes. Names and
notes are sealed; ids, times and states lie in clear.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.connection import TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from caresmith.ids import PracticeId
from caresmith.records.appointment import resource_key
from caresmith.settings import Domain, table_name
from caresmith.tables import ScheduleItem
from functions.scheduling.cells import CELLS_A_DAY, Span, day_number, utc_date

END_OF_TIME: Final = 9_999_999_999


class DayRecord(ScheduleItem, discriminator="day"):
    """Written only through :func:`claim` and :func:`release`; read raw."""


class HoldRecord(ScheduleItem, discriminator="hold"):
    expires = NumberAttribute()
    body = UnicodeAttribute()
    span_start = NumberAttribute()
    span_end = NumberAttribute()
    held_by = UnicodeAttribute()


class WaitlistRecord(ScheduleItem, discriminator="waitlist"):
    entry_id = UnicodeAttribute()
    since = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False)


class OfferRecord(ScheduleItem, discriminator="offer"):
    version = VersionAttribute()
    body = UnicodeAttribute()


class FeedRecord(ScheduleItem, discriminator="feed"):
    provider_id = UnicodeAttribute()
    feed_id = UnicodeAttribute()
    created_at = UnicodeAttribute()


def tag(owner: str) -> str:
    """What a cell remembers of who has it: sixty random bits of the id are enough, and short."""
    return owner[-12:]


# -- day items ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resource:
    """Whose time is occupied: a provider, or a room of a location."""

    owner: str
    """The provider, or the room's location: what the partition is named after."""
    room: str = ""

    def sort_key(self, day: str) -> str:
        return f"day#{day}#{self.room}" if self.room else f"day#{day}"


@dataclass(frozen=True)
class DayWrite:
    """One day item's part of a transaction."""

    record: DayRecord
    actions: list[Action]
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Held:
    """Which cells a hold has: whoever comes with it takes them from it."""

    by: str
    span: Span


def claim(
    practice: PracticeId,
    resource: Resource,
    span: Span,
    *,
    by: str,
    until: int,
    now: int,
    instead_of: Held | None = None,
) -> list[DayWrite]:
    """Occupy ``span`` if each of its cells is free, expired, or of the hold ``instead_of``.

    One condition names every cell, and DynamoDB takes 4 KB and 300 operators of
    one: that is the room for six hours, so a cell is asked one thing only.
    """
    held = {day: set(cells) for day, cells in instead_of.span.days()} if instead_of else {}
    writes = []
    for day, cells in span.days():
        actions: list[Action] = [Path("rev").add(1)]
        condition: Condition | None = None
        for cell in cells:
            if instead_of and cell in held.get(day, ()):
                mine: Condition = Path(f"o{cell}") == tag(instead_of.by)
            else:
                mine = Path(f"c{cell}").does_not_exist() | (Path(f"c{cell}") <= now)
            condition = mine if condition is None else condition & mine
            actions += [Path(f"c{cell}").set(until), Path(f"o{cell}").set(tag(by))]
        writes.append(DayWrite(_day(practice, resource, day), actions, condition))
    return writes


def release(
    practice: PracticeId, resource: Resource, span: Span, *, held_by: str
) -> list[DayWrite]:
    """Free exactly the cells of ``span``, on condition that ``held_by`` still has them."""
    writes = []
    for day, cells in span.days():
        actions: list[Action] = [Path("rev").add(1)]
        condition: Condition | None = None
        for cell in cells:
            mine = Path(f"o{cell}") == tag(held_by)
            condition = mine if condition is None else condition & mine
            actions += [Path(f"c{cell}").remove(), Path(f"o{cell}").remove()]
        writes.append(DayWrite(_day(practice, resource, day), actions, condition))
    return writes


def exchange(
    practice: PracticeId, resource: Resource, old: Span, new: Span, *, by: str, now: int
) -> list[DayWrite]:
    """Move ``by`` from one span to another of the same resource, where they may overlap.

    A transaction may touch an item once only, so a day that both spans touch is
    one write: what is left is freed, what is new is taken, the rest stays.
    """
    before = {day: set(cells) for day, cells in old.days()}
    after = {day: set(cells) for day, cells in new.days()}
    writes = []
    for day in sorted(before | after):
        had, wants = before.get(day, set()), after.get(day, set())
        actions: list[Action] = [Path("rev").add(1)]
        # Who has the first cell has them all: each is taken and given back with the others.
        conditions: list[Condition] = [Path(f"o{cell}") == tag(by) for cell in sorted(had)[:1]]
        for cell in sorted(had - wants):
            actions += [Path(f"c{cell}").remove(), Path(f"o{cell}").remove()]
        for cell in sorted(wants - had):
            conditions.append(Path(f"c{cell}").does_not_exist() | (Path(f"c{cell}") <= now))
            actions += [Path(f"c{cell}").set(END_OF_TIME), Path(f"o{cell}").set(tag(by))]
        condition = conditions[0]
        for further in conditions[1:]:
            condition = condition & further
        writes.append(DayWrite(_day(practice, resource, day), actions, condition))
    return writes


def touch(practice: PracticeId, resource: Resource, span: Span) -> list[DayWrite]:
    """Count a change on the days of ``span`` that occupies and frees nothing."""
    return [
        DayWrite(_day(practice, resource, day), [Path("rev").add(1)], None)
        for day, _ in span.days()
    ]


def _day(practice: PracticeId, resource: Resource, day: str) -> DayRecord:
    return DayRecord(resource_key(practice, resource.owner), resource.sort_key(day))


@cache
def _table() -> TableConnection:
    name = table_name(Domain.SCHEDULE)
    keys = {"pk": "HASH", "sk": "RANGE"}
    # Told here, so that no process has to ask DynamoDB for it (nor may).
    meta = {
        "TableName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
    }
    return TableConnection(name, meta_table=MetaTable(meta))


@dataclass
class Occupancy:
    """Occupied cells of some resources in a window."""

    window: Span
    by_room: dict[str, int] = field(default_factory=dict)
    """Cells by room; the key of a provider's own is empty."""

    def of(self, room: str = "") -> int:
        return self.by_room.get(room, 0)


def read_occupancy(practice: PracticeId, owner: str, window: Span, now: int) -> Occupancy:
    """What is occupied in ``window``: of a provider, or of all rooms of a location. One query."""
    found = Occupancy(window)
    whole = (1 << (window.end - window.start)) - 1
    first, last = utc_date(window.start // CELLS_A_DAY), utc_date((window.end - 1) // CELLS_A_DAY)
    for item in _query(resource_key(practice, owner), f"day#{first}", f"day#{last}#~"):
        _, day, *room = item["sk"]["S"].split("#")
        base = day_number(day) * CELLS_A_DAY
        mask = 0
        for name, value in item.items():
            if name[0] == "c" and int(value["N"]) > now:
                mask |= 1 << int(name[1:])
        shift = base - window.start
        # A day's item tells of the whole day, also of what lies after the window.
        mask = (mask << shift if shift >= 0 else mask >> -shift) & whole
        key = room[0] if room else ""
        found.by_room[key] = found.by_room.get(key, 0) | mask
    return found


def _query(partition: str, low: str, high: str) -> Iterable[dict[str, Any]]:
    start: dict[str, Any] | None = None
    while True:
        answer = _table().query(
            partition,
            range_key_condition=Path("sk").between(low, high),
            consistent_read=True,
            exclusive_start_key=start,
        )
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return


def read_revisions(practice: PracticeId, owner: str, window: Span) -> str:
    """How often the days of ``window`` have changed: equal texts mean that nothing did."""
    first, last = utc_date(window.start // CELLS_A_DAY), utc_date((window.end - 1) // CELLS_A_DAY)
    return ",".join(
        f"{item['sk']['S'][4:]}={item.get('rev', {}).get('N', 0)}"
        for item in _query(resource_key(practice, owner), f"day#{first}", f"day#{last}#~")
    )
