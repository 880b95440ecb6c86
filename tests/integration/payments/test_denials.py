"""Denials: made with the posting, worked by people, settled when the payer pays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from caresmith.ids import ClaimId
from caresmith.permissions import Role
from caresmith.records.revenue.ledger import Book
from tests.integration.payments.conftest import Office
from tests.support.practices import add_patient
from tests.support.remittances import Billed, clp, file_835, svc

DENIED = svc("99213", 150_00, ("CO", "197", 150_00), ref="1", more=("LQ*HE*N54",))
PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")


def denied(office: Office, **more: Any) -> Billed:
    one = office.billed(("99213", 150_00), **more)
    office.take(file_835(clp("1000017", DENIED, status="4"), trace="T1"))
    return one


def path(claim: ClaimId, line: str = "1") -> str:
    return f"/payments/denials/{claim}/{line}"


def test_a_denied_line_stands_in_the_queue_with_cause_clock_and_next_step(office: Office) -> None:
    one = denied(office)
    [denial] = office.get("/payments/denials")["denials"]
    assert denial["claim_id"] == one.claims[0]
    assert (denial["code"], denial["cents"], denial["state"]) == ("99213", 150_00, "open")
    assert denial["words"] == ["CO-197: No prior authorization"]
    assert denial["cause"] == "authorization"
    assert denial["next_step"].startswith("Find the authorization")
    assert (denial["denied_on"], denial["due_on"]) == ("2026-03-20", "2026-06-18")
    assert denial["payer"] == "LAKESIDE HEALTH PLAN"
    assert denial["remarks"] == ["N54"]


def test_a_payers_own_days_set_its_clock(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    from caresmith.records.revenue.claim import get_claim

    claim = get_claim(office.practice, one.claims[0])
    assert claim is not None
    office.add_payer("Lakeside", payer=claim.payer_id, appeal_days=30)
    # The directory's days win over the practice's, which are for the others.
    manager = office.as_role(Role.MANAGER)
    assert manager.send("PUT", "/payments/settings", {"appeal_days": 45}, 0).status == 200
    office.take(file_835(clp("1000017", DENIED, status="4")))
    [denial] = office.get("/payments/denials")["denials"]
    assert denial["due_on"] == "2026-04-19"


def test_what_is_paid_after_all_is_won(office: Office) -> None:
    one = denied(office)
    version = office.get(path(one.claims[0]))["version"]
    appeal = office.post(path(one.claims[0]), {"state": "appealed"}, version)
    assert appeal.status == 200, appeal.text
    office.take(file_835(clp("1000017", PAID), trace="T2"))
    assert office.get("/payments/denials")["denials"] == []
    causes = office.get("/payments/denials/causes", month="2026-03")
    assert (causes["total"]["count"], causes["total"]["amount"]) == (1, 150_00)
    assert one.balances() == {"1": [0, 20_00]}


def test_an_appeal_that_is_denied_again_opens_again(office: Office) -> None:
    one = denied(office)
    version = office.get(path(one.claims[0]))["version"]
    office.post(path(one.claims[0]), {"state": "appealed"}, version)
    upheld = svc("99213", 150_00, ("CO", "193", 150_00), ref="1")
    answer = clp("1000017", upheld, status="4")
    office.take(file_835(answer, trace="T2", on=date(2026, 5, 1)))
    found = office.get(path(one.claims[0]))
    assert (found["state"], found["words"]) == ("open", ["CO-193: First decision is upheld"])


def test_taken_out_again_an_untouched_denial_goes(office: Office) -> None:
    denied(office)
    head = office.only_remittance()
    claim = office.claim(head["remittance_id"])
    out = f"/payments/remittances/{head['remittance_id']}/claims/1/take-out"
    assert office.post(out, {"reason": "Wrong"}, claim["version"]).status == 200
    assert office.get("/payments/denials")["denials"] == []


def test_only_who_may_writes_off_and_says_why(office: Office) -> None:
    one = denied(office)
    version = office.get(path(one.claims[0]))["version"]
    given = {"state": "written-off", "note": "Appeal was hopeless"}
    assert office.post(path(one.claims[0]), given, version).status == 403
    manager = office.as_role(Role.MANAGER)
    unsaid = manager.post(path(one.claims[0]), {"state": "written-off"}, version)
    assert unsaid.status == 422
    assert one.balances() == {"1": [150_00, 0]}
    done = manager.post(path(one.claims[0]), given, version)
    assert done.status == 200, done.text
    assert "Appeal was hopeless" in done.json["history"][-1]
    assert one.balances() == {"1": [0, 0]}
    assert office.ledger(one.patient)[Book.WRITE_OFF] == 150_00
    assert office.get("/payments/denials")["denials"] == []


def test_of_two_who_change_a_denial_one_reads_again(office: Office) -> None:
    one = denied(office)
    version = office.get(path(one.claims[0]))["version"]
    assert office.post(path(one.claims[0]), {"note": "Called"}, version).status == 200
    assert office.post(path(one.claims[0]), {"note": "Called too"}, version).status == 412


def test_an_unknown_assignee_is_told_beside_the_field(office: Office) -> None:
    one = denied(office)
    version = office.get(path(one.claims[0]))["version"]
    wrong = office.post(
        path(one.claims[0]), {"assignee": "usr_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}, version
    )
    assert wrong.status == 422
    assert wrong.json["errors"][0]["field"] == "assignee"


def test_paid_short_of_the_fee_schedule_is_a_denial_of_its_own(office: Office) -> None:
    office.billed(("99213", 150_00), expected=112_50)
    office.take(file_835(clp("1000017", PAID)))
    [short] = office.get("/payments/denials")["denials"]
    assert (short["cents"], short["cause"]) == (12_50, "underpaid")
    assert short["words"] == ["Paid less than was expected"]
    [look] = office.get("/payments/unposted")["items"]
    assert look["why"] == "underpaid"
    head = office.only_remittance()
    seen = f"/payments/remittances/{head['remittance_id']}/claims/1/seen"
    assert office.post(seen).status == 204
    assert office.get("/payments/unposted")["items"] == []


def test_a_letter_has_the_practice_the_claim_and_the_billers_words(office: Office) -> None:
    pytest.importorskip("fpdf")
    patient = add_patient(office.practice, "Nguyễn", "Jo")
    one = denied(office, patient=patient)
    version = office.get(path(one.claims[0]))["version"]
    text = "The visit was authorized by telephone on March 2."
    assert office.post(path(one.claims[0]), {"letter": text}, version).status == 200
    reply = office.send("GET", f"{path(one.claims[0])}/letter")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.text.startswith("%PDF-")


def test_causes_are_counted_by_payer_code_reason_and_provider(office: Office) -> None:
    denied(office)
    for by, key in (
        ("cause", "authorization"),
        ("payer", "LAKESIDE HEALTH PLAN"),
        ("code", "99213"),
        ("reason", "CO-197"),
    ):
        rows = office.get("/payments/denials/causes", month="2026-03", by=by)["rows"]
        assert [(row["key"], row["count"], row["amount"]) for row in rows] == [(key, 1, 150_00)]
    assert office.get("/payments/denials/causes", month="2026-02")["rows"] == []


def test_what_keeps_being_denied_is_a_pattern_for_the_scrubber(office: Office) -> None:
    from caresmith.ids import PayerId
    from caresmith.records.revenue.claim import ClaimItem, get_claim

    payer = PayerId.new()
    for number in range(3):
        one = office.billed(("99213", 150_00), number=f"20000{number}")
        claim = get_claim(office.practice, one.claims[0])
        assert claim is not None
        claim.update(actions=[ClaimItem.payer_id.set(payer)])
        office.take(file_835(clp(f"20000{number}", DENIED, status="4"), trace=f"P{number}"))
    [found] = office.get("/payments/denials/patterns", month="2026-03")["patterns"]
    assert (found["payer_id"], found["first_code"], found["reason"]) == (payer, "99213", "197")
    assert (found["count"], found["amount"]) == (3, 450_00)
