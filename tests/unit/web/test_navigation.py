"""The menu of each role: what stands in its bar, what its groups hold."""

from __future__ import annotations

import itertools

import pytest

from caresmith.actor import Actor
from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.web.navigation import AT_ONCE, MENU, ROOM, Entry, Group, entries, navigation

STAFF = (
    *(Role.FRONT_DESK, Role.CLINICIAN, Role.BILLER, Role.MANAGER, Role.ADMIN, Role.AUDITOR),
    Role.EMERGENCY,
)
SOME_ROLES = [
    roles for many in range(1, len(STAFF) + 1) for roles in itertools.combinations(STAFF, many)
]


BILLING = "Billing: " + ", ".join(
    [
        *("Charges", "Claims", "Payments", "Denials", "Coverage", "Authorizations", "Accounts"),
        *("Estimates", "Day close"),
    ]
)


def person(*roles: Role) -> Actor:
    return Actor(PracticeId.new(), "user", frozenset(roles))


def words(menu: tuple[Entry | Group, ...]) -> list[str]:
    """``Schedule: Check-in, Waitlist`` for a group, its label for an entry."""
    return [
        f"{part.label}: {', '.join(entry.label for entry in part.entries)}"
        if isinstance(part, Group)
        else part.label
        for part in menu
    ]


@pytest.mark.parametrize(
    ("role", "menu"),
    [
        (
            Role.FRONT_DESK,
            [
                *("Home", "Calendar", "Check-in", "Patients", "Inbox", "Coverage"),
                *("Waitlist", "Faxes", "Billing: Authorizations, Estimates, Day close"),
            ],
        ),
        (
            Role.CLINICIAN,
            [
                *("Home", "Calendar", "Patients", "Inbox", "My work", "Results"),
                "Schedule: Check-in, Waitlist",
                "Clinical: Prescriptions, Faxes",
                "Billing: Charges, Coverage, Authorizations",
            ],
        ),
        (
            Role.BILLER,
            [
                *("Home", "Patients", "Charges", "Claims", "Payments", "Denials"),
                "Schedule: Calendar, Check-in",
                "Billing: Coverage, Authorizations, Accounts, Estimates, Day close",
            ],
        ),
        (
            Role.MANAGER,
            [
                *("Home", "Calendar", "Patients", "Inbox"),
                "Schedule: Check-in, Waitlist, Reminders",
                BILLING,
                "Settings",
            ],
        ),
        (Role.ADMIN, ["Home", "Calendar", "Check-in", "Reminders", "Settings", "Users"]),
        (Role.AUDITOR, ["Home", "Audit"]),
    ],
)
def test_daily_work_is_one_click_away_and_the_rest_is_where_its_kind_is(
    role: Role, menu: list[str]
) -> None:
    assert words(navigation(person(role))) == menu


def test_who_does_everything_in_a_small_practice_has_a_menu_that_fits() -> None:
    assert words(navigation(person(*STAFF))) == [
        *("Home", "Calendar", "Check-in", "Patients", "Inbox"),
        "Schedule: Waitlist, Reminders",
        "Clinical: My work, Results, Prescriptions, Faxes",
        BILLING,
        "Practice: Settings, Users, Audit",
    ]


@pytest.mark.parametrize("roles", SOME_ROLES, ids="+".join)
def test_whatever_roles_somebody_has_they_find_all_they_may_open_once(
    roles: tuple[Role, ...],
) -> None:
    actor = person(*roles)
    menu = navigation(actor)
    found = list(entries(menu))
    assert sorted(entry.path for entry in found) == sorted(
        entry.path for entry in entries(MENU) if actor.may(entry.permission)
    )
    assert len(menu) <= ROOM
    assert menu[0].label == "Home"
    assert all(len(part.entries) > 1 for part in menu if isinstance(part, Group))


def test_a_short_menu_has_no_groups() -> None:
    menu = navigation(person(Role.ADMIN))
    assert len(menu) <= AT_ONCE
    assert all(isinstance(part, Entry) for part in menu)


def test_each_entry_has_a_path_and_a_key_of_its_own() -> None:
    known = list(entries(MENU))
    assert len({entry.path for entry in known}) == len(known)
    assert len({entry.key for entry in known}) == len(known)
    assert len({entry.label for entry in known}) == len(known)


def test_nobody_has_no_menu() -> None:
    assert navigation(None) == ()
