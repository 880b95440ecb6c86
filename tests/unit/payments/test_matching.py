"""A payer's lines and ours: dropped modifiers, bundles, splits, another order."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.records.revenue.remitted import RemittedClaim, Service
from caresmith.records.revenue.sheet import ChargeLine
from caresmith.x12.adjustments import AdjustmentGroup
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments.posting.matching import Match, match_lines
from functions.payments.posting.spreading import divided, shares

DAY = date(2026, 3, 6)


def ours(number: str, code: str, charge: int, *modifiers: str, day: date = DAY) -> ChargeLine:
    return ChargeLine(
        line=number, code=code, modifiers=modifiers, pointers=(1,), charge=Money(charge), day=day
    )


def cas(group: str, reason: str, cents: int) -> SaidAdjustment:
    return SaidAdjustment(group=AdjustmentGroup(group), reason=reason, amount=Money(cents))


def theirs(
    code: str, charge: int, *modifiers: str, adjusted: tuple[SaidAdjustment, ...] = (), **more: Any
) -> Service:
    paid = charge - sum(one.amount.cents for one in adjusted)
    given: dict[str, Any] = {"first": DAY, "last": DAY, **more}
    return Service(
        code=code,
        modifiers=modifiers,
        charge=Money(charge),
        paid=Money(paid),
        adjustments=adjusted,
        **given,
    )


def claim(
    *services: Service, adjusted: tuple[SaidAdjustment, ...] = (), charge: int | None = None
) -> RemittedClaim:
    whole = sum(one.charge.cents for one in services) if charge is None else charge
    less = sum(one.amount.cents for s in (*services,) for one in s.adjustments) + sum(
        one.amount.cents for one in adjusted
    )
    return RemittedClaim(
        control_number="C1",
        status=ClaimStatus.REVERSAL if whole < 0 else ClaimStatus.PRIMARY,
        charge=Money(whole),
        paid=Money(whole - less),
        services=services,
        adjustments=adjusted,
    )


LINES = (ours("1", "99213", 150_00, "25"), ours("2", "20610", 80_00, "RT"), ours("4", "J1030", 1))


def paid(match: Match) -> dict[str, int]:
    return {line.line: line.paid.cents for line in match.lines}


def test_our_own_numbers_come_first_whatever_the_order() -> None:
    match = match_lines(
        claim(
            theirs("20610", 80_00, "RT", line_number="2"),
            theirs("99213", 150_00, "25", line_number="1"),
            theirs("J1030", 1, line_number="4"),
        ),
        LINES,
    )
    assert match.certain
    assert match.notes == []
    assert [line.line for line in match.lines] == ["1", "2", "4"]
    assert match.services == {0: ("2",), 1: ("1",), 2: ("4",)}


def test_a_number_of_an_old_system_that_looks_like_ours_is_not_believed() -> None:
    match = match_lines(claim(theirs("20610", 80_00, "RT", line_number="1")), LINES)
    assert match.services == {0: ("2",)}


def test_a_dropped_modifier_is_told_in_words() -> None:
    match = match_lines(claim(theirs("99213", 150_00)), LINES)
    assert match.certain
    assert match.notes[0] == (
        "The payer shows 99213 of 03/06/2026 with other modifiers than line 1 (99213-25)"
    )


def test_a_changed_code_that_says_what_was_billed_is_certain() -> None:
    match = match_lines(
        claim(theirs("99212", 150_00, submitted="99213", submitted_modifiers=("25",))), LINES
    )
    assert match.certain
    assert match.services == {0: ("1",)}


def test_a_line_told_as_several_is_added_up() -> None:
    one = theirs("99213", 100_00, adjusted=(cas("CO", "45", 20_00),))
    two = theirs("99213", 50_00, adjusted=(cas("CO", "45", 50_00),))
    match = match_lines(claim(one, two), LINES)
    assert match.certain
    [line] = match.lines
    assert (line.charge, line.paid) == (Money(150_00), Money(80_00))
    assert line.adjustments == (cas("CO", "45", 70_00),)
    assert match.notes[0] == "The payer tells line 1 (99213-25) as 2 lines"


def test_equal_lines_of_ours_told_as_one_are_divided() -> None:
    twins = (ours("1", "97110", 40_01), ours("2", "97110", 40_00))
    match = match_lines(claim(theirs("97110", 80_01, adjusted=(cas("CO", "45", 30_00),))), twins)
    assert match.certain
    assert sum(paid(match).values()) == 50_01
    assert all(
        line.charge.cents - sum(a.amount.cents for a in line.adjustments) == line.paid.cents
        for line in match.lines
    )


def test_other_services_told_as_one_wait_for_a_person() -> None:
    match = match_lines(claim(theirs("99204", 230_00)), LINES)
    assert not match.certain
    assert "as one line, 99204" in match.doubts[0]


def test_a_line_that_is_none_of_ours_waits_for_a_person() -> None:
    match = match_lines(claim(theirs("99213", 150_00, "25"), theirs("99999", 7_00)), LINES)
    assert match.doubts == ["99999 of 03/06/2026 for $7.00 is no line of the claim"]


def test_another_charge_than_ours_waits_for_a_person() -> None:
    match = match_lines(claim(theirs("99213", 140_00, "25", line_number="1")), LINES)
    assert "it is $150.00" in match.doubts[0]


def test_another_day_waits_for_a_person() -> None:
    match = match_lines(claim(theirs("99213", 150_00, "25", first=date(2026, 3, 7))), LINES)
    assert "another day" in match.doubts[0]
    assert match.services == {0: ("1",)}


def test_lines_alike_but_for_a_modifier_are_not_guessed_at() -> None:
    two = (ours("1", "73030", 50_00, "RT"), ours("2", "73030", 50_00, "LT"))
    match = match_lines(claim(theirs("73030", 50_00)), two)
    assert match.doubts == ["73030 of 03/06/2026 could be any of 2 lines of ours"]


def test_what_a_person_says_is_believed() -> None:
    match = match_lines(claim(theirs("99999", 150_00)), LINES, {0: ("1",)})
    assert match.certain
    assert paid(match) == {"1": 150_00}


def test_lines_that_the_payer_leaves_out_are_told() -> None:
    match = match_lines(claim(theirs("99213", 150_00, "25")), LINES)
    assert match.certain
    assert match.notes == [
        "The payer says nothing of line 2 (20610-RT)",
        "The payer says nothing of line 4 (J1030)",
    ]


def test_a_claim_denied_as_a_whole_denies_each_line() -> None:
    whole = claim(adjusted=(cas("CO", "29", 230_01),), charge=230_01)
    match = match_lines(whole, LINES)
    assert match.certain
    assert [(x.line, x.charge.cents, x.paid.cents) for x in match.lines] == [
        ("1", 150_00, 0),
        ("2", 80_00, 0),
        ("4", 1, 0),
    ]


def test_a_claim_taken_back_as_a_whole_takes_back_of_each_line() -> None:
    whole = claim(adjusted=(cas("CO", "45", -100_00),), charge=-230_01)
    match = match_lines(whole, LINES)
    assert sum(paid(match).values()) == -130_01
    assert all(line.charge.cents < 0 for line in match.lines)


def test_what_is_adjusted_of_the_claim_lowers_what_the_lines_were_paid() -> None:
    match = match_lines(
        claim(
            theirs("99213", 150_00, "25"),
            theirs("20610", 80_00, "RT"),
            adjusted=(cas("CO", "253", 4_61),),
        ),
        LINES,
    )
    assert paid(match) == {"1": 150_00 - 3_01, "2": 80_00 - 1_60}


_weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=50)


@given(st.integers(-(10**7), 10**7), _weights)
def test_shares_sum_to_the_cent(amount: int, weights: list[int]) -> None:
    found = shares(amount, weights)
    assert sum(found) == amount
    if abs(amount) <= sum(weights):
        assert all(abs(one) <= weight for one, weight in zip(found, weights, strict=True))


@given(_weights, st.lists(st.integers(-500_00, 10**6), max_size=5), st.booleans())
def test_each_charge_balances_when_a_sum_of_them_is_divided(
    charges: list[int], adjusted: list[int], back: bool
) -> None:
    sign = -1 if back else 1
    whole = [sign * one for one in charges]
    reasons = [cas("CO", "45", sign * cents) for cents in adjusted if cents]
    paid_ = sum(whole) - sum(one.amount.cents for one in reasons)
    parts = divided(whole, paid_, reasons)
    assert sum(one for one, _ in parts) == paid_
    if sign * paid_ >= 0:
        for charge, (part, told) in zip(whole, parts, strict=True):
            assert charge - sum(one.amount.cents for one in told) == part
