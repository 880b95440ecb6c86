"""Runs the practice: books, reminds, answers, changes plans, day after day.

The clock jumps to whatever comes next: an entry of the diary (a person does
something, an event arrives), a one-time schedule, a workflow that waits.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from caresmith.clock import from_text, to_text
from caresmith.ids import AppointmentId, PatientId, ProviderId
from scripts.localstack.inprocess import invoke, request
from scripts.simulation.carrier import Sent, SimulatedCarrier
from scripts.simulation.clock import Diary, SimulatedClock
from scripts.simulation.cloud import Cloud
from scripts.simulation.practice import (
    CLOSES,
    NUMBER,
    OPENS,
    VISIT_MINUTES,
    Person,
    SimulatedPractice,
)
from scripts.simulation.temper import answers
from scripts.simulation.twilio_calls import TwilioCalls

_TICK: Final = timedelta(minutes=15)
_LONGEST_LEAD: Final = 60


@dataclass(frozen=True)
class Odds:
    """What happens how often."""

    visits_a_day: int = 4
    """Booked for each provider and working day."""
    desk_cancels: float = 0.05
    desk_moves: float = 0.05
    confirmed_by_phone: float = 0.05
    noshow: float = 0.08
    strangers_a_day: float = 0.3
    """Texts from numbers that nobody has."""
    outages_a_month: float = 2.0
    throttled_hours_a_month: float = 4.0
    repeated: float = 0.05
    """Share of inbound texts that the carrier delivers ten times."""


@dataclass
class World:
    practice: SimulatedPractice
    cloud: Cloud
    carrier: SimulatedCarrier
    clock: SimulatedClock
    diary: Diary
    dice: random.Random
    calls: TwilioCalls
    odds: Odds = Odds()
    booked: set[AppointmentId] = field(default_factory=set)
    stopped: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)
    """By number: when STOP (True) and START (False) had been answered."""
    counts: Counter[str] = field(default_factory=Counter)

    # -- the loop -----------------------------------------------------------

    def run(self, first: date, days: int, on_day: Callable[[date], None]) -> None:
        """Live so many days, then let what is under way come to its end."""
        for number in range(days):
            day = first + timedelta(days=number)
            begin = datetime.combine(day, time(0), UTC)
            self.diary.at(begin, lambda day=day: self._plan_day(day))  # type: ignore[misc]
            self.diary.at(begin, lambda day=day: on_day(day))  # type: ignore[misc]
        self.diary.at(self.clock.now(), self._tick)
        end = datetime.combine(first + timedelta(days=days), time(0), UTC)
        while True:
            upcoming = self.cloud.upcoming()
            if upcoming is None or upcoming > end:
                return
            self.clock.at = max(self.clock.at, upcoming)
            self.cloud.do_what_is_due()

    def _tick(self) -> None:
        """The schedules of the jobs function."""
        invoke("jobs", {"job": "tell-what-is-due"})
        self.diary.at(self.clock.now() + _TICK, self._tick)

    # -- the desk -----------------------------------------------------------

    def _plan_day(self, day: date) -> None:
        """Who calls today to book, and whether the carrier has a bad day."""
        for provider, place in self.practice.providers.items():
            zone = ZoneInfo(self.practice.zones[place])
            if day.weekday() < 5:
                for _ in range(self.odds.visits_a_day):
                    at = datetime.combine(day, OPENS, zone) + self._within(hours=9)
                    self.diary.at(at, lambda p=provider: self._book(p))  # type: ignore[misc]
        noon = datetime.combine(day, time(12), UTC)
        if self.dice.random() < self.odds.outages_a_month / 30:
            begin = noon + self._within(hours=12)
            self.diary.at(begin, lambda: setattr(self.carrier, "down", True))
            hour = timedelta(hours=1)
            self.diary.at(begin + hour, lambda: setattr(self.carrier, "down", False))
            self.counts["carrier outages of an hour"] += 1
        if self.dice.random() < self.odds.throttled_hours_a_month / 30:
            begin = noon + self._within(hours=12)
            self.diary.at(begin, lambda: setattr(self.carrier, "throttles", 0.6))
            self.diary.at(
                begin + timedelta(hours=1), lambda: setattr(self.carrier, "throttles", 0.0)
            )
            self.counts["throttled hours"] += 1
        if self.dice.random() < self.odds.strangers_a_day:
            stranger = f"+1623555{self.dice.randint(0, 9999):04}"
            self.diary.at(noon + self._within(hours=10), lambda: self._text(stranger, "YES"))

    def _within(self, *, hours: float) -> timedelta:
        return timedelta(seconds=self.dice.uniform(0, hours * 3600))

    def _book(self, provider: ProviderId) -> None:
        person = self.dice.choice(list(self.practice.people.values()))
        place = self.practice.providers[provider]
        for _ in range(4):
            start = self._some_time(provider)
            body = {
                "type_id": self.practice.type_id,
                "provider_id": provider,
                "location_id": place,
                "patient_id": person.patient_id,
                "start": to_text(start),
            }
            told = self._desk("POST", "/appointments", body)
            if told is not None:
                appointment = AppointmentId(told["appointment_id"])
                self.booked.add(appointment)
                self._foresee(appointment, start)
                return
        self.counts["callers who found no time"] += 1

    def _some_time(self, provider: ProviderId) -> datetime:
        zone = ZoneInfo(self.practice.zones[self.practice.providers[provider]])
        lead = min(int(self.dice.expovariate(1 / 14)), _LONGEST_LEAD)
        day = self.clock.now().astimezone(zone).date() + timedelta(days=lead)
        while day.weekday() >= 5:
            day += timedelta(days=1)
        slots = (CLOSES.hour - OPENS.hour) * 60 // VISIT_MINUTES
        minutes = self.dice.randrange(slots) * VISIT_MINUTES
        return datetime.combine(day, OPENS, zone) + timedelta(minutes=minutes)

    def _foresee(self, appointment: AppointmentId, start: datetime) -> None:
        """What the desk will do with the visit before and on its day."""
        now, chance = self.clock.now(), self.dice.random()
        if start > now:
            before = now + (start - now) * self.dice.random()
            if chance < self.odds.desk_cancels:
                self.diary.at(before, lambda: self._cancel(appointment))
            elif chance < self.odds.desk_cancels + self.odds.desk_moves:
                self.diary.at(before, lambda: self._move(appointment))
            elif self.dice.random() < self.odds.confirmed_by_phone:
                self.diary.at(
                    before, lambda: self._desk("POST", f"/appointments/{appointment}/confirm", {})
                )
        self.diary.at(start - timedelta(minutes=5), lambda: self._arrive(appointment))

    def _cancel(self, appointment: AppointmentId) -> None:
        body = {"reason": "prov"}
        if self._desk("POST", f"/appointments/{appointment}/cancel", body) is not None:
            self.counts["cancelled by the desk"] += 1

    def _move(self, appointment: AppointmentId) -> None:
        visit = self._desk("GET", f"/appointments/{appointment}")
        if visit is None:
            return
        start = self._some_time(ProviderId(visit["provider_id"]))
        path = f"/appointments/{appointment}/reschedule"
        if self._desk("POST", path, {"start": to_text(start)}) is not None:
            self.counts["moved by the desk"] += 1

    def _arrive(self, appointment: AppointmentId) -> None:
        """Five minutes before the visit, wherever it stands by then."""
        visit = self._desk("GET", f"/appointments/{appointment}")
        if visit is None or visit["status"] != "booked":
            return
        start = from_text(visit["start"])
        if start - self.clock.now() > timedelta(minutes=10):
            self.diary.at(start - timedelta(minutes=5), lambda: self._arrive(appointment))
        elif self.dice.random() >= self.odds.noshow:
            for status in ("arrived", "checked-in", "fulfilled"):
                self._desk("POST", f"/appointments/{appointment}/status", {"status": status})

    def _desk(self, method: str, path: str, body: Any = None) -> Any:
        """The front desk's request; None where it is refused, as a taken time is."""
        answer = request(
            method,
            path,
            headers={"content-type": "application/json"} if body is not None else {},
            body=json.dumps(body).encode() if body is not None else b"",
            caller=self.practice.desk.context(),
        )
        if answer.status >= 500:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:200]!r}")
        return json.loads(answer.body) if answer.status < 300 else None

    # -- the patients -------------------------------------------------------

    def hear(self, sent: Sent) -> None:
        """A message reached its addressee, who may answer."""
        if sent.channel != "sms":
            return
        asks = "X to cancel" in sent.text or "X para cancelar" in sent.text
        offers = "YES to" in sent.text or "SI para" in sent.text
        people = self.practice.by_phone(sent.to)
        if not people:
            return
        person = self.dice.choice(people)
        if offers:
            self._answer(person, timedelta(minutes=self.dice.uniform(1, 40)), "YES")
        elif "1)" in sent.text and self.dice.random() < 0.8:
            pick = str(self.dice.randint(1, 3))
            self._answer(person, timedelta(minutes=self.dice.uniform(1, 60)), pick)
        elif asks:
            for answer in answers(person.temper, person.language, self.dice):
                self._answer(person, answer.after, answer.text)

    def _answer(self, person: Person, after: timedelta, text: str) -> None:
        self.diary.at(self.clock.now() + after, lambda: self._text(person.phone, text))

    def _text(self, number: str, text: str) -> None:
        """A text to the practice, signed as the carrier signs it; at times delivered ten times."""
        times = 10 if self.dice.random() < self.odds.repeated else 1
        self.calls.text(number, NUMBER, text, times=times)
        self.counts["texts from people"] += 1
        word = text.strip().upper()
        if word in {"STOP", "START"}:
            self.stopped.setdefault(number, []).append((self.clock.now(), word == "STOP"))

    def may_be_texted(self, number: str, at: datetime) -> bool:
        """Whether STOP had been answered last at that time."""
        known = [stop for when, stop in self.stopped.get(number, []) if when <= at]
        return not (known and known[-1])

    def patient(self, patient: PatientId) -> Person:
        return self.practice.people[patient]
