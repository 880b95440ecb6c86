"""The practice's own code lists and standard charges, as far as claims ask for them.

Heads and schedules are read once, and each part of a list once, for as many claims as
are judged together. Where nothing is loaded nothing is said: a claim is not held for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from caresmith.codes.ranges import Codes
from caresmith.ids import FeeScheduleId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import (
    FeeRow,
    Schedule,
    ScheduleFacts,
    chain,
    is_facility,
    per_unit,
)
from caresmith.records.revenue.price_lists import (
    CODE_LISTS,
    CODE_SETS,
    HEAD,
    SINGLE_DOSE,
    CodeListItem,
    FeeScheduleItem,
    Rows,
    codes_key,
    fee_row,
    fee_rows_key,
    fees_key,
    prefix_of,
    read_parts,
)
from functions.claims.scrubbing.case import Line
from functions.claims.scrubbing.codesets import ProcedureList, Span
from functions.claims.scrubbing.facts import Fees

Place = tuple[str, str, str]
"""Of rows: the list's key, its load, the beginning of their codes."""


@dataclass(frozen=True)
class Said:
    """What lists and fees say of a claim's services."""

    procedures: ProcedureList
    single_dose: Codes
    fees: Fees


class PriceBook:
    def __init__(self, practice: PracticeId) -> None:
        self._practice = practice
        self._rows: dict[Place, Rows] = {}

    @cached_property
    def digest(self) -> str:
        """Tells these loads of lists and fees from any others."""
        told = sorted(self._lists.items())
        told += sorted((key, item.load) for key, item in self._kept.items())
        told += sorted((key, item.facts) for key, item in self._kept.items())
        return sha256(repr(told).encode()).hexdigest()[:16]

    def about(self, lines: Sequence[Line]) -> Said:
        """What they say of a claim's services: one BatchGetItem at most."""
        days = {line.first for line in lines if line.first}
        chains = {day: chain(self._schedules, None, day) for day in days}
        self._read(self._places(lines, chains))
        codes = {line.code for line in lines if line.code}
        spans = {code: found for code in codes if (found := tuple(self._spans(code)))}
        return Said(
            ProcedureList(
                spans,
                has_cpt=codes_key(self._practice, "cpt") in self._lists,
                has_hcpcs=codes_key(self._practice, "hcpcs") in self._lists,
            ),
            Codes(" ".join(sorted({one.code for one in lines if self._is_single_dose(one)}))),
            Fees(
                loaded=any(chains.values()),
                charges={
                    (line.code, *line.modifiers): fee
                    for line in reversed(lines)
                    if line.first and (fee := self._fee(line, chains[line.first])) is not None
                },
            ),
        )

    @cached_property
    def _lists(self) -> dict[str, str]:
        """The load of each list, by its key."""
        keys = [(codes_key(self._practice, one), HEAD) for one in CODE_LISTS]
        return {str(head.pk): head.load for head in CodeListItem.batch_get(keys)}

    @cached_property
    def _kept(self) -> dict[FeeScheduleId, FeeScheduleItem]:
        found = FeeScheduleItem.query(fees_key(self._practice), consistent_read=True)
        return {FeeScheduleId(item.schedule_id): item for item in found}

    @cached_property
    def _schedules(self) -> list[Schedule]:
        return [
            Schedule(key, ScheduleFacts.model_validate_json(item.facts))
            for key, item in self._kept.items()
        ]

    def _places(
        self, lines: Sequence[Line], chains: Mapping[dt.date, Sequence[Schedule]]
    ) -> Iterator[Place]:
        for line in lines:
            prefix = prefix_of(line.code)
            for key, load in self._lists.items():
                yield key, load, prefix
            for one in chains.get(line.first, ()) if line.first else ():
                yield self._rows_of(one, prefix)

    def _rows_of(self, one: Schedule, prefix: str) -> Place:
        key = fee_rows_key(self._practice, one.schedule_id)
        return key, self._kept[one.schedule_id].load, prefix

    def _read(self, places: Iterable[Place]) -> None:
        new = [one for one in dict.fromkeys(places) if one not in self._rows]
        found = read_parts(new) if new else {}
        for pk, load, prefix in new:
            rows = [row for row in found.get(pk, ()) if prefix_of(str(row[0])) == prefix]
            self._rows[pk, load, prefix] = rows

    def _spans(self, code: str) -> Iterator[Span]:
        for one in CODE_SETS:
            yield from self._spans_in(one, code)

    def _is_single_dose(self, line: Line) -> bool:
        day = line.first
        spans = self._spans_in(SINGLE_DOSE, line.code)
        return day is not None and any(first <= day <= last for first, last in spans)

    def _spans_in(self, name: str, code: str) -> Iterator[Span]:
        key = codes_key(self._practice, name)
        rows = self._rows.get((key, self._lists.get(key, ""), prefix_of(code)), ())
        for found, _, first, last in rows:
            if found == code:
                yield dt.date.fromordinal(first), dt.date.fromordinal(last)

    def _fee(self, line: Line, chained: Sequence[Schedule]) -> Money | None:
        prefix = prefix_of(line.code)
        rows: dict[FeeScheduleId, list[FeeRow]] = {
            one.schedule_id: [fee_row(row) for row in self._rows[self._rows_of(one, prefix)]]
            for one in chained
        }
        return per_unit(chained, rows, line.code, line.modifiers, facility=is_facility(line.place))
