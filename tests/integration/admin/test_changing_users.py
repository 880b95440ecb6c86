"""Users are changed: what they hold, who may not, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from caresmith import sessions
from caresmith.permissions import Role
from functions.admin import staff as staff_module
from functions.admin import users
from tests.integration.admin.conftest import Office, fields
from tests.integration.admin.people import (
    act,
    change,
    now,
    session,
)


def test_a_change_needs_the_version_that_was_read(office: Office, ben: Any) -> None:
    body = {"display_name": "Benjamin", "roles": ["front_desk"]}
    assert office.call("PUT", f"/users/{ben['username']}", body).status == 428
    assert office.put(f"/users/{ben['username']}", body, 7).status == 412
    done = office.put(f"/users/{ben['username']}", body, 1)
    assert done.json["display_name"] == "Benjamin"
    assert done.headers["etag"] == '"2"'


def test_another_name_leaves_the_sessions_alone(office: Office, ben: Any) -> None:
    cookie = session(office, ben)
    assert change(office, ben, display_name="Benjamin").status == 200
    assert sessions.resume(cookie, now()) is not None


def test_other_roles_hold_at_once_and_end_the_sessions(office: Office, ben: Any) -> None:
    cookie = session(office, ben)
    assert change(office, ben, roles=["clinician", "biller"]).json["roles"] == [
        "biller",
        "clinician",
    ]
    assert sessions.resume(cookie, now()) is None


def test_a_provider_is_one_active_user(office: Office) -> None:
    doctor = office.provider(office.location())
    ben = office.user("ben", roles=["clinician"], provider_id=doctor["id"])
    cleo = office.user("cleo", roles=["clinician"])
    assert change(office, ben, display_name="Benjamin").status == 200
    taken = change(office, cleo, provider_id=doctor["id"])
    assert taken.status == 409
    assert fields(taken) == ["provider_id"]
    assert office.post("/users", office.new_user("dan", provider_id=doctor["id"])).status == 409
    assert act(office, ben, "disable").status == 200
    assert change(office, cleo, provider_id=doctor["id"]).status == 200
    assert act(office, ben, "enable").status == 409
    assert office.get(f"/users/{ben['username']}").json["status"] == "disabled"


def test_a_provider_who_does_not_exist_is_refused(
    office: Office, elsewhere: Office, ben: Any
) -> None:
    theirs = elsewhere.provider(elsewhere.location())
    reply = change(office, ben, provider_id=theirs["id"])
    assert reply.status == 422
    assert fields(reply) == ["provider_id"]


def test_nobody_changes_their_own_roles_or_locks_themselves_out(office: Office) -> None:
    second = office.user("cleo", roles=["admin"])
    own = office.as_user(second)
    assert change(office, second, roles=["admin", "manager"], caller=own).status == 409
    for what in ("disable", "reset-mfa", "reset-password"):
        reply = act(office, second, what, caller=own)
        assert (reply.status, reply.json["type"].rpartition("/")[2]) == (409, "own-account")
    assert change(office, second, display_name="Cleopatra", caller=own).status == 200
    assert act(office, second, "end-sessions", caller=own).status == 200


def test_the_last_administrator_stays_one(office: Office) -> None:
    [first] = office.get("/users").json
    # The caller's token is older than the loss of their role.
    gone = office.as_role(Role.ADMIN)
    assert change(office, first, roles=["front_desk"], caller=gone).status == 409
    assert act(office, first, "disable", caller=gone).status == 409
    second = office.user("cleo", roles=["admin"])
    assert act(office, second, "disable").status == 200
    assert change(office, first, roles=["front_desk"], caller=gone).status == 409
    assert act(office, second, "enable").status == 200
    assert change(office, first, roles=["front_desk"], caller=gone).status == 200


def test_each_change_of_a_user_is_told_once(
    office: Office, ben: Any, told: Callable[[], list[Any]]
) -> None:
    told()
    change(office, ben, display_name="Benjamin")
    [(kind, event)] = told()
    assert kind == "UserChanged"
    assert event["user_id"] == ben["user_id"]
    assert "Benjamin" not in str(event)
    assert "ben." not in str(event)
    act(office, ben, "disable")
    assert len(told()) == 1
    act(office, ben, "disable")
    change(office, ben, version=1)
    assert told() == []


def test_of_two_administrators_who_demote_each_other_at_once_one_wins(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the staff, with two administrators in it, before either writes."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    from caresmith.actor import Actor, acting_as
    from caresmith.audit import AuditTrail, audited
    from caresmith.clock import SystemClock
    from caresmith.errors import DomainError
    from functions.admin.errors import LastAdmin
    from functions.admin.user_models import UserChange

    cleo = office.user("cleo", roles=["admin"])
    [first] = [u for u in office.get("/users").json if u["user_id"] == office.caller.user_id]
    both_read, read = threading.Barrier(2), staff_module.read_staff
    waited = threading.local()

    def read_together(practice: Any) -> Any:
        found = read(practice)
        if not getattr(waited, "done", False):
            waited.done = True
            both_read.wait(timeout=20)
        return found

    def demote(by: Any, whom: Any) -> str:
        actor = Actor(office.practice, by["user_id"], frozenset({Role.ADMIN}))
        request = UserChange(display_name="X", roles=frozenset({Role.BILLER}))
        trail = AuditTrail(actor, "admin.change-user", SystemClock())
        with acting_as(actor), audited(trail):
            try:
                users.change(whom["username"], request, 1, actor=actor, now=now())
            except DomainError as error:
                return type(error).__name__
        return "done"

    monkeypatch.setattr(staff_module, "read_staff", read_together)
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(demote, (first, cleo), (cleo, first)))
    assert sorted(outcomes) == sorted(["done", LastAdmin.__name__])
    admins = [u for u in office.get("/users").json if "admin" in u["roles"]]
    assert len(admins) == 1
