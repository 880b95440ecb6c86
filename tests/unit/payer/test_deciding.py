"""What is paid of a claim, and why not more."""

from __future__ import annotations

from datetime import date, timedelta
from time import process_time
from typing import Any

import pytest

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.claims.coverage import OtherCoverage, OtherPayer, OtherSubscriber
from caresmith.x12.claims.line import Adjudication
from caresmith.x12.claims.model import ClaimNumbers, ProfessionalClaim
from caresmith.x12.remittance.model import ClaimStatus
from scripts.payer.adjudicating import Adjudicator
from scripts.payer.decision import Decision
from scripts.payer.rules import MemberRule, Plan
from scripts.payer.rules import OtherPayer as FirstPayer
from tests.support.claims import claim
from tests.support.payers import PLAIN, TODAY, member, reasons, rules, visit

CO, PR, OA = AdjustmentGroup.CONTRACTUAL, AdjustmentGroup.PATIENT, AdjustmentGroup.OTHER


def plan(**given: Any) -> Plan:
    return PLAIN.model_copy(update=given)


class Payer:
    """Decides one claim after another, each under its own number."""

    def __init__(self, plan: Plan = PLAIN, *does: dict[str, Any], **given: Any) -> None:
        self.adjudicator = Adjudicator(rules(*does, plan=plan, **given))
        self._count = 0

    def decide(self, one: ProfessionalClaim, received: date = TODAY) -> Decision:
        self._count += 1
        return self.adjudicator.adjudicate(f"ICN{self._count}", one, received)


def of_line(one: Decision, at: int = 0) -> list[tuple[str, int]]:
    return reasons(one.lines[at].adjustments)


def billed(*lines: Any, **given: Any) -> ProfessionalClaim:
    return claim(lines=lines or (visit(),), **given)


def test_the_fee_is_paid_and_the_rest_is_written_off() -> None:
    one = Payer(plan(fees={"99213": Money(9_200)})).decide(billed())
    assert (one.status, one.paid) == (ClaimStatus.PRIMARY, Money(9_200))
    assert of_line(one) == [("CO-45", 5_800)]


def test_a_fee_is_for_each_unit_and_never_more_than_the_charge() -> None:
    payer = Payer(plan(fees={"J*": Money(400)}))
    assert payer.decide(billed(visit("J3420", 5_000, units=3))).paid == Money(1_200)
    assert payer.decide(billed(visit("J1030", 1_000, units=9))).paid == Money(1_000)


def test_copay_deductible_and_coinsurance_come_in_this_order() -> None:
    payer = Payer(plan(copay=Money(2_500), deductible=Money(3_000), coinsurance=20))
    one = payer.decide(billed())
    # 90.00 allowed: 25.00 copay, 30.00 deductible, 20 % of 35.00.
    assert of_line(one) == [("CO-45", 6_000), ("PR-1", 3_000), ("PR-2", 700), ("PR-3", 2_500)]
    assert (one.paid, one.patient) == (Money(2_800), Money(6_200))


def test_a_deductible_is_met_once_a_year_and_begins_again_with_the_next() -> None:
    payer = Payer(plan(deductible=Money(10_000)))
    assert payer.decide(billed(visit(on=TODAY))).paid == Money(0)
    assert of_line(payer.decide(billed(visit(on=TODAY + timedelta(1)))))[1] == ("PR-1", 1_000)
    assert payer.decide(billed(visit(on=TODAY + timedelta(2)))).paid == Money(9_000)
    assert payer.decide(billed(visit(on=date(2027, 1, 4))), date(2027, 1, 5)).paid == Money(0)


def test_another_member_has_a_deductible_of_his_own() -> None:
    payer = Payer(plan(deductible=Money(9_000)))
    assert payer.decide(billed()).paid == Money(0)
    assert payer.decide(billed(subscriber=member("M200"))).paid == Money(0)


