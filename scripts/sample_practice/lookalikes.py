"""Second charts of people who have one: what goes wrong at registration desks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from anyascii import anyascii

from caresmith.records.demographics import HumanName, Relations
from functions.patients.models import Registration
from scripts.sample_practice.dice import Dice


def lookalike(dice: Dice, first: Registration, today: date) -> Registration:
    """The registration as it was taken the second time, with one thing written otherwise."""
    copy = first.model_copy(deep=True)
    demographics = copy.demographics
    name = demographics.main_name()
    change = dice.one(list(_SLIPS))
    demographics.names = [_SLIPS[change](dice, name)]
    demographics.birth_date = _birth_date(dice, demographics.birth_date, today)
    demographics.alerts = []
    copy.relations = Relations(guarantor=first.relations.guarantor)
    copy.coverages = []
    if dice.chance(0.5):
        copy.contact.telecoms = copy.contact.telecoms[:1]
    return copy


def _misspelt(dice: Dice, name: HumanName) -> HumanName:
    """Two letters of the family name in the wrong order."""
    family = name.family or ""
    letters = list(family)
    places = [
        i for i in range(1, len(letters) - 1) if letters[i].isalpha() and letters[i + 1].isalpha()
    ]
    if places:
        place = dice.one(places)
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return name.model_copy(update={"family": "".join(letters)})


def _without_accents(_: Dice, name: HumanName) -> HumanName:
    return name.model_copy(
        update={
            "family": anyascii(name.family or ""),
            "given": [anyascii(given) for given in name.given],
        }
    )


def _one_family_name(_: Dice, name: HumanName) -> HumanName:
    """Only the first of two family names, and no middle name."""
    family = (name.family or "").replace("-", " ").split()
    return name.model_copy(update={"family": family[0], "given": name.given[:1]})


def _swapped(_: Dice, name: HumanName) -> HumanName:
    """Given and family name in each other's place."""
    return name.model_copy(update={"family": name.given[0], "given": [name.family]})


_SLIPS: Final[dict[str, Callable[[Dice, HumanName], HumanName]]] = {
    "misspelt": _misspelt,
    "without accents": _without_accents,
    "one family name": _one_family_name,
    "swapped": _swapped,
}


def _birth_date(dice: Dice, born: date, today: date) -> date:
    """Day and month in each other's place, where that is a date; for some people only."""
    if born.day > 12 or born.day == born.month or dice.chance(0.5):
        return born
    swapped = date(born.year, born.day, born.month)
    return swapped if swapped <= today else born
