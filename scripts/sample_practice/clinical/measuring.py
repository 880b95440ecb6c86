"""The vital signs of a visit: on the child's own growth curve, at the adult's own pressure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from caresmith.measures.age import age
from caresmith.measures.growth import Indicator, lms_at
from caresmith.measures.vitals import MEASURES
from caresmith.records.clinical.coding import LOINC, Coding, Concept, Quantity
from caresmith.records.clinical.observation import Observation, Vitals
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.dice import Dice

_GROWN: Final = 18
_HEAD_MONTHS: Final = 36
_BMI_MONTHS: Final = 24
_PRESSURE_YEARS: Final = 3
_POUND: Final = 0.45359237
_INCH: Final = 2.54
_RATES: Final = ((0, 138, 38), (6, 124, 32), (24, 108, 26), (72, 92, 21), (144, 78, 17))
"""From a month on: heart and breathing rates of a healthy child."""

Measured = tuple[str, float, str]
"""Which measure, its value, the unit in which it is entered."""


class Scales:
    """Measures one patient again and again."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._dice = Dice(f"scales:{life.patient.patient_id}")
        self._drift = self._dice.gauss(0, 1.6)
        self._tallest = 0.0

    def vitals(self, at: dt.datetime, day: dt.date, *, fever: bool, pain: int) -> Vitals:
        """A sitting on that day, which is the patient's own at ``at``."""
        months = self._life.months_on(day)
        taken = [*self._build(day), *self._circulation(day, months, fever=fever)]
        warm = self._dice.gauss(101.9, 0.6) if fever else self._dice.gauss(98.2, 0.35)
        taken.append(("temperature", min(103.9, warm), "[degF]"))
        low = max((ILLNESSES[name].saturation for name in self._life.ill_on(day)), default=0)
        taken.append(("oxygen_saturation", self._dice.randrange(97, 100) - low, "%"))
        if pain:
            taken.append(("pain", self._dice.randrange(max(1, pain - 3), pain + 1), "{score}"))
        return Vitals(at=at, measurements=tuple(_observed(*one) for one in taken))

    def _build(self, day: dt.date) -> Iterator[Measured]:
        life = self._life
        since = age(life.born, day)
        if since.years >= _GROWN:
            yield from self._adult_build(day)
            return
        length, weight = (
            self._on_curve(indicator, day) for indicator in (Indicator.LENGTH, Indicator.WEIGHT)
        )
        # Nobody shrinks, whatever the tape says.
        self._tallest = max(self._tallest, length)
        yield "weight", weight, "kg"
        yield "height", self._tallest, "cm"
        if since.months >= _BMI_MONTHS:
            yield "bmi", weight / (self._tallest / 100) ** 2, "kg/m2"
        if since.months < _HEAD_MONTHS:
            yield "head_circumference", self._on_curve(Indicator.HEAD, day), "cm"

    def _on_curve(self, indicator: Indicator, day: dt.date) -> float:
        life = self._life
        curve = lms_at(indicator, life.sex, age(life.born, day))
        if curve is None:
            raise ValueError("no curve for that age")
        own = life.weight_z if indicator is Indicator.WEIGHT else life.length_z
        own = own / 2 if indicator is Indicator.HEAD else own
        return curve.value(own + self._dice.gauss(0, 0.04))

    def _adult_build(self, day: dt.date) -> Iterator[Measured]:
        """Weight moves slowly; a pregnancy adds what one adds (IOM 2009, about 12 kg)."""
        life = self._life
        metres = life.adult_height_cm / 100
        ago = (life.today - day).days / 365.25
        weight = life.bmi * metres**2 - self._drift * ago + self._dice.gauss(0, 0.5)
        if life.pregnancy and life.pregnancy.goes_on(day):
            weight += max(0.0, life.pregnancy.weeks_on(day) - 12) * 0.43
        yield "weight", weight / _POUND, "[lb_av]"
        yield "height", life.adult_height_cm / _INCH, "[in_i]"
        yield "bmi", weight / metres**2, "kg/m2"

    def _circulation(self, day: dt.date, months: int, *, fever: bool) -> Iterator[Measured]:
        life, dice = self._life, self._dice
        years = months // 12
        if years >= _GROWN:
            more = sum(ILLNESSES[name].systolic for name in life.ill_on(day))
            aged = max(0, years - 45) * 0.3
            systolic = life.systolic + more + aged + dice.gauss(0, 6)
            yield "systolic", max(92, min(178, systolic)), "mm[Hg]"
            yield "diastolic", max(54, min(104, 0.62 * systolic + dice.gauss(1, 4))), "mm[Hg]"
            rate, breaths = life.pulse + dice.gauss(0, 5), 15 + dice.gauss(0, 1.5)
        else:
            if years >= _PRESSURE_YEARS:
                # The median of healthy children: about 90 + 2 for each year of age.
                systolic = 88 + 1.9 * years + dice.gauss(0, 5)
                yield "systolic", systolic, "mm[Hg]"
                yield "diastolic", 0.6 * systolic + dice.gauss(0, 3), "mm[Hg]"
            usual = next(rates for rates in reversed(_RATES) if months >= rates[0])
            rate, breaths = usual[1] + dice.gauss(0, 7), usual[2] + dice.gauss(0, 2)
        yield "heart_rate", max(48, rate + (16 if fever else 0)), "/min"
        yield "respiratory_rate", max(10, breaths + (3 if fever else 0)), "/min"


def _observed(code: str, value: float, unit: str) -> Observation:
    measure = MEASURES[code]
    places = {"[lb_av]": 1, "[in_i]": 1, "kg": 2, "cm": 1, "[degF]": 1, "kg/m2": 1}.get(unit, 0)
    codes = (measure.loinc, *measure.also_coded)
    return Observation(
        code=Concept(
            codings=tuple(Coding(system=LOINC, code=loinc) for loinc in codes),
            text=measure.display,
        ),
        quantity=Quantity(value=Decimal(f"{value:.{places}f}"), unit=unit),
    )