def test_one_visit_has_one_copay() -> None:
    payer = Payer(plan(copay=Money(2_500)))
    one = payer.decide(billed(visit("99213"), visit("99214")))
    assert [of_line(one, at)[-1] for at in (0, 1)] == [("PR-3", 2_500), ("CO-45", 6_000)]
    later = payer.decide(billed(visit("99215")))
    assert of_line(later) == [("CO-45", 6_000)]


def test_of_preventive_services_nothing_is_the_patients() -> None:
    given = plan(copay=Money(2_500), deductible=Money(50_000), coinsurance=50)
    assert Payer(given).decide(billed(visit("99396"))).patient == Money(0)


def test_beyond_the_limit_of_the_year_nothing_is_the_patients() -> None:
    payer = Payer(plan(coinsurance=50, out_of_pocket=Money(5_000)))
    one = payer.decide(billed())
    two = payer.decide(billed(visit(on=TODAY + timedelta(1))))
    three = payer.decide(billed(visit(on=TODAY + timedelta(2))))
    assert [each.patient.cents for each in (one, two, three)] == [4_500, 500, 0]


def test_coinsurance_is_rounded_half_up_to_the_cent() -> None:
    one = Payer(plan(coinsurance=20, fee_percent=100)).decide(billed(visit("87880", 1_003)))
    assert (one.paid, one.patient) == (Money(802), Money(201))


def test_sequestration_is_cut_from_what_is_paid() -> None:
    one = Payer(plan(sequestration=2)).decide(billed())
    assert of_line(one) == [("CO-45", 6_000), ("CO-253", 180)]


def test_the_same_service_is_a_duplicate_and_a_repeated_one_is_not() -> None:
    payer = Payer()
    assert payer.decide(billed()).paid == Money(9_000)
    again = payer.decide(billed(control_number="C2"))
    assert of_line(again) == [("OA-18", 15_000)]
    assert again.lines[0].remarks == ("N522",)
    assert payer.decide(billed(visit(modifiers=("76",)))).paid == Money(9_000)
    assert payer.decide(billed(visit(on=TODAY - timedelta(1)))).paid == Money(9_000)


def test_two_same_lines_of_one_claim_are_duplicates() -> None:
    one = Payer().decide(billed(visit("87880"), visit("87880")))
    assert [line.paid.cents for line in one.lines] == [9_000, 0]


def test_what_was_denied_may_be_billed_again() -> None:
    deny = {"do": "deny", "reason": "16", "remarks": ["M127"], "when": {"control": "C1"}}
    payer = Payer(PLAIN, deny)
    assert of_line(payer.decide(billed())) == [("CO-16", 15_000)]
    assert payer.decide(billed(control_number="C2")).paid == Money(9_000)


def test_what_was_reversed_may_be_billed_again_and_its_deductible_is_open_again() -> None:
    payer = Payer(plan(deductible=Money(4_000), copay=Money(1_000)))
    first = payer.decide(billed())
    turned = payer.adjudicator.reverse(first)
    assert (turned.status, turned.paid, turned.charge) == (
        ClaimStatus.REVERSAL,
        -first.paid,
        Money(-15_000),
    )
    assert of_line(turned) == [(name, -cents) for name, cents in of_line(first)]
    again = payer.decide(billed())
    assert of_line(again) == of_line(first)


def test_too_late_is_too_late_unless_a_reason_is_told() -> None:
    payer = Payer(plan(timely_days=90))
    late = TODAY + timedelta(91)
    assert of_line(payer.decide(billed(), late)) == [("CO-29", 15_000)]
    assert payer.decide(billed(), TODAY + timedelta(90)).paid == Money(9_000)
    excused = billed(visit("87880"), delay_reason="3")
    assert payer.decide(excused, late).paid == Money(9_000)


