"""Transaction sets as loops: what every reader but that of the 835 builds upon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from caresmith.x12.envelope import Envelope, Header, Interchange
from caresmith.x12.flaws import Flaw, FlawCode, refuse
from caresmith.x12.grammar import Loop
from caresmith.x12.reader import ByteSource, Encoding, SegmentReader
from caresmith.x12.segment import Segment
from caresmith.x12.walker import Node, Walker

Guides = Mapping[tuple[str, str], Loop]
"""Grammars by what ST01 and ST03 (or GS08) say."""


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """ST to SE as a tree. ``component`` and ``repetition`` are this file's separators."""

    header: Header
    root: Node
    component: str
    repetition: str
    notes: tuple[Flaw, ...]

    def parts(self, segment: Segment, element: int) -> list[str]:
        """The components of an element."""
        return segment[element].split(self.component)

    def repeated(self, segment: Segment, element: int) -> tuple[str, ...]:
        """The repetitions of an element; none where it is empty."""
        text = segment[element]
        return tuple(text.split(self.repetition)) if text else ()


@dataclass(frozen=True, slots=True)
class LooseSegment:
    """A segment between ISA and GS: TA1."""

    interchange: Interchange
    segment: Segment


def read_sets(
    source: ByteSource, guides: Guides, encoding: Encoding = "ascii"
) -> Iterator[TransactionSet | LooseSegment]:
    """Yield the transaction sets of a file in order.

    Raises:
        X12Refused: while iterating, at the first error: also for a set that is
            of none of ``guides``.
    """
    reader = SegmentReader(source, encoding)
    envelope = Envelope(reader)
    segments = iter(envelope)
    for segment in segments:
        name = segment.elements[0]
        if name == "TA1":
            assert envelope.interchange is not None  # noqa: S101 - it was let through
            yield LooseSegment(envelope.interchange, segment)
        elif name == "ST":
            header = envelope.header
            assert header is not None  # noqa: S101 - ST was just seen
            walker = Walker(_grammar(guides, header, segment))
            for root in walker.walk(chain([segment], segments)):
                yield TransactionSet(
                    header,
                    root,
                    reader.delimiters.component,
                    reader.delimiters.repetition,
                    tuple(walker.notes),
                )


def _grammar(guides: Guides, header: Header, segment: Segment) -> Loop:
    found = guides.get((header.kind, header.version))
    if found is not None:
        return found
    known = sorted({f"{kind} of {version}" for kind, version in guides})
    code = (
        FlawCode.VERSION if any(kind == header.kind for kind, _ in guides) else FlawCode.WRONG_KIND
    )
    raise refuse(code, segment, f"what is read here is {', '.join(known)}; this is something else")


def headers(source: ByteSource, encoding: Encoding = "ascii") -> Iterator[Header | Interchange]:
    """Look a whole file through: each interchange and each set of it, as its envelope says.

    For whom a file is, of which kind, and whether it came before (by its
    control numbers) is known from this alone; whatever is wrong with an
    envelope is found, since all of the file is read.
    """
    envelope = Envelope(SegmentReader(source, encoding))
    for segment in envelope:
        name = segment.elements[0]
        if name == "ISA" and envelope.interchange is not None:
            yield envelope.interchange
        elif name == "ST" and envelope.header is not None:
            yield envelope.header
