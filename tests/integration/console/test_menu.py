"""The menu's numbers: each counted entry has one, which a browser may keep for a minute."""

from __future__ import annotations

import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import ROLE_PERMISSIONS
from caresmith.web.navigation import MENU, Entry, entries
from tests.support.client import Caller, call

COUNTED = [entry for entry in entries(MENU) if entry.counted]


def test_most_of_the_work_is_counted() -> None:
    assert len(COUNTED) > 5


@pytest.mark.parametrize("entry", COUNTED, ids=lambda entry: entry.label)
def test_a_number_is_kept_by_this_browser_for_this_log_in_only(
    practice: PracticeId, entry: Entry
) -> None:
    role = next(role for role, held in ROLE_PERMISSIONS.items() if entry.permission in held)
    told = call("GET", f"{entry.path}/count", caller=Caller(practice, roles=(role,)))
    assert told.status == 200
    assert told.text.strip() == ""
    assert told.headers["cache-control"] == "private, max-age=60"
    assert told.headers["vary"] == "Cookie"


def test_a_refused_number_is_not_kept(practice: PracticeId) -> None:
    told = call("GET", "/console/claims/count", caller=Caller(practice, roles=("auditor",)))
    assert told.status == 403
    assert told.headers["cache-control"] == "no-store"
