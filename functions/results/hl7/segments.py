"""A message's segments, whose fields are asked for by the numbers of the standard."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Final

from functions.results.hl7.delimiters import Delimiters, decode
from functions.results.hl7.findings import Condition, Place, unreadable

NULL: Final = '""'
"""What is written where a value is deleted: read as no value."""
_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_BREAKS: Final = re.compile(r"[\r\n]+")
_MOST_SEGMENTS: Final = 20_000


_HIDDEN: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_DIRECTION: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def printable(text: str) -> str:
    """Without what a reader can't see: control characters and marks that turn the direction."""
    if text.isascii() and text.isprintable():
        return text
    kept = (
        character
        for character in text
        if character in "\n\t"
        or (unicodedata.category(character) not in _HIDDEN and character not in _DIRECTION)
    )
    return unicodedata.normalize("NFC", "".join(kept))


@dataclass(frozen=True, slots=True)
class Composite:
    """One repetition of a field."""

    raw: str
    delimiters: Delimiters
    charset: str

    def text(self, component: int = 1, subcomponent: int = 1) -> str:
        """A component's text, unescaped and trimmed; empty where there is none."""
        parts = self.raw.split(self.delimiters.component, component)
        if component > len(parts):
            return ""
        inner = parts[component - 1].split(self.delimiters.subcomponent)
        if subcomponent > len(inner):
            return ""
        found = inner[subcomponent - 1].strip()
        if found == NULL:
            return ""
        return printable(self.delimiters.unescape(found, self.charset)).strip()

    def whole(self) -> str:
        """The text of a field of a simple type, in which delimiters of components are text."""
        if self.raw.strip() == NULL:
            return ""
        return printable(self.delimiters.unescape(self.raw, self.charset))

    def __bool__(self) -> bool:
        return bool(self.raw.replace(NULL, "").strip(self.delimiters.component + " "))


@dataclass(frozen=True, slots=True)
class Segment:
    name: str
    line: int
    sequence: int
    """Which of the message's segments of that name."""
    fields: tuple[str, ...]
    """By the standard's numbers: ``fields[3]`` is PID-3."""
    delimiters: Delimiters
    charset: str

    def place(self, field: int | None = None, component: int | None = None) -> Place:
        return Place(self.name, self.line, field, component, self.sequence)

    def raw(self, field: int) -> str:
        return self.fields[field] if field < len(self.fields) else ""

    def repetitions(self, field: int) -> list[Composite]:
        """The field's repetitions that hold something."""
        found = (
            Composite(part, self.delimiters, self.charset)
            for part in self.raw(field).split(self.delimiters.repetition)
        )
        return [one for one in found if one]

    def first(self, field: int) -> Composite:
        """The field's first repetition, which may be empty."""
        part = self.raw(field).split(self.delimiters.repetition, 1)[0]
        return Composite(part, self.delimiters, self.charset)

    def text(self, field: int, component: int = 1, subcomponent: int = 1) -> str:
        """A component of the field's first repetition."""
        return self.first(field).text(component, subcomponent)


def split(raw: bytes) -> list[Segment]:
    """A message's segments, the first of which is its MSH. Raises Unreadable."""
    header = Place("MSH", 1)
    text, charset = decode(raw.strip(b"\x0b\x1c\r\n"), Place("MSH", 1, 18))
    if not text.startswith("MSH"):
        raise unreadable(Condition.SEQUENCE, header, "a message begins with MSH")
    delimiters = Delimiters.of(_BREAKS.split(text, maxsplit=1)[0], Place("MSH", 1, 2))
    segments: list[Segment] = []
    seen: Counter[str] = Counter()
    for line, written in enumerate(_lines(text), start=1):
        name = written[:3]
        seen[name] += 1
        place = Place(name if _NAME.fullmatch(name) else "???", line, sequence=seen[name])
        fields = written.split(delimiters.field)
        if not _NAME.fullmatch(fields[0]):
            raise unreadable(Condition.SEQUENCE, place, "begins with no segment's name")
        if name == "MSH":
            if line > 1:
                raise unreadable(Condition.SEQUENCE, place, "a second MSH in one message")
            # MSH-1 is the separator itself, and MSH-2 must not be split by what it defines.
            fields = ["MSH", delimiters.field, *fields[1:]]
        segments.append(Segment(name, line, seen[name], tuple(fields), delimiters, charset))
    return segments


def _lines(text: str) -> list[str]:
    lines = [line for line in _BREAKS.split(text) if line.strip()]
    if len(lines) > _MOST_SEGMENTS:
        raise unreadable(
            Condition.TOO_LONG, Place("MSH", 1), f"more than {_MOST_SEGMENTS} segments"
        )
    return lines
