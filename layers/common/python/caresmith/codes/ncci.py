"""CMS's National Correct Coding Initiative: pairs of codes, units a day, days of aftercare.

Read from one SQLite file (``layers/codes/ncci.py`` makes it), opened read-only. It holds
numbers of codes alone: what a CPT code says belongs to the AMA and is nowhere here.

Sources: CMS, Medicare NCCI Procedure-to-Procedure (PTP) edits and Medically Unlikely
Edits (MUE), practitioner services; Medicare Physician Fee Schedule, relative value file,
column GLOB DAYS.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import cache, lru_cache
from pathlib import Path

_REMEMBERED = 65_536


class Indicator(StrEnum):
    """Whether a modifier may separate a pair (column "Modifier" of the PTP file)."""

    NEVER = "0"
    WITH_MODIFIER = "1"
    NOT_APPLICABLE = "9"
    """The pair was deleted as of the day it began."""


class Adjudication(IntEnum):
    """How an MUE is held against a claim (MUE Adjudication Indicator)."""

    LINE = 1
    DAY_BY_POLICY = 2
    """Of the day, and absolute."""
    DAY_BY_CLINICAL_DATA = 3
    """Of the day; more can be paid where the record supports it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The column two code is not paid beside the column one code."""

    column_one: str
    column_two: str
    indicator: Indicator


@dataclass(frozen=True, slots=True)
class UnitLimit:
    units: int
    adjudication: Adjudication


def as_number(day: date) -> int:
    """``20260701``: four bytes, since there are millions of pairs and a layer has 250 MB."""
    return day.year * 10_000 + day.month * 100 + day.day


class Ncci:
    """The index, open for reading. Repeated questions are answered from memory."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise FileNotFoundError(f"{path.name} is absent: run scripts/setup")
        self._store = sqlite3.connect(
            f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._pairs = lru_cache(_REMEMBERED)(self._read_pairs)
        self._limits = lru_cache(_REMEMBERED)(self._read_limits)
        self.global_days = lru_cache(_REMEMBERED)(self._read_global_days)

    def whole(self, table: str) -> bool:
        """Whether ``ptp``, ``mue`` or ``global`` is CMS's own, and not the shipped sample."""
        row = self._store.execute("SELECT complete FROM origin WHERE name = ?", (table,)).fetchone()
        return bool(row and row[0])

    def pair(self, column_one: str, column_two: str, on: date) -> Pair | None:
        """The edit of two codes in this order, if one is in effect on that day."""
        for first, last, indicator in self._pairs(column_one, column_two):
            if first <= as_number(on) <= last:
                return Pair(column_one, column_two, indicator)
        return None

    def limit(self, code: str, on: date) -> UnitLimit | None:
        """The most units of a code that one provider does for one patient, if there is one."""
        for first, last, limit in self._limits(code):
            if first <= as_number(on) <= last:
                return limit
        return None

    def _read_pairs(self, one: str, two: str) -> tuple[tuple[int, int, Indicator], ...]:
        asked = "SELECT first, last, indicator FROM ptp WHERE one = ? AND two = ?"
        return tuple(
            (first, last, Indicator(str(indicator)))
            for first, last, indicator in self._store.execute(asked, (one, two))
        )

    def _read_limits(self, code: str) -> tuple[tuple[int, int, UnitLimit], ...]:
        asked = "SELECT first, last, units, adjudication FROM mue WHERE code = ?"
        return tuple(
            (first, last, UnitLimit(units, Adjudication(a)))
            for first, last, units, a in self._store.execute(asked, (code,))
        )

    def _read_global_days(self, code: str) -> str | None:
        """``000``, ``010``, ``090``, ``MMM``, ``XXX``, ``YYY`` or ``ZZZ``; None: not known.

        ``ZZZ`` is a code that is only billed beside another (add-on).
        """
        asked = "SELECT days FROM global WHERE code = ?"
        row = self._store.execute(asked, (code,)).fetchone()
        return row[0] if row else None


@cache
def ncci() -> Ncci:
    """The index of this deployment. Raises FileNotFoundError where the layer is absent."""
    return Ncci(Path(os.environ.get("CARESMITH_CODES_DIR", "/opt/codes")) / "ncci.sqlite")
