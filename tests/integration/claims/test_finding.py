"""The ways to a claim: by its number, from its patient, from its charge sheet."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from caresmith.ids import PatientId
from caresmith.permissions import Role
from tests.support.billing_office import BillingOffice
from tests.support.client import Caller, Reply, call
from tests.support.practices import add_patient

HOME = "/console/claims"


def billed(office: BillingOffice, **about: Any) -> Any:
    patient = office.patient(**about)
    return office.claim(office.released(patient, office.cover(patient)))


def found(office: BillingOffice, **fields: str) -> Reply:
    return call("POST", f"{HOME}/find", caller=office.biller, form=list(fields.items()))


def seen(office: BillingOffice, path: str, caller: Caller | None = None) -> str:
    reply = call("GET", path, caller=caller or office.biller)
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def searched(office: BillingOffice, **body: Any) -> Any:
    reply = call("POST", "/claims/search", caller=office.biller, json_body=body)
    assert reply.status == 200, reply.text
    return reply.json


def test_a_number_leads_to_its_claim(office: BillingOffice) -> None:
    claim = billed(office)
    assert f'action="{HOME}/find"' in seen(office, HOME)
    for written in (claim.control_number, f" {claim.control_number.lower()} "):
        reply = found(office, control_number=written)
        assert (reply.status, reply.headers["location"]) == (303, f"{HOME}/{claim.claim_id}")
    [row] = searched(office, control_number=claim.control_number)["rows"]
    assert (row["claim_id"], row["charge_cents"]) == (claim.claim_id, 150_00)


def test_a_patient_leads_to_all_their_claims_and_to_nobody_elses(office: BillingOffice) -> None:
    patient = office.patient()
    coverage = office.cover(patient)
    first = office.claim(office.released(patient, coverage))
    second = office.claim(office.released(patient, coverage))
    other = billed(office, family="Other")
    reply = found(office, patient_id=patient)
    assert (reply.status, reply.headers["location"]) == (303, f"{HOME}/patients/{patient}")
    text = seen(office, reply.headers["location"])
    for claim in (first, second):
        assert f"{HOME}/{claim.claim_id}" in text
        assert claim.control_number in text
        assert f"/console/charges/sheets/{claim.sheet_id}" in text
    assert "Acme Health" in text
    assert other.control_number not in text
    assert len(searched(office, patient_id=patient)["rows"]) == 2


def test_claims_of_a_chart_that_was_merged_are_found_with_the_others(
    office: BillingOffice,
) -> None:
    claim = billed(office)
    merged = PatientId(claim.patient_id)
    survivor = register(office)
    reply = call(
        "POST",
        f"/patients/{survivor['patient_id']}/merge",
        caller=Caller(office.practice, roles=(Role.MANAGER,)),
        json_body={"merged_id": merged, "merged_version": 1, "reason": "The same person."},
        headers={"If-Match": f'"{survivor["version"]}"'},
    )
    assert reply.status == 200, reply.text
    [row] = searched(office, patient_id=survivor["patient_id"])["rows"]
    assert row["claim_id"] == claim.claim_id


def register(office: BillingOffice) -> Any:
    demographics = {"names": [{"family": "Example", "given": ["Ana"]}], "birth_date": "1985-03-14"}
    reply = call(
        "POST",
        "/patients",
        caller=Caller(office.practice, roles=(Role.MANAGER,)),
        json_body={"demographics": demographics, "confirmed_not_duplicate": True},
    )
    assert reply.status == 201, reply.text
    return reply.json


def test_a_charge_sheet_shows_what_was_made_of_it(office: BillingOffice) -> None:
    claim = billed(office)
    path = f"{HOME}/patients/{claim.patient_id}/sheets/{claim.sheet_id}"
    assert f'hx-get="{path}"' in seen(office, f"/console/charges/sheets/{claim.sheet_id}")
    part = seen(office, path)
    assert f'href="{HOME}/{claim.claim_id}"' in part
    page = seen(office, f"{HOME}/{claim.claim_id}")
    assert f"/console/charges/sheets/{claim.sheet_id}" in page
    assert f"/console/accounts/patients/{claim.patient_id}" in page


def test_an_account_leads_to_claims_and_sheets_for_who_may_read_them(
    office: BillingOffice,
) -> None:
    claim = billed(office)
    account = f"/console/accounts/patients/{claim.patient_id}"
    text = seen(office, account)
    assert f"{HOME}/patients/{claim.patient_id}" in text
    assert f"/console/charges/sheets/{claim.sheet_id}" in text
    desk = Caller(office.practice, roles=(Role.FRONT_DESK,))
    text = seen(office, account, desk)
    assert HOME not in text
    assert "/console/charges/sheets/" not in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a patient, or write a claim's number."),
        ({"control_number": "  "}, "Choose a patient, or write a claim's number."),
        ({"control_number": "NOBODYS"}, "is the number of no claim of this practice"),
        ({"control_number": "9" * 60}, "38"),
    ],
)
def test_what_leads_nowhere_is_said_beside_the_field(
    office: BillingOffice, fields: dict[str, str], said: str
) -> None:
    reply = found(office, **fields)
    text = unescape(reply.text)
    assert (reply.status, said in text) == (422, True)
    assert 'aria-invalid="true"' in text


def test_the_search_wants_one_thing_and_knows_its_own_practice_alone(
    office: BillingOffice,
) -> None:
    claim = billed(office)
    both = {"patient_id": claim.patient_id, "control_number": claim.control_number}
    for body in ({}, both, {"patient_id": "pat_x"}, {"control_number": "NOBODYS"}):
        reply = call("POST", "/claims/search", caller=office.biller, json_body=body)
        assert reply.status == 422, body
    unknown = PatientId.new()
    assert found(office, patient_id=unknown).status == 404
    assert call("GET", f"{HOME}/patients/{unknown}", caller=office.biller).status == 404
    nobody = add_patient(office.practice)
    assert "No claim was made yet." in seen(office, f"{HOME}/patients/{nobody}")


def test_who_reads_no_claims_finds_none(office: BillingOffice) -> None:
    claim = billed(office)
    desk = Caller(office.practice, roles=(Role.FRONT_DESK, Role.CLINICIAN))
    for path in (
        f"{HOME}/patients/{claim.patient_id}",
        f"{HOME}/patients/{claim.patient_id}/sheets/{claim.sheet_id}",
    ):
        assert call("GET", path, caller=desk).status == 403
    body = {"control_number": claim.control_number}
    assert call("POST", "/claims/search", caller=desk, json_body=body).status == 403
    assert call("POST", f"{HOME}/find", caller=desk, form=list(body.items())).status == 403
