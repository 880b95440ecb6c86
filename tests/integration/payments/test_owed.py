"""What insurance owes and will not pay: the patient's, or given up, and taken back."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from caresmith.ids import SheetId, UserId
from caresmith.permissions import Role
from caresmith.records.revenue.ledger import Book
from functions.accounts.verifying import verify_some
from tests.integration.payments.conftest import Office
from tests.integration.payments.test_screens import get, submit, version
from tests.support.client import Caller, Reply
from tests.support.practices import add_patient
from tests.support.remittances import Billed, clp, file_835, svc

DENIED = svc("99213", 150_00, ("CO", "197", 150_00), ref="1")
NOT_COVERED = svc("99213", 150_00, ("OA", "96", 150_00), ref="1")
PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")


def path(sheet: SheetId) -> str:
    return f"/payments/sheets/{sheet}/owed"


def decide(office: Office, one: Billed, reason: str, line: str = "1", **more: Any) -> Reply:
    seen = office.get(path(one.sheet))["version"]
    body = {"line": line, "reason": reason, "note": "As agreed", **more}
    return office.post(path(one.sheet), body, seen)


def whole(office: Office, one: Billed) -> None:
    """The account adds up, in its journals, its sheets and its open balances."""
    assert verify_some(office.practice, [one.patient]).differences == []


def test_a_visit_that_was_never_answered_is_given_up_as_too_late_to_file(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    read = office.get(path(one.sheet))
    assert [(line["insurance"], line["denial"]) for line in read["lines"]] == [(150_00, None)]
    done = decide(office, one, "WOLAT")
    assert done.status == 200, done.text
    assert one.balances() == {"1": [0, 0]}
    assert office.ledger(one.patient)[Book.WRITE_OFF] == 150_00
    [decision] = done.json["decisions"]
    assert (decision["state"], decision["words"]) == ("posted", "Too late to file")
    assert decide(office, one, "WOLAT").status == 409
    whole(office, one)


def test_an_answer_that_comes_after_all_takes_as_much_of_it_back(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    decide(office, one, "WOLAT")
    office.take(file_835(clp("1000017", PAID)))
    assert one.balances() == {"1": [0, 20_00]}
    assert Book.WRITE_OFF not in office.ledger(one.patient)
    whole(office, one)


def test_a_denied_line_becomes_the_patients_and_its_denial_is_settled(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", NOT_COVERED, status="4")))
    done = decide(office, one, "PTCOV")
    assert done.status == 200, done.text
    assert one.balances() == {"1": [0, 150_00]}
    assert office.get("/payments/denials")["denials"] == []
    denial = office.get(f"/payments/denials/{one.claims[0]}/1")
    assert denial["state"] == "patient"
    [told] = [detail for _, detail, _ in office.events("TurnPassed")]
    assert (told["turn"], told["sheet_id"]) == (0, one.sheet)
    whole(office, one)


def test_where_the_contract_forbids_it_the_patient_is_billed_only_knowingly(
    office: Office,
) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", DENIED, status="4")))
    [line] = office.get(path(one.sheet))["lines"]
    assert line["against_contract"] == ["CO-197"]
    refused = decide(office, one, "PTOTH")
    assert refused.status == 422
    assert refused.json["errors"][0]["field"] == "anyway"
    assert one.balances() == {"1": [150_00, 0]}
    done = decide(office, one, "PTOTH", anyway=True)
    assert done.status == 200, done.text
    assert done.json["decisions"][0]["against_contract"] == ["CO-197"]
    assert one.balances() == {"1": [0, 150_00]}


def test_part_of_a_line_is_given_up_and_the_denial_goes_on(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", DENIED, status="4")))
    assert decide(office, one, "WOAUT", amount=50_00).status == 200
    assert one.balances() == {"1": [100_00, 0]}
    assert office.get(f"/payments/denials/{one.claims[0]}/1")["state"] == "open"
    assert decide(office, one, "WOAUT", amount=100_01).status == 422
    assert decide(office, one, "WOAUT", amount=0).status == 422
    assert decide(office, one, "WOAUT").status == 200
    assert one.balances() == {"1": [0, 0]}
    assert office.get(f"/payments/denials/{one.claims[0]}/1")["state"] == "written-off"
    whole(office, one)


def test_a_decision_is_taken_back_and_the_denial_opens_again(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", DENIED, status="4")))
    done = decide(office, one, "WOAUT").json["decisions"][0]
    back = f"/payments/sheets/{one.sheet}/decisions/{done['adjustment_id']}/reverse"
    assert office.post(back, {"reason": "They reconsider"}).status == 200
    assert office.post(back, {"reason": "They reconsider"}).status == 409
    assert one.balances() == {"1": [150_00, 0]}
    assert Book.WRITE_OFF not in office.ledger(one.patient)
    assert office.get(f"/payments/denials/{one.claims[0]}/1")["state"] == "open"
    whole(office, one)


def test_above_the_limit_somebody_else_says_yes(office: Office) -> None:
    one = office.billed(("99213", 400_00))
    asked = decide(office, one, "WOLAT")
    assert asked.status == 200, asked.text
    assert one.balances() == {"1": [400_00, 0]}
    [waits] = office.get("/payments/approvals")["approvals"]
    assert (waits["amount"], waits["words"]) == (400_00, "Too late to file")
    at = f"/payments/sheets/{one.sheet}/decisions/{waits['adjustment_id']}"
    assert office.post(f"{at}/approve").status == 403
    manager = office.as_role(Role.MANAGER)
    done = manager.post(f"{at}/approve")
    assert (done.status, done.json["state"]) == (200, "posted"), done.text
    assert one.balances() == {"1": [0, 0]}
    assert office.get("/payments/approvals")["approvals"] == []
    assert manager.post(f"{at}/approve").status == 409
    whole(office, one)


def test_who_asked_does_not_approve_and_may_take_it_back(office: Office) -> None:
    one = office.billed(("99213", 400_00))
    both = Office(
        office.practice,
        office.small,
        Caller(office.practice, user_id=UserId.new(), roles=(Role.BILLER,)),
    )
    decide(both, one, "WOLAT")
    [waits] = office.get("/payments/approvals")["approvals"]
    at = f"/payments/sheets/{one.sheet}/decisions/{waits['adjustment_id']}"
    risen = Caller(office.practice, user_id=both.caller.user_id, roles=(Role.MANAGER,))
    own = Office(office.practice, office.small, risen).post(f"{at}/approve")
    assert own.status == 409
    assert both.post(f"{at}/decline").json["state"] == "declined"
    assert one.balances() == {"1": [400_00, 0]}
    assert office.get("/payments/approvals")["approvals"] == []


def test_what_nobody_accounts_for_can_be_given_up(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    # OA-45: somebody else bears it, and nobody says who.
    odd = svc("99213", 150_00, ("OA", "45", 30_00), ("CO", "45", 40_00), ref="1")
    office.take(file_835(clp("1000017", odd)))
    assert one.balances() == {"1": [30_00, 0]}
    assert decide(office, one, "WOOTH").status == 200
    assert one.balances() == {"1": [0, 0]}


def test_a_recovery_that_was_laid_on_a_line_can_be_given_up_too(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    office.billed(("99213", 150_00), number="1000018")
    office.take(file_835(clp("1000018", PAID), trace="T2", plb=[("WO:1000017", 30_00)]))
    [waits] = office.get("/payments/deposits")["carried"]
    at = f"/payments/carried/{waits['remittance_id']}/{waits['number']}"
    office.post(at, {"claim_id": one.claims[0], "reason": "Recovered"})
    assert one.balances() == {"1": [30_00, 20_00]}
    assert decide(office, one, "WOOTH").status == 200
    assert one.balances() == {"1": [0, 20_00]}
    back = svc("99213", -150_00, ("CO", "45", -50_00), ("PR", "3", -20_00), ref="1")
    office.take(file_835(clp("1000017", back, status="22"), trace="T3", on=date(2026, 5, 1)))
    whole(office, one)


def test_two_who_decide_do_not_decide_twice(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    seen = office.get(path(one.sheet))["version"]
    body = {"line": "1", "reason": "WOLAT", "note": "Late", "amount": 50_00}
    assert office.post(path(one.sheet), body, seen).status == 200
    assert office.post(path(one.sheet), body, seen).status == 412
    assert one.balances() == {"1": [100_00, 0]}


def test_the_page_shows_why_a_line_is_open_and_takes_the_decision(office: Office) -> None:
    patient = add_patient(office.practice, "Okafor", "Ada")
    one = office.billed(("99213", 150_00), patient=patient)
    office.take(file_835(clp("1000017", DENIED, status="4")))
    denial = get(office, f"/denials/{one.claims[0]}/1")
    assert f"/console/payments/sheets/{one.sheet}" in denial
    page = get(office, f"/sheets/{one.sheet}")
    assert "Ada Okafor" in page
    assert "the patient may not be billed" in page
    fields = {"version": version(page), "line": "1", "note": "Signed a waiver"}
    refused = submit(office, f"/sheets/{one.sheet}", reason="PTCOV", **fields)
    assert refused.status == 422
    assert "The payer leaves this to the practice (CO-197)" in refused.text
    assert "Signed a waiver" in refused.text, "what was typed is kept"
    done = submit(office, f"/sheets/{one.sheet}", reason="PTCOV", anyway="true", **fields)
    assert done.status == 303, done.text[-1500:]
    page = get(office, f"/sheets/{one.sheet}")
    assert "Decided although the payer says CO-197." in page
    [at] = re.findall(r"/console/payments(/sheets/[^\"]+/reverse)", page)
    assert submit(office, at, reason="The waiver was for another day").status == 303
    assert one.balances() == {"1": [150_00, 0]}
    manager = office.as_role(Role.MANAGER)
    assert "Nothing waits for a second person." in get(manager, "/approvals")


def test_the_desk_neither_sees_nor_decides(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    desk = office.as_role(Role.FRONT_DESK)
    assert desk.send("GET", path(one.sheet)).status == 403
    body = {"line": "1", "reason": "WOLAT", "note": "Late"}
    assert desk.post(path(one.sheet), body, 1).status == 403
