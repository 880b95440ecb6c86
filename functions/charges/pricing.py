"""What a sheet's lines cost, by the schedules of their day: one query and one batch of reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caresmith.ids import FeeScheduleId, PayerId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import (
    FeeRow,
    Schedule,
    chain,
    is_facility,
    per_unit,
    times,
)
from caresmith.records.revenue.price_lists import fee_row, fee_rows_key, prefix_of, read_parts
from functions.charges import fees

MAX_SCHEDULES = 200


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
    """The prices of a sheet's lines: one query and, where there are schedules, one BatchGetItem."""
    if not asked:
        return []
    kept = {one.schedule.schedule_id: one for one in fees.schedules(practice)}
    known = [one.schedule for one in kept.values()]
    chains = [
        (chain(known, None, one.day), chain(known, payer, one.day) if payer else [])
        for one in asked
    ]
    places = {
        (fee_rows_key(practice, s.schedule_id), kept[s.schedule_id].load, prefix_of(one.code))
        for one, pair in zip(asked, chains, strict=True)
        for s in (*pair[0], *pair[1])
    }
    parts = read_parts(places)
    rows = {
        key: [fee_row(row) for row in parts.get(fee_rows_key(practice, key), ())] for key in kept
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
