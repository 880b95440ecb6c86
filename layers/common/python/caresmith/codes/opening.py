"""Opening the indexes that the codes layer carries, and asking them by words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

Ways = Sequence[Sequence[str]]
"""The ways to say one typed word, each of them words that must all be there."""

WORD_TABLE: Final = """
CREATE VIRTUAL TABLE word USING fts5(
  name, terms, content='', detail=none, columnsize=0, prefix='2 3',
  tokenize="unicode61 remove_diacritics 2 tokenchars '.'"
);
"""
"""The words of an index of names: a number with its decimals is one word."""


def opened(path: Path) -> sqlite3.Connection:
    """An index, to be read. Raises FileNotFoundError where nobody built it."""
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is absent: run scripts/setup")
    # Nobody writes, and SQLite itself keeps threads apart.
    return sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def of_this_deployment(name: str) -> Path:
    return Path(os.environ.get("CARESMITH_CODES_DIR", "/opt/codes")) / name


def matching(asked: Sequence[Ways]) -> str:
    """The words as FTS5 asks for them: all of them, in any of their ways.

    A word stands for all that begin with it. A number means itself, but for the last
    thing that was typed, which may go on.
    """
    found = []
    for place, ways in enumerate(asked):
        last = place == len(asked) - 1
        said = (" AND ".join(_term(word, last=last) for word in way) for way in ways)
        found.append("(" + " OR ".join(said) + ")")
    return " AND ".join(found)


def _term(word: str, *, last: bool) -> str:
    return f'"{word}"' if word[0].isdigit() and not last else f'"{word}"*'
