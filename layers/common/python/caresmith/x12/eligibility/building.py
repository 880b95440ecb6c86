"""Writes 271 files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from caresmith.x12.building import (
    address,
    amount,
    contacts,
    count,
    dated,
    name,
    procedure,
    references,
)
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.eligibility.grammar import VERSION
from caresmith.x12.eligibility.model import (
    Benefit,
    Dated,
    EligibilityResponse,
    Person,
    Rejection,
    RelatedEntity,
)
from caresmith.x12.numbering import Levels
from caresmith.x12.segment import Segment
from caresmith.x12.writer import Addressing, ControlNumbers, SegmentMaker, interchange


def response_file(
    responses: Sequence[EligibilityResponse],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    delimiters: Delimiters | None = None,
) -> Iterator[Segment]:
    """An interchange with one transaction set for each response."""
    make = SegmentMaker(delimiters)
    sets = (response_segments(make, one) for one in responses)
    return interchange("271", VERSION, sets, addressing, numbers, at, delimiters)


def response_segments(make: SegmentMaker, one: EligibilityResponse) -> Iterator[Segment]:
    """What stands between ST and SE."""
    yield make("BHT", "0022", "11", one.reference, f"{one.at:%Y%m%d}", f"{one.at:%H%M}")
    levels = Levels(make)
    yield levels.open("20", parent=None, child=one.provider is not None)
    yield from _rejections(make, one.rejections, "2000A")
    yield name(make, one.payer)
    yield from contacts(make, one.payer_contacts)
    yield from _rejections(make, one.rejections, "2100A", "")
    if one.provider is None:
        return
    yield levels.open("21", parent=1, child=bool(one.people))
    yield name(make, one.provider)
    yield from references(make, one.provider_references)
    yield from address(make, one.provider_address)
    yield from _rejections(make, one.rejections, "2100B")
    yield from _practising(make, one.provider_code, one.taxonomy)
    for holder, dependents in _families(one.people):
        yield levels.open("22", parent=2, child=bool(dependents))
        subscriber = levels.last
        yield from _person(make, holder)
        for person in dependents:
            yield levels.open("23", parent=subscriber, child=False)
            yield from _person(make, person)


def _families(people: Iterable[Person]) -> list[tuple[Person, list[Person]]]:
    """Each subscriber with the dependents that follow; one who only leads to them is told once."""
    found: list[tuple[Person, list[Person]]] = []
    for person in people:
        if person.holder is None:
            found.append((person, []))
            continue
        if not found or found[-1][0] != person.holder:
            found.append((person.holder, []))
        found[-1][1].append(person)
    return found


def _person(make: SegmentMaker, one: Person) -> Iterator[Segment]:
    """Loops 2000C and 2000D behind their HL."""
    for trace in one.traces:
        yield make("TRN", trace.kind, trace.number, trace.originator)
    yield name(make, one.name)
    yield from references(make, one.references)
    yield from address(make, one.address)
    yield from _rejections(make, one.rejections)
    yield from _practising(make, one.provider_code, one.taxonomy)
    if one.birth_date or one.sex:
        born = ("D8", f"{one.birth_date:%Y%m%d}") if one.birth_date else ("", "")
        yield make("DMG", *born, one.sex)
    yield from _relation(make, one)
    if one.diagnoses:
        yield make("HI", *one.diagnoses)
    yield from _dates(make, one.dates)
    if one.military:
        yield make("MPI", *one.military)
    for benefit in one.benefits:
        yield from _benefit(make, benefit)


def _relation(make: SegmentMaker, one: Person) -> Iterator[Segment]:
    """INS: needed where the person is a dependent, or where the payer corrects who it is."""
    if not (one.relationship or one.corrected or one.birth_sequence):
        return
    subscriber = "N" if one.holder else "Y"
    changed = ("001", "25") if one.corrected else ("", "")
    yield make("INS", subscriber, one.relationship, *changed, *[""] * 12, one.birth_sequence)


def _benefit(make: SegmentMaker, one: Benefit) -> Iterator[Segment]:
    yield make(
        "EB",
        one.information,
        one.coverage_level,
        list(one.service_types),
        one.insurance_type,
        one.plan,
        one.time_period,
        amount(one.amount),
        count(one.percent),
        one.quantity_qualifier,
        count(one.quantity),
        one.authorization,
        one.in_network,
        procedure(one.procedure) if one.procedure else "",
        tuple(one.pointers),
    )
    for visit in one.deliveries:
        yield make(
            "HSD",
            visit.quantity_qualifier,
            count(visit.quantity),
            visit.unit,
            visit.sample,
            visit.period_qualifier,
            visit.periods,
            visit.pattern,
            visit.time_pattern,
        )
    yield from references(make, one.references)
    yield from _dates(make, one.dates)
    yield from _rejections(make, one.rejections)
    for text in one.messages:
        yield make("MSG", text)
    for more in one.further:
        yield make("III", more.list, more.code, more.category, more.text)
    if one.entities:
        yield make("LS", "2120")
        for entity in one.entities:
            yield from _entity(make, entity)
        yield make("LE", "2120")


def _entity(make: SegmentMaker, one: RelatedEntity) -> Iterator[Segment]:
    yield name(make, one.name)
    yield from address(make, one.address)
    yield from contacts(make, one.contacts)
    yield from _practising(make, one.provider_code, one.taxonomy)


def _practising(make: SegmentMaker, code: str, taxonomy: str) -> Iterator[Segment]:
    if code:
        yield make("PRV", code, *(("PXC", taxonomy) if taxonomy else ()))


def _dates(make: SegmentMaker, every: Iterable[Dated]) -> Iterator[Segment]:
    for one in every:
        yield dated(make, one.qualifier, one.dates)


def _rejections(make: SegmentMaker, every: Iterable[Rejection], *loops: str) -> Iterator[Segment]:
    """AAA of these loops; of any where none is named."""
    for one in every:
        if not loops or one.loop in loops:
            yield make("AAA", "Y" if one.valid else "N", "", one.reason, one.follow_up)
