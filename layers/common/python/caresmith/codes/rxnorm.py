"""RxNorm: the drugs that can be prescribed, by words and by code.

Read from one SQLite file (``layers/codes/rxnorm.py`` makes it). Where a release was
taken in (``scripts/reference rxnorm``) it has NLM's *Current Prescribable Content*; else
a short list of common drugs. Either way it says which of them it is.

Source: RxNorm, U.S. National Library of Medicine. Its own names (``SAB=RXNORM``) are
free to use: https://www.nlm.nih.gov/research/umls/rxnorm/docs/prescribe.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from caresmith.codes.opening import Ways, matching, of_this_deployment, opened
from caresmith.codes.ranking import plain

_CANDIDATES: Final = 3000
_COLUMNS: Final = "drug.rxcui, drug.kind, drug.name, drug.ingredients, drug.form, drug.brand"
_PIECE: Final = re.compile(r"\d+(?:\.\d+)?|[a-z][a-z0-9]*")
_NATURAL: Final = re.compile(r"(\d+(?:\.\d+)?)")
_MOST_WORDS: Final = 12
_STOP: Final = frozenset({"of", "and", "with", "the", "for"})
_PER_MG: Final[Mapping[str, Decimal | int]] = {
    "mcg": 1000,
    "ug": 1000,
    "g": Decimal("0.001"),
    "gm": Decimal("0.001"),
}
"""RxNorm's names tell strengths in milligrams."""

ABBREVIATIONS: Final[Mapping[str, str]] = {
    # Of drugs, few: most are on ISMP's list of error-prone abbreviations, and not offered.
    "adderall": "amphetamine aspartate",
    "apap": "acetaminophen",
    "asa": "aspirin",
    "augmentin": "amoxicillin clavulanate",
    "bactrim": "sulfamethoxazole trimethoprim",
    "hctz": "hydrochlorothiazide",
    "norco": "acetaminophen hydrocodone",
    "percocet": "acetaminophen oxycodone",
    "tylenol": "acetaminophen",
    # Of forms.
    "dr": "delayed",
    "ec": "delayed",
    "er": "extended",
    "xr": "extended",
    "xl": "extended",
    "sr": "extended",
    "odt": "disintegrating",
    "mdi": "metered inhaler",
    "drops": "solution",
    "liquid": "oral",
    "patch": "transdermal",
    "puffer": "inhaler",
    "shot": "injection",
    "units": "unt",
}
"""How practices say it, and RxNorm's words: either is looked for."""


class DrugKind(StrEnum):
    """RxNorm's term types of what can be prescribed."""

    CLINICAL = "SCD"
    BRANDED = "SBD"
    PACK = "GPCK"
    BRANDED_PACK = "BPCK"


@dataclass(frozen=True, slots=True)
class Drug:
    rxcui: str
    kind: DrugKind
    name: str
    ingredients: tuple[str, ...]
    """As its name says them: with their salts."""
    form: str
    """Dose form: ``Oral Tablet``."""
    brand: str | None


@dataclass(frozen=True, slots=True)
class Release:
    """What an index was made from."""

    title: str
    released: date | None
    """None of a short list, which is no release."""


class RxNorm:
    """The index, open for reading."""

    def __init__(self, path: Path) -> None:
        self._store = opened(path)
        told = dict(self._store.execute("SELECT key, value FROM told"))
        day = told["released"]
        self.release = Release(told["title"], date.fromisoformat(day) if day else None)

    def find(self, rxcui: str) -> Drug | None:
        asked = f"SELECT {_COLUMNS} FROM drug WHERE rxcui = ?"  # noqa: S608
        row = self._store.execute(asked, (rxcui.strip(),)).fetchone()
        return _drug(row) if row else None

    def search(self, words: str, *, limit: int = 20) -> list[Drug]:
        """The drugs whose names have all the words, the likeliest first.

        Words stand in any order, each as far as it is typed: of the name, of what else
        RxNorm calls it, of its brand. ``50 mcg`` is ``0.05 MG`` as well. A code is found
        where it is the whole text.
        """
        text = words.strip()
        if text.isdigit():
            known = self.find(text)
            if known is not None:
                return [known]
        asked = _tokens(text)
        if not asked:
            return []
        rows = self._store.execute(
            f"SELECT {_COLUMNS} FROM word JOIN drug ON drug.id = word.rowid"  # noqa: S608
            " WHERE word MATCH ? LIMIT ?",
            (matching(asked), _CANDIDATES),
        )
        first = asked[0]
        return sorted(map(_drug, rows), key=lambda drug: _rank(first, drug))[:limit]


def _tokens(text: str) -> list[Ways]:
    written = plain(text).replace("\N{GREEK SMALL LETTER MU}", "u")
    pieces = [p for p in _PIECE.findall(written) if p not in _STOP][:_MOST_WORDS]
    found: list[Ways] = []
    while pieces:
        piece = pieces.pop(0)
        scale = _PER_MG.get(pieces[0]) if pieces and piece[0].isdigit() else None
        if scale is not None:
            milligrams = _number(Decimal(piece) / scale)
            found.append(((piece, pieces.pop(0)), (milligrams, "mg")))
        elif piece in ABBREVIATIONS:
            found.append(((piece,), tuple(ABBREVIATIONS[piece].split())))
        else:
            found.append(((piece,),))
    return found


def _number(value: Decimal) -> str:
    """``0.05``, and never ``5E-2``."""
    return f"{value.normalize():f}"


_ORDER: Final = {kind: place for place, kind in enumerate(DrugKind)}


def _rank(first: Ways, drug: Drug) -> tuple[Any, ...]:
    """One ingredient before several, generic before brand, then as a person would sort."""
    said = plain(drug.ingredients[0]) if drug.ingredients else plain(drug.name)
    begins = any(said.startswith(way[0]) for way in first)
    own = any(plain(one).startswith(way[0]) for way in first for one in drug.ingredients)
    return (not begins, not own, len(drug.ingredients), _ORDER[drug.kind], _natural(drug))


def _natural(drug: Drug) -> list[tuple[int, float, str]]:
    """By ingredient and form, then by strength as a number."""
    text = f"{' '.join(drug.ingredients)} {drug.form} {drug.name}".casefold()
    return [
        (0, float(part), "") if part[0].isdigit() else (1, 0.0, part)
        for part in _NATURAL.split(text)
        if part
    ]


def _drug(row: Sequence[Any]) -> Drug:
    rxcui, kind, name, ingredients, form, brand = row
    return Drug(
        rxcui,
        DrugKind(kind),
        name,
        tuple(ingredients.split("\n")) if ingredients else (),
        form,
        brand or None,
    )


@cache
def rxnorm() -> RxNorm:
    """The index of this deployment. Raises FileNotFoundError where the layer is absent."""
    return RxNorm(of_this_deployment("rxnorm.sqlite"))
