"""Takes a file apart into its transaction sets, each of which can then be read on its own."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Final

from caresmith.x12.acknowledging import InterchangeVerdict
from caresmith.x12.delimiters import ISA_LENGTH, Delimiters, from_isa
from caresmith.x12.envelope import FUNCTIONAL_ID, VERSION, Interchange, Party
from caresmith.x12.flaws import FlawCode, X12Refused
from caresmith.x12.reader import SegmentReader
from caresmith.x12.segment import Segment
from caresmith.x12.values import moment
from caresmith.x12.writer import Addressing, written

# TR3 Appendix C.1 TA105: what is wrong with an interchange.
_TA105: Final = {
    FlawCode.TRUNCATED: "023",
    FlawCode.BAD_DELIMITERS: "026",
    FlawCode.VERSION: "003",
}
_OTHERWISE: Final = "022"


class Unanswerable(ValueError):
    """There is no ISA to which even a TA1 could be given."""


@dataclass(slots=True)
class Set:
    """ST to SE as it came, and the same as a file of its own."""

    segments: list[Segment] = field(default_factory=list)
    closed: bool = False
    alone: bytes = b""

    @property
    def kind(self) -> str:
        return self.segments[0][1]

    @property
    def number(self) -> str:
        return self.segments[0][2]

    @property
    def version(self) -> str:
        return self.segments[0][3]


@dataclass(slots=True)
class Group:
    opening: Segment
    sets: list[Set] = field(default_factory=list)
    closing: Segment | None = None

    @property
    def functional_id(self) -> str:
        return self.opening[1]

    @property
    def number(self) -> str:
        return self.opening[6]

    @property
    def version(self) -> str:
        return self.opening[8]

    @property
    def code(self) -> str:
        """AK905: what is wrong with the group itself; "" if nothing is."""
        if self.functional_id not in FUNCTIONAL_ID.values():
            return "1"
        if self.closing is None:
            return "3"
        if self.closing[2] != self.number:
            return "4"
        return "" if self.closing[1] == str(len(self.sets)) else "5"


@dataclass(slots=True)
class Taken:
    """One interchange. ``code`` is TA105: other than 000 none of it can be used."""

    interchange: Interchange
    delimiters: Delimiters
    groups: list[Group] = field(default_factory=list)
    code: str = "000"

    @property
    def verdict(self) -> InterchangeVerdict:
        accepted = self.code == "000"
        return InterchangeVerdict.ACCEPTED if accepted else InterchangeVerdict.REJECTED

    def refuse(self, code: str) -> None:
        """The first reason is the one that is told."""
        if self.code == "000":
            self.code = code

    def back(self, group: Group | None = None) -> Addressing:
        """How its answers are addressed: to whom it came from."""
        one = self.interchange
        sender = group.opening[3] if group else one.receiver.id
        receiver = group.opening[2] if group else one.sender.id
        return Addressing(one.receiver, one.sender, sender, receiver, one.test)


def take_apart(raw: bytes) -> list[Taken]:
    """Every interchange of a file.

    Raises:
        Unanswerable: it does not begin with an ISA that can be read.
    """
    reader = SegmentReader(io.BytesIO(raw))
    found: list[Taken] = []
    try:
        for segment in reader:
            if segment.id == "ISA":
                found.append(Taken(_interchange(segment), reader.delimiters))
                if segment[12] != VERSION:
                    found[-1].refuse(_TA105[FlawCode.VERSION])
            else:
                _place(found[-1], segment)
    except X12Refused as refused:
        if not found:
            found.append(_from_head(raw))
        found[-1].refuse(_TA105.get(refused.flaw.code, _OTHERWISE))
    for one in found:
        for group in one.groups:
            for each in group.sets:
                each.alone = _alone(one, group, each)
    return found


def _interchange(isa: Segment) -> Interchange:
    return Interchange(
        sender=Party(isa[5], isa[6].rstrip()),
        receiver=Party(isa[7], isa[8].rstrip()),
        at=moment(isa, 9, 10),
        control_number=isa[13],
        test=isa[15] == "T",
        wants_ta1=isa[14] == "1",
    )


def _from_head(raw: bytes) -> Taken:
    head = raw[:ISA_LENGTH].decode("latin-1")
    try:
        delimiters = from_isa(head)
        return Taken(_interchange(Segment(head[:-1].split(delimiters.element))), delimiters)
    except X12Refused as refused:
        raise Unanswerable(str(refused)) from None


def _place(one: Taken, segment: Segment) -> None:
    """Where it belongs; what stands nowhere makes the structure of the interchange wrong."""
    group = one.groups[-1] if one.groups and one.groups[-1].closing is None else None
    inside = group.sets[-1] if group and group.sets and not group.sets[-1].closed else None
    match segment.id:
        case "IEA":
            if segment[2] != one.interchange.control_number:
                one.refuse("001")
            elif segment[1] != str(len(one.groups)):
                one.refuse("021")
        case "GS":
            one.groups.append(Group(segment))
        case "GE" if group:
            group.closing = segment
        case "ST" if group:
            group.sets.append(Set([segment]))
        case _ if inside:
            inside.segments.append(segment)
            inside.closed = segment.id == "SE"
        case "TA1" if not one.groups:
            pass
        case _:
            one.refuse("024" if group is None else _OTHERWISE)


def _alone(one: Taken, group: Group, each: Set) -> bytes:
    """The set in an envelope of its own, so that its faults are told by its own reader."""
    number = one.interchange.control_number
    blank = f"{'':10}"
    d = one.delimiters
    head = ["ISA", "00", blank, "00", blank, "ZZ", f"{'X':15}", "ZZ", f"{'Y':15}"]
    head += [f"{one.interchange.at:%y%m%d}", f"{one.interchange.at:%H%M}", d.repetition, VERSION]
    head += [number, "0", "P", d.component]
    segments = [
        Segment(head),
        group.opening,
        *each.segments,
        Segment(["GE", "1", group.number]),
        Segment(["IEA", "1", number]),
    ]
    return written(segments, d)
