"""Segments to bytes, and the envelopes around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caresmith.x12.delimiters import ISA_WIDTHS, Delimiters
from caresmith.x12.envelope import FUNCTIONAL_ID, VERSION, Group, Header, Interchange, Party
from caresmith.x12.segment import Segment

Composite = tuple[str, ...]
"""The components of one element."""
Repeated = list[str]
"""The repetitions of one element."""

HIGHEST_NUMBER: Final = 999_999_999
"""ISA13, GS06 and ST02 have nine digits."""


class X12Unwritable(ValueError):
    """A value that X12 can't carry; names the segment and element, not the value."""

    def __init__(self, segment: str, element: int, reason: str) -> None:
        super().__init__(f"{segment}{element:02d}: {reason}")
        self.segment = segment
        self.element = element
        self.reason = reason


class SegmentMaker:
    """Makes segments to be written with its delimiters: ``make("NM1", "85", "2", name)``.

    A tuple is a composite, a list a repeated element; what is empty at the end
    of a segment or composite is left out, as the standard wants it.

    Raises:
        X12Unwritable: a text holds a delimiter or a character outside of
            X12's extended set, or begins or ends with a space.
    """

    def __init__(self, delimiters: Delimiters | None = None) -> None:
        self.delimiters = delimiters or Delimiters()

    def __call__(self, name: str, *parts: str | Composite | Repeated) -> Segment:
        elements = [name]
        composites = repeats = 0
        for part in parts:
            if isinstance(part, str):
                elements.append(part)
            elif isinstance(part, tuple):
                end = len(part)
                while end and not part[end - 1]:
                    end -= 1
                elements.append(self.delimiters.component.join(part[:end]))
                composites += max(end - 1, 0)
            else:
                elements.append(self.delimiters.repetition.join(part))
                repeats += max(len(part) - 1, 0)
        while not elements[-1]:
            elements.pop()
        whole = self.delimiters.element.join(elements)
        if not (
            whole.isascii()
            and whole.isprintable()
            and not self._spaced(whole)
            and whole.count(self.delimiters.element) == len(elements) - 1
            and whole.count(self.delimiters.component) == composites
            and whole.count(self.delimiters.repetition) == repeats
            and self.delimiters.segment not in whole
        ):
            self._explain(name, parts)
        return Segment(elements)

    def _spaced(self, whole: str) -> bool:
        separator = self.delimiters.element
        return whole[-1] == " " or separator + " " in whole or " " + separator in whole

    def _explain(self, name: str, parts: tuple[str | Composite | Repeated, ...]) -> None:
        for number, part in enumerate(parts, 1):
            for text in (part,) if isinstance(part, str) else part:
                if not (text.isascii() and text.isprintable()):
                    raise X12Unwritable(name, number, "a character that X12 does not have")
                if any(one in text for one in self.delimiters.every):
                    raise X12Unwritable(name, number, "a delimiter of the file inside of a text")
                if text != text.strip():
                    raise X12Unwritable(name, number, "a text that begins or ends with a space")


def rendered(
    segments: Iterable[Segment], delimiters: Delimiters, line_break: str = ""
) -> Iterator[str]:
    """Each segment as it stands in a file; read again, it is the same segment."""
    separator, end = delimiters.element, delimiters.segment + line_break
    for segment in segments:
        yield separator.join(segment.elements) + end


def written(
    segments: Iterable[Segment],
    delimiters: Delimiters | None = None,
    line_break: str = "",
    encoding: str = "ascii",
) -> bytes:
    """The whole file. For large ones, write what :func:`rendered` yields one by one."""
    return "".join(rendered(segments, delimiters or Delimiters(), line_break)).encode(encoding)


@dataclass(frozen=True, slots=True)
class Addressing:
    """From whom to whom, as the receiver's companion guide says."""

    sender: Party
    receiver: Party
    group_sender: str
    group_receiver: str
    test: bool = False
    wants_ta1: bool = False


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """Numbers that this sender has never used before towards this receiver."""

    interchange: int
    group: int
    first_set: int = 1
    """ST02 of the first transaction set; those behind it count on."""

    def __post_init__(self) -> None:
        for number in (self.interchange, self.group, self.first_set):
            if not 0 < number <= HIGHEST_NUMBER:
                raise ValueError("a control number has one to nine digits")


def interchange(
    kind: str,
    version: str,
    sets: Iterable[Iterable[Segment]],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    delimiters: Delimiters | None = None,
) -> Iterator[Segment]:
    """One interchange with one group of transaction sets of one ``kind`` (ST01).

    ``sets`` gives what stands between ST and SE; ``at`` is the sender's local time.
    """
    make = SegmentMaker(delimiters)
    yield isa(addressing, numbers.interchange, at, make.delimiters)
    yield make(
        "GS",
        FUNCTIONAL_ID[kind],
        addressing.group_sender,
        addressing.group_receiver,
        f"{at:%Y%m%d}",
        f"{at:%H%M}",
        str(numbers.group),
        "X",
        version,
    )
    count = 0
    for count, body in enumerate(sets, 1):
        number = f"{numbers.first_set + count - 1:04d}"
        # TR3 X221: the 835 is the one guide whose ST has no third element.
        yield make("ST", kind, number, "" if kind == "835" else version)
        segments = 2
        for segments, one in enumerate(body, 3):  # noqa: B007 - counted for SE01
            yield one
        yield make("SE", str(segments), number)
    yield make("GE", str(count), str(numbers.group))
    yield make("IEA", "1", f"{numbers.interchange:09d}")


def header_of(
    kind: str,
    version: str,
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    position: int = 1,
) -> Header:
    """What a reader says of the transaction set that :func:`interchange` writes at ``position``."""
    minute = at.replace(second=0, microsecond=0)
    envelope = Interchange(
        sender=addressing.sender,
        receiver=addressing.receiver,
        at=minute,
        control_number=f"{numbers.interchange:09d}",
        test=addressing.test,
        wants_ta1=addressing.wants_ta1,
    )
    group = Group(
        functional_id=FUNCTIONAL_ID[kind],
        sender=addressing.group_sender,
        receiver=addressing.group_receiver,
        at=minute,
        control_number=str(numbers.group),
        version=version,
    )
    return Header(envelope, group, kind, f"{numbers.first_set + position - 1:04d}", version)


def isa(addressing: Addressing, number: int, at: datetime, delimiters: Delimiters) -> Segment:
    """ISA, whose elements all have a fixed width. Raises X12Unwritable if one does not fit."""
    elements = (
        "00",
        "",
        "00",
        "",
        addressing.sender.qualifier,
        addressing.sender.id,
        addressing.receiver.qualifier,
        addressing.receiver.id,
        f"{at:%y%m%d}",
        f"{at:%H%M}",
        delimiters.repetition,
        VERSION,
        f"{number:09d}",
        "1" if addressing.wants_ta1 else "0",
        "T" if addressing.test else "P",
        delimiters.component,
    )
    padded = ["ISA"]
    for position, (text, width) in enumerate(zip(elements, ISA_WIDTHS, strict=True), 1):
        if len(text) > width:
            raise X12Unwritable("ISA", position, f"longer than its {width} characters")
        delimiter_named = position in (11, 16)
        if not delimiter_named and any(one in text for one in delimiters.every):
            raise X12Unwritable("ISA", position, "a delimiter of the file inside of a text")
        if not (text.isascii() and (delimiter_named or text.isprintable())):
            raise X12Unwritable("ISA", position, "a character that X12 does not have")
        padded.append(text.ljust(width))
    return Segment(padded)
