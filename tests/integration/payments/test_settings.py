"""How remittances are taken: at once or after a look, until when is appealed, who may pay us."""

from __future__ import annotations

import re

import pytest

from caresmith.permissions import Role
from tests.integration.payments.conftest import Office
from tests.support.client import Reply, call
from tests.support.remittances import clp, file_835, svc

PAGE = "/console/payments/settings"
PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")


def shown(office: Office, path: str = PAGE) -> str:
    reply = call("GET", path, caller=office.caller)
    assert reply.status == 200, reply.text[-1500:]
    return re.sub(r"\s+", " ", reply.text)


def save(office: Office, version: int = 0, **fields: str) -> Reply:
    given = {"version": str(version), "appeal_days": "90", **fields}
    return call("POST", PAGE, caller=office.caller, form=list(given.items()))


@pytest.fixture
def manager(office: Office) -> Office:
    return office.as_role(Role.MANAGER)


def test_what_is_saved_is_shown_and_counts(office: Office, manager: Office) -> None:
    done = save(
        manager,
        appeal_days="45",
        answer_days="30",
        write_off_alone_cents="1,000",
        post_by_itself="true",
        tax_ids="36-1234567, 361234568",
    )
    assert (done.status, done.headers["location"]) == (303, f"{PAGE}#saved")
    kept = office.get("/payments/settings")
    assert kept["settings"] == {
        "tax_ids": ["361234567", "361234568"],
        "npis": [],
        "appeal_days": 45,
        "answer_days": 30,
        "write_off_alone_cents": 1_000_00,
        "post_by_itself": True,
    }
    page = shown(manager)
    assert 'value="45"' in page
    assert 'value="1,000.00"' in page
    assert 'value="361234567 361234568"' in page
    office.billed(("99213", 150_00))
    denied = svc("99213", 150_00, ("CO", "197", 150_00), ref="1")
    office.take(file_835(clp("1000017", denied, status="4")))
    [denial] = office.get("/payments/denials")["denials"]
    assert denial["due_on"] == "2026-05-04"


def test_with_review_nothing_is_posted_before_it_is_approved(
    office: Office, manager: Office
) -> None:
    assert save(manager).status == 303
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", PAID)))
    head = office.only_remittance()
    assert (head["state"], head["posted"]) == ("review", 0)
    assert one.balances() == {"1": [150_00, 0]}
    assert "Waits for approval" in shown(office, "/console/payments")
    assert "1<span" in shown(office, "/console/payments/count")
    path = f"/console/payments/remittances/{head['remittance_id']}"
    assert "Approve and post it" in shown(office, path)
    # Told a second time, it is still waiting for the same approval.
    [(kind, detail, _)] = office.events("RemittanceFiled")
    office.tell(kind, detail)
    assert call("POST", f"{path}/post", caller=office.caller, form=[]).status == 303
    assert one.balances() == {"1": [0, 20_00]}
    assert office.only_remittance()["state"] == "posted"
    # And told once more after that, what is posted stays posted.
    office.tell(kind, detail)
    assert office.only_remittance()["state"] == "posted"
    assert "0<span" not in shown(office, "/console/payments/count")


def test_a_claim_that_a_biller_sees_to_leaves_the_rest_waiting(
    office: Office, manager: Office
) -> None:
    assert save(manager).status == 303
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("0", PAID), clp("1000017", PAID, icn="I2")))
    remittance = office.only_remittance()["remittance_id"]
    claim = office.claim(remittance)
    match = f"/payments/remittances/{remittance}/claims/1/park"
    assert office.post(match, {"reason": "Not ours"}, claim["version"]).status == 200
    assert office.only_remittance()["state"] == "review"
    assert office.post(f"/payments/remittances/{remittance}/post").status == 200
    assert one.balances() == {"1": [0, 20_00]}
    assert office.only_remittance()["state"] == "exceptions"


def test_the_directorys_days_are_shown_and_are_said_to_win(office: Office, manager: Office) -> None:
    payer = office.add_payer("Lake Mutual", appeal_days=30)
    page = shown(manager)
    assert f'<a href="/console/coverage/payers/{payer}">Lake Mutual</a></td>' in page
    assert '<td class="text-end">30</td>' in page
    assert "win over the days beside" in page


def test_a_biller_reads_them_and_only_a_manager_changes_them(
    office: Office, manager: Office
) -> None:
    page = shown(office)
    assert "What is certain is posted at once" in page
    assert '<button class="btn btn-primary" type="submit">Save' not in page
    assert save(office).status == 403
    assert office.send("PUT", "/payments/settings", {}, 0).status == 403
    assert office.get("/payments/settings")["version"] == 0


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("appeal_days", "0", "A whole number of days, from 1 to 3650."),
        ("appeal_days", "", "A whole number of days, from 1 to 3650."),
        ("tax_ids", "12345", "A tax ID has nine digits, like 36-1234567."),
        ("npis", "1234567893 12", "An NPI has ten digits."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_changes_nothing(
    manager: Office, field: str, value: str, said: str
) -> None:
    refused = save(manager, **{field: value})
    assert refused.status == 422
    assert said in refused.text
    assert f'value="{value}"' in refused.text
    assert manager.get("/payments/settings")["version"] == 0


def test_of_two_who_change_them_one_reads_again(manager: Office) -> None:
    assert save(manager).status == 303
    assert save(manager).status == 412
