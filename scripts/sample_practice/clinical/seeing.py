"""What a visit was about: the complaint and what it came to, the problems gone through."""

from __future__ import annotations

import datetime as dt
from typing import Final

from scripts.sample_practice.clinical.complaint import Outcome, fitting
from scripts.sample_practice.clinical.complaints_sick import SICK
from scripts.sample_practice.clinical.complaints_well import WELL
from scripts.sample_practice.clinical.illnesses import IMPLIED
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.clinical.scenes import Scene
from scripts.sample_practice.dice import Dice

_COMPLAINTS: Final[dict[str, tuple[Outcome, ...]]] = {**SICK, **WELL}
_OTHERWISE: Final[dict[str, tuple[str, ...]]] = {
    "new": ("Establishing care",),
    "office": ("", "", "A cold", "Fatigue", "Back pain", "Dysuria"),
    "physical": ("Annual physical",),
    "telehealth": ("", "A cold"),
    "well-child": ("Well-child check",),
    "sick-child": ("Fever", "A cold", "Ear pain", "Rash"),
    "new-gyn": ("Annual exam",),
    "gyn": ("Annual exam", "Contraception"),
    "ultrasound": ("Pelvic ultrasound",),
    "derm": ("Skin check", "Changing mole"),
    "skin": ("Cryotherapy", "Biopsy"),
    "nutrition": ("Diet",),
}
"""What a visit is for where nobody wrote it down, or what was written finds nothing."""
_OF_SPECIALTY: Final[dict[str, frozenset[str]]] = {
    "derm": frozenset({"eczema", "acne", "psoriasis"}),
    "skin": frozenset(),
    "phototherapy": frozenset({"psoriasis", "eczema"}),
    "gyn": frozenset({"anemia", "polycystic"}),
    "new-gyn": frozenset({"anemia", "polycystic"}),
    "ultrasound": frozenset(),
    "nutrition": frozenset({"diabetes", "diabetes-1", "prediabetes", "obesity", "lipids"}),
    "class": frozenset({"diabetes"}),
}
"""The lasting problems that a specialist goes through; others go through all."""
_MOST: Final = 3


def scene_of(life: Life, dice: Dice, day: dt.date, kind: str, reason: str) -> Scene:
    """The visit with its outcome drawn, before anything was measured."""
    wanted = [reason, *_shuffled(dice, _OTHERWISE.get(kind, ()))]
    outcome = None
    named = _implied(life, day, reason)
    if not named:
        outcome = _outcome(life, dice, day, wanted, kind)
    illnesses = [
        *named,
        *(name for name in _gone_through(life, dice, day, kind) if name not in named),
    ]
    scene = Scene(
        life,
        dice,
        day,
        kind,
        reason,
        outcome,
        illnesses[: 1 if outcome and outcome.days else _MOST],
    )
    if life.pregnancy and life.pregnancy.goes_on(day):
        scene.facts["weeks"] = str(life.pregnancy.weeks_on(day))
    return scene


def _shuffled(dice: Dice, names: tuple[str, ...]) -> list[str]:
    return dice.sample(names, len(names))


def _implied(life: Life, day: dt.date, reason: str) -> list[str]:
    """The lasting problem that the reason names."""
    return [name for name, _, _ in IMPLIED.get(reason, ()) if life.has(name, day)][:1]


def _outcome(life: Life, dice: Dice, day: dt.date, reasons: list[str], kind: str) -> Outcome | None:
    """What the first reason that can lead to something leads to. ``""`` is a review."""
    several = life.ill_on(day)
    for reason in reasons:
        if reason == "" and kind in {"office", "telehealth"} and several:
            return None
        possible = fitting(_COMPLAINTS.get(reason, ()), life.age_on(day), female=life.female)
        if possible:
            return dice.pick(possible)
    return None


def _gone_through(life: Life, dice: Dice, day: dt.date, kind: str) -> list[str]:
    ill = life.ill_on(day)
    if kind in _OF_SPECIALTY:
        ill = [name for name in ill if name in _OF_SPECIALTY[kind]]
    first = ill[:2]
    rest = ill[2:]
    return first + dice.sample(rest, len(rest))
