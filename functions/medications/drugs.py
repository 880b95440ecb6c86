"""The drugs that the form offers by name: a short list of RxNorm's clinical drugs.

Any other drug is prescribed by its RxCUI and name. The list is no formulary.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).with_name("drugs.json")
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Drug:
    rxcui: str
    name: str


@cache
def listed() -> tuple[Drug, ...]:
    return tuple(Drug(*one) for one in json.loads(_TABLE.read_text())["drugs"])


def search(text: str) -> list[Drug]:
    """Drugs whose names have every word of the text, those that begin with it first."""
    words = text.casefold().split()
    if not words:
        return []
    found = [drug for drug in listed() if all(word in drug.name.casefold() for word in words)]
    found.sort(key=lambda drug: not drug.name.casefold().startswith(words[0]))
    return found[:MOST]
