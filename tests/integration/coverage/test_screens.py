"""The console's pages of coverage: what stands there, and what their forms do."""

from __future__ import annotations

from typing import Any

from caresmith.permissions import Role
from tests.integration.coverage.conftest import Covered, Practice
from tests.support.client import Caller, Reply, call
from tests.support.payer_desk import ACTIVE, INACTIVE, benefits, http, rejected

HOME = "/console/coverage"


def page(office: Practice, path: str, caller: Caller | None = None) -> str:
    reply = call("GET", path, caller=caller or office.desk)
    assert reply.status == 200, reply.text
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    return reply.text


def send(office: Practice, path: str, caller: Caller | None = None, **fields: Any) -> Reply:
    form = [(name.replace("__", "."), str(value)) for name, value in fields.items()]
    return call("POST", path, caller=caller or office.desk, form=form)


def at(covered: Covered) -> str:
    return f"/console{covered.path}"


def test_verify_now_leads_to_the_answer(office: Practice) -> None:
    covered = office.covered()
    assert "never asked" in page(office, at(covered))
    sent = send(office, f"{at(covered)}/verify")
    assert (sent.status, sent.headers["location"]) == (303, at(covered))
    shown = page(office, at(covered))
    for text in ("Active", "GOLD PLAN", "$25.00", "20%", "$412.50", "The answer as it came"):
        assert text in shown, text


