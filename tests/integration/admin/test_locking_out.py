"""Users are locked out and let in, with the pool looked at beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from caresmith import sessions
from caresmith.users import StaffUser
from functions.admin import pool as pool_module
from functions.admin.errors import PoolUnavailable
from tests.integration.admin.conftest import Office, Pool
from tests.integration.admin.people import (
    CHOSEN,
    act,
    authenticated,
    change,
    code_of,
    failing,
    now,
    record,
    session,
)


def test_a_disabled_user_is_out_at_once(office: Office, pool: Pool, ben: Any) -> None:
    cookie = session(office, ben)
    assert act(office, ben, "disable").json["status"] == "disabled"
    assert sessions.resume(cookie, now()) is None
    assert pool.user(ben["username"])["Enabled"] is False


def test_an_enabled_user_gets_in_again_but_not_by_an_old_session(
    office: Office, pool: Pool, ben: Any
) -> None:
    cookie = session(office, ben)
    act(office, ben, "disable")
    assert act(office, ben, "enable").json["status"] == "active"
    assert pool.user(ben["username"])["Enabled"] is True
    assert sessions.resume(cookie, now()) is None
    later = datetime.fromtimestamp(now().timestamp() + 2, UTC)
    fresh, _ = sessions.start(record(office, ben), later)
    assert sessions.resume(fresh, later) is not None


def test_disabling_is_completed_by_a_repeat_where_the_pool_failed(
    office: Office, pool: Pool, ben: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = session(office, ben)
    with monkeypatch.context() as broken:
        broken.setattr(pool_module, "disable", failing(PoolUnavailable()))
        assert act(office, ben, "disable").status == 503
    assert sessions.resume(cookie, now()) is None
    done = act(office, ben, "disable")
    assert (done.status, done.json["version"]) == (200, 2)
    assert pool.user(ben["username"])["Enabled"] is False


def test_ended_sessions_are_over(office: Office, ben: Any) -> None:
    cookie = session(office, ben)
    assert act(office, ben, "end-sessions").status == 200
    assert sessions.resume(cookie, now()) is None
    assert record(office, ben).is_active


def test_after_an_mfa_reset_the_next_log_in_sets_up_an_authenticator(
    office: Office, pool: Pool, ben: Any
) -> None:
    pool.choose_password(ben["username"], CHOSEN)
    authenticated(pool, ben["username"])
    user = record(office, ben)
    user.update([StaffUser.mfa_confirmed.set(True)])
    assert pool.log_in(ben["username"], CHOSEN)["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    cookie = session(office, ben)
    assert act(office, ben, "reset-mfa").json["mfa_confirmed"] is False
    assert pool.log_in(ben["username"], CHOSEN)["ChallengeName"] == "MFA_SETUP"
    assert sessions.resume(cookie, now()) is None


def test_after_a_password_reset_only_the_temporary_one_is_good_and_only_once(
    office: Office, pool: Pool, ben: Any
) -> None:
    pool.choose_password(ben["username"], CHOSEN)
    cookie = session(office, ben)
    reply = act(office, ben, "reset-password")
    with pytest.raises(ClientError) as error:
        pool.log_in(ben["username"], CHOSEN)
    assert code_of(error) == "NotAuthorizedException"
    answer = pool.log_in(ben["username"], reply.json["temporary_password"])
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert sessions.resume(cookie, now()) is None


def test_a_user_without_an_account_can_be_locked_out_but_not_let_in(
    office: Office, pool: Pool, ben: Any
) -> None:
    pool.forget(ben["username"])
    assert act(office, ben, "disable").status == 200
    assert act(office, ben, "enable").status == 409
    assert record(office, ben).is_active is False


@pytest.mark.parametrize(
    "what", ["disable", "enable", "reset-mfa", "reset-password", "end-sessions"]
)
def test_nothing_is_done_to_another_practices_user(
    office: Office, elsewhere: Office, pool: Pool, ben: Any, what: str
) -> None:
    before = pool.user(ben["username"])
    assert act(elsewhere, ben, what).status == 404
    assert change(elsewhere, ben).status == 404
    after = pool.user(ben["username"])
    assert (after["Enabled"], after["UserStatus"]) == (before["Enabled"], before["UserStatus"])
    assert record(office, ben).version == 1
