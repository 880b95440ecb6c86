"""What the console says of payers and checks."""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.claims.authorized import Counted, Kind, Status, amount
from caresmith.records.revenue.payer import PayerType, Way
from functions.coverage.benefits import About
from functions.coverage.records import Origin
from functions.coverage.words import SERVICES, services

Options = tuple[tuple[str, str], ...]

BADGES: Final = {
    "active": ("bg-green text-white", "Active"),
    "inactive": ("bg-red text-white", "Inactive"),
    "unverified": ("bg-yellow text-dark", "Could not be verified"),
    "never": ("bg-secondary text-white", "Never verified"),
    "stale": ("bg-secondary text-white", "To be verified again"),
}
STALE: Final = {
    "old": "The answer is old.",
    "changed": "The policy was changed since.",
}
ORIGINS: Final = {
    Origin.BY_HAND: "By hand",
    Origin.BEFORE_VISIT: "Before a visit",
    Origin.CHECK_IN: "At check-in",
    Origin.TELEPHONE: "By telephone or portal",
}
NETWORKS: Final = {
    "in": "In network",
    "out": "Out of network",
    "both": "In or out of network",
    "unknown": "Any network",
}
FIELDS: Final = {
    "name": "Name",
    "birth_date": "Birth date",
    "sex": "Sex",
    "address": "Address",
    "member_id": "Member ID",
    "own_member_id": "The patient's own ID",
    "group_number": "Group",
    "group_name": "Name of the group",
    "plan_name": "Plan",
}
TYPES: Final[Options] = (
    (PayerType.COMMERCIAL, "Commercial"),
    (PayerType.BLUE, "Blue Cross or Blue Shield"),
    (PayerType.MEDICARE, "Medicare"),
    (PayerType.MEDICARE_ADVANTAGE, "Medicare Advantage"),
    (PayerType.MEDIGAP, "Medicare supplement"),
    (PayerType.MEDICAID, "Medicaid"),
    (PayerType.MEDICAID_MANAGED, "Medicaid managed care"),
    (PayerType.TRICARE, "TRICARE"),
    (PayerType.WORKERS_COMPENSATION, "Workers' compensation"),
    (PayerType.AUTO, "Automobile"),
    (PayerType.OTHER, "Other"),
)
WAYS: Final[Options] = (
    (Way.ELECTRONIC, "Electronic"),
    (Way.PORTAL, "Portal"),
    (Way.PAPER, "Paper or telephone"),
)
MODIFIERS: Final[Options] = (("95", "95"), ("GT", "GT"))
PLACES: Final[Options] = (
    ("by-patient", "10 at home, else 02"),
    ("10", "10 always"),
    ("02", "02 always"),
    ("as-in-person", "As if in person"),
)
BILATERAL: Final[Options] = (
    ("50-on-one-line", "One line with 50"),
    ("50-on-second-line", "Two lines, 50 on the second"),
    ("rt-and-lt", "Two lines, RT and LT"),
)
BECAUSE: Final[Options] = (
    ("seen-to", "Seen to"),
    ("patient-pays", "The patient pays"),
    ("visit-changed", "The visit was changed"),
    ("not-needed", "Not needed"),
)
KINDS: Final[Options] = (
    (Kind.AUTHORIZATION, "Prior authorization"),
    (Kind.REFERRAL, "Referral"),
)
STATUSES: Final[Options] = (
    (Status.REQUESTED, "Requested"),
    (Status.APPROVED, "Approved"),
    (Status.PARTLY_APPROVED, "Approved in part"),
    (Status.DENIED, "Denied"),
    (Status.CANCELLED, "Cancelled"),
)
STATUS_LOOKS: Final = {
    Status.REQUESTED: "bg-yellow text-dark",
    Status.APPROVED: "bg-green text-white",
    Status.PARTLY_APPROVED: "bg-green text-white",
    Status.DENIED: "bg-red text-white",
    Status.CANCELLED: "bg-secondary text-white",
}
COUNTED: Final[Options] = ((Counted.UNITS, "units"), (Counted.VISITS, "visits"))
SERVICE_OPTIONS: Final[Options] = tuple(
    (code, f"{code} {text}") for code, text in sorted(SERVICES.items(), key=lambda one: one[1])
)


def word(options: Options, value: object) -> str:
    return next((text for code, text in options if code == value), str(value))


def day(value: dt.date | None) -> str:
    return value.strftime("%m/%d/%Y") if value else ""


def about(what: About) -> str:
    """``Office visit (99213)``."""
    named = services(what.services) if what.services or not what.procedure else ""
    return f"{named} {what.procedure}".strip()


def span(first: dt.date | None, last: dt.date | None) -> str:
    """``01/02/2026 to 03/04/2026``, or what of it is known."""
    if first and last:
        return f"{day(first)} to {day(last)}"
    if last:
        return f"until {day(last)}"
    return f"from {day(first)}" if first else "without end"


def amount_left(left: int | None, approved: int | None, counted: Counted) -> str:
    """``2 of 6 visits left``."""
    if approved is None:
        return "without limit"
    return f"{approved if left is None else left} of {amount(approved, counted)} left"
