"""The authorizer through its front door: what API Gateway sends, what it gets."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from caresmith import sessions
from caresmith.users import StaffUser, UserStatus
from scripts.localstack import apigw
from tests.integration.identity.conftest import Issuer
from tests.support.client import invoke


def ask(**headers: str) -> Any:
    request = apigw.HttpRequest("GET", "/patients/x", headers=tuple(headers.items()))
    return invoke("authorizer", apigw.authorizer_event(request, "/patients"))


def ask_with(token: str) -> Any:
    return ask(Authorization=f"Bearer {token}")


def claims_of(user: StaffUser) -> dict[str, Any]:
    return {"cognito:username": user.username, "custom:practice_id": user.practice_id}


def test_nobody_is_allowed_through_as_nobody(aws: str) -> None:
    answer = ask()
    assert answer["context"] == {}
    assert answer["principalId"] == "anonymous"


def test_a_good_token_says_who_it_is(issuer: Issuer, alice: StaffUser) -> None:
    context = ask_with(issuer.token(**claims_of(alice)))["context"]
    assert context["user_id"] == alice.user_id
    assert context["practice_id"] == alice.practice_id
    assert context["roles"] == "front_desk"
    assert "csrf_token" not in context
    assert all(isinstance(value, str) for value in context.values())


@pytest.mark.parametrize(
    "change",
    [
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": None},
        {"aud": "another-client"},
        {"aud": None},
        {"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other"},
        {"token_use": "access"},
        {"cognito:username": "somebody.else"},
        {"custom:practice_id": "prc_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"},
        {"custom:practice_id": "nonsense"},
    ],
    ids=str,
)
def test_one_wrong_claim_refuses_the_token(
    issuer: Issuer, alice: StaffUser, change: dict[str, Any]
) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask_with(issuer.token(**{**claims_of(alice), **change}))


def test_another_key_refuses_it(issuer: Issuer, alice: StaffUser) -> None:
    stranger = RSAKey.generate_key(2048, auto_kid=True)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask_with(issuer.token(key=stranger, **claims_of(alice)))


def test_the_public_key_does_not_pass_as_a_shared_secret(issuer: Issuer, alice: StaffUser) -> None:
    def part(value: object) -> str:
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    header = part({"alg": "HS256", "kid": issuer.key.kid})
    claims = issuer.token(**claims_of(alice)).split(".")[1]
    public = issuer.key.as_pem(private=False)
    mac = hmac.digest(public, f"{header}.{claims}".encode(), "sha256")
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask_with(f"{header}.{claims}.{part(mac)}")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "Bearer"])
def test_what_is_no_token_is_refused(issuer: Issuer, token: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask_with(token)


def test_basic_credentials_are_refused(aws: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask(Authorization="Basic YWxpY2U6cGFzc3dvcmQ=")


def test_a_disabled_users_token_is_void_before_it_expires(issuer: Issuer, alice: StaffUser) -> None:
    token = issuer.token(**claims_of(alice))
    alice.status = UserStatus.DISABLED
    alice.save()
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ask_with(token)


def test_a_cookie_says_who_it_is_and_which_forms_are_its_own(alice: StaffUser) -> None:
    cookie, session = sessions.start(alice, datetime.now(UTC))
    context = ask(Cookie=f"theme=dark; {sessions.COOKIE}={cookie}")["context"]
    assert context["user_id"] == alice.user_id
    assert context["csrf_token"] == session.csrf_token


def test_a_cookie_that_is_over_makes_an_anonymous_caller(alice: StaffUser) -> None:
    cookie, _ = sessions.start(alice, datetime.now(UTC) - timedelta(hours=1))
    assert ask(Cookie=f"{sessions.COOKIE}={cookie}")["context"] == {}


def test_a_role_taken_away_is_gone_at_the_next_request(issuer: Issuer, alice: StaffUser) -> None:
    token = issuer.token(**claims_of(alice))
    assert ask_with(token)["context"]["roles"] == "front_desk"
    alice.roles = {"biller"}
    alice.save()
    assert ask_with(token)["context"]["roles"] == "biller"


def test_a_broken_glass_gives_its_role_for_its_time(alice: StaffUser) -> None:
    now = datetime.now(UTC)
    cookie, session = sessions.start(alice, now)
    sessions.break_glass(session, "unconscious patient", now + timedelta(minutes=60))
    roles = ask(Cookie=f"{sessions.COOKIE}={cookie}")["context"]["roles"]
    assert roles == "emergency,front_desk"
    sessions.break_glass(session, "over", now - timedelta(seconds=1))
    assert ask(Cookie=f"{sessions.COOKIE}={cookie}")["context"]["roles"] == "front_desk"
