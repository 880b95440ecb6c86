"""A remittance from the upload to the last cent, through the front door."""

from __future__ import annotations

from hashlib import sha256

import pytest

from caresmith.clock import FixedClock, Instant
from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.permissions import Role
from caresmith.records.revenue.claim import ClaimState, get_claim
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.sheet import SheetStatus, get_sheet
from functions.payments import receiving
from tests.integration.payments.conftest import Office
from tests.support.practices import small_practice
from tests.support.remittances import Billed, clp, file_835, svc

LINE_1 = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")
LINE_2 = svc("87880", 100_00, ("CO", "45", 30_00), ("PR", "1", 10_00), ref="2")


def state_of(one: Billed, place: int = 0) -> str:
    claim = get_claim(one.practice, one.claims[place])
    assert claim is not None
    return str(claim.state)


def test_a_remittance_is_posted_to_the_last_cent(office: Office) -> None:
    one = office.billed()
    told = office.take(file_835(clp("1000017", LINE_1, LINE_2)))
    assert (told["state"], len(told["remittances"])) == ("taken", 1)
    assert len(told["sha256"]) == 64
    head = office.only_remittance()
    assert head["state"] == "posted"
    assert (head["amount"], head["unposted_amount"]) == (140_00, 0)
    assert one.balances() == {"1": [0, 20_00], "2": [0, 10_00]}
    assert office.ledger(one.patient) == {
        Book.PATIENT: 30_00,
        Book.CHARGES: -250_00,
        Book.CONTRACTUAL: 80_00,
        Book.CLEARING: 140_00,
    }
    books = office.books(head["remittance_id"])
    assert {book: amount.cents for book, amount in books.items()} == {
        Book.BANK: 140_00,
        Book.CLEARING: -140_00,
    }
    assert state_of(one) == ClaimState.PAID
    claim = get_claim(office.practice, one.claims[0])
    assert claim is not None
    assert (claim.paid_cents, claim.payer_control_number) == (140_00, "ICN1")
    [(_, moved, _)] = office.events("ClaimMoved")
    assert (moved["state"], moved["before"]) == ("paid", "accepted")
    [(_, passed, _)] = office.events("TurnPassed")
    assert (passed["turn"], passed["crossed_over"]) == (0, False)


def test_the_task_may_look_at_a_file_before_the_browsers_word_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, plan = office.billed(), receiving.plan

    def plan_and_run(now: Instant, practice: PracticeId, file: ExchangeFileId, task: str) -> None:
        plan(now, practice, file, task)
        if task == "check-remittance":
            receiving.check_task({"file_id": file}, FixedClock(now))

    monkeypatch.setattr(receiving, "plan", plan_and_run)
    told = office.take(file_835(clp("1000017", LINE_1, LINE_2)))
    assert told["state"] == "taken"
    assert office.only_remittance()["state"] == "posted"
    assert one.balances() == {"1": [0, 20_00], "2": [0, 10_00]}


def test_the_same_file_again_is_kept_and_not_posted(office: Office) -> None:
    one = office.billed()
    raw = file_835(clp("1000017", LINE_1, LINE_2))
    office.take(raw)
    again = office.take(raw)
    assert again["state"] == "refused"
    assert again["refusal"].startswith("The very same file came before, as fil_")
    assert one.balances() == {"1": [0, 20_00], "2": [0, 10_00]}


def test_the_same_payment_in_other_bytes_is_not_posted_again(office: Office) -> None:
    one = office.billed()
    raw = file_835(clp("1000017", LINE_1, LINE_2))
    office.take(raw)
    again = office.take(raw.replace(b"*000000001", b"*000000002"))
    assert again["refusal"] == "Every payment in it came before."
    assert one.balances() == {"1": [0, 20_00], "2": [0, 10_00]}


def test_delivered_twice_and_told_twice_it_is_posted_once(office: Office) -> None:
    one = office.billed()
    file = office.uploaded(file_835(clp("1000017", LINE_1, LINE_2)))
    task = {"practice_id": office.practice, "file_id": file}
    from tests.integration.payments.conftest import PAYMENTS
    from tests.support.client import invoke

    for name in ("check-remittance", "check-remittance", "file-remittance", "file-remittance"):
        invoke(PAYMENTS, {"task": name, **task})
    [(kind, detail, _)] = office.events("RemittanceFiled")
    office.tell(kind, detail)
    office.tell(kind, detail)
    assert one.balances() == {"1": [0, 20_00], "2": [0, 10_00]}
    assert office.ledger(one.patient)[Book.CLEARING] == 140_00
    head = office.only_remittance()
    assert (head["posted"], head["posted_amount"]) == (1, 140_00)


