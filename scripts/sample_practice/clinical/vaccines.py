"""Vaccines by age: ``vaccines.csv`` after the schedules of CDC's ACIP, with CVX and MVX codes."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.sample_practice.dice import Dice

_MONTH: Final = 30.4375
_INFLUENZA: Final = "140"
_OCTOBER: Final = 10


@dataclass(frozen=True)
class Vaccine:
    cvx: str
    name: str
    mvx: str
    months: tuple[int, ...]
    """The ages at which its doses are due."""
    years: tuple[int, int]
    """In which it was given."""
    share: int
    """How many of a hundred have it."""
    site: str


@dataclass(frozen=True)
class Dose:
    vaccine: Vaccine
    number: int
    day: dt.date


INFLUENZA: Final = Vaccine(
    _INFLUENZA, "Influenza, split virus, trivalent, PF", "PMC", (), (2000, 2100), 0, "arm"
)


def _read() -> tuple[Vaccine, ...]:
    with Path(__file__).with_name("vaccines.csv").open(newline="") as file:
        return tuple(
            Vaccine(
                row["cvx"],
                row["name"],
                row["mvx"],
                tuple(int(month) for month in row["months"].split()),
                (int(row["from_year"]), int(row["to_year"])),
                int(row["share"]),
                row["site"],
            )
            for row in csv.DictReader(file)
        )


VACCINES: Final = _read()


def doses(dice: Dice, born: dt.date, today: dt.date) -> list[Dose]:
    """What somebody has had until ``today``, by date."""
    given = [*_by_age(dice, born, today), *_influenza(dice, born, today)]
    return sorted(given, key=lambda dose: (dose.day, dose.vaccine.cvx))


def _by_age(dice: Dice, born: dt.date, today: dt.date) -> Iterator[Dose]:
    for vaccine in VACCINES:
        takes, number = dice.chance(vaccine.share / 100), 0
        for month in vaccine.months:
            late = dice.randrange(2, 9) if month < 2 else dice.randrange(2, 24)
            day = born + dt.timedelta(days=int(month * _MONTH) + late)
            fits = vaccine.years[0] <= day.year <= vaccine.years[1]
            if takes and fits and day <= today:
                number += 1
                yield Dose(vaccine, number, day)


def _influenza(dice: Dice, born: dt.date, today: dt.date) -> Iterator[Dose]:
    """Of the last two seasons, from six months of age on."""
    keen = dice.uniform(0.2, 0.95)
    for year in range(today.year - 1, today.year + 1):
        day = dt.date(year, _OCTOBER, 1) + dt.timedelta(days=dice.randrange(0, 70))
        if dice.chance(keen) and born + dt.timedelta(days=183) <= day <= today:
            yield Dose(INFLUENZA, 1, day)
