"""Other times for a visit that its patient can't keep: three to choose from by text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from caresmith.clock import Instant
from caresmith.errors import InvalidRequest
from caresmith.events import SlotOption
from caresmith.ids import ProviderId
from caresmith.records.appointment import VisitView, visits_between
from caresmith.records.practice import MAX_VISIT_MINUTES, PracticeSetup
from functions.scheduling.models import Slot, SlotQuery, Visit
from functions.scheduling.slots import find_slots

OFFERED: Final = 3
_BEFORE: Final = timedelta(days=3)
"""A patient may come a little earlier as well."""
_DAYS: Final = 28
_LONGEST: Final = timedelta(minutes=MAX_VISIT_MINUTES)


def alternatives(
    setup: PracticeSetup, visit: Visit, now: Instant, *, without: Iterable[SlotOption] = ()
) -> tuple[SlotOption, ...]:
    """Up to three free times near the visit's own, by time; nothing is held.

    The same kind of visit in the same place; the same provider as far as there are
    such times, then others. Different days come first, so that there is a choice.
    Not before tomorrow, unless the visit is today. Times at which the patient has
    another visit are left out.
    """
    passed = {option.start for option in without} | {visit.start}
    chosen: list[Slot] = []
    for providers in ((visit.provider_id,), ()):
        if len(chosen) < OFFERED:
            found = _near(setup, visit, now, providers)
            known = passed | {slot.start for slot in chosen}
            fresh = [slot for slot in found if slot.start not in known]
            chosen += _varied(_without_clashes(setup, visit, fresh), OFFERED - len(chosen))
    return tuple(
        SlotOption(provider_id=slot.provider_id, location_id=slot.location_id, start=slot.start)
        for slot in sorted(chosen, key=lambda slot: slot.start.timestamp())
    )


def _near(
    setup: PracticeSetup, visit: Visit, now: Instant, providers: tuple[ProviderId, ...]
) -> list[Slot]:
    """Free times around the visit's own, the nearest first."""
    zone = setup.zone_of(visit.location_id)
    today, day = now.astimezone(zone).date(), visit.start.astimezone(zone).date()
    soonest = today if day == today else today + timedelta(days=1)
    query = SlotQuery(
        type_id=visit.type_id,
        provider_ids=providers,
        location_ids=(visit.location_id,),
        first=max(soonest, day - _BEFORE),
        days=_DAYS,
        every_minutes=30,
        limit=500,
    )
    try:
        found = find_slots(setup, query, now).slots
    except InvalidRequest:
        # That kind of visit is given no more.
        return []
    return sorted(found, key=lambda slot: (abs(slot.start - visit.start), slot.start.timestamp()))


def _without_clashes(setup: PracticeSetup, visit: Visit, found: list[Slot]) -> list[Slot]:
    """Those at which the patient does not come for something else. One query a patient."""
    if not found:
        return []
    begin = min(slot.start for slot in found) - _LONGEST
    end = max(slot.end for slot in found)
    others: list[VisitView] = [
        other
        for patient in visit.patient_ids
        for other in visits_between(setup.practice.id, patient, begin, end)
        if other.awaited and other.appointment_id != visit.appointment_id
    ]
    return [
        slot
        for slot in found
        if not any(other.start < slot.end and slot.start < other.end for other in others)
    ]


def _varied(found: list[Slot], wanted: int) -> list[Slot]:
    """The first of each day, in the order given; then others, each time once."""
    first_of_day: dict[object, Slot] = {}
    by_start: dict[float, Slot] = {}
    for slot in found:
        first_of_day.setdefault(slot.start.date(), slot)
        by_start.setdefault(slot.start.timestamp(), slot)
    chosen = list(first_of_day.values())
    taken = {slot.start.timestamp() for slot in chosen}
    chosen += [slot for start, slot in by_start.items() if start not in taken]
    return chosen[:wanted]
