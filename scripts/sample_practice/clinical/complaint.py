"""What somebody comes for, and what it turns out to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What was found of a complaint, with what was done about it."""

    name: str
    icd: str
    snomed: str = ""
    ages: tuple[int, int] = (0, 120)
    sex: str = ""
    weight: int = 10
    """How often, compared with the others of the same reason."""
    days: int = 0
    """How long it lasts; 0 where it is no illness (a check-up)."""
    fever: float = 0.0
    """The chance of one in a hundred."""
    pain: int = 0
    """The most, of 10."""
    drugs: tuple[str, ...] = ()
    """Of these, all that suit."""
    panels: tuple[str, ...] = ()
    """Laboratory tests that are taken."""
    imaging: str = ""
    """The key of a study, where one is ordered."""
    procedure: tuple[str, str] = ("", "")
    """What was done, with its SNOMED CT code."""
    story: tuple[str, ...] = ()
    exam: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    referral: str = ""

    def suits(self, age: int, *, female: bool) -> bool:
        own = self.sex in ("", "female" if female else "male")
        return own and self.ages[0] <= age <= self.ages[1]


def fitting(outcomes: Sequence[Outcome], age: int, *, female: bool) -> dict[Outcome, float]:
    """Those that somebody of that age can have, with their weights."""
    return {one: float(one.weight) for one in outcomes if one.suits(age, female=female)}
