"""Bytes to segments, one at a time: memory holds one chunk whatever the size of the file."""

from __future__ import annotations

import codecs
from collections.abc import Generator, Iterator
from typing import Final, Literal, Protocol

from caresmith.x12.delimiters import ISA_LENGTH, Delimiters, from_isa
from caresmith.x12.flaws import FlawCode, Place, X12Refused, refuse
from caresmith.x12.segment import Segment


class ByteSource(Protocol):
    """A file opened for reading bytes, or what reads like one."""

    def read(self, size: int, /) -> bytes: ...


Encoding = Literal["ascii", "latin-1", "utf-8"]
"""X12's basic and extended sets are ASCII; the others are for payers known to send them."""

CHUNK: Final = 1 << 18
LONGEST_SEGMENT: Final = 1 << 16
"""Characters. No segment of these guides comes near: what is longer has other delimiters."""
_BREAKS: Final = "\r\n"
_BEHIND: Final = " \t\r\n\x1a\x00"
"""What may follow an IEA and says nothing: space, and Ctrl-Z, the end of a file of DOS."""
_FIRST_PRINTABLE_BEYOND_ASCII: Final = "\xa0"


class SegmentReader:
    """Iterates over the segments of a file, which may hold several interchanges.

    Line breaks between segments are passed over, as many as there are; inside
    a segment they are refused, for what was wrapped at a column has lost or
    gained spaces there. Each ISA says its own delimiters.

    Raises:
        X12Refused: while iterating, at the first thing that can't be read.
    """

    def __init__(self, source: ByteSource, encoding: Encoding = "ascii") -> None:
        self._source = source
        self._encoding = encoding
        # Latin-1 gives each byte a character, so that a byte which is no ASCII
        # is refused where it stands, in its segment.
        codec = "utf-8-sig" if encoding == "utf-8" else "latin-1"
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._offset = 0
        self._line = 1
        self._number = 0
        self._ended = False
        self._plain, self._wide = encoding == "ascii", encoding == "utf-8"
        self.delimiters = Delimiters()
        """Those of the interchange that is being read."""
        self.line_break = ""
        """What follows the first segment's terminator: as it came, it can be written."""

    def __iter__(self) -> Iterator[Segment]:
        buffer = self._pass(_BEHIND, self._at_least(ISA_LENGTH, ""))
        if not buffer:
            raise refuse(FlawCode.EMPTY, Place(), "the file is empty")
        while buffer:
            buffer = self._at_least(ISA_LENGTH + 2, buffer)
            self.delimiters = self._delimiters(buffer)
            after = buffer[ISA_LENGTH : ISA_LENGTH + 2]
            self.line_break = after[: len(after) - len(after.lstrip(_BREAKS))]
            buffer = yield from self._interchange(buffer)

    def _interchange(self, buffer: str) -> Generator[Segment, None, str]:
        """Segments up to the IEA; returns what follows it."""
        terminator = self.delimiters.segment
        while True:
            pieces = buffer.split(terminator)
            buffer = pieces.pop()
            for index, piece in enumerate(pieces):
                segment = self._segment(piece)
                if segment is None:
                    continue
                yield segment
                if segment.elements[0] == "IEA":
                    rest = terminator.join([*pieces[index + 1 :], buffer])
                    while not rest.strip(_BEHIND) and not self._ended:
                        rest = self._more(rest)
                    return self._pass(_BEHIND, rest)
            if self._ended:
                raise self._unfinished(buffer)
            if len(buffer) > LONGEST_SEGMENT:
                raise refuse(
                    FlawCode.BAD_DELIMITERS,
                    self._here(buffer),
                    f"no segment terminator within {LONGEST_SEGMENT:,} characters",
                )
            buffer = self._more(buffer)

    def _segment(self, piece: str) -> Segment | None:
        """The segment that ends at a terminator; None for an empty line where lines end them."""
        text = piece
        if text[:1] in ("\r", "\n", ""):
            text = self._pass(_BREAKS, piece)
            if not text and self.delimiters.segment in _BREAKS:
                self._offset += 1
                self._line += 1
                return None
        self._number += 1
        elements = text.split(self.delimiters.element)
        segment = Segment(elements, self._number, self._line, self._offset)
        if not text.isprintable() or (self._plain and not text.isascii()):
            self._inspect(segment, text)
        self._offset += 1 + (len(text.encode()) if self._wide else len(text))
        if self.delimiters.segment in _BREAKS:
            self._line += 1
        name = elements[0]
        if not (1 < len(name) < 4 and name.isalnum() and name.isupper()):  # noqa: PLR2004
            raise _bad_id(segment)
        return segment

    def _more(self, buffer: str) -> str:
        chunk = self._source.read(CHUNK)
        self._ended = not chunk
        try:
            return buffer + self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            raise refuse(
                FlawCode.BAD_CHARACTER, self._here(buffer), "bytes near here are not UTF-8"
            ) from None

    def _at_least(self, length: int, buffer: str) -> str:
        while len(buffer) < length and not self._ended:
            buffer = self._more(buffer)
        return buffer

    def _pass(self, skipped: str, text: str) -> str:
        """The text without what leads it, of which lines and bytes are counted."""
        rest = text.lstrip(skipped)
        lead = text[: len(text) - len(rest)]
        self._line += lead.count("\n") or lead.count("\r")
        self._offset += len(lead)
        return rest

    def _delimiters(self, buffer: str) -> Delimiters:
        try:
            return from_isa(buffer)
        except X12Refused as refused:
            # A second interchange stands further down than its own first line.
            here = self._here(buffer)
            flaw = refused.flaw
            place = Place("ISA", here.number, here.line, here.offset, element=flaw.place.element)
            raise refuse(flaw.code, place, flaw.reason) from None

    def _inspect(self, segment: Segment, text: str) -> None:
        """Refuse characters that X12 does not have, unless they are the delimiters."""
        own = self.delimiters.every
        for character in text:
            if character in own or (character.isascii() and character.isprintable()):
                continue
            if character in _BREAKS:
                raise refuse(
                    FlawCode.BROKEN_LINE, segment, "a line break stands inside this segment"
                )
            if self._encoding != "ascii" and character >= _FIRST_PRINTABLE_BEYOND_ASCII:
                continue
            element = text[: text.index(character)].count(self.delimiters.element)
            raise refuse(
                FlawCode.BAD_CHARACTER,
                segment,
                f"0x{ord(character):02X} is no character of X12's extended set (ASCII)",
                element,
            )

    def _here(self, buffer: str = "") -> Place:
        """Where the segment begins that is not complete yet."""
        text = buffer.lstrip(_BREAKS)
        lead = buffer[: len(buffer) - len(text)]
        name = text.split(self.delimiters.element, 1)[0][:3]
        return Place(
            segment_id=name if name.isalnum() and name.isupper() else "",
            number=self._number + 1,
            line=self._line + (lead.count("\n") or lead.count("\r")),
            offset=self._offset + len(lead),
        )

    def _unfinished(self, rest: str) -> X12Refused:
        inside = rest.strip(_BEHIND)
        reason = (
            "the file ends inside this segment"
            if inside
            else "the file ends before its IEA: a part of it is missing"
        )
        return refuse(FlawCode.TRUNCATED, self._here(rest), reason)


def _bad_id(segment: Segment) -> X12Refused:
    if segment.elements == [""]:
        return refuse(FlawCode.BAD_SEGMENT_ID, segment, "an empty segment")
    return refuse(
        FlawCode.BAD_SEGMENT_ID,
        Place(number=segment.number, line=segment.line, offset=segment.offset),
        "this does not begin with a segment id: its delimiters are not those that ISA names",
    )
