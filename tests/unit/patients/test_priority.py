"""Hints about the order in which policies pay."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from caresmith.ids import CoverageId
from caresmith.records.coverage import CoverageRead
from functions.patients.priority import hints

TODAY = date(2026, 11, 27)


def one(order: int, name: str, **facts: Any) -> CoverageRead:
    return CoverageRead.model_validate(
        {
            "coverage_id": CoverageId.new(),
            "version": 1,
            "payer_name": name,
            "member_id": "1",
            "order": order,
            **facts,
        }
    )


def parent(order: int, name: str, born: str | None) -> CoverageRead:
    return one(
        order,
        name,
        relationship="child",
        subscriber_name="Parent",
        subscriber_birth_date=born,
    )


def test_one_policy_needs_no_hint() -> None:
    assert hints([one(1, "Acme")], TODAY) == []
    assert hints([], TODAY) == []


@pytest.mark.parametrize(
    ("first", "second", "hinted"),
    [
        ("1980-03-01", "1975-09-09", False),
        ("1980-09-09", "1985-03-01", True),
        # The year does not count, and the day does.
        ("1990-03-02", "1960-03-01", True),
        ("1980-03-01", "1990-03-01", False),
        ("1980-03-01", None, True),
    ],
)
def test_of_two_parents_the_earlier_birthday_pays_first(
    first: str, second: str | None, hinted: bool
) -> None:
    found = hints([parent(1, "Mother's", first), parent(2, "Father's", second)], TODAY)
    assert bool(found) is hinted


def test_the_hint_names_who_should_pay_first() -> None:
    [hint] = hints([parent(1, "Late", "1980-09-09"), parent(2, "Early", "1985-03-01")], TODAY)
    assert "Early pays before Late" in hint


def test_medicaid_pays_last() -> None:
    [hint] = hints([one(1, "State", plan_type="medicaid"), one(2, "Acme")], TODAY)
    assert "Acme should come before" in hint
    assert hints([one(1, "Acme"), one(2, "State", plan_type="medicaid")], TODAY) == []


def test_a_supplement_comes_behind_medicare() -> None:
    medigap, unknown = one(1, "Plan G", plan_type="medigap"), one(2, "Medicare")
    assert hints([medigap, unknown], TODAY) == []
    medicare = one(2, "Medicare", plan_type="medicare", msp_reason="12")
    assert "after Medicare" in hints([medigap, medicare], TODAY)[0]


def test_medicare_second_needs_its_reason() -> None:
    acme, medicare = one(1, "Acme"), one(2, "Medicare", plan_type="medicare")
    assert "Medicare Secondary Payer" in hints([acme, medicare], TODAY)[0]
    told = medicare.model_copy(update={"msp_reason": "12"})
    assert hints([acme, told], TODAY) == []


def test_a_first_policy_that_has_ended_leaves_a_gap() -> None:
    ended = one(1, "Old", period={"end": "2026-01-31"})
    assert "No policy pays first" in hints([ended, one(2, "Acme")], TODAY)[0]
