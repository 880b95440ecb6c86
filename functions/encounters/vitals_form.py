"""Vital signs as a form takes them: the units of whoever measures, the checks beside each field.

A value that no living person has is refused at its field; one that is unusual at
the patient's age is asked about once, and may be recorded. The body mass index is
never typed: it is computed where weight and height were taken together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from caresmith.measures.ucum import convert
from caresmith.measures.vitals import BY_LOINC, MEASURES, Measure, Range, body_mass_index
from caresmith.measures.words import unit_words
from caresmith.records.clinical.coding import LOINC, Coding, Concept, Quantity
from caresmith.records.clinical.observation import Observation, Vitals
from caresmith.web.forms import Form, FormRefused
from functions.encounters import shown

FIRST: Final = (
    "systolic",
    "diastolic",
    "heart_rate",
    "respiratory_rate",
    "temperature",
    "oxygen_saturation",
    "weight",
    "height",
    "head_circumference",
    "pain",
)
"""What is asked for, in the order in which it is taken."""
MORE: Final = ("oxygen_flow", "oxygen_concentration")
TAKEN: Final = (*FIRST, *MORE)
HEAD_UNTIL_MONTHS: Final = 36
"""The head is measured to three years of age (CDC growth charts)."""
_COMPUTED: Final = "bmi"
_MOST_PLACES: Final = 6


@dataclass
class Filled:
    """A sitting as the form makes it."""

    by_code: dict[str, Observation] = field(default_factory=dict)
    unusual: dict[str, str] = field(default_factory=dict)
    """By field: what is usual at the patient's age."""


def units_of(code: str) -> list[tuple[str, str]]:
    """The units that a value may be entered in, with their words."""
    # "{beats}/min" is "/min" with a remark: nobody chooses between them.
    plain = [unit for unit in MEASURES[code].units if not unit.startswith("{")]
    return [(unit, unit_words(unit)) for unit in plain or MEASURES[code].units]


def unit_field(code: str) -> str:
    return f"{code}_unit"


def blank(last: Vitals | None, at: dt.datetime) -> Form:
    """A new sitting's form: the units are those in which this patient was measured last."""
    values = {"at": at.strftime("%Y-%m-%dT%H:%M")}
    for one in last.measurements if last else ():
        measure = _measure(one)
        if measure and one.quantity:
            values[unit_field(measure.code)] = one.quantity.unit
    return Form(values)


def as_form(vitals: Vitals, at: dt.datetime) -> Form:
    """A sitting's values in the units in which they were entered."""
    form = blank(vitals, at)
    values = dict(form.values)
    for one in vitals.measurements:
        measure = _measure(one)
        if measure and one.quantity:
            values[measure.code] = shown.number(one.quantity.value)
    return Form({**values, "note": vitals.note or ""})


def filled(form: Form, age_months: int) -> Filled:
    """Reads the fields. Raises FormRefused with a sentence at each that is wrong."""
    found = Filled()
    for code in TAKEN:
        text = form.values.get(code, "").strip().replace(",", ".")
        if not text:
            continue
        measure = MEASURES[code]
        unit = form.values.get(unit_field(code)) or measure.units[0]
        problem = _problem(measure, text, unit)
        if problem:
            form.errors[code] = problem
            continue
        value = Decimal(text)
        found.by_code[code] = _observation(measure, value, unit)
        usual = measure.plausible_at(age_months)
        if not usual.holds(measure.in_own_unit(value, unit)):
            found.unusual[code] = f"Usual at this age: {_said(usual, measure, unit)}. Is it right?"
    _pressures(form, found)
    if not found.by_code and not form.errors:
        form.errors["systolic"] = "Give at least one value."
    if form.errors:
        raise FormRefused(form)
    _compute(found)
    return found


def _problem(measure: Measure, text: str, unit: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return "Give a number."
    exponent = value.as_tuple().exponent
    if not value.is_finite() or not isinstance(exponent, int) or -exponent > _MOST_PLACES:
        return "Give a number."
    if unit not in measure.units:
        return "Choose one of the units."
    if not measure.life.holds(measure.in_own_unit(value, unit)):
        return f"Nobody lives with that: {_said(measure.life, measure, unit)} is possible."
    return ""


def _said(given: Range, measure: Measure, unit: str) -> str:
    """A range in the unit that was chosen: ``51.8 to 116.6 °F``."""
    low, high = (convert(edge, measure.unit, unit) for edge in (given.low, given.high))
    ends = (shown.number(edge.quantize(Decimal("0.1"))) for edge in (low, high))
    return f"{' to '.join(ends)} {unit_words(unit)}"


def _pressures(form: Form, found: Filled) -> None:
    upper, lower = (found.by_code.get(code) for code in ("systolic", "diastolic"))
    if not (upper and lower and upper.quantity and lower.quantity):
        return
    if upper.quantity.value <= lower.quantity.value:
        form.errors["systolic"] = "The systolic pressure is the higher one."


def _compute(found: Filled) -> None:
    """The body mass index, where weight and height were taken at this sitting."""
    weight, height = (_own(found.by_code.get(code)) for code in ("weight", "height"))
    if weight is None or height is None:
        return
    index = body_mass_index(weight, height)
    measure = MEASURES[_COMPUTED]
    if measure.life.holds(index):
        found.by_code[_COMPUTED] = _observation(measure, index, measure.unit)


def sitting(
    found: Filled, at: dt.datetime, note: str | None, before: Vitals | None = None
) -> Vitals:
    """The content. Of a sitting that is corrected, what the form does not show stays."""
    kept: list[Observation] = []
    written = dict(found.by_code)
    for one in before.measurements if before else ():
        measure = _measure(one)
        if measure is None or (measure.code not in TAKEN and measure.code != _COMPUTED):
            kept.append(one)
        elif measure.code in written:
            value = written.pop(measure.code).quantity
            kept.append(one.model_copy(update={"quantity": value, "absent": None}))
    # The index goes with the two that it was made from.
    return Vitals(at=at, measurements=(*kept, *written.values()), note=note)


def index_of(vitals: Vitals) -> str:
    """The body mass index in words; empty where there is none."""
    for one in vitals.measurements:
        measure = _measure(one)
        if measure and measure.code == _COMPUTED and one.quantity:
            return shown.number(one.quantity.value.quantize(Decimal("0.1")))
    return ""


def _own(one: Observation | None) -> Decimal | None:
    """The value in the measure's own unit."""
    if one is None or one.quantity is None:
        return None
    measure = _measure(one)
    return measure.in_own_unit(one.quantity.value, one.quantity.unit) if measure else None


def _measure(one: Observation) -> Measure | None:
    return BY_LOINC.get(one.code.code_in(LOINC) or "")


def _observation(measure: Measure, value: Decimal, unit: str) -> Observation:
    codes = (measure.loinc, *measure.also_coded)
    codings = tuple(Coding(system=LOINC, code=code) for code in codes)
    concept = Concept(codings=codings, text=measure.display)
    return Observation(code=concept, quantity=Quantity(value=value, unit=unit))


LABELS: Final[Mapping[str, str]] = {
    "systolic": "Systolic",
    "diastolic": "Diastolic",
    "heart_rate": "Heart rate",
    "respiratory_rate": "Respirations",
    "temperature": "Temperature",
    "oxygen_saturation": "Oxygen saturation",
    "weight": "Weight",
    "height": "Height",
    "head_circumference": "Head circumference",
    "pain": "Pain, 0 to 10",
    "oxygen_flow": "Oxygen flow",
    "oxygen_concentration": "Inhaled oxygen",
}
