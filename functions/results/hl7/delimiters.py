"""Encoding characters, escape sequences and character sets (HL7 v2.5.1, 2.5.4 and 2.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from functions.results.hl7.findings import Condition, Place, unreadable

# HL7 table 0211 to Python's codecs. Sets that would need escapes to switch between
# them are not taken.
CHARACTER_SETS: Final = {
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "GB 18030-2000": "gb18030",
    "BIG-5": "big5",
    "KS X 1001": "euc_kr",
    **{f"8859/{part}": f"iso8859-{part}" for part in (*range(1, 10), 15)},
}
_MSH: Final = 4  # the header's name and its field separator
_BOM: Final = b"\xef\xbb\xbf"
_LAYOUT: Final = re.compile(r"\.(sp|sk|in|ti)[+-]?(\d{1,2})")
"""2.7.6: skip lines, skip spaces, indent; what only shifts a line is left out."""
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Delimiters:
    """A message's own, as its MSH-1 and MSH-2 say."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @classmethod
    def of(cls, header: str, place: Place) -> Delimiters:
        """Read from a segment MSH, BHS or FHS. Raises Unreadable."""
        if len(header) < _MSH:
            raise unreadable(Condition.REQUIRED, place, "ends before the encoding characters")
        field = header[3]
        given = header[_MSH:].split(field, 1)[0]
        # A fifth, the truncation character, came with version 2.7.
        if len(given) not in {4, 5}:
            raise unreadable(Condition.DATA_TYPE, place, "needs four encoding characters")
        used = field + given
        if len(set(used)) != len(used) or any(c.isalnum() or c.isspace() for c in used):
            raise unreadable(
                Condition.DATA_TYPE,
                place,
                "encoding characters must differ, and be neither letters, digits nor spaces",
            )
        return cls(field, *list(given)[:4])

    @property
    def encoding_characters(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent

    @cached_property
    def _meanings(self) -> dict[str, str]:
        return {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
            # Highlighting says how a line is shown, not what it says.
            "H": "",
            "N": "",
            ".br": "\n",
            ".sp": "\n",
            ".ce": "\n",
            ".fi": "",
            ".nf": "",
        }

    @cached_property
    def _sequence(self) -> re.Pattern[str]:
        mark = re.escape(self.escape)
        return re.compile(f"{mark}([^{mark}]{{1,200}}){mark}")

    @cached_property
    def _escapes(self) -> dict[str, str]:
        names = {meaning: name for name, meaning in self._meanings.items() if name in "FSTRE"}
        return {character: f"{self.escape}{names[character]}{self.escape}" for character in names}

    def unescape(self, text: str, charset: str = "utf-8") -> str:
        """What the text means. A sequence that is not known stays as it was written."""
        if self.escape not in text:
            return text

        def meaning(match: re.Match[str]) -> str:
            said = self._said(match.group(1), charset)
            return match.group() if said is None else said

        return self._sequence.sub(meaning, text)

    def _said(self, name: str, charset: str) -> str | None:
        """What an escape sequence of that name stands for; None for one that is not known."""
        known = self._meanings.get(name)
        if known is not None:
            return known
        if name[0] == "X":
            try:
                return bytes.fromhex(name[1:]).decode(charset)
            except ValueError:
                return None
        layout = _LAYOUT.fullmatch(name)
        if layout is None:
            return None
        return {"sp": "\n", "sk": " "}.get(layout[1], "") * int(layout[2])

    def escape_text(self, text: str, charset: str = "utf-8") -> str:
        """The inverse of :meth:`unescape`: safe as a field, component or subcomponent."""
        marked = "".join(self._escapes.get(character, character) for character in text)
        return _UNSAFE.sub(
            lambda match: (
                f"{self.escape}X{match.group().encode(charset).hex().upper()}{self.escape}"
            ),
            marked,
        )


def decode(raw: bytes, place: Place) -> tuple[str, str]:
    """The message's text and the codec that its MSH-18 names. Raises Unreadable.

    MSH-18 empty means ASCII; UTF-8 is taken too, of which ASCII is a part. Of a
    list of sets the first is the message's own.
    """
    raw = raw.removeprefix(_BOM)
    named = _named_set(raw)
    codec = CHARACTER_SETS.get(named or "UNICODE UTF-8")
    if codec is None:
        raise unreadable(Condition.TABLE_VALUE, place, "names a character set that is not taken")
    try:
        return raw.decode(codec), codec
    except UnicodeDecodeError:
        said = named or "ASCII or UTF-8"
        raise unreadable(
            Condition.DATA_TYPE, place, f"the message holds bytes that are not {said}"
        ) from None


def _named_set(raw: bytes) -> str:
    """MSH-18 of a message, read as bytes: empty where there is none."""
    line = re.split(rb"[\r\n]", raw, maxsplit=1)[0]
    if len(line) < _MSH:
        return ""
    separator, repetition = line[3:4], line[5:6]
    fields = line.split(separator)
    if len(fields) <= 17:  # noqa: PLR2004 - MSH-1 is the separator itself
        return ""
    first = fields[17].split(repetition)[0] if repetition else fields[17]
    return first.decode("ascii", "replace").strip().upper()
