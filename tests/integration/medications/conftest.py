"""A practice that prescribes: a doctor with a DEA number, an assistant, pharmacies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from caresmith.ids import PatientId, PracticeId
from caresmith.permissions import Role
from caresmith.records.contact import Address, Telecom, TelecomSystem
from caresmith.records.demographics import Contact
from caresmith.records.practice import DeaNumber
from functions.medications import handler as medications
from functions.medications.endpoint import EndpointDown, EndpointRefused, Outgoing
from tests.support.client import Caller, Reply, call
from tests.support.practices import SmallPractice, add_patient, provider, put, small_practice

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
ORAL = {"codings": [{"system": SNOMED, "code": "26643006", "display": "Oral route"}]}


def drug(name: str, code: str) -> dict[str, Any]:
    return {"codings": [{"system": RXNORM, "code": code, "display": name}], "text": name}


LISINOPRIL = drug("lisinopril 10 MG Oral Tablet", "314076")
AMOXICILLIN = drug("amoxicillin 500 MG Oral Capsule", "308191")
OXYCODONE = drug("oxycodone hydrochloride 5 MG Oral Tablet", "1049621")
ALPRAZOLAM = drug("alprazolam 0.5 MG Oral Tablet", "308048")
WARFARIN = drug("warfarin sodium 5 MG Oral Tablet", "855332")


def prescription(what: dict[str, Any] = LISINOPRIL, **given: Any) -> dict[str, Any]:
    """A whole request: one tablet once a day for a month, with refills."""
    return {
        "drug": what,
        "dose": {"value": "1", "unit": "{tbl}"},
        "route": ORAL,
        "timing": {"frequency": 1},
        "dispense": {"value": "30", "unit": "{tbl}"},
        "refills": 3,
        **given,
    }


@dataclass
class FakePharmacy:
    """Stands at the other end of the port: takes, refuses, or does not answer."""

    answers: list[Any] = field(default_factory=list)
    taken: list[Outgoing] = field(default_factory=list)

    def deliver(self, outgoing: Outgoing) -> Any:
        self.taken.append(outgoing)
        answer = self.answers.pop(0) if self.answers else "accepted"
        if isinstance(answer, Exception):
            raise answer
        return answer

    def is_down(self, times: int) -> None:
        self.answers += [EndpointDown() for _ in range(times)]

    def refuses(self, code: str) -> None:
        self.answers.append(EndpointRefused(code))


@dataclass
class Clinic:
    small: SmallPractice
    patient: PatientId
    ana: Caller
    """A provider with a DEA number."""
    ben: Caller
    """A provider without."""
    assistant: Caller
    desk: Caller

    def post(self, path: str, body: Any, *, version: int | None = None, **given: Any) -> Reply:
        given.setdefault("caller", self.ana)
        headers = dict(given.pop("headers", {}))
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return call("POST", self.at(path), json_body=body, headers=headers, **given)

    def put(self, path: str, body: Any, version: int, **given: Any) -> Reply:
        given.setdefault("caller", self.ana)
        headers = {"If-Match": f'"{version}"'}
        return call("PUT", self.at(path), json_body=body, headers=headers, **given)

    def get(self, path: str, **given: Any) -> Any:
        given.setdefault("caller", self.ana)
        reply = call("GET", self.at(path), **given)
        assert reply.status == 200, reply.text
        return reply.json

    def at(self, path: str) -> str:
        """``entries/...`` is of the patient; ``/...`` is as it stands."""
        return path if path.startswith("/") else f"/medications/{self.patient}/{path}".rstrip("/")

    def prescribe(self, **given: Any) -> dict[str, Any]:
        reply = self.post("prescriptions", prescription(**given))
        assert reply.status == 201, reply.text
        made: dict[str, Any] = reply.json
        return made

    def report(self, what: dict[str, Any], **given: Any) -> dict[str, Any]:
        reply = self.post("reported", {"drug": what, **given})
        assert reply.status == 201, reply.text
        made: dict[str, Any] = reply.json
        return made

    def move(self, made: dict[str, Any], status: str, reason: str | None = "Cough.") -> Reply:
        body = {"status": status, **({"reason": reason} if reason else {})}
        return self.post(f"entries/{made['id']}/status", body, version=made["version"])

    def allergic_to(self, substance: dict[str, Any]) -> None:
        path = f"/charts/{self.patient}/allergies"
        reply = self.post(path, {"content": {"substance": substance}})
        assert reply.status == 201, reply.text

    def visit(self) -> str:
        reply = self.post(
            "/encounters",
            {
                "patient_id": self.patient,
                "provider_id": self.small.ana,
                "location_id": self.small.east,
            },
        )
        assert reply.status == 201, reply.text
        return str(reply.json["encounter_id"])

    def pharmacy(self, **facts: Any) -> dict[str, Any]:
        given = {
            "name": "Corner Drugs",
            "ncpdp_id": "1234567",
            "npi": "1234567893",
            "phone": "(312) 555-0100",
            "fhir_endpoint": "https://fhir.pharmacy.example/r4",
            **facts,
        }
        reply = self.post("/medications/pharmacies", given, caller=self.desk)
        assert reply.status == 201, reply.text
        made: dict[str, Any] = reply.json
        return made


@pytest.fixture
def clinic(practice: PracticeId) -> Clinic:
    small = small_practice(practice)
    ana = provider(small.ana, "Ana", (small.east, small.central))
    put(practice, ana.model_copy(update={"dea": DeaNumber("BE1234563")}))
    contact = Contact(
        addresses=[Address(lines=["9 Elm St"], city="Chicago", state="IL", postal_code="60601")],
        telecoms=[Telecom(system=TelecomSystem.PHONE, value="+13125550187")],
    )

    def clinician(provider_id: str | None) -> Caller:
        extra = {"provider_id": provider_id} if provider_id else {}
        return Caller(practice, roles=(Role.CLINICIAN,), extra=extra)

    return Clinic(
        small,
        add_patient(practice, contact=contact),
        clinician(small.ana),
        clinician(small.ben),
        clinician(None),
        Caller(practice, roles=(Role.FRONT_DESK,)),
    )


@pytest.fixture
def pharmacy_end(monkeypatch: pytest.MonkeyPatch) -> FakePharmacy:
    fake = FakePharmacy()
    monkeypatch.setattr(medications._sender, "_out", fake)
    return fake
