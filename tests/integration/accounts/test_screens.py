"""The console's pages of accounts: each opens, says what is so, and its forms do what they say."""

from __future__ import annotations

import datetime as dt
import html
import re
from html import unescape
from typing import Any

import pytest

from caresmith.ids import PatientId
from caresmith.permissions import Role
from tests.integration.accounts.conftest import DAY, Office
from tests.support.client import Reply, call

BASE = "/console/accounts"


def seen(office: Office, path: str) -> str:
    reply = call("GET", path, caller=office.caller)
    assert reply.status == 200, reply.text[:500]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", reply.text)).split())


def sent(office: Office, path: str, **fields: Any) -> Reply:
    return call("POST", path, caller=office.caller, form=[(k, str(v)) for k, v in fields.items()])


def of(patient: PatientId, path: str = "") -> str:
    return f"{BASE}/patients/{patient}{path}"


def hidden(office: Office, path: str, name: str) -> str:
    """What the page's form carries along under that name."""
    text = call("GET", path, caller=office.caller).text
    found = re.search(rf'name="{name}" value="([^"]+)"', text)
    assert found, name
    return found.group(1)


def test_the_account_says_who_owes_what_and_why(office: Office) -> None:
    patient = office.patient()
    sheet = office.biller.charge(patient, 150_00, 40_00, day=DAY, codes=("99213", "80053"))
    office.biller.adjudicate(sheet, "1", paid=85_00, off=40_00, share=25_00, day=DAY)
    page = seen(office, of(patient))
    assert "Office visit 99213" in page
    assert "$25.00 left to the patient: copay" in page
    assert "Insurance paid $85.00; $40.00 taken off as agreed with the insurance" in page
    assert "$25.00 is the patient's to pay (copay)" in page


def test_a_payment_is_taken_on_the_page_once_and_has_a_receipt(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 80_00)
    fields = {
        "payment_id": hidden(office, of(patient), "payment_id"),
        "amount": "50.00",
        "method": "check",
        "reference": "1044",
        "apply": "oldest",
    }
    first, again = (sent(office, of(patient, "/pay"), **fields) for _ in range(2))
    assert (first.status, first.headers["location"]) == (303, again.headers["location"])
    page = seen(office, first.headers["location"])
    assert "Payment of $50.00" in page
    assert "Still due $30.00" in page
    receipt = call("GET", first.headers["location"] + "/receipt", caller=office.caller)
    assert (receipt.status, receipt.headers["content-type"]) == (200, "application/pdf")
    assert receipt.text.startswith("%PDF")


def test_what_is_written_wrongly_is_said_beside_the_field_and_kept(office: Office) -> None:
    patient = office.patient()
    reply = sent(office, of(patient, "/pay"), amount="fifty", method="cash", apply="oldest")
    assert reply.status == 422
    assert "Write dollars and cents, like 25.00." in reply.text
    assert 'value="fifty"' in reply.text
    check = sent(office, of(patient, "/pay"), amount="50", method="check", apply="oldest")
    assert "a check has a number" in check.text.casefold()
    assert office.account(patient)["payments"] == []


def test_money_goes_onto_chosen_lines(office: Office) -> None:
    patient = office.patient()
    sheet = office.owes(patient, 30_00, 20_00)
    reply = sent(
        office,
        of(patient, "/pay"),
        amount="20",
        method="cash",
        apply="lines",
        **{f"share.{sheet}.1": "", f"share.{sheet}.2": "20.00"},
    )
    assert reply.status == 303, reply.text
    lines = office.account(patient)["visits"][0]["lines"]
    assert [line["patient_owes"] for line in lines] == [30_00, 0]


def test_every_act_of_a_payment_has_its_form(office: Office) -> None:
    patient, other = office.patient(), office.patient(given="Kim")
    sheet = office.owes(patient, 30_00)
    paid = office.pay(patient, 100_00, "check", reference="7")
    at = of(patient, f"/payments/{paid['payment_id']}")
    assert sent(office, f"{at}/take-off", line=f"{sheet}.1").status == 303
    assert office.account(patient)["patient_owes"] == 30_00
    assert sent(office, f"{at}/apply", line=f"{sheet}.1", amount="10.00").status == 303
    assert sent(office, f"{at}/apply", line="", amount="").status == 303
    assert office.account(patient)["patient_owes"] == 0
    refund = {"amount": "20", "method": "check", "reason": "Asked for"}
    assert sent(office, f"{at}/refund", **refund).status == 303
    unknown = sent(office, f"{at}/transfer", mrn="NOBODY", amount="1", reason="x")
    assert (unknown.status, "No patient has this record number." in unknown.text) == (422, True)
    mrn = seen(office, of(other)).split("MRN ")[1].split()[0]
    assert mrn
    assert sent(office, f"{at}/void", reason="Wrong").status == 409
    assert sent(office, f"{at}/returned", reason="").status == 422
    assert office.verified().differences == []


