"""Free times: working hours less what is occupied, for many providers at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from functools import lru_cache
from heapq import merge
from itertools import islice
from zoneinfo import ZoneInfo

from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.ids import LocationId, ProviderId
from caresmith.records.practice import (
    CELL_MINUTES,
    AppointmentType,
    PracticeSetup,
    Provider,
    Room,
)
from functions.scheduling.availability import open_cells
from functions.scheduling.cells import Span, bits, cell_of, every, instant_of, starts_of_runs
from functions.scheduling.models import Slot, SlotQuery, Slots
from functions.scheduling.records import Occupancy, read_occupancy


@dataclass(frozen=True, slots=True)
class _Free:
    """Where one provider is free at one place: bits at which the visit's span can begin."""

    provider: ProviderId
    place: LocationId
    starts: int
    rooms: list[tuple[Room, int]]

    def in_order(self, number: int) -> Iterator[tuple[int, ProviderId, int]]:
        return ((bit, self.provider, number) for bit in bits(self.starts))


def find_slots(setup: PracticeSetup, query: SlotQuery, now: Instant) -> Slots:
    """The first free times that fit, by time; among equals, by provider.

    Reads one query a provider, and one a location where the visit needs a room.
    """
    visit_type = active_type(setup, query)
    window = _window(setup, query, now)
    if window.end <= window.start:
        return Slots(slots=[], cut=False)
    free = _free(setup, query, visit_type, window, int(now.timestamp()))
    # All bits are of one window, so the lowest bits of all are the first times of all.
    by_time = merge(*(one.in_order(number) for number, one in enumerate(free)))
    first = list(islice(by_time, query.limit + 1))
    slots = [
        _slot(setup, visit_type, free[number], instant_of(window.start + bit), bit)
        for bit, _, number in first[: query.limit]
    ]
    return Slots(slots=slots, cut=len(first) > query.limit)


def _free(
    setup: PracticeSetup, query: SlotQuery, visit_type: AppointmentType, window: Span, at: int
) -> list[_Free]:
    """What is free at every place of every provider who is asked for."""
    practice = setup.practice.id
    rooms: dict[LocationId, Occupancy] = {}
    found: list[_Free] = []
    for provider in providers_for(setup, visit_type, query.provider_ids):
        places = _places(provider, setup, query)
        if not places:
            continue
        busy = read_occupancy(practice, provider.id, window, at).of()
        for place in places:
            if visit_type.room_kind and place not in rooms:
                rooms[place] = read_occupancy(practice, place, window, at)
            starts, free_rooms = _starts(setup, visit_type, provider.id, place, window, busy, rooms)
            # What is wanted is the patient's start; the span begins a buffer earlier.
            wanted = _wanted(query, setup.zone_of(place), window)
            starts &= wanted >> visit_type.buffer_before // CELL_MINUTES
            found.append(_Free(provider.id, place, starts, free_rooms))
    return found


def active_type(setup: PracticeSetup, query: SlotQuery) -> AppointmentType:
    visit_type = setup.types.get(query.type_id)
    if visit_type is None or not visit_type.active:
        raise invalid("type_id", "there is no such kind of visit")
    return visit_type


def providers_for(
    setup: PracticeSetup, visit_type: AppointmentType, wanted: tuple[ProviderId, ...]
) -> list[Provider]:
    """Active providers who give that kind of visit, in a stable order."""
    return [
        provider
        for provider in sorted(setup.providers.values(), key=lambda p: p.id)
        if provider.active
        and (not wanted or provider.id in wanted)
        and (not visit_type.provider_ids or provider.id in visit_type.provider_ids)
    ]


def _places(provider: Provider, setup: PracticeSetup, query: SlotQuery) -> list[LocationId]:
    return [
        place
        for place in provider.location_ids
        if (not query.location_ids or place in query.location_ids)
        and place in setup.locations
        and setup.locations[place].active
    ]


def _window(setup: PracticeSetup, query: SlotQuery, now: Instant) -> Span:
    """From the query's first date somewhere to its last anywhere, within notice and horizon."""
    policy = setup.practice
    try:
        begin = datetime.combine(query.first, wall_time(0), UTC) - timedelta(hours=14)
        end = begin + timedelta(days=query.days, hours=28)
    except OverflowError:
        raise invalid("first", "lies beyond the calendar") from None
    soonest = now + timedelta(minutes=policy.booking_notice_minutes)
    latest = now + timedelta(days=policy.booking_horizon_days)
    # A cell that has begun is over: round up.
    return Span(max(cell_of(begin), cell_of(soonest) + 1), min(cell_of(end), cell_of(latest)))


