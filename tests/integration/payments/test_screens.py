"""The console's pages of payments: what a biller sees, decides and types in."""

from __future__ import annotations

import re

import pytest

from caresmith.permissions import Role
from caresmith.records.revenue.claim import ClaimState
from tests.integration.payments.conftest import Office
from tests.support.client import Reply, call
from tests.support.practices import add_patient
from tests.support.remittances import clp, file_835, svc

BASE = "/console/payments"
PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")


def get(office: Office, path: str, **query: str) -> str:
    reply = call("GET", f"{BASE}{path}", caller=office.caller, query=query)
    assert reply.status == 200, reply.text[-1500:]
    return re.sub(r"\s+", " ", reply.text)


def submit(office: Office, path: str, **fields: str) -> Reply:
    return call("POST", f"{BASE}{path}", caller=office.caller, form=list(fields.items()))


def claim_path(office: Office) -> str:
    return f"/remittances/{office.only_remittance()['remittance_id']}/claims/1"


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def test_the_list_shows_what_is_posted_and_what_is_not(office: Office) -> None:
    assert "Everything is posted to the last cent." in get(office, "")
    office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    office.take(file_835(clp("NOBODYS", PAID, icn="ICN2"), trace="T2"))
    page = get(office, "")
    assert "LAKESIDE HEALTH PLAN" in page
    assert "Needs a biller" in page
    assert "Checked and taken." in page
    assert "1<span" in get(office, "/count")


def test_a_refused_file_is_shown_with_its_reason(office: Office) -> None:
    office.take(file_835(clp("1000017", PAID), amount=1_00))
    page = get(office, "")
    assert "Refused, and kept." in page
    assert "the payment (BPR02) is $1.00" in page


def test_a_claim_is_told_in_words_line_by_line(office: Office) -> None:
    patient = add_patient(office.practice, "Okafor", "Ada")
    office.billed(("99213", 150_00), patient=patient)
    office.take(file_835(clp("1000017", PAID), plb=[("L6:X", -1_27)]))
    head = get(office, f"/remittances/{office.only_remittance()['remittance_id']}")
    assert "Interest for paying late" in head
    assert "Processed as primary" in head
    page = get(office, claim_path(office))
    assert "Ada Okafor" in page
    assert "above the fee that contract or law allows (CO-45)" in page
    assert "$20.00 borne by the patient: copay (PR-3)" in page
    assert "How our lines stand" in page
    assert "$20.00 copay" in page


def test_a_biller_finds_the_claim_by_its_number(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("0", PAID)))
    path = claim_path(office)
    page = get(office, path)
    assert "No claim of ours has these numbers." in page
    wrong = submit(office, f"{path}/match", version=version(page), control_number="77")
    assert wrong.status == 422
    assert "No claim has this number." in wrong.text
    done = submit(office, f"{path}/match", version=version(page), control_number="1000017")
    assert done.status == 303, done.text[-1500:]
    assert one.balances() == {"1": [0, 20_00]}
    assert "Nothing waits here." in get(office, "/unposted")


def test_a_biller_picks_a_suggestion_by_name_day_and_charge(office: Office) -> None:
    patient = add_patient(office.practice, "Doe", "Jane")
    one = office.billed(("99213", 150_00), patient=patient)
    office.take(file_835(clp("0", PAID)))
    path = claim_path(office)
    page = get(office, path)
    assert "Jane Doe" in page
    assert "same day, same charge, same family name, same first name" in page
    submit(office, f"{path}/match", version=version(page), claim_id=one.claims[0])
    assert one.balances() == {"1": [0, 20_00]}


def test_a_biller_says_which_line_is_meant(office: Office) -> None:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", svc("99499", 150_00, ("CO", "45", 50_00)))))
    path = claim_path(office)
    page = get(office, path)
    assert "1: 99213 $150.00" in page
    done = submit(office, f"{path}/match", version=version(page), **{"line-0": "1"})
    assert done.status == 303, done.text[-1500:]
    assert one.balances() == {"1": [0, 0]}


def test_putting_aside_and_taking_out_ask_why(office: Office) -> None:
    office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID)))
    path = claim_path(office)
    page = get(office, path)
    assert submit(office, f"{path}/take-out", version=version(page), reason="").status == 422
    out = submit(office, f"{path}/take-out", version=version(page), reason="Another Jane")
    assert out.status == 303
    page = get(office, path)
    assert "Taken out again." in page
    assert "Another Jane" in page
    assert submit(office, f"{path}/park", version=version(page), reason="Later").status == 303
    stale = submit(office, f"{path}/park", version=version(page), reason="Later")
    assert stale.status == 412


def test_a_denial_is_worked_from_the_queue(office: Office) -> None:
    patient = add_patient(office.practice, "Okafor", "Ada")
    one = office.billed(("99213", 150_00), patient=patient)
    denied = svc("99213", 150_00, ("CO", "29", 150_00), ref="1")
    office.take(file_835(clp("1000017", denied, status="4")))
    queue = get(office, "/denials")
    assert "CO-29: Came after the time for filing" in queue
    assert "Okafor, Ada" in queue
    assert "1<span" in get(office, "/denials/count")
    path = f"/denials/{one.claims[0]}/1"
    page = get(office, path)
    assert "Look for proof of the first delivery" in page
    assert "Written off" not in page
    sent = submit(
        office, path, version=version(page), state="appealed", note="Sent by fax", letter="Please."
    )
    assert sent.status == 303, sent.text[-1500:]
    assert "Appealed. Sent by fax" in get(office, path)
    manager = office.as_role(Role.MANAGER)
    page = get(manager, path)
    refused = submit(manager, path, version=version(page), state="written-off")
    assert refused.status == 422
    assert "Say why it is given up." in refused.text


