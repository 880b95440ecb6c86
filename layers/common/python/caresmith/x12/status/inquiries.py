"""Reads 276 files: what a payer does with the questions that ``asking`` writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caresmith.x12.envelope import Header
from caresmith.x12.flaws import Flaw, FlawCode, X12Refused, note, refuse
from caresmith.x12.hierarchy import check_hierarchy
from caresmith.x12.parts import Name, name_of, reference, reference_of
from caresmith.x12.reader import ByteSource, Encoding
from caresmith.x12.segment import Segment
from caresmith.x12.status.asking import Member, StatusInquiry
from caresmith.x12.status.grammar import INQUIRY_276, STATUS_VERSION
from caresmith.x12.transactions import LooseSegment, TransactionSet, read_sets
from caresmith.x12.values import day, moment, money, period, required
from caresmith.x12.walker import Node

_GUIDES: Final = {("276", STATUS_VERSION): INQUIRY_276}
_READ_REFERENCES: Final = ("1K", "EJ")


@dataclass(frozen=True, slots=True)
class ReadStatusInquiry:
    """One question as it was received."""

    header: Header
    reference: str
    """BHT03."""
    at: datetime
    inquiry: StatusInquiry
    notes: tuple[Flaw, ...]


def read_status_inquiries(
    source: ByteSource, encoding: Encoding = "ascii"
) -> Iterator[ReadStatusInquiry]:
    """Yield the questions of a file, claim by claim. Raises X12Refused at the first error.

    What a :class:`StatusInquiry` has no place for is told in ``notes``.
    """
    for one in read_sets(source, _GUIDES, encoding):
        if isinstance(one, LooseSegment):
            raise refuse(FlawCode.WRONG_KIND, one.segment, "a TA1 among questions")
        check_hierarchy(one.root)
        yield from _questions(one)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks whom."""

    payer: Name
    receiver: Name
    provider: Name


def _questions(one: TransactionSet) -> Iterator[ReadStatusInquiry]:
    for source in one.root.loops("2000A"):
        payer = name_of(next(source.loops("2100A")).first)
        for asks in source.loops("2000B"):
            receiver = name_of(next(asks.loops("2100B")).first)
            for level in asks.loops("2000C"):
                provider = name_of(next(level.loops("2100C")).first)
                of = _Asking(payer, receiver, provider)
                for person in level.loops("2000D"):
                    yield from _of_subscriber(one, of, person)


def _of_subscriber(one: TransactionSet, of: _Asking, level: Node) -> Iterator[ReadStatusInquiry]:
    name = next(level.loops("2100D")).first
    for claim in level.loops("2200D"):
        yield _question(one, of, claim, _member(level, name), None)
    for below in level.loops("2000E"):
        dependent = _member(below, next(below.loops("2100E")).first)
        for claim in below.loops("2200E"):
            yield _question(one, of, claim, _member(level, name), dependent)


def _question(
    one: TransactionSet, of: _Asking, claim: Node, subscriber: Member, dependent: Member | None
) -> ReadStatusInquiry:
    beginning = one.root.get("BHT")
    assert beginning is not None  # noqa: S101 - the walker requires it
    numbers = [reference_of(segment) for segment in claim.all("REF")]
    charge, dates = _have(claim, "AMT"), _have(claim, "DTP")
    try:
        inquiry = StatusInquiry(
            payer_name=of.payer.last,
            payer_id=of.payer.id,
            payer_qualifier=of.payer.qualifier,
            receiver_name=of.receiver.last,
            receiver_id=of.receiver.id,
            provider_name=of.provider.last,
            provider_npi=of.provider.id,
            trace=required(claim.first, 2, "the trace number"),
            subscriber=subscriber,
            dependent=dependent,
            dates=period(dates),
            charge=money(charge, 2),
            payer_control_number=reference(numbers, "1K"),
            control_number=reference(numbers, "EJ"),
        )
    except X12Refused:
        raise
    except ValueError as wrong:
        raise refuse(FlawCode.BAD_ELEMENT, claim.first, str(wrong)) from None
    notes = (*one.notes, *_unread(claim))
    return ReadStatusInquiry(one.header, beginning[3], moment(beginning, 4, 5), inquiry, notes)


def _have(claim: Node, id_: str) -> Segment:
    segment = claim.get(id_)
    if segment is None:
        raise refuse(FlawCode.MISSING_SEGMENT, claim.first, f"{id_} of the claim is missing")
    return segment


def _member(level: Node, segment: Segment) -> Member:
    """A subscriber who only leads to a dependent has no DMG."""
    name, born = name_of(segment), level.get("DMG")
    return Member(
        last=name.last,
        first=name.first,
        birth_date=day(born, 2) if born else None,
        sex=born[3] if born else "",
        member_id=name.id,
    )


def _unread(claim: Node) -> Iterator[Flaw]:
    for one in claim.everything():
        if one.id == "SVC" or (one.id == "REF" and one[1] not in _READ_REFERENCES):
            yield note(FlawCode.UNSUPPORTED, one, "this part of the guide is not read here")
