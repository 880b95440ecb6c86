"""Reads 271 files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.x12.eligibility.grammar import RESPONSE_271, VERSION
from caresmith.x12.eligibility.model import (
    Benefit,
    Dated,
    Delivery,
    EligibilityResponse,
    Information,
    Person,
    Rejection,
    RelatedEntity,
    Trace,
)
from caresmith.x12.flaws import FlawCode, Place, refuse
from caresmith.x12.hierarchy import check_hierarchy
from caresmith.x12.parts import (
    Address,
    Reference,
    address_of,
    contact_of,
    name_of,
    procedure_of,
    reference_of,
)
from caresmith.x12.reader import ByteSource, Encoding
from caresmith.x12.segment import Segment
from caresmith.x12.transactions import LooseSegment, TransactionSet, read_sets
from caresmith.x12.values import (
    coded,
    day_or_none,
    moment,
    money_or_none,
    period,
    quantity_or_none,
    required,
)
from caresmith.x12.walker import Node

_GUIDES: Final = {("271", VERSION): RESPONSE_271}
_YES_NO: Final = frozenset({"Y", "N"})
_PERSON_READ: Final = frozenset(
    {"NM1", "REF", "N3", "N4", "AAA", "PRV", "DMG", "INS", "HI", "DTP", "MPI"}
)
_BENEFIT_READ: Final = frozenset({"EB", "HSD", "REF", "DTP", "AAA", "MSG", "LS", "LE"})
_CHANGED: Final = ("001", "25")
"""INS03 change, INS04 change of identifying elements."""


def read_eligibility(
    source: ByteSource, encoding: Encoding = "ascii"
) -> Iterator[EligibilityResponse]:
    """Yield the answers of a file, one for each payer and receiver.

    Raises X12Refused at the first error. A request that the payer turned down
    is an answer: it is told in ``rejections``.
    """
    for one in read_sets(source, _GUIDES, encoding):
        if isinstance(one, LooseSegment):
            raise refuse(FlawCode.WRONG_KIND, one.segment, "a TA1 among answers of eligibility")
        check_hierarchy(one.root)
        yield from _Reading(one).answers()


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self._set = one

    def answers(self) -> Iterator[EligibilityResponse]:
        for source in self._set.root.loops("2000A"):
            receivers: list[Node | None] = list(source.loops("2000B"))
            for receiver in receivers or [None]:
                yield self._answer(source, receiver)

    def _answer(self, source: Node, receiver: Node | None) -> EligibilityResponse:
        beginning = self._set.root.get("BHT")
        assert beginning is not None  # noqa: S101 - the walker requires it
        payer = next(source.loops("2100A"))
        provider = next(receiver.loops("2100B")) if receiver else None
        rejections = [*_rejections(source), *_rejections(payer)]
        if provider:
            rejections += _rejections(provider)
        practising = provider.get("PRV") if provider else None
        return EligibilityResponse(
            header=self._set.header,
            reference=beginning[3],
            at=moment(beginning, 4, 5),
            payer=name_of(payer.first),
            payer_contacts=tuple(contact_of(one) for one in payer.all("PER")),
            provider=name_of(provider.first) if provider else None,
            people=tuple(self._people(receiver)) if receiver else (),
            rejections=tuple(rejections),
            notes=self._set.notes,
            provider_references=_references(provider) if provider else (),
            provider_address=_address(provider) if provider else None,
            provider_code=practising[1] if practising else "",
            taxonomy=practising[3] if practising else "",
        )

    def _people(self, receiver: Node) -> Iterator[Person]:
        for level in receiver.loops("2000C"):
            subscriber = next(level.loops("2100C"))
            holder = self._person(level, subscriber, None)
            dependents = list(level.loops("2000D"))
            # A subscriber who only leads to a dependent has nothing of his own.
            if not dependents or subscriber.loop_or_none("2110C") or subscriber.get("AAA"):
                yield holder
            for dependent in dependents:
                yield self._person(dependent, next(dependent.loops("2100D")), holder)

    def _person(self, level: Node, node: Node, holder: Person | None) -> Person:
        born, relation, practising = node.get("DMG"), node.get("INS"), node.get("PRV")
        conditions, service = node.get("HI"), node.get("MPI")
        return Person(
            name=name_of(node.first),
            holder=holder,
            traces=tuple(
                Trace(one[1], required(one, 2, "the trace number"), one[3])
                for one in level.all("TRN")
            ),
            address=_address(node),
            birth_date=day_or_none(born, 2) if born else None,
            sex=born[3] if born else "",
            relationship=relation[2] if relation else "",
            corrected=relation is not None and (relation[3], relation[4]) == _CHANGED,
            birth_sequence=relation[17] if relation else "",
            references=_references(node),
            dates=_dates(node),
            rejections=tuple(_rejections(node)),
            benefits=tuple(
                self._benefit(child) for child in node.children if child.first.id == "EB"
            ),
            provider_code=practising[1] if practising else "",
            taxonomy=practising[3] if practising else "",
            diagnoses=self._diagnoses(conditions) if conditions else (),
            military=tuple(service.elements[1:]) if service else (),
            place=Place.of(node.first, loop=node.id),
            unknown=tuple(one for one in node.segments if one.id not in _PERSON_READ),
        )

    def _diagnoses(self, conditions: Segment) -> tuple[tuple[str, str], ...]:
        every = (self._set.parts(conditions, at) for at in range(1, len(conditions) + 1))
        return tuple((one[0], one[1]) for one in every if len(one) > 1)

    def _benefit(self, node: Node) -> Benefit:
        first = node.first
        return Benefit(
            information=required(first, 1, "what the benefit says"),
            coverage_level=first[2],
            service_types=self._set.repeated(first, 3),
            insurance_type=first[4],
            plan=first[5],
            time_period=first[6],
            amount=money_or_none(first, 7),
            percent=quantity_or_none(first, 8),
            quantity_qualifier=first[9],
            quantity=quantity_or_none(first, 10),
            authorization=first[11],
            in_network=first[12],
            procedure=procedure_of(first, 13, self._set.component) if first[13] else None,
            pointers=tuple(self._set.parts(first, 14)) if first[14] else (),
            deliveries=tuple(_delivery(one) for one in node.all("HSD")),
            references=_references(node),
            dates=_dates(node),
            rejections=tuple(_rejections(node)),
            messages=tuple(one[1] for one in node.all("MSG")),
            further=tuple(
                Information(child.first[1], child.first[2], child.first[3], child.first[4])
                for child in node.children
                if child.first.id == "III"
            ),
            entities=tuple(
                _entity(child) for child in node.children if child.id.startswith("2120")
            ),
            place=Place.of(first, loop=node.id),
            unknown=tuple(one for one in node.segments if one.id not in _BENEFIT_READ),
        )


def _rejections(node: Node) -> list[Rejection]:
    found = []
    for one in node.all("AAA"):
        valid = coded(one, 1, _YES_NO, "whether the request was valid") == "Y"
        reason, place = required(one, 3, "the reason"), Place.of(one, loop=node.id)
        found.append(Rejection(reason, one[4], place, valid, node.id))
    return found


def _references(node: Node) -> tuple[Reference, ...]:
    return tuple(reference_of(one) for one in node.all("REF"))


def _address(node: Node) -> Address | None:
    return address_of(node.get("N3"), node.get("N4"))


def _dates(node: Node) -> tuple[Dated, ...]:
    return tuple(Dated(one[1], period(one)) for one in node.all("DTP"))


def _delivery(segment: Segment) -> Delivery:
    return Delivery(
        quantity_qualifier=segment[1],
        quantity=quantity_or_none(segment, 2),
        unit=segment[3],
        sample=segment[4],
        period_qualifier=segment[5],
        periods=segment[6],
        pattern=segment[7],
        time_pattern=segment[8],
    )


def _entity(node: Node) -> RelatedEntity:
    provider = node.get("PRV")
    return RelatedEntity(
        name=name_of(node.first),
        address=_address(node),
        contacts=tuple(contact_of(one) for one in node.all("PER")),
        provider_code=provider[1] if provider else "",
        taxonomy=provider[3] if provider else "",
    )
