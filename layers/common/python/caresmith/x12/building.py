"""Writes what many transaction sets share: names, addresses, contacts, references, dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from caresmith.money import Money
from caresmith.x12.parts import Address, Contact, Name, Procedure, Reference
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period, Quantity, dollars
from caresmith.x12.writer import Composite, SegmentMaker


def name(make: SegmentMaker, one: Name) -> Segment:
    kind = "1" if one.person else "2"
    called = (one.last, one.first, one.middle, "", one.suffix)
    return make("NM1", one.entity, kind, *called, one.qualifier, one.id)


def address(make: SegmentMaker, one: Address | None) -> Iterator[Segment]:
    if one is None:
        return
    if one.line1 or one.line2:
        yield make("N3", one.line1, one.line2)
    place = (one.city, one.state, one.postal_code, one.country)
    if any(place) or one.subdivision:
        yield make("N4", *place, "", "", one.subdivision)


def contacts(make: SegmentMaker, every: Iterable[Contact]) -> Iterator[Segment]:
    for one in every:
        yield make("PER", one.function, one.name, *(text for pair in one.numbers for text in pair))


def references(make: SegmentMaker, every: Iterable[Reference]) -> Iterator[Segment]:
    for one in every:
        # A number that stood in REF03 alone was read as its value as well.
        value = "" if one.value == one.description else one.value
        yield make("REF", one.qualifier, value, one.description)


def procedure(one: Procedure) -> Composite:
    modifiers = [*one.modifiers, *[""] * (4 - len(one.modifiers))]
    return (one.qualifier, one.code, *modifiers, one.description)


def dated(make: SegmentMaker, qualifier: str, days: Period) -> Segment:
    """DTP of a day (D8) or of a period (RD8)."""
    form = "D8" if days.first == days.last else "RD8"
    return make("DTP", qualifier, form, str(days))


def amount(one: Money | None) -> str:
    return "" if one is None else dollars(one)


def count(one: Quantity | None) -> str:
    return "" if one is None else str(one)
