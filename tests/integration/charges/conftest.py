"""A small practice that charges: an NPI, a payer, an insured patient, fees and codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.events import DomainEvent, EncounterClosed, EncounterRetracted
from caresmith.ids import CoverageId, PatientId, PayerId, PracticeId
from caresmith.permissions import Role
from caresmith.records.coverage import COVERAGE, Coverage, CoverageItem, seal_coverage
from caresmith.records.demographics import Period
from caresmith.records.patient import chart_key
from caresmith.records.revenue.payer import PayerFacts, PayerItem, payers_key
from infra.manifest import function_named
from scripts.localstack.records import sqs_event
from tests.integration.encounters.conftest import Clinic, clinician
from tests.support.client import Caller, Reply, call, invoke
from tests.support.delivery import event_message
from tests.support.events import told
from tests.support.practices import SmallPractice, add_patient, small_practice

TODAY = datetime.now(UTC).date() - timedelta(days=1)
"""A day that is over wherever the practice is."""

FEES = """code,modifiers,amount,facility
99213,,150.00,110.00
99214,,210.00,
83036,,40.00,
36415,,12.50,
71046,,90.00,
71046,26,30.00,
3044F,,0.00,
"""
ALLOWED = "code,amount\n99213,98.00\n83036,13.25\n"
CODES = """code,description,from,until
99213,Office visit of a known patient,,
99214,"Office visit of a known patient, longer",,
83036,Long-term blood sugar,,
36415,Drawing blood from a vein,,
71046,X-ray of the chest from two sides,,
3044F,Blood sugar reported,,
99241,Consultation as it was,2000-01-01,2022-12-31
"""


def add_payer(practice: PracticeId, name: str, **facts: Any) -> PayerId:
    payer = PayerId.new()
    told_ = PayerFacts(**{"name": name, "wire_id": "60054", **facts})
    PayerItem(payers_key(practice), payer, payer_id=payer, body=told_.model_dump_json()).save()
    return payer


def cover(
    practice: PracticeId, patient: PatientId, payer: PayerId | None, **given: Any
) -> CoverageId:
    """A policy in the chart, written directly: another feature only reads it."""
    key = CoverageId.new()
    policy = Coverage(
        **{"payer_id": payer, "payer_name": "Acme Health", "member_id": "M-1", **given}
    )
    CoverageItem(
        chart_key(practice, patient),
        f"{COVERAGE}{key}",
        coverage_id=key,
        patient_id=patient,
        coverage=seal_coverage(practice, key, policy),
    ).save()
    return key


@dataclass
class Office:
    """Ana codes, the biller releases; one patient is insured and one pays alone."""

    small: SmallPractice
    clinic: Clinic
    biller: Caller
    payer: PayerId
    insured: PatientId
    coverage: CoverageId
    alone: PatientId

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    def send(self, method: str, path: str, body: Any = None, **given: Any) -> Reply:
        version = given.pop("version", None)
        if version is not None:
            given["headers"] = {"If-Match": f'"{version}"', **given.get("headers", {})}
        return call(method, path, caller=given.pop("caller", self.biller), json_body=body, **given)

    def upload(self, path: str, text: str, version: int | None = None) -> Reply:
        headers = {"content-type": "text/csv"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return call("POST", path, caller=self.biller, raw=text.encode(), headers=headers)

    def made(self, path: str, body: Any) -> Any:
        reply = self.send("POST", path, body)
        assert reply.status == 201, reply.text
        return reply.json

    def schedule(self, name: str, rows: str, **facts: Any) -> Any:
        made = self.made("/charges/fees", {"name": name, "starts": "2020-01-01", **facts})
        reply = self.upload(f"/charges/fees/{made['schedule_id']}/rows", rows, made["version"])
        assert reply.status == 200, reply.text
        return reply.json

    # -- sheets -----------------------------------------------------------------

    def entered(self, patient: PatientId | None = None, **given: Any) -> dict[str, Any]:
        return {
            "patient_id": patient or self.insured,
            "day": TODAY.isoformat(),
            "location_id": self.small.east,
            "rendering_id": self.small.ana,
            "diagnoses": ["E119"],
            "lines": [
                {"code": "99213", "pointers": [1]},
                {"code": "83036", "pointers": [1]},
            ],
            **given,
        }

    def enter(self, patient: PatientId | None = None, **given: Any) -> Any:
        [sheet] = self.made("/charges/sheets", self.entered(patient, **given))["sheets"]
        return sheet

    def sheet(self, sheet: str) -> Any:
        reply = self.send("GET", f"/charges/sheets/{sheet}")
        assert reply.status == 200, reply.text
        return reply.json

    def change(self, sheet: dict[str, Any], **changes: Any) -> Reply:
        """The sheet as it stands with these changes."""
        content = sheet["content"]
        keep = ("location_id", "rendering_id", "diagnoses", "who_pays", "place_of_service", "note")
        lines = [{k: v for k, v in line.items() if k != "expected"} for line in content["lines"]]
        body = {k: content[k] for k in keep} | {"lines": lines} | changes
        return self.send(
            "PUT", f"/charges/sheets/{sheet['sheet_id']}", body, version=sheet["version"]
        )

    def release(self, sheet: dict[str, Any]) -> Reply:
        return self.send(
            "POST", f"/charges/sheets/{sheet['sheet_id']}/release", {}, version=sheet["version"]
        )

    def released(self, patient: PatientId | None = None, **given: Any) -> Any:
        reply = self.release(self.enter(patient, **given))
        assert reply.status == 200, reply.text
        return reply.json

    def void(self, sheet: dict[str, Any]) -> Reply:
        body = {"reason": "Entered twice"}
        return self.send(
            "POST", f"/charges/sheets/{sheet['sheet_id']}/void", body, version=sheet["version"]
        )

    def waiting(self, which: str, **query: str) -> list[str]:
        reply = call("GET", "/charges/sheets", caller=self.biller, query={"which": which, **query})
        assert reply.status == 200, reply.text
        return [one["sheet_id"] for one in reply.json["sheets"]]

    # -- visits -----------------------------------------------------------------

    def close(self, billing: dict[str, Any] | None = None, **given: Any) -> str:
        """A visit of the insured patient, from its first word to its charge."""
        key: str = self.clinic.open(patient_id=self.insured, **given)["encounter_id"]
        self.clinic.editor(key).save("Well.")
        assert self.clinic.code(key, billing).status == 200
        signed = self.clinic.sign(key, 1)
        assert signed.status == 200, signed.text
        self.tell(told(self.practice, EncounterClosed)[-1])
        return key

    def tell(self, event: DomainEvent) -> None:
        """Deliver it as the bus does."""
        message = event_message(event.detail_type(), event.model_dump(mode="json"))
        answer = invoke(function_named("charges"), sqs_event([message], "arn:x"))
        assert answer == {"batchItemFailures": []}

    def retract(self, encounter: str) -> None:
        version = self.clinic.encounter(encounter)["version"]
        reply = self.clinic.post(
            f"/encounters/{encounter}/status",
            {"status": "entered-in-error"},
            headers={"If-Match": f'"{version}"'},
        )
        assert reply.status == 200, reply.text
        self.tell(told(self.practice, EncounterRetracted)[-1])

    def of_visit(self, encounter: str) -> list[Any]:
        reply = self.send("GET", f"/charges/encounters/{encounter}")
        assert reply.status == 200, reply.text
        return list(reply.json["sheets"])


@pytest.fixture
def office(practice: PracticeId) -> Office:
    small = small_practice(practice, npi="1234567893")
    insured, alone = add_patient(practice), add_patient(practice, "Alone")
    clinic = Clinic(
        small,
        insured,
        clinician(practice, small.ana),
        clinician(practice, small.ben),
        clinician(practice, None),
    )
    payer = add_payer(practice, "Acme Health")
    coverage = cover(practice, insured, payer, period=Period(start=TODAY.replace(year=2020)))
    biller = Caller(practice, roles=(Role.BILLER,))
    office = Office(small, clinic, biller, payer, insured, coverage, alone)
    office.schedule("Charges", FEES)
    office.schedule("Acme 2020", ALLOWED, payer_id=payer)
    reply = office.upload("/charges/code-lists/cpt", CODES)
    assert reply.status == 200, reply.text
    return office
