"""Free times: working hours less what is occupied, for many providers at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from functools import lru_cache
from zoneinfo import ZoneInfo

from caresmith.clock import Instant
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
from functions.scheduling.errors import invalid
from functions.scheduling.models import Slot, SlotQuery, Slots
from functions.scheduling.records import Occupancy, read_occupancy


def find_slots(setup: PracticeSetup, query: SlotQuery, now: Instant) -> Slots:
    """The first free times that fit, by time; among equals, by provider.

    Reads one query a provider, and one a location where the visit needs a room.
    """
    visit_type = active_type(setup, query)
    window = _window(setup, query, now)
    if window.end <= window.start:
        return Slots(slots=[], cut=False)
    at = int(now.timestamp())
    practice = setup.practice.id
    rooms: dict[LocationId, Occupancy] = {}
    found: list[Slot] = []
    cut = False
    for provider in providers_for(setup, visit_type, query.provider_ids):
        places = _places(provider, setup, query)
        if not places:
            continue
        busy = read_occupancy(practice, provider.id, window, at).of()
        for place in places:
            if visit_type.room_kind and place not in rooms:
                rooms[place] = read_occupancy(practice, place, window, at)
            starts, free_rooms = _starts(setup, visit_type, provider.id, place, window, busy, rooms)
            starts &= _wanted(query, setup.zone_of(place), window)
            some = _slots(setup, visit_type, provider.id, place, window, starts, free_rooms)
            for count, slot in enumerate(some):
                if count >= query.limit:
                    cut = True
                    break
                found.append(slot)
    # By instant: two datetimes of one zone compare by their wall clocks, which DST repeats.
    found.sort(key=lambda slot: (slot.start.timestamp(), slot.provider_id))
    return Slots(slots=found[: query.limit], cut=cut or len(found) > query.limit)


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
        end = datetime.combine(day, to_time, zone).replace(fold=1) + timedelta(minutes=1)
        mask |= Span.between(begin, end).within(window)
    return mask


def _slots(
    setup: PracticeSetup,
    visit_type: AppointmentType,
    provider: ProviderId,
    place: LocationId,
    window: Span,
    starts: int,
    free_rooms: list[tuple[Room, int]],
) -> list[Slot]:
    before = timedelta(minutes=visit_type.buffer_before)
    length = timedelta(minutes=visit_type.minutes)
    zone = setup.zone_of(place)
    slots = []
    for bit in bits(starts):
        start = (instant_of(window.start + bit) + before).astimezone(zone)
        room = next((room.id for room, free in free_rooms if free >> bit & 1), None)
        slots.append(
            Slot(
                provider_id=provider,
                location_id=place,
                room_id=room,
                start=start,
                # Through UTC: adding to a wall clock would be an hour off across DST.
                end=(start.astimezone(UTC) + length).astimezone(zone),
            )
        )
    return slots


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
