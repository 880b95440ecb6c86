"""How carriers count a text: its alphabet, its characters, the segments that are charged.

A text that keeps to the GSM 7-bit default alphabet and its extension (3GPP TS
23.038, 6.2.1 and 6.2.1.1) has 160 characters in one segment, or 153 in each of
several, which give seven to the header that joins them. Any other character
makes the whole text UCS-2: 70, or 67 in each of several. A character of the
extension counts as two, one beyond the Basic Multilingual Plane as two as well,
and neither is ever split between segments (3GPP TS 23.040, 9.2.3.24.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_ONE: Final = {"GSM-7": 160, "UCS-2": 70}
_SEVERAL: Final = {"GSM-7": 153, "UCS-2": 67}
_BMP_END: Final = 0xFFFF

Encoding = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True, slots=True)
class Segments:
    """One text as carriers count it."""

    encoding: Encoding
    characters: int
    """Septets for GSM-7, UTF-16 code units for UCS-2: what the limits are measured in."""
    count: int
    """How many segments are charged; none for an empty text."""
    costly: tuple[str, ...] = ()
    """The characters that made it UCS-2, in their order, each once."""


def segments(text: str) -> Segments:
    """How the text is sent."""
    foreign = tuple(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENSION))
    encoding: Encoding = "UCS-2" if foreign else "GSM-7"
    if foreign:
        widths = [2 if ord(character) > _BMP_END else 1 for character in text]
    else:
        widths = [2 if character in _EXTENSION else 1 for character in text]
    total = sum(widths)
    if total <= _ONE[encoding]:
        return Segments(encoding, total, 1 if total else 0, foreign)
    return Segments(encoding, total, _packed(widths, _SEVERAL[encoding]), foreign)


def _packed(widths: Iterable[int], room: int) -> int:
    """How many segments of ``room`` hold characters of these widths, none of them split."""
    count, filled = 1, 0
    for width in widths:
        if filled + width > room:
            count, filled = count + 1, 0
        filled += width
    return count
