"""A second chart for one person is noticed before it is opened."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.patients.conftest import Office, person, phone

HOME = {"lines": ["12 Elm St"], "city": "Chicago", "state": "IL", "postal_code": "60601"}
CONTACT = {"addresses": [HOME], "telecoms": [phone("3125550142")]}


def candidates(office: Office, demographics: dict[str, Any], **contact: Any) -> list[Any]:
    body = {"demographics": demographics, "contact": contact}
    reply = office.post("/patients/duplicates", body)
    assert reply.status == 200, reply.text
    return list(reply.json["candidates"])


def test_registering_a_known_person_is_refused_until_somebody_says_otherwise(
    office: Office,
) -> None:
    known = office.register(person("Katherine", "Johnson"), contact=CONTACT)
    again = {"demographics": person("Katharine", "Johnsson"), "contact": CONTACT}
    refused = office.post("/patients", again)
    assert refused.status == 409
    assert refused.json["type"].endswith("/possible-duplicate")
    [candidate] = refused.json["candidates"]
    assert candidate["patient_id"] == known["patient_id"]
    assert candidate["likelihood"] == "strong"
    assert "same birth date" in candidate["reasons"]
    assert "Johnson" not in refused.text
    assert office.found("katharine johnsson") == [known["patient_id"]]
    confirmed = office.post("/patients", {**again, "confirmed_not_duplicate": True})
    assert confirmed.status == 201


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (person("Katherine", "Johnson"), "same given name"),
        (person("Kathryn", "Johnsen"), "similar family names"),
        (person("Johnson", "Katherine"), "same family name"),
        (person("Katherine", "Johnson", birth_date="1985-03-15"), "birth dates differ by one slip"),
        (person("Katherine", "Johnson", birth_date="1985-03-24"), "birth dates differ by one slip"),
        (person("K", "Johnson"), "similar given names"),
    ],
)
def test_slips_of_the_pen_are_seen_through(office: Office, other: dict[str, Any], why: str) -> None:
    known = office.register(person("Katherine", "Johnson"))
    found = candidates(office, other)
    assert [c["patient"]["patient_id"] for c in found] == [known["patient_id"]]
    assert why in found[0]["reasons"]


def test_a_new_surname_is_seen_through_by_birth_date_and_telephone(office: Office) -> None:
    known = office.register(person("Katherine", "Johnson"), contact=CONTACT)
    found = candidates(office, person("Katherine", "Goble"), telecoms=[phone("312-555-0142")])
    assert [c["patient"]["patient_id"] for c in found] == [known["patient_id"]]


@pytest.mark.parametrize(
    "other",
    [
        person("Robert", "Johnson", birth_date="1987-07-01", gender="male"),
        person("Ines", "Johnson", birth_date="2011-11-30"),
    ],
)
def test_a_family_under_one_roof_is_not_taken_for_one_person(
    office: Office, other: dict[str, Any]
) -> None:
    office.register(person("Katherine", "Johnson"), contact=CONTACT)
    assert candidates(office, other, **CONTACT) == []


def test_known_twins_are_two_people(office: Office) -> None:
    office.register(person("Ana", "Roe", multiple_birth=True), contact=CONTACT)
    assert candidates(office, person("Eva", "Roe", multiple_birth=True), **CONTACT) == []


def test_a_namesake_born_another_year_is_no_duplicate(office: Office) -> None:
    office.register(person("John", "Smith", gender="male"))
    assert candidates(office, person("John", "Smith", birth_date="1951-09-02", gender="male")) == []


def test_a_merged_chart_is_not_offered_again(office: Office) -> None:
    keep = office.register(person("Ana", "Roe"))
    gone = office.register(person("Ana", "Roe"))
    body = {"merged_id": gone["patient_id"], "merged_version": 1, "reason": "Entered twice"}
    merged = office.post(f"/patients/{keep['patient_id']}/merge", body, version=1)
    assert merged.status == 200
    found = candidates(office, person("Ana", "Roe"))
    assert [c["patient"]["patient_id"] for c in found] == [keep["patient_id"]]
