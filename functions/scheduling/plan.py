"""From a request to a visit that may be written: every rule that needs no condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.ids import AppointmentId, PatientId, RoomId
from caresmith.permissions import Permission
from caresmith.records.patient import (
    CHART,
    ChartStatus,
    Patient,
    PatientCard,
    chart_key,
    patient_card,
)
from caresmith.records.practice import AppointmentType, PracticeSetup, Room
from functions.scheduling.cells import Span
from functions.scheduling.errors import MayNotOverbook, NotOpen, PatientNotBookable, SlotTaken
from functions.scheduling.models import Visit, VisitRequest
from functions.scheduling.slots import free_rooms, is_open
from functions.scheduling.story import Story


@dataclass(frozen=True)
class Plan:
    """A time that fits the rules, and the rooms to try in turn."""

    visit_type: AppointmentType
    visit: Visit
    rooms: tuple[Room | None, ...]

    def in_room(self, room: Room | None) -> Visit:
        return self.visit.model_copy(update={"room_id": room.id if room else None})


def bookable_patient(actor: Actor, patient: PatientId) -> PatientCard:
    """The card of a patient for whom visits may be booked. Raises otherwise."""
    card = patient_card(actor.practice_id, patient)
    if card is None:
        raise invalid("patient_id", "there is no such patient")
    if not card.bookable:
        raise PatientNotBookable(f"The chart is {card.status}.")
    return card


def only_while_open(story: Story, patient: PatientId) -> None:
    """Nothing of ``story`` where the chart is archived or merged before it commits."""
    head = Patient(chart_key(story.practice, patient), CHART)
    story.require("chart", head, Patient.status == ChartStatus.ACTIVE)


def check_overbooking(actor: Actor, *, wanted: bool) -> None:
    if wanted and not actor.may(Permission.OVERBOOK):
        raise MayNotOverbook


def plan_visit(
    setup: PracticeSetup,
    request: VisitRequest,
    *,
    appointment_id: AppointmentId,
    patients: tuple[PatientId, ...],
    actor: Actor,
    now: Instant,
    overbook: bool = False,
    own_room: RoomId | None = None,
    of_old: bool = False,
) -> Plan:
    """Check a request against the set-up. Raises a problem that names the field.

    ``own_room`` is the one that a visit being moved has: to itself it is free.
    A visit ``of_old`` stays of its kind although that is given to nobody anew.
    """
    visit_type = _type_for(setup, request, of_old=of_old)
    _check_place(setup, request, visit_type)
    start = request.start.astimezone(UTC)
    if start < now:
        raise invalid("start", "lies in the past")
    if start > now + timedelta(days=setup.practice.booking_horizon_days):
        raise invalid("start", "lies beyond the practice's booking horizon")
    visit = Visit(
        appointment_id=appointment_id,
        type_id=visit_type.id,
        provider_id=request.provider_id,
        location_id=request.location_id,
        start=start,
        end=start + timedelta(minutes=visit_type.minutes),
        span_start=start - timedelta(minutes=visit_type.buffer_before),
        span_end=start + timedelta(minutes=visit_type.minutes + visit_type.buffer_after),
        patient_ids=patients,
        capacity=visit_type.capacity,
        overbooked=overbook,
        created_by=actor.user_id,
    )
    span = Span.between(visit.span_start, visit.span_end)
    if not overbook and not is_open(
        setup, request.provider_id, request.location_id, visit_type, span
    ):
        raise NotOpen
    if overbook and not request.room_id:
        return Plan(visit_type, visit, (None,))
    return Plan(visit_type, visit, _rooms(setup, request, visit_type, span, now, own_room))


def _type_for(setup: PracticeSetup, request: VisitRequest, *, of_old: bool) -> AppointmentType:
    visit_type = setup.types.get(request.type_id)
    if visit_type is None or not (visit_type.active or of_old):
        raise invalid("type_id", "there is no such kind of visit")
    return visit_type


def _check_place(setup: PracticeSetup, request: VisitRequest, visit_type: AppointmentType) -> None:
    provider = setup.providers.get(request.provider_id)
    location = setup.locations.get(request.location_id)
    if provider is None or not provider.active:
        raise invalid("provider_id", "there is no such provider")
    if location is None or not location.active:
        raise invalid("location_id", "there is no such location")
    if location.id not in provider.location_ids:
        raise invalid("location_id", "the provider does not work at that location")
    if visit_type.provider_ids and provider.id not in visit_type.provider_ids:
        raise invalid("provider_id", "the provider does not give that kind of visit")


def _rooms(
    setup: PracticeSetup,
    request: VisitRequest,
    visit_type: AppointmentType,
    span: Span,
    now: Instant,
    own_room: RoomId | None,
) -> tuple[Room | None, ...]:
    if request.room_id:
        room = setup.rooms.get(request.room_id)
        if room is None or not room.active or room.location_id != request.location_id:
            raise invalid("room_id", "there is no such room at that location")
        if visit_type.room_kind and room.room_kind != visit_type.room_kind:
            raise invalid("room_id", f"that kind of visit needs a room for {visit_type.room_kind}")
        return (room,)
    if not visit_type.room_kind:
        return (None,)
    free = free_rooms(setup, request.location_id, visit_type.room_kind, span, now)
    own = setup.rooms.get(own_room) if own_room else None
    if own and own.location_id == request.location_id:
        free = [own, *(room for room in free if room.id != own.id)]
    if not free:
        raise SlotTaken("No room for it is free then.")
    return tuple(free)
