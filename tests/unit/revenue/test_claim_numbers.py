"""A claim's number checks itself: one wrong digit is seen."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from caresmith.records.revenue.numbering import CLAIM_PREFIX, check_digit, is_claim_number

_numbers = st.integers(1, 10**9).map(lambda number: f"{number:08d}")


def called(digits: str) -> str:
    return f"{CLAIM_PREFIX}{digits}{check_digit(digits)}"


@given(_numbers)
def test_every_number_that_is_given_out_is_one(digits: str) -> None:
    assert is_claim_number(called(digits))
    assert len(called(digits)) <= 20


@given(_numbers, st.data())
def test_one_wrong_digit_makes_it_none(digits: str, data: st.DataObject) -> None:
    name = called(digits)
    place = data.draw(st.integers(len(CLAIM_PREFIX), len(name) - 1))
    other = data.draw(st.sampled_from("0123456789"))
    assume(other != name[place])
    assert not is_claim_number(name[:place] + other + name[place + 1 :])


def test_what_looks_otherwise_is_none() -> None:
    assert not is_claim_number("")
    assert not is_claim_number("CS12")
    assert not is_claim_number("X000000174")
