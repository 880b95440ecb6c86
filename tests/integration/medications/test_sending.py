"""A prescription's way to the pharmacy, through queue and port, and NCPDP's fields."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from fhir.resources.R4B.medicationrequest import MedicationRequest

from caresmith.later import group
from functions.medications.endpoint import EndpointRefused, FhirEndpoint, Outgoing
from functions.medications.sending import MOST_ATTEMPTS
from infra.manifest import function_named
from tests.integration.medications.conftest import Clinic, FakePharmacy, prescription
from tests.integration.medications.test_prescribing import kind
from tests.support.client import Reply, invoke
from tests.support.delivery import Streams, deliver_events


def queued(clinic: Clinic, made: dict[str, Any], **body: Any) -> Reply:
    return clinic.post(f"entries/{made['id']}/sending", body, version=made["version"])


def carry(streams: Streams) -> None:
    streams.deliver()
    deliver_events()


def state(clinic: Clinic, made: dict[str, Any]) -> Any:
    return clinic.get(f"entries/{made['id']}")["sending"]


@pytest.fixture
def sendable(clinic: Clinic) -> dict[str, Any]:
    pharmacy = clinic.pharmacy()
    return clinic.prescribe(
        pharmacy_id=pharmacy["pharmacy_id"],
        pharmacist_note="Blister packs.",
        as_written=True,
        reason={"codings": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}]},
        duration={"value": "30"},
    )


def test_a_prescription_arrives_as_fhir_and_is_accepted_once(
    clinic: Clinic, sendable: dict[str, Any], pharmacy_end: FakePharmacy, streams: Streams
) -> None:
    reply = queued(clinic, sendable)
    assert (reply.status, reply.json["state"]) == (202, "queued"), reply.text
    again = queued(clinic, sendable)
    assert (again.status, kind(again)) == (409, "already-sent")
    carry(streams)
    carry(streams)
    [sent] = pharmacy_end.taken
    assert (sent.base, sent.message) == ("https://fhir.pharmacy.example/r4", "new")
    resource = MedicationRequest.model_validate_json(sent.resource)
    assert resource.status == "active"
    [dosage] = resource.dosageInstruction
    assert dosage.text == "Take 1 tablet by mouth once daily for 30 days."
    assert resource.dispenseRequest.numberOfRepeatsAllowed == 3
    assert resource.substitution.allowedBoolean is False
    kinds = [one.__resource_type__ for one in resource.contained]
    assert kinds == ["Patient", "Practitioner", "Organization", "Organization"]
    told = state(clinic, sendable)
    assert (told["state"], told["attempts"], told["failure"]) == ("accepted", 1, None)
    assert clinic.get("/medications/work")["items"] == []
    path = f"prescriptions/{sendable['id']}"
    corrected = clinic.put(path, prescription(), 1)
    assert (corrected.status, kind(corrected)) == (409, "already-sent")


def test_a_pharmacy_that_does_not_answer_is_asked_again_and_then_a_person_sees_to_it(
    clinic: Clinic, sendable: dict[str, Any], pharmacy_end: FakePharmacy, streams: Streams
) -> None:
    pharmacy_end.is_down(MOST_ATTEMPTS)
    assert queued(clinic, sendable).status == 202
    carry(streams)
    scheduler = boto3.client("scheduler")
    for attempt in range(1, MOST_ATTEMPTS):
        told = state(clinic, sendable)
        assert (told["state"], told["attempts"]) == ("queued", attempt)
        name = f"rx-{sendable['id']}-{attempt}"
        planned = scheduler.get_schedule(Name=name, GroupName=group())
        invoke(function_named("medications"), json.loads(planned["Target"]["Input"]))
    told = state(clinic, sendable)
    assert (told["state"], told["failure"]) == ("failed", "no-answer")
    [waits] = clinic.get("/medications/work")["items"]
    assert (waits["what"], waits["record_id"]) == ("failed", sendable["id"])
    assert "lisinopril" in waits["drug"]
    assert queued(clinic, sendable).status == 202
    assert clinic.get("/medications/work")["items"] == []
    carry(streams)
    assert state(clinic, sendable)["state"] == "accepted"


def test_what_the_pharmacy_refuses_waits_for_a_person(
    clinic: Clinic, sendable: dict[str, Any], pharmacy_end: FakePharmacy, streams: Streams
) -> None:
    pharmacy_end.refuses("http-422")
    assert queued(clinic, sendable).status == 202
    carry(streams)
    assert state(clinic, sendable)["failure"] == "http-422"
    assert "refused it (http-422)" in clinic.get("/medications/work")["items"][0]["detail"]
    stopped = clinic.move(sendable, "stopped")
    assert stopped.status == 200
    assert clinic.get("/medications/work")["items"] == []


def test_a_pharmacy_that_has_it_is_told_that_it_was_stopped(
    clinic: Clinic, sendable: dict[str, Any], pharmacy_end: FakePharmacy, streams: Streams
) -> None:
    pharmacy_end.answers.append("sent")
    assert queued(clinic, sendable).status == 202
    carry(streams)
    assert state(clinic, sendable)["state"] == "sent"
    path = f"entries/{sendable['id']}/sending/outcome"
    assert clinic.post(path, {"outcome": "accepted"}).json["state"] == "accepted"
    assert clinic.move(sendable, "stopped").status == 200
    carry(streams)
    new, ended = pharmacy_end.taken
    assert (new.message, ended.message) == ("new", "stopped")
    resource = MedicationRequest.model_validate_json(ended.resource)
    assert (resource.status, resource.statusReason.text) == ("stopped", "Cough.")
    assert state(clinic, sendable)["state"] == "accepted"


def test_what_can_t_be_sent_is_refused_with_the_reason(clinic: Clinic) -> None:
    made = clinic.prescribe()
    for body, words in (
        ({}, "Name the pharmacy"),
        ({"pharmacy_id": clinic.pharmacy(fhir_endpoint=None)["pharmacy_id"]}, "print it"),
    ):
        refused = queued(clinic, made, **body)
        assert (refused.status, kind(refused)) == (409, "not-sendable")
        assert words in refused.json["detail"]
    told = clinic.report({"text": "Fish oil"})
    assert queued(clinic, told).status == 409
    gone = clinic.pharmacy(active=False)
    refused = queued(clinic, made, pharmacy_id=gone["pharmacy_id"])
    assert refused.status == 422
    assert clinic.post(f"entries/{made['id']}/sending/outcome", {"outcome": "failed"}).status == 404


def test_the_fields_of_ncpdp_script_are_whole_or_say_what_lacks(
    clinic: Clinic, sendable: dict[str, Any]
) -> None:
    told = clinic.get(f"entries/{sendable['id']}/script")
    prescribed = told["MedicationPrescribed"]
    assert prescribed["RxNormCode"] == "314076"
    assert prescribed["Quantity"]["QuantityUnitOfMeasure"] == "C48542"
    assert (prescribed["Substitutions"], prescribed["NumberOfRefills"]) == ("1", 3)
    assert prescribed["Diagnosis"]["Code"] == "I10"
    assert told["Pharmacy"]["NCPDPID"] == "1234567"
    assert told["Patient"]["Address"]["StateProvince"] == "IL"
    bare = clinic.prescribe(reasons=[{"alert": f"DUPTHPY.same.{sendable['id']}", "reason": "x"}])
    reply = clinic.post(f"entries/{bare['id']}/sending", {}, version=1)
    assert reply.status == 409
    from tests.support.client import call

    refused = call("GET", clinic.at(f"entries/{bare['id']}/script"), caller=clinic.ana)
    assert (refused.status, kind(refused)) == (409, "not-sendable")
    assert "a pharmacy" in refused.json["detail"]


# -- the endpoint itself ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("http://pharmacy.example/fhir", "not-https"),
        ("https://127.0.0.1/fhir", "not-public"),
        ("https://169.254.169.254/latest", "not-public"),
        ("https://10.0.0.7:8443/fhir", "not-public"),
        ("https://localhost/fhir", "not-public"),
    ],
)
def test_nothing_goes_out_in_clear_or_into_our_own_network(base: str, code: str) -> None:
    outgoing = Outgoing(base, "med_1", "new", b"{}")
    with pytest.raises(EndpointRefused) as refused:
        FhirEndpoint().deliver(outgoing)
    assert refused.value.code == code
    # A base that only begins like the local pharmacy's is not it.
    with pytest.raises(EndpointRefused):
        FhirEndpoint("http://127.0.0.1:9").deliver(Outgoing("http://127.0.0.1:99", "m", "new", b""))
