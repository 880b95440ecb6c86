"""Opening, reading, changing and closing a chart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.events import PatientsOutbox
from caresmith.permissions import Role
from scripts.benchmark.meter import watched
from tests.integration.patients.conftest import Office, person, phone
from tests.support.client import Caller, call
from tests.support.practices import small_practice

FULL = person(
    names=[
        {"use": "official", "given": ["María", "José"], "family": "García López", "suffix": "Jr"},
        {"use": "maiden", "given": ["María"], "family": "Ñúñez"},
    ],
    birth_sex="F",
    gender_identity="female",
    pronouns="she/her",
    race=["2106-3", "1002-5"],
    ethnicity="2135-2",
    marital_status="M",
    language="es-MX",
    interpreter_needed=True,
    alerts=["Hearing impaired: face the patient"],
)
CONTACT = {
    "addresses": [
        {"lines": ["12 Elm St", "Apt 4"], "city": "Chicago", "state": "il", "postal_code": "60601"}
    ],
    "telecoms": [
        phone("(312) 555-0142", consents={"sms": {"status": "granted", "source": "verbal"}}),
        {"system": "email", "value": "Maria@Example.ORG"},
    ],
}
RELATIONS = {
    "emergency_contacts": [
        {"name": "Pedro García", "relationship": "spouse", "telecoms": [phone("312-555-0143")]}
    ],
    "guarantor": {
        "is_self": False,
        "person": {"name": "Pedro García", "relationship": "spouse"},
    },
    "proxies": [
        {
            "person": {"name": "Rosa López", "relationship": "mother"},
            "scopes": ["scheduling"],
            "period": {"start": "2026-01-01"},
        }
    ],
}
COVERAGE = {"payer_name": "Example Health", "member_id": "XH123", "group_number": "G1"}


def test_a_registered_chart_reads_back_whole(office: Office) -> None:
    made = office.register(FULL, contact=CONTACT, relations=RELATIONS, coverages=[COVERAGE])
    reply = office.get(f"/patients/{made['patient_id']}")
    read = reply.json
    assert read == made
    assert reply.headers["etag"] == f'"{read["version"]}"'
    assert read["demographics"]["names"][0]["family"] == "García López"
    assert read["contact"]["addresses"][0]["state"] == "IL"
    consent = read["contact"]["telecoms"][0]["consents"]["sms"]
    assert consent["status"] == "granted"
    assert consent["recorded_at"] is not None
    assert read["contact"]["telecoms"][0]["value"] == "+13125550142"
    assert read["relations"]["proxies"][0]["scopes"] == ["scheduling"]
    assert read["coverages"][0]["member_id"] == "XH123"
    assert read["status"] == "active"


def test_charts_get_numbers_of_their_own_in_a_row(office: Office) -> None:
    numbers = [int(office.register()["mrn"]) for _ in range(3)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_a_number_in_use_is_refused_and_opens_no_chart(office: Office) -> None:
    office.register(mrn="A-77")
    reply = office.post(
        "/patients",
        {"demographics": person("Zoe"), "mrn": "a-77", "confirmed_not_duplicate": True},
    )
    assert reply.status == 409
    assert reply.json["type"].endswith("/mrn-taken")
    assert office.found("zoe") == []


def test_a_number_that_somebody_typed_in_is_passed_over(office: Office) -> None:
    first = int(office.register()["mrn"])
    office.register(mrn=str(first + 1))
    assert int(office.register()["mrn"]) == first + 2


def test_reading_a_chart_is_one_query_and_one_audit_write(office: Office) -> None:
    made = office.register(FULL, coverages=[COVERAGE, {**COVERAGE, "order": 2}])
    office.get(f"/patients/{made['patient_id']}")
    with watched() as usage:
        office.get(f"/patients/{made['patient_id']}")
    assert dict(usage.calls) == {"dynamodb:Query": 1, "dynamodb:PutItem": 1}


def test_a_change_needs_the_version_that_was_read(office: Office) -> None:
    made = office.register()
    path, body = f"/patients/{made['patient_id']}", {"demographics": person("Anna")}
    assert office.patch(path, body).status == 428
    assert office.patch(path, body, version=made["version"]).status == 200
    stale = office.patch(path, {"demographics": person("Late")}, version=made["version"])
    assert stale.status == 412
    read = office.get(path).json
    assert read["demographics"]["names"][0]["given"] == ["Anna"]
    assert read["version"] == made["version"] + 1


def test_groups_left_out_of_a_change_stay_as_they_are(office: Office) -> None:
    made = office.register(FULL, contact=CONTACT, relations=RELATIONS)
    changed = office.patch(
        f"/patients/{made['patient_id']}", {"contact": {}}, version=made["version"]
    ).json
    assert changed["contact"] == {"addresses": [], "telecoms": []}
    assert changed["demographics"] == made["demographics"]
    assert changed["relations"] == made["relations"]


def test_a_changed_name_is_found_and_the_former_one_is_not(office: Office) -> None:
    made = office.register(person("Ana", "Before"), contact={"telecoms": [phone("3125550111")]})
    office.patch(
        f"/patients/{made['patient_id']}",
        {"demographics": person("Ana", "Afterwards"), "contact": {}},
        version=made["version"],
    )
    assert office.found("afterwards ana") == [made["patient_id"]]
    assert office.found("before ana") == []
    assert office.found("before") == []
    assert office.found("312-555-0111") == []


def test_another_mrn_keeps_the_former_one_findable(office: Office) -> None:
    made = office.register()
    other = office.register(person("Bo"), mrn="TAKEN-1")
    path = f"/patients/{made['patient_id']}"
    assert office.patch(path, {"mrn": "TAKEN-1"}, version=1).status == 409
    changed = office.patch(path, {"mrn": "N-1"}, version=1)
    assert changed.json["mrn"] == "N-1"
    assert changed.json["other_mrns"] == [made["mrn"]]
    assert office.found("n-1") == [made["patient_id"]]
    assert office.found(made["mrn"]) == [made["patient_id"]]
    assert office.found("taken-1") == [other["patient_id"]]


def test_an_archived_chart_is_readable_but_not_changed(office: Office) -> None:
    made = office.register()
    path = f"/patients/{made['patient_id']}"
    assert office.post(f"{path}/archive", {"reason": "Moved away"}).status == 428
    archived = office.post(f"{path}/archive", {"reason": "Moved away"}, version=1)
    assert archived.json["status"] == "archived"
    refused = office.patch(path, {"contact": {}}, version=2)
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "chart-closed")
    assert office.found("ana", include_archived=False) == []
    assert office.found("ana") == [made["patient_id"]]
    restored = office.post(f"{path}/restore", {"reason": "Back"}, version=2)
    assert restored.json["status"] == "active"
    assert office.post(f"{path}/restore", {"reason": "Again"}, version=3).status == 409


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"demographics": person(birth_date=TOMORROW)}, "demographics.birth_date"),
        ({"demographics": person(birth_date="1885-01-01")}, "demographics.birth_date"),
        ({"demographics": person(birth_date="2023-02-29")}, "demographics.birth_date"),
        ({"demographics": person(birth_date=17)}, "demographics.birth_date"),
        ({"demographics": person(deceased_on=TOMORROW)}, "demographics.deceased_on"),
        ({"demographics": person(names=[])}, "demographics.names"),
        ({"demographics": person(given="x" * 101)}, "demographics.names.0.given.0"),
        ({"demographics": person(given="a\u0000b")}, "demographics.names.0.given.0"),
        ({"demographics": person(shoe_size=44)}, "demographics.shoe_size"),
        ({"demographics": person(gender="robot")}, "demographics.gender"),
        ({"demographics": person(), "mrn": "no spaces"}, "mrn"),
        ({"demographics": person(), "favourite": 1}, "favourite"),
        (
            {"demographics": person(), "contact": {"telecoms": [phone("123")]}},
            "contact.telecoms.0.value",
        ),
        (
            {
                "demographics": person(),
                "contact": {"addresses": [{"lines": ["1 A St"], "city": "X", "state": "ZZ"}]},
            },
            "contact.addresses.0.state",
        ),
        (
            {"demographics": person(), "preferred_provider_id": "prv_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"},
            "preferred_provider_id",
        ),
        ({"demographics": person(), "coverages": [COVERAGE, COVERAGE]}, "order"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(
    office: Office, change: dict[str, Any], field: str
) -> None:
    reply = office.post("/patients", change)
    assert reply.status == 422, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in reply.json["errors"]]
    assert office.found("example") == []


def test_another_practice_finds_no_such_chart(office: Office) -> None:
    from caresmith.clock import SystemClock
    from caresmith.ids import PracticeId
    from caresmith.keystore import create_keys

    made = office.register()
    elsewhere = PracticeId.new()
    create_keys(elsewhere, SystemClock())
    small_practice(elsewhere)
    stranger = Office(elsewhere, Caller(elsewhere, roles=(Role.MANAGER,)))
    assert stranger.get(f"/patients/{made['patient_id']}").status == 404
    assert stranger.found("ana example") == []


def test_a_biller_reads_but_does_not_register(office: Office) -> None:
    made = office.register()
    biller = Caller(office.practice, roles=(Role.BILLER,))
    assert call("GET", f"/patients/{made['patient_id']}", caller=biller).status == 200
    refused = call("POST", "/patients", caller=biller, json_body={"demographics": person()})
    assert refused.status == 403


def test_each_change_tells_its_event_without_phi(office: Office) -> None:
    made = office.register(FULL)
    office.patch(f"/patients/{made['patient_id']}", {"contact": CONTACT}, version=1)
    told = [
        item
        for item in PatientsOutbox.scan(PatientsOutbox.pk.startswith(office.practice))
        if made["patient_id"] in item.detail
    ]
    told.sort(key=lambda item: item.occurred_at)
    assert [item.detail_type for item in told] == ["PatientRegistered", "PatientChanged"]
    assert not any(word in item.detail for item in told for word in ("Garc", "1985", "3125"))
