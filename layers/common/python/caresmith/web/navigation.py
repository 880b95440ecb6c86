"""The console's menu: one line an entry, shown to those who may use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    path: str
    icon: str
    """Name of a Tabler icon."""
    permission: Permission
    key: str = ""
    """Pressed after ``g``, it opens the entry."""
    badge: str = ""
    """The path of a fragment that counts what waits there."""


ENTRIES: Final = (
    Entry("Home", "/console", "home", Permission.SIGNED_IN, "h"),
    Entry("Calendar", "/console/scheduling", "calendar", Permission.READ_CALENDAR, "c"),
    Entry(
        "Check-in", "/console/scheduling/check-in", "clipboard-check", Permission.READ_CALENDAR, "i"
    ),
    Entry("Waitlist", "/console/scheduling/waitlist", "list", Permission.MANAGE_WAITLIST, "w"),
    Entry(
        "Coverage",
        "/console/coverage",
        "umbrella",
        Permission.READ_COVERAGE,
        "v",
        badge="/console/coverage/count",
    ),
    Entry(
        "Inbox",
        "/console/messages",
        "inbox",
        Permission.READ_MESSAGES,
        "m",
        badge="/console/messages/count",
    ),
    Entry(
        "My work",
        "/console/encounters/work",
        "checklist",
        Permission.WRITE_NOTES,
        "k",
        badge="/console/encounters/work/count",
    ),
    Entry(
        "Results",
        "/console/results",
        "microscope",
        Permission.REVIEW_RESULTS,
        "l",
        badge="/console/results/count",
    ),
    Entry(
        "Prescriptions",
        "/console/medications",
        "pill",
        Permission.READ_CHART,
        "x",
        badge="/console/medications/count",
    ),
    Entry(
        "Faxes",
        "/console/documents/faxes",
        "printer",
        Permission.FILE_FAXES,
        "f",
        badge="/console/documents/faxes/count",
    ),
    Entry(
        "Charges",
        "/console/charges",
        "receipt-2",
        Permission.READ_CHARGES,
        "b",
        badge="/console/charges/count",
    ),
    Entry(
        "Claims",
        "/console/claims",
        "file-invoice",
        Permission.READ_CLAIMS,
        "j",
        badge="/console/claims/count",
    ),
    Entry(
        "Payments",
        "/console/payments",
        "receipt-dollar",
        Permission.READ_PAYMENTS,
        "e",
        badge="/console/payments/count",
    ),
    Entry(
        "Denials",
        "/console/payments/denials",
        "receipt-off",
        Permission.READ_PAYMENTS,
        "d",
        badge="/console/payments/denials/count",
    ),
    Entry("Accounts", "/console/accounts", "coins", Permission.MANAGE_STATEMENTS, "a"),
    Entry("Day close", "/console/accounts/days", "cash-register", Permission.CLOSE_DAY, "z"),
    Entry("Patients", "/console/patients", "users", Permission.SEARCH_PATIENTS, "p"),
    Entry("Reminders", "/console/reminders", "bell", Permission.READ_DELIVERY, "r"),
    Entry("Practice", "/console/admin", "settings", Permission.MANAGE_SCHEDULES),
    Entry("Users", "/console/admin/users", "user-cog", Permission.MANAGE_USERS),
    Entry("Audit", "/console/audit", "shield-check", Permission.READ_AUDIT),
)


def navigation(actor: Actor | None) -> tuple[Entry, ...]:
    """The entries that ``actor`` may open."""
    return tuple(entry for entry in ENTRIES if actor and actor.may(entry.permission))