def test_adjustments_plans_and_statements_have_their_forms(office: Office) -> None:
    patient = office.patient()
    office.owes(patient, 300_00)
    assert sent(office, of(patient, "/adjust"), reason="PROMP").status == 303
    assert office.account(patient)["patient_owes"] == 270_00
    assert sent(office, of(patient, "/adjust"), reason="").status == 422
    assert sent(office, of(patient, "/statements")).status == 303
    statement = re.search(
        r"/statements/(stm_\w+)", call("GET", of(patient), caller=office.caller).text
    )
    assert statement
    pdf = call("GET", of(patient, f"/statements/{statement.group(1)}"), caller=office.caller)
    assert pdf.text.startswith("%PDF")
    assert call("GET", of(patient, "/statements/preview"), caller=office.caller).status == 200
    assert sent(office, of(patient, "/billing"), hold="true").status == 303
    first = (DAY + dt.timedelta(days=20)).isoformat()
    assert sent(office, of(patient, "/plans"), months="6", first_due=first).status == 303
    assert "next $45.00 on 03/26/2026" in seen(office, of(patient))
    assert sent(office, of(patient, "/plans"), months="6", first_due=first).status == 409
    assert call("GET", of(patient, "/print"), caller=office.caller).text.startswith("%PDF")


def test_the_days_end_is_closed_on_its_page(office: Office) -> None:
    office.pay(office.patient(), 25_00)
    page = f"{BASE}/days/{DAY}"
    assert "the books say $125.00" in seen(office, page)
    count = {"cash": "124", "checks": "0", "terminal": "0.00"}
    refused = sent(office, f"{page}/close", **count)
    assert (refused.status, "cash -$1.00" in refused.text) == (422, True)
    assert sent(office, f"{page}/close", **count, why="A dollar is missing").status == 303
    assert "A dollar is missing" in seen(office, page)
    for name in ("report", "csv"):
        assert call("GET", f"{page}/{name}", caller=office.caller).status == 200
    assert sent(office, f"{page}/reopen", reason="Found it").status == 303
    assert "Opened again" in seen(office, page)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/statements",
        "/approvals",
        "/collections",
        "/days",
        "/rules",
        "/rules/reasons",
        "?by=service",
    ],
)
def test_every_page_of_the_office_opens_with_something_and_with_nothing(
    office: Office, path: str
) -> None:
    target, _, query = path.partition("?")
    for _ in range(2):
        given = {"by": "service"} if query else {}
        assert call("GET", BASE + target, caller=office.caller, query=given).status == 200
        patient = office.patient()
        office.owes(patient, 900_00)
        office.as_role(Role.BILLER).post(
            f"/accounts/patients/{patient}/adjustments", {"reason": "BADDE"}
        )


def test_the_rules_are_changed_on_their_page(office: Office) -> None:
    text = call("GET", f"{BASE}/rules", caller=office.caller).text
    fields = dict(re.findall(r'name="([\w.]+)"[^>]*value="([^"]*)"', text))
    fields |= {"aging_by": "service", "least": "7.50", "notify": "true", "active": "true"}
    fields.pop("csrf_token", None)
    assert sent(office, f"{BASE}/rules", **fields).status == 303
    rules = office.get("/accounts/rules")
    assert (rules["statements"]["least_cents"], rules["aging_by"]) == (7_50, "service")
    stale = sent(office, f"{BASE}/rules", **fields)
    assert stale.status == 412
    wrong = sent(office, f"{BASE}/rules", **{**fields, "every_days": "1", "version": "1"})
    assert wrong.status == 422


