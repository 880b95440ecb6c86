"""What can be wrong with a file, where, and how a biller is told.

A message never repeats what stands in an element: it could be a name. It says
where to look, and a screen that may show the file shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from caresmith.x12.segment import Segment


class Severity(StrEnum):
    ERROR = "error"
    """What the file says is not certain: it is refused as a whole."""
    NOTE = "note"
    """The file strays from its guide where it changes nothing that is read."""


class FlawCode(StrEnum):
    """The kinds of flaw; a 999 answers with the codes of :data:`IK304` and :data:`IK403`."""

    EMPTY = "empty"
    NOT_X12 = "not-x12"
    TRUNCATED = "truncated"
    BAD_DELIMITERS = "bad-delimiters"
    BAD_CHARACTER = "bad-character"
    BROKEN_LINE = "broken-line"
    TOO_LONG = "too-long"
    BAD_SEGMENT_ID = "bad-segment-id"
    NESTING = "nesting"
    CONTROL_NUMBER = "control-number"
    REPEATED_NUMBER = "repeated-number"
    COUNT = "count"
    VERSION = "version"
    WRONG_KIND = "wrong-kind"
    MISSING_SEGMENT = "missing-segment"
    MISSING_LOOP = "missing-loop"
    UNKNOWN_SEGMENT = "unknown-segment"
    OUT_OF_ORDER = "out-of-order"
    TOO_MANY = "too-many"
    HIERARCHY = "hierarchy"
    MISSING_ELEMENT = "missing-element"
    BAD_ELEMENT = "bad-element"
    BAD_CODE = "bad-code"
    BAD_DATE = "bad-date"
    BAD_TIME = "bad-time"
    BAD_NUMBER = "bad-number"
    UNSUPPORTED = "unsupported"


# TR3 X231 2100 IK304: the segment syntax error that a flaw is answered with.
IK304: Final = {
    FlawCode.BAD_SEGMENT_ID: "1",
    FlawCode.UNKNOWN_SEGMENT: "2",
    FlawCode.MISSING_SEGMENT: "3",
    FlawCode.MISSING_LOOP: "I7",
    FlawCode.TOO_MANY: "5",
    FlawCode.OUT_OF_ORDER: "7",
}
# TR3 X231 2110 IK403: the data element error that a flaw is answered with.
IK403: Final = {
    FlawCode.MISSING_ELEMENT: "1",
    FlawCode.TOO_LONG: "5",
    FlawCode.BAD_CHARACTER: "6",
    FlawCode.BAD_ELEMENT: "6",
    FlawCode.BAD_NUMBER: "6",
    FlawCode.BAD_CODE: "7",
    FlawCode.BAD_DATE: "8",
    FlawCode.BAD_TIME: "9",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: segments, lines, elements and components count from one."""

    segment_id: str = ""
    number: int = 0
    """The segment's number in the file."""
    line: int = 0
    offset: int = 0
    """The byte at which the segment begins, counted from zero."""
    within: int = 0
    """Its number in its transaction set, where ST is 1 (IK302); 0 outside of one."""
    element: int = 0
    component: int = 0
    loop: str = ""

    @classmethod
    def of(cls, segment: Segment, element: int = 0, component: int = 0, loop: str = "") -> Place:
        return cls(
            segment_id=segment.id,
            number=segment.number,
            line=segment.line,
            offset=segment.offset,
            within=segment.within,
            element=element,
            component=component,
            loop=loop,
        )

    def __str__(self) -> str:
        """``CLP04 in loop 2100 (segment 27, line 27)``."""
        if not self.number:
            return "the file"
        name = self.segment_id or "a segment"
        if self.element:
            name += f"{self.element:02d}"
        if self.component:
            name += f"-{self.component}"
        loop = f" in loop {self.loop}" if self.loop else ""
        return f"{name}{loop} (segment {self.number:,}, line {self.line:,})"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong: what, where, and why in a sentence."""

    code: FlawCode
    place: Place
    reason: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class X12Refused(ValueError):
    """The file can't be taken as it is; ``flaw`` says where and why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(str(flaw))
        self.flaw = flaw

    def inside(self, loop: str) -> X12Refused:
        """The same, naming the loop where it was found."""
        if self.flaw.place.loop:
            return self
        return X12Refused(replace(self.flaw, place=replace(self.flaw.place, loop=loop)))


def refuse(
    code: FlawCode, segment: Segment | Place, reason: str, element: int = 0, component: int = 0
) -> X12Refused:
    """The exception to raise for an error at ``segment``."""
    place = segment if isinstance(segment, Place) else Place.of(segment, element, component)
    return X12Refused(Flaw(code, place, reason))


def note(code: FlawCode, segment: Segment, reason: str, element: int = 0, loop: str = "") -> Flaw:
    return Flaw(code, Place.of(segment, element, loop=loop), reason, Severity.NOTE)


MOST_NOTES: Final = 1_000
"""Notes kept of one transaction set: a file that strays everywhere must not fill memory."""


def keep(notes: list[Flaw], more: Sequence[Flaw]) -> None:
    """Add ``more`` as long as there is room."""
    room = MOST_NOTES - len(notes)
    if room > 0:
        notes.extend(more[:room])
