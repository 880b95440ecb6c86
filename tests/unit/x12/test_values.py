from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.money import Money
from caresmith.x12.flaws import FlawCode, X12Refused
from caresmith.x12.segment import Segment
from caresmith.x12.values import Period, Quantity, clock, day, dollars, money, period


def one(text: str) -> Segment:
    return Segment(["XX", text])


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_an_amount_is_written_and_read_without_losing_a_cent(cents: int) -> None:
    assert money(one(dollars(Money(cents))), 1) == Money(cents)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_quantity_is_written_and_read_as_the_same(thousandths: int) -> None:
    assert Quantity.parse(str(Quantity(thousandths))) == Quantity(thousandths)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("34", 3400), ("34.5", 3450), (".5", 50), ("-9.00", -900), ("1.", 100), ("0012.30", 1230)],
)
def test_amounts_are_read_as_payers_write_them(text: str, cents: int) -> None:
    assert money(one(text), 1).cents == cents


@pytest.mark.parametrize("text", ["1.001", "1e3", "1,000", "$5", ".", "-", "+1", "٣", " 1", "1-"])
def test_what_is_no_amount_of_whole_cents_is_refused(text: str) -> None:
    with pytest.raises(X12Refused) as caught:
        money(one(text), 1)
    assert caught.value.flaw.code is FlawCode.BAD_NUMBER


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0"), (5, ".05"), (150, "1.5"), (-1050, "-10.5"), (12300, "123")]
)
def test_amounts_are_written_without_needless_zeros(amount: int, text: str) -> None:
    assert dollars(Money(amount)) == text


@pytest.mark.parametrize("text", ["20260230", "2026113", "261127", "2026-1-1", "２０２６１１２７"])
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(X12Refused) as caught:
        day(one(text), 1)
    assert caught.value.flaw.code is FlawCode.BAD_DATE


def test_a_missing_date_is_said_to_be_missing() -> None:
    with pytest.raises(X12Refused) as caught:
        day(one(""), 1)
    assert caught.value.flaw.code is FlawCode.MISSING_ELEMENT


def test_a_period_does_not_end_before_it_begins() -> None:
    first, last = date(2026, 1, 30), date(2026, 2, 2)
    dtp = Segment(["DTP", "472", "RD8", "20260130-20260202"])
    assert period(dtp) == Period(first, last)
    assert str(period(dtp)) == dtp[3]
    with pytest.raises(X12Refused):
        period(Segment(["DTP", "472", "RD8", "20260202-20260130"]))


@pytest.mark.parametrize(
    ("text", "at"),
    [("0905", time(9, 5)), ("090501", time(9, 5, 1)), ("09460050", time(9, 46, 0, 500_000))],
)
def test_times_may_have_seconds_and_hundredths(text: str, at: time) -> None:
    assert clock(one(text), 1) == at
