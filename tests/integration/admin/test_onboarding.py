"""An operator opens a practice."""

from __future__ import annotations

from typing import Any

import pytest

from caresmith.clock import SystemClock
from caresmith.errors import InvalidRequest
from caresmith.ids import PracticeId
from caresmith.keystore import forget_keys, key_ring
from caresmith.permissions import Role
from caresmith.records.practice import Practice
from caresmith.settings import Domain
from functions.admin import pool as pool_module
from functions.admin.errors import AlreadyOpen, PoolUnavailable, UsernameTaken
from functions.admin.onboarding import open_practice
from functions.admin.user_models import Access, UserDraft
from tests.integration.admin.conftest import Pool
from tests.support.client import Caller, call
from tests.support.practices import NEW_YORK


@pytest.fixture
def practice(aws: str) -> PracticeId:
    """An id and nothing else: no keys either."""
    return PracticeId.new()


def draft(practice: PracticeId, name: str = "ada", **more: Any) -> UserDraft:
    given: dict[str, Any] = {
        "username": f"{name}.{practice[-8:].lower()}",
        "display_name": "Ada",
        "email": "ada@example.org",
        "roles": frozenset({Role.ADMIN}),
        "send_invitation": False,
        **more,
    }
    return UserDraft(**given)


def open_it(practice: PracticeId, admin: UserDraft, name: str = "Small") -> Access:
    described = Practice(id=practice, name=name, zone=NEW_YORK)
    return open_practice(described, admin, clock=SystemClock())


def get(access: Access, practice: PracticeId, path: str) -> Any:
    return call("GET", path, caller=Caller(practice, access.user.user_id, (Role.ADMIN,))).json


def test_the_first_administrator_of_an_opened_practice_can_work(
    practice: PracticeId, pool: Pool
) -> None:
    access = open_it(practice, draft(practice))
    assert access.temporary_password is not None
    answer = pool.log_in(access.user.username, access.temporary_password)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert get(access, practice, "/admin/practice")["name"] == "Small"
    assert [u["username"] for u in get(access, practice, "/admin/users")] == [access.user.username]
    forget_keys()
    assert key_ring(practice, Domain.PATIENTS).current.version == 1


def test_opening_twice_changes_nothing(practice: PracticeId) -> None:
    first = open_it(practice, draft(practice))
    second = open_it(practice, draft(practice), name="Another")
    assert second.user == first.user
    assert second.temporary_password is None
    assert get(first, practice, "/admin/practice")["name"] == "Small"


def test_an_opening_that_broke_off_is_completed_by_a_repeat(
    practice: PracticeId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise PoolUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(pool_module, "create", fail)
        with pytest.raises(PoolUnavailable):
            open_it(practice, draft(practice))
    assert open_it(practice, draft(practice)).user.roles == [Role.ADMIN]


def test_nobody_else_takes_over_a_practice_that_is_open(practice: PracticeId) -> None:
    open_it(practice, draft(practice))
    with pytest.raises(AlreadyOpen):
        open_it(practice, draft(practice, "eve"))


def test_the_first_user_is_an_administrator(practice: PracticeId) -> None:
    with pytest.raises(InvalidRequest):
        open_it(practice, draft(practice, roles=frozenset({Role.BILLER})))


def test_a_username_of_another_practice_is_refused(practice: PracticeId) -> None:
    open_it(practice, draft(practice))
    with pytest.raises(UsernameTaken):
        open_it(PracticeId.new(), draft(practice))
