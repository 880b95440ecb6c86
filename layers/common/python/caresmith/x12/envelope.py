"""ISA, GS and ST with their trailers: nesting, control numbers, counts and versions.

TR3 Appendix C. The same places hold in all guides of 5010.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caresmith.x12.flaws import FlawCode, X12Refused, refuse
from caresmith.x12.segment import Segment
from caresmith.x12.values import moment

VERSION: Final = "00501"

# GS01 by the transaction sets that a group of it may hold (X12 element 479).
FUNCTIONAL_ID: Final = {
    "270": "HS",
    "271": "HB",
    "276": "HR",
    "277": "HN",
    "835": "HP",
    "837": "HC",
    "999": "FA",
}


@dataclass(frozen=True, slots=True)
class Party:
    """One end of an interchange: ISA05/06 or ISA07/08."""

    qualifier: str
    id: str


@dataclass(frozen=True, slots=True)
class Interchange:
    """What ISA says. ``at`` is the sender's local time, with no zone."""

    sender: Party
    receiver: Party
    at: datetime
    control_number: str
    test: bool = False
    wants_ta1: bool = False
    """ISA14: the sender asks for a TA1."""


@dataclass(frozen=True, slots=True)
class Group:
    """What GS says."""

    functional_id: str
    sender: str
    receiver: str
    at: datetime
    control_number: str
    version: str
    """GS08, like 005010X221A1."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which transaction set this is: ST inside its group inside its interchange."""

    interchange: Interchange
    group: Group
    kind: str
    """ST01, like 835."""
    control_number: str
    version: str
    """ST03, or GS08 where ST has none: the 835 has no ST03."""


