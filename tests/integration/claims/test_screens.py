"""The console's pages of claims, clicked through as a browser would."""

from __future__ import annotations

import re
from typing import Any

from caresmith.permissions import Role
from tests.integration.claims.test_sending import approved
from tests.support.billing_office import BillingOffice, hand_in, send_all
from tests.support.client import Caller, Reply, call
from tests.support.payer_answers import status_ca


def page(office: BillingOffice, path: str, **query: str) -> str:
    reply = call("GET", f"/console/claims{path}", caller=office.biller, query=query)
    assert reply.status == 200, reply.text
    return reply.text


def click(office: BillingOffice, path: str, **form: Any) -> Reply:
    fields = [(name, str(value)) for name, value in form.items() if not isinstance(value, list)]
    fields += [
        (f"{n}[]", one) for n, value in form.items() if isinstance(value, list) for one in value
    ]
    return call("POST", f"/console/claims{path}", caller=office.biller, form=fields)


def held(office: BillingOffice) -> Any:
    """A claim with a warning: a child of the subscriber who is over forty."""
    patient = office.patient()
    coverage = office.cover(
        patient,
        relationship="child",
        subscriber_given="Maria",
        subscriber_family="Example",
        subscriber_birth_date="1955-01-02",
        subscriber_sex="F",
    )
    return office.claim(office.released(patient, coverage))


def test_the_board_shows_who_it_is_and_what_speaks_against_it(office: BillingOffice) -> None:
    claim = held(office)
    assert claim.state == "held"
    text = page(office, "")
    assert "Example, Ana" in text
    assert claim.control_number in text
    assert "warning" in text or "error" in text


def test_the_board_filters_by_payer_and_provider(office: BillingOffice) -> None:
    claim = held(office)
    other = office.add_payer("Beta Plan", "BETA1")
    assert claim.control_number not in page(office, "", payer=other)
    assert claim.control_number in page(office, "", provider=office.small.ana)
    assert claim.control_number not in page(office, "", provider=office.small.ben)


def test_several_are_approved_at_once_and_sent(office: BillingOffice) -> None:
    patient = office.patient()
    claim = office.claim(office.released(patient, office.cover(patient)))
    text = page(office, "", state="clean")
    [chosen] = re.findall(r'name="claim\[\]" value="([^"]+)"', text)
    assert chosen == f"{claim.claim_id}@1"
    assert click(office, "/approve", claim=[chosen]).status == 303
    assert office.item(claim.claim_id).state == "approved"
    again = click(office, "/approve", claim=[f"{claim.claim_id}@1"])
    assert again.status == 422
    assert "could not be approved" in again.text
    sent = click(office, "/send")
    assert sent.status == 303
    assert "/console/claims/files/fil_" in sent.headers["location"]


def test_without_anything_chosen_or_approved_a_sentence_says_so(office: BillingOffice) -> None:
    assert "Choose the claims" in click(office, "/approve").text
    refused = click(office, "/send")
    assert (refused.status, "No approved claim" in refused.text) == (409, True)


def test_a_warning_is_overridden_with_a_reason_and_the_reason_is_shown(
    office: BillingOffice,
) -> None:
    claim = held(office)
    text = page(office, f"/{claim.claim_id}")
    keys = re.findall(r'name="key" value="([^"]+)"', text)
    assert keys
    version = claim.version
    without = click(office, f"/{claim.claim_id}/override", version=version, key=keys[0])
    assert without.status == 422
    said = click(
        office, f"/{claim.claim_id}/override", version=version, key=keys[0], reason="Reviewed."
    )
    assert said.status == 303, said.text
    assert "Reviewed." in page(office, f"/{claim.claim_id}")


def test_an_old_page_changes_nothing(office: BillingOffice) -> None:
    claim = held(office)
    click(office, f"/{claim.claim_id}/hold", version=claim.version, reason="Wait.")
    stale = click(office, f"/{claim.claim_id}/work/redraft", version=claim.version)
    assert stale.status == 412
    assert office.read(claim)["hold"]["reason"] == "Wait."


def test_facts_of_a_claim_are_set_and_outlive_a_new_draft(office: BillingOffice) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    claim = office.claim(sheet)
    path = f"/{claim.claim_id}/facts"
    wrong = click(office, path, version=claim.version, **{"fact.dates.onset": "yesterday"})
    assert (wrong.status, "is no date" in wrong.text) == (422, True)
    right = click(
        office,
        path,
        version=claim.version,
        **{"fact.dates.onset": "2026-11-01", "fact.patient_paid": "20.00"},
    )
    assert right.status == 303
    office.change_sheet(sheet, diagnoses=("J069", "R509"))
    draft = office.read(office.claim(sheet))["draft"]
    assert (draft["dates"]["onset"], draft["patient_paid"]) == ("2026-11-01", 20_00)
    assert draft["diagnoses"] == ["J069", "R509"]


def test_a_rejected_claim_says_in_words_why_and_what_to_do(office: BillingOffice) -> None:
    [claim] = approved(office)
    send_all(office)
    hand_in(office, status_ca([(office.item(claim).control_number, "A7:562:85", "")]))
    text = page(office, f"/{claim}")
    assert "billing provider: NPI" in text
    assert "enrolled" in text


def test_the_x12_of_a_claim_and_its_paper_form_can_be_seen(office: BillingOffice) -> None:
    [claim] = approved(office)
    text = page(office, f"/{claim}/x12")
    assert "CLM*" in text
    printed = call("GET", f"/claims/{claim}/cms-1500", caller=office.biller)
    assert (printed.status, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.text.startswith("%PDF")


def test_files_and_what_is_stuck_have_pages(office: BillingOffice) -> None:
    approved(office)
    head = send_all(office)
    assert head.name in page(office, "/files")
    assert "CLM*" in page(office, f"/files/{head.file_id}")
    content = call("GET", f"/claims/files/{head.file_id}/content", caller=office.biller)
    assert content.text.startswith("ISA*")
    office.later(days=3)
    assert "Sent" in page(office, "/stuck")
    assert (
        "That is no date"
        in call("GET", "/console/claims/files", caller=office.biller, query={"day": "x"}).text
    )


def test_a_file_is_handed_in_from_the_page(office: BillingOffice) -> None:
    taken = call(
        "POST",
        "/console/claims/files",
        caller=office.biller,
        raw=b"no x12",
        query={"name": "a.txt"},
        headers={"content-type": "application/edi-x12"},
    )
    assert taken.status == 201
    assert "Can&#39;t be read" in page(office, taken.text.removeprefix("/console/claims"))


def test_a_payer_rule_is_written_tried_and_used(office: BillingOffice) -> None:
    [claim] = approved(office)
    form = {
        "title": "Visits need a note",
        "codes": "99213",
        "requires": "needs-note",
        "severity": "error",
        "active": "true",
    }
    tried = click(office, "/rules/try", **form)
    assert "Of 1 recent claims it has something against 1" in tried.text
    wrong = click(office, "/rules/new", **{**form, "codes": "99-1"})
    assert wrong.status == 422
    assert click(office, "/rules/new", **form).status == 303
    assert "a note is needed" in page(office, "/rules")
    # What was approved before the rule is held back when it would go out.
    assert send_all(office).state == "empty"
    assert office.item(claim).state == "held"


def test_the_front_desk_sees_no_claims(office: BillingOffice) -> None:
    desk = Caller(office.practice, roles=(Role.FRONT_DESK,))
    assert call("GET", "/claims", caller=desk).status == 403
