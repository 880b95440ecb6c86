"""Users are added: an account in the pool and a record here, or neither."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.admin import pool as pool_module
from functions.admin import users
from functions.admin.errors import PoolUnavailable
from tests.integration.admin.conftest import Office, Pool, fields
from tests.integration.admin.people import (
    UNKNOWN,
    code_of,
    failing,
    record,
)


def test_a_new_user_logs_in_with_the_temporary_password_and_must_choose_another(
    office: Office, pool: Pool
) -> None:
    made = office.made("/users", office.new_user("ben"))
    answer = pool.log_in(made["user"]["username"], made["temporary_password"])
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_an_invited_user_gets_the_password_by_mail_and_nobody_else_does(
    office: Office, pool: Pool
) -> None:
    made = office.made("/users", office.new_user("ben", send_invitation=True))
    assert made["temporary_password"] is None
    attributes = pool.attributes(made["user"]["username"])
    assert attributes["email"] == "ben@example.org"
    assert attributes["email_verified"] == "true"
    assert attributes["custom:practice_id"] == office.practice


def test_a_user_is_read_as_it_was_made(office: Office, ben: Any) -> None:
    assert ben["roles"] == ["front_desk"]
    assert ben["status"] == "active"
    assert not ben["mfa_confirmed"]
    reply = office.get(f"/users/{ben['username']}")
    assert reply.json == ben
    assert reply.headers["etag"] == '"1"'
    assert ben in office.get("/users").json


def test_the_address_is_kept_in_the_pool_alone(office: Office, ben: Any) -> None:
    kept = str(record(office, ben).serialize())
    assert "ben@example.org" not in kept
    assert "ben@example.org" not in office.get("/users").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "Ben Example"}, "username"),
        ({"username": "ben\n"}, "username"),
        ({"display_name": ""}, "display_name"),
        ({"email": "not an address"}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": ["patient"]}, "roles"),
        ({"roles": ["emergency", "clinician"]}, "roles"),
        ({"provider_id": f"prv_{UNKNOWN}"}, "provider_id"),
        ({"password": "x"}, "password"),
    ],
)
def test_a_user_is_refused_with_the_field_named(
    office: Office, wrong: dict[str, Any], field: str
) -> None:
    reply = office.post("/users", office.new_user(**wrong))
    assert reply.status == 422
    assert fields(reply)[0].startswith(field)


def test_a_refused_user_leaves_no_account_behind(office: Office, pool: Pool) -> None:
    body = office.new_user(provider_id=f"prv_{UNKNOWN}")
    office.post("/users", body)
    with pytest.raises(ClientError) as error:
        pool.user(body["username"])
    assert code_of(error) == "UserNotFoundException"


def test_a_username_is_taken_once_and_the_answer_is_the_same_for_another_practice(
    office: Office, elsewhere: Office, ben: Any
) -> None:
    here = office.post("/users", office.new_user("ben"))
    there = elsewhere.post("/users", office.new_user("ben"))
    assert here.status == there.status == 409
    assert here.text == there.text
    assert fields(here) == ["username"]
    assert office.practice not in there.text
    assert elsewhere.get(f"/users/{ben['username']}").status == 404


def test_a_user_whose_record_was_not_reached_is_completed_by_a_repeat(
    office: Office, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = office.new_user("ben")
    with monkeypatch.context() as broken:
        broken.setattr(users, "add_user", failing(RuntimeError()))
        assert office.post("/users", body).status == 500
    assert office.get(f"/users/{body['username']}").status == 404
    made = office.made("/users", {**body, "email": "right@example.org"})
    assert pool.attributes(body["username"])["email"] == "right@example.org"
    answer = pool.log_in(body["username"], made["temporary_password"])
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_a_pool_that_does_not_answer_adds_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = office.new_user("ben")
    with monkeypatch.context() as broken:
        broken.setattr(pool_module, "create", failing(PoolUnavailable()))
        assert office.post("/users", body).status == 503
    assert office.get(f"/users/{body['username']}").status == 404
    assert office.post("/users", body).status == 201


def test_the_same_request_sent_twice_adds_one_user_and_is_answered_alike(office: Office) -> None:
    from tests.support.client import call

    body, key = office.new_user("ben"), {"Idempotency-Key": "once"}
    first, second = (
        call("POST", "/admin/users", caller=office.caller, json_body=body, headers=key)
        for _ in range(2)
    )
    assert first.status == second.status == 201
    assert first.json == second.json