class Envelope:
    """Passes segments on while it checks that the envelopes are right.

    ``header`` is the present transaction set's from its ST to its SE; segments
    in between get their number ``within`` it.

    Raises:
        X12Refused: while iterating, at the first thing that is not right.
    """

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._segments = segments
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.header: Header | None = None
        self._within = 0
        self._sets = 0
        self._groups = 0
        self._set_numbers: set[str] = set()
        self._group_numbers: set[str] = set()
        self._opening = {"ISA": self._isa, "GS": self._gs, "ST": self._st}
        self._closing = {"SE": self._se, "GE": self._ge, "IEA": self._iea}

    def __iter__(self) -> Iterator[Segment]:
        for segment in self._segments:
            name = segment.elements[0]
            if name in self._opening:
                self._opening[name](segment)
                yield segment
            elif name in self._closing:
                # Checked before it is passed on: who sees SE can rely on it.
                self._closing[name](segment)
                yield segment
                self._close(name)
            else:
                self._inside(segment, name)
                yield segment

    def _inside(self, segment: Segment, name: str) -> None:
        if self.header is not None:
            self._within += 1
            segment.within = self._within
        elif self.interchange is None or self.group is not None or name != "TA1":
            # TR3 Appendix C.1: TA1 alone stands between ISA and the groups.
            raise refuse(
                FlawCode.NESTING, segment, "this stands outside of a transaction set (ST to SE)"
            )

    def _close(self, name: str) -> None:
        if name == "SE":
            self.header = None
        elif name == "GE":
            self.group = None
        else:
            self.interchange = None

    def _isa(self, segment: Segment) -> None:
        if self.interchange is not None:
            raise refuse(FlawCode.NESTING, segment, "an ISA before the IEA of the one before it")
        if len(segment) != 16:  # noqa: PLR2004 - ISA01 to ISA16
            raise refuse(FlawCode.BAD_DELIMITERS, segment, "ISA does not have 16 elements")
        if segment[12] != VERSION:
            raise refuse(FlawCode.VERSION, segment, "only version 5010 (00501) is read", 12)
        if not segment[13].isdigit():
            raise refuse(FlawCode.CONTROL_NUMBER, segment, "not a number of nine digits", 13)
        self.interchange = Interchange(
            sender=Party(segment[5], segment[6].rstrip()),
            receiver=Party(segment[7], segment[8].rstrip()),
            at=moment(segment, 9, 10),
            control_number=segment[13],
            test=segment[15] == "T",
            wants_ta1=segment[14] == "1",
        )
        self._groups, self._group_numbers = 0, set()

    def _gs(self, segment: Segment) -> None:
        if self.interchange is None or self.group is not None:
            raise refuse(FlawCode.NESTING, segment, "a GS must stand between ISA and IEA, alone")
        number = segment[6]
        if number in self._group_numbers:
            raise refuse(
                FlawCode.REPEATED_NUMBER, segment, "this group's number was used before", 6
            )
        self.group = Group(
            functional_id=segment[1],
            sender=segment[2],
            receiver=segment[3],
            at=moment(segment, 4, 5),
            control_number=number,
            version=segment[8],
        )
        self._groups += 1
        self._group_numbers.add(number)
        self._sets, self._set_numbers = 0, set()

    def _st(self, segment: Segment) -> None:
        if self.interchange is None or self.group is None or self.header is not None:
            raise refuse(
                FlawCode.NESTING, segment, "an ST must stand between GS and GE, behind no open ST"
            )
        kind, number = segment[1], segment[2]
        if FUNCTIONAL_ID.get(kind, self.group.functional_id) != self.group.functional_id:
            raise refuse(
                FlawCode.WRONG_KIND,
                segment,
                f"a {kind} in a group that GS01 says to be {self.group.functional_id}",
                1,
            )
        if not number:
            raise refuse(FlawCode.MISSING_ELEMENT, segment, "the control number is missing", 2)
        if number in self._set_numbers:
            raise refuse(
                FlawCode.REPEATED_NUMBER, segment, "this control number was used before", 2
            )
        if segment[3] and segment[3] != self.group.version:
            raise refuse(FlawCode.VERSION, segment, "ST03 and GS08 name different versions", 3)
        self._sets += 1
        self._set_numbers.add(number)
        self._within = segment.within = 1
        self.header = Header(
            self.interchange, self.group, kind, number, segment[3] or self.group.version
        )

    def _se(self, segment: Segment) -> None:
        if self.header is None:
            raise refuse(FlawCode.NESTING, segment, "an SE without its ST")
        self._within += 1
        segment.within = self._within
        _counted(segment, self._within, "segments", "SE01 counts those from ST to SE")
        _same(segment, self.header.control_number, "ST02")

    def _ge(self, segment: Segment) -> None:
        if self.group is None or self.header is not None:
            raise refuse(FlawCode.NESTING, segment, "a GE without its GS, or before the SE")
        _counted(segment, self._sets, "transaction sets", "GE01 counts those in its group")
        _same(segment, self.group.control_number, "GS06")

    def _iea(self, segment: Segment) -> None:
        if self.interchange is None or self.group is not None:
            raise refuse(FlawCode.NESTING, segment, "an IEA without its ISA, or before the GE")
        _counted(segment, self._groups, "groups", "IEA01 counts those in its interchange")
        _same(segment, self.interchange.control_number, "ISA13")


def _counted(segment: Segment, found: int, what: str, rule: str) -> None:
    said = segment[1]
    if not said.isdigit():
        raise refuse(FlawCode.BAD_NUMBER, segment, "the count is not a number", 1)
    if int(said) != found:
        raise refuse(
            FlawCode.COUNT, segment, f"it says {int(said):,} {what}, there are {found:,}: {rule}", 1
        )


def _same(segment: Segment, opened: str, where: str) -> None:
    """A trailer's control number is its header's (a leading zero is one digit too many)."""
    if segment[2] != opened:
        raise refuse(
            FlawCode.CONTROL_NUMBER, segment, f"the control number is not that of {where}", 2
        )


def expect(header: Header, version: str, segment: Segment) -> None:
    """Raise unless the transaction set is of the guide that the reader knows."""
    if header.version != version:
        raise refuse(FlawCode.VERSION, segment, f"{version} is read here, this is another version")


__all__ = ["Envelope", "Group", "Header", "Interchange", "Party", "X12Refused", "expect"]
