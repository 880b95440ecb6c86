"""Offers of a freed time: open until taken, declined, gone or past their limit.

Nothing is held for whom it is offered to: the first to accept books it, or is
moved there, in one transaction that also ends their waiting. An offer ends with
its time limit, which every reader and every answer checks. To whom a time is
offered, and when: ``waves``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import InvalidRequest, NotFound, VersionConflict
from caresmith.events import WaitlistOfferClosed
from caresmith.ids import AppointmentId, OfferId, PracticeId, WaitlistEntryId
from caresmith.records.appointment import AWAITED
from caresmith.records.patient import current_card
from functions.scheduling import waitlist
from functions.scheduling.booking import book
from functions.scheduling.errors import HoldGone, NotOpen, OfferGone, SlotTaken
from functions.scheduling.models import (
    Appointment,
    BookingRequest,
    Offer,
    RescheduleRequest,
    Visit,
)
from functions.scheduling.moving import reschedule
from functions.scheduling.records import OfferRecord
from functions.scheduling.status import IllegalMove
from functions.scheduling.story import Story, StoryFailed
from functions.scheduling.waiting_records import KEEP, AskedRecord, asked_key
from functions.scheduling.writing import load, told

Extra = Callable[[Story, AppointmentId | None], None]
"""Adds writes to the transaction that ends an offer, given the visit that took it."""
Ending = Literal["accepted", "gone", "declined", "expired"]

_GONE: Final = (SlotTaken, HoldGone, NotOpen, IllegalMove, InvalidRequest)
_ATTEMPTS: Final = 5


def _open_ones(practice: PracticeId) -> str:
    return f"{practice}#offers"


def _open_key(practice: PracticeId, offer: OfferId) -> tuple[str, str]:
    return _open_ones(practice), offer


def _over_key(practice: PracticeId, offer: OfferId) -> tuple[str, str]:
    return f"{practice}#{offer}", "offer"


def recent(practice: PracticeId, now: Instant) -> list[Offer]:
    """Offers that are open, and those that ran out just now, which say so."""
    found = OfferRecord.query(_open_ones(practice), consistent_read=True)
    return [as_of(_offer(record), now) for record in found]


def as_of(offer: Offer, now: Instant) -> Offer:
    """The offer as it is then: one past its limit has expired, whether or not it was closed."""
    if offer.state == "open" and offer.expires_at <= now:
        return offer.model_copy(update={"state": "expired"})
    return offer


def _offer(record: OfferRecord) -> Offer:
    return Offer.model_validate_json(record.body)


def read(practice: PracticeId, offer_id: OfferId) -> tuple[OfferRecord, Offer]:
    """An offer with its record, whether open or over. Raises NotFound."""
    for key in (_open_key(practice, offer_id), _over_key(practice, offer_id)):
        try:
            record = OfferRecord.get(*key, consistent_read=True)
        except OfferRecord.DoesNotExist:
            continue
        return record, _offer(record)
    raise NotFound


def is_open(practice: PracticeId, offer_id: OfferId, now: Instant) -> bool:
    """Whether the offer can still be accepted."""
    try:
        return as_of(read(practice, offer_id)[1], now).state == "open"
    except NotFound:
        return False


def put(story: Story, offer: Offer) -> None:
    """Add a new offer to ``story``; the write is named ``offer``."""
    record = _record(_open_key(story.practice, offer.offer_id), offer)
    story.put("offer", record, OfferRecord.pk.does_not_exist())


def _record(key: tuple[str, str], offer: Offer) -> OfferRecord:
    return OfferRecord(
        *key,
        body=offer.model_dump_json(),
        expires_at=int((offer.slot.start + KEEP).timestamp()),
    )


def _end(
    story: Story,
    record: OfferRecord,
    offer: Offer,
    state: Ending,
    *,
    actor: Actor,
    now: Instant,
    took: AppointmentId | None = None,
) -> None:
    """Add to ``story`` that the open offer is over; the write is named ``hold``."""
    ended = offer.model_copy(update={"state": state, "appointment_id": took})
    story.delete("hold", record, OfferRecord.pk.exists())
    story.put("ended", _record(_over_key(story.practice, offer.offer_id), ended))
    story.tell(
        WaitlistOfferClosed(
            practice_id=story.practice,
            occurred_at=now,
            actor_id=actor.user_id,
            offer_id=offer.offer_id,
            entry_id=offer.entry_id,
            patient_id=offer.patient_id,
            state=state,
        )
    )


def close(
    offer_ids: Iterable[OfferId],
    state: Ending,
    *,
    actor: Actor,
    now: Instant,
    late_only: bool = False,
) -> None:
    """End those of the offers that are open still; ``late_only``: that are past their limit."""
    for offer_id in offer_ids:
        try:
            record, offer = read(actor.practice_id, offer_id)
        except NotFound:
            continue
        if offer.state == "open" and (not late_only or as_of(offer, now).state == "expired"):
            _close(record, offer, state, actor=actor, now=now)


def _close(
    record: OfferRecord,
    offer: Offer,
    state: Ending,
    *,
    actor: Actor,
    now: Instant,
    extra: Extra | None = None,
) -> bool:
    """Say how an open offer ended. False where somebody closed it in the same moment."""
    audit().about(offer.patient_id)
    story = Story(actor.practice_id)
    _end(story, record, offer, state, actor=actor, now=now)
    if extra:
        extra(story, None)
    try:
        story.commit()
    except StoryFailed as failed:
        if "reply" in failed.names:
            raise told(failed) from None
        return False
    return True


def accept(
    offer_id: OfferId,
    *,
    actor: Actor,
    now: Instant,
    said_at: Instant | None = None,
    extra: Extra | None = None,
) -> Appointment:
    """Take an offered time. Raises OfferGone for whoever is second, or too late.

    ``said_at`` is when the patient said so, where that was earlier than ``now``;
    ``extra`` adds writes to the same transaction.
    """
    record, offer = _open_offer(actor.practice_id, offer_id, said_at or now)
    try:
        waiting, entry = waitlist.find(actor.practice_id, offer.entry_id)
    except NotFound:
        _close(record, offer, "gone", actor=actor, now=now)
        raise OfferGone from None

    def also(story: Story, visit: Visit) -> None:
        waitlist.end_waiting(story, waiting, entry)
        took = visit.appointment_id
        _end(story, record, offer, "accepted", actor=actor, now=now, took=took)
        if extra:
            extra(story, took)

    try:
        if offer.instead_of:
            visit = _move_there(offer, offer.instead_of, actor, now, also)
        else:
            visit = _book_there(offer, entry.request.note, actor, now, also)
    except _GONE:
        _close(record, offer, "gone", actor=actor, now=now)
        raise OfferGone from None
    close(being_asked(actor.practice_id, entry.entry_id), "gone", actor=actor, now=now)
    return visit


def _book_there(
    offer: Offer,
    note: str,
    actor: Actor,
    now: Instant,
    also: Callable[[Story, Visit], None],
) -> Appointment:
    # The chart may have been merged into another one since the offer was made.
    card = current_card(actor.practice_id, offer.patient_id)
    request = BookingRequest(
        type_id=offer.type_id,
        provider_id=offer.slot.provider_id,
        location_id=offer.slot.location_id,
        start=offer.slot.start,
        patient_id=card.patient_id if card else offer.patient_id,
        note=note,
    )
    return book(request, actor=actor, now=now, extra=also)


def _move_there(
    offer: Offer,
    visit_id: AppointmentId,
    actor: Actor,
    now: Instant,
    also: Callable[[Story, Visit], None],
) -> Appointment:
    """The visit that the patient has moves to the earlier time; its own is free then."""
    request = RescheduleRequest(
        start=offer.slot.start,
        provider_id=offer.slot.provider_id,
        location_id=offer.slot.location_id,
    )
    for _ in range(_ATTEMPTS):
        visit, _ = load(actor.practice_id, visit_id)
        audit().about(*visit.patient_ids)
        if visit.status not in AWAITED or visit.start <= offer.slot.start:
            raise HoldGone
        try:
            return reschedule(
                visit_id, request, actor=actor, now=now, expected=visit.version, extra=also
            )
        except VersionConflict:
            continue
    raise VersionConflict


def _open_offer(practice: PracticeId, offer_id: OfferId, now: Instant) -> tuple[OfferRecord, Offer]:
    record, offer = read(practice, offer_id)
    if as_of(offer, now).state != "open":
        raise OfferGone
    return record, offer


def being_asked(practice: PracticeId, entry: WaitlistEntryId) -> list[OfferId]:
    """The offers that were last made to somebody who waits."""
    try:
        found = AskedRecord.get(*asked_key(practice, entry), consistent_read=True)
    except AskedRecord.DoesNotExist:
        return []
    return [OfferId(str(offer)) for offer in found.offers]


def decline(
    offer_id: OfferId,
    *,
    actor: Actor,
    now: Instant,
    said_at: Instant | None = None,
    extra: Extra | None = None,
) -> Offer:
    """Refuse an offer; the patient goes on waiting. Raises OfferGone where it is over."""
    record, offer = _open_offer(actor.practice_id, offer_id, said_at or now)
    if not _close(record, offer, "declined", actor=actor, now=now, extra=extra):
        raise OfferGone
    return offer
