"""The calendar's codes in words, and what a person may do next with a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.clock import Instant
from functions.scheduling.models import Appointment
from functions.scheduling.status import CancelReason, Flow, Status

STATUSES: Final = {
    Status.PROPOSED: "Proposed",
    Status.PENDING: "Pending",
    Status.BOOKED: "Booked",
    Status.ARRIVED: "Arrived",
    Status.CHECKED_IN: "Checked in",
    Status.FULFILLED: "Completed",
    Status.CANCELLED: "Cancelled",
    Status.NOSHOW: "No-show",
    Status.ENTERED_IN_ERROR: "Entered in error",
    Status.WAITLIST: "Waitlist",
}
FLOWS: Final = {
    Flow.WAITING: "Waiting",
    Flow.ROOMED: "In a room",
    Flow.WITH_PROVIDER: "With the provider",
}
CANCEL_REASONS: Final = (
    (CancelReason.PATIENT, "Patient cancelled"),
    (CancelReason.PATIENT_CONFLICT, "Patient has another commitment"),
    (CancelReason.PATIENT_FEELING_BETTER, "Patient feels better"),
    (CancelReason.PATIENT_TRANSPORT, "Patient has no transport"),
    (CancelReason.PATIENT_MOVED, "Patient moved away"),
    (CancelReason.PATIENT_RESCHEDULED, "Patient rescheduled"),
    (CancelReason.PATIENT_DECEASED, "Patient has died"),
    (CancelReason.COST, "Cost"),
    (CancelReason.PROVIDER, "Provider cancelled"),
    (CancelReason.PROVIDER_DISCHARGED, "Patient was discharged"),
    (CancelReason.PROVIDER_TRANSFERRED, "Patient went to hospital"),
    (CancelReason.EQUIPMENT, "Equipment out of order"),
    (CancelReason.MEDS_INCOMPLETE, "Preparation incomplete"),
    (CancelReason.WEATHER, "Weather"),
    (CancelReason.ERROR, "Booked by mistake"),
    (CancelReason.OTHER, "Other"),
)
NEXT_STEPS: Final[dict[Status, tuple[tuple[Status, str], ...]]] = {
    Status.BOOKED: ((Status.ARRIVED, "Arrived"), (Status.NOSHOW, "No-show")),
    Status.ARRIVED: ((Status.CHECKED_IN, "Check in"), (Status.BOOKED, "Not here after all")),
    Status.CHECKED_IN: ((Status.FULFILLED, "Complete"), (Status.ARRIVED, "Undo check-in")),
    Status.FULFILLED: ((Status.CHECKED_IN, "Reopen"),),
    Status.NOSHOW: ((Status.ARRIVED, "Came after all"),),
}
"""The buttons of a visit; all of them are legal moves, and each legal one is not a button."""

NEXT_FLOWS: Final[dict[Flow, tuple[Flow, str]]] = {
    Flow.WAITING: (Flow.ROOMED, "To the room"),
    Flow.ROOMED: (Flow.WITH_PROVIDER, "With the provider"),
}
"""Where a checked-in patient usually goes next; from the provider the visit is complete."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one button of a list's line: where it posts, what, and its label."""

    action: str
    value: str
    label: str


def next_steps(visit: Appointment, now: Instant) -> tuple[tuple[Status, str], ...]:
    """The buttons of a visit at this moment: before it begins nobody has failed to come."""
    steps = NEXT_STEPS.get(visit.status, ())
    return tuple(step for step in steps if step[0] is not Status.NOSHOW or visit.start <= now)


def next_step(visit: Appointment) -> NextStep | None:
    """What usually comes next for a visit on its day; None where nothing does."""
    if visit.status is Status.CHECKED_IN and visit.flow in NEXT_FLOWS:
        flow, label = NEXT_FLOWS[visit.flow]
        return NextStep("flow", flow, label)
    steps = NEXT_STEPS.get(visit.status, ())
    return NextStep("status", *steps[0]) if steps else None


def state(visit: Appointment) -> str:
    """What a list says of a visit."""
    if visit.status is Status.CHECKED_IN and visit.flow is not None:
        return FLOWS[visit.flow]
    if visit.status is Status.BOOKED and visit.confirmed:
        return "Confirmed"
    return STATUSES[visit.status]


def look(visit: Appointment) -> str:
    """The name of a visit's colour."""
    return "confirmed" if visit.status is Status.BOOKED and visit.confirmed else visit.status


def title(visit: Appointment) -> str:
    """Who comes, as the calendar's box says it."""
    names = [attendee.name for attendee in visit.details.attendees]
    if visit.capacity > 1:
        return f"{len(names)} of {visit.capacity} seats"
    return names[0] if names else "No patient"
