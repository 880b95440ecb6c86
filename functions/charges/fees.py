"""Fee schedules: kept, loaded from files, changed by the row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import FeeScheduleId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import (
    FeeRow,
    Schedule,
    ScheduleFacts,
    turns_in_a_circle,
)
from caresmith.records.revenue.price_lists import (
    FeeScheduleItem,
    PartItem,
    fee_row,
    fee_rows_key,
    fees_key,
    part_sort_key,
    prefix_of,
    read_parts,
    unpacked,
)
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.charges import models as m
from functions.charges import tables_in
from functions.charges.errors import RowsRefused, ScheduleInUse, SchedulesOverlap
from functions.charges.records import forget_parts, new_load, packed, write_parts

MAX_SCHEDULES = 200


@dataclass(frozen=True)
class Kept:
    """A schedule with what a change of it needs."""

    schedule: Schedule
    load: str
    count: int
    version: int


# -- reading --------------------------------------------------------------------
def schedules(practice: PracticeId) -> list[Kept]:
    """All of them without their rows: one query."""
    found = FeeScheduleItem.query(fees_key(practice), consistent_read=True)
    return sorted(
        (_kept(item) for item in found),
        key=lambda one: (one.schedule.facts.name.casefold(), one.schedule.facts.starts),
    )


def answer(one: Kept) -> m.ScheduleRead:
    return m.ScheduleRead(
        schedule_id=one.schedule.schedule_id,
        version=one.version,
        rows=one.count,
        facts=one.schedule.facts,
    )


def schedule(practice: PracticeId, key: FeeScheduleId) -> Kept:
    """Raises NotFound."""
    return _kept(_item(practice, key))


def rows_of(practice: PracticeId, one: Kept, *, prefix: str = "") -> list[FeeRow]:
    """The rows of a schedule in order of their codes, perhaps only those that begin so."""
    pk = fee_rows_key(practice, one.schedule.schedule_id)
    begin = part_sort_key(one.load, prefix[:2])
    found = [
        fee_row(row)
        for part in PartItem.query(pk, PartItem.sk.startswith(begin))
        for row in unpacked(part)
    ]
    return sorted((row for row in found if row.code.startswith(prefix)), key=lambda row: row.key)


# -- changing ---------------------------------------------------------------------


def add(facts: ScheduleFacts, *, actor: Actor, now: Instant) -> Kept:
    """Raises SchedulesOverlap, InvalidRequest."""
    key = FeeScheduleId.new()
    _check(actor.practice_id, facts, None)
    item = FeeScheduleItem(
        fees_key(actor.practice_id),
        key,
        schedule_id=key,
        facts=facts.model_dump_json(),
        load=new_load(),
        size=0,
        changed_at=to_text(now),
        changed_by=actor.user_id,
        version=1,
    )
    item.save(FeeScheduleItem.pk.does_not_exist())
    audit().record(key)
    return _kept(item)


def change(
    key: FeeScheduleId, facts: ScheduleFacts, expected: int, *, actor: Actor, now: Instant
) -> Kept:
    """Raises NotFound, VersionConflict, SchedulesOverlap, InvalidRequest."""
    item = _expected(actor.practice_id, key, expected)
    _check(actor.practice_id, facts, key)
    item.facts = facts.model_dump_json()
    return _save(item, [], actor, now)


def drop(key: FeeScheduleId, expected: int, *, actor: Actor) -> None:
    """Charges keep the amounts that they have. Raises NotFound, VersionConflict, ScheduleInUse."""
    practice = actor.practice_id
    item = _expected(practice, key, expected)
    mine = ScheduleFacts.model_validate_json(item.facts)
    others = [one.schedule for one in schedules(practice) if one.schedule.schedule_id != key]
    alone = all(one.facts.payer_id != mine.payer_id for one in others)
    if alone and any(
        one.facts.percent and one.facts.percent.payer_id == mine.payer_id for one in others
    ):
        raise ScheduleInUse
    with transaction() as writes:
        writes.delete(item, condition=FeeScheduleItem.version == expected)
    forget_parts(fee_rows_key(practice, key))


def load(key: FeeScheduleId, text: str, expected: int, *, actor: Actor, now: Instant) -> Kept:
    """Replace all rows by those of a file.

    Columns: ``code``, ``amount``, and perhaps ``modifiers`` (with blanks between them) and
    ``facility``. Raises NotFound, VersionConflict, RowsRefused with the line of each problem.
    """
    item = _expected(actor.practice_id, key, expected)
    found = tables_in.rows(text, ("code", "amount"), _row_of_file)
    seen: dict[tuple[str, tuple[str, ...]], int] = {}
    doubles = []
    for at, row in found:
        if row.key in seen:
            doubles.append((at, f"Line {seen[row.key]} has the same code and modifiers."))
        seen.setdefault(row.key, at)
    if doubles:
        raise RowsRefused(doubles[:25])
    pk, name = fee_rows_key(actor.practice_id, key), new_load()
    ordered = sorted((row for _, row in found), key=lambda row: row.key)
    item.size = write_parts(pk, name, (as_row(row) for row in ordered))
    former, item.load = item.load, name
    kept = _save(item, [], actor, now)
    forget_parts(pk, name, former)
    return kept


def set_rows(
    key: FeeScheduleId,
    code: str,
    rows: Sequence[FeeRow],
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> Kept:
    """The rows of one code, with and without modifiers; none: the schedule says nothing of it.

    Raises NotFound, VersionConflict, InvalidRequest.
    """
    if any(row.code != code for row in rows):
        raise invalid("rows", "name the code that is changed")
    if len({row.key for row in rows}) < len(rows):
        raise invalid("rows", "have the same modifiers twice")
    item = _expected(actor.practice_id, key, expected)
    pk, prefix = fee_rows_key(actor.practice_id, key), prefix_of(code)
    present = read_parts([(pk, item.load, prefix)]).get(pk, [])
    others = [row for row in present if row[0] != code]
    item.size = int(item.size) + len(rows) + len(others) - len(present)
    merged = sorted([*others, *map(as_row, rows)], key=lambda row: (row[0], row[1]))
    part = PartItem(pk, part_sort_key(item.load, prefix), rows=packed(merged) if merged else b"")
    return _save(item, [part], actor, now)


def as_row(row: FeeRow) -> list[Any]:
    facility = None if row.facility is None else row.facility.cents
    return [row.code, list(row.key[1]), row.amount.cents, facility]


def _row_of_file(cells: Mapping[str, str]) -> FeeRow:
    return FeeRow(
        code=cells["code"].upper(),
        modifiers=tuple(cells.get("modifiers", "").upper().replace(",", " ").split()),
        amount=_money(cells["amount"], "amount"),
        facility=_money(cells["facility"], "facility") if cells.get("facility") else None,
    )


def _money(text: str, column: str) -> Money:
    try:
        return Money.parse(text)
    except ValueError as error:
        raise ValueError(f"{column}: {error}.") from None


def _check(practice: PracticeId, facts: ScheduleFacts, key: FeeScheduleId | None) -> None:
    others = [one.schedule for one in schedules(practice) if one.schedule.schedule_id != key]
    if len(others) >= MAX_SCHEDULES:
        raise invalid("name", f"a practice has at most {MAX_SCHEDULES} fee schedules")
    if any(facts.overlaps(one.facts) for one in others):
        raise SchedulesOverlap
    if turns_in_a_circle([facts, *(one.facts for one in others)]):
        raise invalid("percent", "is reckoned, step by step, from this schedule itself")


def _item(practice: PracticeId, key: FeeScheduleId) -> FeeScheduleItem:
    audit().record(key)
    found: Iterable[FeeScheduleItem] = FeeScheduleItem.query(
        fees_key(practice), FeeScheduleItem.sk == key, consistent_read=True, limit=1
    )
    item = next(iter(found), None)
    if item is None:
        raise NotFound
    return item


def _expected(practice: PracticeId, key: FeeScheduleId, expected: int) -> FeeScheduleItem:
    item = _item(practice, key)
    if int(item.version) != expected:
        raise VersionConflict
    return item


def _save(item: FeeScheduleItem, parts: Sequence[PartItem], actor: Actor, now: Instant) -> Kept:
    before = int(item.version)
    item.version = before + 1
    item.changed_at, item.changed_by = to_text(now), actor.user_id

    def attempt() -> None:
        with transaction() as writes:
            for part in parts:
                if part.rows:
                    writes.save(part)
                else:
                    writes.delete(part)
            writes.save(item, condition=FeeScheduleItem.version == before)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    return _kept(item)


def _kept(item: FeeScheduleItem) -> Kept:
    facts = ScheduleFacts.model_validate_json(item.facts)
    return Kept(
        Schedule(FeeScheduleId(item.schedule_id), facts),
        item.load,
        int(item.size),
        int(item.version),
    )
