"""The console's pages of medications."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from tests.integration.medications.conftest import AMOXICILLIN, WARFARIN, Clinic, drug
from tests.support.client import Caller, Reply, call

WORK = "/console/medications"


def seen(clinic: Clinic, path: str, caller: Caller | None = None) -> str:
    reply = call("GET", at(clinic, path), caller=caller or clinic.ana)
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def sent(clinic: Clinic, path: str, caller: Caller | None = None, **fields: Any) -> Reply:
    form = [(name.replace("__", "."), str(value)) for name, value in fields.items()]
    return call("POST", at(clinic, path), caller=caller or clinic.ana, form=form)


def at(clinic: Clinic, path: str) -> str:
    return path if path.startswith("/") else f"{WORK}/{clinic.patient}/{path}".rstrip("/")


FILLED: dict[str, Any] = {
    "drug": "lisinopril 10 MG Oral Tablet (314076)",
    "dose": "1",
    "unit": "{tbl}",
    "route": "26643006",
    "frequency": "bedtime",
    "duration": "30",
    "dispense": "30",
    "dispense_unit": "{tbl}",
    "refills": "2",
}


def test_a_prescription_is_built_and_stands_on_the_list(clinic: Clinic) -> None:
    text = seen(clinic, "prescribe")
    for part in ('hx-get="/console/codes/rxnorm"', 'data-code-into="drug"', "js/codes"):
        assert part in text, part
    preview = sent(clinic, "prescribe/preview", **FILLED)
    assert preview.status == 200, preview.text
    told = unescape(preview.text)
    assert "Take 1 tablet by mouth once daily at bedtime for 30 days." in told
    assert "30 days need 30 tablets." in told
    assert "What these checks cover" in told
    done = sent(clinic, "prescribe", **FILLED)
    assert done.status == 303, done.text
    text = seen(clinic, "")
    assert "Take 1 tablet by mouth once daily at bedtime" in text
    assert "2 refills" in text


def test_a_form_that_lacks_says_so_beside_the_field_and_keeps_the_rest(clinic: Clinic) -> None:
    refused = sent(clinic, "prescribe", **{**FILLED, "dispense": "", "instructions": "With food"})
    text = unescape(refused.text)
    assert (refused.status, "This is needed." in text, "With food" in text) == (422, True, True)
    for change in (
        {"drug": "lisinopril"},
        {"drug": ""},
        {"dose": "one"},
        {"refills": "many"},
        {"frequency": ""},
        {"pharmacy_id": "phm_x"},
    ):
        assert sent(clinic, "prescribe", **{**FILLED, **change}).status == 422, change
    assert clinic.get("")["active"] == []


@pytest.mark.parametrize("drug_text", ["", "lisinopril", "ibuprofen 600 MG Oral Tablet (197806)"])
def test_a_preview_answers_whatever_the_form_has_so_far(clinic: Clinic, drug_text: str) -> None:
    for fields in ({}, {"dose": "x", "unit": "{tbl}"}, {"most_per_day": "-1", "unit": "mg"}):
        reply = sent(clinic, "prescribe/preview", drug=drug_text, **fields)
        assert reply.status == 200, reply.text


def test_a_warning_asks_for_a_reason_and_keeps_what_was_typed(clinic: Clinic) -> None:
    clinic.allergic_to(drug("Penicillin", "70618"))
    form = {
        **FILLED,
        "drug": "amoxicillin 500 MG Oral Capsule (308191)",
        "unit": "{capsule}",
        "dispense_unit": "{capsule}",
    }
    refused = sent(clinic, "prescribe", **form)
    text = unescape(refused.text)
    assert refused.status == 409
    assert "Allergy to Penicillin, and this drug is one of them." in text
    [found] = clinic.post("checks", {"drug": AMOXICILLIN, "timing": {"frequency": 1}}).json[
        "alerts"
    ]
    reasons = {"reasons__0__alert": found["key"], "reasons__0__reason": "Tolerated in 2024."}
    preview = sent(clinic, "prescribe/preview", **form, **reasons)
    assert "Tolerated in 2024." in preview.text
    assert sent(clinic, "prescribe", **form, **reasons).status == 303
    [made] = clinic.get("")["active"]
    page = seen(clinic, f"entries/{made['id']}")
    assert "Tolerated in 2024." in page


def test_one_medication_is_stopped_renewed_printed_and_sent_from_its_page(clinic: Clinic) -> None:
    pharmacy = clinic.pharmacy()
    made = clinic.prescribe()
    page = seen(clinic, f"entries/{made['id']}")
    for shown in ("Renew", "To the pharmacy", "Stop, hold, take up again", "Corner Drugs"):
        assert shown in page
    where = {"version": 1, "pharmacy_id": pharmacy["pharmacy_id"]}
    assert sent(clinic, f"entries/{made['id']}/sending", **where).status == 303
    assert "On its way to the pharmacy" in seen(clinic, "")
    paper = seen(clinic, f"entries/{made['id']}/print")
    assert "Signature of Ana Example" in paper
    refused = sent(clinic, f"entries/{made['id']}/status", version=2, status="stopped")
    assert (refused.status, "say why" in refused.text) == (422, True)
    wrong = sent(clinic, f"entries/{made['id']}/renewal", version=2, dispense="", refills="0")
    assert wrong.status == 422
    renewed = sent(
        clinic,
        f"entries/{made['id']}/renewal",
        version=2,
        dispense="90",
        dispense_unit="{tbl}",
        refills="1",
    )
    assert renewed.status == 303, renewed.text
    [now] = clinic.get("")["active"]
    stopped = sent(
        clinic, f"entries/{now['id']}/status", version=1, status="stopped", reason="Dizzy"
    )
    assert stopped.status == 303
    assert "Dizzy" in seen(clinic, "")


def test_the_front_desk_takes_a_request_down_and_sees_no_medication(clinic: Clinic) -> None:
    clinic.prescribe()
    page = seen(clinic, "desk", clinic.desk)
    assert "lisinopril" not in page
    assert call("GET", at(clinic, ""), caller=clinic.desk).status == 403
    refused = sent(clinic, "refills", clinic.desk, asked_by="patient")
    assert (refused.status, "lisinopril" in refused.text) == (422, False)
    done = sent(clinic, "refills", clinic.desk, asked_by="patient", drug="Blood pressure pills")
    assert (done.status, done.headers["location"].endswith("/desk#saved")) == (303, True)
    pharmacy = clinic.pharmacy()
    chosen = {"version": 0, "pharmacy_id": pharmacy["pharmacy_id"]}
    assert sent(clinic, "pharmacy", clinic.desk, **chosen).status == 303
    assert "Pharmacy: <b>Corner Drugs</b>" in seen(clinic, "")
    assert "<span" in seen(clinic, f"{WORK}/count")


def test_a_refill_request_is_answered_from_the_work_list(clinic: Clinic) -> None:
    made = clinic.prescribe()
    for note in ("First", "Second"):
        body = {"asked_by": "patient", "medication_id": made["id"], "note": note}
        assert clinic.post("refills", body).status == 201
    text = seen(clinic, WORK)
    assert ("Doe, Jo" in text, "First" in text) == (True, True)
    one, other = (item["record_id"] for item in clinic.get("/medications/work")["items"])
    assert "Approve and prescribe" in seen(clinic, f"refills/{one}")
    path = f"refills/{one}/decision"
    assert sent(clinic, path, version=1, decision="denied").status == 422
    assert sent(clinic, path, version=1, decision="approved", refills="x").status == 422
    denied = sent(clinic, path, version=1, decision="denied", reason="Visit first.")
    assert denied.status == 303
    assert "Visit first." in seen(clinic, f"refills/{one}")
    approved = {"decision": "approved", "dispense": "30", "dispense_unit": "{tbl}", "refills": "0"}
    reply = sent(clinic, f"refills/{other}/decision", version=1, **approved)
    assert reply.status == 303, reply.text
    assert "Nothing waits." in seen(clinic, WORK)


def test_the_list_is_reconciled_side_by_side(clinic: Clinic) -> None:
    rx = clinic.prescribe(what=WARFARIN)
    told = clinic.report(drug("warfarin sodium 2 MG Oral Tablet", "855302"), sig="At night")
    assert "start one from the" in unescape(seen(clinic, "reconcile"))
    visit = clinic.visit()
    text = seen(clinic, "reconcile")
    for shown in ("Prescribed here", "What the patient", "on both sides", "At night"):
        assert shown in text
    lines = {
        "encounter_id": visit,
        "source": "patient",
        "known__0__medication_id": rx["id"],
        "known__0__version": 1,
        "known__0__action": "keep",
        "known__1__medication_id": told["id"],
        "known__1__version": 1,
        "known__1__action": "stop",
        "added__0__drug": "",
        "added__1__drug": "Fish oil",
        "added__1__sig": "One a day",
    }
    refused = sent(clinic, "reconcile", **lines)
    assert (refused.status, "say why it is stopped" in refused.text.lower()) == (422, True)
    done = sent(clinic, "reconcile", **lines, known__1__reason="The same as ours.")
    assert done.status == 303, done.text
    text = seen(clinic, "")
    assert ("Fish oil" in text, "The same as ours." in text) == (True, True)
    assert "by the word of the patient" in seen(clinic, "reconcile")


def test_pharmacies_are_kept_on_their_page(clinic: Clinic) -> None:
    path = f"{WORK}/pharmacies"
    refused = sent(clinic, path, clinic.desk, name="X", ncpdp_id="1", active="true")
    assert refused.status == 422
    added = sent(
        clinic, path, clinic.desk, name="Corner Drugs", phone="312 555 0100", active="true"
    )
    assert added.status == 303
    assert "On paper" in seen(clinic, path, clinic.desk)
    [made] = clinic.get("/medications/pharmacies")["pharmacies"]
    one = f"{path}/{made['pharmacy_id']}"
    assert "312 555 0100" in seen(clinic, one, clinic.desk)
    changed = sent(clinic, one, clinic.desk, name="Corner Drugs 2", version=1)
    assert changed.status == 303
    assert "Not used" in seen(clinic, path, clinic.desk)
