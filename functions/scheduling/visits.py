"""A visit's way through its day: read, confirm, arrive, check in, cancel."""

from __future__ import annotations

from collections.abc import Callable

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.events import (
    AppointmentCancelled,
    AppointmentStatusChanged,
)
from caresmith.ids import AppointmentId, PatientId
from functions.scheduling.errors import invalid
from functions.scheduling.models import (
    Appointment,
    CancelRequest,
    FlowRequest,
    Visit,
    VisitDetails,
)
from functions.scheduling.status import (
    FREES_TIME,
    Flow,
    IllegalMove,
    Status,
    check_flow,
    check_move,
)
from functions.scheduling.story import Story
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
    """A checked-in patient goes to a room, to the provider, or back to waiting."""

    def write(story: Story, before: Visit, details: VisitDetails) -> tuple[Visit, VisitDetails]:
        check_flow(before.flow, request.flow)
        after = noted(before, actor, now, "flow", before.flow or "", request.flow)
        occupy(story, before, frees=False)
        return after.model_copy(update={"flow": request.flow}), details

    return change(appointment_id, expected, actor, write)
