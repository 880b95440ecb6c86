"""Series of a patient's vital signs over time, and a child's growth among its like.

Values are shown in the unit in which each was entered last. Growth curves are the
percentiles of :mod:`caresmith.measures.growth`, computed where the patient's own
points lie: WHO's until two years, CDC's from then on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from statistics import NormalDist
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.ids import PatientId
from caresmith.measures import growth as g
from caresmith.measures.age import CORRECTED_UNTIL_MONTHS, DAYS_IN_MONTH, Age, age
from caresmith.measures.ucum import convert
from caresmith.measures.vitals import BY_LOINC, MEASURES, Measure, body_mass_index
from caresmith.measures.words import unit_words
from caresmith.records.clinical import entries
from caresmith.records.clinical.charts import charts_of, must_exist
from caresmith.records.clinical.coding import LOINC
from caresmith.records.clinical.content import ENTERED_IN_ERROR
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.observation import Vitals
from caresmith.records.demographics import BirthSex, Demographics, Gender
from functions.encounters import shown

MOST: Final = 500
GROWN_UP_MONTHS: Final = 240
HEAD_MONTHS: Final = 36
PERCENTILES: Final = (5, 10, 25, 50, 75, 90, 95)
_STEP_DAYS: Final = 15
_CDC_STEP_MONTHS: Final = 2

_SHOWN: Final = (
    ("Blood pressure", ("systolic", "diastolic")),
    ("Weight", ("weight",)),
    ("Body mass index", ("bmi",)),
    ("Heart rate", ("heart_rate",)),
    ("Temperature", ("temperature",)),
    ("Oxygen saturation", ("oxygen_saturation",)),
    ("Respirations", ("respiratory_rate",)),
    ("Height", ("height",)),
)
_INDICATORS: Final = (
    (g.Indicator.WEIGHT, "weight", "Weight", "kg"),
    (g.Indicator.LENGTH, "height", "Length and height", "cm"),
    (g.Indicator.BMI, "bmi", "Body mass index", "kg/m²"),
    (g.Indicator.HEAD, "head_circumference", "Head circumference", "cm"),
)


@dataclass(frozen=True)
class Value:
    """One measured value in its measure's own unit, and as it was entered."""

    at: dt.datetime
    own: Decimal
    entered: str
    unit: str


@dataclass(frozen=True)
class Plot:
    """One picture: lines over time with their unit."""

    title: str
    unit: str
    lines: list[dict[str, Any]]
    rows: list[tuple[dt.datetime, str]]
    """The same values in words, the latest first."""


@dataclass(frozen=True)
class GrowthRow:
    """A child's measure in words."""

    at: dt.datetime
    age: str
    value: str
    percentile: str


@dataclass(frozen=True)
class GrowthPlot:
    """A measure of a child over its age, with percentile curves behind it."""

    title: str
    unit: str
    curves: list[dict[str, Any]]
    points: list[dict[str, Any]]
    rows: list[GrowthRow]


def read_values(patient: PatientId, *, actor: Actor) -> dict[str, list[Value]]:
    """By measure, the chart's values from the oldest on. Raises NotFound."""
    practice = actor.practice_id
    audit().about(patient)
    items = []
    for one in charts_of(practice, patient):
        audit().about(one)
        items += entries.read_now(practice, one, Kind.VITALS)
        items += entries.read_past(practice, one, Kind.VITALS, limit=MOST)
    if not items:
        must_exist(practice, patient)
    kept = [item for item in items if item.status != ENTERED_IN_ERROR]
    sittings = [entries.open_entry(practice, item, Vitals).content for item in kept]
    found: dict[str, list[Value]] = {}
    for sitting in sorted(sittings, key=lambda one: one.at):
        for code, value in _values(sitting):
            found.setdefault(code, []).append(value)
    return found


def _values(sitting: Vitals) -> list[tuple[str, Value]]:
    """What was measured at one sitting, with the body mass index where it can be told."""
    found: dict[str, Value] = {}
    for one in sitting.measurements:
        measure: Measure | None = BY_LOINC.get(one.code.code_in(LOINC) or "")
        if measure is None or one.quantity is None:
            continue
        own = measure.in_own_unit(one.quantity.value, one.quantity.unit)
        entered = shown.quantity(one.quantity)
        found[measure.code] = Value(one.at or sitting.at, own, entered, one.quantity.unit)
    if "bmi" not in found and {"weight", "height"} <= found.keys():
        index = body_mass_index(found["weight"].own, found["height"].own)
        unit = MEASURES["bmi"].unit
        at = found["weight"].at
        found["bmi"] = Value(at, index, f"{shown.number(index)} {unit_words(unit)}", unit)
    return list(found.items())


# -- over time -------------------------------------------------------------------------


def over_time(values: dict[str, list[Value]]) -> list[Plot]:
    """Each measure that was ever taken, pressures together."""
    return [
        _plot(title, [code for code in codes if code in values], values)
        for title, codes in _SHOWN
        if any(code in values for code in codes)
    ]


