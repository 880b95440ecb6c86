"""A text as rules read it: plain letters, clauses, emojis as words, typing mistakes mended."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz.distance import OSA

from functions.webhooks.phrases import (
    ASKING_WORDS,
    EMOJIS,
    FILLERS,
    GREETINGS,
    NOT_MISSPELT,
    VOCABULARY,
)

_APOSTROPHES: Final = re.compile(r"(?<=\w)['’‘`´](?=\w)")
_CLAUSE_ENDS: Final = re.compile(r"[.,;:!?¿¡\n()\"“”]+|\s[-–—]\s")
_NOT_WORD: Final = re.compile(r"[^a-z0-9| ]+")
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")
_POLITE: Final = re.compile(r"\b(?:no se preocupe[ns]?|dont worry)\b[ |]*|(?<=sorry )but ")
_KEYCAP: Final = "\u20e3"
_SHORTEST_MENDED: Final = 5
_LONG_WORD: Final = 9


@dataclass(frozen=True)
class Reading:
    """One text, prepared."""

    plain: str
    """Words and ``|`` between clauses, single spaces."""
    asks: bool
    """Whether it is a question, by its mark or its first word."""

    @cached_property
    def words(self) -> list[str]:
        return [word for word in self.plain.split() if word != "|"]

    @cached_property
    def core(self) -> str:
        """The words without politeness at either end."""
        words = self.words
        while words and words[0] in FILLERS | GREETINGS:
            words = words[1:]
        while words and words[-1] in FILLERS:
            words = words[:-1]
        return " ".join(words)


def read(text: str) -> Reading:
    """Prepare ``text``. Nothing of it is lost that a rule looks at."""
    plain = _plain(text)
    asks = "?" in text or any(
        clause.split()[0] in ASKING_WORDS for clause in plain.split("|") if clause.strip()
    )
    return Reading(plain, asks)


def _plain(text: str) -> str:
    for emoji, word in EMOJIS.items():
        text = text.replace(emoji, word)
    # "Cancelé" says that it was done; without its accent it would ask for it.
    text = re.sub(r"(?i)\b(cancel|anul)é(?!\w)", r"\1ado", unicodedata.normalize("NFC", text))
    text = unicodedata.normalize("NFKD", text.replace(_KEYCAP, " ").lower())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text)
    text = _NOT_WORD.sub(" ", _CLAUSE_ENDS.sub(" | ", text))
    words = [_mended(_shortened(word)) for word in text.split()]
    # Politeness that sounds like a refusal or a doubt; "can not" begins no question.
    joined = _POLITE.sub("", " ".join(words)).replace("can not ", "cannot ")
    return re.sub(r"^[| ]+|[| ]+$", "", re.sub(r"(?:\| )+", "| ", joined))


def _shortened(word: str) -> str:
    """``yesss`` as ``yes``; a word of one letter alone, like ``xxx``, stays what it is."""
    return word if len(set(word)) == 1 else _DRAWN_OUT.sub(r"\1", word)


def _mended(word: str) -> str:
    """The word of the vocabulary that was meant, where only one typing mistake parts them."""
    if len(word) < _SHORTEST_MENDED or word in NOT_MISSPELT or word in VOCABULARY:
        return word
    for known in VOCABULARY:
        if OSA.distance(word, known) <= (2 if len(known) >= _LONG_WORD else 1):
            return known
    return word
