"""What does not fit to the rest of the set-up is refused, with the field named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.admin.conftest import Office, fields, hours, location, npi, refused

UNKNOWN = "01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"name": "  "}, "name"),
        ({"name": "E\u202east"}, "name"),
        ({"npi": "1234567890"}, "npi"),
        ({"address_lines": ["1 Main St", "a\x07b"]}, "address_lines"),
        ({"fax": "1"}, "fax"),
    ],
)
def test_a_location_is_refused_with_the_field_named(
    office: Office, wrong: dict[str, Any], field: str
) -> None:
    reply = office.post("/locations", {**location(), **wrong})
    assert reply.status == 422
    assert fields(reply)[0].startswith(field)


def test_a_name_is_taken_once_whatever_its_case(office: Office, place: Any) -> None:
    office.visit_type("Check-up")
    west = office.location("West")
    refused(office.post("/locations", location("EAST")), "name")
    refused(office.put(f"/locations/{west['id']}", {**west, "name": "east"}, 1), "name")
    refused(office.post("/appointment-types", {"name": "check-UP", "minutes": 30}), "name")


def test_rooms_share_names_only_between_locations(office: Office, place: Any) -> None:
    office.room(place, "Exam 1")
    office.room(office.location("West"), "Exam 1")
    refused(office.post("/rooms", {"location_id": place["id"], "name": "exam 1"}), "name")


def test_a_room_needs_its_location(office: Office) -> None:
    body = {"location_id": f"loc_{UNKNOWN}", "name": "Exam 1"}
    refused(office.post("/rooms", body), "location_id")


def test_a_provider_needs_its_locations(office: Office, place: Any) -> None:
    ids = [place["id"], f"loc_{UNKNOWN}", place["id"]]
    body = office.provider_body(location_ids=ids)
    refused(office.post("/providers", body), "location_ids.1", "location_ids.2")


def test_two_active_providers_never_share_an_npi(office: Office, place: Any) -> None:
    first = office.provider(place, npi=npi(77))
    refused(office.post("/providers", office.provider_body(place, npi=npi(77))), "npi")
    office.put(f"/providers/{first['id']}", {**first, "active": False}, 1)
    office.provider(place, npi=npi(77))
    refused(office.put(f"/providers/{first['id']}", {**first, "active": True}, 2), "npi")


def test_a_kind_of_visit_needs_its_providers_and_rooms(
    office: Office, place: Any, doctor: Any
) -> None:
    body: dict[str, Any] = {"name": "Scan", "minutes": 30, "room_kind": "imaging"}
    reply = office.post(
        "/appointment-types", {**body, "provider_ids": [doctor["id"], f"prv_{UNKNOWN}"]}
    )
    refused(reply, "provider_ids.1", "room_kind")
    office.room(place, "Scanner", room_kind="imaging")
    office.visit_type(**body, provider_ids=[doctor["id"]])


def test_hours_need_a_provider_who_works_there(office: Office, place: Any, doctor: Any) -> None:
    west = office.location("West")
    refused(office.post("/availability-rules", hours(doctor, west)), "location_id")
    nobody = {"id": f"prv_{UNKNOWN}"}
    refused(office.post("/availability-rules", hours(nobody, place)), "provider_id")
    reply = office.post("/availability-rules", hours(doctor, place, type_ids=[f"apt_{UNKNOWN}"]))
    refused(reply, "type_ids.0")


def test_hours_that_make_no_sense_are_refused(office: Office, place: Any, doctor: Any) -> None:
    for wrong in ({"end": "08:00"}, {"start": "09:02"}, {"rrule": "FREQ=HOURLY"}):
        assert office.post("/availability-rules", hours(doctor, place, **wrong)).status == 422


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "EXDATE:20260101T000000",
        "RDATE:20260101T000000",
        "FREQ=DAILY;BYHOUR=9,17",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_rule_that_never_ends_or_never_begins_is_refused(
    office: Office, place: Any, doctor: Any, rrule: str
) -> None:
    """Stored, it would stand in the way of every later search for a free time."""
    refused(office.post("/availability-rules", hours(doctor, place, rrule=rrule)), "rrule")


def test_a_provider_leaves_a_place_only_without_hours_to_come(office: Office, place: Any) -> None:
    west = office.location("West")
    doctor = office.provider(place, west)
    rule = office.hours(doctor, west)
    leaves = {**doctor, "location_ids": [place["id"]]}
    refused(office.put(f"/providers/{doctor['id']}", leaves, 1), "location_ids")
    ended = {**rule, "ends_on": "2026-01-31"}
    assert office.put(f"/availability-rules/{rule['id']}", ended, 1).status == 200
    assert office.put(f"/providers/{doctor['id']}", leaves, 1).status == 200


def test_closed_and_open_days_must_make_sense(office: Office) -> None:
    practice = office.get("/practice").json
    days = {"closed_on": ["2026-12-26"], "open_on": ["2026-10-12"]}
    assert office.put("/practice", {**practice, **days}, 1).json["open_on"] == ["2026-10-12"]
    plain = {**practice, "open_on": ["2026-10-12", "2026-10-13"]}
    refused(office.put("/practice", plain, 2), "open_on.1")
    both = {**practice, "open_on": ["2026-10-12"], "closed_on": ["2026-10-12"]}
    refused(office.put("/practice", both, 2), "open_on.0")
    twice = {**practice, "closed_on": ["2026-12-26", "2026-12-26"]}
    refused(office.put("/practice", twice, 2), "closed_on.1")
