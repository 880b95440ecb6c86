from __future__ import annotations

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from caresmith.measures.age import age, corrected_birth, growth_age

D = dt.date
days = st.dates(min_value=D(1900, 1, 1), max_value=D(2100, 12, 31))


@pytest.mark.parametrize(
    ("born", "on", "years", "months", "weeks"),
    [
        (D(2020, 6, 15), D(2026, 6, 14), 5, 71, 312),
        (D(2020, 6, 15), D(2026, 6, 15), 6, 72, 313),
        # Born on a leap day: a year older on 1 March of common years.
        (D(2024, 2, 29), D(2025, 2, 28), 0, 11, 52),
        (D(2024, 2, 29), D(2025, 3, 1), 1, 12, 52),
        (D(2024, 2, 29), D(2028, 2, 28), 3, 47, 208),
        (D(2024, 2, 29), D(2028, 2, 29), 4, 48, 208),
        (D(2026, 1, 31), D(2026, 2, 28), 0, 0, 4),
        (D(2026, 1, 31), D(2026, 3, 1), 0, 1, 4),
        (D(2026, 1, 31), D(2026, 1, 31), 0, 0, 0),
        (D(1999, 12, 31), D(2000, 1, 1), 0, 0, 0),
    ],
)
def test_completed_years_months_and_weeks(
    born: D, on: D, years: int, months: int, weeks: int
) -> None:
    found = age(born, on)
    assert (found.years, found.months, found.weeks) == (years, months, weeks)


@given(days, days)
def test_an_independent_library_counts_the_same(first: D, second: D) -> None:
    born, on = sorted((first, second))
    found = age(born, on)
    passed = relativedelta(on, born)
    assert found.days == (on - born).days
    if born.day <= 28:
        assert (found.years, found.months) == (passed.years, passed.years * 12 + passed.months)
    else:
        # It ends a month early where the month lacks the day; ours never runs ahead of it.
        assert 0 <= passed.years * 12 + passed.months - found.months <= 1


@given(days, st.integers(0, 40000))
def test_nobody_grows_younger(born: D, later: int) -> None:
    on = min(born + dt.timedelta(days=later), D(2199, 1, 1))
    today, tomorrow = age(born, on), age(born, on + dt.timedelta(days=1))
    assert today.months <= tomorrow.months <= today.months + 1
    assert today.years == today.months // 12


def test_before_birth_there_is_no_age() -> None:
    with pytest.raises(ValueError, match="before birth"):
        age(D(2026, 2, 2), D(2026, 2, 1))


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (D(2026, 1, 2), "1 day"),
        (D(2026, 1, 28), "27 days"),
        (D(2026, 1, 29), "4 weeks"),
        (D(2026, 3, 31), "12 weeks"),
        (D(2026, 4, 1), "3 months"),
        (D(2027, 12, 31), "23 months"),
        (D(2028, 1, 1), "2 years"),
    ],
)
def test_the_age_in_the_words_of_a_chart(on: D, words: str) -> None:
    assert age(D(2026, 1, 1), on).words == words


def test_a_child_of_28_weeks_is_counted_from_term() -> None:
    born = D(2026, 1, 1)
    assert corrected_birth(born, 28 * 7) == D(2026, 3, 26)
    # Chronologically six months, corrected three.
    found = growth_age(born, D(2026, 7, 1), 28 * 7)
    assert found is not None
    assert found.months == 3
    assert growth_age(born, D(2026, 3, 25), 28 * 7) is None


def test_at_term_and_from_two_years_on_nothing_is_corrected() -> None:
    born = D(2026, 1, 1)
    assert corrected_birth(born, 37 * 7) == born
    assert growth_age(born, D(2028, 1, 1), 28 * 7) == age(born, D(2028, 1, 1))
    assert growth_age(born, D(2027, 12, 31), 28 * 7) != age(born, D(2027, 12, 31))


@pytest.mark.parametrize("gestation", [0, 139, 316])
def test_a_gestation_that_no_birth_has_is_refused(gestation: int) -> None:
    with pytest.raises(ValueError, match="weeks"):
        corrected_birth(D(2026, 1, 1), gestation)
