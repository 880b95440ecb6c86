"""Growth of children: z-scores and percentiles by the LMS method (Cole 1990).

Under two years the WHO standards, from two to twenty the CDC charts, as CDC
advises (MMWR 2010;59 RR-9); body mass index at or above the 95th percentile
by CDC's extended method (NCHS Vital Health Stat 2(197), 2022). The tables stand in
``growth.json``, which ``scripts/reference growth`` makes and which is read at first use.

==================  =============================================  ================
 indicator           LOINC of the percentile                        ages
==================  =============================================  ================
 WEIGHT              8336-0                                         birth to 20 years
 LENGTH              8303-0 (lying under two, then standing)        birth to 20 years
 BMI                 59576-9 (US Core, from two years)              birth to 20 years
 HEAD                8289-1 (US Core, to 36 months)                 birth to 3 years
 WEIGHT_FOR_LENGTH   77606-2 (US Core, to 36 months)                45 to 110 cm
==================  =============================================  ================
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any, Final

from caresmith.measures.age import CORRECTED_UNTIL_MONTHS, DAYS_IN_MONTH, Age


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class Indicator(StrEnum):
    WEIGHT = "weight"
    """Kilograms."""
    LENGTH = "length"
    """Centimetres: lying under two years, standing from then on."""
    BMI = "bmi"
    """kg/m²."""
    HEAD = "head"
    """Centimetres around the head."""


class Reference(StrEnum):
    WHO = "WHO 2006"
    CDC = "CDC 2000"
    CDC_EXTENDED = "CDC 2022 extended BMI"


LOINC: Final[Mapping[Indicator, str]] = {
    Indicator.WEIGHT: "8336-0",
    Indicator.LENGTH: "8303-0",
    Indicator.BMI: "59576-9",
    Indicator.HEAD: "8289-1",
}
WEIGHT_FOR_LENGTH_LOINC: Final = "77606-2"

STANDING_IS_LESS_CM: Final = 0.7
"""Who stands measures this much less than lying (WHO 2006, construction of the standards)."""

# The WHO standards' limit on how far weight's skewed tail is taken (WHO 2006, ch. 7).
_TAIL: Final = 3
_UNSKEWED: Final = frozenset({Indicator.LENGTH, Indicator.HEAD})
_CDC_UNTIL_MONTHS: Final = 240
_NORMAL: Final = NormalDist()
_P95: Final = 0.95
_MOST: Final = 1 - 1e-15


@dataclass(frozen=True, slots=True)
class Growth:
    """Where a measure stands among children of that age and sex."""

    z: float
    """Standard deviations from the median."""
    percentile: float
    """0 to 100."""
    reference: Reference


@dataclass(frozen=True, slots=True)
class Lms:
    """Skewness, median and coefficient of variation at one age or length."""

    skew: float
    median: float
    spread: float

    def z(self, value: float) -> float:
        """The z-score of a value, which is more than zero."""
        if self.skew == 0:
            return math.log(value / self.median) / self.spread
        return float((value / self.median) ** self.skew - 1) / (self.skew * self.spread)

    def value(self, z: float) -> float:
        """The value at a z-score: the inverse of :meth:`z`."""
        if self.skew == 0:
            return self.median * math.exp(self.spread * z)
        base = 1 + self.skew * self.spread * z
        return float(self.median * base ** (1 / self.skew))


def growth(indicator: Indicator, sex: Sex, value: float, age: Age) -> Growth | None:
    """A child's measure among its like; None where no table covers that age.

    ``age`` is the corrected one for a preterm child (:func:`caresmith.measures.age.growth_age`).
    Raises ValueError for a value that is not positive.
    """
    if value <= 0:
        raise ValueError("must be more than zero")
    lms = lms_at(indicator, sex, age)
    if lms is None:
        return None
    if age.months < CORRECTED_UNTIL_MONTHS:
        return _who(lms, value, limited=indicator not in _UNSKEWED)
    if indicator is Indicator.BMI and value >= lms.value(_NORMAL.inv_cdf(_P95)):
        return _extended(lms, sex, value, _cdc_months(age) / 12)
    z = lms.z(value)
    return Growth(z, 100 * _NORMAL.cdf(z), Reference.CDC)


def weight_for_length(sex: Sex, weight_kg: float, length_cm: float) -> Growth | None:
    """Weight among children of that lying length, to two years; None beyond 45 to 110 cm."""
    if weight_kg <= 0:
        raise ValueError("must be more than zero")
    lms = _curve("who_by_length", Indicator.WEIGHT, sex).at(length_cm)
    return None if lms is None else _who(lms, weight_kg, limited=True)


def lms_at(indicator: Indicator, sex: Sex, age: Age) -> Lms | None:
    """The curve's parameters at that age, for plots; None where no table covers it."""
    if age.months < CORRECTED_UNTIL_MONTHS:
        return _curve("who", indicator, sex).at(age.days)
    if age.months >= _CDC_UNTIL_MONTHS:
        return None
    return _curve("cdc", indicator, sex).at(_cdc_months(age))


