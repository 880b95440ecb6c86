"""The set-up through its front door: made, read, changed, deleted, told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from caresmith.audit import AuditEntry, AuditTrail, day_partition
from caresmith.permissions import Role
from tests.integration.admin.conftest import Office, hours, location, refused

UNKNOWN = "01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"


def every_kind(office: Office) -> list[tuple[str, Any]]:
    """One thing of each kind, with the path that keeps it."""
    place = office.location()
    doctor = office.provider(place)
    return [
        ("/locations", place),
        ("/rooms", office.room(place)),
        ("/providers", doctor),
        ("/appointment-types", office.visit_type()),
        ("/availability-rules", office.hours(doctor, place)),
    ]


def test_every_kind_is_read_as_it_was_made(office: Office) -> None:
    for path, made in every_kind(office):
        reply = office.get(f"{path}/{made['id']}")
        assert reply.json == made
        assert reply.headers["etag"] == '"1"'


def test_the_whole_set_up_has_each_thing_with_its_version(office: Office) -> None:
    made = dict(every_kind(office))
    place = made["/locations"]
    office.put(f"/locations/{place['id']}", {**place, "phone": "1"}, 1)
    whole = office.get("/setup").json
    assert whole["practice"]["name"] == "Small"
    assert whole["locations"] == [{**place, "phone": "1"}]
    assert whole["rooms"] == [made["/rooms"]]
    assert whole["providers"] == [made["/providers"]]
    assert whole["appointment_types"] == [made["/appointment-types"]]
    assert whole["availability_rules"] == [made["/availability-rules"]]
    others = {thing["id"]: 1 for path, thing in made.items() if path != "/locations"}
    assert whole["versions"] == {**others, place["id"]: 2, office.practice: 1}


def test_a_change_needs_the_version_that_was_read(office: Office) -> None:
    for path, made in every_kind(office):
        one = f"{path}/{made['id']}"
        assert office.call("PUT", one, made).status == 428
        assert office.put(one, made, 7).status == 412
        done = office.put(one, made, 1)
        assert (done.status, done.headers["etag"]) == (200, '"2"')
        assert office.put(one, made, 1).status == 412
        assert office.call("DELETE", one).status == 428
        assert office.delete(one, 1).status == 412


def test_a_change_replaces_the_whole_thing(office: Office) -> None:
    place = office.location(phone="(616) 555-0100", address_lines=["1 Main St"])
    body = location("West", zone="America/Chicago")
    changed = office.put(f"/locations/{place['id']}", body, 1).json
    assert changed == {
        "id": place["id"],
        "name": "West",
        "zone": "America/Chicago",
        "address_lines": [],
        "phone": "",
        "npi": None,
        "clia": "",
        "clia_kind": "",
        "mammography": "",
        "active": True,
    }
    assert office.get(f"/locations/{place['id']}").json == changed


def test_ids_are_given_here_and_never_change(office: Office, place: Any) -> None:
    other = f"loc_{UNKNOWN}"
    refused(office.post("/locations", {**location("West"), "id": other}), "id")
    refused(office.put(f"/locations/{place['id']}", {**place, "id": other}, 1), "id")


def test_what_is_not_there_is_not_found(office: Office, place: Any) -> None:
    for method in ("GET", "PUT", "DELETE"):
        body = location("West") if method == "PUT" else None
        reply = office.call(method, f"/locations/loc_{UNKNOWN}", body, version=1)
        assert reply.status == 404
    assert office.get(f"/rooms/{place['id']}").status == 422
    assert office.get(f"/providers/prv_{UNKNOWN}").status == 404


def test_the_practice_is_changed_like_anything_else(office: Office) -> None:
    practice = office.get("/practice")
    assert practice.headers["etag"] == '"1"'
    changed = {**practice.json, "name": "Large", "idle_minutes": 10}
    assert office.call("PUT", "/practice", changed).status == 428
    assert office.put("/practice", {**changed, "idle_minutes": 61}, 1).status == 422
    assert office.put("/practice", changed, 1).json["name"] == "Large"
    assert office.put("/practice", changed, 1).status == 412


def test_what_is_referred_to_is_not_deleted_and_the_answer_says_by_what(
    office: Office, place: Any, doctor: Any
) -> None:
    room = office.room(place)
    visit = office.visit_type(provider_ids=[doctor["id"]])
    rule = office.hours(doctor, place, type_ids=[visit["id"]])
    user = office.user(provider_id=doctor["id"])
    expected = {
        f"/locations/{place['id']}": [
            ("room", room["id"]), ("provider", doctor["id"]), ("rule", rule["id"]),
        ],
        f"/providers/{doctor['id']}": [
            ("type", visit["id"]), ("rule", rule["id"]), ("user", user["user_id"]),
        ],
        f"/appointment-types/{visit['id']}": [("rule", rule["id"])],
    }  # fmt: skip
    for path, referents in expected.items():
        reply = office.delete(path, 1)
        assert reply.status == 409
        assert "active" in reply.json["title"]
        found = {(one["kind"], one["id"]) for one in reply.json["referents"]}
        assert found == set(referents)
        assert office.get(path).status == 200


def test_the_last_room_of_a_kind_stays_while_visits_need_it(office: Office, place: Any) -> None:
    first, second = office.room(place, "Exam 1"), office.room(place, "Exam 2")
    visit = office.visit_type(room_kind="exam")
    assert office.delete(f"/rooms/{first['id']}", 1).status == 204
    reply = office.delete(f"/rooms/{second['id']}", 1)
    assert reply.json["referents"] == [{"kind": "type", "id": visit["id"]}]


def test_what_nothing_refers_to_is_deleted(office: Office) -> None:
    made = dict(every_kind(office))
    # The last made refers to those before it.
    for path in reversed(made):
        one = f"{path}/{made[path]['id']}"
        assert office.delete(one, 1).status == 204, path
        assert office.get(one).status == 404


def test_each_change_is_told_once_and_names_nobody(
    office: Office, told: Callable[[], list[Any]]
) -> None:
    place = office.location()
    [(kind, event)] = told()
    assert kind == "PracticeChanged"
    assert (event["kind"], event["thing_id"]) == ("location", place["id"])
    assert event["actor_id"] == office.caller.user_id
    assert "East" not in str(event)
    office.put(f"/locations/{place['id']}", {**place, "phone": "1"}, 1)
    assert [e["thing_id"] for _, e in told()] == [place["id"]]
    office.put(f"/locations/{place['id']}", place, 1)
    office.post("/locations", location("EAST"))
    assert told() == []
    office.delete(f"/locations/{place['id']}", 2)
    assert [e["thing_id"] for _, e in told()] == [place["id"]]


def test_each_change_is_on_record_with_the_one_who_made_it(office: Office) -> None:
    place = office.location()
    office.put(f"/locations/{place['id']}", place, 9)
    entries = [
        entry
        for shard in range(8)
        for entry in AuditEntry.query(day_partition(office.practice, today(), shard))
        if place["id"] in entry.records
    ]
    told = {(e.action, e.outcome, e.actor_id) for e in entries}
    actor = office.caller.user_id
    assert told == {
        ("admin.add-location", "success", actor),
        ("admin.change-location", "failed", actor),
    }


def test_nothing_changes_without_its_audit_entry(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = office.location()

    def fail(*_: Any) -> Any:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(AuditTrail, "_entries", fail)
        assert office.put(f"/locations/{place['id']}", location("West"), 1).status >= 500
    assert office.get(f"/locations/{place['id']}").json == place


def today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def test_practices_never_see_each_other(office: Office, elsewhere: Office) -> None:
    for path, made in every_kind(office):
        one = f"{path}/{made['id']}"
        assert elsewhere.get(one).status == 404
        assert elsewhere.put(one, made, 1).status == 404
        assert elsewhere.delete(one, 1).status == 404
    assert elsewhere.get("/setup").json["locations"] == []
    elsewhere.location("East")


def test_another_practices_location_is_no_location(office: Office, elsewhere: Office) -> None:
    theirs = elsewhere.location()
    refused(office.post("/rooms", {"location_id": theirs["id"], "name": "Exam 1"}), "location_id")


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINICIAN, Role.BILLER, Role.AUDITOR])
def test_most_roles_read_the_set_up_and_write_nothing(office: Office, role: Role) -> None:
    caller = office.as_role(role)
    assert office.get("/setup", caller=caller).status == 200
    for path, made in every_kind(office):
        one = f"{path}/{made['id']}"
        assert office.get(one, caller=caller).status == 200
        assert office.post(path, made, caller=caller).status == 403
        assert office.put(one, made, 1, caller=caller).status == 403
    practice = office.get("/practice", caller=caller).json
    assert office.put("/practice", practice, 1, caller=caller).status == 403
    assert office.get("/users", caller=caller).status == 403


def test_a_manager_writes_hours_and_nothing_else(office: Office, place: Any, doctor: Any) -> None:
    manager = office.as_role(Role.MANAGER)
    assert office.post("/availability-rules", hours(doctor, place), caller=manager).status == 201
    assert office.post("/locations", location("West"), caller=manager).status == 403
    assert office.post("/users", office.new_user(), caller=manager).status == 403


def test_nobody_gets_in_without_signing_in(office: Office) -> None:
    from tests.support.client import call

    assert call("GET", "/admin/setup").status == 401
