"""Growth against what WHO and CDC publish: WHO's own survey output, CDC's printed percentiles."""

from __future__ import annotations

import csv
import datetime as dt
import json
from importlib.resources import files
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.measures.age import Age, age
from caresmith.measures.growth import (
    Indicator,
    Lms,
    Reference,
    Sex,
    growth,
    lms_at,
    weight_for_length,
)

PUBLISHED = json.loads(Path(__file__).with_name("cdc_percentiles.json").read_text())
# WHO prints z-scores to two places.
HALF_A_HUNDREDTH = 0.00501


def months_old(months: float) -> Age:
    """As old as so many mean months."""
    return Age(int(months // 12), int(months), int(months * 30.4375 // 7), round(months * 30.4375))


def who_survey() -> list[dict[str, str]]:
    """The example survey that WHO ships with its Anthro software, with the z-scores it found."""
    text = (files("pygrowup") / "test_datasets" / "MySurvey_z_st.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    ("indicator", "column", "theirs"),
    [
        (Indicator.WEIGHT, "WEIGHT", "zwei"),
        (Indicator.LENGTH, "clenhei", "zlen"),
        (Indicator.BMI, "cbmi", "zbmi"),
        (Indicator.HEAD, "HEAD", "zhc"),
    ],
)
def test_under_two_years_z_scores_are_those_of_who_anthro(
    indicator: Indicator, column: str, theirs: str
) -> None:
    compared = 0
    for row in who_survey():
        # Swollen children have no z-score that takes weight.
        days = row["age.days"]
        if row["oedema"] == "y" or not (days and row[theirs] and row[column]) or days == "NA":
            continue
        if not days.isdigit() or int(days) > 728 or "NA" in (row[theirs], row[column]):
            continue
        infant = Age(int(days) // 366, int(int(days) / 30.5), int(days) // 7, int(days))
        sex = Sex.MALE if row["GENDER"] == "1" else Sex.FEMALE
        found = growth(indicator, sex, float(row[column]), infant)
        assert found is not None
        assert found.z == pytest.approx(float(row[theirs]), abs=HALF_A_HUNDREDTH), row["id"]
        assert found.reference is Reference.WHO
        compared += 1
    # The survey measured hardly a head.
    assert compared > (0 if indicator is Indicator.HEAD else 150)


def test_weight_for_length_is_that_of_who_anthro() -> None:
    compared = 0
    for row in who_survey():
        days = row["age.days"]
        if row["oedema"] == "y" or not days.isdigit() or int(days) > 728 or not row["zwfl"]:
            continue
        sex = Sex.MALE if row["GENDER"] == "1" else Sex.FEMALE
        found = weight_for_length(sex, float(row["WEIGHT"]), float(row["clenhei"]))
        assert found is not None
        assert found.z == pytest.approx(float(row["zwfl"]), abs=HALF_A_HUNDREDTH), row["id"]
        compared += 1
    assert compared > 150


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda r: f"{r['table']}-{r['sex']}-{r['months']}")
def test_from_two_years_on_cdcs_printed_percentiles_are_found(row: dict[str, str]) -> None:
    indicator, sex = Indicator(row["table"]), Sex(row["sex"])
    at = lms_at(indicator, sex, months_old(float(row["months"])))
    assert at is not None
    for name, value in row.items():
        if name.startswith("P"):
            expected = int(name[1:])
            z = at.z(float(value))
            # Half a day of rounding of the age is worth a little.
            assert 100 * NormalDist().cdf(z) == pytest.approx(expected, abs=0.25)


def test_the_lms_example_of_cdc() -> None:
    """CDC, "Percentile Data Files with LMS Values": a boy of 9 months (9.5) who weighs 9.7 kg."""
    lms = Lms(-0.1600954, 9.476500305, 0.11218624)
    assert lms.z(9.7) == pytest.approx(0.207, abs=0.0005)


def test_a_severe_body_mass_index_keeps_its_distance_in_the_extended_method() -> None:
    at_ten = months_old(120.5)
    lms = lms_at(Indicator.BMI, Sex.MALE, at_ten)
    assert lms is not None
    p95 = lms.value(1.6448536)
    edge = growth(Indicator.BMI, Sex.MALE, p95 * 1.000001, at_ten)
    assert edge is not None
    assert edge.reference is Reference.CDC_EXTENDED
    assert edge.percentile == pytest.approx(95, abs=0.001)
    below = growth(Indicator.BMI, Sex.MALE, p95 * 0.999999, at_ten)
    assert below is not None
    assert below.percentile == pytest.approx(95, abs=0.001)
    # One sigma above: 90 + 10 * Phi(1). Sigma of a boy of 10.04 years by the published formula.
    years = at_ten.days / 365.25
    sigma = 0.3728 + 0.5196 * years - 0.0091 * years**2
    one = growth(Indicator.BMI, Sex.MALE, p95 + sigma, at_ten)
    assert one is not None
    assert one.percentile == pytest.approx(90 + 10 * 0.8413447, abs=0.001)
    huge = growth(Indicator.BMI, Sex.MALE, 90, at_ten)
    assert huge is not None
    assert huge.percentile <= 100


@given(
    st.sampled_from(Indicator),
    st.sampled_from(Sex),
    st.integers(0, 36 * 30),
    st.floats(-2.9, 2.9),
)
def test_value_and_z_score_are_inverse(indicator: Indicator, sex: Sex, days: int, z: float) -> None:
    born = dt.date(2020, 5, 5)
    child = age(born, born + dt.timedelta(days=days))
    lms = lms_at(indicator, sex, child)
    assert lms is not None
    found = growth(indicator, sex, lms.value(z), child)
    assert found is not None
    if found.reference is not Reference.CDC_EXTENDED:
        assert found.z == pytest.approx(z, abs=1e-6)


@given(st.sampled_from(Sex), st.integers(24, 239), st.floats(8, 60), st.floats(0.01, 20))
def test_a_higher_bmi_is_never_a_lower_percentile(
    sex: Sex, months: int, bmi: float, more: float
) -> None:
    child = months_old(months)
    lower = growth(Indicator.BMI, sex, bmi, child)
    higher = growth(Indicator.BMI, sex, bmi + more, child)
    assert lower is not None
    assert higher is not None
    assert lower.percentile <= higher.percentile


def test_on_the_second_birthday_the_chart_changes_and_none_is_missing() -> None:
    born = dt.date(2023, 3, 1)
    for on, reference in (
        (dt.date(2025, 2, 28), Reference.WHO),
        (dt.date(2025, 3, 1), Reference.CDC),
    ):
        found = growth(Indicator.WEIGHT, Sex.FEMALE, 11.5, age(born, on))
        assert found is not None
        assert found.reference is reference


def test_beyond_the_tables_there_is_no_percentile() -> None:
    born = dt.date(2000, 1, 1)
    assert growth(Indicator.WEIGHT, Sex.MALE, 70, age(born, dt.date(2019, 12, 31))) is not None
    assert growth(Indicator.WEIGHT, Sex.MALE, 70, age(born, dt.date(2020, 1, 1))) is None
    assert growth(Indicator.HEAD, Sex.MALE, 50, age(born, dt.date(2003, 3, 1))) is None
    assert weight_for_length(Sex.MALE, 3, 44.9) is None


@pytest.mark.parametrize("value", [0, -1])
def test_a_value_that_is_not_positive_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="more than zero"):
        growth(Indicator.WEIGHT, Sex.MALE, value, months_old(30))
    with pytest.raises(ValueError, match="more than zero"):
        weight_for_length(Sex.MALE, value, 60)
