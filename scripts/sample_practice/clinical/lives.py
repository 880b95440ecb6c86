"""Who has what: each patient's illnesses, allergies, habits, build and pregnancy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from caresmith.measures.growth import Sex
from caresmith.records.clinical.allergy import ReactionSeverity
from scripts.sample_practice.clinical.allergens import ALLERGENS, Allergen
from scripts.sample_practice.clinical.illnesses import ILLNESSES, IMPLIED
from scripts.sample_practice.clinical.pregnancies import Pregnancy, pregnancy_of
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.people import SamplePatient

_YEAR: Final = 365.2425
_ADULT: Final = 18
_NEW: Final = "Newly diagnosed diabetes"


@dataclass
class Life:
    """A patient as the tables see them."""

    patient: SamplePatient
    today: dt.date
    dice: Dice
    illnesses: dict[str, dt.date] = field(default_factory=dict)
    """By name, with the day on which each began."""
    allergies: list[tuple[Allergen, str, ReactionSeverity, dt.date]] = field(default_factory=list)
    """With what it did, how bad that was, and since when it is known."""
    smoking: str = "never"
    pregnancy: Pregnancy | None = None
    length_z: float = 0.0
    weight_z: float = 0.0
    adult_height_cm: float = 168.0
    bmi: float = 25.0
    systolic: int = 116
    pulse: int = 72

    @property
    def sex(self) -> Sex:
        return Sex.FEMALE if self.female else Sex.MALE

    @property
    def female(self) -> bool:
        return self.patient.female

    @property
    def born(self) -> dt.date:
        return self.patient.birth_date

    def age_on(self, day: dt.date) -> int:
        return self.patient.age_on(day)

    def months_on(self, day: dt.date) -> int:
        return max(0, int((day - self.born).days / 30.4375))

    def has(self, name: str, day: dt.date) -> bool:
        """Whether that illness had begun by then."""
        return name in self.illnesses and self.illnesses[name] <= day

    def ill_on(self, day: dt.date) -> list[str]:
        return [name for name, onset in self.illnesses.items() if onset <= day]

    @property
    def allergic_to(self) -> set[str]:
        mine = {one[0].name for one in self.allergies}
        return {key for key, allergen in ALLERGENS.items() if allergen.name in mine}


def live(patient: SamplePatient, tales: Sequence[Tale], today: dt.date) -> Life:
    """Draw a life that fits the reasons for which this patient came."""
    life = Life(patient, today, Dice(f"life:{patient.patient_id}"))
    _build(life)
    _fall_ill(life, tales)
    _become_allergic(life)
    _take_up_habits(life)
    life.pregnancy = pregnancy_of(life.dice, patient, tales, today)
    return life


def _build(life: Life) -> None:
    dice = life.dice
    life.length_z = max(-2.0, min(2.0, dice.gauss(0, 0.85)))
    life.weight_z = max(-1.9, min(2.1, 0.6 * life.length_z + dice.gauss(0.15, 0.7)))
    mean = 162.5 if life.female else 176.0
    life.adult_height_cm = round(mean + 6.8 * max(-2.3, min(2.3, dice.gauss(0, 1))), 1)
    life.bmi = max(18.7, min(29.6, dice.gauss(25.2, 2.6)))
    life.systolic = int(max(98, min(127, dice.gauss(115, 6))))
    life.pulse = int(dice.gauss(72, 6))


def _fall_ill(life: Life, tales: Sequence[Tale]) -> None:
    age = life.age_on(life.today)
    for tale in tales:
        reason, day = tale.details.note, tale.visit.start.date()
        for name, low, high in IMPLIED.get(reason, ()):
            free = not _excluded(life, name)
            if name not in life.illnesses and low <= life.age_on(day) <= high and free:
                _begin(life, name, before=day, fresh=reason == _NEW)
    for name, illness in ILLNESSES.items():
        if life.dice.chance(illness.share_at(age) / 100):
            _begin(life, name, before=life.today - dt.timedelta(days=20))
    for name in list(life.illnesses):
        for other, chance in ILLNESSES[name].brings.items():
            if life.dice.chance(chance / 100):
                _begin(life, other, before=life.today - dt.timedelta(days=20))
    if "obesity" in life.illnesses and age >= _ADULT:
        life.bmi = life.dice.uniform(30.6, 40.5)


def _excluded(life: Life, name: str) -> bool:
    mine = ILLNESSES[name]
    return any(
        other in mine.excludes or name in ILLNESSES[other].excludes for other in life.illnesses
    )


def _begin(life: Life, name: str, *, before: dt.date, fresh: bool = False) -> None:
    """Let it begin at an age at which it does; not where it can't have begun by then."""
    illness = ILLNESSES[name]
    fits = illness.sex in ("", "female" if life.female else "male")
    if name in life.illnesses or not fits or _excluded(life, name):
        return
    first, last = illness.begins
    earliest = life.born + dt.timedelta(days=int(first * _YEAR) + 60)
    latest = min(before, life.born + dt.timedelta(days=int((last + 1) * _YEAR)))
    if fresh:
        earliest = max(earliest, before - dt.timedelta(days=70))
    if earliest >= latest:
        return
    span = (latest - earliest).days
    # Most of what somebody has began in later years.
    life.illnesses[name] = earliest + dt.timedelta(days=int(span * life.dice.random() ** 0.6))


def _become_allergic(life: Life) -> None:
    dice, age = life.dice, life.age_on(life.today)
    for allergen in ALLERGENS.values():
        if age >= allergen.from_age and dice.chance(allergen.share / 1000):
            reaction = dice.one(list(allergen.reactions))
            low = int(allergen.from_age * _YEAR)
            lived = (life.today - life.born).days
            since = life.born + dt.timedelta(days=dice.randrange(low, max(low + 1, lived)))
            since = min(since, life.today)
            life.allergies.append((allergen, reaction, allergen.reactions[reaction], since))


def _take_up_habits(life: Life) -> None:
    if "tobacco" in life.illnesses:
        life.smoking = "current"
    elif life.age_on(life.today) >= 25:
        life.smoking = life.dice.pick({"never": 70.0, "former": 30})
    if "copd" in life.illnesses and life.smoking == "never":
        life.smoking = "former"
