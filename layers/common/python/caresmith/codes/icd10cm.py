"""ICD-10-CM: what a code says, whether it may be billed on a day, and which code is meant.

Read from one SQLite file (``layers/codes/build.py`` makes it), which opens in a
millisecond and is never written. Codes have their dot (``E11.9``).

Sources: ICD-10-CM tabular list and Official Guidelines for Coding and Reporting
(CDC/NCHS, CMS; public domain). A code is billable where no longer code exists below
it (Guidelines I.B.2); codes change on 1 October and 1 April (42 CFR 412.60(c)).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from caresmith.codes.opening import of_this_deployment, opened
from caresmith.codes.ranking import rank, tokens

_CODE: Final = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
_TYPED_CODE: Final = re.compile(r"[A-Za-z]\d[0-9A-Za-z]?\.?[0-9A-Za-z]{0,4}")
_CANDIDATES: Final = 3000
_COLUMNS: Final = "id, code, title, billable, first, last, terms"


class Validity(StrEnum):
    VALID = "valid"
    UNKNOWN = "unknown"
    """No release has it."""
    NOT_BILLABLE = "not-billable"
    """A heading: a longer code below it says what is meant."""
    NOT_YET = "not-yet"
    ENDED = "ended"


@dataclass(frozen=True)
class Icd10Code:
    """A code or heading of the tabular list."""

    number: int = field(repr=False)
    code: str
    title: str
    billable: bool
    first: date
    """First day on which it may be used; ``date.min`` where no known release lacks it."""
    last: date
    terms: tuple[str, ...]
    """Inclusion terms: other words for the same."""

    @property
    def is_code(self) -> bool:
        """Whether it is a category or what stands below one, and no block or chapter."""
        return _CODE.fullmatch(self.code) is not None

    def validity(self, on: date) -> Validity:
        """Whether it may stand on a claim for a service of that day."""
        if not self.is_code:
            return Validity.UNKNOWN
        if not self.billable:
            return Validity.NOT_BILLABLE
        if on < self.first:
            return Validity.NOT_YET
        return Validity.ENDED if on > self.last else Validity.VALID


@dataclass(frozen=True)
class Conflict:
    """Two codes that an Excludes1 note forbids together (Guidelines I.A.12.a)."""

    code: str
    other: str
    said_at: str
    """The code or heading under which the note stands."""


def dotted(code: str) -> str:
    """With its dot after the third character, in capitals: ``e119`` is ``E11.9``."""
    plain = code.strip().upper().replace(".", "")
    return plain if len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"  # noqa: PLR2004


class Icd10cm:
    """The index, open for reading."""

    def __init__(self, path: Path) -> None:
        self._store = opened(path)

    def find(self, code: str) -> Icd10Code | None:
        """The code or category as written, with or without its dot."""
        return self._one(dotted(code))

    def validity(self, code: str, on: date) -> Validity:
        """Whether it may stand on a claim for a service of that day.

        Where no release for that day is known, the nearest known one decides:
        :meth:`knows` tells whether one is.
        """
        found = self.find(code)
        return Validity.UNKNOWN if found is None else found.validity(on)

    def knows(self, on: date) -> bool:
        """Whether the release in force on that day is in the index."""
        day = on.isoformat()
        asked = "SELECT 1 FROM release WHERE first <= ? AND ? <= last"
        return self._store.execute(asked, (day, day)).fetchone() is not None

    def search(
        self, words: str, *, on: date | None = None, billable: bool = True, limit: int = 20
    ) -> list[Icd10Code]:
        """The codes that are meant, the likeliest first.

        ``words`` is the beginning of a code, or words in any order, each as far as it is
        typed: of titles, inclusion terms and what stands above. With ``billable`` only
        those that may be billed, on the day ``on``.
        """
        found = self._beginning_with(words) if _TYPED_CODE.fullmatch(words.strip()) else []
        if not found:
            found = self._of_words(words)
        if not billable:
            return found[:limit]
        fits = (
            c for c in found if (c.billable if on is None else c.validity(on) is Validity.VALID)
        )
        return list(islice(fits, limit))

    def below(self, code: str) -> list[Icd10Code]:
        """What stands directly under a heading, in order."""
        found = self.find(code)
        if found is None:
            return []
        asked = f"SELECT {_COLUMNS} FROM code WHERE parent = ? ORDER BY code"  # noqa: S608
        return [_code(row) for row in self._store.execute(asked, (found.number,))]

    def notes(self, code: str) -> dict[str, list[str]]:
        """Notes of a code and of all that stands above it, by kind.

        Kinds: ``includes excludes1 excludes2 code_first use_additional code_also``.
        """
        told: dict[str, list[str]] = {}
        for _, _, text in self._line(dotted(code)):
            for kind, lines in (json.loads(text) if text else {}).items():
                told.setdefault(kind, []).extend(lines)
        return told

    def conflicts(self, codes: Sequence[str]) -> list[Conflict]:
        """The pairs among ``codes`` that an Excludes1 note forbids, each pair once."""
        written = [dotted(code) for code in codes]
        found: dict[frozenset[str], Conflict] = {}
        for code in written:
            for number, heading, _ in self._line(code):
                asked = "SELECT low, high FROM excludes1 WHERE id = ?"
                for low, high in self._store.execute(asked, (number,)):
                    for other in written:
                        if other != code and _within(other, low, high):
                            pair = frozenset({code, other})
                            found.setdefault(pair, Conflict(code, other, heading))
        return list(found.values())

    # -- reading ------------------------------------------------------------

    def _one(self, code: str) -> Icd10Code | None:
        asked = f"SELECT {_COLUMNS} FROM code WHERE code = ?"  # noqa: S608
        row = self._store.execute(asked, (code,)).fetchone()
        return _code(row) if row else None

    def _line(self, code: str) -> Iterator[tuple[int, str, str]]:
        """Number, code and notes of an entry and of those above it, upwards."""
        row = self._store.execute(
            "SELECT id, code, notes, parent FROM code WHERE code = ?", (code,)
        ).fetchone()
        while row:
            yield row[0], row[1], row[2]
            row = self._store.execute(
                "SELECT id, code, notes, parent FROM code WHERE id = ?", (row[3],)
            ).fetchone()

    def _beginning_with(self, typed: str) -> list[Icd10Code]:
        low = dotted(typed)
        asked = f"SELECT {_COLUMNS} FROM code WHERE code >= ? AND code < ? ORDER BY code LIMIT ?"  # noqa: S608
        rows = self._store.execute(asked, (low, low + "~", _CANDIDATES))
        return [found for found in map(_code, rows) if found.is_code]

    def _of_words(self, words: str) -> list[Icd10Code]:
        asked = tokens(words)
        if not asked:
            return []
        match = " AND ".join(
            "(" + " OR ".join(" AND ".join(f'"{w}"*' for w in way) for way in ways) + ")"
            for ways in asked
        )
        columns = ", ".join(f"code.{name.strip()}" for name in _COLUMNS.split(","))
        rows = self._store.execute(
            f"SELECT {columns} FROM word JOIN code ON code.id = word.rowid"  # noqa: S608
            " WHERE word MATCH ? LIMIT ?",
            (match, _CANDIDATES),
        )
        found = [code for code in map(_code, rows) if code.is_code]
        return sorted(found, key=lambda c: rank(asked, c.code, c.title, c.terms))


def _code(row: tuple[int, str, str, int, str, str, str]) -> Icd10Code:
    number, code, title, billable, first, last, terms = row
    return Icd10Code(
        number,
        code,
        title,
        bool(billable),
        date.fromisoformat(first),
        date.fromisoformat(last),
        tuple(terms.split("\n")) if terms else (),
    )


def _within(code: str, low: str, high: str) -> bool:
    """Whether a note's range has the code: it names headings, and means all below them."""
    return low <= code and (code <= high or code.startswith(high))


@cache
def icd10cm() -> Icd10cm:
    """The index of this deployment. Raises FileNotFoundError where the layer is absent."""
    return Icd10cm(of_this_deployment("icd10cm.sqlite"))