def _plot(title: str, codes: Sequence[str], values: dict[str, list[Value]]) -> Plot:
    unit = values[codes[0]][-1].unit
    lines = [
        {
            "name": MEASURES[code].display,
            "points": [
                [value.at.isoformat(), _in_unit(MEASURES[code], value.own, unit)]
                for value in values[code]
            ],
        }
        for code in codes
    ]
    told: dict[dt.datetime, list[str]] = {}
    for code in codes:
        for value in values[code]:
            told.setdefault(value.at, []).append(value.entered)
    rows = [(at, " over ".join(said)) for at, said in sorted(told.items(), reverse=True)]
    return Plot(title, unit_words(unit), lines, rows)


def _in_unit(measure: Measure, own: Decimal, unit: str) -> float:
    return round(float(convert(own, measure.unit, unit)), 2)


# -- growth ----------------------------------------------------------------------------


def sex_of(about: Demographics) -> g.Sex | None:
    """Growth curves go by the sex at birth; without one, by what is registered."""
    if about.birth_sex in (BirthSex.MALE, BirthSex.FEMALE):
        return g.Sex.MALE if about.birth_sex is BirthSex.MALE else g.Sex.FEMALE
    known = {Gender.MALE: g.Sex.MALE, Gender.FEMALE: g.Sex.FEMALE}
    return known.get(about.gender)


def growth_plots(
    values: dict[str, list[Value]], born: dt.date, sex: g.Sex, zone: dt.tzinfo, today: dt.date
) -> list[GrowthPlot]:
    """Each measure of growth that was taken in childhood."""
    found = []
    for indicator, code, title, unit in _INDICATORS:
        points, rows = [], []
        for value in values.get(code, ()):
            on = value.at.astimezone(zone).date()
            told = _place(indicator, sex, value, born, on)
            if told is None:
                continue
            point, row = told
            points.append(point)
            rows.append(row)
        if points:
            months = age(born, max(born, today)).months
            last = max(point["months"] for point in points)
            curves = _curves(indicator, sex, _until(indicator, max(months, last)))
            found.append(GrowthPlot(title, unit, curves, points, rows[::-1]))
    return found


def _until(indicator: g.Indicator, months: float) -> int:
    """Where the picture ends: a little beyond the child, so that the curves can be read."""
    if indicator is g.Indicator.HEAD:
        return HEAD_MONTHS
    ends = (12, 24, 36, 72, 120, GROWN_UP_MONTHS)
    return next((end for end in ends if months < end), GROWN_UP_MONTHS)


def _place(
    indicator: g.Indicator, sex: g.Sex, value: Value, born: dt.date, on: dt.date
) -> tuple[dict[str, Any], GrowthRow] | None:
    """A point and its words; None where no table covers that age."""
    if on < born:
        return None
    at_age = age(born, on)
    standing = g.growth(indicator, sex, float(value.own), at_age)
    if standing is None:
        return None
    said = _ordinal(standing.percentile)
    months = round(at_age.days / DAYS_IN_MONTH, 2)
    point = {
        "months": months,
        "value": round(float(value.own), 2),
        "name": f"{at_age.words}: {value.entered}, {said}",
    }
    row = GrowthRow(value.at, at_age.words, value.entered, f"{said}, z {standing.z:+.2f}")
    return point, row


def _ordinal(percentile: float) -> str:
    if percentile < 1:
        return "below the 1st percentile"
    if percentile >= 99:  # noqa: PLR2004 - a percentile
        return "above the 99th percentile"
    number = round(percentile)
    teen = 10 < number % 100 < 14  # noqa: PLR2004 - English's eleventh to thirteenth
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending} percentile"


@cache
def _curves(indicator: g.Indicator, sex: g.Sex, until: int) -> list[dict[str, Any]]:
    """Percentile curves as points of months and values, with a gap where WHO gives way to CDC."""
    ages = [_at_days(days) for days in range(0, min(until, 24) * 31, _STEP_DAYS)]
    ages = [one for one in ages if one.months < CORRECTED_UNTIL_MONTHS]
    start = CORRECTED_UNTIL_MONTHS
    later = [_at_months(month) for month in range(start, until, _CDC_STEP_MONTHS)]
    last = [_at_months(until)] if start < until < GROWN_UP_MONTHS else []
    # The CDC tables end on the twentieth birthday, which they do not hold.
    last = [_at_months(GROWN_UP_MONTHS - 1)] if until == GROWN_UP_MONTHS else last
    curves = []
    for percentile in PERCENTILES:
        z = NormalDist().inv_cdf(percentile / 100)
        young = _points(indicator, sex, ages, z)
        old = _points(indicator, sex, [*later, *last], z)
        gap: list[list[float | None]] = [[float(start), None]] if young and old else []
        curves.append({"name": f"{percentile}", "points": [*young, *gap, *old]})
    return curves


def _points(
    indicator: g.Indicator, sex: g.Sex, ages: Sequence[Age], z: float
) -> list[list[float | None]]:
    found: list[list[float | None]] = []
    for one in ages:
        lms = g.lms_at(indicator, sex, one)
        if lms is not None:
            found.append([round(one.days / DAYS_IN_MONTH, 2), round(lms.value(z), 2)])
    return found


def _at_days(days: int) -> Age:
    months = int(days / DAYS_IN_MONTH)
    return Age(years=months // 12, months=months, weeks=days // 7, days=days)


def _at_months(months: int) -> Age:
    # Whole days, so that the last month of a table lies within it.
    days = int(months * DAYS_IN_MONTH)
    return Age(years=months // 12, months=months, weeks=days // 7, days=days)
