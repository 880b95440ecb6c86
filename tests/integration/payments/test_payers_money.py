"""Payers' money besides answers: capitation, what is paid too much, checks without claims,
and what is for a claim of another system.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from caresmith.ids import PayerId
from caresmith.money import Money
from caresmith.records.revenue.claim import ClaimItem, get_claim
from caresmith.records.revenue.ledger import Book
from functions.accounts.verifying import verify_some
from tests.integration.payments.conftest import Office
from tests.integration.payments.test_screens import claim_path, get, submit, version
from tests.support.client import Reply
from tests.support.remittances import Billed, clp, file_835, svc

CAPITATED = svc("99213", 150_00, ("CO", "24", 150_00), ref="1")
PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")
TWICE = svc("99213", 150_00, ref="1")


def payer(office: Office, one: Billed, **facts: Any) -> PayerId:
    made = office.add_payer("Lakeside", **facts)
    claim = get_claim(office.practice, one.claims[0])
    assert claim is not None
    claim.update(actions=[ClaimItem.payer_id.set(made)])
    return made


# -- capitation ---------------------------------------------------------------------


def test_what_a_capitated_payer_covers_is_no_denial(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    payer(office, one, capitated=True)
    office.take(file_835(clp("1000017", CAPITATED)))
    assert office.get("/payments/denials")["denials"] == []
    assert one.balances() == {"1": [0, 0]}
    assert office.ledger(one.patient)[Book.CONTRACTUAL] == 150_00


def test_of_any_other_payer_it_is_denied_and_stays_open(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    payer(office, one)
    office.take(file_835(clp("1000017", CAPITATED, status="4")))
    [denial] = office.get("/payments/denials")["denials"]
    assert denial["words"] == ["CO-24: Covered by capitation or a managed care plan"]
    assert one.balances() == {"1": [150_00, 0]}


# -- too much -----------------------------------------------------------------------


def overpaid(office: Office, **facts: Any) -> Billed:
    """Paid as contracted, and then in full once more, by mistake."""
    one = office.billed(("99213", 150_00))
    if facts:
        payer(office, one, **facts)
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    office.take(file_835(clp("1000017", TWICE), trace="T2", on=dt.date(2026, 4, 1)))
    return one


def credit(office: Office) -> Any:
    [found] = office.get("/payments/credits")["credits"]
    return found


def give_back(office: Office, one: Billed, **more: Any) -> Reply:
    body = {"reference": "4711", "reason": "Paid twice", **more}
    at = f"/payments/credits/{one.sheet}/1/refund"
    return office.post(at, body, credit(office)["version"])


def test_medicares_overpayment_is_listed_with_sixty_days(office: Office) -> None:
    one = overpaid(office, filing="MB", type="medicare")
    found = credit(office)
    assert (found["sheet_id"], found["line"], found["amount"]) == (one.sheet, "1", 80_00)
    since, due = (dt.date.fromisoformat(found[key]) for key in ("since", "due_on"))
    assert (due - since).days == 60
    assert one.balances() == {"1": [-80_00, 0]}


def test_another_payers_overpayment_has_no_clock_of_the_law(office: Office) -> None:
    overpaid(office)
    assert credit(office)["due_on"] is None


def test_a_refund_is_given_once_and_waits_for_the_payers_word(office: Office) -> None:
    one = overpaid(office)
    done = give_back(office, one)
    assert done.status == 200, done.text
    found = credit(office)
    assert (found["refunded"], found["reference"]) == (80_00, "4711")
    assert give_back(office, one).status == 409
    [carried] = office.get("/payments/deposits")["carried"]
    assert (carried["amount"], carried["reason"]) == (80_00, "72")
    assert office.books(found["remittance_id"])[Book.CARRIED] == Money(80_00)
    assert one.balances() == {"1": [-80_00, 0]}
    assert verify_some(office.practice, [one.patient]).differences == []


def test_a_takeback_with_the_payers_acknowledgement_closes_it(office: Office) -> None:
    one = overpaid(office)
    # By contract all of the second payment was too much, and not only what exceeds the charge.
    assert give_back(office, one, amount=150_00).status == 200
    back = svc("99213", -150_00, ref="1")
    third = file_835(
        clp("1000017", back, status="22"),
        trace="T3",
        on=dt.date(2026, 5, 1),
        plb=[("72:4711", -150_00)],
    )
    office.take(third)
    assert office.get("/payments/credits")["credits"] == []
    assert office.get("/payments/deposits")["carried"] == []
    assert one.balances() == {"1": [0, 20_00]}
    assert verify_some(office.practice, [one.patient]).differences == []


def test_a_refund_that_the_payer_never_mentions_is_closed_by_a_person(office: Office) -> None:
    one = overpaid(office)
    at = f"/payments/credits/{one.sheet}/1/closed"
    body = {"reason": "Cleared the bank in May"}
    assert office.post(at, body, credit(office)["version"]).status == 409
    give_back(office, one)
    done = office.post(at, body, credit(office)["version"])
    assert done.status == 200, done.text
    assert done.json["credits"] == []
    assert office.get("/payments/deposits")["carried"] == []
    assert one.balances() == {"1": [0, 0]}
    assert verify_some(office.practice, [one.patient]).differences == []


def test_no_more_goes_back_than_was_paid(office: Office) -> None:
    one = overpaid(office)
    for amount in (230_01, 0, -1):
        refused = give_back(office, one, amount=amount)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "amount")
    assert office.get("/payments/deposits")["carried"] == []
    assert credit(office)["refunded_on"] is None


def test_the_page_lists_what_is_to_be_given_back(office: Office) -> None:
    one = overpaid(office)
    page = get(office, "/credits")
    assert "$80.00" in page
    assert "As the contract says" in page
    at = f"/credits/{one.sheet}/1/refund"
    refused = submit(office, at, version=version(page), reason="Paid twice")
    assert refused.status == 422
    done = submit(office, at, version=version(page), reason="Paid twice", reference="4711")
    assert done.status == 303, done.text[-1500:]
    page = get(office, "/credits")
    assert "$80.00 given back on" in page
    closed = submit(office, f"/credits/{one.sheet}/1/closed", version=version(page), reason="Done")
    assert closed.status == 303
    assert "No payer has paid too much." in get(office, "/credits")


# -- on paper -----------------------------------------------------------------------

CHECK = {"payer_name": "Lakeside", "method": "CHK", "trace": "4711", "paid_on": "2026-03-20"}


def test_a_check_without_claims_is_typed_in(office: Office) -> None:
    assert "Adjustments of the payment as a whole" in get(office, "/paper", alone="1")
    row = {"plb-reason-1": "CT", "plb-adds-1": "1200", "plb-reference-1": "2026-03"}
    empty = submit(office, "/paper", amount="1200", **CHECK)
    assert empty.status == 422
    assert "Say what it was paid for." in empty.text
    wrong = submit(office, "/paper", amount="1100", **CHECK, **row)
    assert wrong.status == 422
    assert 'value="2026-03"' in wrong.text, "what was typed is kept"
    done = submit(office, "/paper", amount="1200", **CHECK, **row)
    assert done.status == 303, done.text[-1500:]
    office.run()
    head = office.only_remittance()
    assert head["state"] == "posted"
    books = office.books(head["remittance_id"])
    assert books == {Book.BANK: Money(1200_00), Book.CAPITATION: Money(-1200_00)}


def test_interest_and_an_offset_are_typed_in_beside_claims(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    fields = {
        **CHECK,
        "claims": "1000017",
        "amount": "51.27",
        "paid-1000017-1": "80.00",
        "CO-45-1000017-1": "50",
        "PR-3-1000017-1": "20",
        "plb-reason-1": "L6",
        "plb-adds-1": "1.27",
        "plb-reason-2": "WO",
        "plb-takes-2": "30",
        "plb-reference-2": "1000001",
    }
    unsaid = {**fields, "plb-reason-2": ""}
    refused = submit(office, "/paper", **unsaid)
    assert refused.status == 422
    assert "Choose a reason." in refused.text
    done = submit(office, "/paper", **fields)
    assert done.status == 303, done.text[-1500:]
    office.run()
    assert one.balances() == {"1": [0, 20_00]}
    books = office.books(office.only_remittance()["remittance_id"])
    assert books[Book.INTEREST] == Money(-1_27)
    assert books[Book.CARRIED] == Money(30_00)


def test_a_takeback_on_paper_undoes_what_was_paid(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    fields = {
        **CHECK,
        "claims": "1000017",
        "amount": "0",
        "status-1000017": "22",
        "paid-1000017-1": "80.00",
        "CO-45-1000017-1": "50",
        "PR-3-1000017-1": "20",
        "plb-reason-1": "FB",
        "plb-adds-1": "80",
        "plb-reference-1": "4711",
    }
    done = submit(office, "/paper", **fields)
    assert done.status == 303, done.text[-1500:]
    office.run()
    assert one.balances() == {"1": [150_00, 0]}
    [carried] = office.get("/payments/deposits")["carried"]
    assert carried["amount"] == -80_00


# -- another system -----------------------------------------------------------------


def test_a_payment_for_a_claim_of_another_system_leaves_the_remittance_done(
    office: Office,
) -> None:
    office.take(file_835(clp("OLD-77", PAID)))
    path = claim_path(office)
    page = get(office, path)
    assert submit(office, f"{path}/elsewhere", version=version(page), reason="").status == 422
    fields = {"version": version(page), "reason": "Sent before we moved"}
    done = submit(office, f"{path}/elsewhere", **fields)
    assert done.status == 303, done.text[-1500:]
    head = office.only_remittance()
    assert (head["state"], head["unposted_amount"], head["noted"]) == ("posted", 0, 1)
    books = office.books(head["remittance_id"])
    assert books == {Book.BANK: Money(80_00), Book.OTHER_SYSTEM: Money(-80_00)}
    assert office.get("/payments/unposted")["items"] == []
    page = get(office, path)
    assert "Of another system" in page
    assert "Sent before we moved" in page


def test_it_comes_back_and_is_matched_after_all(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("OLD-77", PAID)))
    path = claim_path(office)
    submit(office, f"{path}/elsewhere", version=version(get(office, path)), reason="Old")
    back = submit(office, f"{path}/bring-back", version=version(get(office, path)), reason="Ours")
    assert back.status == 303, back.text[-1500:]
    head = office.only_remittance()
    assert (head["state"], head["unposted_amount"]) == ("exceptions", 80_00)
    page = get(office, path)
    matched = submit(office, f"{path}/match", version=version(page), control_number="1000017")
    assert matched.status == 303, matched.text[-1500:]
    assert one.balances() == {"1": [0, 20_00]}
    head = office.only_remittance()
    assert (head["state"], head["held"], head["noted"]) == ("posted", 0, 0)
    assert Book.OTHER_SYSTEM not in office.books(head["remittance_id"])


def test_a_claim_of_ours_is_not_of_another_system(office: Office) -> None:
    office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", svc("99499", 150_00, ("CO", "45", 50_00)))))
    remittance = office.only_remittance()["remittance_id"]
    at = f"/payments/remittances/{remittance}/claims/1"
    seen = office.claim(remittance)["version"]
    refused = office.post(f"{at}/elsewhere", {"reason": "Old"}, seen)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "reason")
    assert office.get("/payments/unposted")["items"] != []
