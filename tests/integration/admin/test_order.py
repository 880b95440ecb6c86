"""Writes that cross: what was true when a request looked must be true when it commits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.admin import setup, staff
from tests.integration.admin.conftest import Office, fields, location
from tests.support.client import Reply


def slip_in(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, request: Callable[[], Reply]
) -> list[Reply]:
    """Have ``request`` carried out whole just after the next call of ``module.name``."""
    plain, answers = getattr(module, name), []

    def then_the_other(*given: Any) -> Any:
        seen = plain(*given)
        monkeypatch.setattr(module, name, plain)
        answers.append(request())
        return seen

    monkeypatch.setattr(module, name, then_the_other)
    return answers


def test_a_location_is_not_deleted_while_a_room_moves_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = office.location()
    body = {"location_id": place["id"], "name": "Exam 1"}
    others = slip_in(monkeypatch, setup, "read_snapshot", lambda: office.post("/rooms", body))
    reply = office.delete(f"/locations/{place['id']}", 1)
    assert others[0].status == 201
    assert reply.status == 409
    assert reply.json["referents"] == [{"kind": "room", "id": others[0].json["id"]}]


def test_a_room_does_not_move_into_a_location_that_is_being_deleted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = office.location()
    one = f"/locations/{place['id']}"
    others = slip_in(monkeypatch, setup, "read_snapshot", lambda: office.delete(one, 1))
    reply = office.post("/rooms", {"location_id": place["id"], "name": "Exam 1"})
    assert others[0].status == 204
    assert fields(reply) == ["location_id"]


def test_of_two_things_named_alike_at_once_one_is_made(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = lambda: office.post("/locations", location("East"))  # noqa: E731
    others = slip_in(monkeypatch, setup, "read_snapshot", again)
    reply = office.post("/locations", location("East"))
    assert others[0].status == 201
    assert fields(reply) == ["name"]
    assert len(office.get("/setup").json["locations"]) == 1


def test_a_provider_is_not_deleted_while_a_user_becomes_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = office.provider(office.location())
    ben = office.new_user("ben", provider_id=doctor["id"])
    others = slip_in(monkeypatch, setup, "read_staff", lambda: office.post("/users", ben))
    reply = office.delete(f"/providers/{doctor['id']}", 1)
    assert others[0].status == 201
    user = others[0].json["user"]
    assert reply.json["referents"] == [{"kind": "user", "id": user["user_id"]}]


def test_two_users_never_become_the_same_provider(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = office.provider(office.location())
    ben, cleo = office.user("ben"), office.user("cleo")

    def link(user: Any) -> Reply:
        body = {"display_name": "X", "roles": ["clinician"], "provider_id": doctor["id"]}
        return office.put(f"/users/{user['username']}", body, 1)

    others = slip_in(monkeypatch, staff, "read_staff", lambda: link(cleo))
    reply = link(ben)
    assert others[0].status == 200
    assert (reply.status, fields(reply)) == (409, ["provider_id"])
