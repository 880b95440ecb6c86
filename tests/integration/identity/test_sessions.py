"""Console sessions: who they are, how they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caresmith import sessions
from caresmith.users import StaffUser, UserStatus
from tests.integration.identity.conftest import NOON


def test_a_session_is_resumed_by_its_cookie(alice: StaffUser) -> None:
    cookie, session = sessions.start(alice, NOON)
    live = sessions.resume(cookie, NOON + timedelta(minutes=5))
    assert live is not None
    assert live.user.username == "alice.kim"
    assert live.session.csrf_token == session.csrf_token


def test_the_table_never_holds_what_the_cookie_says(alice: StaffUser) -> None:
    cookie, session = sessions.start(alice, NOON)
    secret = cookie.partition(".")[2]
    assert secret not in str(session.serialize())


def test_a_session_ends_after_fifteen_idle_minutes(alice: StaffUser) -> None:
    cookie, _ = sessions.start(alice, NOON)
    assert sessions.resume(cookie, NOON + timedelta(minutes=14, seconds=59)) is not None
    cookie, _ = sessions.start(alice, NOON)
    assert sessions.resume(cookie, NOON + timedelta(minutes=15)) is None


def test_work_keeps_it_alive_but_not_beyond_twelve_hours(alice: StaffUser) -> None:
    cookie, _ = sessions.start(alice, NOON)
    for minutes in range(10, 12 * 60, 10):
        assert sessions.resume(cookie, NOON + timedelta(minutes=minutes)) is not None
    assert sessions.resume(cookie, NOON + timedelta(hours=12)) is None


def test_polling_in_the_background_is_no_work(alice: StaffUser) -> None:
    cookie, _ = sessions.start(alice, NOON)
    for minutes in range(1, 15):
        at = NOON + timedelta(minutes=minutes)
        assert sessions.resume(cookie, at, background=True) is not None
    assert sessions.resume(cookie, NOON + timedelta(minutes=15), background=True) is None


def test_log_off_ends_it(alice: StaffUser) -> None:
    cookie, _ = sessions.start(alice, NOON)
    sessions.end(cookie)
    assert sessions.resume(cookie, NOON) is None
    sessions.end(cookie)


def test_a_request_that_overtakes_a_log_off_does_not_bring_it_back(alice: StaffUser) -> None:
    cookie, session = sessions.start(alice, NOON)
    sessions.end(cookie)
    sessions._touch(session, NOON + timedelta(minutes=5))
    assert sessions.find(cookie) is None


def test_disabling_the_user_ends_it_at_once(alice: StaffUser) -> None:
    cookie, _ = sessions.start(alice, NOON)
    alice.status = UserStatus.DISABLED
    alice.save()
    assert sessions.resume(cookie, NOON) is None


def test_ending_all_sessions_of_a_user(alice: StaffUser) -> None:
    before, _ = sessions.start(alice, NOON)
    alice.sessions_from = int(NOON.timestamp()) + 60
    alice.save()
    after, _ = sessions.start(alice, NOON + timedelta(minutes=2))
    assert sessions.resume(before, NOON + timedelta(minutes=3)) is None
    assert sessions.resume(after, NOON + timedelta(minutes=3)) is not None


@pytest.mark.parametrize("cookie", ["", ".", "x", "prc_x.y", "prc_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z.x"])
def test_what_is_no_cookie_of_ours_opens_nothing(aws: str, cookie: str) -> None:
    assert sessions.resume(cookie, NOON) is None


def test_a_token_does_not_open_another_practices_door(alice: StaffUser) -> None:
    from caresmith.ids import PracticeId

    cookie, _ = sessions.start(alice, NOON)
    stolen = f"{PracticeId.new()}.{cookie.partition('.')[2]}"
    assert sessions.resume(stolen, NOON) is None
