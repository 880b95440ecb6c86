"""What became of reminders, counted in the transactions that make it so.

A row is one day, one step of the cadence and one channel. All that happens to a
reminder counts on the row of the day on which it was due, so a row's rates are
those of one set of reminders. The transaction that counts also records that it
has, so nothing counts twice, however often it is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from pynamodb.expressions.operand import Path

from caresmith.ids import PracticeId
from functions.reminders.records import (
    CounterRecord,
    Outcome,
    StepRecord,
    counter_sort_key,
    delivery_key,
)

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

NO_CHANNEL: Final = "none"
NO_STEP: Final = "none"
"""The row of visits of which nobody was reminded."""
MEASURES: Final = (
    "sent",
    "delivered",
    "failed",
    "confirmed",
    "cancelled",
    "rescheduled",
    "answered",
    "no_reply",
    "unreachable",
    "kept",
    "noshow",
)
OF_OUTCOME: Final[Mapping[str, str]] = {
    Outcome.CONFIRMED: "confirmed",
    Outcome.CANCELLED: "cancelled",
    Outcome.RESCHEDULED: "rescheduled",
    Outcome.ASKED_TO_MOVE: "answered",
    Outcome.ANSWERED: "answered",
    Outcome.NO_REPLY: "no_reply",
    Outcome.UNREACHABLE: "unreachable",
}
"""The measure that counts a step's outcome, for the outcomes that are counted."""


def row_of(step: StepRecord, channel: str | None = None) -> str:
    """The row of a step: under ``channel``, or that of its present message."""
    return f"{step.day}#{step.key}#{channel or step.channel or NO_CHANNEL}"


def row_without_reminder(day: str) -> str:
    return f"{day}#{NO_STEP}#{NO_CHANNEL}"


@dataclass
class Changes:
    """What one transaction counts: at most one write for each row."""

    practice: PracticeId
    shard_by: str
    """An id that spreads the writers of a row."""
    _by_row: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, row: str, measure: str, by: int = 1) -> None:
        self._by_row.setdefault(row, Counter())[measure] += by

    def outcome(self, step: StepRecord, before: str | None, after: str | None) -> None:
        """A step's outcome became another one."""
        if before == after:
            return
        for outcome, by in ((before, -1), (after, 1)):
            measure = OF_OUTCOME.get(outcome or "")
            if measure:
                self.add(row_of(step), measure, by)

    def write(self, writes: TransactWrite) -> None:
        for row, measures in self._by_row.items():
            changed = {name: by for name, by in measures.items() if by}
            if not changed:
                continue
            record = CounterRecord(
                delivery_key(self.practice), counter_sort_key(row, self.shard_by)
            )
            actions = [Path(name).add(by) for name, by in changed.items()]
            writes.update(record, actions=[Path("entity").set("delivery-counter"), *actions])


@dataclass(frozen=True)
class Row:
    """One row with its shards summed."""

    day: str
    step: str
    channel: str
    measures: Mapping[str, int]


def rows_between(practice: PracticeId, first: date, last: date) -> Iterator[Row]:
    """The rows of these days, both included, in their order. One query."""
    summed: dict[tuple[str, str, str], Counter[str]] = {}
    for record in CounterRecord.query(
        delivery_key(practice), CounterRecord.sk.between(f"{first}#", f"{last}#~")
    ):
        day, step, channel, _ = record.sk.split("#")
        row = summed.setdefault((day, step, channel), Counter())
        for measure in MEASURES:
            row[measure] += int(getattr(record, measure))
    for (day, step, channel), measures in sorted(summed.items()):
        yield Row(day, step, channel, dict(measures))
