"""How people answer a reminder: what they write, how late, how often.

Each patient has one temper for the whole year. The shares are made up; what
matters is that every way of answering occurs often, the odd ones more often
than in life.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Temper(StrEnum):
    PROMPT = "answers at once"
    SLOW = "answers late"
    SILENT = "never answers"
    TWICE = "answers twice"
    CHANGES_MIND = "confirms, then cancels"
    RESCHEDULES = "asks for another time"
    VAGUE = "writes what nobody understands"
    STOPS = "opts out and in again"
    LATE_FOR_ALL = "answers after the visit"
    WRONG_NUMBER = "picks a number that was not offered"


SHARES: Final = {
    Temper.PROMPT: 36,
    Temper.SLOW: 12,
    Temper.SILENT: 22,
    Temper.TWICE: 6,
    Temper.CHANGES_MIND: 5,
    Temper.RESCHEDULES: 7,
    Temper.VAGUE: 4,
    Temper.STOPS: 3,
    Temper.LATE_FOR_ALL: 3,
    Temper.WRONG_NUMBER: 2,
}

_YES: Final = {"en": ("C", "YES", "yes I'll be there", "confirm", "ok 👍"), "es": ("C", "SI", "sí")}
_NO: Final = {"en": ("X", "cancel", "I need to cancel"), "es": ("X", "cancelar")}
_MOVE: Final = {"en": ("R", "reschedule please"), "es": ("R", "cambiar")}
_FOG: Final = {
    "en": ("do I need to fast before?", "my mother says hi", "???", "what is this about"),
    "es": ("tengo que ir en ayunas?", "quien es", "???"),
}


@dataclass(frozen=True)
class Answer:
    """One text that a person sends, so long after the one that it answers."""

    after: timedelta
    text: str


def answers(temper: Temper, language: str, dice: random.Random) -> list[Answer]:
    """What somebody of that temper writes to a text that asks them to confirm."""

    def soon() -> timedelta:
        return timedelta(seconds=dice.randint(20, 3600))

    def one(texts: Mapping[str, tuple[str, ...]]) -> str:
        return dice.choice(texts[language])

    first = soon()
    later = first + timedelta(seconds=dice.randint(5, 7200))
    yes = Answer(first, one(_YES))
    written: dict[Temper, list[Answer]] = {
        Temper.PROMPT: [yes if dice.random() < 0.9 else Answer(first, one(_NO))],
        Temper.SLOW: [Answer(timedelta(hours=dice.uniform(20, 80)), one(_YES))],
        Temper.SILENT: [],
        Temper.TWICE: [yes, Answer(later, one(_YES))],
        Temper.CHANGES_MIND: [yes, Answer(later, one(_NO))],
        Temper.RESCHEDULES: [
            Answer(first, one(_MOVE)),
            Answer(first + timedelta(minutes=dice.randint(1, 90)), str(dice.randint(1, 3))),
        ],
        Temper.VAGUE: [Answer(first, one(_FOG))],
        Temper.STOPS: [
            Answer(first, "STOP"),
            Answer(first + timedelta(days=dice.uniform(0.1, 40)), "START"),
        ],
        Temper.LATE_FOR_ALL: [Answer(timedelta(days=8), one(_YES))],
        Temper.WRONG_NUMBER: [Answer(first, str(dice.randint(4, 9)))],
    }
    return written[temper]


def draw(dice: random.Random) -> Temper:
    return dice.choices(list(SHARES), weights=list(SHARES.values()))[0]
