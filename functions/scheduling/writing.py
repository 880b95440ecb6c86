"""What every change of the calendar is made of: read, note, occupy, tell, commit."""

from __future__ import annotations

from collections.abc import Callable

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import AppointmentId, PracticeId
from caresmith.records.appointment import VisitRecord
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.scheduling.errors import (
    HoldGone,
    PatientNotBookable,
    ReplySettled,
    SlotTaken,
)
from functions.scheduling.models import (
    Appointment,
    HistoryEntry,
    Visit,
    VisitDetails,
)
from functions.scheduling.plan import Plan
from functions.scheduling.records import (
    END_OF_TIME,
    Held,
    claim,
    release,
    touch,
)
from functions.scheduling.status import (
    FREES_TIME,
)
from functions.scheduling.story import Story, StoryFailed, put_visit, resources_of, span_of


def load(practice: PracticeId, appointment_id: AppointmentId) -> tuple[Visit, VisitDetails]:
    """A visit with its sealed part. Raises NotFound."""
    try:
        record = VisitRecord.get(f"{practice}#{appointment_id}", "visit", consistent_read=True)
    except VisitRecord.DoesNotExist:
        raise NotFound from None
    visit = Visit.model_validate_json(record.body)
    details = Sealer(practice, Domain.SCHEDULE).unseal(
        appointment_id, "visit", record.sealed, VisitDetails
    )
    return visit.model_copy(update={"version": int(record.version or 0)}), details


def answer_of(visit: Visit, details: VisitDetails, *, version: int) -> Appointment:
    return Appointment(**{**dict(visit), "version": version}, details=details)


def change(
    appointment_id: AppointmentId,
    expected: int | None,
    actor: Actor,
    write: Callable[[Story, Visit, VisitDetails], tuple[Visit, VisitDetails]],
) -> Appointment:
    """Read, let ``write`` add what changes, commit on condition that nobody was faster."""
    before, details = load(actor.practice_id, appointment_id)
    audit().about(*before.patient_ids)
    audit().record(appointment_id)
    if expected is not None and expected != before.version:
        raise VersionConflict
    story = Story(actor.practice_id)
    after, details = write(story, before, details)
    put_visit(story, after, details, before)
    try:
        story.commit()
    except StoryFailed as failed:
        raise told(failed) from None
    return answer_of(after, details, version=before.version + 1)


def occupy(story: Story, visit: Visit, *, frees: bool) -> None:
    """Free the visit's time, or only count the change for those who watch the calendar."""
    holds_time = not visit.overbooked and visit.status not in FREES_TIME
    for name, resource in resources_of(visit):
        if frees and holds_time:
            story.days(
                name,
                release(story.practice, resource, span_of(visit), held_by=visit.appointment_id),
            )
        else:
            story.days(name, touch(story.practice, resource, span_of(visit)))


def noted(visit: Visit, actor: Actor, now: Instant, what: str, before: str, after: str) -> Visit:
    entry = HistoryEntry(
        at=to_text(now), by=actor.user_id, what=what, before=str(before), after=str(after)
    )
    return visit.model_copy(update={"history": (*visit.history, entry)[-50:]})


def claim_for(story: Story, visit: Visit, now: Instant, *, instead_of: Held | None = None) -> None:
    """Take the visit's time, from the hold ``instead_of`` where there is one."""
    for name, resource in resources_of(visit):
        if visit.overbooked:
            story.days(name, touch(story.practice, resource, span_of(visit)))
            continue
        story.days(
            name,
            claim(
                story.practice,
                resource,
                span_of(visit),
                by=visit.appointment_id,
                until=END_OF_TIME,
                now=int(now.timestamp()),
                instead_of=instead_of,
            ),
        )


def event_of(visit: Visit, actor: Actor, now: Instant) -> dict[str, object]:
    return {
        "practice_id": actor.practice_id,
        "occurred_at": now,
        "actor_id": actor.user_id,
        "appointment_id": visit.appointment_id,
        "patient_ids": visit.patient_ids,
        "provider_id": visit.provider_id,
        "location_id": visit.location_id,
        "type_id": visit.type_id,
        "start": visit.start,
        "end": visit.end,
    }


def in_first_free_room(plan: Plan, tell_of: Callable[[Visit], Story]) -> Visit:
    """Commit the story in the first room that is free. Raises SlotTaken."""
    for room in plan.rooms:
        visit = plan.in_room(room)
        try:
            tell_of(visit).commit()
        except StoryFailed as failed:
            if failed.names == {"room"}:
                continue
            raise told(failed) from None
        return visit
    raise SlotTaken("No room for it is free then.")


def told(failed: StoryFailed) -> Exception:
    """What a failed story means to the caller."""
    if "chart" in failed.names:
        return PatientNotBookable("The chart was archived or merged just now.")
    if "reply" in failed.names:
        return ReplySettled()
    if "hold" in failed.names:
        return HoldGone()
    if "visit" in failed.names:
        return VersionConflict()
    return SlotTaken()
