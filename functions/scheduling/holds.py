"""Keeping a time for a few minutes while somebody decides."""

from __future__ import annotations

from datetime import timedelta

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import AppointmentId, HoldId, PracticeId
from caresmith.records.practice import practice_setup
from functions.scheduling.models import (
    Hold,
    Slot,
    Visit,
    VisitRequest,
)
from functions.scheduling.plan import plan_visit
from functions.scheduling.records import (
    HoldRecord,
    claim,
    release,
)
from functions.scheduling.story import Story, StoryFailed, resources_of, span_of
from functions.scheduling.writing import (
    in_first_free_room,
)


def hold(request: VisitRequest, *, actor: Actor, now: Instant) -> Hold:
    """Keep a time for a few minutes while somebody decides. Raises SlotTaken."""
    setup = practice_setup(actor.practice_id)
    hold_id = HoldId.new()
    plan = plan_visit(
        setup, request, appointment_id=AppointmentId.new(), patients=(), actor=actor, now=now
    )
    expires = int(now.timestamp()) + setup.practice.hold_minutes * 60

    def tell_of(visit: Visit) -> Story:
        story = Story(actor.practice_id)
        for name, resource in resources_of(visit):
            story.days(
                name,
                claim(
                    actor.practice_id,
                    resource,
                    span_of(visit),
                    by=hold_id,
                    until=expires,
                    now=int(now.timestamp()),
                ),
            )
        record = HoldRecord(
            f"{actor.practice_id}#{hold_id}",
            "hold",
            expires=expires,
            expires_at=expires + 3600,
            body=visit.model_dump_json(exclude_none=True),
            span_start=span_of(visit).start,
            span_end=span_of(visit).end,
            held_by=actor.user_id,
        )
        story.put("hold", record, HoldRecord.pk.does_not_exist())
        return story

    visit = in_first_free_room(plan, tell_of)
    audit().record(hold_id)
    return Hold(
        hold_id=hold_id,
        expires_at=now + timedelta(minutes=setup.practice.hold_minutes),
        slot=Slot(
            provider_id=visit.provider_id,
            location_id=visit.location_id,
            room_id=visit.room_id,
            start=visit.start,
            end=visit.end,
        ),
    )


def drop_hold(hold_id: HoldId, *, actor: Actor) -> None:
    """Give a held time back. Does nothing where the hold is over."""
    record = find_hold(actor.practice_id, hold_id)
    if record is None:
        return
    visit = Visit.model_validate_json(record.body)
    story = Story(actor.practice_id)
    story.delete("hold", record, HoldRecord.pk.exists())
    for name, resource in resources_of(visit):
        story.days(name, release(actor.practice_id, resource, span_of(visit), held_by=hold_id))
    try:
        story.commit()
    except StoryFailed:
        # It had expired and others took the time: only the record is left of it.
        record.delete()


def find_hold(practice: PracticeId, hold_id: HoldId) -> HoldRecord | None:
    try:
        return HoldRecord.get(f"{practice}#{hold_id}", "hold", consistent_read=True)
    except HoldRecord.DoesNotExist:
        return None