def _starts(
    setup: PracticeSetup,
    visit_type: AppointmentType,
    provider: ProviderId,
    place: LocationId,
    window: Span,
    busy: int,
    rooms: dict[LocationId, Occupancy],
) -> tuple[int, list[tuple[Room, int]]]:
    """Bits at which the visit, with its buffers, can begin; and the same by room."""
    length = visit_type.total_minutes // CELL_MINUTES
    working = open_cells(setup, provider, place, visit_type.id, window)
    starts = starts_of_runs(working & ~busy, length)
    if not visit_type.room_kind:
        return starts, []
    whole = (1 << (window.end - window.start)) - 1
    by_room = [
        (room, starts_of_runs(whole & ~rooms[place].of(room.id), length))
        for room in setup.rooms_at(place, visit_type.room_kind)
    ]
    anywhere = 0
    for _, free in by_room:
        anywhere |= free
    return starts & anywhere, by_room


def _wanted(query: SlotQuery, zone: ZoneInfo, window: Span) -> int:
    """Bits whose wall-clock time fits the query: its dates, weekdays, hours and step."""
    mask = every(query.every_minutes // CELL_MINUTES, window)
    return mask & _hours(
        query.first, query.days, query.weekdays, query.from_time, query.to_time, zone, window
    )


@lru_cache(maxsize=256)
def _hours(
    first: date,
    days: int,
    weekdays: tuple[int, ...],
    from_time: wall_time,
    to_time: wall_time,
    zone: ZoneInfo,
    window: Span,
) -> int:
    mask = 0
    for number in range(days):
        day = first + timedelta(days=number)
        if weekdays and day.weekday() not in weekdays:
            continue
        begin = datetime.combine(day, from_time, zone)
        # A visit may still begin at the last time itself.
        last = datetime.combine(day, to_time, zone).replace(fold=1)
        end = last + timedelta(minutes=CELL_MINUTES)
        mask |= Span.between(begin, end).within(window)
    return mask


def _slot(
    setup: PracticeSetup, visit_type: AppointmentType, free: _Free, begins: datetime, bit: int
) -> Slot:
    """The slot whose span, buffer included, begins at that bit and instant."""
    start = begins + timedelta(minutes=visit_type.buffer_before)
    zone = setup.zone_of(free.place)
    return Slot(
        provider_id=free.provider,
        location_id=free.place,
        room_id=next((room.id for room, starts in free.rooms if starts >> bit & 1), None),
        start=start.astimezone(zone),
        # Through UTC: adding to a wall clock would be an hour off across DST.
        end=(start + timedelta(minutes=visit_type.minutes)).astimezone(zone),
    )


def free_rooms(
    setup: PracticeSetup, place: LocationId, kind: str, span: Span, now: Instant
) -> list[Room]:
    """Rooms of that kind that look free for all of ``span``, by name. One query."""
    occupied = read_occupancy(setup.practice.id, place, span, int(now.timestamp()))
    return [room for room in setup.rooms_at(place, kind) if not occupied.of(room.id)]


def is_free(
    setup: PracticeSetup,
    provider: ProviderId,
    place: LocationId,
    visit_type: AppointmentType,
    start: datetime,
    now: Instant,
) -> bool:
    """Whether that visit could be booked there and then, as far as reading can tell."""
    begin = start - timedelta(minutes=visit_type.buffer_before)
    span = Span.between(begin, begin + timedelta(minutes=visit_type.total_minutes))
    if not is_open(setup, provider, place, visit_type, span):
        return False
    if read_occupancy(setup.practice.id, provider, span, int(now.timestamp())).of():
        return False
    kind = visit_type.room_kind
    return kind is None or bool(free_rooms(setup, place, kind, span, now))


def is_open(
    setup: PracticeSetup,
    provider: ProviderId,
    place: LocationId,
    visit_type: AppointmentType,
    span: Span,
) -> bool:
    """Whether the provider works there, on that kind of visit, for all of ``span``."""
    whole = (1 << (span.end - span.start)) - 1
    return open_cells(setup, provider, place, visit_type.id, span) == whole