def reasons_form(office: Office) -> dict[str, str]:
    """The page's form as it would be sent with nothing changed."""
    text = html.unescape(call("GET", f"{BASE}/rules/reasons", caller=office.caller).text)
    fields = dict(re.findall(r'<input[^>]*name="([\w.]+)"[^>]*value="([^"]*)"', text))
    boxes = dict.fromkeys(re.findall(r'checkbox"[^>]*name="([\w.]+)"[^>]*checked', text), "true")
    unchecked = [name for name in fields if name.endswith(".active") and name not in boxes]
    chosen = re.findall(
        r'<select[^>]*name="([\w.]+)"[^>]*>(?:(?!</select>).)*?value="([\w-]+)" selected',
        text,
        re.DOTALL,
    )
    words = re.findall(r'<textarea[^>]*name="([\w.]+)"[^>]*>([^<]*)</textarea>', text)
    found = {**fields, **dict(chosen), **dict(words)}
    return {name: v for name, v in found.items() if name not in ("csrf_token", *unchecked)}


def test_reasons_the_scale_and_the_words_are_changed_on_their_page(office: Office) -> None:
    before = office.get("/accounts/rules")
    fields = reasons_form(office)
    assert sent(office, f"{BASE}/rules/reasons", **fields).status == 303
    assert office.get("/accounts/rules") == before
    new = len(before["reasons"])
    fields = reasons_form(office) | {
        f"reasons.{new}.code": "STAFF",
        f"reasons.{new}.words": "Discount for our staff",
        f"reasons.{new}.meaning": "courtesy",
        f"reasons.{new}.percent": "50",
        f"reasons.{new}.active": "true",
        "year": "2026",
        "first_person": "16,000.00",
        "steps.3.up_to_percent": "250",
        "steps.3.discount_percent": "25",
        "messages.3.text": "Truly the last one.",
    }
    fields.pop("reasons.1.active")
    assert sent(office, f"{BASE}/rules/reasons", **fields).status == 303
    after = office.get("/accounts/rules")
    assert [one["code"] for one in after["reasons"] if not one["active"]] == ["COURT"]
    assert after["reasons"][-1]["percent"] == 50
    assert (after["sliding"]["first_person_cents"], len(after["sliding"]["steps"])) == (
        16_000_00,
        4,
    )
    assert after["statements"]["messages"][-1] == "Truly the last one."
    assert after["limits"] == before["limits"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reasons.0.code": "OTHER"}, "SMALL is not taken out, it is put out of use"),
        ({"reasons.0.meaning": "bad-debt"}, "what SMALL means stays"),
        ({"reasons.1.code": "SMALL"}, "this code is in the list already"),
        ({"reasons.1.percent": "110"}, "less than or equal to 100"),
        ({"steps.1.up_to_percent": "90"}, "each step goes further"),
        ({"first_person": "much"}, "Write dollars and cents"),
    ],
)
def test_a_list_of_reasons_that_cannot_be_is_refused_beside_its_field(
    office: Office, wrong: dict[str, str], said: str
) -> None:
    before = office.get("/accounts/rules")
    reply = sent(office, f"{BASE}/rules/reasons", **(reasons_form(office) | wrong))
    assert (reply.status, said.lower() in html.unescape(reply.text).lower()) == (422, True)
    assert office.get("/accounts/rules") == before


def test_an_estimate_is_made_on_its_page(office: Office) -> None:
    patient = office.patient()
    assert seen(office, of(patient, "/estimates/new"))
    reply = sent(
        office,
        of(patient, "/estimates"),
        service="Check-up",
        provider_id=office.small.ana,
        service_day="2026-04-02",
        scheduled_on="2026-03-06",
        diagnoses="Z0000 E119",
        **{"items.0.code": "99396", "items.0.charge": "180.00", "items.0.units": "1"},
    )
    assert reply.status == 303, reply.text
    assert "Check-up : $180.00" in seen(office, of(patient))
    wrong = sent(office, of(patient, "/estimates"), service="Check-up")
    assert wrong.status == 422


def test_the_desk_takes_payments_and_gives_up_nothing(office: Office) -> None:
    desk = office.as_role(Role.FRONT_DESK)
    patient = office.patient()
    office.owes(patient, 10_00)
    page = seen(desk, of(patient))
    assert "Take a payment" in page
    assert "Give up what is owed" not in page
    assert call("GET", BASE, caller=desk.caller).status == 403
