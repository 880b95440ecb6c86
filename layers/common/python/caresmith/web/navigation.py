"""The console's menu: what stands in its bar, and what its groups hold.

An entry is shown to those who may open it. Where it is daily work of one of a
person's roles it stands in the bar itself, one click away; else it is in its
group, and a group of one entry is that entry. So the bar of every role fits a
small window, and everybody finds a thing under the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from caresmith.actor import Actor
from caresmith.permissions import Permission, Role


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    path: str
    icon: str
    """Name of a Tabler icon."""
    permission: Permission
    key: str
    """Pressed after ``g``, it opens the entry."""
    daily: frozenset[Role] = frozenset()
    """The roles for whom it stands in the bar."""
    counted: bool = False
    """Whether ``<path>/count`` says how much waits there."""


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    icon: str
    entries: tuple[Entry, ...]

    def holds(self, path: str) -> bool:
        return any(entry.path == path for entry in self.entries)


AT_ONCE: Final = 6
"""Entries that stand in the bar at most: who has many roles finds the rest in the groups."""
ROOM: Final = 9
"""What a window of 1280 pixels has room for, entries and groups together."""
_P: Final = Permission
_ALL: Final = frozenset(Role)
_DESK: Final = frozenset({Role.FRONT_DESK})
_CLINICIAN: Final = frozenset({Role.CLINICIAN})
_BILLER: Final = frozenset({Role.BILLER})

_SCHEDULE: Final = Group(
    "Schedule",
    "calendar-time",
    (
        Entry(
            "Calendar",
            "/console/scheduling",
            "calendar",
            _P.READ_CALENDAR,
            "c",
            daily=_ALL - _BILLER,
        ),
        Entry(
            "Check-in",
            "/console/scheduling/check-in",
            "clipboard-check",
            _P.READ_CALENDAR,
            "i",
            daily=_DESK,
        ),
        Entry("Waitlist", "/console/scheduling/waitlist", "list", _P.MANAGE_WAITLIST, "w"),
        Entry("Reminders", "/console/reminders", "bell", _P.READ_DELIVERY, "r"),
    ),
)
_CLINICAL: Final = Group(
    "Clinical",
    "stethoscope",
    (
        Entry(
            "My work",
            "/console/encounters/work",
            "checklist",
            _P.WRITE_NOTES,
            "k",
            daily=_CLINICIAN,
            counted=True,
        ),
        Entry(
            "Results",
            "/console/results",
            "microscope",
            _P.REVIEW_RESULTS,
            "l",
            daily=_CLINICIAN,
            counted=True,
        ),
        Entry("Prescriptions", "/console/medications", "pill", _P.READ_CHART, "x", counted=True),
        Entry("Faxes", "/console/documents/faxes", "printer", _P.FILE_FAXES, "f", counted=True),
    ),
)
_BILLING: Final = Group(
    "Billing",
    "cash",
    (
        Entry(
            "Charges",
            "/console/charges",
            "receipt-2",
            _P.READ_CHARGES,
            "b",
            daily=_BILLER,
            counted=True,
        ),
        Entry(
            "Claims",
            "/console/claims",
            "file-invoice",
            _P.READ_CLAIMS,
            "j",
            daily=_BILLER,
            counted=True,
        ),
        Entry(
            "Payments",
            "/console/payments",
            "receipt-dollar",
            _P.READ_PAYMENTS,
            "e",
            daily=_BILLER,
            counted=True,
        ),
        Entry(
            "Denials",
            "/console/payments/denials",
            "receipt-off",
            _P.READ_PAYMENTS,
            "d",
            daily=_BILLER,
            counted=True,
        ),
        Entry(
            "Coverage",
            "/console/coverage",
            "umbrella",
            _P.READ_COVERAGE,
            "v",
            daily=_DESK,
            counted=True,
        ),
        Entry(
            "Authorizations",
            "/console/coverage/authorizations",
            "license",
            _P.READ_AUTHORIZATIONS,
            "o",
        ),
        Entry("Accounts", "/console/accounts", "coins", _P.MANAGE_STATEMENTS, "a"),
        Entry(
            "Estimates",
            "/console/accounts/estimates",
            "calculator",
            _P.MAKE_ESTIMATES,
            "q",
            counted=True,
        ),
        Entry("Day close", "/console/accounts/days", "cash-register", _P.CLOSE_DAY, "z"),
    ),
)
_PRACTICE: Final = Group(
    "Practice",
    "building-hospital",
    (
        Entry("Settings", "/console/admin", "settings", _P.MANAGE_SCHEDULES, "s"),
        Entry("Users", "/console/admin/users", "user-cog", _P.MANAGE_USERS, "u"),
        Entry("Audit", "/console/audit", "shield-check", _P.READ_AUDIT, "t"),
    ),
)

MENU: Final[tuple[Entry | Group, ...]] = (
    Entry("Home", "/console", "home", _P.SIGNED_IN, "h", daily=_ALL),
    _SCHEDULE,
    Entry("Patients", "/console/patients", "users", _P.SEARCH_PATIENTS, "p", daily=_ALL),
    Entry("Inbox", "/console/messages", "inbox", _P.READ_MESSAGES, "m", daily=_ALL, counted=True),
    _CLINICAL,
    _BILLING,
    _PRACTICE,
)


def navigation(actor: Actor | None) -> tuple[Entry | Group, ...]:
    """The menu of ``actor``: first what stands in the bar, then the groups of the rest."""
    mine = [entry for entry in entries(MENU) if actor and actor.may(entry.permission)]
    if actor is None or len(mine) <= AT_ONCE:
        return tuple(mine)
    daily = [entry for entry in mine if entry.daily & actor.roles]
    bars = (daily[:size] for size in range(AT_ONCE, -1, -1))
    menus = ((*bar, *_grouped([one for one in mine if one not in bar])) for bar in bars)
    return next(menu for menu in menus if len(menu) <= ROOM)


def _grouped(rest: list[Entry]) -> Iterator[Entry | Group]:
    for part in MENU:
        held = tuple(entry for entry in _entries_of(part) if entry in rest)
        if isinstance(part, Group) and len(held) > 1:
            yield replace(part, entries=held)
        else:
            yield from held


def entries(menu: tuple[Entry | Group, ...]) -> Iterator[Entry]:
    """Every entry of a menu, those within groups too."""
    return (entry for part in menu for entry in _entries_of(part))


def _entries_of(part: Entry | Group) -> tuple[Entry, ...]:
    return part.entries if isinstance(part, Group) else (part,)
