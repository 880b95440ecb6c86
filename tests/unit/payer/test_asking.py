"""Questions in real time: who is covered, and what became of a claim."""

from __future__ import annotations

import io
from datetime import date
from itertools import count
from typing import Any

import pytest

from caresmith.money import Money
from caresmith.x12.acknowledging import read_acknowledgements
from caresmith.x12.eligibility.asking import Asked, Inquiry, inquiry_file
from caresmith.x12.eligibility.model import Benefit, EligibilityResponse, Person
from caresmith.x12.eligibility.reading import read_eligibility
from caresmith.x12.status.asking import Member, StatusInquiry, status_file
from caresmith.x12.status.model import ClaimStatus
from caresmith.x12.status.reading import read_statuses
from caresmith.x12.values import Period, Quantity
from caresmith.x12.writer import ControlNumbers, written
from scripts.payer.house import House, NotAsked, Reply
from scripts.payer.rules import MemberRule, OtherPayer
from tests.support.claims import ADDRESSING, AT, claim
from tests.support.payers import PLAIN, TODAY, file_of, house, number_of, receipts, send, visit

numbers = count(1)
PLAN = PLAIN.model_copy(
    update={"deductible": Money(50_000), "copay": Money(2_500), "coinsurance": 20}
)
JANE = Asked("Doe", "Jane", date(1980, 2, 29), "F", member_id="M100")


def asked(of: House, **given: Any) -> Reply:
    fields: dict[str, Any] = {
        "payer_name": "Payer",
        "payer_id": "12345",
        "provider_name": "Lakeside Clinic",
        "provider_npi": "1234567893",
        "trace": "T1",
        "trace_originator": "1123456789",
        "subscriber": JANE,
        "service_types": ("30", "98"),
    }
    inquiry = Inquiry(**{**fields, **given})
    number = next(numbers)
    both = ControlNumbers(number, number)
    return of.ask(written(inquiry_file([inquiry], ADDRESSING, both, AT, f"Q{number}")))


def answered(of: House, **given: Any) -> EligibilityResponse:
    [one] = read_eligibility(io.BytesIO(asked(of, **given).raw))
    assert one.notes == ()
    return one


def person(of: House, **given: Any) -> Person:
    [one] = answered(of, **given).people
    return one


def found(one: Person, information: str, period: str = "") -> list[Benefit]:
    return [
        benefit
        for benefit in one.benefits
        if benefit.information == information and period in ("", benefit.time_period)
    ]


def test_an_active_member_has_a_plan_with_its_costs_and_limits() -> None:
    one = person(house(plan=PLAN))
    assert one.active
    assert (one.trace, one.birth_date) == ("T1", date(1980, 2, 29))
    [active] = found(one, "1")
    assert active.plan == "SAMPLE GOLD PPO"
    assert {"30", "98"} <= set(active.service_types)
    [copay] = found(one, "B")
    assert (copay.amount, copay.in_network, "98" in copay.service_types) == (
        Money(2_500),
        "Y",
        True,
    )
    shares = {benefit.in_network: benefit.percent for benefit in found(one, "A")}
    assert shares == {"Y": Quantity(200), "N": Quantity(400)}
    assert [benefit.amount for benefit in found(one, "C", "29")] == [Money(50_000)]


def test_what_was_paid_lowers_what_remains_of_the_deductible() -> None:
    payers = house(plan=PLAN)
    send(payers, claim())
    payers.advance(14)
    one = person(payers)
    # 90.00 allowed, 25.00 copay: 65.00 of the deductible.
    assert [each.amount for each in found(one, "C", "29")] == [Money(43_500)]
    assert [each.amount for each in found(one, "C", "23")] == [Money(50_000)]
    assert [each.amount for each in found(one, "G", "29")] == [Money(391_000)]


def test_who_is_not_covered_any_more_is_told_since_when() -> None:
    ended = MemberRule(ends=date(2026, 6, 30))
    one = person(house(members=(ended,)))
    assert not one.active
    assert [benefit.information for benefit in one.benefits] == ["6"]
    assert [(each.qualifier, each.dates.last) for each in one.dates][-1] == (
        "347",
        date(2026, 6, 30),
    )
    before = Period(date(2026, 5, 1), date(2026, 5, 1))
    assert person(house(members=(ended,)), dates=before).active


@pytest.mark.parametrize(
    ("standing", "reason"),
    [("unknown", "75"), ("unrecognised", "72"), ("name", "73"), ("birth", "71")],
)
def test_who_is_not_found_is_told_with_what_to_correct(standing: Any, reason: str) -> None:
    one = person(house(members=(MemberRule(standing=standing),)))
    assert [(each.reason, each.follow_up, each.loop) for each in one.rejections] == [
        (reason, "C", "2100C")
    ]
    assert one.benefits == ()


def test_a_dependent_is_answered_below_the_subscriber() -> None:
    child = Asked("Doe", "Jo", date(2015, 5, 1), "M")
    one = person(house(), dependent=child, relationship="19")
    assert one.subscriber is not None
    assert (one.name.first, one.subscriber.id, one.relationship) == ("Jo", "M100", "19")
    assert one.active


def test_another_payer_a_corrected_id_and_an_authorization_are_told() -> None:
    rule = MemberRule(other_payer=OtherPayer(name="FIRST", id="11111"), corrected_id="M101")
    plan = PLAN.model_copy(update={"authorization_codes": ("7*",)})
    one = person(house(plan=plan, members=(rule,)))
    [other] = found(one, "R")
    assert [(each.name.entity, each.name.id) for each in other.entities] == [("PRP", "11111")]
    assert (one.name.id, one.corrected) == ("M101", True)
    assert [each.authorization for each in found(one, "CB")] == ["Y"]


