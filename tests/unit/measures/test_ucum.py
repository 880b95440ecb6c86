"""Units against UCUM's own examples, published conversions, and an independent library."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ucumvert import PintUcumRegistry

from caresmith.measures.substances import GLUCOSE, SUBSTANCES
from caresmith.measures.ucum import (
    MAX_LENGTH,
    NotCommensurable,
    Substance,
    UnknownUnit,
    commensurable,
    convert,
    is_unit,
    parse,
)

CALCIUM = SUBSTANCES["17861-6"]
# Common in clinical records, in groups that go into one another.
GROUPS = (
    ("kg", "g", "mg", "ug", "[lb_av]", "[oz_av]"),
    ("m", "cm", "mm", "[in_i]", "[ft_i]"),
    ("Cel", "[degF]", "K"),
    ("mm[Hg]", "kPa", "cm[H2O]", "bar"),
    ("mg/dL", "g/L", "ug/mL", "g/dL", "mg/mL"),
    ("mmol/L", "umol/L", "nmol/mL", "mol/m3"),
    ("10*3/uL", "10*9/L", "/L", "/mm3"),
    ("U/L", "kat/L", "nkat/mL", "umol/min/L"),
    ("min", "h", "d", "wk", "s"),
    ("kcal", "kJ", "cal"),
    ("mL/min", "L/h", "dL/s"),
    ("%", "1", "[ppm]", "10*-3"),
)
pairs = st.sampled_from(GROUPS).flatmap(
    lambda group: st.tuples(st.sampled_from(group), st.sampled_from(group))
)
amounts = st.decimals(
    min_value=Decimal("0.0001"), max_value=Decimal(100000), places=4, allow_nan=False
)


@cache
def registry() -> PintUcumRegistry:
    return PintUcumRegistry()


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        # Exact by definition (NIST SP 811, appendix B).
        ("1", "[lb_av]", "kg", "0.45359237"),
        ("70", "[in_i]", "cm", "177.8"),
        ("98.6", "[degF]", "Cel", "37"),
        ("-40", "[degF]", "Cel", "-40"),
        ("100", "Cel", "[degF]", "212"),
        ("0", "K", "Cel", "-273.15"),
        ("120", "mm[Hg]", "kPa", "15.99864"),
        ("5.4", "10*3/uL", "10*9/L", "5.4"),
        ("1", "kat/L", "U/L", "60000000"),
        ("6.5", "%", "1", "0.065"),
        ("30", "mg/g", "ug/mg", "30"),
        ("2", "k[IU]/L", "m[IU]/mL", "2000"),
        ("1", "kcal_th", "kJ", "4.184"),
        ("12", "mL/kg/h", "mL/h/kg", "12"),
        ("0.5", "10.mL", "mL", "5"),
        ("1", "wk", "h", "168"),
    ],
)
def test_published_conversions_are_exact(
    value: str, source: str, target: str, expected: str
) -> None:
    assert convert(Decimal(value), source, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("loinc", "value", "source", "target", "expected"),
    [
        # Customary factors of the AMA Manual of Style's table of SI conversions.
        ("2345-7", "100", "mg/dL", "mmol/L", "5.55"),
        ("2093-3", "200", "mg/dL", "mmol/L", "5.17"),
        ("2571-8", "150", "mg/dL", "mmol/L", "1.69"),
        ("2160-0", "1", "mg/dL", "umol/L", "88.4"),
        ("3094-0", "14", "mg/dL", "mmol/L", "5.0"),
        ("1975-2", "1", "mg/dL", "umol/L", "17.1"),
        ("17861-6", "10", "mg/dL", "mmol/L", "2.495"),
        ("17861-6", "10", "mg/dL", "meq/L", "4.99"),
        ("19123-9", "2", "mg/dL", "meq/L", "1.646"),
        ("2951-2", "140", "meq/L", "mmol/L", "140"),
        ("3084-1", "6", "mg/dL", "umol/L", "356.9"),
        ("62292-8", "30", "ng/mL", "nmol/L", "74.9"),
        ("2132-9", "400", "pg/mL", "pmol/L", "295.1"),
        ("3024-7", "1.2", "ng/dL", "pmol/L", "15.4"),
    ],
)
def test_mass_turns_into_amount_by_the_substance(
    loinc: str, value: str, source: str, target: str, expected: str
) -> None:
    found = convert(Decimal(value), source, target, SUBSTANCES[loinc])
    assert float(found) == pytest.approx(float(expected), rel=4e-3)


@given(pairs, amounts)
def test_there_and_back_is_the_same_value(units: tuple[str, str], value: Decimal) -> None:
    there = convert(value, *units)
    back = convert(there, units[1], units[0])
    assert back == pytest.approx(value, rel=Decimal("1e-24"), abs=Decimal("1e-20"))


@given(amounts, st.sampled_from(["mg/dL", "g/L", "ug/mL"]), st.sampled_from(["mmol/L", "umol/dL"]))
def test_mass_to_amount_and_back_is_the_same_value(value: Decimal, mass: str, mole: str) -> None:
    there = convert(value, mass, mole, GLUCOSE)
    assert convert(there, mole, mass, GLUCOSE) == pytest.approx(value, rel=Decimal("1e-24"))


@given(pairs, amounts)
@settings(deadline=None)
def test_an_independent_library_finds_the_same(units: tuple[str, str], value: Decimal) -> None:
    source, target = (registry().from_ucum(code) for code in units)
    theirs = registry().Quantity(float(value) * source.magnitude, source.units)
    expected = theirs.to(target.units).magnitude / target.magnitude
    assert float(convert(value, *units)) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_every_example_of_the_ucum_table_is_a_unit() -> None:
    table = files("ucumvert") / "vendor" / "ucum_examples.tsv"
    codes = [
        row[1]
        for row in csv.reader(table.read_text("utf-8").splitlines(), delimiter="\t")
        if row[0].isdigit()
    ]
    # The table lists Torr, which ucum-essence.xml does not define.
    assert [code for code in codes if not is_unit(code)] == ["Torr"]
    assert len(codes) > 800


def test_every_unit_of_the_table_is_defined_to_its_base() -> None:
    table = json.loads(files("caresmith.measures").joinpath("ucum.json").read_text("ascii"))
    assert len(table["units"]) > 300
    for code in table["units"]:
        assert parse(code).factor > 0


@pytest.mark.parametrize(
    "code",
    [
        "", " ", "mg/dl ", "lbs", "MG/DL", "mm Hg", "mg//dL", "/", "mg/", ".mg", "(mg", "mg)", "{x",
        "{x}}", "m{a{b}}", "0", "mg.0", "m99", "Cel2", "Cel/h", "2.Cel", "µg", "kcm", "k[lb_av]",
        "m" * (MAX_LENGTH + 1), "(" * 60 + "m" + ")" * 30, "[degF", "--m", "m--2",
    ],
)  # fmt: skip
def test_what_is_no_unit_is_refused(code: str) -> None:
    with pytest.raises(UnknownUnit):
        parse(code)


@given(st.text(alphabet="mgkLdl[]()/.{}10*2-'% IU", max_size=40))
def test_no_text_breaks_the_parser(code: str) -> None:
    if is_unit(code):
        assert parse(code).factor > 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mg/dL", "mmol/L"), ("mmol/L", "meq/L"), ("[IU]/L", "U/L"), ("[IU]/L", "[arb'U]/L"),
        ("kg", "cm"), ("Cel", "kg"), ("mol/L", "/L"), ("[pH]", "1"),
    ],
)  # fmt: skip
def test_what_measures_something_else_does_not_convert(first: str, second: str) -> None:
    assert not commensurable(first, second)
    with pytest.raises(NotCommensurable):
        convert(Decimal(1), first, second)


def test_a_substance_does_not_turn_length_into_mass() -> None:
    with pytest.raises(NotCommensurable):
        convert(Decimal(1), "cm", "kg", GLUCOSE)
    with pytest.raises(NotCommensurable):
        convert(Decimal(1), "mg/dL", "mmol/kg", GLUCOSE)


def test_equivalents_need_the_ions_valence() -> None:
    assert convert(Decimal(2), "mmol/L", "meq/L", CALCIUM) == Decimal(4)
    with pytest.raises(NotCommensurable):
        convert(Decimal(2), "mmol/L", "meq/L", Substance(Decimal("180.156")))


def test_logarithmic_units_convert_and_refuse_what_they_cannot_say() -> None:
    assert float(convert(Decimal("7.4"), "[pH]", "nmol/L")) == pytest.approx(39.81, abs=0.01)
    assert float(convert(Decimal(20), "dB[mV]", "mV")) == pytest.approx(10)
    with pytest.raises(ValueError, match="more than zero"):
        convert(Decimal(0), "mol/L", "[pH]")


def test_a_prefixed_special_unit_is_scaled() -> None:
    assert convert(Decimal(37000), "mCel", "Cel") == Decimal(37)


def test_annotations_do_not_change_a_unit() -> None:
    assert parse("{beats}/min") == parse("/min")
    assert parse("mg{creat}") == parse("mg")
    assert parse("{score}").factor == Fraction(1)


def test_loading_is_lazy_and_small() -> None:
    """Nothing heavy comes with the module, and the table waits until it is needed."""
    code = (
        "import sys; from caresmith.measures import ucum; "
        "assert not ucum._table.cache_info().currsize; "
        "assert not {'pint', 'ucumvert', 'boto3', 'pydantic', 'pynamodb'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": _layer()})


def _layer() -> str:
    return str(files("caresmith").joinpath(".."))
