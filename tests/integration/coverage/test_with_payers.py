"""Verified against the sample payers: what they answer by their rules, and what we make of it."""

from __future__ import annotations

from datetime import date

import pytest

from scripts.payer.house import House
from scripts.payer.rules import default_rules
from scripts.payer.store import Store
from tests.integration.coverage.conftest import NOW, Practice
from tests.support.payer_desk import Asked270


@pytest.fixture
def office_with_payers(office: Practice) -> Practice:
    house = House(Store(), default_rules(), date(NOW.year, NOW.month, NOW.day))

    def answered(asked: Asked270) -> tuple[int, bytes]:
        return 200, house.ask(asked.raw.encode()).raw

    office.payer.answers_with(answered)
    return office


@pytest.mark.parametrize(
    ("member", "outcome", "reason"),
    [
        ("M100", "active", None),
        ("INACTIVE1", "inactive", None),
        ("UNKNOWN1", "unverified", "rejected"),
        ("NAME1", "unverified", "rejected"),
        ("BIRTH1", "unverified", "rejected"),
        ("BUSY1", "unverified", "not-now"),
        ("GARBLED1", "unverified", "garbled"),
    ],
)
def test_each_of_their_answers_is_understood(
    office_with_payers: Practice, member: str, outcome: str, reason: str | None
) -> None:
    check = office_with_payers.covered(member_id=member).verified()
    assert (check["outcome"], check["reason"]) == (outcome, reason)


def test_a_member_s_costs_are_shown(office_with_payers: Practice) -> None:
    covered = office_with_payers.covered(member_id="M100")
    check = covered.verified()
    assert check["benefits"]["plan"]
    assert check["benefits"]["deductibles"]
    assert covered.standing()["glance"]["copay"] is not None


def test_a_dependent_is_found_below_the_subscriber(office_with_payers: Practice) -> None:
    covered = office_with_payers.covered(
        member_id="M200",
        relationship="child",
        subscriber_given="Petra",
        subscriber_family="Example",
        subscriber_birth_date="1960-01-02",
    )
    assert covered.verified()["outcome"] == "active"


def test_other_insurance_is_found_and_told(office_with_payers: Practice) -> None:
    covered = office_with_payers.covered(member_id="OTHER1")
    [other] = covered.verified()["benefits"]["others"]
    assert other["name"] == "FIRST HEALTH PLAN"
    assert covered.standing()["glance"]["other_insurance"]