@pytest.mark.parametrize(
    ("lines", "given", "denied"),
    [
        ((visit("70450"),), {"authorization_codes": ("704*",)}, [("CO-197", 15_000)]),
        ((visit("D0120"),), {"not_covered": ("D*",)}, [("PR-204", 15_000)]),
        ((visit("36415"), visit("99213")), {"bundles": {"36415": ("99213",)}}, [("CO-97", 15_000)]),
    ],
)
def test_a_plan_denies_what_it_does_not_pay_for(
    lines: tuple[Any, ...], given: dict[str, Any], denied: list[tuple[str, int]]
) -> None:
    assert of_line(Payer(plan(**given)).decide(billed(*lines))) == denied


def test_an_authorized_service_and_a_distinct_one_are_paid() -> None:
    payer = Payer(plan(authorization_codes=("704*",), bundles={"36415": ("99213",)}))
    numbers = ClaimNumbers(prior_authorization="A1")
    assert payer.decide(billed(visit("70450"), numbers=numbers)).paid == Money(9_000)
    apart = payer.decide(billed(visit("36415", modifiers=("59",)), visit("99213")))
    assert apart.paid == Money(18_000)


@pytest.mark.parametrize(
    ("rule", "status", "told"),
    [
        (MemberRule(standing="inactive"), ClaimStatus.PRIMARY, "PR-27"),
        (MemberRule(ends=date(2026, 6, 30)), ClaimStatus.PRIMARY, "PR-27"),
        (MemberRule(begins=date(2026, 12, 1)), ClaimStatus.PRIMARY, "PR-26"),
        (MemberRule(standing="unrecognised"), ClaimStatus.DENIED, "PR-31"),
        (MemberRule(other_payer=FirstPayer(name="X", id="1")), ClaimStatus.PRIMARY, "CO-22"),
    ],
)
def test_who_is_not_insured_or_not_first_is_not_paid_for(
    rule: MemberRule, status: ClaimStatus, told: str
) -> None:
    one = Payer(PLAIN, members=(rule,)).decide(billed())
    assert (one.status, of_line(one)) == (status, [(told, 15_000)])


def secondary(*told: Adjustment, paid: int, own: ProfessionalClaim | None = None) -> Any:
    """A claim whose first payer told of its one line."""
    one = own or billed()
    adjudication = Adjudication(
        payer_id="11111",
        paid=Money(paid),
        procedure=one.lines[0].procedure,
        units=one.lines[0].quantity,
        adjustments=told,
        adjudicated_on=TODAY,
    )
    other = OtherCoverage(
        responsibility="P",
        paid=Money(paid),
        subscriber=OtherSubscriber(last="Doe", first="Jane", member_id="X1"),
        payer=OtherPayer(name="First", id="11111"),
    )
    line = one.lines[0].model_copy(update={"adjudications": (adjudication,)})
    subscriber = one.subscriber.model_copy(update={"responsibility": "S"})
    return one.model_copy(update={"subscriber": subscriber, "others": (other,), "lines": (line,)})


def test_the_second_payer_pays_what_the_first_left_open() -> None:
    told = (Adjustment(CO, "45", Money(5_000)), Adjustment(PR, "2", Money(2_000)))
    one = Payer(plan(fee_percent=80)).decide(secondary(*told, paid=8_000))
    assert one.status is ClaimStatus.SECONDARY
    assert one.paid == Money(2_000)
    assert of_line(one) == [("OA-23", 13_000)]


def test_the_second_payer_pays_no_more_than_its_own_fee_leaves() -> None:
    told = (Adjustment(CO, "45", Money(5_000)), Adjustment(PR, "1", Money(4_000)))
    # 90.00 allowed here, 60.00 paid before: 30.00 are left, ten of forty are written off.
    one = Payer().decide(secondary(*told, paid=6_000))
    assert one.paid == Money(3_000)
    assert of_line(one) == [("CO-45", 1_000), ("OA-23", 11_000)]


