"""The tables of the set-up's rules are whole."""

from __future__ import annotations

from datetime import date

from caresmith.events import EVENT_TYPES, PracticeChanged, UserChanged
from caresmith.permissions import Permission
from caresmith.records.days_off import federal_holidays
from caresmith.records.practice import KINDS
from functions.admin.checks import CHECKS
from functions.admin.handler import app


def test_every_kind_of_thing_is_checked() -> None:
    assert set(CHECKS) == set(KINDS)


def test_holidays_that_fall_on_a_weekend_count_on_the_day_they_are_observed() -> None:
    # 5 U.S.C. 6103(b): 4 July 2026 is a Saturday.
    assert date(2026, 7, 3) in federal_holidays(2026, 2026)


API = {key: rule for key, rule in app.rules.items() if key[1].startswith("/admin/")}


def test_every_writing_route_asks_for_a_managing_permission() -> None:
    managing = {
        Permission.MANAGE_PRACTICE,
        Permission.MANAGE_SCHEDULES,
        Permission.MANAGE_USERS,
    }
    writing = {key: rule for key, rule in API.items() if key[0] != "GET"}
    assert len(writing) > 20
    assert {rule.permission for rule in writing.values()} == managing


def test_every_route_has_an_action_of_its_own_in_the_audit_trail() -> None:
    actions = [rule.action for rule in API.values()]
    assert len(set(actions)) == len(actions)
    assert all(rule.audited for rule in API.values())


def test_the_events_of_the_set_up_can_be_read_off_the_bus() -> None:
    assert EVENT_TYPES["PracticeChanged"] is PracticeChanged
    assert EVENT_TYPES["UserChanged"] is UserChanged
