"""What fits an authorization, how much of it that takes, and where its number goes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from caresmith.claims.authorized import Counted, Kind, OnFile, Service, Status, amount
from caresmith.codes.ranges import Codes
from caresmith.records.revenue.authorized import whole_units
from functions.claims.scrubbing.engine import fixed, scrub
from functions.claims.scrubbing.facts import PayerProfile
from tests.support.drafts import Made, line, made

DAY = date(2026, 7, 1)


def service(code: str = "97110", day: date = DAY, **given: Any) -> Service:
    return Service(code, day, day, **given)


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({}, True),
        ({"codes": Codes("97110-97530")}, True),
        ({"codes": Codes("97140")}, False),
        ({"status": Status.PARTLY_APPROVED}, True),
        ({"status": Status.REQUESTED}, False),
        ({"status": Status.DENIED}, False),
        ({"first": DAY, "last": DAY}, True),
        ({"last": date(2026, 6, 30)}, False),
        ({"first": date(2026, 7, 2)}, False),
        ({"left": 1}, True),
        ({"left": 0}, False),
        ({"rendering": "1"}, True),
        ({"rendering": "2"}, False),
        ({"diagnoses": frozenset({"M5450"})}, True),
        ({"diagnoses": frozenset({"I10"})}, False),
        ({"here": False}, False),
    ],
)
def test_a_service_fits_what_was_agreed(facts: dict[str, Any], fits: bool) -> None:
    one = service(rendering="1", diagnoses=frozenset({"M5450"}))
    assert OnFile("A1", **facts).fits(one) is fits


def test_what_is_beside_it_counts_too() -> None:
    one = OnFile("A1", left=3)
    assert one.fits(service(), [service(units=2)])
    assert not one.fits(service(units=2), [service(units=2)])


def test_units_add_up_and_visits_are_days_that_nobody_has_counted() -> None:
    services = [service(units=4), service(units=1), service(day=date(2026, 7, 3))]
    assert OnFile("A1").takes(services) == 6
    assert OnFile("A1", counted=Counted.VISITS).takes(services) == 2
    assert OnFile("A1", counted=Counted.VISITS, days=frozenset({DAY})).takes(services) == 1
    assert OnFile("A1", codes=Codes("99213")).takes(services) == 0


def test_a_part_of_a_unit_uses_one_up() -> None:
    assert [whole_units(one) for one in ("1", "0.5", "2.001", "3.000")] == [1, 1, 3, 3]
    assert [amount(1, Counted.VISITS), amount(0, Counted.UNITS)] == ["1 visit", "0 units"]


def claim(*lines: dict[str, Any], on_file: tuple[OnFile, ...], **changes: Any) -> Made:
    profile = PayerProfile(authorize=Codes("27447 20610"))
    known = {"payer": profile, "authorizations": on_file}
    return made(*lines, known=known, **changes)


def mended(one: Made, edit: str = "AUT-MISSING") -> Any:
    found = next(x for x in scrub(one.draft, one.facts) if x.edit == edit and x.fix)
    return fixed(one.draft, one.facts, found.key)


def test_a_number_under_which_all_may_be_billed_is_the_claim_s() -> None:
    one = claim(line("27447"), line("99213", "25"), on_file=(OnFile("A1"),))
    assert mended(one).numbers.prior_authorization == "A1"


def test_a_number_of_some_of_the_lines_is_theirs() -> None:
    agreed = OnFile("A1", codes=Codes("27447"), left=1, last=DAY)
    one = claim(line("27447"), line("99213", day="2026-07-02"), on_file=(agreed,))
    draft = mended(one)
    assert draft.numbers.prior_authorization == ""
    assert [[each.value for each in x.prior_authorizations] for x in draft.lines] == [["A1"], []]


def test_one_number_may_stand_for_several_codes_each_with_its_units() -> None:
    both = (
        OnFile("A1", codes=Codes("27447"), left=1),
        OnFile("A1", codes=Codes("20610"), left=0),
    )
    one = claim(line("27447"), line("20610"), on_file=both, numbers__prior_authorization="A1")
    used = [(x.edit, x.line) for x in scrub(one.draft, one.facts) if x.edit.startswith("AUT-")]
    assert used == [("AUT-UNITS", 2)]


def test_an_authorization_is_no_referral() -> None:
    one = claim(line("27447"), on_file=(OnFile("A1", kind=Kind.REFERRAL),))
    [found] = [x for x in scrub(one.draft, one.facts) if x.edit == "AUT-MISSING"]
    assert found.fix is None
