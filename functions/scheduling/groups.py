"""Group visits: several patients share one time."""

from __future__ import annotations

from collections.abc import Callable

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.events import AppointmentBooked, AppointmentLeft
from caresmith.ids import AppointmentId, PatientId
from caresmith.records.patient import merged_charts
from functions.scheduling.errors import SessionFull
from functions.scheduling.models import (
    Appointment,
    AttendeeName,
    Visit,
    VisitDetails,
)
from functions.scheduling.plan import bookable_patient, only_while_open
from functions.scheduling.status import (
    IllegalMove,
    Status,
)
from functions.scheduling.story import Story
from functions.scheduling.writing import (
    change,
    event_of,
    noted,
    occupy,
)


def add_attendee(
    appointment_id: AppointmentId, patient: PatientId, *, actor: Actor, now: Instant
) -> Appointment:
    """Give a patient a seat in a group visit. Raises SessionFull."""
    card = bookable_patient(actor, patient)
    audit().about(patient)
    # Who holds a seat under a chart that was merged into this one holds it still.
    same_person = {patient, *merged_charts(actor.practice_id, patient)}

    def write(story: Story, before: Visit, details: VisitDetails) -> tuple[Visit, VisitDetails]:
        if before.status is not Status.BOOKED:
            raise IllegalMove(f"A visit that is {before.status} takes nobody in.")
        if same_person & set(before.patient_ids):
            raise invalid("patient_id", "the patient has a seat already")
        if len(before.patient_ids) >= before.capacity:
            raise SessionFull
        after = noted(before, actor, now, "joined", "", patient)
        after = after.attended_by((*before.patient_ids, patient))
        only_while_open(story, patient)
        occupy(story, before, frees=False)
        story.tell(AppointmentBooked(**{**event_of(after, actor, now), "patient_ids": (patient,)}))
        seat = AttendeeName(patient_id=patient, name=card.sort_name)
        return after, details.model_copy(update={"attendees": (*details.attendees, seat)})

    return _retry_if_changed(lambda: change(appointment_id, None, actor, write))


def remove_attendee(
    appointment_id: AppointmentId,
    patient: PatientId,
    *,
    actor: Actor,
    now: Instant,
    extra: Callable[[Story, Visit], None] | None = None,
) -> Appointment:
    """Take a patient out of a group visit; the last one's leaving cancels nothing.

    ``extra`` adds writes to the same transaction.
    """

    def write(story: Story, before: Visit, details: VisitDetails) -> tuple[Visit, VisitDetails]:
        if patient not in before.patient_ids:
            raise NotFound
        if before.capacity == 1:
            raise IllegalMove("A visit of one patient is cancelled, not left.")
        after = noted(before, actor, now, "left", patient, "")
        left = tuple(p for p in before.patient_ids if p != patient)
        occupy(story, before, frees=False)
        story.tell(AppointmentLeft(**{**event_of(before, actor, now), "patient_ids": (patient,)}))
        names = tuple(a for a in details.attendees if a.patient_id != patient)
        after = after.attended_by(left)
        if extra:
            extra(story, after)
        return after, details.model_copy(update={"attendees": names})

    return _retry_if_changed(lambda: change(appointment_id, None, actor, write))


def _retry_if_changed(attempt: Callable[[], Appointment]) -> Appointment:
    """Several may join one group visit at once: each tries again on what is there by then."""
    for _ in range(20):
        try:
            return attempt()
        except VersionConflict:
            continue
    raise VersionConflict
