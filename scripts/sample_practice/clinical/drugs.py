"""Drugs that the sample's patients take: ``drugs.csv``, by RxNorm's own names and codes.

A drug without a code is one that RxNorm knows in too many forms to pick one from.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PACKED: Final = re.compile(r"^\d+ (HR|ACTUAT) ")
ROUTES: Final = {
    "oral": ("Oral route", "26643006"),
    "subcutaneous": ("Subcutaneous route", "34206005"),
    "respiratory": ("Respiratory tract route", "447694001"),
    "nasal": ("Nasal route", "46713006"),
    "topical": ("Topical route", "6064005"),
}
"""SNOMED CT."""


@dataclass(frozen=True)
class Drug:
    key: str
    name: str
    rxnorm: str
    sig: str
    dispense: int
    unit: str
    refills: int
    as_needed: bool
    days: int
    """How long it is taken; 0 for as long as the illness lasts."""
    from_age: int
    to_age: int
    women: bool
    """Whether only women take it."""
    route: str
    substance: str
    """Which entry of the allergens' table rules it out; empty for none."""

    @property
    def short(self) -> str:
        """As a note calls it: ``lisinopril 10 mg``."""
        name = _PACKED.sub("", self.name.split(" / ")[0])
        words = name.replace(" hydrochloride", "").replace(" potassium", "").split()
        words = [word for word in words if word not in {"sodium", "succinate", "propionate"}]
        amount = next((n for n, word in enumerate(words) if word in {"MG", "UNT/ML"}), 0)
        strength = f" {words[amount - 1]} mg" if amount and words[amount] == "MG" else ""
        plain = next((n for n, word in enumerate(words) if word[0].isdigit()), len(words))
        return " ".join(words[:plain]) + strength

    def suits(self, age: int, *, female: bool) -> bool:
        return self.from_age <= age <= self.to_age and (female or not self.women)


def _read() -> dict[str, Drug]:
    with Path(__file__).with_name("drugs.csv").open(newline="") as file:
        return {row["key"]: _drug(row) for row in csv.DictReader(file)}


def _drug(row: dict[str, str]) -> Drug:
    return Drug(
        row["key"],
        row["name"],
        row["rxnorm"],
        row["sig"],
        int(row["dispense"]),
        row["unit"],
        int(row["refills"]),
        as_needed=bool(row["as_needed"]),
        days=int(row["days"] or 0),
        from_age=int(row["from_age"]),
        to_age=int(row["to_age"]),
        women=bool(row["women"]),
        route=row["route"],
        substance=row["substance"],
    )


DRUGS: Final = _read()
"""By the name that the tables of illnesses and complaints use."""
