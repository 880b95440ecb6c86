"""What the tests of users do again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from caresmith import sessions
from caresmith.users import StaffUser, find_user
from tests.integration.admin.conftest import Office, Pool
from tests.support.client import Reply

UNKNOWN = "01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"
CHOSEN = "Correct-Horse-7-Battery"


def now() -> datetime:
    return datetime.now(UTC)


def record(office: Office, user: Any) -> StaffUser:
    found = find_user(office.practice, user["username"])
    assert found is not None
    return found


def session(office: Office, user: Any) -> str:
    """The cookie of a session that this user just opened."""
    return sessions.start(record(office, user), now())[0]


def change(office: Office, user: Any, version: int = 1, **more: Any) -> Reply:
    caller = more.pop("caller", None)
    body = {key: user[key] for key in ("display_name", "roles", "provider_id")}
    return office.put(f"/users/{user['username']}", {**body, **more}, version, caller=caller)


def act(office: Office, user: Any, what: str, **given: Any) -> Reply:
    return office.post(f"/users/{user['username']}/{what}", **given)


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def authenticated(pool: Pool, username: str) -> None:
    """The user sets up an authenticator at a log-in."""
    import time

    import pyotp

    asked = pool.log_in(username, CHOSEN)
    key = pool.client.associate_software_token(Session=asked["Session"])
    code = pyotp.TOTP(key["SecretCode"]).at(int(time.time()) - 30)
    proven = pool.client.verify_software_token(Session=key["Session"], UserCode=code)
    pool.client.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="MFA_SETUP",
        Session=proven["Session"],
        ChallengeResponses={"USERNAME": username},
    )
