"""One wave: the next in line who can take a freed time are asked for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.events import WaitlistOffered
from caresmith.ids import OfferId, PatientId, PracticeId, WaitlistEntryId
from caresmith.messages.settings import WaitlistRules, messaging_settings
from caresmith.records.appointment import AWAITED, read_visit, visits_between
from caresmith.records.patient import PatientCard, current_card
from caresmith.records.practice import MAX_VISIT_MINUTES, PracticeSetup
from functions.scheduling import offers, waitlist
from functions.scheduling.cells import Span
from functions.scheduling.models import Offer, Slot, WaitlistEntry
from functions.scheduling.records import END_OF_TIME, Resource, claim, read_occupancy
from functions.scheduling.slots import is_free
from functions.scheduling.story import Story, StoryFailed
from functions.scheduling.waiting_records import (
    AskedRecord,
    Freed,
    FreedRecord,
    asked_key,
    freed_record,
    read_freed,
)

_MOST_OPEN: Final = 2
"""So many times at once are offered to one who waits."""
_ATTEMPTS: Final = 6


def in_line(setup: PracticeSetup, freed: Freed, now: Instant) -> list[WaitlistEntry]:
    """Who waits, fits and has not been asked for this freeing, in their order."""
    practice = setup.practice.id
    earlier_too = messaging_settings(practice).waitlist.earlier_slots
    return [
        entry
        for entry in waitlist.waiting(practice)
        if OfferId.derived(freed.event_id, entry.entry_id) not in freed.asked
        and entry.request.patient_id not in freed.without
        and (earlier_too or entry.request.instead_of is None)
        and waitlist.fits(setup, entry, freed.slot, now)
    ]


def ask_next(
    setup: PracticeSetup,
    record: FreedRecord | None,
    freed: Freed,
    rules: WaitlistRules,
    now: Instant,
) -> Freed | None:
    """Offer the time to the next few, all of them or none; what is stored of it then.

    None where the time is taken or nobody can be asked. As before, without a wave
    more, where that can change soon: somebody at the desk holds the time, or who
    is next in line is just being asked for other times.
    """
    practice, number = setup.practice.id, freed.waves + 1
    for _ in range(_ATTEMPTS):
        if _is_taken(practice, freed.slot):
            return None
        wave = _Wave(setup, freed, now)
        wave.fill(rules.wave_size)
        if not wave.chosen and not wave.must_wait:
            return None
        after = wave.asked()
        try:
            wave.commit(record, after)
        except StoryFailed as failed:
            if failed.names == {"time"}:
                return None
            slot = freed.slot
            known = read_freed(practice, slot.provider_id, slot.location_id, slot.start)
            if known is not None and known[1].event_id == freed.event_id:
                record, freed = known
                if freed.waves >= number or freed.state != "open":
                    return freed
            continue
        return after
    raise StoryFailed({"freed"})


def _is_taken(practice: PracticeId, slot: Slot) -> bool:
    """Whether a visit, and not only a hold, has some of the time."""
    span = Span.between(slot.start, slot.end)
    return bool(read_occupancy(practice, slot.provider_id, span, END_OF_TIME - 1).of())


class _Wave:
    """Collects who is asked."""

    def __init__(self, setup: PracticeSetup, freed: Freed, now: Instant) -> None:
        self._setup, self._freed, self._now = setup, freed, now
        self._practice = setup.practice.id
        self._free: dict[str, bool] = {}
        self.chosen: list[tuple[Offer, AskedRecord]] = []
        span = Span.between(freed.slot.start, freed.slot.end)
        at = int(now.timestamp())
        self._held = bool(read_occupancy(self._practice, freed.slot.provider_id, span, at).of())
        self.must_wait = self._held

    def fill(self, size: int) -> None:
        if self._held:
            return
        for entry in in_line(self._setup, self._freed, self._now):
            if len(self.chosen) >= size:
                return
            if self._declined_before(entry) or not self._bookable(entry):
                continue
            audit().about(entry.request.patient_id)
            card = current_card(self._practice, entry.request.patient_id)
            if card is None or not card.bookable or not self._can_come(entry, card.patient_id):
                continue
            asked = _asked(self._practice, entry.entry_id)
            made = (OfferId(str(offer)) for offer in asked.offers)
            live = [offer for offer in made if self._is_open(offer)]
            if len(live) >= _MOST_OPEN:
                self.must_wait = True
                continue
            offer = self._offer(entry, card)
            asked.offers = list[Any]([*live, offer.offer_id])
            self.chosen.append((offer, asked))

    def _is_open(self, offer: OfferId) -> bool:
        return offers.is_open(self._practice, offer, self._now)

    def _declined_before(self, entry: WaitlistEntry) -> bool:
        """Whether they did not want this very time when it was free before."""
        made = (OfferId.derived(event, entry.entry_id) for event in self._freed.former_events)
        known = [offer for offer in made if offer in self._freed.former]
        return any(offers.read(self._practice, o)[1].state == "declined" for o in known)

    def _bookable(self, entry: WaitlistEntry) -> bool:
        """An overbooked visit gave nothing back, and a room may be missing."""
        kind = self._setup.types[entry.request.type_id]
        if kind.id not in self._free:
            slot = self._freed.slot
            self._free[kind.id] = is_free(
                self._setup, slot.provider_id, slot.location_id, kind, slot.start, self._now
            )
        return self._free[kind.id]

    def _can_come(self, entry: WaitlistEntry, patient: PatientId) -> bool:
        """Nobody is asked for a time at which, or instead of which, they come anyway."""
        slot, replaced = self._freed.slot, entry.request.instead_of
        if replaced:
            visit = read_visit(self._practice, replaced)
            if visit is None or not visit.awaited or visit.start <= self._now:
                waitlist.forget_earlier(replaced, actor=current_actor())
                return False
            if visit.start <= slot.start:
                return False
        begin = slot.start - timedelta(minutes=MAX_VISIT_MINUTES)
        return not any(
            visit.status in AWAITED and visit.end > slot.start and visit.appointment_id != replaced
            for visit in visits_between(self._practice, patient, begin, slot.end)
        )

    def _offer(self, entry: WaitlistEntry, card: PatientCard) -> Offer:
        """One offer per freeing and entry, however often the event is delivered."""
        slot, freed_by = self._freed.slot, self._freed.event_id
        limit = self._now + timedelta(minutes=self._setup.practice.offer_minutes)
        return Offer(
            offer_id=OfferId.derived(freed_by, entry.entry_id),
            entry_id=entry.entry_id,
            patient_id=card.patient_id,
            type_id=entry.request.type_id,
            slot=slot,
            expires_at=min(limit, slot.start),
            freed_by=freed_by,
            instead_of=entry.request.instead_of,
        )

    def asked(self) -> Freed:
        """The freed time after this wave; as before where nobody could be asked yet."""
        if not self.chosen:
            return self._freed
        ids = tuple(offer.offer_id for offer, _ in self.chosen)
        update = {
            "waves": self._freed.waves + 1,
            "asked_at": self._now,
            "asked": (*self._freed.asked, *ids),
        }
        return self._freed.model_copy(update=update)

    def commit(self, record: FreedRecord | None, after: Freed) -> None:
        """All offers of the wave, on condition that the time is free and nobody made it before."""
        story = Story(self._practice)
        story.put("freed", freed_record(self._practice, after, record))
        for offer, asked in self.chosen:
            audit().record(offer.offer_id)
            offers.put(story, offer)
            story.put("asked", asked)
            story.tell(self._told(offer))
        if self.chosen:
            self._require_free(story)
        story.commit()

    def _require_free(self, story: Story) -> None:
        slot = self._freed.slot
        span = Span.between(slot.start, slot.end)
        at = int(self._now.timestamp())
        for day in claim(
            self._practice, Resource(slot.provider_id), span, by="", until=END_OF_TIME, now=at
        ):
            if day.condition is not None:
                story.require("time", day.record, day.condition)

    def _told(self, offer: Offer) -> WaitlistOffered:
        return WaitlistOffered(
            practice_id=self._practice,
            occurred_at=self._now,
            actor_id=current_actor().user_id,
            offer_id=offer.offer_id,
            entry_id=offer.entry_id,
            patient_id=offer.patient_id,
            provider_id=offer.slot.provider_id,
            location_id=offer.slot.location_id,
            start=offer.slot.start,
            expires_at=offer.expires_at,
            instead_of=offer.instead_of,
        )


def _asked(practice: PracticeId, entry: WaitlistEntryId) -> AskedRecord:
    try:
        found = AskedRecord.get(*asked_key(practice, entry), consistent_read=True)
    except AskedRecord.DoesNotExist:
        found = AskedRecord(*asked_key(practice, entry))
    return found
