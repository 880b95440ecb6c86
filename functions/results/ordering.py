"""Which order a report answers, by the number that the practice gave it (placer number)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Final

from caresmith.ids import OrderId, PatientId, PracticeId
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.entries import find_entry, open_entry, read_now, read_past
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.order import Order

_PAST: Final = 100
"""Orders that are done, of which a placer number of another form may be."""


@dataclass(frozen=True)
class OrderMatch:
    """An order of the patient's; or that the number is no order of the patient's."""

    entry: ChartEntry | None = None
    read: Read[Order] | None = None
    of_another: bool = False
    """The number is one of ours, and not of an order in this chart."""

    @property
    def order_id(self) -> OrderId | None:
        return OrderId(self.read.id) if self.read else None


def match_order(practice: PracticeId, charts: list[PatientId], placer_number: str) -> OrderMatch:
    """The patient's order of that number. A lab may report what nobody here has ordered."""
    if not placer_number:
        return OrderMatch()
    order = _own_number(placer_number)
    if order is None:
        return _by_number(practice, charts, placer_number)
    entry = find_entry(practice, charts, Kind.ORDER, order)
    if entry is None:
        return OrderMatch(of_another=True)
    return OrderMatch(entry, open_entry(practice, entry, Order))


def _own_number(number: str) -> OrderId | None:
    """The order that the number names by itself: its id, with or without what it begins with."""
    for text in (number, f"{OrderId.prefix}_{number}"):
        try:
            return OrderId(text)
        except ValueError:
            continue
    return None


def _by_number(practice: PracticeId, charts: list[PatientId], number: str) -> OrderMatch:
    for chart in charts:
        for entry in chain(
            read_now(practice, chart, Kind.ORDER),
            read_past(practice, chart, Kind.ORDER, limit=_PAST),
        ):
            read = open_entry(practice, entry, Order)
            if read.content.placer_number == number:
                return OrderMatch(entry, read)
    return OrderMatch()