def _cdc_months(age: Age) -> float:
    # By the calendar a child is two on a birthday that is 23.98 mean months after birth.
    return min(max(age.days / DAYS_IN_MONTH, CORRECTED_UNTIL_MONTHS), _CDC_UNTIL_MONTHS)


def _who(lms: Lms, value: float, *, limited: bool) -> Growth:
    z = lms.z(value)
    if limited and abs(z) > _TAIL:
        side = math.copysign(1, z)
        edge, inner = lms.value(side * _TAIL), lms.value(side * (_TAIL - 1))
        z = side * _TAIL + (value - edge) / abs(edge - inner)
    return Growth(z, 100 * _NORMAL.cdf(z), Reference.WHO)


def _extended(lms: Lms, sex: Sex, value: float, years: float) -> Growth:
    """Above the 95th percentile a half-normal distribution of a width by sex and age."""
    sigma = (
        0.3728 + 0.5196 * years - 0.0091 * years**2
        if sex is Sex.MALE
        else 0.8334 + 0.3712 * years - 0.0011 * years**2
    )
    above = (value - lms.value(_NORMAL.inv_cdf(_P95))) / sigma
    share = min(0.9 + 0.1 * _NORMAL.cdf(above), _MOST)
    return Growth(_NORMAL.inv_cdf(share), 100 * share, Reference.CDC_EXTENDED)


# -- tables ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Curve:
    places: tuple[float, ...]
    rows: tuple[Lms, ...]

    def at(self, place: float) -> Lms | None:
        """The parameters there, linear between two rows; None outside the table."""
        if not self.places[0] <= place <= self.places[-1]:
            return None
        right = bisect_right(self.places, place)
        before = self.rows[right - 1]
        if self.places[right - 1] == place:
            return before
        after = self.rows[right]
        part = (place - self.places[right - 1]) / (self.places[right] - self.places[right - 1])
        return Lms(
            before.skew + part * (after.skew - before.skew),
            before.median + part * (after.median - before.median),
            before.spread + part * (after.spread - before.spread),
        )


@cache
def _tables() -> Mapping[str, Any]:
    tables: Mapping[str, Any] = json.loads(
        Path(__file__).with_name("growth.json").read_text("ascii")
    )
    return tables


@cache
def _curve(reference: str, indicator: Indicator, sex: Sex) -> _Curve:
    table = _tables()[reference][indicator][sex]
    medians = table["m"]
    count = len(medians)
    at = table["at"]
    # Evenly spaced places are told by the first and the step, which has three digits at most.
    places = at if len(at) == count else [round(at[0] + at[1] * i, 3) for i in range(count)]
    skew = table["l"] if isinstance(table["l"], list) else [table["l"]] * count
    rows = tuple(map(Lms, skew, medians, table["s"]))
    return _Curve(tuple(places), rows)
