"""Requests to refill, reconciliation, pharmacies."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import ReconciliationId
from tests.integration.medications.conftest import (
    LISINOPRIL,
    OXYCODONE,
    WARFARIN,
    Clinic,
)
from tests.integration.medications.test_prescribing import fields, kind
from tests.support.client import call

RENEWAL = {"dispense": {"value": "30", "unit": "{tbl}"}, "refills": 0}


def asked(clinic: Clinic, **body: Any) -> dict[str, Any]:
    reply = clinic.post("refills", {"asked_by": "patient", **body}, caller=clinic.desk)
    assert reply.status == 201, reply.text
    made: dict[str, Any] = reply.json
    return made


def test_a_refill_that_is_approved_is_prescribed_in_the_same_breath(clinic: Clinic) -> None:
    made = clinic.prescribe()
    request = asked(clinic, medication_id=made["id"], note="Runs out on Friday.")
    [waits] = clinic.get("/medications/work")["items"]
    assert (waits["what"], waits["drug"]) == ("refill", LISINOPRIL["text"])
    assert waits["detail"] == "Runs out on Friday."
    path = f"refills/{request['refill_id']}/decision"
    body = {"decision": "approved", "renewal": RENEWAL}
    assert clinic.post(path, body, version=1, caller=clinic.desk).status == 403
    refused = clinic.post(path, body, version=1, caller=clinic.assistant)
    assert kind(refused) == "not-a-prescriber"
    decided = clinic.post(path, body, version=1)
    assert (decided.status, decided.json["state"]) == (200, "approved"), decided.text
    renewed = clinic.get(f"entries/{decided.json['renewal_id']}")
    assert renewed["content"]["prior_id"] == made["id"]
    assert clinic.get("/medications/work")["items"] == []
    again = clinic.post(path, body, version=2)
    assert (again.status, kind(again)) == (409, "refill-decided")
    [told] = clinic.get("refills")["refills"]
    assert told["decided_by"] == clinic.ana.user_id


def test_a_refill_is_denied_with_a_reason(clinic: Clinic) -> None:
    request = asked(clinic, drug="The white pills", asked_by="pharmacy")
    path = f"refills/{request['refill_id']}/decision"
    assert clinic.post(path, {"decision": "denied"}, version=1).status == 422
    refused = clinic.post(path, {"decision": "approved", "renewal": RENEWAL}, version=1)
    assert (refused.status, kind(refused)) == (409, "medication-move")
    stale = clinic.post(path, {"decision": "denied", "reason": "Visit first."}, version=9)
    assert stale.status == 412
    denied = clinic.post(path, {"decision": "denied", "reason": "Visit first."}, version=1)
    assert (denied.json["state"], denied.json["content"]["reason"]) == ("denied", "Visit first.")
    assert clinic.get(f"refills/{request['refill_id']}")["state"] == "denied"


def test_a_refill_against_the_law_is_refused_and_still_waits(clinic: Clinic) -> None:
    made = clinic.prescribe(what=OXYCODONE, refills=0)
    request = asked(clinic, medication_id=made["id"])
    path = f"refills/{request['refill_id']}/decision"
    body = {"decision": "approved", "renewal": {**RENEWAL, "refills": 1}}
    refused = clinic.post(path, body, version=1)
    assert (refused.status, fields(refused)) == (422, ["refills"])
    assert len(clinic.get("/medications/work")["items"]) == 1
    assert clinic.post("refills", {"asked_by": "patient"}, caller=clinic.desk).status == 422
    told = clinic.report(WARFARIN)
    not_ours = clinic.post("refills", {"asked_by": "patient", "medication_id": told["id"]})
    assert fields(not_ours) == ["medication_id"]


# -- reconciliation -----------------------------------------------------------------------


@pytest.fixture
def listed(clinic: Clinic) -> dict[str, Any]:
    return {
        "rx": clinic.prescribe(),
        "told": clinic.report(WARFARIN, sig="One in the evening"),
        "visit": clinic.visit(),
    }


def known(made: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
    return {"medication_id": made["id"], "version": made["version"], "action": action, **more}


def test_the_list_is_reconciled_at_a_visit_in_one_step(
    clinic: Clinic, listed: dict[str, Any]
) -> None:
    body = {
        "encounter_id": listed["visit"],
        "source": "patient",
        "known": [
            known(listed["rx"], "change", taken="Half a tablet, it makes him dizzy"),
            known(listed["told"], "stop", reason="Finished in March."),
        ],
        "added": [{"drug": {"text": "Fish oil"}, "sig": "One a day"}],
        "note": "Brought the bottles.",
    }
    done = clinic.post("reconciliations", body, caller=clinic.assistant)
    assert done.status == 201, done.text
    now = clinic.get("")
    [rx] = now["active"]
    assert rx["content"]["sig"] == "Take 1 tablet by mouth once daily.", "the prescription stands"
    assert "Half a tablet" in rx["content"]["note"]
    assert [one["content"]["drug"]["text"] for one in now["reported"]] == ["Fish oil"]
    assert now["reported"][0]["encounter_id"] == listed["visit"]
    assert now["past"][0]["content"]["status"] == "stopped"
    [kept] = clinic.get("reconciliations")["reconciliations"]
    assert kept["done_by"] == clinic.assistant.user_id
    assert [line["action"] for line in kept["content"]["known"]] == ["change", "stop"]
    assert kept["content"]["added_ids"] == [now["reported"][0]["id"]]


def test_what_was_not_seen_is_not_reconciled(clinic: Clinic, listed: dict[str, Any]) -> None:
    both = [known(listed["rx"], "keep"), known(listed["told"], "keep")]
    body = {"encounter_id": listed["visit"], "source": "patient", "known": both}
    path = "reconciliations"
    lacking = clinic.post(path, {**body, "known": both[:1]})
    assert lacking.status == 412
    stale = [both[0], {**both[1], "version": 7}]
    assert clinic.post(path, {**body, "known": stale}).status == 412
    twice = clinic.post(path, {**body, "known": [*both, both[0]]})
    assert fields(twice) == ["known"]
    why = clinic.post(path, {**body, "known": [both[0], known(listed["told"], "stop")]})
    assert why.status == 422
    nowhere = {**body, "encounter_id": "enc_01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    assert fields(clinic.post(path, nowhere)) == ["encounter_id"]
    assert clinic.post(path, body, caller=clinic.desk).status == 403
    assert clinic.get(path)["reconciliations"] == []
    kept = clinic.post(path, body)
    assert (kept.status, ReconciliationId(kept.json["reconciliation_id"])) == (
        201,
        kept.json["reconciliation_id"],
    )
    assert clinic.get(f"entries/{listed['rx']['id']}")["version"] == 1


# -- pharmacies ------------------------------------------------------------------------------


def test_pharmacies_are_the_practice_s_and_a_patient_prefers_one(clinic: Clinic) -> None:
    made = clinic.pharmacy()
    path = f"/medications/pharmacies/{made['pharmacy_id']}"
    changed = clinic.put(path, {"name": "Corner Drugs 2"}, 1, caller=clinic.desk)
    assert (changed.status, changed.json["version"]) == (200, 2)
    assert clinic.put(path, {"name": "Late"}, 1, caller=clinic.desk).status == 412
    for wrong in (
        {"name": "X", "ncpdp_id": "12"},
        {"name": "X", "npi": "1234567890"},
        {"name": "X", "fhir_endpoint": "ftp://x"},
        {"name": "X", "fhir_endpoint": "https://user:secret@x.example/"},
        {"name": ""},
    ):
        reply = clinic.post("/medications/pharmacies", wrong, caller=clinic.desk)
        assert reply.status == 422, wrong
    [only] = clinic.get("/medications/pharmacies")["pharmacies"]
    assert only["facts"]["name"] == "Corner Drugs 2"
    assert clinic.get("pharmacy")["pharmacy_id"] is None
    wanted = {"pharmacy_id": made["pharmacy_id"]}
    assert clinic.put("pharmacy", wanted, 0, caller=clinic.desk).json["version"] == 1
    assert clinic.put("pharmacy", wanted, 0, caller=clinic.desk).status == 412
    none = clinic.put("pharmacy", {"pharmacy_id": None}, 1, caller=clinic.desk)
    assert (none.status, clinic.get("pharmacy")["pharmacy_id"]) == (200, None)
    assert clinic.put("pharmacy", wanted, 0).status == 200
    absent = call("PUT", "/medications/pharmacies/phm_x", caller=clinic.desk, json_body={})
    assert absent.status == 422
