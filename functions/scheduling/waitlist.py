"""Who waits for a time, and what they would take. What is offered to them: ``offers``."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_precise_text
from caresmith.errors import NotFound, invalid
from caresmith.ids import AppointmentId, PatientId, PracticeId, WaitlistEntryId
from caresmith.messages.settings import messaging_settings
from caresmith.records.appointment import AWAITED, visit_key
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.scheduling.errors import AlreadyAsked, NoEarlierTimes
from functions.scheduling.models import Slot, Visit, WaitlistEntry, WaitlistRequest
from functions.scheduling.plan import bookable_patient
from functions.scheduling.records import WaitlistRecord
from functions.scheduling.story import Story, StoryFailed
from functions.scheduling.waiting_records import KEEP, EarlierRecord
from functions.scheduling.writing import load

_EARLIER: Final = "earlier"
_AFTER_WHO_HAS_NO_VISIT: Final = 6
"""The priority of those who wait for an earlier time: they can be seen anyway."""


def _partition(practice: PracticeId) -> str:
    return f"{practice}#waitlist"


def join(request: WaitlistRequest, *, actor: Actor, now: Instant) -> WaitlistEntry:
    """Put a patient on the list.

    Raises InvalidRequest, PatientNotBookable; where the patient would come earlier
    than to the visit that they have, AlreadyAsked and NoEarlierTimes as well.
    """
    _check_wish(request, practice_setup(actor.practice_id))
    visit = _replaced(request, actor, now) if request.instead_of else None
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
    if visit:
        pointer = EarlierRecord(
            *_pointer_key(actor.practice_id, visit.appointment_id),
            patient_id=request.patient_id,
            entry_sk=record.sk,
            expires_at=int((visit.end + KEEP).timestamp()),
        )
        story.put("earlier", pointer, EarlierRecord.pk.does_not_exist())
    try:
        story.commit()
    except StoryFailed:
        raise AlreadyAsked from None
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


def _replaced(request: WaitlistRequest, actor: Actor, now: Instant) -> Visit:
    """The visit that the patient would come earlier than."""
    if not messaging_settings(actor.practice_id).waitlist.earlier_slots:
        raise NoEarlierTimes("The practice does not tell patients of earlier times.")
    try:
        visit, _ = load(actor.practice_id, AppointmentId(str(request.instead_of)))
    except NotFound:
        raise invalid("instead_of", "there is no such visit") from None
    audit().record(visit.appointment_id)
    if visit.patient_ids != (request.patient_id,) or visit.type_id != request.type_id:
        raise invalid("instead_of", "is not that patient's visit of that kind")
    if visit.capacity > 1:
        raise NoEarlierTimes("A group visit is held for everybody at its time.")
    if visit.status not in AWAITED or visit.start <= now:
        raise NoEarlierTimes("The visit is not to come any more.")
    return visit


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
    end_waiting(story, record, entry)
    try:
        story.commit()
    except StoryFailed:
        raise NotFound from None


def end_waiting(story: Story, record: WaitlistRecord, entry: WaitlistEntry) -> None:
    """Add to ``story`` that the entry is over; the write is named ``hold``."""
    story.delete("hold", record, WaitlistRecord.pk.exists())
    if entry.request.instead_of:
        story.delete(
            "earlier", EarlierRecord(*_pointer_key(story.practice, entry.request.instead_of))
        )


def find(practice: PracticeId, entry_id: WaitlistEntryId) -> tuple[WaitlistRecord, WaitlistEntry]:
    """Raises NotFound."""
    for record, entry in records_of(practice):
        if entry.entry_id == entry_id:
            return record, entry
    raise NotFound


# -- earlier times ----------------------------------------------------------


def would_come_earlier(practice: PracticeId, appointment: AppointmentId) -> bool:
    """Whether the visit's patient waits for an earlier time."""
    return _pointer(practice, appointment) is not None


def _pointer(practice: PracticeId, appointment: AppointmentId) -> EarlierRecord | None:
    try:
        return EarlierRecord.get(*_pointer_key(practice, appointment), consistent_read=True)
    except EarlierRecord.DoesNotExist:
        return None


def ask_earlier(appointment_id: AppointmentId, *, actor: Actor, now: Instant) -> WaitlistEntry:
    """Tell the visit's patient when an earlier time with the same provider there is free.

    Raises NotFound, and what :func:`join` raises.
    """
    visit, _ = load(actor.practice_id, appointment_id)
    audit().about(*visit.patient_ids)
    audit().record(appointment_id)
    if len(visit.patient_ids) != 1:
        raise NoEarlierTimes("A group visit is held for everybody at its time.")
    request = WaitlistRequest(
        patient_id=visit.patient_ids[0],
        type_id=visit.type_id,
        provider_ids=(visit.provider_id,),
        location_ids=(visit.location_id,),
        priority=_AFTER_WHO_HAS_NO_VISIT,
        instead_of=appointment_id,
    )
    return join(request, actor=actor, now=now)


def forget_earlier(appointment_id: AppointmentId, *, actor: Actor) -> None:
    """The visit's patient keeps to its time. Does nothing where nobody asked for another."""
    practice = actor.practice_id
    pointer = _pointer(practice, appointment_id)
    if pointer is None:
        return
    audit().about(PatientId(pointer.patient_id))
    audit().record(appointment_id)
    story = Story(practice)
    story.delete("entry", WaitlistRecord(_partition(practice), pointer.entry_sk))
    story.delete("earlier", EarlierRecord(*_pointer_key(practice, appointment_id)))
    story.commit()


def fits(setup: PracticeSetup, entry: WaitlistEntry, slot: Slot, now: Instant) -> bool:
    """Whether somebody who waits would take that time, and could be told in time."""
    wish = entry.request
    visit_type = setup.types.get(wish.type_id)
    if visit_type is None or not visit_type.active:
        return False
    local = slot.start.astimezone(setup.zone_of(slot.location_id))
    return (
        timedelta(minutes=visit_type.minutes) <= slot.end - slot.start
        and (not visit_type.provider_ids or slot.provider_id in visit_type.provider_ids)
        and (not wish.provider_ids or slot.provider_id in wish.provider_ids)
        and (not wish.location_ids or slot.location_id in wish.location_ids)
        and (not wish.weekdays or local.weekday() in wish.weekdays)
        and wish.from_time <= local.time() <= wish.to_time
        and (wish.not_before is None or local.date() >= wish.not_before)
        and (wish.not_after is None or local.date() <= wish.not_after)
        and slot.start - now >= timedelta(minutes=wish.notice_minutes)
    )


def _pointer_key(practice: PracticeId, appointment: AppointmentId) -> tuple[str, str]:
    return visit_key(practice, appointment), _EARLIER
