"""What an illness of the tables is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Illness:
    """A lasting problem with all that goes with it."""

    name: str
    icd: str
    snomed: str = ""
    share: Mapping[int, float] = field(default_factory=dict)
    """From an age on, how many of a hundred have it (the last step at or below the age)."""
    begins: tuple[int, int] = (18, 90)
    """The ages at which it may begin."""
    sex: str = ""
    """``female`` or ``male`` where only they have it."""
    drugs: tuple[tuple[str, ...], ...] = ()
    """Of each group one is taken."""
    panels: Mapping[str, int] = field(default_factory=dict)
    """What is watched, and after how many months again."""
    systolic: int = 0
    """How much higher the pressure is than others', in mmHg."""
    saturation: int = 0
    """How much lower, in percent."""
    brings: Mapping[str, float] = field(default_factory=dict)
    """Illnesses that come with it, with their chance in a hundred."""
    excludes: tuple[str, ...] = ()
    """Illnesses that nobody has beside it."""
    interval: tuple[str, ...] = ()
    """How it went since last time."""
    exam: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    """What its care plan aims at, where there is one."""
    referral: str = ""

    def share_at(self, age: int) -> float:
        """How many of a hundred have it at that age."""
        return next(
            (self.share[step] for step in sorted(self.share, reverse=True) if age >= step), 0
        )
