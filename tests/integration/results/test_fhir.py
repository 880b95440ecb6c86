"""DiagnosticReports by FHIR: the same matching, filing and list as by HL7 v2."""

from __future__ import annotations

import base64
import json
from copy import deepcopy
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from tests.integration.results.conftest import Laboratory, values_of
from tests.support.client import Reply, call

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"


def code(value: str, display: str, system: str = LOINC) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value, "display": display}], "text": display}


def observation(name: str, **value: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": name, "status": "final", **value}


BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "identifier": {"system": "urn:lab", "value": "B-1"},
    "entry": [
        {
            "fullUrl": "urn:uuid:0b1c4a1e-0000-4000-8000-000000000001",
            "resource": {
                "resourceType": "Patient",
                "identifier": [
                    {
                        "type": {"coding": [{"code": "MR"}]},
                        "system": "urn:oid:1.2.3",
                        "value": "MRN-1",
                    }
                ],
                "name": [{"family": "Doe", "given": ["Jo"]}],
                "gender": "female",
                "birthDate": "1980-02-29",
            },
        },
        {
            "resource": observation(
                "k",
                code=code("2823-3", "Potassium"),
                valueQuantity={"value": 6.9, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
                interpretation=[{"coding": [{"code": "HH"}]}],
                referenceRange=[{"low": {"value": 3.5}, "high": {"value": 5.1}, "text": "3.5-5.1"}],
            )
        },
        {
            "resource": observation(
                "bp",
                code=code("85354-9", "Blood pressure panel"),
                component=[
                    {
                        "code": code("8480-6", "Systolic"),
                        "valueQuantity": {
                            "value": 120,
                            "unit": "mmHg",
                            "system": UCUM,
                            "code": "mm[Hg]",
                        },
                    },
                    {"code": code("8462-4", "Diastolic"), "valueInteger": 80},
                ],
            )
        },
        {
            "resource": {
                "resourceType": "DiagnosticReport",
                "identifier": [
                    {"type": {"coding": [{"code": "FILL"}]}, "system": "urn:lab", "value": "F-1"}
                ],
                "status": "final",
                "category": [{"coding": [{"code": "LAB"}]}],
                "code": code("24323-8", "Metabolic panel"),
                "subject": {"reference": "urn:uuid:0b1c4a1e-0000-4000-8000-000000000001"},
                "effectiveDateTime": "2026-03-02T09:30:00-05:00",
                "issued": "2026-03-02T13:00:00.000-05:00",
                "performer": [{"display": "Acme"}],
                "result": [{"reference": "Observation/k"}, {"reference": "Observation/bp"}],
                "conclusion": "Potassium is high.",
                "presentedForm": [
                    {
                        "contentType": "application/pdf",
                        "title": "Report",
                        "data": base64.b64encode(b"%PDF-1.7 all of it").decode(),
                    }
                ],
            },
        },
    ],
}


def deliver(lab: Laboratory, sent: Any) -> Reply:
    raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    headers = {"content-type": "application/fhir+json"}
    return call("POST", "/results/deliveries", caller=lab.machine, raw=raw, headers=headers)


@pytest.fixture
def bundle(lab: Laboratory) -> dict[str, Any]:
    lab.person()
    changed = call(
        "PUT",
        f"/results/labs/{lab.lab_id}",
        caller=lab.admin,
        json_body={"name": "Acme", "zone": "America/New_York", "mrn_authorities": ["1.2.3"]},
        headers={"if-match": '"1"'},
    )
    assert changed.status == 200
    return deepcopy(BUNDLE)


def test_a_report_with_its_observations_is_filed_like_any_other(
    lab: Laboratory, bundle: dict[str, Any]
) -> None:
    Bundle.model_validate(bundle)
    [delivery] = deliver(lab, bundle).json["deliveries"]
    assert (delivery["state"], delivery["outcomes"]) == ("filed", ["new"])
    read = lab.only_report()
    assert values_of(read) == {
        "Potassium": "6.9 mmol/L final",
        "Systolic": "120 mm[Hg] final",
        "Diastolic": "80 final",
    }
    report = read["report"]
    assert (report["flag"], report["conclusion"]) == ("critical", "Potassium is high.")
    assert report["forms"][0]["content_type"] == "application/pdf"
    [again] = deliver(lab, bundle).json["deliveries"]
    assert again["outcomes"] == ["repeated"]
    bundle["entry"][1]["resource"]["valueQuantity"]["value"] = 4.2
    bundle["entry"][1]["resource"]["interpretation"] = []
    bundle["entry"][-1]["resource"] |= {"status": "corrected", "issued": "2026-03-02T20:00:00Z"}
    [fixed] = deliver(lab, bundle).json["deliveries"]
    assert fixed["outcomes"] == ["corrected"]
    assert values_of(lab.only_report())["Potassium"] == "4.2 mmol/L final"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"identifier": []}, "Bundle.entry[3].resource.identifier"),
        ({"status": "done"}, "Bundle.entry[3].resource.status"),
        ({"result": [{"reference": "Observation/none"}]}, "Bundle.entry[3].resource.result[0]"),
        ({"subject": {"reference": "Patient/none"}}, "Bundle.entry[3].resource.subject"),
        ({"code": code("1-1", "Wrong")}, "Bundle.entry[3].resource.code"),
        (
            {"presentedForm": [{"contentType": "application/pdf", "data": "TVqQAA=="}]},
            "Bundle.entry[3].resource.presentedForm[0]",
        ),
        ({"effectiveDateTime": "yesterday"}, "Bundle.entry[3].resource.effectiveDateTime"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_nothing_is_filed(
    lab: Laboratory, bundle: dict[str, Any], change: dict[str, Any], place: str
) -> None:
    bundle["entry"][-1]["resource"] |= change
    [delivery] = deliver(lab, bundle).json["deliveries"]
    assert delivery["state"] == "garbled"
    assert [finding["place"] for finding in delivery["findings"]] == [place]
    assert lab.inbox() == []
    [item] = lab.unfiled()
    assert lab.get(f"/results/messages/{item['message_id']}")["format"] == "fhir"


def test_somebody_else_waits_for_a_person(lab: Laboratory, bundle: dict[str, Any]) -> None:
    bundle["entry"][0]["resource"]["name"] = [{"family": "Roe", "given": ["Al"]}]
    [delivery] = deliver(lab, bundle).json["deliveries"]
    assert delivery["state"] == "waiting"
    assert [item["reason"] for item in lab.unfiled()] == ["other-name"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"resourceType": "Patient"}', b"\xff", b"[" * 9999])
def test_what_is_no_report_is_kept_and_said(lab: Laboratory, raw: bytes) -> None:
    [delivery] = deliver(lab, raw).json["deliveries"]
    assert delivery["state"] == "garbled"
    assert len(lab.unfiled()) == 1
