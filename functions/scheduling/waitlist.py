"""Who waits for a time, and what they would take. What is offered to them: ``offers``."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_precise_text
from caresmith.errors import NotFound
from caresmith.ids import PracticeId, WaitlistEntryId
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.scheduling.errors import invalid
from functions.scheduling.models import WaitlistEntry, WaitlistRequest
from functions.scheduling.plan import bookable_patient
from functions.scheduling.records import WaitlistRecord
from functions.scheduling.story import Story, StoryFailed


def _partition(practice: PracticeId) -> str:
    return f"{practice}#waitlist"


def join(request: WaitlistRequest, *, actor: Actor, now: Instant) -> WaitlistEntry:
    """Put a patient on the list. Raises InvalidRequest, PatientNotBookable."""
    _check_wish(request, practice_setup(actor.practice_id))
    card = bookable_patient(actor, request.patient_id)
    entry = WaitlistEntry(
        entry_id=WaitlistEntryId.new(),
        request=request,
        patient_name=card.sort_name,
        since=now,
    )
    since = to_precise_text(now)
    record = WaitlistRecord(
        _partition(actor.practice_id),
        f"{request.priority}#{since}#{entry.entry_id}",
        entry_id=entry.entry_id,
        since=since,
        sealed=Sealer(actor.practice_id, Domain.SCHEDULE).seal(entry.entry_id, "wait", entry),
    )
    audit().about(request.patient_id)
    story = Story(actor.practice_id)
    story.put("entry", record, WaitlistRecord.pk.does_not_exist())
    story.commit()
    return entry


def _check_wish(wish: WaitlistRequest, setup: PracticeSetup) -> None:
    """A wish for what the practice does not have would wait for ever."""
    visit_type = setup.types.get(wish.type_id)
    if visit_type is None or not visit_type.active:
        raise invalid("type_id", "there is no such kind of visit")
    for place, provider in enumerate(wish.provider_ids):
        if provider not in setup.providers:
            raise invalid(f"provider_ids.{place}", "there is no such provider")
        if visit_type.provider_ids and provider not in visit_type.provider_ids:
            raise invalid(f"provider_ids.{place}", "does not give that kind of visit")
    for place, location in enumerate(wish.location_ids):
        if location not in setup.locations:
            raise invalid(f"location_ids.{place}", "there is no such location")


def waiting(practice: PracticeId) -> list[WaitlistEntry]:
    """All who wait: the urgent first, then by time."""
    return [entry for _, entry in records_of(practice)]


def records_of(practice: PracticeId) -> list[tuple[WaitlistRecord, WaitlistEntry]]:
    """As :func:`waiting`, each with the record that ends with the waiting."""
    sealer = Sealer(practice, Domain.SCHEDULE)
    return [
        (record, sealer.unseal(record.entry_id, "wait", record.sealed, WaitlistEntry))
        for record in WaitlistRecord.query(_partition(practice), consistent_read=True)
    ]


def leave(entry_id: WaitlistEntryId, *, actor: Actor) -> None:
    """Take a patient off the list. Raises NotFound."""
    record, entry = find(actor.practice_id, entry_id)
    audit().about(entry.request.patient_id)
    story = Story(actor.practice_id)
    story.delete("entry", record, WaitlistRecord.pk.exists())
    try:
        story.commit()
    except StoryFailed:
        raise NotFound from None


def find(practice: PracticeId, entry_id: WaitlistEntryId) -> tuple[WaitlistRecord, WaitlistEntry]:
    """Raises NotFound."""
    for record, entry in records_of(practice):
        if entry.entry_id == entry_id:
            return record, entry
    raise NotFound
