"""Who comes to whom, and for what: patients by provider, kinds of visits by age and history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from scripts.sample_practice.dice import Dice
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.places import Area
from scripts.sample_practice.premises import PLACES, PROVIDERS

_NEAR_CHICAGO: Final = frozenset({Area.CHICAGO, Area.EVANSTON})

# Which patients a specialist sees; the others see those who chose them.
_SPECIALISTS: Final[dict[str, Callable[[SamplePatient, int], bool]]] = {
    "kobayashi": lambda patient, age: patient.female and age >= 16,
    "feldman": lambda _, age: age >= 12,
    "haddad": lambda _, age: age >= 14,
}

REASONS: Final[dict[str, tuple[str, ...]]] = {
    "new": ("Establishing care", "New to the area", "Referred by a relative"),
    "office": (
        "Blood pressure check",
        "Cough for a week",
        "Medication refill",
        "Back pain",
        "Diabetes follow-up",
        "Fatigue",
        "Sore throat",
        "Knee pain",
    ),
    "physical": ("Annual physical", "School sports form", "Pre-employment physical"),
    "telehealth": ("Review of lab results", "Medication follow-up", "Seasonal allergies"),
    "well-child": ("Well-child check", "Immunizations due"),
    "sick-child": ("Fever", "Ear pain", "Rash", "Vomiting since last night"),
    "new-gyn": ("Establishing care", "First prenatal visit"),
    "gyn": ("Annual exam", "Contraception", "Prenatal visit"),
    "ultrasound": ("Anatomy scan", "Dating scan", "Pelvic ultrasound"),
    "derm": ("Changing mole", "Eczema flare", "Acne", "Skin check"),
    "skin": ("Biopsy", "Excision", "Cryotherapy"),
    "phototherapy": ("Psoriasis, narrow-band UVB",),
    "nutrition": ("Newly diagnosed diabetes", "Weight management", "Food allergies"),
    "class": ("Diabetes self-management",),
}
"""What the note of a visit says, by kind of visit."""

_AGES: Final = {
    "Blood pressure check": (28, 120),
    "Diabetes follow-up": (32, 120),
    "Newly diagnosed diabetes": (32, 78),
    "Weight management": (18, 120),
    "Fatigue": (12, 120),
    "Knee pain": (12, 120),
    "Back pain": (14, 120),
    "School sports form": (6, 18),
    "Pre-employment physical": (17, 66),
    "First prenatal visit": (18, 43),
    "Prenatal visit": (18, 43),
    "Contraception": (16, 45),
    "Anatomy scan": (18, 43),
    "Dating scan": (18, 43),
    "Acne": (12, 40),
    "Changing mole": (10, 120),
    "Biopsy": (25, 120),
    "Seasonal allergies": (4, 120),
}
"""Who gives such a reason."""


def reasons_for(kind: str, age: int) -> tuple[str, ...]:
    """What somebody of that age may come for."""
    return tuple(
        reason
        for reason in REASONS[kind]
        if _AGES.get(reason, (0, 120))[0] <= age <= _AGES.get(reason, (0, 120))[1]
    )


def fits(patient: SamplePatient, key: str, area: Area, day: date) -> bool:
    """Whether the patient may see that provider at that place on that day."""
    special = _SPECIALISTS.get(key)
    if special:
        return patient.area in _NEAR_CHICAGO and special(patient, patient.age_on(day))
    provider = PROVIDERS[key]
    if patient.registration.preferred_provider_id != provider.id:
        return False
    return len(provider.location_ids) == 1 or patient.registration.preferred_location_id == (
        PLACES[area].id
    )


def keenness(dice: Dice, patient: SamplePatient, today: date) -> float:
    """How often somebody comes, compared with others: infants and the old most."""
    age = patient.age_on(today)
    usual = 3.0 if age < 2 else 1.3 if age < 6 else 0.8 if age < 40 else 1.3 if age < 65 else 2.4
    return usual * dice.lognormvariate(0, 0.6)


def kind_of_visit(dice: Dice, key: str, age: int, *, seen: bool) -> str:
    """Which kind of visit; ``seen`` says whether the provider knows the patient."""
    if not seen and key in _FIRST_VISITS:
        return _FIRST_VISITS[key]
    return dice.pick(_kinds(key, age))


_FIRST_VISITS: Final = {
    "okafor": "new",
    "lindqvist": "new",
    "torres": "new",
    "whitfield": "new",
    "kobayashi": "new-gyn",
    "feldman": "derm",
    "haddad": "nutrition",
}


def _kinds(key: str, age: int) -> dict[str, float]:
    """What a patient of that age comes for, with how often."""
    special: dict[str, dict[str, float]] = {
        "raman": {"well-child": 60 if age < 3 else 35, "sick-child": 45},
        "kobayashi": {"gyn": 70, "ultrasound": 30 if 18 <= age <= 42 else 0},
        "feldman": {"derm": 55, "skin": 30, "phototherapy": 12},
        "haddad": {"nutrition": 75, "telehealth": 25},
    }
    if key == "okafor" and age < 13:
        return {"well-child": 60, "office": 40}
    return special.get(key, {"office": 60, "telehealth": 18, "physical": 22})
