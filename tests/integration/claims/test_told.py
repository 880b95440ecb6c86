"""What a claim tells besides its services: payments, documents, signatures, exceptions."""

from __future__ import annotations

import pytest

from caresmith.ids import PatientId
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


def test_a_note_says_what_it_is(office: BillingOffice) -> None:
    claim = office.claim(released(office, covered(office)))
    alone = facts(office, claim.claim_id, **{"note.kind": "DGN"})
    assert (alone.status, "is sent only beside" in alone.text) == (422, True)
    told = {"note.kind": "DGN", "note.text": "Torn at the insertion"}
    assert facts(office, claim.claim_id, **told).status == 303
    assert "NTE*DGN*TORN AT THE INSERTION" in sent(office, office.item(claim.claim_id))


def test_why_glasses_are_replaced_is_told_for_each_kind(office: BillingOffice) -> None:
    claim = office.claim(released(office, covered(office)))
    wrong = facts(office, claim.claim_id, **{"vision.E1": "L9"})
    assert (wrong.status, "codes from L1 to L5" in wrong.text) == (422, True)
    both = {"vision.E1": "l3 L5", "vision.E3": "L2"}
    assert facts(office, claim.claim_id, **both).status == 303
    # One is taken back, and the other stays.
    assert facts(office, claim.claim_id, **{"vision.E3": ""}).status == 303
    found = sent(office, office.item(claim.claim_id))
    assert [one for one in found if one.startswith("CRC*")] == ["CRC*E1*Y*L3*L5"]


def test_weight_projects_and_days_of_work_are_told(office: BillingOffice) -> None:
    claim = office.claim(released(office, covered(office)))
    told = {
        "person.facts.weight_pounds": "150.5",
        "numbers.demonstration_project": "54",
        "numbers.care_plan_oversight": "1679576722",
        "dates.last_worked": "2026-11-19",
        "dates.return_to_work": "2026-12-01",
        "contract.kind": "06",
        "contract.percent": "80",
        "contract.discount_percent": "2.5",
        "contract.version": "2026",
    }
    assert facts(office, claim.claim_id, **told).status == 303
    page = call("GET", f"{CLAIMS}/{claim.claim_id}", caller=office.biller).text
    assert 'value="150.5"' in page
    found = set(sent(office, office.item(claim.claim_id)))
    assert {
        "PAT*******01*150.5",
        "REF*P4*54",
        "REF*1J*1679576722",
        "DTP*297*D8*20261119",
        "DTP*296*D8*20261201",
        "CN1*06**80**2.5*2026",
    } <= found


def injured(office: BillingOffice, **fields: str) -> str:
    """The claim to the insurer of an accident at work."""
    office.add_payer("Comp Fund", "COMP1", filing="WC")
    patient = office.patient()
    policy(
        office, patient, "Comp Fund", plan_type="workers-compensation", case_number="WC-1", **fields
    )
    accident = {"accident.on": DAY.isoformat(), "accident.employment": "true"}
    return str(office.claim(released(office, patient, **accident)).claim_id)


def test_an_accident_s_insurer_is_told_whom_to_call_about_the_patient(
    office: BillingOffice,
) -> None:
    claim = injured(office)
    contact = {
        "person.casualty_contact.phone": "(212) 555-0187",
        "person.casualty_contact.name": "Ana Example",
    }
    wrong = facts(office, claim, **{**contact, "person.casualty_contact.phone": "555"})
    assert (wrong.status, "of ten digits" in wrong.text) == (422, True)
    assert facts(office, claim, **contact).status == 303
    assert "PER*IC*ANA EXAMPLE*TE*2125550187" in sent(office, office.item(claim))


def test_a_health_plan_is_not_told_whom_to_call_about_the_patient(office: BillingOffice) -> None:
    claim = office.claim(released(office, covered(office)))
    reply = facts(office, claim.claim_id, **{"person.casualty_contact.phone": "2125550187"})
    assert (reply.status, "insurer alone" in reply.text) == (422, True)
