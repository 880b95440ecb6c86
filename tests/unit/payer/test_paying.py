"""835s: payments of bank days, corrections, take-backs, and what providers gain or owe besides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from caresmith.money import Money
from caresmith.x12.claims.coverage import OtherCoverage, OtherPayer, OtherSubscriber
from caresmith.x12.claims.model import ProfessionalClaim
from caresmith.x12.flaws import X12Refused
from caresmith.x12.remittance.model import ClaimStatus, Level
from scripts.payer.bankdays import bank_day, is_bank_day
from scripts.payer.house import House
from scripts.payer.store import Store
from tests.support.claims import claim
from tests.support.payers import (
    PLAIN,
    TODAY,
    Paid,
    corrected,
    file_of,
    house,
    member,
    number_of,
    payments,
    raws,
    read_payments,
    reasons,
    receipts,
    rules,
    send,
    visit,
)

DUE = 14


def visits(count: int) -> list[Any]:
    """Claims of one patient on days of their own."""
    days = [TODAY - timedelta(number) for number in range(count)]
    return [
        claim(control_number=f"C{number}", lines=(visit(on=on),))
        for number, on in enumerate(days, 1)
    ]


def paid(of: House, days: int = DUE) -> list[Paid]:
    of.advance(days)
    every = payments(of)
    assert all(one.end.balances for one in every), [one.end.imbalances for one in every]
    return every


def test_a_transfer_names_who_pays_whom_for_what_on_a_bank_day() -> None:
    payers = house()
    send(payers, claim())
    [one] = paid(payers)
    header, [of_claim] = one.header, one.claims
    assert (header.amount, header.method, header.handling) == (Money(9_000), "ACH", "I")
    assert header.produced == date(2026, 11, 16)
    assert header.effective == date(2026, 11, 17)
    assert (header.payee.id, header.payer_id) == ("1234567893", "1987654321")
    assert header.trace == "20261116000001"
    assert (of_claim.control_number, of_claim.payer_control_number) == ("C1", number_of(payers))
    assert of_claim.received == TODAY
    patient = of_claim.name("QC")
    assert patient is not None
    assert (patient.last, patient.id) == ("Doe", "M100")
    [line] = of_claim.lines
    assert (line.procedure.code, line.charge, line.amount("B6")) == (
        "99213",
        Money(15_000),
        Money(9_000),
    )


def test_nothing_is_paid_before_it_is_due_nor_twice() -> None:
    payers = house()
    send(payers, claim())
    assert paid(payers, DUE - 1) == []
    assert len(paid(payers, 1)) == 1
    assert len(paid(payers, 30)) == 1


@pytest.mark.parametrize(
    ("day", "next_"),
    [
        (date(2026, 11, 27), date(2026, 11, 27)),
        (date(2026, 11, 28), date(2026, 11, 30)),  # Saturday
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2027, 7, 4), date(2027, 7, 6)),  # a Sunday, kept on Monday
        (date(2026, 7, 3), date(2026, 7, 3)),  # the 4th is a Saturday: banks are open
    ],
)
def test_money_moves_on_bank_days(day: date, next_: date) -> None:
    assert bank_day(day) == next_
    assert is_bank_day(next_)


def test_several_claims_are_in_one_check_or_in_as_many_as_the_plan_has_it() -> None:
    together = house()
    send(together, *visits(5))
    assert [len(one.claims) for one in paid(together)] == [5]
    apart = house(plan=PLAIN.model_copy(update={"claims_per_check": 2, "method": "CHK"}))
    send(apart, *visits(5))
    checks = paid(apart)
    assert [len(one.claims) for one in checks] == [2, 2, 1]
    assert len({one.header.trace for one in checks}) == 3
    assert {one.header.method for one in checks} == {"CHK"}
    assert len(raws(apart, "835")) == 1


def test_a_payment_of_nothing_is_a_notice() -> None:
    payers = house({"do": "deny", "reason": "50"})
    send(payers, claim())
    [one] = paid(payers)
    assert (one.header.amount, one.header.method, one.header.handling) == (Money(0), "NON", "H")
    assert one.claims[0].status is ClaimStatus.PRIMARY


def test_a_corrected_claim_reverses_the_one_before_and_is_decided_anew() -> None:
    payers = house()
    send(payers, claim())
    before = number_of(payers)
    paid(payers)
    dearer = corrected(claim(), before, lines=(visit("99215", 25_000),))
    send(payers, dearer)
    _, second = paid(payers)
    reversal, anew = second.claims
    assert (reversal.status, reversal.payer_control_number) == (ClaimStatus.REVERSAL, before)
    assert (reversal.charge, reversal.paid) == (Money(-15_000), Money(-9_000))
    assert reasons(reversal.lines[0].adjustments) == [("CO-45", -6_000)]
    assert reversal.patient_responsibility is None
    assert (anew.status, anew.paid, anew.frequency) == (ClaimStatus.PRIMARY, Money(15_000), "7")
    assert [(one.qualifier, one.value) for one in anew.references] == [("F8", before)]
    assert second.header.amount == Money(6_000)


def test_a_claim_that_is_corrected_before_it_was_paid_is_paid_once() -> None:
    payers = house()
    send(payers, claim())
    send(payers, corrected(claim(), number_of(payers), lines=(visit("99215", 25_000),)))
    [one] = paid(payers)
    assert [(each.status.value, each.paid.cents) for each in one.claims] == [("1", 15_000)]


def test_a_voided_claim_is_taken_back_and_what_is_owed_is_carried_forward() -> None:
    payers = house()
    send(payers, claim())
    before = number_of(payers)
    paid(payers)
    send(payers, corrected(claim(), before, "8"))
    void = paid(payers)[-1]
    assert [one.status for one in void.claims] == [ClaimStatus.REVERSAL]
    assert (void.header.amount, void.besides) == (Money(0), [("FB", -9_000)])
    send(payers, *visits(3)[1:])
    last = paid(payers)[-1]
    assert (last.header.amount, last.besides) == (Money(9_000), [("FB", 9_000)])
    send(payers, claim(control_number="C9"))
    assert paid(payers)[-1].header.amount == Money(9_000), "it may be billed again"


def test_a_claim_that_is_voided_before_it_was_paid_is_heard_of_no_more() -> None:
    payers = house()
    send(payers, claim())
    send(payers, corrected(claim(), number_of(payers), "8"))
    assert paid(payers) == []
    assert payers.store.claims_by_state() == {"void": 1, "voided": 1}


def test_a_payer_takes_back_what_it_paid() -> None:
    payers = house({"do": "takeback", "days": 10, "reason": "50", "when": {"control": "C1"}})
    send(payers, *visits(2))
    assert paid(payers)[0].header.amount == Money(18_000)
    send(payers, claim(control_number="C3", lines=(visit(on=TODAY - timedelta(9)),)))
    second = paid(payers)[-2]
    reversal, denied = second.claims
    assert (reversal.status.value, reversal.paid.cents) == ("22", -9_000)
    assert reasons(denied.lines[0].adjustments) == [("CO-50", 15_000)]
    assert second.besides == [("FB", -9_000)]
    assert paid(payers)[-1].besides == [("FB", 9_000)]


def test_a_payer_takes_part_of_it_back_later() -> None:
    back = {"do": "takeback", "days": 10, "reason": "59", "percent": 50, "recovered": "later"}
    payers = house({**back, "later_days": 5, "when": {"control": "C1"}})
    send(payers, claim())
    paid(payers)
    second = paid(payers, 11)[-1]  # The tenth day is Thanksgiving.
    assert [one.paid.cents for one in second.claims] == [-9_000, 4_500]
    assert (second.header.amount, second.besides) == (Money(0), [("WO", -4_500)])
    send(payers, claim(control_number="C3", lines=(visit(on=TODAY - timedelta(9)),)))
    last = paid(payers)[-1]
    assert (last.header.amount, last.besides) == (Money(4_500), [("WO", 4_500)])


def test_what_comes_late_has_interest() -> None:
    plan = PLAIN.model_copy(update={"pays_after": 60, "interest_percent": 10})
    payers = house(plan=plan)
    send(payers, claim())
    [one] = paid(payers, 65)
    # 90.00 at ten per cent for 31 days beyond thirty: due on a New Year's weekend's Friday.
    days = (one.header.produced - TODAY).days - 30  # type: ignore[operator]
    interest = (9_000 * 10 * days + 18_250) // 36_500
    assert one.besides == [("L6", -interest)]
    assert one.header.amount == Money(9_000 + interest)
    assert [each.amount.cents for each in one.claims[0].amounts if each.qualifier == "I"] == [
        interest
    ]


def test_other_adjustments_come_with_the_payment() -> None:
    kept = {"do": "plb", "reason": "CS", "amount": 1_000, "when": {"control": "C1"}}
    given = {"do": "plb", "reason": "CT", "amount": -5_000, "reference": "NOV"}
    payers = house(kept, given)
    send(payers, claim())
    [one] = paid(payers)
    assert one.besides == [("CS", 1_000), ("CT", -5_000)]
    assert one.header.amount == Money(13_000)


def supplemented(**given: Any) -> Any:
    """A claim of one who has a second coverage, of another payer."""
    second = OtherCoverage(
        responsibility="S",
        subscriber=OtherSubscriber(last="Doe", first="Jane", member_id="S1"),
        payer=OtherPayer(name="Supplement", id="54321"),
    )
    return claim(others=(second,), **given)


def test_a_claim_is_sent_on_to_the_next_payer_who_pays_in_turn() -> None:
    first = PLAIN.model_copy(update={"payer": "12345", "crosses_over": True, "coinsurance": 20})
    second = PLAIN.model_copy(update={"payer": "54321", "fee_percent": 100})
    payers = House(Store(), rules().model_copy(update={"plans": (first, second)}), TODAY)
    send(payers, supplemented(lines=(visit("99213"), visit("87880", 4_000))))
    primary, secondary = paid(payers, 2 * DUE)
    [one], [two] = primary.claims, secondary.claims
    assert one.status is ClaimStatus.PRIMARY_FORWARDED
    crossover = one.name("TT")
    assert crossover is not None
    assert (crossover.last, crossover.id) == ("Supplement", "54321")
    assert (one.paid, one.patient_responsibility) == (Money(9_120), Money(2_280))
    assert (two.control_number, two.status) == ("C1", ClaimStatus.SECONDARY)
    assert (two.paid, two.patient_responsibility) == (Money(2_280), None)
    insured = two.name("QC")
    assert insured is not None
    assert insured.id == "S1"
    assert len(receipts(payers)) == 1, "nobody acknowledges what the practice did not send"
    sent = claims_of(payers, "54321")[0].model_copy(update={"control_number": "C2"})
    send(payers, sent)
    [again] = paid(payers)[-1].claims
    assert reasons(again.lines[0].adjustments) == [("OA-18", 15_000)]


def claims_of(of: House, payer: str) -> list[ProfessionalClaim]:
    rows = [of.store.claim(one["icn"]) for one in of.store.latest_claims()]
    kept = [ProfessionalClaim.model_validate_json(row["claim"]) for row in rows if row]
    return [one for one in kept if one.payer.id == payer]


def test_a_claim_that_names_no_other_payer_is_not_sent_on() -> None:
    payers = house(plan=PLAIN.model_copy(update={"crosses_over": True}))
    send(payers, claim())
    [one] = paid(payers)[0].claims
    assert one.status is ClaimStatus.PRIMARY


def test_a_rule_sends_a_claim_on_to_whom_it_names() -> None:
    payers = house({"do": "forward", "name": "NEXT", "id": "99999"})
    send(payers, claim())
    [one] = paid(payers, 90)[0].claims
    crossover = one.name("TT")
    assert one.status is ClaimStatus.PRIMARY_FORWARDED
    assert crossover is not None
    assert crossover.id == "99999"
    assert len(payments(payers)) == 1


def test_lines_come_split_reordered_and_without_their_numbers() -> None:
    payers = house({"do": "split", "when": {"code": "J*"}}, {"do": "reorder"}, {"do": "unnumbered"})
    lines = (visit("99213"), visit("J3420", 1_001, units=3))
    send(payers, claim(lines=lines))
    [one] = paid(payers)[0].claims
    assert [line.procedure.code for line in one.lines] == ["J3420", "J3420", "99213"]
    assert [str(line.units_paid) for line in one.lines] == ["2", "1", "1"]
    assert sum(line.charge.cents for line in one.lines) == 16_001
    assert {line.line_number for line in one.lines} == {""}


def test_a_claim_may_be_told_without_its_lines() -> None:
    payers = house({"do": "without-lines"})
    send(payers, claim(lines=(visit(), visit("87880"))))
    [one] = paid(payers)[0].claims
    assert one.lines == ()
    assert reasons(one.adjustments) == [("CO-45", 12_000)]


def test_a_corrected_member_id_is_told() -> None:
    payers = house(members=[{"member": "M100", "corrected_id": "M101"}])
    send(payers, claim())
    right = paid(payers)[0].claims[0].name("74")
    assert right is not None
    assert (right.qualifier, right.id) == ("C", "M101")


@pytest.mark.parametrize("level", ["service", "claim", "transaction"])
def test_only_a_remittance_that_shall_not_add_up_does_not(level: str) -> None:
    payers = house({"do": "unbalance", "level": level, "cents": 77, "when": {"control": "C1"}})
    send(payers, *visits(2))
    payers.advance(DUE)
    [one] = payments(payers)
    assert Level(level) in {wrong.level for wrong in one.end.imbalances}
    assert {abs(wrong.difference.cents) for wrong in one.end.imbalances} == {77}


def test_a_remittance_is_late_lost_garbled_or_comes_twice() -> None:
    def after(wait: int, **does: Any) -> list[bytes]:
        payers = house(does)
        send(payers, claim())
        payers.advance(wait)
        return raws(payers, "835")

    assert after(DUE + 9, do="delay", days=10) == []
    assert len(after(DUE + 10, do="delay", days=10)) == 1
    assert after(90, do="lose") == []
    for how in ("truncate", "corrupt"):
        [broken] = after(DUE, do="garble", how=how)
        with pytest.raises(X12Refused):
            read_payments(broken)
    one, two = after(DUE, do="repeat")
    assert one == two


def test_a_pended_claim_is_paid_days_later() -> None:
    payers = house({"do": "pend", "days": 7})
    send(payers, claim())
    assert paid(payers, DUE + 6) == []
    assert payers.store.claims_by_state() == {"pended": 1}
    assert len(paid(payers, 1)) == 1


def test_payers_and_payees_are_paid_apart() -> None:
    payers = house()
    one, two = visits(2)
    billing = two.billing.model_copy(update={"last": "Other Clinic", "npi": "1999999976"})
    send(payers, one, two.model_copy(update={"billing": billing}))
    send(payers, claim(control_number="C3", subscriber=member("M3")))
    assert sorted(len(each.claims) for each in paid(payers)) == [1, 2]


def test_two_runs_with_one_seed_are_the_same_to_the_byte() -> None:
    raw = file_of(*visits(20))

    def run() -> list[bytes]:
        payers = house({"do": "deny", "reason": "50", "when": {"percent": 50}})
        payers.take("claims", raw)
        payers.advance(DUE)
        return [payers.file(one["name"]) or b"" for one in payers.files()]

    once = run()
    assert once == run()
    assert len(once) == 3
