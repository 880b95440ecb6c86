"""Who waits for a time, and to whom a freed one is offered.

When a time frees, the first few who fit get an offer of the very same time.
Nothing is held for them: the first to accept books it, in one transaction that
also ends their waiting, and the others are told that it is gone. An offer ends
with its time limit, which every reader and every answer checks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_precise_text
from caresmith.errors import NotFound
from caresmith.events import AppointmentCancelled, AppointmentMoved, WaitlistOffered
from caresmith.ids import (
    AppointmentTypeId,
    LocationId,
    OfferId,
    PracticeId,
    ProviderId,
    WaitlistEntryId,
)
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.scheduling.booking import book
from functions.scheduling.errors import HoldGone, NotOpen, OfferGone, SlotTaken
from functions.scheduling.models import (
    Appointment,
    BookingRequest,
    Offer,
    Slot,
    Visit,
    WaitlistEntry,
    WaitlistRequest,
)
from functions.scheduling.plan import bookable_patient
from functions.scheduling.records import OfferRecord, WaitlistRecord
from functions.scheduling.story import Story, StoryFailed

WAVE: Final = 3
"""To how many one freed time is offered at once."""
_KEEP_OFFERS: Final = timedelta(days=7)


def _partition(practice: PracticeId) -> str:
    return f"{practice}#waitlist"


def _offers(practice: PracticeId) -> str:
    return f"{practice}#offers"


def join(request: WaitlistRequest, *, actor: Actor, now: Instant) -> WaitlistEntry:
    """Put a patient on the list."""
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


def waiting(practice: PracticeId) -> list[WaitlistEntry]:
    """All who wait: the urgent first, then by time."""
    return [entry for _, entry in _records(practice)]


def _records(practice: PracticeId) -> list[tuple[WaitlistRecord, WaitlistEntry]]:
    sealer = Sealer(practice, Domain.SCHEDULE)
    return [
        (record, sealer.unseal(record.entry_id, "wait", record.sealed, WaitlistEntry))
        for record in WaitlistRecord.query(_partition(practice), consistent_read=True)
    ]


def leave(entry_id: WaitlistEntryId, *, actor: Actor) -> None:
    """Take a patient off the list. Raises NotFound."""
    record, entry = _find(actor.practice_id, entry_id)
    audit().about(entry.request.patient_id)
    story = Story(actor.practice_id)
    story.delete("entry", record, WaitlistRecord.pk.exists())
    try:
        story.commit()
    except StoryFailed:
        raise NotFound from None


def _find(practice: PracticeId, entry_id: WaitlistEntryId) -> tuple[WaitlistRecord, WaitlistEntry]:
    for record, entry in _records(practice):
        if entry.entry_id == entry_id:
            return record, entry
    raise NotFound


# -- offers ---------------------------------------------------------------


def on_cancelled(event: AppointmentCancelled) -> None:
    """A time is free: offer it."""
    _offer_freed(
        event.event_id,
        event.practice_id,
        event.provider_id,
        event.location_id,
        event.start,
        event.end,
    )


def on_moved(event: AppointmentMoved) -> None:
    """The former time is free: offer it."""
    _offer_freed(
        event.event_id,
        event.practice_id,
        event.from_provider_id,
        event.from_location_id,
        event.from_start,
        event.from_end,
    )


def _offer_freed(
    event_id: str,
    practice: PracticeId,
    provider: ProviderId,
    location: LocationId,
    start: datetime,
    end: datetime,
) -> None:
    setup = practice_setup(practice)
    now = datetime.now(UTC)
    if start <= now or provider not in setup.providers or location not in setup.locations:
        return
    slot = Slot(provider_id=provider, location_id=location, room_id=None, start=start, end=end)
    fitting = [entry for _, entry in _records(practice) if fits(setup, entry, slot, now)]
    for entry in fitting[:WAVE]:
        _make_offer(event_id, setup, entry, slot, now)


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


def _make_offer(
    event_id: str, setup: PracticeSetup, entry: WaitlistEntry, slot: Slot, now: Instant
) -> None:
    """One offer per freed time and entry, however often the event is delivered."""
    practice = setup.practice.id
    offer = Offer(
        offer_id=OfferId.derived(event_id, entry.entry_id),
        entry_id=entry.entry_id,
        patient_id=entry.request.patient_id,
        type_id=AppointmentTypeId(entry.request.type_id),
        slot=slot,
        expires_at=min(now + timedelta(minutes=setup.practice.offer_minutes), slot.start),
    )
    record = OfferRecord(
        _offers(practice),
        offer.offer_id,
        body=offer.model_dump_json(),
        expires_at=int((slot.start + _KEEP_OFFERS).timestamp()),
    )
    story = Story(practice)
    story.put("offer", record, OfferRecord.pk.does_not_exist())
    story.tell(
        WaitlistOffered(
            practice_id=practice,
            occurred_at=now,
            actor_id=current_actor().user_id,
            offer_id=offer.offer_id,
            entry_id=entry.entry_id,
            patient_id=entry.request.patient_id,
            start=slot.start,
            expires_at=offer.expires_at,
        )
    )
    audit().about(entry.request.patient_id)
    try:
        story.commit()
    except StoryFailed:
        # The event came a second time: the offer stands.
        audit().record(offer.offer_id)


def offers(practice: PracticeId, now: Instant) -> list[Offer]:
    """Offers of the last days; those past their limit say so."""
    return [_as_of(_read_offer(record), now) for record in OfferRecord.query(_offers(practice))]


def _read_offer(record: OfferRecord) -> Offer:
    return Offer.model_validate_json(record.body)


def _as_of(offer: Offer, now: Instant) -> Offer:
    if offer.state == "open" and offer.expires_at <= now:
        return offer.model_copy(update={"state": "expired"})
    return offer


def accept(offer_id: OfferId, *, actor: Actor, now: Instant) -> Appointment:
    """Take an offered time. Raises OfferGone for whoever is second, or too late."""
    record, offer = _open_offer(actor.practice_id, offer_id, now)
    waiting_record, entry = _find_or_gone(actor.practice_id, offer.entry_id)
    request = BookingRequest(
        type_id=offer.type_id,
        provider_id=offer.slot.provider_id,
        location_id=offer.slot.location_id,
        start=offer.slot.start,
        patient_id=offer.patient_id,
        note=entry.request.note,
    )

    def end_waiting(story: Story, _: Visit) -> None:
        story.delete("hold", waiting_record, WaitlistRecord.pk.exists())
        record.body = offer.model_copy(update={"state": "accepted"}).model_dump_json()
        story.put("hold", record)

    try:
        return book(request, actor=actor, now=now, extra=end_waiting)
    except (SlotTaken, HoldGone, NotOpen):
        _close(record, offer, "gone")
        raise OfferGone from None


def _open_offer(practice: PracticeId, offer_id: OfferId, now: Instant) -> tuple[OfferRecord, Offer]:
    try:
        record = OfferRecord.get(_offers(practice), offer_id, consistent_read=True)
    except OfferRecord.DoesNotExist:
        raise NotFound from None
    offer = _read_offer(record)
    if _as_of(offer, now).state != "open":
        raise OfferGone
    return record, offer


def _find_or_gone(
    practice: PracticeId, entry_id: WaitlistEntryId
) -> tuple[WaitlistRecord, WaitlistEntry]:
    try:
        return _find(practice, entry_id)
    except NotFound:
        raise OfferGone from None


def decline(offer_id: OfferId, *, actor: Actor, now: Instant) -> None:
    """Refuse an offer; the patient goes on waiting."""
    record, offer = _open_offer(actor.practice_id, offer_id, now)
    audit().about(offer.patient_id)
    _close(record, offer, "declined")


def _close(record: OfferRecord, offer: Offer, state: str) -> None:
    from pynamodb.exceptions import PutError

    fresh = OfferRecord.get(str(record.pk), str(record.sk), consistent_read=True)
    fresh.body = offer.model_copy(update={"state": state}).model_dump_json()
    try:
        fresh.save()
    except PutError:
        # Somebody closed it in the same moment, which is as good.
        return
