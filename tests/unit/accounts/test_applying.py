"""Which money pays which line: whatever is owed and there, no cent comes or goes."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from caresmith.ids import PaymentId, SheetId
from functions.accounts.applying import (
    HOLD,
    Lying,
    Owed,
    Part,
    Purse,
    oldest_first,
    spread,
    too_much,
)

TODAY = dt.date(2026, 3, 6)
_SHEETS = [SheetId.derived(str(number)) for number in range(8)]
_days = st.dates(dt.date(2025, 10, 1), TODAY)


@st.composite
def debts(draw: st.DrawFn) -> list[Owed]:
    days = {sheet: draw(_days) for sheet in _SHEETS}
    places = draw(
        st.lists(
            st.tuples(st.sampled_from(_SHEETS), st.integers(1, 3).map(str)),
            unique=True,
            max_size=12,
        )
    )
    return [
        Owed(sheet, line, days[sheet], draw(st.integers(-50_00, 300_00))) for sheet, line in places
    ]


@st.composite
def purses(draw: st.DrawFn) -> list[Purse]:
    return [
        Purse(
            PaymentId.derived(str(number)),
            draw(st.integers(1, 400_00)),
            draw(st.none() | _days),
        )
        for number in range(draw(st.integers(0, 4)))
    ]


def by_line(parts: list[Part]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for part in parts:
        found[part.sheet, part.line] += part.cents
    return found


@given(debts(), purses(), st.integers(1, 8))
def test_never_more_goes_onto_a_line_than_is_owed_or_out_of_a_payment_than_is_there(
    owed: list[Owed], money: list[Purse], most: int
) -> None:
    parts = oldest_first(owed, money, TODAY, most_sheets=most)
    assert all(part.cents > 0 for part in parts)
    for one in owed:
        assert by_line(parts)[one.sheet, one.line] <= max(0, one.cents)
    for purse in money:
        assert sum(part.cents for part in parts if part.payment == purse.payment) <= purse.cents
    assert len({part.sheet for part in parts}) <= most


@given(debts(), purses())
def test_free_money_stays_only_where_nothing_is_owed(owed: list[Owed], money: list[Purse]) -> None:
    parts = oldest_first(owed, money, TODAY, most_sheets=len(_SHEETS))
    free = sum(purse.cents for purse in money if purse.held_for is None)
    used = sum(
        part.cents
        for part in parts
        for purse in money
        if purse.payment == part.payment and purse.held_for is None
    )
    left_owed = sum(max(0, one.cents) for one in owed) - sum(part.cents for part in parts)
    assert free == used or left_owed == 0


@given(debts(), purses())
def test_an_older_visit_is_paid_before_a_younger_one(owed: list[Owed], money: list[Purse]) -> None:
    free = [Purse(purse.payment, purse.cents) for purse in money]
    paid = by_line(oldest_first(owed, free, TODAY, most_sheets=len(_SHEETS)))
    touched = [one for one in owed if paid[one.sheet, one.line]]
    unpaid = [one for one in owed if one.cents > paid[one.sheet, one.line] and one.cents > 0]
    assert all(older.day <= younger.day for older in touched for younger in unpaid)


def test_a_copay_waits_for_its_own_visit() -> None:
    old = Owed(_SHEETS[0], "1", dt.date(2026, 1, 5), 80_00)
    copay = Purse(PaymentId.derived("copay"), 25_00, TODAY)
    assert oldest_first([old], [copay], TODAY, most_sheets=5) == []
    own = Owed(_SHEETS[1], "1", TODAY, 25_00)
    [part] = oldest_first([old, own], [copay], TODAY, most_sheets=5)
    assert (part.sheet, part.cents) == (_SHEETS[1], 25_00)


def test_what_waited_long_enough_pays_anything() -> None:
    old = Owed(_SHEETS[0], "1", dt.date(2026, 1, 5), 80_00)
    copay = Purse(PaymentId.derived("copay"), 25_00, TODAY)
    late = TODAY + HOLD
    assert oldest_first([old], [copay], late, most_sheets=5) == []
    [part] = oldest_first([old], [copay], late + dt.timedelta(days=1), most_sheets=5)
    assert part.cents == 25_00


def test_what_lies_too_much_comes_off_the_latest_payment_first() -> None:
    first, second = PaymentId.derived_at(_at(1), "a"), PaymentId.derived_at(_at(2), "b")
    over = Owed(_SHEETS[0], "1", TODAY, -30_00)
    lying = [Lying(first, _SHEETS[0], "1", 40_00), Lying(second, _SHEETS[0], "1", 20_00)]
    assert too_much([over], lying) == [
        Part(second, _SHEETS[0], "1", 20_00),
        Part(first, _SHEETS[0], "1", 10_00),
    ]


def test_what_no_payment_put_there_stays_for_a_person() -> None:
    over = Owed(_SHEETS[0], "1", TODAY, -30_00)
    lying = [Lying(PaymentId.derived("a"), _SHEETS[0], "1", 10_00)]
    assert [part.cents for part in too_much([over], lying)] == [10_00]


@given(st.integers(0, 1000_00), debts())
def test_spread_gives_what_it_has_and_no_line_more_than_is_owed(
    cents: int, owed: list[Owed]
) -> None:
    shares = spread(cents, owed)
    assert all(0 < share <= one.cents for one, share in shares)
    assert sum(share for _, share in shares) == min(cents, sum(max(0, one.cents) for one in owed))


def _at(hour: int) -> dt.datetime:
    return dt.datetime(2026, 3, 6, hour, tzinfo=dt.UTC)
