"""Pregnancies, as far as the reasons for visits tell of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scripts.sample_practice.dice import Dice
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.people import SamplePatient

AGES: Final = (18, 43)
_TERM_DAYS: Final = 280

WINDOWS: Final = {
    "First prenatal visit": (7, 12),
    "Dating scan": (7, 13),
    "Anatomy scan": (18, 22),
    "Prenatal visit": (10, 40),
}
"""Reasons for visits of a pregnancy, with the weeks in which they make sense."""
INSTEAD: Final = "Annual exam"
"""Why a woman came whose visit falls out of all that a pregnancy of hers can be."""


@dataclass(frozen=True)
class Pregnancy:
    due: dt.date
    first: bool

    def days_on(self, day: dt.date) -> int:
        return _TERM_DAYS - (self.due - day).days

    def weeks_on(self, day: dt.date) -> int:
        """Completed weeks; below none where it has not begun."""
        return self.days_on(day) // 7

    def goes_on(self, day: dt.date) -> bool:
        return 5 * 7 <= self.days_on(day) <= _TERM_DAYS + 3

    def icd(self, day: dt.date) -> tuple[str, str]:
        """Supervision by trimester: code and words (ICD-10-CM, chapter 21)."""
        weeks = self.weeks_on(day)
        place = 1 if weeks < 14 else 2 if weeks < 28 else 3
        word = ("first", "second", "third")[place - 1]
        which = "first" if self.first else "other"
        base = "Z34.0" if self.first else "Z34.8"
        return f"{base}{place}", f"Supervision of {which} normal pregnancy, {word} trimester"


def settle_reasons(patient: SamplePatient, tales: Sequence[Tale]) -> None:
    """Make the notes of a patient's bookings those of one pregnancy, or of none.

    Reasons are drawn visit by visit: what does not fit the others becomes a check-up.
    """
    told = [tale for tale in tales if tale.details.note in WINDOWS]
    if not told:
        return
    due = _due_date(patient, told)
    for tale in told:
        weeks = _weeks(due, tale) if due else -1
        low, high = WINDOWS[tale.details.note]
        if not low <= weeks <= high:
            within = due is not None and 8 <= weeks <= 40
            note = "Prenatal visit" if within else INSTEAD
            tale.details = tale.details.model_copy(update={"note": note})


def pregnancy_of(
    dice: Dice, patient: SamplePatient, tales: Sequence[Tale], today: dt.date
) -> Pregnancy | None:
    """The pregnancy that the visits until today tell of, once their reasons are settled."""
    told = [
        tale for tale in tales if tale.details.note in WINDOWS and tale.visit.start.date() <= today
    ]
    due = _due_date(patient, [tale for tale in tales if tale.details.note in WINDOWS])
    return Pregnancy(due, dice.chance(0.45)) if told and due else None


def _due_date(patient: SamplePatient, told: Sequence[Tale]) -> dt.date | None:
    """The due date that fits the most of these visits, from the patient's id alone."""
    day = told[0].visit.start.date() if told else None
    if day is None or not AGES[0] <= patient.age_on(day) <= AGES[1]:
        return None
    # Some women's gynecologist writes "prenatal" of a visit that is not; those are few.
    candidates = [
        tale.visit.start.date() + dt.timedelta(days=_TERM_DAYS - 7 * weeks - 3)
        for tale in told
        for weeks in range(WINDOWS[tale.details.note][0], WINDOWS[tale.details.note][1] + 1, 2)
    ]
    return max(candidates, key=lambda due: (sum(_fits(due, tale) for tale in told), due))


def _fits(due: dt.date, tale: Tale) -> bool:
    low, high = WINDOWS[tale.details.note]
    return low <= _weeks(due, tale) <= high


def _weeks(due: dt.date, tale: Tale) -> int:
    return (_TERM_DAYS - (due - tale.visit.start.date()).days) // 7
