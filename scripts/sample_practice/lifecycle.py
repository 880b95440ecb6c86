"""A visit's way from booking to its end, step by step, as the scheduling feature tells it.

Each step changes the visit as ``functions/scheduling/visits.py`` does, at an
instant of its own; the tests take the same steps through the front door and
compare. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from caresmith.actor import Actor
from caresmith.clock import to_text
from caresmith.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentEvent,
    AppointmentStatusChanged,
)
from caresmith.ids import EventId, SeriesId
from functions.scheduling.models import AttendeeName, HistoryEntry, Visit, VisitDetails
from functions.scheduling.status import (
    FREES_TIME,
    CancelReason,
    Flow,
    Status,
    check_flow,
    check_move,
)
from functions.scheduling.writing import event_of, noted
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.people import SamplePatient


@dataclass
class Tale:
    """A visit as it stands, and what was told of it on the way."""

    visit: Visit
    details: VisitDetails
    dice: Dice
    events: list[AppointmentEvent] = field(default_factory=list)

    @property
    def holds_time(self) -> bool:
        return self.visit.status not in FREES_TIME

    def tell(self, kind: type[AppointmentEvent], actor: Actor, at: datetime, **more: Any) -> None:
        facts = {**event_of(self.visit, actor, at), **more}
        self.events.append(kind.model_validate({"event_id": self.dice.id(EventId), **facts}))

    def change(self, **fields: Any) -> None:
        """The visit becomes this, and one version older."""
        self.visit = self.visit.model_copy(update={**fields, "version": self.visit.version + 1})


Step = Callable[[Tale, Actor, datetime], None]


def booked(
    visit: Visit,
    patient: SamplePatient,
    note: str,
    *,
    actor: Actor,
    at: datetime,
    dice: Dice,
    series_id: SeriesId | None = None,
) -> Tale:
    """The visit as ``booking.book`` leaves it; ``visit`` is a plan that fits the rules."""
    entry = HistoryEntry(at=to_text(at), by=actor.user_id, what="booked")
    details = VisitDetails(attendees=(_seat(patient),), note=note)
    told = visit.model_copy(update={"history": (entry,), "series_id": series_id, "version": 1})
    tale = Tale(told, details, dice)
    tale.tell(AppointmentBooked, actor, at)
    return tale


def joined(patient: SamplePatient) -> Step:
    """Another patient takes a seat in a group visit."""

    def step(tale: Tale, actor: Actor, at: datetime) -> None:
        after = noted(tale.visit, actor, at, "joined", "", patient.patient_id)
        tale.change(
            history=after.history, patient_ids=(*tale.visit.patient_ids, patient.patient_id)
        )
        tale.details = VisitDetails(
            attendees=(*tale.details.attendees, _seat(patient)), note=tale.details.note
        )
        tale.tell(AppointmentBooked, actor, at, patient_ids=(patient.patient_id,))

    return step


def confirmed(tale: Tale, actor: Actor, at: datetime) -> None:
    """The patient has said that they will come."""
    after = noted(tale.visit, actor, at, "confirmed", "", "")
    patients = tale.visit.patient_ids
    tale.change(history=after.history, confirmed=True, confirmed_by=patients)


def status(wanted: Status) -> Step:
    """One move through FHIR's statuses."""

    def step(tale: Tale, actor: Actor, at: datetime) -> None:
        before = tale.visit.status
        check_move(before, wanted)
        after = noted(tale.visit, actor, at, "status", before, wanted)
        flow = Flow.WAITING if wanted is Status.CHECKED_IN else None
        tale.change(history=after.history, status=wanted, flow=flow)
        tale.tell(AppointmentStatusChanged, actor, at, from_status=before, to_status=wanted)

    return step


def flow(wanted: Flow) -> Step:
    """A checked-in patient goes to a room, or to the provider."""

    def step(tale: Tale, actor: Actor, at: datetime) -> None:
        check_flow(tale.visit.flow, wanted)
        after = noted(tale.visit, actor, at, "flow", tale.visit.flow or "", wanted)
        tale.change(history=after.history, flow=wanted)

    return step


def cancelled(reason: CancelReason) -> Step:
    """The visit will not be; its time is free."""

    def step(tale: Tale, actor: Actor, at: datetime) -> None:
        check_move(tale.visit.status, Status.CANCELLED)
        after = noted(tale.visit, actor, at, "cancelled", tale.visit.status, reason)
        tale.change(history=after.history, status=Status.CANCELLED, flow=None, cancel_reason=reason)
        tale.tell(AppointmentCancelled, actor, at, reason=reason)

    return step


def _seat(patient: SamplePatient) -> AttendeeName:
    return AttendeeName(patient_id=patient.patient_id, name=patient.sort_name)
