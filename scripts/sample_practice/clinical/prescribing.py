"""Which drugs somebody takes: by illness, age, sex, allergies and what else is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from scripts.sample_practice.clinical.allergens import SECOND_CHOICE
from scripts.sample_practice.clinical.drugs import DRUGS, Drug
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.lives import Life

_CLASSES: Final = (
    frozenset({"atorvastatin", "atorvastatin-80", "simvastatin"}),
    frozenset({"lisinopril", "lisinopril-20", "losartan"}),
    frozenset({"naproxen", "ibuprofen", "ibuprofen-child"}),
    frozenset({"sertraline", "fluoxetine", "duloxetine"}),
    frozenset({"metformin", "metformin-er"}),
    frozenset({"warfarin", "apixaban"}),
)
"""Of each, nobody takes two."""
_IN_PREGNANCY: Final = frozenset(
    {
        *("levothyroxine", "prenatal", "albuterol", "fluticasone-inhaled", "glargine", "lispro"),
        *("metformin", "metformin-er", "sertraline", "iron", "acetaminophen", "vitamin-d"),
        *("amoxicillin", "cetirizine", "fluticasone-nasal", "hydrocortisone", "omeprazole"),
    }
)
_NO_NSAID: Final = frozenset({"ckd", "failure", "coronary", "fibrillation"})
_NSAIDS: Final = _CLASSES[2]
_ESTROGEN_RISKS: Final = frozenset({"hypertension", "tobacco", "migraine"})


@dataclass(frozen=True)
class Taken:
    """A drug for a lasting illness."""

    drug: Drug
    illness: str
    since: dt.date


def lasting(life: Life) -> list[Taken]:
    """All that is taken for lasting illnesses today."""
    taken: list[Taken] = []
    for name, onset in life.illnesses.items():
        for group in ILLNESSES[name].drugs:
            wanted = life.dice.one(group)
            since = min(onset + dt.timedelta(days=life.dice.randrange(0, 50)), life.today)
            drug = chosen(life, wanted, since, [one.drug.key for one in taken])
            if drug is not None:
                taken.append(Taken(drug, name, since))
    return taken


def chosen(life: Life, wanted: str, day: dt.date, beside: Iterable[str]) -> Drug | None:
    """That drug or another in its place; None where nothing suits, or its like is taken already."""
    known = set(beside)
    for key in _tried(wanted):
        drug = DRUGS[key]
        age = life.age_on(life.today if not drug.days else day)
        if key in known or _alike(key, known) or not drug.suits(age, female=life.female):
            continue
        if drug.substance in life.allergic_to or _harmful(life, key, day):
            continue
        return drug
    return None


def _tried(wanted: str) -> Iterator[str]:
    while wanted:
        yield wanted
        wanted = SECOND_CHOICE.get(wanted, "")


def _alike(key: str, known: set[str]) -> bool:
    return any(key in group and known & group for group in _CLASSES)


def _harmful(life: Life, key: str, day: dt.date) -> bool:
    pregnancy = life.pregnancy
    if pregnancy and key not in _IN_PREGNANCY:
        begun = pregnancy.days_on(life.today) >= 14 and not pregnancy.days_on(life.today) > 290
        if begun or pregnancy.goes_on(day):
            return True
    if key in _NSAIDS and _NO_NSAID & set(life.illnesses):
        return True
    return key == "pill" and bool(_ESTROGEN_RISKS & set(life.illnesses))
