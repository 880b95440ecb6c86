"""Which payer in turn an 835 is of, where a claim was forwarded under the first one's number."""

from __future__ import annotations

import pytest

from caresmith.records.revenue.claim import ClaimState, get_claim
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.sheet import SheetStatus, get_sheet
from tests.integration.payments.conftest import Office
from tests.support.remittances import Billed, clp, file_835, svc

MEDICARE, MEDIGAP = "1521234567", "1369876543"
"""TRN03 of both."""
FIRST = svc("99213", 100_00, ("CO", "45", 20_00), ("PR", "2", 16_00), ref="1")
SECOND = svc("99213", 100_00, ("OA", "23", 84_00), ref="1")


def crossed_over(office: Office, sent_to: int = 1) -> Billed:
    """Medicare allows 80 of 100, pays 64 and forwards the claim."""
    one = office.billed(("99213", 100_00), payers=2, sent_to=sent_to)
    office.take(file_835(clp("1000017", FIRST, status="19"), trace="T1", payer=MEDICARE))
    assert one.balances() == {"1": [16_00, 0]}
    return one


def settled(office: Office, one: Billed) -> None:
    """Medicare paid 64, took 20 off, and the 16 left came from the other; nothing is odd."""
    assert one.balances() == {"1": [0, 0]}
    assert office.ledger(one.patient) == {
        Book.CHARGES: -100_00,
        Book.CONTRACTUAL: 20_00,
        Book.CLEARING: 80_00,
    }
    assert office.get("/payments/unposted")["items"] == []
    sheet = get_sheet(office.practice, one.sheet)
    assert sheet is not None
    assert (sheet.status, int(sheet.turn)) == (SheetStatus.CLOSED, 0)


@pytest.mark.parametrize("status", ["2", "1", "4", "20"])
def test_the_payer_that_got_a_forwarded_claim_answers_under_the_first_ones_number(
    office: Office, status: str
) -> None:
    one = crossed_over(office)
    paid = clp("1000017", SECOND, status=status, icn="GAP1")
    office.take(file_835(paid, trace="T2", payer=MEDIGAP))
    settled(office, one)
    first = get_claim(office.practice, one.claims[0])
    assert first is not None
    # A correction of Medicare's claim names Medicare's number of it.
    assert (first.state, first.payer_control_number) == (ClaimState.PAID, "ICN1")


def test_the_claim_that_is_expected_of_the_next_payer_takes_its_answer(office: Office) -> None:
    one = crossed_over(office, sent_to=2)
    paid = clp("1000017", SECOND, status="2", icn="GAP1")
    office.take(file_835(paid, trace="T2", payer=MEDIGAP))
    settled(office, one)
    first, second = (get_claim(office.practice, claim) for claim in one.claims)
    assert first is not None
    assert second is not None
    assert (first.paid_cents, first.payer_control_number) == (64_00, "ICN1")
    assert (second.state, second.paid_cents) == (ClaimState.PAID, 16_00)
    assert second.payer_control_number == "GAP1"


def test_the_next_payers_answer_may_come_before_the_first_ones(office: Office) -> None:
    one = office.billed(("99213", 100_00), payers=2)
    paid = clp("1000017", SECOND, status="2", icn="GAP1")
    office.take(file_835(paid, trace="T2", payer=MEDIGAP))
    office.take(file_835(clp("1000017", FIRST, status="19"), trace="T1", payer=MEDICARE))
    settled(office, one)


def test_each_payer_takes_back_its_own(office: Office) -> None:
    one = crossed_over(office)
    paid = clp("1000017", SECOND, status="2", icn="GAP1")
    office.take(file_835(paid, trace="T2", payer=MEDIGAP))
    back = svc("99213", -100_00, ("OA", "23", -84_00), ref="1")
    office.take(file_835(clp("1000017", back, status="22", icn="GAP1"), trace="T3", payer=MEDIGAP))
    assert one.balances() == {"1": [16_00, 0]}
    assert office.get("/payments/unposted")["items"] == []
    office.take(file_835(clp("1000017", SECOND, status="2", icn="GAP2"), trace="T4", payer=MEDIGAP))
    settled(office, one)


def test_the_first_payers_correction_stays_the_first_ones(office: Office) -> None:
    one = crossed_over(office)
    office.take(file_835(clp("1000017", SECOND, status="2", icn="GAP1"), trace="T2", payer=MEDIGAP))
    back = svc("99213", -100_00, ("CO", "45", -20_00), ("PR", "2", -16_00), ref="1")
    anew = svc("99213", 100_00, ("CO", "45", 20_00), ("PR", "2", 16_00), ref="1")
    again = (clp("1000017", back, status="22"), clp("1000017", anew, icn="ICN2", status="19"))
    office.take(file_835(*again, trace="T3", payer=MEDICARE))
    settled(office, one)


def test_a_first_payer_that_says_it_comes_second_is_the_first_all_the_same(
    office: Office,
) -> None:
    """It thinks that another is before it (CO-22): nobody forwarded anything to it."""
    one = office.billed(("99213", 100_00), payers=2)
    refused = svc("99213", 100_00, ("CO", "22", 100_00), ref="1")
    office.take(file_835(clp("1000017", refused, status="2"), trace="T1", payer=MEDICARE))
    sheet = get_sheet(office.practice, one.sheet)
    assert sheet is not None
    assert int(sheet.turn) == 1
    [denial] = office.get("/payments/denials")["denials"]
    assert denial["claim_id"] == one.claims[0]
