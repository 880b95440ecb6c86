"""To whom a freed time is offered, and when: in waves, until somebody has taken it.

The first few who wait and fit are asked at once, or when the quiet of the night
ends. While nobody has accepted, the next few are asked after the practice's
``wave_minutes``, or as soon as all who were asked have declined. Whoever takes
the time, by an offer or at the desk, ends the offers of all others.

Events come twice and in any order: what counts is whether the time is free, and
each wave is one transaction on condition that nobody has made it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from caresmith import later
from caresmith.actor import current_actor
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentStatusChanged,
    WaitlistOfferClosed,
)
from caresmith.ids import LocationId, PatientId, PracticeId, ProviderId
from caresmith.messages.settings import messaging_settings
from caresmith.records.appointment import AWAITED
from caresmith.records.practice import PracticeSetup, practice_setup
from functions.scheduling import offers, waitlist
from functions.scheduling.app import app
from functions.scheduling.asking import ask_next, in_line
from functions.scheduling.cells import Span
from functions.scheduling.models import Slot
from functions.scheduling.records import END_OF_TIME, read_occupancy
from functions.scheduling.status import FREES_TIME
from functions.scheduling.story import Story, StoryFailed
from functions.scheduling.waiting_records import (
    Freed,
    FreedRecord,
    freed_between,
    freed_record,
    read_freed,
)

_KNOWN_EVENTS: Final = 20
_KNOWN_OFFERS: Final = 60
_TARGET: Final = "scheduling"


# -- what happens on the calendar -----------------------------------------


def on_cancelled(event: AppointmentCancelled) -> None:
    """A time is free: offer it. Whoever would have come earlier to this visit needs no other."""
    waitlist.forget_earlier(event.appointment_id, actor=current_actor())
    slot = _slot(event.provider_id, event.location_id, event.start, event.end)
    _freed(event.practice_id, event.event_id, slot, event.patient_ids)


def on_moved(event: AppointmentMoved) -> None:
    """The former time is free, and the new one is taken."""
    _taken(event.practice_id, event.provider_id, event.start, event.end)
    slot = _slot(event.from_provider_id, event.from_location_id, event.from_start, event.from_end)
    _freed(event.practice_id, event.event_id, slot, event.patient_ids)


def on_booked(event: AppointmentBooked) -> None:
    """A time is taken: what was offered of it is gone."""
    _taken(event.practice_id, event.provider_id, event.start, event.end)


def on_status(event: AppointmentStatusChanged) -> None:
    """A visit that was entered in error never needed its time: offer it."""
    if event.to_status not in AWAITED:
        waitlist.forget_earlier(event.appointment_id, actor=current_actor())
    if event.to_status in FREES_TIME and event.from_status not in FREES_TIME:
        slot = _slot(event.provider_id, event.location_id, event.start, event.end)
        _freed(event.practice_id, event.event_id, slot, event.patient_ids)


def on_closed(event: WaitlistOfferClosed) -> None:
    """All who were asked have declined: ask the next ones without waiting."""
    if event.state != "declined":
        return
    practice, now = event.practice_id, app.clock.now()
    try:
        _, offer = offers.read(practice, event.offer_id)
    except NotFound:
        return
    slot = offer.slot
    known = read_freed(practice, slot.provider_id, slot.location_id, slot.start)
    if known is None or known[1].event_id != offer.freed_by:
        return
    if not any(offers.is_open(practice, asked, now) for asked in known[1].asked):
        _ask(practice_setup(practice), *known, known[1].waves + 1)


def _slot(provider: ProviderId, location: LocationId, start: Instant, end: Instant) -> Slot:
    return Slot(provider_id=provider, location_id=location, room_id=None, start=start, end=end)


def _freed(practice: PracticeId, event_id: str, slot: Slot, without: tuple[PatientId, ...]) -> None:
    setup, now = practice_setup(practice), app.clock.now()
    provider, place = setup.providers.get(slot.provider_id), setup.locations.get(slot.location_id)
    if slot.start <= now or not (provider and provider.active and place and place.active):
        return
    known = read_freed(practice, slot.provider_id, slot.location_id, slot.start)
    if known is None:
        _ask(setup, None, Freed(slot=slot, event_id=event_id, without=without), 1)
        return
    record, freed = known
    if freed.waves and (freed.knows(event_id) or _is_being_offered(setup, freed, now)):
        # Delivered again, or freed once more before anybody had noticed that it was taken.
        _plan_ahead(setup, freed)
        return
    if not freed.knows(event_id):
        freed = _freed_again(freed, event_id, slot, without)
    _ask(setup, record, freed, freed.waves + 1)


def _is_being_offered(setup: PracticeSetup, freed: Freed, now: Instant) -> bool:
    if freed.state != "open" or freed.asked_at is None:
        return False
    rules = messaging_settings(setup.practice.id).waitlist
    patience = timedelta(minutes=max(setup.practice.offer_minutes, rules.wave_minutes))
    return now < freed.asked_at + patience


def _freed_again(freed: Freed, event_id: str, slot: Slot, without: tuple[PatientId, ...]) -> Freed:
    """The same time was taken since, and given back once more: its waves begin anew."""
    return Freed(
        slot=slot,
        event_id=event_id,
        former_events=(*freed.former_events, freed.event_id)[-_KNOWN_EVENTS:],
        without=without,
        former=(*freed.former, *freed.asked)[-_KNOWN_OFFERS:],
    )


def _taken(practice: PracticeId, provider: ProviderId, start: Instant, end: Instant) -> None:
    now, actor = app.clock.now(), current_actor()
    for record, freed in freed_between(practice, provider, start, end):
        # The event may be an old one: what counts is who has the time now, holds aside.
        span = Span.between(freed.slot.start, freed.slot.end)
        if not read_occupancy(practice, provider, span, END_OF_TIME - 1).of():
            continue
        offers.close((*freed.former, *freed.asked), "gone", actor=actor, now=now)
        _put(practice, record, freed.model_copy(update={"state": "taken"}))


def _put(practice: PracticeId, record: FreedRecord | None, freed: Freed) -> None:
    """Raises VersionConflict: the event is delivered again then, and finds what is new."""
    story = Story(practice)
    story.put("freed", freed_record(practice, freed, record))
    try:
        story.commit()
    except StoryFailed:
        raise VersionConflict from None


# -- waves ----------------------------------------------------------------


def _ask(setup: PracticeSetup, record: FreedRecord | None, freed: Freed, number: int) -> None:
    """Ask wave ``number`` (1 is the first), or plan it for when the quiet ends."""
    practice, now = setup.practice.id, app.clock.now()
    settings = messaging_settings(practice)
    if number > settings.waitlist.waves:
        return
    loud = settings.quiet.ends(now, setup.zone_of(freed.slot.location_id))
    if not in_line(setup, freed, loud or now):
        return
    if loud:
        _put(practice, record, freed)
        _plan(loud, freed, f"wave-{number}", "next-wave", number)
        return
    asked = ask_next(setup, record, freed, settings.waitlist, now)
    if asked is None:
        return
    if asked.waves >= number:
        _plan_ahead(setup, asked)
    else:
        wait = timedelta(minutes=setup.practice.hold_minutes)
        _plan(now + wait, asked, f"wave-{number}", "next-wave", number)


def _plan_ahead(setup: PracticeSetup, freed: Freed) -> None:
    """The end of the offers that were made, and the next wave. Planned twice, it is one."""
    if freed.asked_at is None:
        return
    rules = messaging_settings(setup.practice.id).waitlist
    ends = min(freed.asked_at + timedelta(minutes=setup.practice.offer_minutes), freed.slot.start)
    _plan(ends, freed, f"end-{freed.waves}", "end-offers", freed.waves)
    follows = freed.asked_at + timedelta(minutes=rules.wave_minutes)
    if freed.waves < rules.waves and follows < freed.slot.start:
        _plan(follows, freed, f"wave-{freed.waves + 1}", "next-wave", freed.waves + 1)


def _plan(when: Instant, freed: Freed, name: str, task: str, wave: int) -> None:
    payload = {
        "task": task,
        "practice_id": current_actor().practice_id,
        "provider_id": freed.slot.provider_id,
        "location_id": freed.slot.location_id,
        "start": to_text(freed.slot.start),
        "event_id": freed.event_id,
        "wave": wave,
    }
    later.at(when, name=freed.name(name), target=_TARGET, payload=payload)


def next_wave(payload: Mapping[str, Any]) -> None:
    """Task: ask the next ones, unless the time is taken, or another freeing is being offered."""
    known = _planned(payload)
    if known is None or known[1].waves >= int(payload["wave"]):
        return
    practice = PracticeId(payload["practice_id"])
    if known[1].state == "open" and known[1].slot.start > app.clock.now():
        _ask(practice_setup(practice), *known, known[1].waves + 1)


def end_offers(payload: Mapping[str, Any]) -> None:
    """Task: say of the offers that nobody answered that they have expired."""
    known = _planned(payload)
    if known is None:
        return
    record, freed = known
    practice, now = PracticeId(payload["practice_id"]), app.clock.now()
    offers.close(
        (*freed.former, *freed.asked), "expired", actor=current_actor(), now=now, late_only=True
    )
    rules = messaging_settings(practice).waitlist
    was_last = freed.state == "open" and freed.waves >= rules.waves
    if was_last and not any(offers.is_open(practice, offer, now) for offer in freed.asked):
        _put(practice, record, freed.model_copy(update={"state": "over"}))


def _planned(payload: Mapping[str, Any]) -> tuple[FreedRecord, Freed] | None:
    """The freed time that a task is about; None where it has been freed anew since."""
    known = read_freed(
        PracticeId(payload["practice_id"]),
        ProviderId(payload["provider_id"]),
        LocationId(payload["location_id"]),
        from_text(payload["start"]),
    )
    if known is None or known[1].event_id != payload["event_id"]:
        return None
    return known
