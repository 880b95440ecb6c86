"""To whom of those who wait a freed time is offered.

When a time frees, the first few who fit get an offer of the very same time, if
it is still free by then. Nothing is held for them: the first to accept books
it, in one transaction that also ends their waiting, and the others' offers are
over. Whoever declines makes room for the next in line. An offer ends with its
time limit, which every reader and every answer checks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from pynamodb.exceptions import PutError

from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Instant, SystemClock
from caresmith.errors import InvalidRequest, NotFound
from caresmith.events import (
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentStatusChanged,
    WaitlistOffered,
)
from caresmith.ids import (
    AppointmentTypeId,
    LocationId,
    OfferId,
    PracticeId,
    ProviderId,
    WaitlistEntryId,
)
from caresmith.records.patient import current_card
from caresmith.records.practice import PracticeSetup, practice_setup
from functions.scheduling.booking import book
from functions.scheduling.errors import HoldGone, NotOpen, OfferGone, SlotTaken
from functions.scheduling.models import (
    Appointment,
    BookingRequest,
    Offer,
    Slot,
    Visit,
    WaitlistEntry,
)
from functions.scheduling.records import OfferRecord, WaitlistRecord
from functions.scheduling.slots import is_free
from functions.scheduling.status import FREES_TIME
from functions.scheduling.story import Story, StoryFailed
from functions.scheduling.waitlist import find, records_of

WAVE: Final = 3
"""To how many one freed time is offered at once."""
_KEEP_OFFERS: Final = timedelta(days=7)


def _offers(practice: PracticeId) -> str:
    return f"{practice}#offers"


def on_cancelled(event: AppointmentCancelled) -> None:
    """A time is free: offer it."""
    slot = _slot(event.provider_id, event.location_id, event.start, event.end)
    _offer_freed(event.practice_id, event.event_id, slot)


def on_moved(event: AppointmentMoved) -> None:
    """The former time is free: offer it."""
    slot = _slot(event.from_provider_id, event.from_location_id, event.from_start, event.from_end)
    _offer_freed(event.practice_id, event.event_id, slot)


def on_status(event: AppointmentStatusChanged) -> None:
    """A visit that was entered in error never needed its time: offer it."""
    freed = event.to_status in FREES_TIME and event.from_status not in FREES_TIME
    if freed:
        slot = _slot(event.provider_id, event.location_id, event.start, event.end)
        _offer_freed(event.practice_id, event.event_id, slot)


def _slot(provider: ProviderId, location: LocationId, start: datetime, end: datetime) -> Slot:
    return Slot(provider_id=provider, location_id=location, room_id=None, start=start, end=end)


def _offer_freed(
    practice: PracticeId, event_id: str, slot: Slot, *, further: int | None = None
) -> None:
    """Offer a freed time to the first in line: a wave of them, or so many ``further`` ones."""
    setup = practice_setup(practice)
    now = SystemClock().now()
    provider, place = setup.providers.get(slot.provider_id), setup.locations.get(slot.location_id)
    if slot.start <= now or not (provider and provider.active and place and place.active):
        return
    asked = {offer.entry_id for offer in recent(practice, now) if offer.freed_by == event_id}
    # An event that is delivered again finds its wave asked already.
    left = WAVE - len(asked) if further is None else further
    free: dict[AppointmentTypeId, bool] = {}
    for _, entry in records_of(practice):
        if left <= 0:
            return
        if entry.entry_id in asked or not fits(setup, entry, slot, now):
            continue
        kind = setup.types[entry.request.type_id]
        if kind.id not in free:
            # An overbooked visit gave nothing back, and somebody may have been faster.
            free[kind.id] = is_free(
                setup, slot.provider_id, slot.location_id, kind, slot.start, now
            )
        if free[kind.id] and _make_offer(event_id, setup, entry, slot, now):
            left -= 1


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
) -> bool:
    """One offer per freed time and entry, however often the event is delivered.

    False for a patient whose chart was archived, or who has died: nobody is asked.
    """
    practice = setup.practice.id
    audit().about(entry.request.patient_id)
    card = current_card(practice, entry.request.patient_id)
    if card is None or not card.bookable:
        return False
    audit().about(card.patient_id)
    offer = Offer(
        offer_id=_offer_id(event_id, entry.entry_id),
        entry_id=entry.entry_id,
        patient_id=card.patient_id,
        type_id=AppointmentTypeId(entry.request.type_id),
        slot=slot,
        expires_at=min(now + timedelta(minutes=setup.practice.offer_minutes), slot.start),
        freed_by=event_id,
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
            entry_id=entry.entry_id,
            patient_id=card.patient_id,
            start=slot.start,
        )
    )
    try:
        story.commit()
    except StoryFailed:
        # The same event is being delivered a second time: the offer stands.
        audit().record(offer.offer_id)
    return True


_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _offer_id(event_id: str, entry_id: str) -> OfferId:
    """The same event and entry always make the same offer."""
    number = int.from_bytes(sha256(f"{event_id}|{entry_id}".encode()).digest()[:16])
    digits = [_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)]
    return OfferId("ofr_" + _CROCKFORD[number >> 125 & 7] + "".join(digits[1:]))


def recent(practice: PracticeId, now: Instant) -> list[Offer]:
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
    # The chart may have been merged into another one since the offer was made.
    card = current_card(actor.practice_id, offer.patient_id)
    request = BookingRequest(
        type_id=offer.type_id,
        provider_id=offer.slot.provider_id,
        location_id=offer.slot.location_id,
        start=offer.slot.start,
        patient_id=card.patient_id if card else offer.patient_id,
        note=entry.request.note,
    )

    def end_waiting(story: Story, _: Visit) -> None:
        story.delete("hold", waiting_record, WaitlistRecord.pk.exists())
        record.body = offer.model_copy(update={"state": "accepted"}).model_dump_json()
        story.put("hold", record)

    try:
        visit = book(request, actor=actor, now=now, extra=end_waiting)
    except (SlotTaken, HoldGone, NotOpen, InvalidRequest):
        _close(record, offer, "gone")
        raise OfferGone from None
    _end_others(actor.practice_id, offer, now)
    return visit


def _end_others(practice: PracticeId, taken: Offer, now: Instant) -> None:
    """Offers of a time that has just been taken are over, before anybody tries them."""
    for record in OfferRecord.query(_offers(practice), consistent_read=True):
        offer = _as_of(_read_offer(record), now)
        same = offer.slot.provider_id == taken.slot.provider_id
        overlaps = offer.slot.start < taken.slot.end and taken.slot.start < offer.slot.end
        if offer.state == "open" and same and overlaps:
            _close(record, offer, "gone")


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
        return find(practice, entry_id)
    except NotFound:
        raise OfferGone from None


def decline(offer_id: OfferId, *, actor: Actor, now: Instant) -> None:
    """Refuse an offer; the patient goes on waiting, and the next in line is asked."""
    record, offer = _open_offer(actor.practice_id, offer_id, now)
    audit().about(offer.patient_id)
    if _close(record, offer, "declined") and offer.freed_by:
        _offer_freed(actor.practice_id, offer.freed_by, offer.slot, further=1)


def _close(record: OfferRecord, offer: Offer, state: str) -> bool:
    """Say how an open offer ended. False where somebody closed it in the same moment."""
    record.body = offer.model_copy(update={"state": state}).model_dump_json()
    try:
        record.save()
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
