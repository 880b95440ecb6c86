"""How each planned visit went: came, did not come, called it off, or is just being seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from caresmith.actor import Actor
from caresmith.ids import AppointmentId, PracticeId, UserId
from caresmith.permissions import Role
from caresmith.records.practice import PracticeSetup
from functions.scheduling.models import BookingRequest
from functions.scheduling.plan import plan_visit
from functions.scheduling.status import CancelReason, Flow, Status
from scripts.sample_practice import lifecycle
from scripts.sample_practice.agenda import PlannedVisit
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.lifecycle import Step, Tale
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.premises import PLACES, PRACTICE, PROVIDERS
from scripts.sample_practice.staff import CLINICIAN, FRONT_DESK

_PAST: Final = {"came": 85.0, "stayed away": 6.0, "called off": 9.0}
_AHEAD: Final = {"came": 96.0, "called off": 4.0}
_REASONS: Final = {
    CancelReason.PATIENT: 30.0,
    CancelReason.PATIENT_RESCHEDULED: 22,
    CancelReason.PATIENT_FEELING_BETTER: 10,
    CancelReason.PATIENT_TRANSPORT: 9,
    CancelReason.PATIENT_CONFLICT: 9,
    CancelReason.PROVIDER: 8,
    CancelReason.WEATHER: 5,
    CancelReason.COST: 4,
    CancelReason.OTHER: 3,
}
_JUST_NOW: Final = timedelta(minutes=30)
_BETWEEN_STEPS: Final = timedelta(minutes=4)

Timed = tuple[datetime, Actor, Step]


def _actor(user: UserId, role: Role) -> Actor:
    return Actor(PracticeId(PRACTICE.id), user, frozenset({role}))


DESK: Final = _actor(FRONT_DESK.user_id, Role.FRONT_DESK)
NURSE: Final = _actor(CLINICIAN.user_id, Role.CLINICIAN)


class Fates:
    """Gives each planned visit what became of it until ``now``."""

    def __init__(self, setup: PracticeSetup, now: datetime) -> None:
        self._dice = Dice("fates")
        self._setup, self._now = setup, now
        self._in_progress = 0

    def of(self, plan: PlannedVisit) -> Tale:
        """The visit with all steps that lie before now."""
        tale = self._booked(plan)
        for at, actor, step in self._steps(plan):
            if at > self._now:
                break
            step(tale, actor, at)
        return tale

    def _booked(self, plan: PlannedVisit) -> Tale:
        first = plan.patients[0]
        request = BookingRequest(
            type_id=TYPES[plan.kind].id,
            provider_id=PROVIDERS[plan.key].id,
            location_id=PLACES[plan.area].id,
            start=plan.start,
            room_id=plan.opening.room.id if plan.opening.room else None,
            patient_id=first.patient_id,
        )
        # The feature's own rules are asked, so that no visit stands here that it would refuse.
        found = plan_visit(
            self._setup,
            request,
            appointment_id=self._dice.id(AppointmentId),
            patients=(first.patient_id,),
            actor=DESK,
            now=plan.booked_at,
        )
        return lifecycle.booked(
            found.in_room(plan.opening.room),
            first,
            plan.note,
            actor=DESK,
            at=plan.booked_at,
            dice=self._dice,
            series_id=plan.series_id,
        )

    def _steps(self, plan: PlannedVisit) -> Iterator[Timed]:
        dice, at = self._dice, plan.booked_at
        for patient in plan.patients[1:]:
            at += timedelta(minutes=3)
            yield at, DESK, lifecycle.joined(patient)
        fate = self._fate(plan)
        if dice.chance(0.75) and len(plan.patients) == 1:
            ahead = dice.randrange(22, 110) if dice.chance(0.6) else dice.randrange(110, 700)
            asked = plan.start - timedelta(hours=ahead)
            if asked > at:
                at = asked
                yield at, DESK, lifecycle.confirmed
        if fate == "called off":
            left = plan.start - timedelta(hours=1) - at
            at += left * dice.uniform(0.1, 0.95)
            yield at, DESK, lifecycle.cancelled(dice.pick(_REASONS))
        elif fate == "stayed away":
            yield plan.start + timedelta(minutes=30), DESK, lifecycle.status(Status.NOSHOW)
        else:
            yield from self._came(plan)

    def _fate(self, plan: PlannedVisit) -> str:
        if len(plan.patients) > 1 or plan.series_id or self._is_just_now(plan):
            return "came"
        return self._dice.pick(_PAST if plan.start < self._now else _AHEAD)

    def _is_just_now(self, plan: PlannedVisit) -> bool:
        return abs(plan.start - self._now) <= _JUST_NOW

    def _came(self, plan: PlannedVisit) -> Iterator[Timed]:
        """Arrival to the end of the visit."""
        steps: list[tuple[Actor, Step]] = [
            (DESK, lifecycle.status(Status.ARRIVED)),
            (DESK, lifecycle.status(Status.CHECKED_IN)),
            (NURSE, lifecycle.flow(Flow.ROOMED)),
            (NURSE, lifecycle.flow(Flow.WITH_PROVIDER)),
            (NURSE, lifecycle.status(Status.FULFILLED)),
        ]
        if not plan.opening.room:
            del steps[2]
        if self._is_just_now(plan):
            yield from self._under_way(plan, steps[:-1])
            return
        dice = self._dice
        before = [-dice.randrange(8, 16), -dice.randrange(4, 8), dice.randrange(-3, 3)]
        minutes = [*before[: len(steps) - 2], dice.randrange(4, 9), self._length(plan)]
        for minute, (actor, step) in zip(minutes, steps, strict=True):
            yield plan.start + timedelta(minutes=minute), actor, step

    def _length(self, plan: PlannedVisit) -> int:
        return TYPES[plan.kind].minutes + self._dice.randrange(0, 8)

    def _under_way(self, plan: PlannedVisit, steps: list[tuple[Actor, Step]]) -> Iterator[Timed]:
        """A visit of this half hour: each one further along than the one before."""
        done = self._in_progress % len(steps) + 1
        self._in_progress += 1
        begin = max(plan.booked_at + timedelta(minutes=30), self._now - _BETWEEN_STEPS * done)
        pause = (self._now - begin) / (done + 1)
        for number, (actor, step) in enumerate(steps[:done], start=1):
            yield begin + pause * number, actor, step
