from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from caresmith.money import Money

cents = st.integers(min_value=-(10**12), max_value=10**12)


class Charge(BaseModel):
    amount: Money


@given(cents)
def test_what_is_printed_is_read_back_as_the_same_amount(amount: int) -> None:
    assert Money.parse(str(Money(amount))) == Money(amount)


@given(st.lists(cents))
def test_sums_lose_no_cent(amounts: list[int]) -> None:
    total = sum((Money(amount) for amount in amounts), start=Money(0))
    assert total.cents == sum(amounts)


@given(cents)
def test_on_the_wire_an_amount_is_its_cents(amount: int) -> None:
    text = Charge(amount=Money(amount)).model_dump_json()
    assert json.loads(text) == {"amount": amount}
    assert Charge.model_validate_json(text).amount == Money(amount)


@pytest.mark.parametrize(
    ("text", "amount"), [("12", 1200), ("12.5", 1250), ("-$3.00", -300), ("$1,234.56", 123456)]
)
def test_dollars_as_people_write_them(text: str, amount: int) -> None:
    assert Money.parse(text) == Money(amount)


@pytest.mark.parametrize("text", ["", "1.234", "1,23.00", "twelve", "1e5", "--1", "NaN"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="dollars and cents"):
        Money.parse(text)


@pytest.mark.parametrize("wire", ['{"amount": 1.5}', '{"amount": "100"}', '{"amount": true}'])
def test_a_float_or_text_is_never_taken_for_cents(wire: str) -> None:
    with pytest.raises(ValidationError):
        Charge.model_validate_json(wire)
