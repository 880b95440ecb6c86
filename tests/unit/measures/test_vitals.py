from __future__ import annotations

from decimal import Decimal

import pytest

from caresmith.measures.ucum import UnknownUnit, commensurable, is_unit
from caresmith.measures.vitals import (
    BLOOD_PRESSURE,
    BY_LOINC,
    MEASURES,
    Measure,
    body_mass_index,
    pressures_fit,
)

D = Decimal
ALL = list(MEASURES.values())


@pytest.mark.parametrize("measure", ALL, ids=lambda m: m.code)
def test_each_measure_is_whole(measure: Measure) -> None:
    assert is_unit(measure.unit)
    assert measure.unit in measure.units
    assert all(commensurable(unit, measure.unit) for unit in measure.units)
    starts = [start for start, _ in measure.plausible]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    for _, plausible in measure.plausible:
        # What is likely is possible.
        assert measure.life.low <= plausible.low < plausible.high <= measure.life.high


def test_codes_are_distinct_and_found() -> None:
    assert len(BY_LOINC) == sum(1 + len(m.also_coded) for m in ALL)
    assert {MEASURES[part].loinc for part in BLOOD_PRESSURE.parts} == {"8480-6", "8462-4"}


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("weight", "150", "[lb_av]", "68.0388555"),
        ("temperature", "98.6", "[degF]", "37"),
        ("height", "5", "[ft_i]", "152.4"),
        ("heart_rate", "72", "{beats}/min", "72"),
    ],
)
def test_values_are_kept_in_one_unit(code: str, value: str, unit: str, expected: str) -> None:
    assert MEASURES[code].in_own_unit(D(value), unit) == D(expected)


def test_a_unit_that_the_measure_does_not_take_is_refused_even_if_it_fits() -> None:
    with pytest.raises(UnknownUnit):
        MEASURES["weight"].in_own_unit(D(70), "t")


@pytest.mark.parametrize(
    ("code", "value"),
    [("temperature", "98.6"), ("heart_rate", "0"), ("oxygen_saturation", "101"),
     ("weight", "1500"), ("height", "5.9"), ("systolic", "1200"), ("pain", "11")],
)  # fmt: skip
def test_what_no_living_person_has_is_outside_life(code: str, value: str) -> None:
    assert not MEASURES[code].life.holds(D(value))


def test_a_newborns_heart_rate_is_unlikely_in_an_adult() -> None:
    rate = MEASURES["heart_rate"]
    assert rate.plausible_at(0).holds(D(180))
    assert rate.plausible_at(480).holds(D(45))
    assert not rate.plausible_at(0).holds(D(45))
    assert rate.plausible_at(23) == rate.plausible_at(3)
    assert rate.plausible_at(24) != rate.plausible_at(23)


def test_body_mass_index_of_the_cdc_example() -> None:
    """CDC, "Calculating BMI": 68 kg at 165 cm is 24.98."""
    assert body_mass_index(D(68), D(165)) == D("24.98")
    with pytest.raises(ValueError, match="zero"):
        body_mass_index(D(68), D(0))


def test_pressures_stand_in_order() -> None:
    assert pressures_fit(D(120), D(80))
    assert not pressures_fit(D(80), D(120))
