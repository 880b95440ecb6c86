"""FHIR R4's Appointment statuses and the moves between them that are legal.

https://hl7.org/fhir/R4/valueset-appointmentstatus.html names the statuses; FHIR
leaves the moves to us. Within ``checked-in`` the visit flows through rooms.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from caresmith.errors import Conflict


class Status(StrEnum):
    PROPOSED = "proposed"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NOSHOW = "noshow"
    ENTERED_IN_ERROR = "entered-in-error"
    CHECKED_IN = "checked-in"
    WAITLIST = "waitlist"


S = Status

MOVES: Final[dict[Status, frozenset[Status]]] = {
    S.PROPOSED: frozenset({S.PENDING, S.BOOKED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.PENDING: frozenset({S.BOOKED, S.WAITLIST, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.WAITLIST: frozenset({S.PENDING, S.BOOKED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.BOOKED: frozenset({S.ARRIVED, S.CHECKED_IN, S.CANCELLED, S.NOSHOW, S.ENTERED_IN_ERROR}),
    # Back to booked or arrived: somebody clicked the wrong line.
    S.ARRIVED: frozenset({S.BOOKED, S.CHECKED_IN, S.CANCELLED, S.NOSHOW, S.ENTERED_IN_ERROR}),
    S.CHECKED_IN: frozenset({S.ARRIVED, S.FULFILLED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.FULFILLED: frozenset({S.CHECKED_IN, S.ENTERED_IN_ERROR}),
    # Who was given up and comes after all keeps the time, which was never freed.
    S.NOSHOW: frozenset({S.ARRIVED, S.ENTERED_IN_ERROR}),
    S.CANCELLED: frozenset({S.ENTERED_IN_ERROR}),
    S.ENTERED_IN_ERROR: frozenset(),
}

FREES_TIME: Final = frozenset({S.CANCELLED, S.ENTERED_IN_ERROR})
"""In these a visit holds no time."""

MOVABLE: Final = frozenset({S.PROPOSED, S.PENDING, S.BOOKED, S.ARRIVED})
"""From these a visit can be given another time."""


class Flow(StrEnum):
    """Where a checked-in patient is."""

    WAITING = "waiting"
    ROOMED = "roomed"
    WITH_PROVIDER = "with-provider"


FLOW_MOVES: Final[dict[Flow, frozenset[Flow]]] = {
    Flow.WAITING: frozenset({Flow.ROOMED, Flow.WITH_PROVIDER}),
    Flow.ROOMED: frozenset({Flow.WAITING, Flow.WITH_PROVIDER}),
    Flow.WITH_PROVIDER: frozenset({Flow.ROOMED}),
}


class CancelReason(StrEnum):
    """Codes of FHIR's appointment-cancellation-reason, and of our own where it has none.

    https://hl7.org/fhir/R4/valueset-appointment-cancellation-reason.html
    """

    PATIENT = "pat"
    PATIENT_RESCHEDULED = "own-rescheduled"
    PATIENT_DECEASED = "pat-dec"
    PATIENT_FEELING_BETTER = "pat-fb"
    PATIENT_TRANSPORT = "pat-lt"
    PATIENT_MOVED = "pat-mv"
    PATIENT_CONFLICT = "own-conflict"
    PROVIDER = "prov"
    PROVIDER_DISCHARGED = "prov-dch"
    PROVIDER_TRANSFERRED = "prov-hosp"
    EQUIPMENT = "maint"
    MEDS_INCOMPLETE = "meds-inc"
    OTHER = "other"
    WEATHER = "oth-weath"
    COST = "oth-fin"
    ERROR = "oth-err"


class IllegalMove(Conflict):
    kind, title = "illegal-move", "It can't go from its present state to that one."


def check_move(present: Status, wanted: Status) -> None:
    """Raises IllegalMove with both states in words."""
    if wanted not in MOVES[present]:
        raise IllegalMove(f"A visit that is {present} can't become {wanted}.")


def check_flow(present: Flow | None, wanted: Flow) -> None:
    if present is None or wanted not in FLOW_MOVES[present]:
        raise IllegalMove(f"The patient is {present or 'not checked in'}; {wanted} can't follow.")
