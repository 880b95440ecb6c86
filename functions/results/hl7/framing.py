"""Where messages begin and end in what arrives: a file, a batch, a stream (HL7 v2.5.1, 2.10.3).

    FHS BHS MSH.. MSH.. BTS BHS MSH.. BTS FTS

Nothing that arrives is left out: the pieces joined are the bytes that came. A
message is held while it is read, a file never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024
START_BLOCK: Final = b"\x0b"
END_BLOCK: Final = b"\x1c\r"
"""MLLP: HL7 v2.5.1 implementation guide, appendix C."""

_ENVELOPE: Final = frozenset({b"FHS", b"BHS", b"BTS", b"FTS"})
_NOISE: Final = b"\x0b\x1c\xef\xbb\xbf \t"


class Part(StrEnum):
    MESSAGE = "message"
    ENVELOPE = "envelope"
    """One of FHS, BHS, BTS, FTS."""
    STRAY = "stray"
    """Belongs to no message, or is longer than any message may be."""
    BLANK = "blank"
    """Line ends and framing between messages."""


@dataclass(frozen=True, slots=True)
class Piece:
    part: Part
    raw: bytes
    """As it came, with its line ends."""
    line: int
    """The piece's first line in the file, from 1."""
    offset: int
    """Its first byte in the file."""


def pieces(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """The pieces of a stream, in order."""
    held: list[bytes] = []
    part, first_line, offset, size, at_line, position = Part.BLANK, 1, 0, 0, 1, 0
    for line in _lines(chunks):
        begins = _kind(line, part)
        if begins is not None or size + len(line) > MAX_MESSAGE_BYTES:
            if held:
                yield Piece(part, b"".join(held), first_line, offset)
            # What goes on after too much of a message belongs to none.
            part = begins or Part.STRAY
            held, size, first_line, offset = [], 0, at_line, position
        held.append(line)
        size += len(line)
        position += len(line)
        at_line += 1
    if held:
        yield Piece(part, b"".join(held), first_line, offset)


def _kind(line: bytes, before: Part) -> Part | None:
    """The part that the line begins; None where it goes on with the one before."""
    text = line.strip(b"\r\n").strip(_NOISE)
    if text[:3] == b"MSH":
        return Part.MESSAGE
    if text[:3] in _ENVELOPE:
        return Part.ENVELOPE
    if not text:
        return Part.BLANK if before is Part.ENVELOPE else None
    if before in {Part.ENVELOPE, Part.BLANK}:
        return Part.STRAY
    return None


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their ends: CR as the standard has it, LF and CRLF as files have it."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        # A CR at the very end may be followed by its LF in the next chunk.
        complete = rest[:-1] if rest.endswith(b"\r") else rest
        # Of bytes, these are CR, LF and CRLF and no others.
        lines = complete.splitlines(keepends=True)
        tail = lines.pop() if lines and not lines[-1].endswith((b"\r", b"\n")) else b""
        yield from lines
        rest = tail + rest[len(complete) :]
        while len(rest) > MAX_MESSAGE_BYTES:
            yield rest[:MAX_MESSAGE_BYTES]
            rest = rest[MAX_MESSAGE_BYTES:]
    if rest:
        yield rest
