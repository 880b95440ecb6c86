"""Giving a visit another time: all at once, or not at all."""

from __future__ import annotations

from collections.abc import Callable

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import VersionConflict
from caresmith.events import (
    AppointmentMoved,
)
from caresmith.ids import AppointmentId
from caresmith.records.practice import PracticeSetup, practice_setup
from functions.scheduling.models import (
    Appointment,
    RescheduleRequest,
    Visit,
    VisitRequest,
)
from functions.scheduling.plan import Plan, check_overbooking, plan_visit
from functions.scheduling.records import (
    END_OF_TIME,
    Resource,
    claim,
    exchange,
    release,
)
from functions.scheduling.status import (
    MOVABLE,
    IllegalMove,
    Status,
)
from functions.scheduling.story import Story, put_visit, resources_of, span_of
from functions.scheduling.writing import (
    answer_of,
    event_of,
    in_first_free_room,
    load,
    noted,
)


def reschedule(
    appointment_id: AppointmentId,
    request: RescheduleRequest,
    *,
    actor: Actor,
    now: Instant,
    expected: int | None = None,
    extra: Callable[[Story, Visit], None] | None = None,
) -> Appointment:
    """Give a visit another time, provider or place: all at once, or not at all.

    ``extra`` adds writes to the same transaction.
    """
    setup = practice_setup(actor.practice_id)
    check_overbooking(actor, wanted=request.overbook)
    before, details = load(actor.practice_id, appointment_id)
    audit().about(*before.patient_ids)
    audit().record(appointment_id)
    if expected is not None and expected != before.version:
        raise VersionConflict
    if before.status not in MOVABLE:
        raise IllegalMove(f"A visit that is {before.status} can't be moved.")
    plan = _plan_move(setup, before, request, actor, now)
    if request.overbook:
        audit().reason = "overbooked"

    def tell_of(visit: Visit) -> Story:
        story = Story(actor.practice_id)
        after = _moved(before, visit, request, actor, now)
        _exchange(story, before, after, now)
        put_visit(story, after, details, before)
        story.tell(
            AppointmentMoved(
                **event_of(after, actor, now),
                from_start=before.start,
                from_end=before.end,
                from_provider_id=before.provider_id,
                from_location_id=before.location_id,
            )
        )
        if extra:
            extra(story, after)
        return story

    visit = in_first_free_room(plan, tell_of)
    moved = _moved(before, visit, request, actor, now)
    return answer_of(moved, details, version=before.version + 1)


def _plan_move(
    setup: PracticeSetup, before: Visit, request: RescheduleRequest, actor: Actor, now: Instant
) -> Plan:
    wanted = VisitRequest(
        type_id=before.type_id,
        provider_id=request.provider_id or before.provider_id,
        location_id=request.location_id or before.location_id,
        start=request.start,
        room_id=request.room_id,
    )
    return plan_visit(
        setup,
        wanted,
        appointment_id=before.appointment_id,
        patients=before.patient_ids,
        actor=actor,
        now=now,
        overbook=request.overbook,
        own_room=before.room_id,
        of_old=True,
    )


def _moved(
    before: Visit, visit: Visit, request: RescheduleRequest, actor: Actor, now: Instant
) -> Visit:
    after = visit.model_copy(
        update={
            "version": before.version,
            "status": Status.BOOKED,
            "confirmed": False,
            "series_id": before.series_id,
            "created_by": before.created_by,
            "history": before.history,
        }
    )
    to = to_text(after.start)
    if request.overbook:
        to += f", overbooked: {request.overbook_reason}"
    return noted(after, actor, now, "moved", to_text(before.start), to)


def _exchange(story: Story, before: Visit, after: Visit, now: Instant) -> None:
    """Free the old time and take the new one; a resource of both is written once."""
    old = {} if before.overbooked else {resource: name for name, resource in resources_of(before)}
    new = {} if after.overbooked else {resource: name for name, resource in resources_of(after)}
    at = int(now.timestamp())
    for resource, name in {**old, **new}.items():
        own: Resource = resource
        if own in old and own in new:
            days = exchange(
                story.practice,
                own,
                span_of(before),
                span_of(after),
                by=after.appointment_id,
                now=at,
            )
        elif own in old:
            days = release(story.practice, own, span_of(before), held_by=before.appointment_id)
        else:
            days = claim(
                story.practice,
                own,
                span_of(after),
                by=after.appointment_id,
                until=END_OF_TIME,
                now=at,
            )
        story.days(name, days)
