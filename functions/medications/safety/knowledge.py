"""The public table of ingredients, classes and rules, and how a drug is found in it.

RxNorm's names of clinical drugs say their ingredients (:mod:`caresmith.codes.naming`):
``amoxicillin 500 MG / clavulanate 125 MG Oral Tablet``. So a drug is found by an RxCUI
of the table or by its name, each part of it by the longest ingredient with which it
begins (``amitriptyline hydrochloride`` begins with ``amitriptyline``). What is found by
neither is unknown, and the checks say so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from caresmith.codes import naming
from caresmith.records.clinical.coding import RXNORM, Concept

_TABLE: Final = Path(__file__).with_name("public.json")
_STRENGTH: Final = re.compile(
    r"\s+(?P<number>\d+(\.\d+)?)\s+(?P<unit>MG|MCG|G|UNT)(?:/(?P<per>[A-Z]+))?\b"
)
_IN_MG: Final = {"MG": Decimal(1), "MCG": Decimal("0.001"), "G": Decimal(1000)}
_PER_ONE: Final = frozenset({None, "ML", "ACTUAT"})
"""A strength in one tablet, puff or mL adds up to a day's amount; that of a patch's hour
or of a gram of ointment does not."""


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient of a drug, with its strength where the name says it."""

    ingredient: str
    milligrams: Decimal | None = None
    """In one tablet, capsule..., or in one mL."""
    per_ml: bool = False


@dataclass(frozen=True)
class Resolved:
    """What a drug is made of, as far as the table knows."""

    parts: tuple[Part, ...]
    unknown: tuple[str, ...]
    """Parts of its name that the table does not have."""

    @property
    def ingredients(self) -> frozenset[str]:
        return frozenset(part.ingredient for part in self.parts)


@dataclass(frozen=True)
class Rule:
    """Two sides that do not go together: an allergen and a drug, or two drugs."""

    id: str
    one: frozenset[str]
    other: frozenset[str]
    severity: Any
    text: str
    source: str


@dataclass(frozen=True)
class Duplicate:
    id: str
    members: frozenset[str]
    severity: Any


class Knowledge:
    """The table, indexed."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.date: str = table["date"]
        self.sources: Mapping[str, Mapping[str, str]] = table["sources"]
        self.classes = {name: frozenset(found) for name, found in table["classes"].items()}
        self._by_code = {
            one["rxcui"]: one["name"] for one in table["ingredients"] if "rxcui" in one
        }
        self._by_name = {one["name"].casefold(): one["name"] for one in table["ingredients"]}
        self._by_name |= {other.casefold(): name for other, name in table["synonyms"].items()}
        self._words: Mapping[str, str] = table["allergen_words"]
        self._allergen_codes: Mapping[str, str] = table["allergen_codes"]
        self.allergies = self._rules(table["allergies"], "allergen", "drug")
        self.interactions = self._rules(table["interactions"], "a", "b")
        self.duplicates = tuple(
            Duplicate(
                one["id"],
                frozenset().union(*(self.classes[name] for name in one["classes"])),
                one["severity"],
            )
            for one in table["duplicates"]
        )
        self.maximum = {
            (one["ingredient"], one["route"]): Decimal(one["mg_per_day"])
            for one in table["maximum_daily"]
        }

    @property
    def ingredient_count(self) -> int:
        return len(set(self._by_name.values()))

    def resolve(self, drug: Concept) -> Resolved:
        """The ingredients of a drug, by its RxCUI, else by its names."""
        code = drug.code_in(RXNORM)
        if code and code in self._by_code:
            return Resolved((Part(self._by_code[code]),), ())
        names = [c.display for c in drug.codings if c.system == RXNORM and c.display]
        names += [drug.text] if drug.text else []
        tried = [self._read(name) for name in names]
        known = [one for one in tried if one.parts]
        if not known:
            return Resolved((), (drug.words,))
        # RxNorm's own name first; another that says more is the better.
        return min(known, key=lambda one: len(one.unknown))

    def allergen(self, substance: Concept) -> tuple[frozenset[str], str | None]:
        """The ingredients that an allergen stands for, and the class where it names one."""
        code = substance.code_in(RXNORM)
        if code and code in self._allergen_codes:
            name = self._allergen_codes[code]
            return self.classes[name], name
        shown = [c.display for c in substance.codings if c.display]
        shown += [substance.text] if substance.text else []
        for said in shown:
            plain = said.casefold().removesuffix(" allergy").removeprefix("allergy to ").strip()
            if plain in self._words:
                name = self._words[plain]
                return self.classes[name], name
        return self.resolve(substance).ingredients, None

    def _read(self, name: str) -> Resolved:
        parts, unknown = [], []
        for said in naming.parts(name):
            found = self._part(said)
            if found:
                parts.append(found)
            else:
                unknown.append(said)
        return Resolved(tuple(parts), tuple(unknown))

    def _part(self, said: str) -> Part | None:
        strength = _STRENGTH.search(said)
        words = (said[: strength.start()] if strength else said).casefold().split()
        for many in range(len(words), 0, -1):
            name = self._by_name.get(" ".join(words[:many]))
            if name:
                return Part(name, *_amount(strength))
        return None

    def _rules(self, told: Iterable[Mapping[str, Any]], one: str, other: str) -> tuple[Rule, ...]:
        return tuple(
            Rule(
                rule["id"],
                self._members(rule[one]),
                self._members(rule[other]),
                rule["severity"],
                rule["text"],
                rule["source"],
            )
            for rule in told
        )

    def _members(self, side: Any) -> frozenset[str]:
        members: frozenset[str] = frozenset()
        for one in side if isinstance(side, list) else [side]:
            members |= self.classes[one["class"]] if "class" in one else {one["ingredient"]}
        return members


def _amount(strength: re.Match[str] | None) -> tuple[Decimal | None, bool]:
    """Milligrams in one piece or mL, where the strength is told in such."""
    if strength is None or strength["per"] not in _PER_ONE or strength["unit"] not in _IN_MG:
        return None, False
    return Decimal(strength["number"]) * _IN_MG[strength["unit"]], strength["per"] == "ML"


@cache
def knowledge() -> Knowledge:
    return Knowledge(json.loads(_TABLE.read_text()))
