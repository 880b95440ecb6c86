"""Vital signs as data: LOINC code, units, what a living person can have, what is unlikely.

A value outside ``life`` is an error of entry and is refused. One outside the
``plausible`` range of the person's age is asked about ("Is this right?") and
may be recorded: it is the value that matters most.

=====================  ==============================================================
 here                   FHIR R4 / US Core 6.1
=====================  ==============================================================
 ``loinc``              Observation.code, the profile's magic code (US Core Vital Signs)
 ``unit``, ``units``    Observation.valueQuantity.code (http://unitsofmeasure.org)
 BLOOD_PRESSURE         us-core-blood-pressure: components 8480-6 and 8462-4
 ``OXYGEN_SATURATION``  us-core-pulse-oximetry: coded 59408-5 and 2708-6
=====================  ==============================================================

Ranges: life by the extremes that medicine has described, with room (body
temperature 11.8 and 46.5 °C; weight 635 kg; height 272 cm; arterial pressure
480/350 mmHg in lifting). Plausible rates and pressures by age follow the ranges of
Pediatric Advanced Life Support (AHA 2020, tables of vital signs), widened to
what illness brings every day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from caresmith.measures.ucum import UnknownUnit, convert


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included, in the measure's own unit."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Measure:
    """One vital sign."""

    code: str
    loinc: str
    display: str
    unit: str
    """The UCUM unit that it is kept and compared in."""
    units: tuple[str, ...]
    """The units that it may be entered in, the customary US one first."""
    life: Range
    plausible: tuple[tuple[int, Range], ...]
    """From an age in months on: the ranges, youngest first, the first from birth."""
    decimals: int = 0
    """How many places the value has in ``unit`` where it is shown."""
    also_coded: tuple[str, ...] = ()
    """Further LOINC codes that the US Core profile demands."""

    def in_own_unit(self, value: Decimal, unit: str) -> Decimal:
        """``value`` in the measure's unit. Raises UnknownUnit for a unit not taken here."""
        if unit not in self.units:
            raise UnknownUnit
        return convert(value, unit, self.unit)

    def plausible_at(self, age_months: int) -> Range:
        """The range at that age in completed months."""
        return next(r for start, r in reversed(self.plausible) if age_months >= start)


@dataclass(frozen=True, slots=True)
class Panel:
    """Measures that are taken together and mean nothing alone."""

    code: str
    loinc: str
    display: str
    parts: tuple[str, ...]


def _range(low: str, high: str) -> Range:
    return Range(Decimal(low), Decimal(high))


def _at(*bands: tuple[int, str, str]) -> tuple[tuple[int, Range], ...]:
    return tuple((start, _range(low, high)) for start, low, high in bands)


_YEAR: Final = 12

_ALL: Final = (
    Measure(
        "systolic",
        "8480-6",
        "Systolic blood pressure",
        "mm[Hg]",
        ("mm[Hg]",),
        _range("20", "400"),
        _at((0, "40", "120"), (1, "60", "140"), (_YEAR, "65", "160"), (10 * _YEAR, "70", "240")),
    ),
    Measure(
        "diastolic",
        "8462-4",
        "Diastolic blood pressure",
        "mm[Hg]",
        ("mm[Hg]",),
        _range("5", "360"),
        _at((0, "15", "85"), (1, "25", "95"), (_YEAR, "30", "110"), (10 * _YEAR, "30", "140")),
    ),
    Measure(
        "heart_rate",
        "8867-4",
        "Heart rate",
        "/min",
        ("/min", "{beats}/min"),
        _range("10", "400"),
        _at(
            (0, "70", "230"), (3, "70", "220"), (2 * _YEAR, "50", "200"), (10 * _YEAR, "35", "200")
        ),
    ),
    Measure(
        "respiratory_rate",
        "9279-1",
        "Respiratory rate",
        "/min",
        ("/min", "{breaths}/min"),
        _range("1", "150"),
        _at((0, "20", "90"), (_YEAR, "14", "70"), (6 * _YEAR, "8", "50"), (12 * _YEAR, "6", "50")),
    ),
    Measure(
        "temperature",
        "8310-5",
        "Body temperature",
        "Cel",
        ("[degF]", "Cel"),
        _range("11", "47"),
        _at((0, "34", "41.5")),
        decimals=1,
    ),
    Measure(
        "oxygen_saturation",
        "59408-5",
        "Oxygen saturation by pulse oximetry",
        "%",
        ("%",),
        _range("10", "100"),
        _at((0, "80", "100")),
        also_coded=("2708-6",),
    ),
    Measure(
        "weight",
        "29463-7",
        "Body weight",
        "kg",
        ("[lb_av]", "kg", "g", "[oz_av]"),
        _range("0.2", "700"),
        _at(
            (0, "0.5", "9"),
            (1, "1.5", "15"),
            (6, "3", "20"),
            (_YEAR, "4", "30"),
            (2 * _YEAR, "6", "60"),
            (6 * _YEAR, "10", "130"),
            (12 * _YEAR, "20", "300"),
            (18 * _YEAR, "25", "320"),
        ),
        decimals=2,
    ),
    Measure(
        "height",
        "8302-2",
        "Body height",
        "cm",
        ("[in_i]", "cm", "m", "[ft_i]"),
        _range("18", "280"),
        _at(
            (0, "25", "65"),
            (1, "30", "85"),
            (6, "45", "95"),
            (_YEAR, "50", "115"),
            (2 * _YEAR, "60", "145"),
            (6 * _YEAR, "75", "185"),
            (12 * _YEAR, "90", "220"),
        ),
        decimals=1,
    ),
    Measure(
        "head_circumference",
        "9843-4",
        "Head occipital-frontal circumference",
        "cm",
        ("[in_i]", "cm"),
        _range("10", "110"),
        _at((0, "20", "48"), (6, "32", "60"), (2 * _YEAR, "38", "75")),
        decimals=1,
    ),
    Measure(
        "bmi",
        "39156-5",
        "Body mass index",
        "kg/m2",
        ("kg/m2",),
        _range("4", "250"),
        _at((0, "6", "35"), (2 * _YEAR, "9", "60"), (12 * _YEAR, "10", "100")),
        decimals=1,
    ),
    Measure(
        "oxygen_flow",
        "3151-8",
        "Inhaled oxygen flow rate",
        "L/min",
        ("L/min",),
        _range("0", "100"),
        _at((0, "0", "70")),
        decimals=1,
    ),
    Measure(
        "oxygen_concentration",
        "3150-6",
        "Inhaled oxygen concentration",
        "%",
        ("%",),
        _range("10", "100"),
        _at((0, "21", "100")),
    ),
    Measure(
        "pain",
        "72514-3",
        "Pain severity, 0 to 10, as reported",
        "{score}",
        ("{score}",),
        _range("0", "10"),
        _at((0, "0", "10")),
    ),
)

MEASURES: Final[Mapping[str, Measure]] = MappingProxyType({m.code: m for m in _ALL})
BY_LOINC: Final[Mapping[str, Measure]] = MappingProxyType(
    {loinc: m for m in _ALL for loinc in (m.loinc, *m.also_coded)}
)
BLOOD_PRESSURE: Final = Panel(
    "blood_pressure",
    "85354-9",
    "Blood pressure panel with all children optional",
    ("systolic", "diastolic"),
)


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """kg/m², to two places. Raises ValueError where the height is not positive."""
    if height_cm <= 0:
        raise ValueError("must be more than zero")
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.01"))


def pressures_fit(systolic: Decimal, diastolic: Decimal) -> bool:
    """Whether the pair can belong together: the systolic pressure is the higher one."""
    return systolic > diastolic