def test_a_rejection_is_shown_with_what_to_correct(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(rejected("72"))
    send(office, f"{at(covered)}/verify")
    shown = page(office, at(covered))
    assert "The member ID is missing or not valid." in shown
    assert "character by character" in shown


def test_differences_other_insurance_and_messages_are_shown(office: Practice) -> None:
    covered = office.covered()
    other = ("EB*R**30*C1", "LS*2120", "NM1*PRP*2*OTHER HEALTH", "LE*2120")
    lines = (*ACTIVE, "EB*D**98", "MSG*<b>CALL US</b>", *other)
    office.payer.answers_with(benefits(*lines, member="NEW777"))
    send(office, f"{at(covered)}/verify")
    shown = page(office, at(covered))
    assert "The payer knows of other insurance." in shown
    assert "OTHER HEALTH, pays first" in shown
    assert "&lt;b&gt;CALL US&lt;/b&gt;" in shown
    assert "Take over" in shown
    taken = send(
        office,
        f"/console/patients/{covered.patient_id}/coverages/{covered.coverage_id}/take-over",
        member_id="NEW777",
        version=1,
    )
    assert taken.status == 303
    assert taken.headers["location"] == f"{at(covered)}#saved"
    shown = page(office, at(covered))
    assert "Member NEW777" in shown
    assert "The policy was changed since." in shown


def test_the_chart_has_each_policy_s_badge_and_the_visit_s_panel_too(office: Practice) -> None:
    covered = office.covered()
    covered.verified()
    chart = page(office, f"/console/patients/{covered.patient_id}")
    assert f"/console/coverage/patients/{covered.patient_id}/fragment" in chart
    part = page(office, f"{HOME}/patients/{covered.patient_id}/fragment")
    assert "Active" in part
    assert "$25.00" in part
    assert "Copay" in page(office, f"{HOME}/patients/{covered.patient_id}/badge")


def test_the_work_list_says_what_to_do_and_its_forms_do_it(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(benefits(*INACTIVE), benefits())
    covered.verified()
    assert ">1<" in page(office, f"{HOME}/count").replace("\n", "")
    shown = page(office, HOME)
    assert "Example, Ana" in shown
    assert "Ask the patient for the new card" in shown
    line = f"{HOME}/work/{covered.coverage_id}"
    assert send(office, f"{line}/assign", version=1, to_me="true").status == 303
    assert "Give it back" in page(office, HOME)
    assert send(office, f"{line}/done", version=1).status == 412
    again = send(office, f"{at(covered)}/verify", force="true", back="work")
    assert again.headers["location"] == f"{HOME}#saved"
    assert "Nothing waits" in page(office, HOME)


def test_a_line_is_done_with_its_reason(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(http(503))
    covered.verified()
    done = send(office, f"{HOME}/work/{covered.coverage_id}/done", version=1, because="not-needed")
    assert done.status == 303
    assert office.work() == []


def test_a_call_is_written_down_or_the_field_that_is_wrong_is_named(office: Practice) -> None:
    covered = office.covered()
    wrong = send(office, f"{at(covered)}/telephone", outcome="active")
    assert wrong.status == 422
    assert "give the call" in wrong.text
    said = {"outcome": "active", "reference": "C-9", "spoke_with": "Kim"}
    assert send(office, f"{at(covered)}/telephone", **said).status == 303
    shown = page(office, at(covered))
    assert "Call C-9" in shown
    assert "Spoke with Kim" in shown


def test_an_earlier_check_is_shown_as_one(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(benefits(*INACTIVE), benefits())
    old = covered.verified()
    covered.verified(force=True)
    shown = page(office, f"{at(covered)}/checks/{old['eligibility_id']}")
    assert "This is what was found on" in shown
    assert "Not active" in shown


PAYER = {
    "name": "Blue Cross of Illinois",
    "wire_id": "00621",
    "type": "blue",
    "filing": "BL",
    "ways__eligibility": "electronic",
    "ways__claims": "electronic",
    "ways__status": "portal",
    "ways__remittance": "electronic",
    "aliases": "BCBS-IL\r\nBlue Cross IL",
    "authorization_codes": "70551-70553, j0178",
    "referral_codes": "99241-99245",
    "member_id_forms": "w######## @@@*****",
    "wants_ndc": "true",
    "wants_address": "true",
    "no_consultations": "true",
    "address__lines__0": "PO Box 1",
    "address__city": "Chicago",
    "address__state": "IL",
    "address__postal_code": "60601",
    "tax_ids": "36-1234567, 361234568",
    "telehealth__modifier": "",
    "telehealth__place": "02",
    "bilateral": "rt-and-lt",
    "timely_days": "180",
    "assignment": "true",
    "active": "true",
}


def test_a_payer_is_entered_on_its_page_and_shown_again(office: Practice) -> None:
    assert "Payer ID" in page(office, f"{HOME}/payers/new", office.biller)
    sent = send(office, f"{HOME}/payers/new", office.biller, **PAYER)
    assert sent.status == 303, sent.text
    found = office.get("/coverage/payers/search", query={"text": "blue"})["payers"]
    [made] = found
    facts = made["facts"]
    assert facts["aliases"] == ["BCBS-IL", "Blue Cross IL"]
    assert facts["authorization_codes"] == ["70551-70553", "J0178"]
    assert facts["tax_ids"] == ["361234567", "361234568"]
    assert facts["telehealth"] == {"modifier": "", "place": "02"}
    assert (facts["taxonomy"], facts["assignment"]) == (False, True)
    assert facts["referral_codes"] == ["99241-99245"]
    assert facts["member_id_forms"] == ["W########", "@@@*****"]
    boxes = ("wants_ndc", "wants_address", "prefers_x_modifiers", "no_consultations")
    assert [facts[one] for one in boxes] == [True, True, False, True]
    shown = page(office, f"{HOME}/payers/{made['payer_id']}", office.biller)
    assert "BCBS-IL\nBlue Cross IL</textarea>" in shown
    assert 'value="361234567 361234568"' in shown
    assert "Blue Cross of Illinois" in page(office, f"{HOME}/payers")
    change = {**PAYER, "name": "Blue Cross", "version": "1", "phone": "312 555 0100"}
    assert send(office, f"{HOME}/payers/{made['payer_id']}", office.biller, **change).status == 303
    assert "(312) 555-0100" in page(office, f"{HOME}/payers")


def test_a_payer_that_is_wrong_is_shown_as_it_was_typed(office: Practice) -> None:
    wrong = {**PAYER, "wire_id": "A*B", "timely_days": "0", "tax_ids": "36-12"}
    refused = send(office, f"{HOME}/payers/new", office.biller, **wrong)
    assert refused.status == 422
    assert 'value="A*B"' in refused.text
    assert refused.text.count("is-invalid") == 3
    assert 'value="36-12"' in refused.text
    wrong = {**PAYER, "referral_codes": "99245-99241", "member_id_forms": "W[0-9]+"}
    refused = send(office, f"{HOME}/payers/new", office.biller, **wrong)
    assert refused.text.count("is-invalid") == 2
    assert "A range begins with its lower code" in refused.text
    nowhere = {k: v for k, v in PAYER.items() if not k.startswith("address")}
    refused = send(office, f"{HOME}/payers/new", office.biller, **nowhere)
    assert (refused.status, refused.text.count("is-invalid")) == (422, 1)
    assert "Needs the payer" in refused.text
    same = {**PAYER, "name": "Acme Health"}
    refused = send(office, f"{HOME}/payers/new", office.biller, **same)
    assert refused.status == 422
    assert "is a name of another payer" in refused.text


def test_settings_are_changed_on_their_page(office: Practice) -> None:
    assert "Days before a visit" in page(office, f"{HOME}/settings", office.biller)
    form = [("version", "0"), ("days_before", "5"), ("stale_days", "10"), ("automatic", "true")]
    services = [("service_types[]", "30"), ("service_types[]", "MH")]
    path = f"{HOME}/settings"
    assert call("POST", path, caller=office.biller, form=[*form, *services]).status == 303
    found = office.get("/coverage/settings")["settings"]
    assert found == {
        "automatic": True,
        "days_before": 5,
        "at_check_in": False,
        "service_types": ["30", "MH"],
        "stale_days": 10,
    }
    wrong = [*form[:1], ("days_before", "99"), *services]
    refused = call("POST", path, caller=office.biller, form=wrong)
    assert refused.status == 422
    assert 'value="99"' in refused.text


def test_the_desk_reads_payers_and_changes_none(office: Practice) -> None:
    shown = page(office, f"{HOME}/payers")
    assert "Acme Health" in shown
    assert "Add a payer" not in shown
    assert send(office, f"{HOME}/payers/new", **PAYER).status == 403
    auditor = Caller(office.practice, roles=(Role.AUDITOR,))
    assert call("GET", HOME, caller=auditor).status == 403
