"""Which payer in turn an 835 is of, where a claim was forwarded under the first one's number."""

from __future__ import annotations

import pytest

from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock
from caresmith.ids import CoverageId, EventId
from caresmith.records.revenue.claim import ClaimState, get_claim
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.sheet import SheetStatus, get_sheet, open_sheet, seal_sheet
from caresmith.records.revenue.writing import RevenueWrites
from tests.integration.payments.conftest import Office
from tests.support.remittances import AT, Billed, actor_of, clp, file_835, svc

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
    assert paid_for(office, one) == 0
    office.take(file_835(clp("1000017", FIRST, status="19"), trace="T1", payer=MEDICARE))
    assert paid_for(office, one) == 64_00
    settled(office, one)


def paid_for(office: Office, one: Billed) -> int:
    """What came in for the first payer's claim, in cents."""
    claim = get_claim(office.practice, one.claims[0])
    assert claim is not None
    return int(claim.paid_cents)


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


def put_behind(office: Office, one: Billed) -> None:
    """A policy that was learned of late stands behind the one that has answered."""
    sheet = get_sheet(office.practice, one.sheet)
    assert sheet is not None
    content = open_sheet(office.practice, sheet)
    later = content.model_copy(update={"coverages": (*content.coverages, CoverageId.new())})
    sheet.content = seal_sheet(office.practice, one.sheet, later)
    actor = actor_of(office.practice)
    with audited(AuditTrail(actor, "test", FixedClock(AT))):
        writes = RevenueWrites(actor, AT, AT.date())
        writes.save_sheet(sheet)
        writes.commit()
    told = {
        "event_id": EventId.new(),
        "practice_id": office.practice,
        "occurred_at": AT.isoformat(),
        "actor_id": actor.user_id,
        "patient_id": one.patient,
        "sheet_id": one.sheet,
        "sheet_version": int(sheet.version),
    }
    for _ in range(2):
        office.tell("ChargesChanged", told)


def turns_told(office: Office) -> list[tuple[int, bool]]:
    told = sorted(office.events("TurnPassed"), key=lambda one: one[1]["event_id"])
    return [(one["turn"], one["crossed_over"]) for _, one, _ in told]


def test_a_payer_learned_of_after_the_first_has_answered_gets_its_turn(office: Office) -> None:
    one = office.billed(("99213", 100_00))
    office.take(file_835(clp("1000017", FIRST), trace="T1", payer=MEDICARE))
    assert one.balances() == {"1": [0, 16_00]}
    put_behind(office, one)
    assert one.balances() == {"1": [16_00, 0]}
    assert turns_told(office) == [(0, False), (2, False)]


def test_a_change_of_charges_that_moves_no_turn_moves_nothing(office: Office) -> None:
    one = crossed_over(office)
    before = len(office.events("TurnPassed"))
    put_behind(office, one)
    assert one.balances() == {"1": [16_00, 0]}
    assert len(office.events("TurnPassed")) == before


def test_the_next_payer_is_billed_what_the_first_denied(office: Office) -> None:
    one = office.billed(("99213", 100_00), payers=2)
    denied = svc("99213", 100_00, ("CO", "50", 100_00), ref="1")
    office.take(file_835(clp("1000017", denied, status="4"), trace="T1", payer=MEDICARE))
    path = f"/payments/claims/{one.claims[0]}/bill-next"
    reply = office.post(path, {"reason": "Not covered by the first, covered by the second"})
    assert (reply.status, reply.json["turn"]) == (200, 2), reply.text
    assert turns_told(office) == [(2, False)]
    assert office.get("/payments/denials")["denials"] == []
    # Asked twice, it is billed once.
    assert office.post(path, {"reason": "again"}).json["turn"] == 2
    assert len(turns_told(office)) == 1


def test_a_payer_that_was_given_up_is_billed_after_all(office: Office) -> None:
    one = crossed_over(office)
    claim = f"/payments/claims/{one.claims[0]}"
    assert office.post(f"{claim}/give-up", {"turn": 2, "reason": "Ended"}).status == 200
    assert one.balances() == {"1": [0, 16_00]}
    assert office.post(f"{claim}/bill-next", {"reason": "It had not"}).json["turn"] == 2
    assert one.balances() == {"1": [16_00, 0]}
    # Forwarded or not: what a person decides goes out from here.
    assert turns_told(office) == [(2, True), (0, False), (2, False)]


def test_without_a_policy_behind_or_without_an_answer_nobody_is_billed(office: Office) -> None:
    one = office.billed(("99213", 100_00))
    path = f"/payments/claims/{one.claims[0]}/bill-next"
    unanswered = office.post(path, {"reason": "now"})
    assert (unanswered.status, unanswered.json["type"].rsplit("/", 1)[-1]) == (409, "not-posted")
    office.take(file_835(clp("1000017", FIRST), trace="T1", payer=MEDICARE))
    alone = office.post(path, {"reason": "now"})
    assert (alone.status, alone.json["type"].rsplit("/", 1)[-1]) == (409, "no-next-payer")
    assert one.balances() == {"1": [0, 16_00]}