def test_what_the_plan_does_not_have_is_told() -> None:
    one = person(house(), service_types=("35",))
    assert next(benefit.information for benefit in one.benefits) == "I"
    assert not one.active


def test_a_payer_may_be_busy_down_silent_slow_or_garbled() -> None:
    busy = answered(house({"do": "realtime", "how": "busy"}))
    assert [(each.reason, each.follow_up, each.valid) for each in busy.rejections] == [
        ("42", "R", True)
    ]
    assert asked(house({"do": "realtime", "how": "silent"})).how == "silent"
    assert asked(house({"do": "realtime", "how": "down"})).how == "down"
    assert asked(house({"do": "realtime", "how": "slow", "seconds": 7})).seconds == 7
    broken = asked(house({"do": "realtime", "how": "garbled"}))
    with pytest.raises(ValueError, match="ends"):
        list(read_eligibility(io.BytesIO(broken.raw)))


def test_a_question_that_can_not_be_read_is_told_where() -> None:
    number = next(numbers)
    inquiry = file_of(claim())
    with pytest.raises(NotAsked):
        house().ask(inquiry)
    raw = asked_raw(number).replace(b"DMG*D8*19800229", b"DMG*D8*19801329")
    [answer] = read_acknowledgements(io.BytesIO(house().ask(raw).raw))
    assert [one.errors[0].segment for one in answer.sets] == ["DMG"]  # type: ignore[union-attr]
    [refused] = read_acknowledgements(
        io.BytesIO(house().ask(asked_raw(number).replace(b"IEA*1*", b"IEA*7*")).raw)
    )
    assert refused.code == "021"  # type: ignore[union-attr]


def asked_raw(number: int) -> bytes:
    inquiry = Inquiry("Payer", "12345", "Clinic", "1234567893", "T1", "1123456789", JANE)
    both = ControlNumbers(number, number)
    return written(inquiry_file([inquiry], ADDRESSING, both, AT, "Q1"))


def test_questions_in_a_file_are_answered_in_a_file() -> None:
    payers = house()
    payers.take("questions", asked_raw(next(numbers)))
    assert [one["kind"] for one in payers.files()] == ["999", "271"]


def status(of: House, **given: Any) -> list[ClaimStatus]:
    fields: dict[str, Any] = {
        "payer_name": "Payer",
        "payer_id": "12345",
        "receiver_name": "Lakeside Clinic",
        "receiver_id": "SUB1",
        "provider_name": "Lakeside Clinic",
        "provider_npi": "1234567893",
        "trace": "T1",
        "subscriber": Member("Doe", "Jane", date(1980, 2, 29), "F", "M100"),
        "dates": Period(TODAY, TODAY),
        "charge": Money(15_000),
        "control_number": "C1",
    }
    number = next(numbers)
    inquiry = StatusInquiry(**{**fields, **given})
    both = ControlNumbers(number, number)
    raw = written(status_file([inquiry], ADDRESSING, both, AT, f"Q{number}"))
    [report] = read_statuses(io.BytesIO(of.ask(raw).raw))
    return list(report.claims)


def category(one: ClaimStatus) -> str:
    code = one.statuses[0].codes[0]
    return f"{code.category}:{code.code}"


def test_a_claim_is_followed_from_receipt_to_payment() -> None:
    payers = house({"do": "pend", "days": 7, "category": "P3", "code": "294"})
    assert [category(one) for one in status(payers)] == ["A4:35"]
    send(payers, claim(lines=(visit(),)))
    [accepted] = status(payers)
    assert (category(accepted), accepted.payer_control_number) == ("P1:20", number_of(payers))
    payers.advance(14)
    assert [category(one) for one in status(payers)] == ["P3:294"]
    payers.advance(7)
    [paid] = status(payers)
    assert category(paid) == "F1:65"
    told = paid.statuses[0]
    assert (told.paid, told.check, told.charge) == (
        Money(9_000),
        "20261123000001",
        Money(15_000),
    )


def test_a_claim_is_found_by_any_of_its_numbers_or_by_day_and_charge() -> None:
    payers = house()
    send(payers, claim(lines=(visit(),)))
    number = number_of(payers)
    for given in (
        {"control_number": "", "payer_control_number": number},
        {"control_number": ""},
    ):
        assert [one.payer_control_number for one in status(payers, **given)] == [number]
    for wrong in (
        {"control_number": "", "charge": Money(1)},
        {"control_number": "C7"},
        {"subscriber": Member("Doe", "Jane", date(1980, 2, 29), "F", "M999")},
    ):
        assert [category(one) for one in status(payers, **wrong)] == ["A4:35"]


def test_a_rejected_a_denied_and_a_deducted_claim_say_so() -> None:
    rejecting = house({"do": "277ca", "category": "A6", "code": "21"})
    send(rejecting, claim())
    assert [category(one) for one in status(rejecting)] == ["A6:21"]
    assert receipts(rejecting)[0].claims[0].rejected
    denying = house({"do": "deny", "reason": "50"})
    send(denying, claim())
    denying.advance(14)
    assert [category(one) for one in status(denying)] == ["F2:585"]
    deducting = house(plan=PLAN)
    send(deducting, claim())
    deducting.advance(14)
    assert [category(one) for one in status(deducting)] == ["F4:98"]
