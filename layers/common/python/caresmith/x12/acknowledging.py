"""TA1 and 999 (TR3 005010X231A1): whether what was sent could be read, and if not, where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from caresmith.x12.envelope import Header, Interchange
from caresmith.x12.flaws import Flaw, FlawCode, Place, refuse
from caresmith.x12.grammar import MANY, SE, loop, seg
from caresmith.x12.reader import ByteSource, Encoding
from caresmith.x12.segment import Segment
from caresmith.x12.transactions import LooseSegment, TransactionSet, read_sets
from caresmith.x12.values import coded, moment, required, whole
from caresmith.x12.walker import Node

VERSION: Final = "005010X231A1"

_CONTEXT: Final = seg("CTX", "context", most=10)
GRAMMAR: Final = loop(
    "999",
    "implementation acknowledgement",
    seg("ST", "transaction set header", required=True),
    seg("AK1", "group response header", required=True),
    loop(
        "2000",
        "transaction set response",
        seg("AK2", "transaction set response header", required=True),
        loop(
            "2100",
            "segment error",
            seg("IK3", "segment error", required=True),
            _CONTEXT,
            loop(
                "2110",
                "element error",
                seg("IK4", "element error", required=True),
                _CONTEXT,
                most=MANY,
            ),
            most=MANY,
        ),
        seg("IK5", "transaction set response trailer", required=True),
        most=MANY,
    ),
    seg("AK9", "group response trailer", required=True),
    SE,
)
# Some clearinghouses name the guide without its addenda.
_GUIDES: Final = {("999", VERSION): GRAMMAR, ("999", "005010X231"): GRAMMAR}


class Verdict(StrEnum):
    """IK501 and AK901."""

    ACCEPTED = "A"
    ACCEPTED_WITH_ERRORS = "E"
    PARTLY = "P"
    """Of a group: some of its sets were accepted."""
    REJECTED = "R"
    REJECTED_MAC = "M"
    REJECTED_ASSURANCE = "W"
    REJECTED_DECRYPTION = "X"

    @property
    def accepted(self) -> bool:
        return self in {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS}


@dataclass(frozen=True, slots=True)
class ElementError:
    """IK4: which element of the segment, and what is wrong with it (IK403)."""

    element: int
    component: int
    repetition: int
    data_element: str
    code: str
    value: str
    """IK404, a copy of what was sent: may be PHI."""


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3: which segment of the set that was sent; ``position`` counts from its ST."""

    segment: str
    position: int
    loop: str
    code: str
    """IK304; "" where the answer leaves it to the elements."""
    elements: tuple[ElementError, ...]
    context: tuple[str, ...]
    """CTX01: like CLM01 and the claim's number, or the rule that was broken."""


@dataclass(frozen=True, slots=True)
class SetAcknowledgement:
    """AK2 to IK5: the answer to one transaction set that was sent."""

    kind: str
    control_number: str
    version: str
    verdict: Verdict
    codes: tuple[str, ...]
    errors: tuple[SegmentError, ...]


@dataclass(frozen=True, slots=True)
class GroupAcknowledgement:
    """A 999: the answer to one functional group that was sent."""

    header: Header
    functional_id: str
    control_number: str
    """AK102: the GS06 of the group that is answered."""
    version: str
    verdict: Verdict
    sent: int
    received: int
    accepted: int
    codes: tuple[str, ...]
    sets: tuple[SetAcknowledgement, ...]
    """May be empty: AK2 is left out by some for what was accepted."""
    notes: tuple[Flaw, ...]


class InterchangeVerdict(StrEnum):
    """TA104."""

    ACCEPTED = "A"
    ACCEPTED_WITH_ERRORS = "E"
    REJECTED = "R"


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgement:
    """A TA1: the answer to one interchange that was sent."""

    interchange: Interchange
    """The one that the answer came in."""
    control_number: str
    """TA101: the ISA13 of the interchange that is answered."""
    sent_at: datetime
    verdict: InterchangeVerdict
    code: str
    """TA105: 000 is no error."""


Acknowledgement = GroupAcknowledgement | InterchangeAcknowledgement


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
        elements=tuple(_element(child.first, one) for child in node.loops("2110")),
        context=tuple(segment[1] for segment in node.everything() if segment.id == "CTX"),
    )


def _element(segment: Segment, one: TransactionSet) -> ElementError:
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
    )
