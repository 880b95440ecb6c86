"""What auditors see, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caresmith.ids import PatientId
from caresmith.permissions import Role
from functions.audit import reading
from functions.audit.segments import GENESIS
from tests.integration.audit.conftest import Trail
from tests.support.client import Caller, call

YESTERDAY = datetime.now(UTC).replace(hour=9, minute=0) - timedelta(days=1)
DAY = YESTERDAY.date().isoformat()
PATHS = ("/audit/entries?day=2026-01-01", "/audit/chain", "/console/audit")


def pages(trail: Trail, path: str, **query: str) -> list[list[dict[str, Any]]]:
    """All pages, each the entries that it shows."""
    found, cursor = [], ""
    while True:
        reply = trail.get(path, **query, cursor=cursor)
        assert reply.status == 200, reply.text
        found.append(reply.json["entries"])
        cursor = reply.json["cursor"]
        if not cursor:
            return found


def ids(found: list[list[dict[str, Any]]]) -> list[str]:
    return [entry["entry_id"] for page in found for entry in page]


def test_a_days_entries_come_newest_first_complete_and_once(trail: Trail) -> None:
    written = [
        trail.write(at=YESTERDAY + timedelta(seconds=second // 2))[0] for second in range(60)
    ]
    trail.write(at=YESTERDAY - timedelta(days=1))
    found = pages(trail, "/audit/entries", day=DAY)
    assert [len(page) for page in found] == [reading.PAGE, 10]
    assert sorted(ids(found)) == sorted(written)
    times = [entry["occurred_at"] for page in found for entry in page]
    assert times == sorted(times, reverse=True)


def test_an_entry_says_who_what_when_whose_and_from_where(trail: Trail) -> None:
    patient = PatientId.new()
    trail.write(patient, at=YESTERDAY, reason="Asked by telephone")
    [[entry]] = pages(trail, "/audit/entries", day=DAY)
    wanted = {
        "action": "patients.read",
        "actor_roles": ["front_desk"],
        "outcome": "success",
        "status": 200,
        "patient_ids": [patient],
        "reason": "Asked by telephone",
        "source_ip": "192.0.2.1",
        "emergency": False,
    }
    assert {name: entry[name] for name in wanted} == wanted
    assert entry["occurred_at"].startswith(DAY)


def test_who_looked_at_a_patient_is_one_list_over_all_days(trail: Trail) -> None:
    patient, other = PatientId.new(), PatientId.new()
    written = [trail.write(patient, at=YESTERDAY - timedelta(days=n))[0] for n in range(55)]
    trail.write(other, at=YESTERDAY)
    trail.streams.deliver()
    found = pages(trail, f"/audit/patients/{patient}/entries")
    assert ids(found)[: len(written)] == written
    assert len(found) == 2


def test_asking_who_looked_at_a_patient_stands_in_the_patients_list(trail: Trail) -> None:
    patient = PatientId.new()
    assert pages(trail, f"/audit/patients/{patient}/entries") == [[]]
    trail.streams.deliver()
    [[entry]] = pages(trail, f"/audit/patients/{patient}/entries")
    assert (entry["action"], entry["actor_id"]) == ("audit.read-patient", trail.auditor.user_id)


def test_an_entry_that_is_gone_is_named_in_the_patients_list(trail: Trail) -> None:
    patient = PatientId.new()
    [first, second] = trail.sealed(patient, count=2)
    trail.delete_item(trail.place(first))
    answer = trail.get(f"/audit/patients/{patient}/entries").json
    assert ([e["entry_id"] for e in answer["entries"]], answer["missing"]) == ([second], [first])


def test_emergency_access_can_be_looked_for(trail: Trail) -> None:
    patient = PatientId.new()
    trail.write(patient, at=YESTERDAY, count=2)
    roles = (Role.CLINICIAN, Role.EMERGENCY)
    [used] = trail.write(patient, at=YESTERDAY + timedelta(minutes=2), roles=roles)
    [broke] = trail.write(
        patient, at=YESTERDAY + timedelta(minutes=1), action="console.break-glass"
    )
    trail.streams.deliver()
    assert ids(pages(trail, "/audit/entries", day=DAY, emergency="true")) == [used, broke]
    path = f"/audit/patients/{patient}/entries"
    assert ids(pages(trail, path, emergency="true")) == [used, broke]
    assert [e["emergency"] for e in pages(trail, "/audit/entries", day=DAY)[0]] == [
        *(True, True),
        *(False, False),
    ]


def test_a_filter_that_finds_little_still_reaches_the_days_end(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_READ", 4)
    [rare] = trail.write(at=YESTERDAY, roles=(Role.EMERGENCY,))
    trail.write(at=YESTERDAY + timedelta(minutes=1), count=9)
    found = pages(trail, "/audit/entries", day=DAY, emergency="true")
    assert [len(page) for page in found] == [0, 0, 1]
    assert ids(found) == [rare]


def test_the_chains_head_and_what_waits_for_the_sealer(trail: Trail) -> None:
    nothing = {"sequence": 0, "sha256": GENESIS, "sealed_at": None, "unsealed_today": 0}
    assert trail.get("/audit/chain").json == nothing
    assert trail.get("/audit/chain").json["unsealed_today"] == 1
    trail.streams.deliver()
    status = trail.get("/audit/chain").json
    [link] = trail.chain()
    assert status == {
        "sequence": 1,
        "sha256": link.digest,
        "sealed_at": link.sealed_at,
        "unsealed_today": 0,
    }


def test_verifying_what_is_whole(trail: Trail) -> None:
    for _ in range(3):
        trail.sealed(PatientId.new())
    answer = trail.verify(2, 3).json
    assert answer == {"ok": True, "first": 2, "last": 3, "findings": [], "next": None}


def test_verifying_names_what_was_done(trail: Trail) -> None:
    for _ in range(3):
        trail.sealed()
    [entry] = trail.segments()[1]
    trail.change_item((entry["pk"], entry["sk"]), "source_ip", "198.51.100.9")
    answer = trail.verify(1, 3).json
    assert not answer["ok"]
    [found] = answer["findings"]
    assert (found["fault"], found["sequence"]) == ("entry-changed", 2)
    assert found["entry_id"] == entry["entry_id"]
    assert "198.51.100.9" not in found["message"]


def test_verifying_finds_that_the_chains_end_was_cut_off(trail: Trail) -> None:
    for _ in range(3):
        trail.sealed()
    trail.delete_link(3)
    for last in (2, 3):
        [found] = trail.verify(1, last).json["findings"]
        assert (found["fault"], found["sequence"]) == ("link-missing", 3)


def test_verifying_says_where_to_go_on(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.audit import service

    for _ in range(3):
        trail.sealed()
    monkeypatch.setattr(service, "SECONDS", -1.0)
    steps = [trail.verify(1, 3).json, trail.verify(2, 3).json, trail.verify(3, 3).json]
    assert [(step["last"], step["next"]) for step in steps] == [(1, 2), (2, 3), (3, None)]


@pytest.mark.parametrize(
    ("bounds", "field"),
    [
        ({"first": 0, "last": 1}, "first"),
        ({"first": 1}, "last"),
        ({"first": 1, "last": 10**12}, "last"),
        ({"first": 1, "last": 2}, "last"),
        ({"first": 1, "last": 1, "practice": "x"}, "practice"),
        ({"first": 2, "last": 1}, "body"),
        ({"first": 1, "last": 501}, "body"),
    ],
)
def test_strange_bounds_are_named(trail: Trail, bounds: dict[str, Any], field: str) -> None:
    trail.sealed()
    reply = call("POST", "/audit/verify", caller=trail.auditor, json_body=bounds)
    assert (reply.status, [e["field"] for e in reply.json["errors"]]) == (422, [field])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "day"),
        ({"day": "yesterday"}, "day"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": DAY, "cursor": "x"}, "cursor"),
        ({"day": DAY, "cursor": "é"}, "cursor"),
        ({"day": DAY, "cursor": "cHJjXzAxTTg1TjM3NTE5WjJKNk5TUDFDVzAwS05R"}, "cursor"),
        ({"day": DAY, "emergency": "perhaps"}, "emergency"),
    ],
)
def test_strange_questions_are_named(trail: Trail, query: dict[str, str], field: str) -> None:
    reply = trail.get("/audit/entries", **query)
    assert (reply.status, [e["field"] for e in reply.json["errors"]]) == (422, [field])


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR}))
def test_nobody_but_auditors_may_look(trail: Trail, role: Role) -> None:
    caller = Caller(trail.practice, roles=(role,))
    paths = (*PATHS, f"/audit/patients/{PatientId.new()}/entries")
    for path in paths:
        plain, _, query = path.partition("?")
        asked = {"day": query[4:]} if query else {}
        assert call("GET", plain, caller=caller, query=asked).status == 403, path
    bounds = {"first": 1, "last": 1}
    assert call("POST", "/audit/verify", caller=caller, json_body=bounds).status == 403
    assert {entry["outcome"] for entry in trail.entries()} == {"refused"}


def test_without_an_account_nothing_is_told(trail: Trail) -> None:
    assert call("GET", "/audit/chain").status == 401
    assert call("GET", "/console/audit").status == 303


def test_another_practices_entries_are_never_seen(trail: Trail, another: Trail) -> None:
    patient = PatientId.new()
    [theirs] = another.write(patient, at=YESTERDAY)
    another.streams.deliver()
    cursor = reading._closed(f"{DAY}T23:59:59.999999Z#{theirs}")
    assert pages(trail, "/audit/entries", day=DAY) == [[]]
    assert trail.get("/audit/entries", day=DAY, cursor=cursor).json["entries"] == []
    assert pages(trail, f"/audit/patients/{patient}/entries") == [[]]
    assert trail.get("/audit/chain").json["sequence"] == 0
    assert theirs not in trail.get("/console/audit", day=DAY).text
    assert patient not in trail.get("/console/audit", day=DAY).text
    assert trail.verify(1, 1).status == 422
