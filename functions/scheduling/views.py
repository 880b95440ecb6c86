"""Calendars as people look at them: days and weeks of some providers, a room, a patient."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import to_text
from caresmith.errors import invalid
from caresmith.ids import LocationId, PatientId, PracticeId, ProviderId, RoomId
from caresmith.records.appointment import EntryRecord, resource_key
from caresmith.records.patient import merged_charts
from caresmith.records.practice import (
    MAX_VISIT_MINUTES,
    PracticeSetup,
    practice_setup,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.scheduling.availability import open_cells
from functions.scheduling.cells import Span, bits, instant_of
from functions.scheduling.models import Appointment, CalendarPage, Visit, VisitDetails
from functions.scheduling.records import read_revisions
from functions.scheduling.status import FREES_TIME


def day_window(first: date, days: int, zone_name: str) -> tuple[datetime, datetime]:
    """The instants at which a stretch of local dates begins and ends."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(zone_name)
    try:
        begin = datetime.combine(first, wall_time(0), zone)
        end = datetime.combine(first + timedelta(days=days), wall_time(0), zone)
        _earliest_start(begin.astimezone(UTC))
        return begin.astimezone(UTC), end.astimezone(UTC)
    except OverflowError:
        raise invalid("first", "lies beyond the calendar") from None


def calendar_page(
    actor: Actor,
    providers: Sequence[ProviderId] | None,
    begin: datetime,
    end: datetime,
    *,
    location: LocationId | None = None,
) -> CalendarPage:
    """The visits of these providers that touch a stretch of time. One query a provider.

    ``providers`` None asks for everybody's: one query a location, which also
    finds the visits of those who have left, until somebody moves them.
    """
    setup, practice = practice_setup(actor.practice_id), actor.practice_id
    if providers is None:
        places = [location] if location else list(setup.locations)
        visits = [visit for place in places for visit in entries(practice, place, begin, end)]
        watched = providers_at(setup, location)
        watched += sorted({visit.provider_id for visit in visits} - set(watched))
    else:
        watched = [provider for provider in dict.fromkeys(providers) if provider in setup.providers]
        visits = [
            visit
            for provider in watched
            for visit in entries(practice, provider, begin, end)
            if location is None or visit.location_id == location
        ]
    visits.sort(key=lambda visit: (visit.start, visit.appointment_id))
    audit().about(*(patient for visit in visits for patient in visit.patient_ids))
    return CalendarPage(appointments=visits, changes=change_token(practice, watched, begin, end))


def visits_at(
    actor: Actor, location: LocationId, begin: datetime, end: datetime
) -> list[Appointment]:
    """All visits at a place that touch a stretch of time, by start. One query."""
    visits = entries(actor.practice_id, location, begin, end)
    audit().about(*(patient for visit in visits for patient in visit.patient_ids))
    return visits


def providers_shown(
    actor: Actor, setup: PracticeSetup, location: LocationId, begin: datetime, end: datetime
) -> list[ProviderId]:
    """Whose calendars a place shows: who works there, and who has left visits behind."""
    working = providers_at(setup, location)
    standing = (
        visit.provider_id
        for visit in entries(actor.practice_id, location, begin, end)
        if visit.status not in FREES_TIME and visit.provider_id in setup.providers
    )
    return list(dict.fromkeys((*working, *standing)))


def providers_at(setup: PracticeSetup, location: LocationId | None) -> list[ProviderId]:
    """Active providers, of one location or of all, by name."""
    active = [
        p
        for p in setup.providers.values()
        if p.active and (location is None or location in p.location_ids)
    ]
    return [p.id for p in sorted(active, key=lambda p: (p.family, p.given))]


def entries(
    practice: PracticeId,
    taker: ProviderId | LocationId | RoomId | PatientId,
    begin: datetime,
    end: datetime,
) -> list[Appointment]:
    """The visits in one's calendar that touch a stretch of time, by start."""
    low = f"entry#{to_text(_earliest_start(begin))}"
    sealer = Sealer(practice, Domain.SCHEDULE)
    found = []
    for record in EntryRecord.query(
        resource_key(practice, taker),
        EntryRecord.sk.between(low, f"entry#{to_text(end)}"),
        consistent_read=True,
    ):
        visit = Visit.model_validate_json(record.body)
        if visit.end <= begin or visit.start >= end:
            continue
        details = sealer.unseal(visit.appointment_id, "visit", record.sealed, VisitDetails)
        found.append(
            Appointment(**{**dict(visit), "version": int(record.visit_version)}, details=details)
        )
    return found


def _earliest_start(begin: datetime) -> datetime:
    """A visit that lasts into ``begin`` began no earlier. Raises OverflowError before year 1."""
    return begin - timedelta(minutes=MAX_VISIT_MINUTES)


def patient_visits(
    practice: PracticeId, patient: PatientId, begin: datetime, end: datetime
) -> list[Appointment]:
    """The patient's visits, those of charts merged into this one included, by start."""
    everyone = (patient, *merged_charts(practice, patient))
    audit().about(*everyone)
    found = {
        visit.appointment_id: visit
        for one in everyone
        for visit in entries(practice, one, begin, end)
    }
    audit().about(*(other for visit in found.values() for other in visit.patient_ids))
    return sorted(found.values(), key=lambda visit: visit.start.timestamp())


def change_token(
    practice: PracticeId, providers: Iterable[ProviderId], begin: datetime, end: datetime
) -> str:
    """A text that differs as soon as any of these calendars changed."""
    window = Span.between(begin, end)
    states = [f"{p}:{read_revisions(practice, p, window)}" for p in sorted(providers)]
    return hashlib.sha256("|".join(states).encode()).hexdigest()[:32]


def working_hours(
    setup: PracticeSetup,
    provider: ProviderId,
    location: LocationId,
    begin: datetime,
    end: datetime,
) -> list[tuple[datetime, datetime]]:
    """Stretches in which the provider works there: what a calendar does not shade."""
    window = Span.between(begin, end)
    mask = open_cells(setup, provider, location, None, window)
    # A stretch begins where a bit is set and the one before is not.
    first_bits = mask & ~(mask << 1)
    last_bits = mask & ~(mask >> 1)
    return [
        (instant_of(window.start + a), instant_of(window.start + b + 1))
        for a, b in zip(bits(first_bits), bits(last_bits), strict=True)
    ]
