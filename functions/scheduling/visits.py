"""A visit's way through its day: read, confirm, arrive, check in, cancel."""

from __future__ import annotations

from collections.abc import Callable

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.events import (
    AppointmentCancelled,
    AppointmentStatusChanged,
)
from caresmith.ids import AppointmentId, PatientId, RoomId
from caresmith.records.practice import practice_setup
from functions.scheduling.errors import SlotTaken
from functions.scheduling.models import (
    Appointment,
    CancelRequest,
    FlowRequest,
    Visit,
    VisitDetails,
)
from functions.scheduling.records import END_OF_TIME, claim, release, touch
from functions.scheduling.status import (
    FREES_TIME,
    Flow,
    IllegalMove,
    Status,
    check_flow,
    check_move,
)
from functions.scheduling.story import Story, resources_of, span_of
from functions.scheduling.writing import (
    answer_of,
    change,
    event_of,
    load,
    noted,
    occupy,
)


def read(appointment_id: AppointmentId, *, actor: Actor) -> Appointment:
    """Raises NotFound."""
    visit, details = load(actor.practice_id, appointment_id)
    audit().about(*visit.patient_ids)
    return answer_of(visit, details, version=visit.version)


def change_status(
    appointment_id: AppointmentId,
    status: Status,
    *,
    actor: Actor,
    now: Instant,
    expected: int | None = None,
) -> Appointment:
    """One legal move through FHIR's statuses. Raises IllegalMove."""
    if status is Status.CANCELLED:
        raise invalid("status", "cancel a visit through its own route, with a reason")

    def write(story: Story, before: Visit, details: VisitDetails) -> tuple[Visit, VisitDetails]:
        check_move(before.status, status)
        if status is Status.NOSHOW and now < before.start:
            raise IllegalMove("Nobody has failed to come before the visit begins.")
        flow = Flow.WAITING if status is Status.CHECKED_IN else None
        after = noted(before, actor, now, "status", before.status, status)
        after = after.model_copy(update={"status": status, "flow": flow})
        occupy(story, before, frees=status in FREES_TIME)
        story.tell(
            AppointmentStatusChanged(
                **event_of(after, actor, now), from_status=before.status, to_status=status
            )
        )
        return after, details

    return change(appointment_id, expected, actor, write)


def cancel(
    appointment_id: AppointmentId,
    request: CancelRequest,
    *,
    actor: Actor,
    now: Instant,
    expected: int | None = None,
    extra: Callable[[Story, Visit], None] | None = None,
) -> Appointment:
    """Cancel with a reason; the time is free in the same instant.

    ``extra`` adds writes to the same transaction.
    """

    def write(story: Story, before: Visit, details: VisitDetails) -> tuple[Visit, VisitDetails]:
        check_move(before.status, Status.CANCELLED)
        after = noted(before, actor, now, "cancelled", before.status, request.reason)
        after = after.model_copy(
            update={
                "status": Status.CANCELLED,
                "flow": None,
                "cancel_reason": request.reason,
            }
        )
        occupy(story, before, frees=True)
        story.tell(AppointmentCancelled(**event_of(after, actor, now), reason=request.reason))
        if extra:
            extra(story, after)
        note = "\n".join(part for part in (details.note, request.note) if part)
        return after, details.model_copy(update={"note": note})

    return change(appointment_id, expected, actor, write)


def confirm(
    appointment_id: AppointmentId,
    *,
    actor: Actor,
    now: Instant,
    expected: int | None = None,
    patient: PatientId | None = None,
    extra: Callable[[Story, Visit], None] | None = None,
) -> Appointment:
    """The patient has said that they will come (FHIR participant.status accepted).

    Of a group visit it is the one ``patient``, or all where none is named.
    ``extra`` adds writes to the same transaction.
    """

    def write(story: Story, before: Visit, details: VisitDetails) -> tuple[Visit, VisitDetails]:
        if before.status is not Status.BOOKED:
            raise IllegalMove(f"A visit that is {before.status} is not confirmed any more.")
        sole = before.capacity == 1 or patient is None
        after = noted(before, actor, now, "confirmed", "", "" if sole else str(patient))
        occupy(story, before, frees=False)
        said = before.patient_ids if sole else (PatientId(str(patient)),)
        after = after.attended_by(before.patient_ids, confirming=said)
        if extra:
            extra(story, after)
        return after, details

    return change(appointment_id, expected, actor, write)


def move_flow(
    appointment_id: AppointmentId,
    request: FlowRequest,
    *,
    actor: Actor,
    now: Instant,
    expected: int | None = None,
) -> Appointment:
    """A checked-in patient goes to a room, to the provider, or back to waiting.

    Another room than the one that was booked is taken for the visit's whole
    time, and the booked one is free again. Raises IllegalMove, SlotTaken.
    """

    def write(story: Story, before: Visit, details: VisitDetails) -> tuple[Visit, VisitDetails]:
        check_flow(before.flow, request.flow)
        after = noted(before, actor, now, "flow", before.flow or "", request.flow)
        after = after.model_copy(update={"flow": request.flow})
        if request.room_id in (None, before.room_id):
            occupy(story, before, frees=False)
            return after, details
        _check_room(before, request.room_id, actor)
        after = after.model_copy(update={"room_id": request.room_id})
        _change_rooms(story, before, after, now)
        return after, details

    try:
        return change(appointment_id, expected, actor, write)
    except SlotTaken:
        raise SlotTaken("That room is taken for some of the visit's time.") from None


def _check_room(visit: Visit, room_id: RoomId, actor: Actor) -> None:
    room = practice_setup(actor.practice_id).rooms.get(room_id)
    if room is None or not room.active or room.location_id != visit.location_id:
        raise invalid("room_id", "there is no such room there")


def _change_rooms(story: Story, before: Visit, after: Visit, now: Instant) -> None:
    """Free the one room and take the other; those who watch the provider's day hear of it."""
    practice, span = story.practice, span_of(before)
    old, new = dict(resources_of(before)), dict(resources_of(after))
    story.days("provider", touch(practice, new["provider"], span))
    if before.overbooked:
        story.days("room", touch(practice, new["room"], span))
        return
    if "room" in old:
        freed = release(practice, old["room"], span, held_by=before.appointment_id)
        story.days("former room", freed)
    at = int(now.timestamp())
    taken = claim(practice, new["room"], span, by=after.appointment_id, until=END_OF_TIME, now=at)
    story.days("room", taken)
