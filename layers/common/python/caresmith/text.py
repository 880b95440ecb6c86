"""Text as people write it: any script, bounded, composed (NFC), without control characters.

NFC makes ``é`` typed as one or as two code points the same text. Control
characters, lone surrogates and the marks that reverse the reading direction are
refused, since they hide what a text says; the joiners that Persian and Indic
names need are kept. Lengths count code points.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

_REFUSED: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
# Unicode TR36 2.5: explicit directional embeddings, overrides and isolates.
_DIRECTION_MARKS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def _refuse_hidden(text: str, allowed: str = "") -> str:
    for character in text:
        if character in allowed:
            continue
        if unicodedata.category(character) in _REFUSED or character in _DIRECTION_MARKS:
            raise ValueError("must not hold control characters")
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """One line: composed, trimmed, inner white space to single spaces.

    Raises ValueError for control characters, or where nothing is left.
    """
    line = " ".join(_refuse_hidden(text, allowed="\t").split())
    if not line:
        raise ValueError("must not be empty")
    return line


def clean_note(text: str) -> str:
    """Several lines: composed and trimmed, line breaks kept as ``\\n``."""
    note = _refuse_hidden(text.replace("\r\n", "\n"), allowed="\n\t").strip()
    if not note:
        raise ValueError("must not be empty")
    return note


def _line(max_length: int) -> tuple[StringConstraints, AfterValidator]:
    return StringConstraints(min_length=1, max_length=max_length), AfterValidator(clean_line)


Word = Annotated[str, *_line(40)]
"""A short piece: a prefix, a city's code, a policy's group."""
NamePart = Annotated[str, *_line(100)]
"""One part of a name."""
Line = Annotated[str, *_line(200)]
"""One line: a street, a title, a display name."""
Note = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(clean_note)]
"""A few sentences."""
