"""The calendar to be: a year of visits gone by and six weeks of those to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.ids import SeriesId
from caresmith.records.practice import PracticeSetup
from scripts.sample_practice.demand import fits, keenness, kind_of_visit, reasons_for
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.hours import CLASS_DAY
from scripts.sample_practice.openings import Opening, Openings, Session
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.places import Area
from scripts.sample_practice.premises import PLACES, PROVIDERS


@dataclass(frozen=True)
class Size:
    """How much to make."""

    patients: int = 500
    past_days: int = 365
    future_days: int = 42
    past_visits: int = 2500
    future_visits: int = 700
    waiting: int = 10
    charts: int | None = None
    """How many of those who came have clinical charts; None for all."""


@dataclass(frozen=True)
class PlannedVisit:
    """A visit that has its time, room and patients, and no fate yet."""

    key: str
    """The provider."""
    area: Area
    kind: str
    opening: Opening
    patients: tuple[SamplePatient, ...]
    booked_at: datetime
    note: str
    series_id: SeriesId | None = None

    @property
    def start(self) -> datetime:
        return self.opening.start


_NEAR: Final = timedelta(minutes=30)
_TODAY_IS_BUSIER: Final = 1.6
_LEAD_DAYS: Final = {0: 10.0, 1: 12, 3: 14, 7: 22, 14: 20, 21: 12, 35: 10}
_SERIES_VISITS: Final = 6
_CLASSES_PAST: Final = 12
_CLASSES_AHEAD: Final = 3
_TRIES: Final = 6
_ADULT: Final = 18


class Agenda:
    """Plans visits in the order of their days."""

    def __init__(
        self, setup: PracticeSetup, patients: list[SamplePatient], now: datetime, size: Size
    ) -> None:
        self._dice = Dice("agenda")
        self._now, self._size = now, size
        self._today = setup.practice.day_at(now)
        self._first = self._today - timedelta(days=size.past_days)
        self._last = self._today + timedelta(days=size.future_days)
        self._openings = Openings(setup, self._first, self._last)
        self._keenness = {p.patient_id: keenness(self._dice, p, self._today) for p in patients}
        self._patients = patients
        self._days: dict[str, set[date]] = {p.patient_id: set() for p in patients}
        self._seen = self._known_from_before()

    def plan(self) -> list[PlannedVisit]:
        """All visits, by start. None lies outside working hours, none meets another."""
        planned = [*self._classes(), *self._series()]
        sessions = list(self._openings.sessions())
        past = [s for s in sessions if s.day < self._today]
        ahead = [s for s in sessions if s.day >= self._today]
        for some, count in ((past, self._size.past_visits), (ahead, self._size.future_visits)):
            for session, visits in self._shares(some, count):
                planned += self._fill(session, visits)
        return sorted(planned, key=lambda visit: (visit.start, visit.key))

    # -- everyday visits ------------------------------------------------------

    def _shares(self, sessions: list[Session], count: int) -> Iterator[tuple[Session, int]]:
        """How many of ``count`` visits each session gets, so that all are given out."""
        weights = [session.cells * self._busyness(session.day) for session in sessions]
        scale, owed = count / (sum(weights) or 1.0), self._dice.random()
        for session, weight in zip(sessions, weights, strict=True):
            owed += weight * scale
            yield session, int(owed)
            owed -= int(owed)

    def _busyness(self, day: date) -> float:
        """The practice grows over the year; far days are still rather empty."""
        ahead = (day - self._today).days
        if ahead == 0:
            return _TODAY_IS_BUSIER
        if ahead < 0:
            return 1.5 + ahead / self._size.past_days
        return 1.4 - ahead / self._size.future_days

    def _fill(self, session: Session, count: int) -> Iterator[PlannedVisit]:
        for number in range(count):
            # Somebody is there just now, whenever the sample is loaded within office hours.
            near_now = number == 0 and session.day == self._today
            for _ in range(_TRIES):
                visit = self._one(session, near_now=near_now)
                if visit:
                    yield visit
                    break

    def _one(self, session: Session, *, near_now: bool) -> PlannedVisit | None:
        patient = self._somebody(session)
        if patient is None:
            return None
        seen = (patient.patient_id, session.key) in self._seen
        kind = kind_of_visit(self._dice, session.key, patient.age_on(session.day), seen=seen)
        free = self._openings.free(session.key, session.area, kind, session.day)
        if near_now:
            free = [o for o in free if abs(o.start - self._now) <= _NEAR] or free
        if not free:
            return None
        visit = self._planned(session, kind, self._dice.one(free), (patient,))
        return visit if self._booked_in_time(visit) else None

    def _somebody(self, session: Session) -> SamplePatient | None:
        begin = datetime.combine(session.day, time(0), UTC)
        fitting = [
            patient
            for patient in self._patients
            if patient.registered_at < begin
            and (patient.archived_at is None or begin + timedelta(days=1) < patient.archived_at)
            and session.day not in self._days[patient.patient_id]
            and fits(patient, session.key, session.area, session.day)
        ]
        if not fitting:
            return None
        weights = [self._keenness[patient.patient_id] for patient in fitting]
        return self._dice.choices(fitting, weights)[0]

    def _booked_in_time(self, visit: PlannedVisit) -> bool:
        """Keep the visit, unless its patient was not known by then."""
        if any(visit.booked_at <= patient.registered_at for patient in visit.patients):
            return False
        self._keep(visit)
        return True

    def _keep(self, visit: PlannedVisit) -> None:
        self._openings.take(visit.key, visit.kind, visit.opening)
        day = visit.start.astimezone(ZoneInfo(PLACES[visit.area].zone)).date()
        for patient in visit.patients:
            self._days[patient.patient_id].add(day)
            self._seen.add((patient.patient_id, visit.key))

    def _planned(
        self,
        session: Session,
        kind: str,
        opening: Opening,
        patients: tuple[SamplePatient, ...],
        series_id: SeriesId | None = None,
    ) -> PlannedVisit:
        day = opening.start.date()
        reasons = reasons_for(kind, patients[0].age_on(day))
        note = self._dice.one(reasons) if self._dice.chance(0.75) else ""
        booked_at = self._booked_at(opening.start, session.area)
        return PlannedVisit(
            session.key, session.area, kind, opening, patients, booked_at, note, series_id
        )

    def _booked_at(self, start: datetime, area: Area) -> datetime:
        """Some days before, in office hours, and before now."""
        dice, zone = self._dice, ZoneInfo(PLACES[area].zone)
        latest = min(start - timedelta(hours=1), self._now - timedelta(minutes=5))
        day = start.astimezone(zone).date() - timedelta(days=dice.pick(_LEAD_DAYS))
        if datetime.combine(day, time(17), zone) > latest:
            day = latest.astimezone(zone).date() - timedelta(days=dice.randrange(1, 20))
        at = datetime.combine(day, time(dice.randrange(8, 17), dice.randrange(60)), zone)
        return at.astimezone(UTC)

    def _known_from_before(self) -> set[tuple[str, str]]:
        """Who was here before the year that the sample tells of."""
        begin = datetime.combine(self._first, time(0), UTC)
        usual = {provider.id: key for key, provider in PROVIDERS.items()}
        return {
            (patient.patient_id, usual[patient.registration.preferred_provider_id])
            for patient in self._patients
            if patient.registered_at < begin and patient.registration.preferred_provider_id in usual
        }

    # -- classes and the series -------------------------------------------------

    def _classes(self) -> Iterator[PlannedVisit]:
        """The dietitian's Thursday classes: every other week, several patients each."""
        thursday = self._today + timedelta(days=(CLASS_DAY - self._today.weekday()) % 7)
        for number in range(-_CLASSES_PAST, _CLASSES_AHEAD):
            day = thursday + timedelta(weeks=2 * number)
            if not self._first <= day <= self._last:
                continue
            session = Session("haddad", Area.CHICAGO, day, 0)
            free = self._openings.free("haddad", Area.CHICAGO, "class", day)
            adults = [p for p in self._eligible(session) if p.age_on(day) >= 30]
            if not free or len(adults) < 2:
                continue
            many = min(len(adults), self._dice.randrange(4, 10))
            visit = self._planned(session, "class", free[0], tuple(self._dice.sample(adults, many)))
            earliest = max(p.registered_at for p in visit.patients) + timedelta(hours=1)
            visit = replace(visit, booked_at=max(visit.booked_at, earliest))
            self._keep(visit)
            yield visit

    def _eligible(self, session: Session) -> list[SamplePatient]:
        begin = datetime.combine(session.day, time(0), UTC) - timedelta(days=7)
        return [
            p
            for p in self._patients
            if p.registered_at < begin
            and p.archived_at is None
            and fits(p, session.key, session.area, session.day)
        ]

    def _series(self) -> Iterator[PlannedVisit]:
        """One patient's weekly phototherapy: two visits gone by, the others to come."""
        wednesday = self._today + timedelta(days=(2 - self._today.weekday()) % 7)
        sessions = [
            Session("feldman", Area.CHICAGO, wednesday + timedelta(weeks=number), 0)
            for number in range(-2, _SERIES_VISITS - 2)
        ]
        patients = [p for p in self._eligible(sessions[0]) if p.age_on(self._today) >= _ADULT]
        if not patients:
            return
        patient, series_id = self._dice.one(patients), self._dice.id(SeriesId)
        booked_at: datetime | None = None
        for session in sessions:
            if not self._first <= session.day <= self._last:
                continue
            free = self._openings.free("feldman", session.area, "phototherapy", session.day)
            if not free:
                continue
            visit = self._planned(session, "phototherapy", free[0], (patient,), series_id)
            booked_at = booked_at or max(
                visit.booked_at, patient.registered_at + timedelta(hours=1)
            )
            visit = replace(visit, booked_at=booked_at)
            self._keep(visit)
            yield visit