def test_root_causes_are_shown_by_month(office: Office) -> None:
    assert "Nothing was denied in that month." in get(office, "/causes")


def test_the_banks_export_is_pasted_and_joined(office: Office) -> None:
    office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID), plb=[("WO:OLD", 10_00)]))
    page = get(office, "/deposits")
    assert "Recovery of an overpayment" in page
    assert "LAKESIDE HEALTH PLAN" in page
    wrong = submit(office, "/deposits/import", csv="Date,Amount\n03/99/2026,1\n")
    assert wrong.status == 422
    assert "Line 2: the date is not written like" in wrong.text
    csv = "Date,Amount,Memo\n03/24/2026,70.00,Mobile deposit\n"
    assert submit(office, "/deposits/import", csv=csv).status == 303
    page = get(office, "/deposits")
    [(day, deposit)] = re.findall(r"/deposits/([\d-]+)/([0-9a-f]{24})/match", page)
    remittance = office.only_remittance()["remittance_id"]
    joined = submit(office, f"/deposits/{day}/{deposit}/match", remittance_id=remittance)
    assert joined.status == 303
    explained = submit(office, f"/carried/{remittance}/1", reason="Agreed by telephone")
    assert explained.status == 303
    assert "has come to its end" in get(office, "/deposits")


def test_a_paper_remittance_is_typed_in(office: Office) -> None:
    one = office.billed(("99213", 150_00), ("87880", 100_00))
    assert "No claim has the number 77." in get(office, "/paper", claims="1000017 77")
    fields = {
        "claims": "1000017",
        "payer_name": "Lakeside",
        "method": "CHK",
        "trace": "4711",
        "paid_on": "2026-03-20",
        "amount": "80",
        "paid-1000017-1": "80.00",
        "CO-45-1000017-1": "50",
        "PR-3-1000017-1": "19.99",
        "other-1000017-2": "CO-97",
        "other-amount-1000017-2": "100",
    }
    wrong = submit(office, "/paper", **fields)
    assert wrong.status == 422
    assert "$0.01 of $150.00 are not accounted for." in wrong.text
    assert 'value="19.99"' in wrong.text, "what was typed is kept"
    done = submit(office, "/paper", **{**fields, "PR-3-1000017-1": "20"})
    assert done.status == 303, done.text[-1500:]
    office.run()
    assert one.balances() == {"1": [0, 20_00], "2": [100_00, 0]}
    assert "CO-97: Included in the payment of another service" in get(office, "/denials")


def test_the_desk_opens_none_of_these_pages(office: Office) -> None:
    desk = office.as_role(Role.FRONT_DESK)
    for path in ("", "/unposted", "/denials", "/causes", "/deposits", "/paper"):
        assert call("GET", f"{BASE}{path}", caller=desk.caller).status == 403


@pytest.mark.parametrize("state", [ClaimState.HELD, ClaimState.APPROVED])
def test_a_claim_that_is_not_out_says_so(office: Office, state: ClaimState) -> None:
    office.billed(("99213", 150_00), state=state)
    office.take(file_835(clp("1000017", PAID)))
    assert "The claim has not been sent" in get(office, "/unposted")


def test_the_payers_in_turn_are_shown_and_the_next_is_given_up_or_billed(office: Office) -> None:
    patient = add_patient(office.practice, "Okafor", "Ada")
    one = office.billed(("99213", 150_00), payers=2, patient=patient)
    turns = f"/sheets/{one.sheet}/turns"
    assert "Who pays" not in get(office, turns)
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    page = get(office, turns)
    assert "it is its turn" in page
    assert "Do not wait for" in page
    empty = submit(office, f"{turns}/give-up", turn="2", reason="")
    assert empty.status == 422
    assert "Why it is not waited for" in empty.text
    assert one.balances() == {"1": [20_00, 0]}
    given_up = submit(office, f"{turns}/give-up", turn="2", reason="It had ended")
    assert (given_up.status, one.balances()) == (200, {"1": [0, 20_00]})
    assert "is not waited for" in given_up.text
    billed = submit(office, f"{turns}/bill-next", reason="It had not")
    assert (billed.status, one.balances()) == (200, {"1": [20_00, 0]})
    assert "it is its turn" in billed.text


def test_the_front_desk_neither_sees_nor_changes_whose_turn_it_is(office: Office) -> None:
    one = office.billed(("99213", 150_00), payers=2)
    office.take(file_835(clp("1000017", PAID), trace="T1"))
    desk = office.as_role(Role.FRONT_DESK)
    turns = f"/sheets/{one.sheet}/turns"
    assert call("GET", f"{BASE}{turns}", caller=desk.caller).status == 403
    assert submit(desk, f"{turns}/give-up", turn="2", reason="x").status == 403
    assert submit(desk, f"{turns}/bill-next", reason="x").status == 403
    assert one.balances() == {"1": [20_00, 0]}
