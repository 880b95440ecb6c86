"""Prescribing through the front door: what is written, what is refused, what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.ids import EncounterId, MedicationId, PatientId
from caresmith.records.patient import ChartStatus
from tests.integration.medications.conftest import (
    ALPRAZOLAM,
    AMOXICILLIN,
    LISINOPRIL,
    ORAL,
    OXYCODONE,
    WARFARIN,
    Clinic,
    drug,
    prescription,
)
from tests.support.client import Reply, call
from tests.support.practices import add_patient


def kind(reply: Reply) -> str:
    return str(reply.json["type"].rpartition("/")[2])


def fields(reply: Reply) -> list[str]:
    return [error["field"] for error in reply.json["errors"]]


def test_a_prescription_has_its_sig_in_words_and_stands_on_the_list(clinic: Clinic) -> None:
    made = clinic.prescribe()
    content = made["content"]
    assert content["sig"] == "Take 1 tablet by mouth once daily."
    assert (content["days_supply"], content["status"], content["reported"]) == (30, "active", False)
    assert content["prescriber_id"] == clinic.small.ana
    listed = clinic.get("")
    assert [one["id"] for one in listed["active"]] == [made["id"]]
    assert listed["reported"] == listed["past"] == []
    summary = clinic.get(f"/charts/{clinic.patient}/summary")
    assert summary["medications"][0]["content"]["sig"] == content["sig"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"drug": {"text": "lisinopril"}}, ""),
        ({"route": None}, ""),
        ({"timing": None}, ""),
        ({"dose": {"value": "0", "unit": "{tbl}"}}, ""),
        ({"dispense": {"value": "0", "unit": "{tbl}"}}, ""),
        ({"sig": "Take it all."}, ""),
        ({"refills": 100}, "refills"),
        ({"days_supply": 0}, "days_supply"),
        ({"timing": {"frequency": 0}}, "timing.frequency"),
        ({"pharmacy_id": "phm_01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "pharmacy_id"),
        ({"encounter_id": "enc_01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "encounter_id"),
        (
            {
                "dose": {"value": "3", "unit": "{tbl}"},
                "duration": {"value": "3"},
                "dispense": {"value": "2", "unit": "{tbl}"},
            },
            "dispense",
        ),
    ],
    ids=str,
)
def test_what_is_not_whole_is_refused_and_nothing_is_written(
    clinic: Clinic, change: dict[str, Any], field: str
) -> None:
    body = {k: v for k, v in {**prescription(), **change}.items() if v is not None}
    reply = clinic.post("prescriptions", body)
    assert reply.status == 422, reply.text
    if field:
        assert fields(reply) == [field]
    assert clinic.get("")["active"] == []


def test_only_a_provider_prescribes(clinic: Clinic) -> None:
    refused = clinic.post("prescriptions", prescription(), caller=clinic.assistant)
    assert (refused.status, kind(refused)) == (403, "not-a-prescriber")
    refused = clinic.post("prescriptions", prescription(), caller=clinic.desk)
    assert (refused.status, kind(refused)) == (403, "forbidden")


@pytest.mark.parametrize("status", [ChartStatus.ARCHIVED, ChartStatus.MERGED])
def test_nothing_is_prescribed_in_a_closed_chart(clinic: Clinic, status: ChartStatus) -> None:
    survivor = clinic.patient if status is ChartStatus.MERGED else None
    clinic.patient = add_patient(clinic.small.practice, status=status, merged_into=survivor)
    for path, body in (
        ("prescriptions", prescription()),
        ("reported", {"drug": LISINOPRIL}),
        ("refills", {"drug": "Something", "asked_by": "patient"}),
    ):
        refused = clinic.post(path, body)
        assert (refused.status, kind(refused)) == (409, "chart-closed"), path


def test_an_unknown_patient_has_no_list_and_gets_no_prescription(clinic: Clinic) -> None:
    clinic.patient = PatientId.new()
    for path in ("", "refills", "reconciliations", "pharmacy"):
        assert call("GET", clinic.at(path), caller=clinic.ana).status == 404, path
    assert clinic.post("prescriptions", prescription()).status == 404


def test_the_same_request_sent_twice_is_one_prescription(clinic: Clinic) -> None:
    headers = {"Idempotency-Key": "rx-1"}
    first = clinic.post("prescriptions", prescription(), headers=headers)
    again = clinic.post("prescriptions", prescription(), headers=headers)
    assert (first.status, again.json) == (201, first.json)
    assert len(clinic.get("")["active"]) == 1


# -- the checks -----------------------------------------------------------------------


def test_a_draft_is_checked_and_told_what_the_check_does_not_know(clinic: Clinic) -> None:
    clinic.allergic_to(drug("Penicillin", "70618"))
    clinic.allergic_to({"text": "Cactus"})
    clinic.report(WARFARIN)
    draft = {
        "drug": AMOXICILLIN,
        "dose": {"value": "1", "unit": "{capsule}"},
        "route": ORAL,
        "timing": {"frequency": 3},
        "duration": {"value": "7"},
    }
    reply = clinic.post("checks", draft)
    assert reply.status == 200, reply.text
    assert reply.json["sig"] == "Take 1 capsule by mouth 3 times daily for 7 days."
    assert reply.json["suggested"] == {"value": "21", "unit": "{capsule}", "comparator": None}
    [alert] = reply.json["alerts"]
    assert (alert["kind"], alert["severity"]) == ("ALGY", "high")
    assert "Allergy to Cactus: not in the table" in reply.json["not_checked"]
    assert reply.json["coverage"]["does_not_cover"]
    assert clinic.get("/medications/coverage")["covers"]


def test_a_warning_is_overridden_with_a_reason_that_is_kept(clinic: Clinic) -> None:
    clinic.allergic_to(drug("Penicillin", "70618"))
    clinic.prescribe(what=WARFARIN)
    ibuprofen = drug("ibuprofen 600 MG Oral Tablet", "197806")
    refused = clinic.post("prescriptions", prescription(ibuprofen))
    assert (refused.status, kind(refused)) == (409, "unresolved-alerts")
    [key] = refused.json["alerts"]
    assert key.startswith("DRG.warfarin-nsaid.med_")
    other = clinic.post(
        "prescriptions", prescription(ibuprofen, reasons=[{"alert": "DRG.x.y", "reason": "No."}])
    )
    assert other.status == 409
    reasons = [{"alert": key, "reason": "Three days only; INR on Friday."}]
    made = clinic.post("prescriptions", prescription(ibuprofen, reasons=reasons))
    assert made.status == 201, made.text
    [kept] = made.json["content"]["overrides"]
    assert (kept["alert"], kept["reason"]) == (key, reasons[0]["reason"])
    assert "Higher risk of bleeding" in kept["said"]


def test_what_only_informs_needs_no_reason(clinic: Clinic) -> None:
    clinic.allergic_to(drug("Penicillin", "70618"))
    cefdinir = drug("cefdinir 300 MG Oral Capsule", "200346")
    assert clinic.post("prescriptions", prescription(cefdinir)).status == 201


# -- controlled substances ----------------------------------------------------------------


def test_a_controlled_substance_is_known_as_one_and_has_its_limits(clinic: Clinic) -> None:
    refused = clinic.post("prescriptions", prescription(OXYCODONE, refills=1))
    assert (refused.status, fields(refused)) == (422, ["refills"])
    refused = clinic.post("prescriptions", prescription(OXYCODONE, refills=0, schedule="V"))
    assert (refused.status, fields(refused)) == (422, ["schedule"])
    made = clinic.prescribe(what=OXYCODONE, refills=0)
    assert made["content"]["schedule"] == "II"
    without = clinic.post("prescriptions", prescription(ALPRAZOLAM, refills=0), caller=clinic.ben)
    assert (without.status, fields(without)) == (422, ["schedule"])


def test_a_controlled_substance_is_not_sent_electronically(clinic: Clinic) -> None:
    pharmacy = clinic.pharmacy()
    made = clinic.prescribe(what=OXYCODONE, refills=0, pharmacy_id=pharmacy["pharmacy_id"])
    refused = clinic.post(f"entries/{made['id']}/sending", {}, version=1)
    assert (refused.status, kind(refused)) == (409, "needs-epcs")
    assert "1311" in refused.json["title"]
    fields = clinic.get(f"entries/{made['id']}/script")
    assert fields["Prescriber"]["DEANumber"] == "BE1234563"
    assert fields["MedicationPrescribed"]["DEASchedule"] == "C48675"


# -- stopping, holding, renewing, correcting ------------------------------------------------


def test_stopping_says_why_and_moves_it_to_the_past(clinic: Clinic) -> None:
    made = clinic.prescribe()
    without = clinic.move(made, "stopped", reason=None)
    assert (without.status, fields(without)) == (422, ["reason"])
    stopped = clinic.move(made, "stopped")
    assert (stopped.status, stopped.json["content"]["status"]) == (200, "stopped")
    listed = clinic.get("")
    assert listed["active"] == []
    assert listed["past"][0]["content"]["status_reason"]["text"] == "Cough."
    again = clinic.move(stopped.json, "active")
    assert (again.status, kind(again)) == (409, "medication-move")


def test_what_is_held_is_taken_up_again(clinic: Clinic) -> None:
    made = clinic.prescribe()
    held = clinic.move(made, "on-hold", "Before surgery.")
    assert held.json["content"]["status"] == "on-hold"
    assert clinic.get("")["active"][0]["content"]["status"] == "on-hold"
    stale = clinic.move(made, "active")
    assert stale.status == 412
    again = clinic.move(held.json, "active", None)
    assert (again.json["content"]["status"], again.json["version"]) == ("active", 3)
    versions = clinic.get(f"entries/{made['id']}/versions")["versions"]
    assert [one["content"]["status"] for one in versions] == ["on-hold", "active"]


def test_a_renewal_is_a_prescription_of_its_own_and_ends_the_one_before(clinic: Clinic) -> None:
    made = clinic.prescribe()
    body = {"dispense": {"value": "90", "unit": "{tbl}"}, "refills": 1}
    renewed = clinic.post(f"entries/{made['id']}/renewal", body, version=1)
    assert renewed.status == 201, renewed.text
    content = renewed.json["content"]
    assert (content["prior_id"], content["days_supply"]) == (made["id"], 90)
    assert content["sig"] == made["content"]["sig"]
    listed = clinic.get("")
    assert [one["id"] for one in listed["active"]] == [renewed.json["id"]]
    assert listed["past"][0]["content"]["status"] == "completed"
    assert clinic.post(f"entries/{made['id']}/renewal", body, version=1).status == 412


def test_what_was_stopped_or_reported_is_not_renewed(clinic: Clinic) -> None:
    body = {"dispense": {"value": "90", "unit": "{tbl}"}, "refills": 1}
    made = clinic.prescribe()
    assert clinic.move(made, "stopped").status == 200
    for key, version in ((made["id"], 2), (clinic.report(WARFARIN)["id"], 1)):
        refused = clinic.post(f"entries/{key}/renewal", body, version=version)
        assert (refused.status, kind(refused)) == (409, "medication-move")


def test_a_prescription_is_corrected_while_no_pharmacy_has_it(clinic: Clinic) -> None:
    made = clinic.prescribe()
    path = f"prescriptions/{made['id']}"
    changed = clinic.put(path, prescription(timing={"frequency": 2}), 1)
    assert changed.status == 200, changed.text
    assert changed.json["content"]["sig"] == "Take 1 tablet by mouth twice daily."
    [was] = clinic.get(f"entries/{made['id']}/versions")["versions"]
    assert was["content"]["sig"] == "Take 1 tablet by mouth once daily."
    assert clinic.put(path, prescription(), 1).status == 412


def test_reported_medications_are_changed_and_prescriptions_are_not(clinic: Clinic) -> None:
    told = clinic.report(WARFARIN, sig="One in the evening")
    changed = clinic.put(f"reported/{told['id']}", {"drug": WARFARIN, "sig": "Two a day"}, 1)
    assert (changed.status, changed.json["content"]["sig"]) == (200, "Two a day")
    made = clinic.prescribe()
    refused = clinic.put(f"reported/{made['id']}", {"drug": LISINOPRIL}, 1)
    assert (refused.status, kind(refused)) == (409, "medication-move")
    future = clinic.post("reported", {"drug": WARFARIN, "started": "2999-01-01"})
    assert (future.status, fields(future)) == (422, ["started"])


def test_nothing_of_another_patient_is_found_under_this_one(clinic: Clinic) -> None:
    made = clinic.prescribe()
    clinic.patient = add_patient(clinic.small.practice, family="Other")
    for path in ("", "/versions", "/fhir", "/script"):
        reply = call("GET", clinic.at(f"entries/{made['id']}{path}"), caller=clinic.ana)
        assert reply.status == 404, path
    assert clinic.move(made, "stopped").status == 404
    assert clinic.move({"id": MedicationId.new(), "version": 1}, "stopped").status == 404
    assert EncounterId.new() not in str(clinic.get(""))