def test_what_does_not_add_up_is_refused_with_its_line_and_reason(office: Office) -> None:
    one = office.billed()
    raw = file_835(clp("1000017", LINE_1, LINE_2), amount=141_00)
    told = office.take(raw)
    assert told["state"] == "refused"
    assert "the payment (BPR02) is $141.00" in told["refusal"]
    assert told["refusal_line"] == 4
    assert one.balances() == {"1": [150_00, 0], "2": [100_00, 0]}
    assert office.get("/payments/remittances")["remittances"] == []


def test_a_cut_off_file_is_refused_and_nothing_is_posted(office: Office) -> None:
    one = office.billed()
    told = office.take(file_835(clp("1000017", LINE_1, LINE_2))[:-40])
    assert told["state"] == "refused"
    assert one.balances() == {"1": [150_00, 0], "2": [100_00, 0]}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (bytes(range(256)) * 4096, "it is no X12 interchange"),
        (file_835(clp("1", LINE_1)).replace(b"ST*835*", b"ST*837*"), "a 837 in a group"),
        (file_835(clp("1", LINE_1))[:106] + b"GS*HP*" + b"A" * 100_000, "no segment terminator"),
    ],
)
def test_what_is_no_remittance_is_refused_with_a_sentence_and_kept(
    office: Office, raw: bytes, said: str
) -> None:
    told = office.take(raw)
    assert (told["state"], told["size"]) == ("refused", len(raw))
    assert said in told["refusal"]
    assert told["sha256"] == sha256(raw).hexdigest()
    assert office.get("/payments/remittances")["remittances"] == []


def test_another_practices_file_is_refused(office: Office) -> None:
    office.billed()
    told = office.take(file_835(clp("1000017", LINE_1, LINE_2), payee="XX*1999999984"))
    assert told["refusal"].startswith("It pays another practice")


def test_a_tax_id_of_the_settings_makes_it_ours(office: Office) -> None:
    manager = office.as_role(Role.MANAGER)
    wanted = {"tax_ids": ["123456789"]}
    assert manager.send("PUT", "/payments/settings", wanted, 0).status == 200
    office.billed()
    raw = file_835(clp("1000017", LINE_1, LINE_2), payee="XX*1999999984", tax_id="123456789")
    assert office.take(raw)["state"] == "taken"


def test_a_claim_that_nobody_knows_waits_and_its_cents_are_told(office: Office) -> None:
    office.take(file_835(clp("NOBODYS", LINE_1)))
    head = office.only_remittance()
    assert (head["state"], head["held"], head["unposted_amount"]) == ("exceptions", 1, 80_00)
    unposted = office.get("/payments/unposted")
    assert unposted["waiting"] == 80_00
    assert [(one["why"], one["paid"]) for one in unposted["items"]] == [("unknown-claim", 80_00)]


def test_a_biller_matches_what_nobody_knew_and_all_is_posted(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("0", LINE_1)))
    head = office.only_remittance()
    claim = office.claim(head["remittance_id"])
    reply = office.post(
        f"/payments/remittances/{head['remittance_id']}/claims/1/match",
        {"claim_id": one.claims[0]},
        claim["version"],
    )
    assert reply.status == 200, reply.text
    assert reply.json["state"] == "posted"
    assert one.balances() == {"1": [0, 20_00]}
    assert office.only_remittance()["state"] == "posted"
    assert office.get("/payments/unposted")["items"] == []


