"""What keeps being denied becomes a rule of the scrubber by one click, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from caresmith.clock import FixedClock, time_runs_on
from caresmith.ids import PatientId, PayerId, PracticeId
from caresmith.permissions import Role
from caresmith.records.revenue.claim import ClaimItem, get_claim
from caresmith.records.revenue.payer import PayerItem, payers_key
from tests.integration.payments.conftest import Office
from tests.support.billing_office import NOW, BillingOffice, billing_office, visit_line
from tests.support.client import Caller, Reply, call
from tests.support.forgetting import forget_secrets
from tests.support.remittances import clp, file_835, svc

CAUSES = "/console/payments/causes"
RULES = "/console/claims/rules"
MONTH = "2026-03"


@dataclass
class Desk:
    """A biller who reads what is denied and sends claims."""

    remittances: Office
    claims: BillingOffice
    payer: PayerId
    patient: PatientId

    def denied(self, times: int = 3, code: str = "99213", carc: str = "197") -> None:
        answers = []
        for number in (f"{code}{carc}{place}" for place in range(times)):
            one = self.remittances.billed((code, 150_00), number=number)
            claim = get_claim(self.remittances.practice, one.claims[0])
            assert claim is not None
            claim.update(actions=[ClaimItem.payer_id.set(self.payer)])
            line = svc(code, 150_00, ("CO", carc, 150_00), ref="1")
            answers.append(clp(number, line, status="4", icn=number))
        self.remittances.take(file_835(*answers))

    def page(self) -> str:
        reply = call("GET", CAUSES, caller=self.remittances.caller, query={"month": MONTH})
        assert reply.status == 200, reply.text[-1500:]
        return re.sub(r"\s+", " ", reply.text)

    def form(self, button: str) -> tuple[str, list[tuple[str, str]]]:
        """Where the form of that button goes, and its fields."""
        for action, inside in re.findall(
            r'<form method="post" action="([^"]+)">(.*?)</form>', self.page()
        ):
            if f">{button}<" in inside:
                found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', inside)
                return action, [(name, unescape(value)) for name, value in found]
        raise AssertionError(button)

    def press(self, button: str) -> Reply:
        action, fields = self.form(button)
        return self.send(action, fields)

    def send(self, action: str, fields: list[tuple[str, str]], **more: Any) -> Reply:
        caller = more.get("caller", self.remittances.caller)
        return call("POST", action, caller=caller, form=fields)

    def next_claim(self, code: str = "99213") -> Any:
        cover = self.claims.cover(self.patient)
        sheet = self.claims.released(self.patient, cover, lines=(visit_line(code=code),))
        return self.claims.read(self.claims.claim(sheet))

    def rules(self) -> Any:
        return self.claims.get("/claims/payer-rules")["rules"]


@pytest.fixture
def desk(practice: PracticeId) -> Iterator[Desk]:
    clock = FixedClock(NOW)
    forget_secrets()
    with time_runs_on(clock):
        claims = billing_office(practice, clock)
        caller = Caller(practice, roles=(Role.BILLER,))
        office = Office(practice, claims.small, caller)
        yield Desk(office, claims, claims.payers["Acme Health"], claims.patient())


HOLD = "Hold such claims from now on"


def fired(read: Any) -> list[tuple[str, str, str]]:
    return [
        (one["severity"], one["title"], one["message"])
        for one in read["findings"]
        if one["edit"].startswith("PAYER-")
    ]


def test_one_click_makes_the_rule_and_the_next_claim_that_fits_is_held_by_it(desk: Desk) -> None:
    assert desk.next_claim()["state"] == "clean"
    desk.denied()
    done = desk.press(HOLD)
    assert (done.status, done.headers["location"]) == (
        303,
        f"{CAUSES}?month={MONTH}&by=cause#saved",
    )
    [rule] = desk.rules()
    assert rule["rule"]["origin"] == {
        "kind": "denials",
        "document": None,
        "carc": "197",
        "denials": 3,
    }
    assert rule["rule"]["title"] == "99213 at Acme Health: No prior authorization"
    assert rule["sentence"] == "Where the code is 99213, a prior authorization is needed."
    page = desk.page()
    assert f'<a href="{RULES}/{rule["rule"]["id"]}">{rule["rule"]["title"]}</a>' in page
    assert f">{HOLD}<" not in page
    held = desk.next_claim()
    assert held["state"] == "held"
    said = (
        "Acme Health denied 99213 3 times in 2026-03 ($450.00), CARC 197: No prior authorization."
    )
    assert fired(held) == [("warning", rule["rule"]["title"], said)]
    assert desk.next_claim("99214")["state"] == "clean"


def test_what_no_rule_can_tell_from_the_claim_waits_for_a_biller(desk: Desk) -> None:
    desk.denied(carc="50")
    assert desk.press(HOLD).status == 303
    [rule] = desk.rules()
    assert rule["sentence"] == "Where the code is 99213, a biller has to look at it first."
    assert desk.next_claim()["state"] == "held"


def test_clicked_twice_it_is_one_rule(desk: Desk) -> None:
    desk.denied()
    action, fields = desk.form(HOLD)
    assert [desk.send(action, fields).status for _ in range(2)] == [303, 303]
    [rule] = desk.rules()
    assert rule["version"] == 1


def test_undone_there_is_no_rule_and_it_can_be_made_again(desk: Desk) -> None:
    desk.denied()
    desk.press(HOLD)
    action, fields = desk.form("Undo")
    assert desk.send(action, fields).status == 303
    assert desk.rules() == []
    assert desk.next_claim()["state"] == "clean"
    # Undone already: nothing is to be said of it.
    assert desk.send(action, fields).status == 303
    assert desk.press(HOLD).status == 303
    assert len(desk.rules()) == 1


def test_a_rule_that_people_have_worked_on_is_only_switched_off_and_on(desk: Desk) -> None:
    desk.denied()
    desk.press(HOLD)
    stale = desk.form("Undo")
    [rule] = desk.rules()
    changed = rule["rule"] | {"severity": "error"}
    saved = call(
        "PUT",
        f"/claims/payer-rules/{rule['rule']['id']}",
        caller=desk.remittances.caller,
        json_body=changed,
        headers={"If-Match": '"1"'},
    )
    assert saved.status == 200, saved.text
    assert desk.send(*stale).status == 412
    assert desk.press("Switch it off").status == 303
    [off] = desk.rules()
    assert (off["rule"]["active"], off["rule"]["severity"]) == (False, "error")
    assert desk.press(HOLD).status == 303
    [again] = desk.rules()
    assert (again["rule"]["active"], again["rule"]["severity"]) == (True, "error")


def test_a_rule_that_no_denial_has_led_to_is_not_undone(desk: Desk) -> None:
    own = {
        "id": "own",
        "title": "My own rule",
        "when": {"kind": "code", "codes": ["99213"]},
        "requires": {"kind": "needs-note"},
    }
    assert desk.claims.post("/claims/payer-rules", own).status == 201
    assert desk.send(f"{RULES}/own/undo", [("version", "1")]).status == 404
    assert len(desk.rules()) == 1


def test_who_may_not_make_rules_sees_what_is_denied_and_no_button(desk: Desk) -> None:
    desk.denied()
    action, fields = desk.form(HOLD)
    front = Caller(desk.remittances.practice, roles=(Role.FRONT_DESK,))
    assert desk.send(action, fields, caller=front).status == 403
    assert desk.rules() == []


def test_of_a_payer_who_has_left_the_directory_no_rule_is_made(desk: Desk) -> None:
    desk.denied()
    action, fields = desk.form(HOLD)
    PayerItem.get(payers_key(desk.remittances.practice), desk.payer).delete()
    refused = desk.send(action, fields)
    assert refused.status == 422
    assert "no payer of the directory" in refused.text
    assert desk.rules() == []
    assert f">{HOLD}<" not in desk.page()
    assert "A payer who is not in the directory" in desk.page()


@pytest.mark.parametrize(
    ("field", "value"),
    [("first_code", "9921"), ("last_code", "99212"), ("carc", "<b>"), ("denials", "0")],
)
def test_what_makes_no_rule_is_told_and_nothing_is_made(desk: Desk, field: str, value: str) -> None:
    desk.denied()
    action, fields = desk.form(HOLD)
    wrong = [(name, value if name == field else given) for name, given in fields]
    refused = desk.send(action, wrong)
    assert refused.status == 422
    assert "alert" in refused.text
    assert desk.rules() == []