def test_what_the_second_payer_leaves_to_the_patient_stays_the_patients() -> None:
    told = (Adjustment(CO, "45", Money(5_000)), Adjustment(PR, "2", Money(2_000)))
    one = Payer(plan(deductible=Money(100_000))).decide(secondary(*told, paid=8_000))
    assert one.paid == Money(0)
    assert of_line(one) == [("OA-23", 13_000), ("PR-1", 2_000)]


def test_what_the_first_payer_told_of_the_claim_alone_is_spread_over_its_lines() -> None:
    two = billed(visit("87880", 10_000), visit("99213", 20_000))
    one = secondary(paid=0, own=two)
    other = one.others[0].model_copy(
        update={
            "paid": Money(20_001),
            "adjustments": (Adjustment(CO, "45", Money(6_999)), Adjustment(PR, "2", Money(3_000))),
        }
    )
    lines = tuple(line.model_copy(update={"adjudications": ()}) for line in two.lines)
    whole = one.model_copy(update={"others": (other,), "lines": lines})
    decided = Payer(plan(fee_percent=100)).decide(whole)
    assert [line.paid.cents for line in decided.lines] == [1_000, 2_000]


def test_a_second_payer_who_is_not_told_of_the_first_does_not_pay() -> None:
    one = billed(subscriber=member(responsibility="S"))
    decided = Payer().decide(one)
    assert of_line(decided) == [("CO-22", 15_000)]
    assert decided.remarks == ("MA04",)


def test_dice_fall_the_same_for_the_same_seed_and_otherwise_for_another() -> None:
    def denied(seed: int) -> list[str]:
        deny = {"do": "deny", "reason": "50", "when": {"percent": 20}}
        payer = Payer(PLAIN, deny, seed=seed)
        days = [billed(visit(on=TODAY - timedelta(n)), control_number=f"C{n}") for n in range(200)]
        return [one.control for one in map(payer.decide, days) if not one.paid]

    assert denied(1) == denied(1)
    assert denied(1) != denied(2)
    assert 20 < len(denied(1)) < 60


def test_a_reduced_a_recoded_and_a_bundled_line_say_so() -> None:
    reduce = {"do": "reduce", "percent": 50, "reason": "59", "when": {"code": "11102"}}
    recode = {"do": "recode", "modifiers": ["59"], "when": {"code": "11103"}}
    bundle = {"do": "bundle", "into": "80053", "when": {"code": "8???5"}}
    payer = Payer(PLAIN, reduce, recode, bundle)
    lines = (visit("11102"), visit("11103"), visit("82565"), visit("84075"))
    less, other, first, second = payer.decide(billed(*lines)).lines
    assert reasons(less.adjustments) == [("CO-45", 6_000), ("CO-59", 4_500)]
    assert other.submitted is not None
    assert (other.procedure.modifiers, other.submitted.modifiers) == (("59",), ())
    assert first.submitted is not None
    assert (first.procedure.code, first.submitted.code) == ("80053", "82565")
    assert second.submitted is not None
    assert (second.procedure.code, second.submitted.code) == ("80053", "84075")
    assert reasons(second.adjustments) == [("CO-97", 15_000)]
    assert first.paid == Money(9_000)


def test_a_denial_of_one_code_leaves_the_other_lines_alone() -> None:
    deny = {"do": "deny", "reason": "50", "when": {"code": "8*", "least": 20_000}}
    one = Payer(PLAIN, deny).decide(billed(visit("87880"), visit("99213")))
    assert [line.paid.cents for line in one.lines] == [0, 9_000]


def test_five_thousand_claims_are_decided_in_seconds() -> None:
    payer = Payer(plan(deductible=Money(50_000), coinsurance=20, copay=Money(2_500)))
    every = [
        billed(visit("99213"), visit("87880"), subscriber=member(f"M{n}"), control_number=f"C{n}")
        for n in range(5_000)
    ]
    began = process_time()
    for one in every:
        payer.decide(one)
    assert process_time() - began < 30
