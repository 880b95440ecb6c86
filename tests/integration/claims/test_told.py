"""What a claim tells besides its services: payments, documents, signatures, exceptions."""

from __future__ import annotations

import pytest

from caresmith.ids import DocumentId, PatientId
from tests.support.billing_office import DAY, BillingOffice
from tests.support.client import Reply, call
from tests.support.registered import edits, policy, released, sent, submitted

CLAIMS = "/console/claims"


def pays(office: BillingOffice, patient: PatientId, cents: int, **more: str) -> None:
    body = {"amount": cents, "method": "cash", "apply": "none", **more}
    reply = call(
        "POST", f"/accounts/patients/{patient}/payments", caller=office.biller, json_body=body
    )
    assert reply.status == 201, reply.text


def covered(office: BillingOffice, **fields: str) -> PatientId:
    patient = office.patient()
    policy(office, patient, "Acme Health", **fields)
    return patient


def test_what_was_paid_at_the_desk_for_the_visit_is_told_to_the_payer(
    office: BillingOffice,
) -> None:
    patient = covered(office)
    pays(office, patient, 25_00, held_for=DAY.isoformat())
    pays(office, patient, 99_00, held_for="2026-11-01")
    assert "AMT*F5*25" in sent(office, office.claim(released(office, patient)))


def test_more_than_was_charged_is_no_payment_towards_it(office: BillingOffice) -> None:
    patient = covered(office)
    pays(office, patient, 400_00, held_for=DAY.isoformat())
    assert "AMT*F5*150" in sent(office, office.claim(released(office, patient)))


def test_what_nobody_signed_is_not_told_as_signed(office: BillingOffice) -> None:
    claim = office.claim(released(office, covered(office)))
    assert "COV-ASSIGNS" in edits(office, claim)
    [told] = [one for one in sent(office, claim) if one.startswith("CLM*")]
    # TR3 CLM09: I where no signature was collected and none is needed.
    assert told.split("*")[8:10] == ["Y", "I"]


@pytest.mark.parametrize("assigns", ["Y", "N", "W"])
def test_what_was_signed_at_registration_is_told(office: BillingOffice, assigns: str) -> None:
    patient = covered(office, assigns_benefits=assigns, release_signed_on="2026-01-05")
    claim = office.claim(released(office, patient))
    assert "COV-ASSIGNS" not in edits(office, claim)
    [told] = [one for one in sent(office, claim) if one.startswith("CLM*")]
    assert told.split("*")[8:10] == [assigns, "Y"]


def facts(office: BillingOffice, claim: str, **fields: str) -> Reply:
    version = office.item(claim).version
    typed = {f"fact.{path}": value for path, value in fields.items()}
    return submitted(office.biller, f"{CLAIMS}/{claim}/facts", {"version": version, **typed})


def test_contracts_exceptions_conditions_and_courses_are_set_on_the_claim(
    office: BillingOffice,
) -> None:
    claim = office.claim(released(office, covered(office)))
    told = {
        "numbers.authorization_exception": "3",
        "contract.kind": "05",
        "contract.code": "HMO7",
        "spinal.condition": "M",
        "spinal.description": "Low back",
        "conditions": "aa w2",
        "anesthesia_procedures": "33510",
    }
    half = facts(office, claim.claim_id, **{"contract.kind": "", "contract.amount": "12"})
    assert (half.status, "is sent only beside" in half.text) == (422, True)
    assert facts(office, claim.claim_id, **told).status == 303
    found = sent(office, office.item(claim.claim_id))
    assert "REF*4N*3" in found
    assert "CN1*05***HMO7" in found
    assert "CR2********M**LOW BACK" in found
    assert "HI*BG:AA*BG:W2" in found
    assert "HI*BP:33510" in found


def attach(office: BillingOffice, claim: str, **fields: str) -> Reply:
    version = office.item(claim).version
    path = f"{CLAIMS}/{claim}/attachments"
    return submitted(office.biller, path, {"version": version, **fields})


def test_a_document_that_is_sent_beside_the_claim_is_named_by_a_number(
    office: BillingOffice,
) -> None:
    patient = covered(office)
    claim = office.claim(released(office, patient))
    key, other = DocumentId.new(), DocumentId.new()
    note = {"kind": "OB", "transmission": "FX", "document_id": key}
    assert attach(office, claim.claim_id, **note).status == 303
    twice = attach(office, claim.claim_id, **note)
    assert (twice.status, "is attached to this claim already" in twice.text) == (422, True)
    nothing = attach(office, claim.claim_id, kind="OB", transmission="FX")
    assert nothing.status == 422
    kept = {"kind": "LA", "transmission": "AA", "document_id": other}
    assert attach(office, claim.claim_id, **kept).status == 303
    # It outlives a new draft of the sheet.
    redone = submitted(
        office.biller,
        f"{CLAIMS}/{claim.claim_id}/work/redraft",
        {"version": office.item(claim.claim_id).version},
    )
    assert redone.status == 303
    shown = call("GET", f"{CLAIMS}/{claim.claim_id}/attachments", caller=office.biller).text
    assert f"{claim.control_number}-1" in shown
    assert f"/console/documents/attachments/{patient}/{key}" in shown
    found = sent(office, office.item(claim.claim_id))
    assert f"PWK*OB*FX***AC*{claim.control_number}-1" in found
    assert "PWK*LA*AA" in found


def test_a_document_is_taken_off_again(office: BillingOffice) -> None:
    claim = office.claim(released(office, covered(office)))
    key = DocumentId.new()
    attach(office, claim.claim_id, kind="OB", transmission="FX", document_id=key)
    path = f"{CLAIMS}/{claim.claim_id}/attachments/remove"
    version = office.item(claim.claim_id).version
    off = submitted(office.biller, path, {"version": version, "document_id": key})
    assert off.status == 303
    assert office.read(claim)["draft"]["attachments"] == []
