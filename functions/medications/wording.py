"""What the console says of medications."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from caresmith.records.clinical.coding import Quantity
from caresmith.records.clinical.dosage import Directions
from functions.medications import sig
from functions.medications.models import SendingRead
from functions.medications.safety.port import Alert, AlertKind
from functions.medications.units import FREQUENCIES, ROUTES, UNITS
from functions.medications.work import failure

KINDS: Final = {
    AlertKind.ALLERGY: "Allergy",
    AlertKind.INTERACTION: "Interaction",
    AlertKind.DUPLICATE: "Duplicate",
    AlertKind.DOSE: "Dose",
}
STATUSES: Final = {
    "active": "Active",
    "on-hold": "On hold",
    "cancelled": "Cancelled",
    "completed": "Completed",
    "entered-in-error": "Entered in error",
    "stopped": "Stopped",
    "draft": "Draft",
    "unknown": "Unknown",
}
SOURCES: Final = (
    ("patient", "The patient"),
    ("caregiver", "A caregiver"),
    ("document", "A document from outside"),
    ("pharmacy", "The pharmacy"),
)
ROUTE_OPTIONS: Final = tuple((route.code, route.display) for route in ROUTES)
UNIT_OPTIONS: Final = tuple((unit.code, unit.many) for unit in UNITS)
FREQUENCY_OPTIONS: Final = tuple((one.key, one.label) for one in FREQUENCIES)
SCHEDULE_OPTIONS: Final = tuple((one, f"Schedule {one}") for one in ("II", "III", "IV", "V"))


REPORTED_STATUSES: Final = (
    ("active", "Takes it"),
    ("stopped", "Does not take it any more"),
    ("unknown", "Not known"),
)
OUTCOMES: Final = (
    ("accepted", "The pharmacy has it"),
    ("failed", "The pharmacy does not have it"),
)


def with_present(
    options: Sequence[tuple[str, str]], value: str, text: str = ""
) -> Sequence[tuple[str, str]]:
    """The options, and the present value where it is none of them."""
    known = not value or value in (one for one, _ in options)
    return options if known else [*options, (value, text or value)]


def amount(given: Quantity) -> str:
    return sig.amount(given)


def number(value: Decimal) -> str:
    return sig.number(value)


def directions(medication: Directions) -> str:
    """How it is taken: the sig, else what the structure says."""
    return medication.sig or sig.sentence(medication) or "No directions on record."


def kind(alert: Alert) -> str:
    return KINDS[alert.kind]


def look(severity: str) -> str:
    """The class of a warning's badge."""
    return {"high": "bg-red", "moderate": "bg-caution"}.get(severity, "bg-secondary")


def sent(sending: SendingRead | None) -> str:
    """Where a prescription is on its way, in words."""
    if sending is None:
        return "Not sent"
    if sending.state == "failed":
        return f"Not arrived: {failure(sending.failure)}"
    if sending.message == "stopped":
        told = {"queued": "Telling the pharmacy that it was stopped"}
        return told.get(sending.state, "The pharmacy knows that it was stopped")
    return {
        "queued": "On its way to the pharmacy",
        "sent": "With the pharmacy, not yet confirmed",
        "accepted": "The pharmacy has it",
    }[sending.state]


def sent_look(sending: SendingRead | None) -> str:
    if sending is None:
        return "bg-secondary"
    return {"failed": "bg-red", "accepted": "bg-green"}.get(sending.state, "bg-blue")


def pharmacy_names(pharmacies: Any) -> dict[str, str]:
    return {one.pharmacy_id: one.facts.name for one in pharmacies}
