"""Reads TA1 and 999."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.x12.acknowledging.grammar import GRAMMAR, VERSION
from caresmith.x12.acknowledging.model import (
    Acknowledgement,
    Context,
    ElementError,
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    SegmentError,
    SetAcknowledgement,
    Verdict,
)
from caresmith.x12.flaws import FlawCode, Place, refuse
from caresmith.x12.reader import ByteSource, Encoding
from caresmith.x12.segment import Segment
from caresmith.x12.transactions import LooseSegment, TransactionSet, read_sets
from caresmith.x12.values import coded, moment, required, whole
from caresmith.x12.walker import Node

# Some clearinghouses name the guide without its addenda.
_GUIDES: Final = {("999", VERSION): GRAMMAR, ("999", "005010X231"): GRAMMAR}
_VERDICTS: Final = frozenset(one.value for one in Verdict)
_INTERCHANGE_VERDICTS: Final = frozenset(one.value for one in InterchangeVerdict)


def read_acknowledgements(
    source: ByteSource, encoding: Encoding = "ascii"
) -> Iterator[Acknowledgement]:
    """Yield the TA1 and 999 of a file. Raises X12Refused at the first error."""
    for one in read_sets(source, _GUIDES, encoding):
        yield _interchange(one) if isinstance(one, LooseSegment) else _group(one)


def _interchange(loose: LooseSegment) -> InterchangeAcknowledgement:
    segment = loose.segment
    return InterchangeAcknowledgement(
        interchange=loose.interchange,
        control_number=required(segment, 1, "the control number that is answered"),
        sent_at=moment(segment, 2, 3),
        verdict=InterchangeVerdict(coded(segment, 4, _INTERCHANGE_VERDICTS, "an answer")),
        code=required(segment, 5, "the code of the answer"),
    )


def _group(one: TransactionSet) -> GroupAcknowledgement:
    begin, end = one.root.get("AK1"), one.root.get("AK9")
    assert begin is not None  # noqa: S101 - the walker requires both
    assert end is not None  # noqa: S101
    answer = GroupAcknowledgement(
        header=one.header,
        functional_id=required(begin, 1, "the kind of the group"),
        control_number=required(begin, 2, "the control number that is answered"),
        version=begin[3],
        verdict=Verdict(coded(end, 1, _VERDICTS, "an answer")),
        sent=whole(end, 2),
        received=whole(end, 3),
        accepted=whole(end, 4),
        codes=tuple(end[at] for at in range(5, 10) if end[at]),
        sets=tuple(_set(node, one) for node in one.root.loops("2000")),
        notes=one.notes,
    )
    if answer.accepted > answer.received:
        raise refuse(FlawCode.COUNT, end, "more sets are accepted than were received", 4)
    return answer


def _set(node: Node, one: TransactionSet) -> SetAcknowledgement:
    first, last = node.first, node.get("IK5")
    assert last is not None  # noqa: S101 - the walker requires it
    return SetAcknowledgement(
        kind=required(first, 1, "the kind of the set"),
        control_number=required(first, 2, "the control number that is answered"),
        version=first[3],
        verdict=Verdict(coded(last, 1, _VERDICTS, "an answer")),
        codes=tuple(last[at] for at in range(2, 7) if last[at]),
        errors=tuple(_segment(child, one) for child in node.loops("2100")),
    )


def _segment(node: Node, one: TransactionSet) -> SegmentError:
    first = node.first
    return SegmentError(
        segment=required(first, 1, "the segment's id"),
        position=whole(first, 2),
        loop=first[3],
        code=first[4],
        elements=tuple(_element(child, one) for child in node.loops("2110")),
        contexts=_contexts(node, one),
    )


def _contexts(node: Node, one: TransactionSet) -> tuple[Context, ...]:
    return tuple(_context(segment, one) for segment in node.all("CTX"))


def _context(segment: Segment, one: TransactionSet) -> Context:
    required(segment, 1, "what the context is")
    name, reference = [*one.parts(segment, 1), ""][:2]
    return Context(
        name=name,
        reference=reference,
        segment=segment[2],
        position=whole(segment, 3) if segment[3] else None,
        loop=segment[4],
        element=":".join(one.parts(segment, 5)),
        data_element=":".join(one.parts(segment, 6)),
    )


def _element(node: Node, one: TransactionSet) -> ElementError:
    segment = node.first
    at = [*one.parts(segment, 1), "", "", ""][:3]
    if not all(part.isdecimal() or not part for part in at) or not at[0]:
        place = Place.of(segment, 1)
        raise refuse(FlawCode.BAD_NUMBER, place, "the element's position is not a number")
    return ElementError(
        element=int(at[0]),
        component=int(at[1] or 0),
        repetition=int(at[2] or 0),
        data_element=segment[2],
        code=required(segment, 3, "what is wrong"),
        value=segment[4],
        contexts=_contexts(node, one),
    )