def test_doubtful_lines_wait_and_are_posted_as_a_biller_says(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", svc("99999", 150_00, ("CO", "45", 50_00)))))
    head = office.only_remittance()
    path = f"/payments/remittances/{head['remittance_id']}/claims/1"
    claim = office.claim(head["remittance_id"])
    assert claim["why"] == "lines"
    assert "is no line of the claim" in claim["doubts"][0]
    assert office.post(f"{path}/match", {}, claim["version"]).status == 422
    claim = office.claim(head["remittance_id"])
    reply = office.post(f"{path}/match", {"lines": {"0": ["1"]}}, claim["version"])
    assert reply.status == 200, reply.text
    assert one.balances() == {"1": [0, 0]}


def test_a_claim_that_was_never_sent_waits_until_it_is(office: Office) -> None:
    office.billed(state=ClaimState.CLEAN)
    office.take(file_835(clp("1000017", LINE_1, LINE_2)))
    [item] = office.get("/payments/unposted")["items"]
    assert item["why"] == "not-sent"


def test_a_parked_claim_leaves_its_cents_told(office: Office) -> None:
    office.take(file_835(clp("NOBODYS", LINE_1)))
    head = office.only_remittance()
    path = f"/payments/remittances/{head['remittance_id']}/claims/1"
    version = office.claim(head["remittance_id"])["version"]
    reply = office.post(f"{path}/park", {"reason": "Of the old system"}, version)
    assert reply.status == 200, reply.text
    assert (reply.json["state"], reply.json["reason"]) == ("parked", "Of the old system")
    head = office.only_remittance()
    assert (head["state"], head["parked"], head["unposted_amount"]) == ("exceptions", 1, 80_00)


def test_of_two_billers_at_once_one_reads_again(office: Office) -> None:
    office.take(file_835(clp("NOBODYS", LINE_1)))
    head = office.only_remittance()
    path = f"/payments/remittances/{head['remittance_id']}/claims/1"
    version = office.claim(head["remittance_id"])["version"]
    assert office.post(f"{path}/park", {"reason": "One"}, version).status == 200
    assert office.post(f"{path}/park", {"reason": "Two"}, version).status == 412


def test_un_posting_takes_everything_back_and_posting_again_puts_it_back(office: Office) -> None:
    one = office.billed()
    office.take(file_835(clp("1000017", LINE_1, LINE_2)))
    before = office.ledger(one.patient)
    head = office.only_remittance()
    path = f"/payments/remittances/{head['remittance_id']}/claims/1"
    version = office.claim(head["remittance_id"])["version"]
    reply = office.post(f"{path}/take-out", {"reason": "Of another patient"}, version)
    assert reply.status == 200, reply.text
    assert (reply.json["state"], reply.json["why"]) == ("held", "unposted")
    assert one.balances() == {"1": [150_00, 0], "2": [100_00, 0]}
    assert office.ledger(one.patient) == {Book.INSURANCE: 250_00, Book.CHARGES: -250_00}
    assert office.only_remittance()["unposted_amount"] == 140_00
    assert state_of(one) == ClaimState.REVERSED
    again = office.post(f"{path}/match", {}, reply.json["version"])
    assert again.status == 200, again.text
    assert office.ledger(one.patient) == before
    assert office.only_remittance()["state"] == "posted"


def test_a_takeback_and_its_correction(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", LINE_1), trace="T1"))
    back = svc("99213", -150_00, ("CO", "45", -50_00), ("PR", "3", -20_00), ref="1")
    anew = svc("99213", 150_00, ("CO", "45", 60_00), ("PR", "3", 25_00), ref="1")
    office.take(
        file_835(
            clp("1000017", back, status="22"),
            clp("1000017", anew, icn="ICN2"),
            trace="T2",
            plb=[("FB:T3", -15_00)],
        )
    )
    assert one.balances() == {"1": [0, 25_00]}
    assert state_of(one) == ClaimState.PAID
    rows = office.get("/payments/remittances")["remittances"]
    assert {row["state"] for row in rows} == {"posted"}
    assert office.get("/payments/unposted")["items"] == []


def test_a_takeback_that_comes_before_its_original_is_looked_at_until_that_comes(
    office: Office,
) -> None:
    one = office.billed(("99213", 150_00))
    back = svc("99213", -150_00, ("CO", "45", -50_00), ("PR", "3", -20_00), ref="1")
    office.take(file_835(clp("1000017", back, status="22"), trace="T2"))
    [item] = office.get("/payments/unposted")["items"]
    assert (item["why"], item["state"]) == ("taken-back-unknown", "posted")
    assert one.balances() == {"1": [230_00, 0]}
    office.take(file_835(clp("1000017", LINE_1), trace="T1"))
    assert one.balances() == {"1": [150_00, 0]}
    assert office.get("/payments/unposted")["items"] == []
    assert state_of(one) == ClaimState.REVERSED


def test_the_second_payer_gets_its_turn_and_closes_the_sheet(office: Office) -> None:
    one = office.billed(("99213", 150_00), payers=2, sent_to=2)
    office.take(file_835(clp("1000017", LINE_1, status="19"), trace="T1"))
    assert one.balances() == {"1": [20_00, 0]}
    [(_, passed, _)] = office.events("TurnPassed")
    assert (passed["turn"], passed["crossed_over"]) == (2, True)
    second = svc("99213", 150_00, ("OA", "23", 130_00))
    office.take(file_835(clp("1000017S2", second, status="2", icn="S"), trace="T2"))
    assert one.balances() == {"1": [0, 0]}
    sheet = get_sheet(office.practice, one.sheet)
    assert sheet is not None
    assert (sheet.status, int(sheet.turn)) == (SheetStatus.CLOSED, 0)
    assert state_of(one, 1) == ClaimState.PAID


def test_interest_and_recovery_go_to_their_books_and_clearing_to_nought(office: Office) -> None:
    office.billed(("99213", 150_00))
    plb = [("L6:1000017", -1_27), ("WO:OLD1", 30_00), ("CT", -500_00)]
    office.take(file_835(clp("1000017", LINE_1), plb=plb))
    head = office.only_remittance()
    assert (head["state"], head["unposted_amount"]) == ("posted", 0)
    books = {b: a.cents for b, a in office.books(head["remittance_id"]).items()}
    assert books == {
        Book.BANK: 80_00 + 1_27 - 30_00 + 500_00,
        Book.CLEARING: -80_00,
        Book.INTEREST: -1_27,
        Book.CARRIED: 30_00,
        Book.CAPITATION: -500_00,
    }


def test_a_payment_that_pays_nothing_is_posted_too(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    denied = svc("99213", 150_00, ("CO", "197", 150_00), ref="1")
    office.take(file_835(clp("1000017", denied, status="4"), trace="0"))
    assert office.only_remittance()["state"] == "posted"
    assert one.balances() == {"1": [150_00, 0]}
    assert state_of(one) == ClaimState.DENIED
    two = office.billed(("99213", 150_00), number="1000018")
    office.take(file_835(clp("1000018", denied, status="4"), trace="0"))
    assert state_of(two) == ClaimState.DENIED


def test_an_estimate_and_a_claim_passed_on_are_kept_and_not_posted(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    away = svc("99213", 150_00, ("OA", "B11", 150_00), ref="1")
    office.take(file_835(clp("1000017", away, status="23")))
    head = office.only_remittance()
    assert (head["state"], head["noted"]) == ("posted", 1)
    assert state_of(one) == ClaimState.ACCEPTED


def test_who_may_only_read_can_post_nothing(office: Office) -> None:
    desk = office.as_role(Role.FRONT_DESK)
    assert desk.send("GET", "/payments/remittances").status == 403
    assert desk.post("/payments/files", {"name": "x", "bytes": 1}).status == 403


def test_another_practice_sees_nothing_of_it(office: Office) -> None:
    office.billed()
    office.take(file_835(clp("1000017", LINE_1, LINE_2)))
    head = office.only_remittance()
    other = PracticeId.new()
    from caresmith.clock import SystemClock
    from caresmith.keystore import create_keys
    from tests.support.client import Caller

    create_keys(other, SystemClock())
    stranger = Office(other, small_practice(other), Caller(other, roles=(Role.BILLER,)))
    path = f"/payments/remittances/{head['remittance_id']}"
    assert stranger.send("GET", path).status == 404
    assert stranger.send("GET", f"{path}/claims").status == 404
    assert stranger.send("GET", f"{path}/claims/1").status == 404
    assert stranger.get("/payments/remittances")["remittances"] == []


def test_a_paper_remittance_is_posted_by_the_same_rules(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    line = {
        "code": "99213",
        "charge": 150_00,
        "paid": 80_00,
        "adjustments": [
            {"group": "CO", "reason": "45", "amount": 50_00},
            {"group": "PR", "reason": "3", "amount": 20_00},
        ],
    }
    claim = {
        "control_number": "1000017",
        "status": "1",
        "charge": 150_00,
        "paid": 80_00,
        "services": [line],
    }
    body = {
        "payer_name": "Lakeside",
        "trace": "Check 4711",
        "amount": 80_00,
        "paid_on": "2026-03-20",
        "claims": [claim],
    }
    wrong = office.post("/payments/remittances", {**body, "amount": 81_00})
    assert wrong.status == 422
    assert "the payment is $81.00" in wrong.json["errors"][0]["message"]
    made = office.post("/payments/remittances", body)
    assert made.status == 201, made.text
    office.run()
    assert one.balances() == {"1": [0, 20_00]}
    assert office.only_remittance()["state"] == "posted"
    assert office.post("/payments/remittances", body).status == 409
