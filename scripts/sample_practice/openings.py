"""When providers and rooms are free, as the scheduling feature's own rules have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from caresmith.records.practice import CELL_MINUTES, AppointmentType, PracticeSetup, Room
from functions.scheduling.availability import open_cells
from functions.scheduling.cells import Span, bits, instant_of, starts_of_runs
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.places import Area
from scripts.sample_practice.premises import PLACES, PROVIDERS


@dataclass(frozen=True)
class Session:
    """One provider's working day at one place."""

    key: str
    area: Area
    day: date
    cells: int
    """How many cells of it are open to everyday visits."""


@dataclass(frozen=True)
class Opening:
    """A free time: when the visit itself would start, in which room."""

    start: datetime
    room: Room | None


class Openings:
    """Working time of the whole period, less what has been taken from it."""

    def __init__(self, setup: PracticeSetup, first: date, last: date) -> None:
        self._setup = setup
        begin = datetime.combine(first, time(0), ZoneInfo(setup.practice.zone))
        end = datetime.combine(last + timedelta(days=1), time(12), ZoneInfo(setup.practice.zone))
        self._window = Span.between(begin - timedelta(hours=12), end)
        self._first, self._days = first, (last - first).days + 1
        self._open: dict[tuple[str, Area, str], int] = {}
        self._taken: dict[str, int] = {}

    def sessions(self) -> Iterator[Session]:
        """All working days, by date."""
        for number in range(self._days):
            day = self._first + timedelta(days=number)
            for key, area, usual in self._pairs():
                cells = self._on(day, area, self._working(key, area, usual)).bit_count()
                if cells:
                    yield Session(key, area, day, cells)

    def free(
        self, key: str, area: Area, kind: str, day: date, *, every_minutes: int = 15
    ) -> list[Opening]:
        """All times of that day at which the visit, with its buffers and room, can be."""
        visit_type = TYPES[kind]
        span = self._day_span(day, area)
        length = visit_type.total_minutes // CELL_MINUTES
        free = self._on(day, area, self._working(key, area, kind))
        free &= ~self._cut(self._taken.get(PROVIDERS[key].id, 0), span)
        runs = starts_of_runs(free, length)
        rooms = self._room_runs(visit_type, area, span, length)
        found = []
        for bit in bits(runs):
            start = instant_of(span.start + bit) + timedelta(minutes=visit_type.buffer_before)
            if start.minute % every_minutes:
                continue
            fitting = [room for room, mask in rooms if mask >> bit & 1]
            if fitting or not visit_type.room_kind:
                found.append(Opening(start, fitting[0] if fitting else None))
        return found

    def take(self, key: str, kind: str, opening: Opening) -> None:
        """Occupy the provider's and the room's time."""
        visit_type = TYPES[kind]
        begin = opening.start - timedelta(minutes=visit_type.buffer_before)
        span = Span.between(begin, begin + timedelta(minutes=visit_type.total_minutes))
        for owner in (PROVIDERS[key].id, opening.room.id if opening.room else None):
            if owner:
                self._taken[owner] = self._taken.get(owner, 0) | span.within(self._window)

    def _room_runs(
        self, visit_type: AppointmentType, area: Area, span: Span, length: int
    ) -> list[tuple[Room, int]]:
        if not visit_type.room_kind:
            return []
        whole = (1 << (span.end - span.start)) - 1
        return [
            (room, starts_of_runs(whole & ~self._cut(self._taken.get(room.id, 0), span), length))
            for room in self._setup.rooms_at(PLACES[area].id, visit_type.room_kind)
        ]

    def _pairs(self) -> Iterator[tuple[str, Area, str]]:
        """Provider, place, and a kind of visit that the provider gives on any working day."""
        for key, provider in PROVIDERS.items():
            usual = next(
                name
                for name, visit_type in TYPES.items()
                if provider.id in visit_type.provider_ids and visit_type.capacity == 1
            )
            for area, place in PLACES.items():
                if place.id in provider.location_ids:
                    yield key, area, usual

    def _working(self, key: str, area: Area, kind: str) -> int:
        asked = (key, area, kind)
        if asked not in self._open:
            provider, place = PROVIDERS[key].id, PLACES[area].id
            self._open[asked] = open_cells(
                self._setup, provider, place, TYPES[kind].id, self._window
            )
        return self._open[asked]

    def _on(self, day: date, area: Area, mask: int) -> int:
        return self._cut(mask, self._day_span(day, area))

    def _cut(self, mask: int, span: Span) -> int:
        return (mask >> (span.start - self._window.start)) & ((1 << (span.end - span.start)) - 1)

    def _day_span(self, day: date, area: Area) -> Span:
        zone = ZoneInfo(PLACES[area].zone)
        begin = datetime.combine(day, time(0), zone)
        return Span.between(begin, datetime.combine(day + timedelta(days=1), time(0), zone))
