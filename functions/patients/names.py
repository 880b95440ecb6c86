"""Names made comparable: any script, accents, case and punctuation fall away.

``María-José O'Brien`` and ``maria jose obrien`` give the same words. Scripts
other than Latin are transliterated by ``anyascii``, so 王小明 is found by
"wang" and by its own characters alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import jellyfish
from anyascii import anyascii

from caresmith.records.demographics import HumanName

_DROPPED: Final = str.maketrans("", "", "'`’ʼʻ´.")
_WORD: Final = re.compile(r"[a-z0-9]+")
_FIRST_CJK: Final = "⺀"  # U+2E80: where scripts begin that write no space between names

PARTICLES: Final = frozenset(
    (
        *("al", "bin", "da", "de", "del", "den", "der", "di", "do", "dos", "du", "e", "el", "ibn"),
        *("la", "las", "le", "los", "san", "ten", "ter", "van", "von", "y"),
    )
)
"""Words that many family names share and that therefore tell little."""


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a name or query, in ASCII lower case without marks, in order."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tuple(_WORD.findall(anyascii(folded).lower().translate(_DROPPED)))


def sound(word: str) -> str:
    """How a word sounds (Metaphone): equal for ``garcia`` and ``garsia``. May be empty."""
    return jellyfish.metaphone(word)


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words of one name. ``joined`` holds compounds written as one word."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    joined: tuple[str, ...]

    @property
    def singles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.given, *self.family, *self.joined)))


def name_words(name: HumanName) -> NameWords:
    """What a name is found and compared by."""
    given = tuple(dict.fromkeys(word for part in name.given for word in words(part)))
    family_all = words(name.family or "")
    family = tuple(word for word in family_all if word not in PARTICLES) or family_all
    joined = ["".join(run) for run in (given, family_all) if len(run) > 1]
    text = f"{name.family or ''}{''.join(name.given)}"
    if any(character >= _FIRST_CJK for character in text):
        joined.append("".join(words(text)))
    return NameWords(given, tuple(dict.fromkeys(family)), tuple(joined))


def all_words(names: Iterable[str]) -> set[str]:
    """All words of these spoken names, with neighbours also joined (``van dyke``, ``vandyke``)."""
    found: set[str] = set()
    for name in names:
        run = words(name)
        found.update(run)
        found.update(a + b for a, b in pairwise(run))
        found.update("".join(run[i : i + 3]) for i in range(len(run) - 2))
    return found
