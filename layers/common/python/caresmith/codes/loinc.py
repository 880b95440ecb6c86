"""LOINC: laboratory tests, by words and by code, for whoever orders them.

Read from one SQLite file (``layers/codes/loinc.py`` makes it). LOINC is free to use
under a licence that whoever downloads it accepts, so none of its tables is shipped: where
an operator took a release in (``scripts/reference loinc``) the index has that, else the
single codes that this project uses.

This material contains content from LOINC (http://loinc.org). LOINC is copyright
Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes
(LOINC) Committee, and is available at no cost under the licence at
http://loinc.org/license.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from caresmith.codes.opening import Ways, matching, of_this_deployment, opened
from caresmith.codes.ranking import plain

_CANDIDATES: Final = 3000
_COLUMNS: Final = "test.code, test.name, test.method, test.system, test.rank, test.notice"
_CODE: Final = re.compile(r"\d{1,7}-\d")
_PIECE: Final = re.compile(r"[a-z0-9]+(?:\.\d+)?")
_MOST_WORDS: Final = 12
_STOP: Final = frozenset({"of", "and", "with", "the", "for", "in", "test", "level"})
_USUAL: Final = ("ser/plas", "bld", "ser", "plas", "urine")
"""The specimens of most tests, the commonest first."""

ABBREVIATIONS: Final[Mapping[str, str]] = {
    "a1c": "hemoglobin a1c",
    "alt": "alanine aminotransferase",
    "ast": "aspartate aminotransferase",
    "bmp": "basic metabolic",
    "bun": "urea nitrogen",
    "cmp": "comprehensive metabolic",
    "crp": "reactive protein",
    "esr": "erythrocyte sedimentation",
    "gfr": "glomerular filtration",
    "hcg": "choriogonadotropin",
    "psa": "prostate specific",
    "tsh": "thyrotropin",
    "ua": "urinalysis",
}
"""How practices write it, and LOINC's words: either is looked for."""


@dataclass(frozen=True, slots=True)
class LabTest:
    code: str
    name: str
    """LOINC's long common name; of the short list, our own words."""
    notice: str | None
    """The copyright notice of somebody else, which must be shown with the name."""


@dataclass(frozen=True, slots=True)
class Version:
    """What an index was made from."""

    title: str
    version: str | None
    """``2.81``; None of the short list, which is no release."""


class Loinc:
    """The index, open for reading."""

    def __init__(self, path: Path) -> None:
        self._store = opened(path)
        told = dict(self._store.execute("SELECT key, value FROM told"))
        self.version = Version(told["title"], told["version"] or None)

    def find(self, code: str) -> LabTest | None:
        asked = f"SELECT {_COLUMNS} FROM test WHERE code = ?"  # noqa: S608
        row = self._store.execute(asked, (code.strip(),)).fetchone()
        return _test(row) if row else None

    def search(self, words: str, *, limit: int = 20) -> list[LabTest]:
        """The tests whose names have all the words, in any order, the likeliest first."""
        text = words.strip()
        if _CODE.fullmatch(text):
            known = self.find(text)
            return [known] if known else []
        asked = _tokens(text)
        if not asked:
            return []
        rows = self._store.execute(
            f"SELECT {_COLUMNS} FROM word JOIN test ON test.id = word.rowid"  # noqa: S608
            " WHERE word MATCH ? LIMIT ?",
            (matching(asked), _CANDIDATES),
        )
        return [_test(row) for row in sorted(rows, key=lambda row: _rank(asked[0], row))][:limit]


def _tokens(text: str) -> list[Ways]:
    pieces = [p for p in _PIECE.findall(plain(text)) if p not in _STOP][:_MOST_WORDS]
    return [
        ((piece,), tuple(ABBREVIATIONS[piece].split())) if piece in ABBREVIATIONS else ((piece,),)
        for piece in pieces
    ]


def _rank(first: Ways, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is ordered often first; then what names no method, in a usual specimen, shortly."""
    code, name, method, system, rank, _ = row
    said = plain(name)
    usual = system.casefold()
    return (
        rank or 1_000_000,
        not any(said.startswith(way[0]) for way in first),
        bool(method),
        _USUAL.index(usual) if usual in _USUAL else len(_USUAL),
        len(name),
        code,
    )


def _test(row: tuple[Any, ...]) -> LabTest:
    code, name, _, _, _, notice = row
    return LabTest(code, name, notice or None)


@cache
def loinc() -> Loinc:
    """The index of this deployment. Raises FileNotFoundError where the layer is absent."""
    return Loinc(of_this_deployment("loinc.sqlite"))
