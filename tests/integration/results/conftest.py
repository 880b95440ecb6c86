"""A practice whose laboratory delivers, and people to deliver results of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import Role
from scripts.mllpbridge.messages import Person, Result, Value
from tests.support.client import Caller, Reply, call
from tests.support.practices import SmallPractice, small_practice

HL7 = {"content-type": "application/hl7-v2"}
JO = {"names": [{"family": "Doe", "given": ["Jo"]}], "birth_date": "1980-02-29", "gender": "female"}


def glucose(value: str = "95", **given: Any) -> Value:
    return Value("2345-7", "Glucose", value, "mg/dL", reference="70-99", **given)


@dataclass
class Laboratory:
    """Delivers for one lab and looks at what came of it as a clinician."""

    small: SmallPractice
    clinician: Caller
    admin: Caller
    lab_id: str = ""
    machine: Caller | None = None
    people: dict[str, str] = field(default_factory=dict)
    """Patient ids by MRN."""

    def get(self, path: str, **given: Any) -> Any:
        reply = call("GET", path, caller=self.clinician, **given)
        assert reply.status == 200, reply.text
        return reply.json

    def post(self, path: str, body: Any = None, version: int | None = None) -> Reply:
        headers = {} if version is None else {"if-match": f'"{version}"'}
        return call(
            "POST",
            path,
            caller=self.clinician,
            json_body={} if body is None else body,
            headers=headers,
        )

    def person(
        self, mrn: str = "MRN-1", *, family: str = "Doe", given: str = "Jo", **about: Any
    ) -> Person:
        """Register somebody; returns how the lab knows them."""
        demographics = {**JO, "names": [{"family": family, "given": [given]}], **about}
        reply = self.post(
            "/patients",
            {"demographics": demographics, "mrn": mrn, "confirmed_not_duplicate": True},
        )
        assert reply.status == 201, reply.text
        self.people[mrn] = reply.json["patient_id"]
        born = str(demographics["birth_date"]).replace("-", "")
        return Person(mrn, family, given, born, "F")

    def deliver(self, raw: bytes) -> str:
        """Hand messages in; returns the codes of the ACKs, ``AA AE``."""
        reply = call("POST", "/results/deliveries", caller=self.machine, raw=raw, headers=HL7)
        assert reply.status == 200, reply.text
        segments = reply.text.split("\r")
        return " ".join(line.split("|")[1] for line in segments if line.startswith("MSA"))

    def acks(self, raw: bytes) -> list[str]:
        """The segments of the answer."""
        reply = call("POST", "/results/deliveries", caller=self.machine, raw=raw, headers=HL7)
        return reply.text.strip("\r").split("\r")

    def inbox(self, provider: str = "nobody") -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.get("/results/inbox", query={"provider_id": provider})[
            "entries"
        ]
        return entries

    def unfiled(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/results/unfiled")["items"]
        return items

    def report(self, report_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/results/reports/{report_id}")
        return found

    def only_report(self) -> dict[str, Any]:
        [entry] = self.inbox()
        return self.report(entry["report_id"])


def later(result: Result, hours: float, **changes: Any) -> Result:
    """The same report, told some hours after."""
    facts = {**result.__dict__, "reported": result.reported + timedelta(hours=hours), **changes}
    return Result(**facts)


def values_of(read: dict[str, Any]) -> dict[str, str]:
    """``{"Glucose": "95 mg/dL final"}``"""
    told = {}
    for one in read["report"]["observations"]:
        number = one.get("quantity") or one.get("local") or {}
        value = one.get("text") or f"{number.get('value', '')} {number.get('unit') or ''}"
        told[one["code"]["text"]] = f"{value.strip()} {one['status']}".strip()
    return told


@pytest.fixture
def lab(practice: PracticeId) -> Laboratory:
    small = small_practice(practice)
    clinician = Caller(
        practice, roles=(Role.CLINICIAN, Role.MANAGER), extra={"provider_id": small.ana}
    )
    admin = Caller(practice, roles=(Role.ADMIN,))
    laboratory = Laboratory(small, clinician, admin)
    made = call(
        "POST",
        "/results/labs",
        caller=admin,
        json_body={"name": "Acme Laboratories", "zone": "America/New_York"},
    )
    assert made.status == 201, made.text
    laboratory.lab_id = made.json["lab"]["lab_id"]
    laboratory.machine = Caller(practice, user_id=laboratory.lab_id, roles=(Role.LAB,))
    return laboratory
