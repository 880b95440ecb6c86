"""Documents that are sent beside a claim, or beside one of its services."""

from __future__ import annotations

import pytest

from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Role
from caresmith.records.revenue.claim import ClaimItem
from tests.support.billing_office import BillingOffice
from tests.support.client import Caller, Reply, call
from tests.support.filing import Files
from tests.support.registered import policy, released, sent, submitted

CLAIMS = "/console/claims"


def covered(office: BillingOffice) -> PatientId:
    patient = office.patient()
    policy(office, patient, "Acme Health")
    return patient


def files(office: BillingOffice, patient: PatientId) -> Files:
    clinician = Caller(office.practice, roles=(Role.CLINICIAN,))
    return Files(office.practice, clinician, patient)


def filed(office: BillingOffice, patient: PatientId, **said: str) -> DocumentId:
    """A document of the chart, put there as a clinician's browser puts it."""
    return DocumentId(files(office, patient).filed(**said)["document_id"])


def attach(office: BillingOffice, claim: ClaimItem, **fields: str) -> Reply:
    version = office.item(claim.claim_id).version
    path = f"{CLAIMS}/{claim.claim_id}/attachments"
    typed = {"kind": "OB", "transmission": "FX", **fields}
    return submitted(office.biller, path, {"version": version, **typed})


def listed(office: BillingOffice, claim: ClaimItem) -> str:
    return call("GET", f"{CLAIMS}/{claim.claim_id}/attachments", caller=office.biller).text


def test_a_document_that_is_sent_beside_the_claim_is_named_by_a_number(
    office: BillingOffice,
) -> None:
    patient = covered(office)
    claim = office.claim(released(office, patient))
    key, other = filed(office, patient), filed(office, patient)
    assert attach(office, claim, document_id=key).status == 303
    twice = attach(office, claim, document_id=key)
    assert (twice.status, "is attached here already" in twice.text) == (422, True)
    assert attach(office, claim).status == 422
    kept = {"kind": "LA", "transmission": "AA", "document_id": other}
    assert attach(office, claim, **kept).status == 303
    # It outlives a new draft of the sheet.
    redone = submitted(
        office.biller,
        f"{CLAIMS}/{claim.claim_id}/work/redraft",
        {"version": office.item(claim.claim_id).version},
    )
    assert redone.status == 303
    shown = listed(office, claim)
    assert f"{claim.control_number}-1" in shown
    assert f"/console/documents/attachments/{patient}/{key}" in shown
    found = sent(office, office.item(claim.claim_id))
    assert f"PWK*OB*FX***AC*{claim.control_number}-1" in found
    assert "PWK*LA*AA" in found


def test_a_document_about_one_service_is_named_on_its_line(office: BillingOffice) -> None:
    patient = covered(office)
    second = {
        "lines.1.code": "73721",
        "lines.1.charge": "400.00",
        "lines.1.pointers": "A",
    }
    claim = office.claim(released(office, patient, **second))
    report, note = filed(office, patient), filed(office, patient)
    assert attach(office, claim, document_id=note).status == 303
    assert attach(office, claim, kind="RR", document_id=report, line="2").status == 303
    # The same may go beside the claim as a whole as well; another service there is none.
    assert attach(office, claim, kind="RR", document_id=report).status == 303
    nowhere = attach(office, claim, document_id=report, line="7")
    assert (nowhere.status, "is no service of this claim" in nowhere.text) == (422, True)
    assert "Line 2 73721" in listed(office, claim)
    found = sent(office, office.item(claim.claim_id))
    numbers = [f"{claim.control_number}-{number}" for number in (1, 2, 3)]
    at = found.index(f"PWK*RR*FX***AC*{numbers[1]}")
    assert found[at - 1].startswith("SV1*HC:73721")
    before = found[: found.index("LX*1")]
    assert {f"PWK*OB*FX***AC*{numbers[0]}", f"PWK*RR*FX***AC*{numbers[2]}"} <= set(before)


def test_what_is_no_document_of_the_patient_s_is_not_attached(office: BillingOffice) -> None:
    patient = covered(office)
    claim = office.claim(released(office, patient))
    another = filed(office, office.patient(given="Bob"))
    for stranger in (DocumentId.new(), another):
        reply = attach(office, claim, document_id=stranger)
        assert (reply.status, "of this patient" in reply.text) == (422, True)
    assert office.read(claim)["draft"]["attachments"] == []


@pytest.mark.parametrize("gone", ["card", "wrong"])
def test_a_card_and_what_was_taken_back_do_not_go_to_payers(
    office: BillingOffice, gone: str
) -> None:
    patient = covered(office)
    claim = office.claim(released(office, patient))
    if gone == "card":
        key = filed(office, patient, category="insurance-card")
    else:
        key = filed(office, patient)
        chart = files(office, patient)
        marked = chart.post(
            chart.chart(f"/{key}/entered-in-error"), {"reason": "Another person's."}, version=1
        )
        assert marked.status == 200, marked.text
    reply = attach(office, claim, document_id=key)
    assert (reply.status, "was replaced, taken back" in reply.text) == (422, True)


@pytest.mark.parametrize("line", ["", "1"])
def test_a_document_is_taken_off_again(office: BillingOffice, line: str) -> None:
    patient = covered(office)
    claim = office.claim(released(office, patient))
    where = {"line": line} if line else {}
    key = filed(office, patient)
    assert attach(office, claim, document_id=key, **where).status == 303
    path = f"{CLAIMS}/{claim.claim_id}/attachments/remove"
    version = office.item(claim.claim_id).version
    other = {} if line else {"line": "1"}
    wrong = {"version": version, "document_id": key, **other}
    assert submitted(office.biller, path, wrong).status == 422
    off = submitted(office.biller, path, {"version": version, "document_id": key, **where})
    assert off.status == 303
    draft = office.read(claim)["draft"]
    assert (draft["attachments"], draft["lines"][0]["attachments"]) == ([], [])
