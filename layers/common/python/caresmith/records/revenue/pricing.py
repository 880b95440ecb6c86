"""What services cost, by the schedules of their day: one query and one batch of reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caresmith.ids import FeeScheduleId, PayerId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import (
    FeeRow,
    Schedule,
    ScheduleFacts,
    chain,
    is_facility,
    per_unit,
    times,
)
from caresmith.records.revenue.price_lists import (
    FeeScheduleItem,
    fee_row,
    fee_rows_key,
    fees_key,
    prefix_of,
    read_parts,
)


@dataclass(frozen=True)
class Asked:
    """What a price is asked for."""

    code: str
    modifiers: tuple[str, ...]
    units: str
    place: str
    day: dt.date


@dataclass(frozen=True)
class Price:
    charge: Money | None
    """By the standard charges of that day; None where no row says it."""
    expected: Money | None
    """What the payer allows."""


def prices(practice: PracticeId, asked: Sequence[Asked], payer: PayerId | None) -> list[Price]:
    """The prices of these services: one query and, where there are schedules, one BatchGetItem."""
    if not asked:
        return []
    loads: dict[FeeScheduleId, str] = {}
    known: list[Schedule] = []
    for item in FeeScheduleItem.query(fees_key(practice), consistent_read=True):
        key = FeeScheduleId(item.schedule_id)
        loads[key] = item.load
        known.append(Schedule(key, ScheduleFacts.model_validate_json(item.facts)))
    chains = [
        (chain(known, None, one.day), chain(known, payer, one.day) if payer else [])
        for one in asked
    ]
    places = {
        (fee_rows_key(practice, s.schedule_id), loads[s.schedule_id], prefix_of(one.code))
        for one, pair in zip(asked, chains, strict=True)
        for s in (*pair[0], *pair[1])
    }
    parts = read_parts(places)
    rows = {
        key: [fee_row(row) for row in parts.get(fee_rows_key(practice, key), ())] for key in loads
    }
    return [
        Price(*(_amount(chained, rows, one) for chained in pair))
        for one, pair in zip(asked, chains, strict=True)
    ]


def _amount(
    chained: Sequence[Schedule], rows: Mapping[FeeScheduleId, Sequence[FeeRow]], asked: Asked
) -> Money | None:
    unit = per_unit(chained, rows, asked.code, asked.modifiers, facility=is_facility(asked.place))
    return None if unit is None else times(unit, asked.units)
