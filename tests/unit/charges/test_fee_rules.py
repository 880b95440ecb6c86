"""What a fee schedule says of a service."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from caresmith.ids import FeeScheduleId, PayerId
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import (
    FeeRow,
    Percent,
    Schedule,
    ScheduleFacts,
    best_row,
    chain,
    effective,
    is_facility,
    may_be_free,
    per_unit,
    times,
    turns_in_a_circle,
)

DAY = date(2026, 3, 6)
MEDICARE, ACME = PayerId.new(), PayerId.new()


def row(code: str, cents: int, *modifiers: str, facility: int | None = None) -> FeeRow:
    return FeeRow(
        code=code,
        modifiers=modifiers,
        amount=Money(cents),
        facility=None if facility is None else Money(facility),
    )


def facts(payer: PayerId | None = None, **given: Any) -> ScheduleFacts:
    return ScheduleFacts(**{"name": "Fees", "payer_id": payer, "starts": date(2026, 1, 1), **given})


def schedule(payer: PayerId | None = None, **given: Any) -> Schedule:
    return Schedule(FeeScheduleId.new(), facts(payer, **given))


XRAY = (row("71046", 90_00), row("71046", 30_00, "26"), row("71046", 60_00, "TC"))


@pytest.mark.parametrize(
    ("modifiers", "cents"),
    [((), 90_00), (("26",), 30_00), (("TC",), 60_00), (("59",), 90_00), (("26", "59"), 30_00)],
)
def test_the_row_that_says_most_of_the_modifiers_is_the_price(
    modifiers: tuple[str, ...], cents: int
) -> None:
    found = best_row(XRAY, "71046", modifiers)
    assert found is not None
    assert found.amount == Money(cents)


def test_a_component_without_a_row_of_its_own_is_not_priced_as_the_whole() -> None:
    assert best_row([row("71046", 90_00)], "71046", ("26",)) is None
    assert best_row([row("71046", 90_00)], "71047", ()) is None


def test_in_a_facility_its_own_amount_is_paid_where_there_is_one() -> None:
    one = schedule()
    rows = {one.schedule_id: (row("99213", 95_00, facility=70_00), row("36415", 9_00))}
    assert per_unit([one], rows, "99213", (), facility=True) == Money(70_00)
    assert per_unit([one], rows, "99213", (), facility=False) == Money(95_00)
    assert per_unit([one], rows, "36415", (), facility=True) == Money(9_00)
    assert is_facility("22")
    assert not is_facility("11")
    # Since 2024 a visit by video to somebody at home is paid as one in the office.
    assert not is_facility("10")
    assert is_facility("02")


def test_a_percentage_of_another_schedule_is_reckoned_to_the_cent_and_own_rows_win() -> None:
    medicare, acme = (
        schedule(MEDICARE),
        schedule(ACME, percent=Percent(hundredths=11250, payer_id=MEDICARE)),
    )
    rows = {
        medicare.schedule_id: (row("99213", 91_39), row("99214", 128_43)),
        acme.schedule_id: (row("99214", 140_00),),
    }
    chained = chain([acme, medicare], ACME, DAY)
    assert chained == [acme, medicare]
    # 112.5 % of 91.39 is 102.81375.
    assert per_unit(chained, rows, "99213", (), facility=False) == Money(102_81)
    assert per_unit(chained, rows, "99214", (), facility=False) == Money(140_00)
    assert per_unit(chained, rows, "99215", (), facility=False) is None


def test_the_other_payers_version_of_the_day_is_the_one_reckoned_from() -> None:
    old = schedule(MEDICARE, starts=date(2025, 1, 1), ends=date(2025, 12, 31))
    new = schedule(MEDICARE)
    acme = schedule(
        ACME, starts=date(2025, 1, 1), percent=Percent(hundredths=15000, payer_id=MEDICARE)
    )
    known = [old, new, acme]
    assert chain(known, ACME, date(2025, 12, 31)) == [acme, old]
    assert chain(known, ACME, date(2026, 1, 1)) == [acme, new]
    assert effective(known, MEDICARE, date(2024, 12, 31)) is None


def test_one_payer_has_one_schedule_on_a_day() -> None:
    year = facts(ACME, ends=date(2026, 12, 31))
    assert year.overlaps(facts(ACME, starts=date(2026, 12, 31)))
    assert not year.overlaps(facts(ACME, starts=date(2027, 1, 1)))
    assert not year.overlaps(facts(MEDICARE))


def test_schedules_that_are_reckoned_in_a_circle_are_found() -> None:
    to_acme = facts(MEDICARE, percent=Percent(hundredths=10000, payer_id=ACME))
    to_standard = facts(ACME, percent=Percent(hundredths=8000))
    back = facts(percent=Percent(hundredths=12000, payer_id=MEDICARE))
    assert not turns_in_a_circle([to_acme, to_standard])
    assert turns_in_a_circle([to_acme, to_standard, back])
    with pytest.raises(ValueError, match="from itself"):
        facts(ACME, percent=Percent(hundredths=1, payer_id=ACME))


def test_units_may_have_decimals_and_half_a_cent_goes_up() -> None:
    assert times(Money(33), "2.5") == Money(83)
    assert times(Money(100_00), "3") == Money(300_00)


def test_a_line_without_a_charge_is_right_where_it_only_reports_or_the_fee_is_nothing() -> None:
    assert may_be_free("3044F", None)
    assert may_be_free("G2211", Money(0))
    assert not may_be_free("99213", None)
    assert not may_be_free("99213", Money(1))
