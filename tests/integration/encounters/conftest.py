from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from caresmith.ids import PatientId, PracticeId, ProviderId
from caresmith.permissions import Role
from tests.support.client import Caller, Reply, call
from tests.support.practices import SmallPractice, add_patient, small_practice

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"

CODED = {
    "diagnoses": [{"code": {"system": ICD10CM, "code": "J45.909"}}],
    "services": [{"code": {"system": CPT, "code": "99213"}, "diagnoses": [1]}],
}
"""What a charge needs."""


def concept(system: str, code: str, text: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"codings": [{"system": system, "code": code}]}
    return {**found, "text": text} if text else found


@dataclass
class Editor:
    """An open note editor: it counts its saves and remembers which version it read."""

    clinic: Clinic
    encounter: str
    caller: Caller
    name: str
    read: int = 0
    turn: int = 0

    def save(self, text: str, *, merges: tuple[str, ...] = (), section: str = "hpi") -> Reply:
        self.turn += 1
        reply = self.send(text, self.read, self.turn, merges=merges, section=section)
        if reply.status == 200:
            self.read = reply.json["note_version"]
        return reply

    def send(
        self, text: str, read: int, turn: int, *, merges: tuple[str, ...] = (), section: str = "hpi"
    ) -> Reply:
        """One save as it is sent, with whatever version and count."""
        body = {
            "template_id": "soap",
            "sections": [
                {"key": section, "part": "subjective", "title": "History", "text": text},
                {"key": "plan", "part": "plan", "title": "Plan", "text": ""},
            ],
            "editor": self.name,
            "turn": turn,
            "merges": list(merges),
        }
        path = f"/encounters/{self.encounter}/note"
        return call(
            "PUT", path, caller=self.caller, json_body=body, headers={"If-Match": f'"{read}"'}
        )


@dataclass
class Clinic:
    """Ana, a provider, and her assistant, with one patient."""

    small: SmallPractice
    patient: PatientId
    ana: Caller
    ben: Caller
    assistant: Caller
    made: int = field(default=0)

    def post(
        self, path: str, body: Any = None, *, caller: Caller | None = None, **given: Any
    ) -> Reply:
        return call("POST", path, caller=caller or self.ana, json_body=body or {}, **given)

    def put(self, path: str, body: Any, version: int, *, caller: Caller | None = None) -> Reply:
        headers = {"If-Match": f'"{version}"'}
        return call("PUT", path, caller=caller or self.ana, json_body=body, headers=headers)

    def get(self, path: str, *, caller: Caller | None = None, **query: str) -> Reply:
        return call("GET", path, caller=caller or self.ana, query=query)

    def open(self, **given: Any) -> dict[str, Any]:
        body = {
            "patient_id": self.patient,
            "provider_id": self.small.ana,
            "location_id": self.small.east,
            **given,
        }
        reply = self.post("/encounters", body)
        assert reply.status == 201, reply.text
        return reply.json  # type: ignore[no-any-return]

    def editor(self, encounter: str, caller: Caller | None = None) -> Editor:
        self.made += 1
        return Editor(self, encounter, caller or self.ana, f"editor-{self.made:04}")

    def encounter(self, encounter: str) -> Any:
        reply = self.get(f"/encounters/{encounter}")
        assert reply.status == 200, reply.text
        return reply.json

    def note(self, encounter: str) -> Any:
        reply = self.get(f"/encounters/{encounter}/note")
        assert reply.status == 200, reply.text
        return reply.json

    def sign(
        self, encounter: str, version: int, *, caller: Caller | None = None, **body: Any
    ) -> Reply:
        return self.post(
            f"/encounters/{encounter}/note/signature",
            body,
            caller=caller,
            headers={"If-Match": f'"{version}"'},
        )

    def code(self, encounter: str, billing: dict[str, Any] | None = None) -> Reply:
        version = self.encounter(encounter)["version"]
        return self.put(f"/encounters/{encounter}/billing", billing or CODED, version)

    def chart(self, kind: str, content: dict[str, Any], **more: Any) -> Reply:
        return self.post(f"/charts/{self.patient}/{kind}", {"content": content, **more})

    def summary(self) -> Any:
        reply = self.get(f"/charts/{self.patient}/summary")
        assert reply.status == 200, reply.text
        return reply.json


def clinician(practice: PracticeId, provider: ProviderId | None) -> Caller:
    extra = {"provider_id": str(provider)} if provider else {}
    return Caller(practice, roles=(Role.CLINICIAN,), extra=extra)


@pytest.fixture
def clinic(practice: PracticeId) -> Clinic:
    small = small_practice(practice)
    return Clinic(
        small,
        add_patient(practice),
        clinician(practice, small.ana),
        clinician(practice, small.ben),
        clinician(practice, None),
    )


@pytest.fixture
def as_role(clinic: Clinic) -> Callable[[Role], Caller]:
    return lambda role: Caller(clinic.small.practice, roles=(role,))
