"""Deposits and remittances find each other; what is carried over is explained or waits."""

from __future__ import annotations

from caresmith.records.revenue.ledger import Book
from tests.integration.payments.conftest import Office
from tests.support.remittances import clp, file_835, svc

PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")
CSV = """Date,Description,Amount
03/20/2026,LAKESIDE HEALTH HCCLAIMPMT TRN*1*T100*1512345678,80.00
03/21/2026,RENT,-1500.00
03/22/2026,CARD PAYMENTS,12.34
"""


def paid(office: Office, trace: str = "T100") -> None:
    office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID), trace=trace))


def test_a_deposit_finds_its_remittance_by_trace_amount_and_day(office: Office) -> None:
    paid(office)
    [waits] = office.get("/payments/deposits")["without_money"]
    assert waits["amount"] == 80_00
    added = office.post("/payments/deposits/import", {"csv": CSV})
    assert added.status == 201, added.text
    by_amount = {one["amount"]: one for one in added.json["deposits"]}
    assert set(by_amount) == {80_00, 12_34}
    head = office.only_remittance()
    assert by_amount[80_00]["remittance_id"] == head["remittance_id"]
    assert by_amount[12_34]["remittance_id"] is None
    assert added.json["without_money"] == []
    assert head["deposit_id"] == by_amount[80_00]["deposit_id"]


def test_a_deposit_that_was_there_first_is_found_when_the_remittance_comes(office: Office) -> None:
    assert office.post("/payments/deposits/import", {"csv": CSV}).status == 201
    paid(office)
    assert office.get("/payments/deposits")["without_money"] == []
    assert office.only_remittance()["deposit_id"]


def test_the_same_export_again_adds_nothing(office: Office) -> None:
    office.post("/payments/deposits/import", {"csv": CSV})
    again = office.post("/payments/deposits/import", {"csv": CSV})
    assert len(again.json["deposits"]) == 2


def test_an_export_with_an_unreadable_line_is_refused_as_a_whole(office: Office) -> None:
    reply = office.post("/payments/deposits/import", {"csv": CSV + "03/99/2026,X,1.00\n"})
    assert reply.status == 422
    assert reply.json["errors"][0]["message"].startswith("Line 5: the date")
    assert office.get("/payments/deposits")["deposits"] == []


def test_a_person_joins_what_the_bank_tells_otherwise_if_the_amounts_are_the_same(
    office: Office,
) -> None:
    paid(office)
    for cents in (80_00, 80_01):
        body = {"day": "2026-04-15", "amount": cents, "description": "Mobile check"}
        assert office.post("/payments/deposits", body).status == 201
    head = office.only_remittance()
    same, other = sorted(
        office.get("/payments/deposits")["deposits"], key=lambda one: int(one["amount"])
    )
    body = {"remittance_id": head["remittance_id"]}
    wrong = office.post(f"/payments/deposits/2026-04-15/{other['deposit_id']}/match", body)
    assert wrong.status == 422
    right = office.post(f"/payments/deposits/2026-04-15/{same['deposit_id']}/match", body)
    assert right.status == 200, right.text
    again = office.post(f"/payments/deposits/2026-04-15/{same['deposit_id']}/match", body)
    assert again.status == 409


def test_a_balance_carried_forward_waits_for_its_counterpart(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    back = svc("99213", -150_00, ("CO", "45", -50_00), ("PR", "3", -20_00), ref="1")
    # Nothing can be paid less than nothing: the payer carries 80 dollars over (TR3 FB).
    office.take(file_835(clp("1000017", back, status="22"), trace="T2", plb=[("FB:T2", -80_00)]))
    [carried] = office.get("/payments/deposits")["carried"]
    assert (carried["amount"], carried["reason"], carried["reference"]) == (-80_00, "FB", "T2")
    two = office.billed(("99213", 150_00), number="1000018")
    office.take(file_835(clp("1000018", PAID), trace="T3", plb=[("FB:T2", 80_00)]))
    assert office.get("/payments/deposits")["carried"] == []
    rows = office.get("/payments/remittances")["remittances"]
    assert {row["state"] for row in rows} == {"posted"}
    carried_cents = sum(
        amount.cents
        for row in rows
        for book, amount in office.books(row["remittance_id"]).items()
        if book is Book.CARRIED
    )
    assert carried_cents == 0
    assert (one.balances(), two.balances()) == ({"1": [150_00, 0]}, {"1": [0, 20_00]})


def test_a_recovery_without_a_takeback_is_laid_on_the_claim_it_was_for(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    office.billed(("99213", 150_00), number="1000018")
    office.take(file_835(clp("1000018", PAID), trace="T2", plb=[("WO:1000017", 30_00)]))
    [waits] = office.get("/payments/deposits")["carried"]
    path = f"/payments/carried/{waits['remittance_id']}/{waits['number']}"
    body = {"claim_id": one.claims[0], "reason": "Recovered for this visit"}
    assert office.post(path, body).status == 204
    assert one.balances() == {"1": [30_00, 20_00]}
    assert office.get("/payments/deposits")["carried"] == []
    assert office.post(path, body).status == 409


def test_a_second_payer_that_is_given_up_leaves_the_rest_to_the_patient(office: Office) -> None:
    one = office.billed(("99213", 150_00), payers=2)
    office.take(file_835(clp("1000017", PAID)))
    assert one.balances() == {"1": [20_00, 0]}
    path = f"/payments/claims/{one.claims[0]}/give-up"
    reply = office.post(path, {"turn": 2, "reason": "Coverage had ended"})
    assert reply.status == 200, reply.text
    assert reply.json["turn"] == 0
    assert one.balances() == {"1": [0, 20_00]}
    office.post(path, {"turn": 2, "reason": "It had not", "wait": True})
    assert one.balances() == {"1": [20_00, 0]}
