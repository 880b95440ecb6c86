"""What may be written into an element, and how foreign text is made fit for it."""

from __future__ import annotations

import re
from typing import Final

_DELIMITERS: Final = re.compile(r"[*^:~|]")
_OTHER: Final = re.compile(r"[^ -~]")
_SPACES: Final = re.compile(r" {2,}")


def clean(text: str) -> str:
    """Text that any 5010 file can carry: ``Núñez: Zoë`` becomes ``Nunez Zoe``.

    X12 has no escape: a delimiter inside of data can't be sent. Letters are
    written in ASCII; delimiters, line breaks and other control characters
    become a space, runs of spaces one. Lossy, hence never done by the writer
    on its own: who builds a claim decides which texts may be treated so
    (names and notes may, identifiers may not).
    """
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(text)
    return _SPACES.sub(" ", _OTHER.sub(" ", _DELIMITERS.sub(" ", text))).strip()
