"""Labelled replies against what the rules make of them.

At first sight, before anything was mended, the parts scored 98.7 % (check), 75.6 %
(second) and 89.4 % (fresh) right, each without a cancellation by mistake: what is
not understood is unclear, and a person reads it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from functions.webhooks.intents import meaning_of
from scripts.bootstrap.paths import ROOT

REPLIES: Final = ROOT / "tests" / "unit" / "webhooks" / "replies.csv"
PARTS: Final = {
    "rules": "on which the rules were written",
    "check": "the other part, looked at afterwards",
    "hard": "made up to have visits cancelled by mistake",
    "second": "written later; the rules were mended with it",
    "fresh": "unseen by the rules as they stand",
}


@dataclass(frozen=True)
class Labelled:
    """A reply, what it asks for, and what was understood."""

    part: str
    language: str
    expected: str
    """An intent, for picks with their number: ``pick:2``."""
    understood: str
    text: str

    @property
    def right(self) -> bool:
        return self.expected == self.understood


def labelled(file: Path = REPLIES) -> list[Labelled]:
    """Every reply of the file, read by the rules."""
    with file.open(newline="", encoding="utf-8") as opened:
        return [
            Labelled(r["part"], r["language"], r["intent"], understood(r["text"]), r["text"])
            for r in csv.DictReader(opened)
        ]


def understood(text: str) -> str:
    """As the labels say it."""
    meaning = meaning_of(text)
    return f"{meaning.intent}:{meaning.number}" if meaning.number else str(meaning.intent)


def accuracy(replies: Iterable[Labelled]) -> float:
    """The share that was understood right; 1 of none."""
    marks = [reply.right for reply in replies]
    return sum(marks) / len(marks) if marks else 1.0


def precision(replies: Iterable[Labelled], intent: str) -> float:
    """Of what was taken for ``intent``, the share that was it."""
    return accuracy(reply for reply in replies if reply.understood == intent)


def recall(replies: Iterable[Labelled], intent: str) -> float:
    """Of what was ``intent``, the share that was taken for it."""
    return accuracy(reply for reply in replies if reply.expected == intent)


def confusion(replies: Iterable[Labelled]) -> Counter[tuple[str, str]]:
    """How often each intent was taken for each, picks together."""
    return Counter((_kind(r.expected), _kind(r.understood)) for r in replies)


def _kind(label: str) -> str:
    return label.partition(":")[0]
