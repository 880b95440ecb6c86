"""Booking: one transaction, and nothing of it where the time is taken.

Nothing here reads a calendar to decide whether a time is free: the transaction
takes the cells on the condition that they are, and whoever comes second is told.
"""

from __future__ import annotations

from collections.abc import Callable

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import invalid
from caresmith.events import (
    AppointmentBooked,
)
from caresmith.ids import AppointmentId, SeriesId
from caresmith.records.practice import practice_setup
from functions.scheduling.cells import Span
from functions.scheduling.errors import HoldGone
from functions.scheduling.holds import find_hold
from functions.scheduling.models import (
    Appointment,
    AttendeeName,
    BookingRequest,
    HistoryEntry,
    Visit,
    VisitDetails,
)
from functions.scheduling.newness import must_be_new
from functions.scheduling.plan import (
    bookable_patient,
    check_overbooking,
    only_while_open,
    plan_visit,
)
from functions.scheduling.records import Held, HoldRecord
from functions.scheduling.story import Story, put_visit
from functions.scheduling.writing import (
    answer_of,
    claim_for,
    event_of,
    in_first_free_room,
)


def book(
    request: BookingRequest,
    *,
    actor: Actor,
    now: Instant,
    extra: Callable[[Story, Visit], None] | None = None,
    series_id: SeriesId | None = None,
) -> Appointment:
    """Book a visit: one transaction, and nothing of it where its time is taken.

    ``extra`` adds writes to the same transaction (a waitlist entry that ends
    with it); ``series_id`` names the series that the visit belongs to.
    """
    setup = practice_setup(actor.practice_id)
    check_overbooking(actor, wanted=request.overbook)
    request, held = _as_held(request, actor, now)
    card = bookable_patient(actor, request.patient_id)
    audit().about(request.patient_id)
    plan = plan_visit(
        setup,
        request,
        appointment_id=AppointmentId.new(),
        patients=(request.patient_id,),
        actor=actor,
        now=now,
        overbook=request.overbook,
    )
    if not request.confirmed_new:
        kind, start = plan.visit_type, plan.visit.start
        must_be_new(setup, kind, request.patient_id, request.provider_id, start)
    details = VisitDetails(
        attendees=(AttendeeName(patient_id=request.patient_id, name=card.sort_name),),
        note=request.note,
    )
    if request.overbook:
        audit().reason = "overbooked"

    def tell_of(visit: Visit) -> Story:
        story = Story(actor.practice_id)
        only_while_open(story, request.patient_id)
        booked = _booked(visit, request, actor, now, series_id)
        claim_for(story, booked, now, instead_of=held)
        if held:
            record = HoldRecord(f"{actor.practice_id}#{held.by}", "hold")
            story.delete("hold", record, HoldRecord.pk.exists())
        put_visit(story, booked, details, None)
        story.tell(AppointmentBooked(**event_of(booked, actor, now)))
        if extra:
            extra(story, booked)
        return story

    visit = in_first_free_room(plan, tell_of)
    return answer_of(_booked(visit, request, actor, now, series_id), details, version=1)


def _booked(
    visit: Visit, request: BookingRequest, actor: Actor, now: Instant, series_id: SeriesId | None
) -> Visit:
    why = f"overbooked: {request.overbook_reason}" if request.overbook else ""
    first = HistoryEntry(at=to_text(now), by=actor.user_id, what="booked", after=why)
    return visit.model_copy(update={"history": (first,), "series_id": series_id})


def _as_held(
    request: BookingRequest, actor: Actor, now: Instant
) -> tuple[BookingRequest, Held | None]:
    """The request with its hold's room. Raises HoldGone, or where the hold is of another time.

    A hold that has expired keeps nothing: its time is booked as any other, if it is free.
    """
    if request.hold_id is None:
        return request, None
    record = find_hold(actor.practice_id, request.hold_id)
    if record is None:
        raise HoldGone
    held = Visit.model_validate_json(record.body)
    same = (
        held.provider_id == request.provider_id
        and held.location_id == request.location_id
        and held.type_id == request.type_id
        and held.start == request.start
    )
    if not same:
        raise invalid("hold_id", "holds another time")
    as_held = request.model_copy(update={"room_id": held.room_id})
    if record.expires <= int(now.timestamp()):
        return as_held, None
    cells = Span(int(record.span_start), int(record.span_end))
    return as_held, Held(request.hold_id, cells)
