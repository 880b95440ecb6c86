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
    Person,
    Rejection,
    RelatedEntity,
    Trace,
)
from caresmith.x12.flaws import FlawCode, Place, refuse
from caresmith.x12.hierarchy import check_hierarchy
from caresmith.x12.parts import (
    Name,
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
        )

    def _people(self, receiver: Node) -> Iterator[Person]:
        for level in receiver.loops("2000C"):
            subscriber = next(level.loops("2100C"))
            name = name_of(subscriber.first)
            dependents = list(level.loops("2000D"))
            # A subscriber who only leads to a dependent has nothing of his own.
            if not dependents or subscriber.loop_or_none("2110C") or subscriber.get("AAA"):
                yield self._person(level, subscriber, None)
            for dependent in dependents:
                yield self._person(dependent, next(dependent.loops("2100D")), name)

    def _person(self, level: Node, node: Node, subscriber: Name | None) -> Person:
        born, relation = node.get("DMG"), node.get("INS")
        return Person(
            name=name_of(node.first),
            subscriber=subscriber,
            traces=tuple(
                Trace(one[1], required(one, 2, "the trace number"), one[3])
                for one in level.all("TRN")
            ),
            address=address_of(node.get("N3"), node.get("N4")),
            birth_date=day_or_none(born, 2) if born else None,
            sex=born[3] if born else "",
            relationship=relation[2] if relation else "",
            corrected=relation is not None and (relation[3], relation[4]) == _CHANGED,
            references=tuple(reference_of(one) for one in node.all("REF")),
            dates=_dates(node),
            rejections=tuple(_rejections(node)),
            benefits=tuple(
                self._benefit(child) for child in node.children if child.first.id == "EB"
            ),
            place=Place.of(node.first, loop=node.id),
            unknown=tuple(one for one in node.segments if one.id not in _PERSON_READ),
        )

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
            deliveries=tuple(_delivery(one) for one in node.all("HSD")),
            references=tuple(reference_of(one) for one in node.all("REF")),
            dates=_dates(node),
            rejections=tuple(_rejections(node)),
            messages=tuple(one[1] for one in node.all("MSG")),
            # III01 ZZ: III02 is a place of service (2115).
            places_of_service=tuple(
                child.first[2]
                for child in node.children
                if child.first.id == "III" and child.first[1] == "ZZ"
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
        coded(one, 1, _YES_NO, "whether the request was valid")
        place = Place.of(one, loop=node.id)
        found.append(Rejection(required(one, 3, "the reason"), one[4], place))
    return found


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
        address=address_of(node.get("N3"), node.get("N4")),
        contacts=tuple(contact_of(one) for one in node.all("PER")),
        provider_code=provider[1] if provider else "",
        taxonomy=provider[3] if provider else "",
    )
