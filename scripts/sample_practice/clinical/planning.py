"""What is still to be done: open orders, referrals, tasks, care plans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from caresmith.ids import CarePlanId, ChartTaskId, ConditionId, OrderId
from caresmith.records.clinical.order import Order, OrderCategory
from caresmith.records.clinical.planning import (
    CarePlan,
    Priority,
    RequestStatus,
    Task,
    TaskStatus,
)
from scripts.sample_practice.clinical import codes
from scripts.sample_practice.clinical.analytes import PANELS
from scripts.sample_practice.clinical.charted import SIGNERS, Entry
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.lives import Life
from scripts.sample_practice.clinical.moments import Moments, Seen
from scripts.sample_practice.clinical.scenes import Scene
from scripts.sample_practice.dice import Dice

_OPEN_DAYS: Final = 45
_PLANNED: Final = 0.55
_REFERRED: Final = 0.16
_ORDERED_AHEAD: Final = 0.3
_TASKED: Final = 0.14
_DONE_TASKS: Final = 0.04
_NOBODYS: Final = 0.3
_TASKS: Final = (
    "Call about home blood pressure readings",
    "Ask the pharmacy about the refill that was not there",
    "Send the school form once it is signed",
    "Request records of the former physician",
    "Check that the referral was scheduled",
    "Call with the results; left a message once",
    "Prior imaging to be sent on disc",
    "Remind of the fasting labs",
)
_TASKS_OF_CHILDREN: Final = (
    "Send the immunization record to the day care",
    "Camp form to be filled in",
    "Call the parents about the lead result",
)


class Plans:
    """Plans what lies ahead of a patient."""

    def __init__(
        self,
        life: Life,
        dice: Dice,
        moments: Moments,
        problems: Mapping[str, ConditionId],
        now: dt.datetime,
    ) -> None:
        self._life, self._dice, self._moments = life, dice, moments
        self._problems, self._now = problems, now

    def told(self, scenes: Sequence[Scene], seen: Sequence[Seen]) -> Iterator[Entry]:
        yield from self._care_plans()
        for scene, at in zip(scenes, seen, strict=True):
            recent = (self._now - at.at).days <= _OPEN_DAYS
            yield from self._referrals(scene, at, recent=recent)
            if recent:
                yield from self._orders_ahead(scene, at)
                if self._dice.chance(_TASKED):
                    yield self._task(scene, at, done=False)
            elif self._dice.chance(_DONE_TASKS):
                yield self._task(scene, at, done=True)

    def _care_plans(self) -> Iterator[Entry]:
        for name, onset in self._life.illnesses.items():
            illness = ILLNESSES[name]
            if not illness.goals or not self._dice.chance(_PLANNED):
                continue
            since = max(onset + dt.timedelta(days=20), self._moments.first_day)
            if since > self._now.date():
                continue
            content = CarePlan(
                title=f"Care plan: {illness.name}",
                text=f"Agreed with the patient. Goals: {'; '.join(illness.goals)}.",
                starts=since,
                goals=illness.goals,
                activities=("Visit every 3 to 6 months", "Medications reviewed at each visit"),
                addresses=(self._problems[illness.icd],),
            )
            yield self._moments.entry(content, self._dice.id(CarePlanId), since)

    def _referrals(self, scene: Scene, seen: Seen, *, recent: bool) -> Iterator[Entry]:
        names = scene.illnesses[:1]
        wanted = [(ILLNESSES[name].referral, ILLNESSES[name].icd) for name in names]
        if scene.outcome and scene.outcome.referral:
            wanted.append((scene.outcome.referral, scene.outcome.icd))
        for specialty, icd in wanted:
            if not specialty or not self._dice.chance(_REFERRED):
                continue
            done = not recent or self._dice.chance(0.3)
            words = ILLNESSES[names[0]].name if names else scene.facts.get("reason", "")
            reason = codes.problem(words, icd) if names and icd == ILLNESSES[names[0]].icd else None
            if reason is None and scene.outcome:
                reason = codes.problem(scene.outcome.name, icd)
            yield self._order(
                seen,
                code=codes.concept(f"Referral to {specialty.lower()}"),
                category=OrderCategory.REFERRAL,
                status=RequestStatus.COMPLETED if done else RequestStatus.ACTIVE,
                specialty=specialty,
                reasons=(reason,) if reason else (),
            )

    def _orders_ahead(self, scene: Scene, seen: Seen) -> Iterator[Entry]:
        """Labs to be taken before the next visit."""
        for name in scene.illnesses[:2]:
            for key, months in ILLNESSES[name].panels.items():
                if not self._dice.chance(_ORDERED_AHEAD) or key == "inr":
                    continue
                panel, illness = PANELS[key], ILLNESSES[name]
                yield self._order(
                    seen,
                    code=codes.measured(panel.name, panel.loinc),
                    category=OrderCategory.LAB,
                    status=RequestStatus.ACTIVE,
                    wanted_on=scene.day + dt.timedelta(days=round(months * 30 / 2)),
                    fasting=panel.fasting,
                    reasons=(codes.problem(illness.name, illness.icd, illness.snomed),),
                )
                return

    def _order(self, seen: Seen, **given: object) -> Entry:
        order = self._dice.id(OrderId)
        at = min(seen.at + dt.timedelta(minutes=14), self._now)
        content = Order.model_validate(
            {
                "priority": Priority.URGENT if self._dice.chance(0.06) else Priority.ROUTINE,
                "ordered_at": at,
                "requester_id": seen.provider,
                "placer_number": order.partition("_")[2],
                **given,
            }
        )
        return Entry(content, order, at, SIGNERS[seen.provider], seen.encounter)

    def _task(self, scene: Scene, seen: Seen, *, done: bool) -> Entry:
        dice, by = self._dice, SIGNERS[seen.provider]
        choices = _TASKS_OF_CHILDREN if scene.child else _TASKS
        due = seen.at.date() + dt.timedelta(days=dice.randrange(2, 30))
        content = Task.model_validate(
            {
                "what": dice.one(choices),
                "status": TaskStatus.COMPLETED if done else TaskStatus.REQUESTED,
                "priority": Priority.URGENT if dice.chance(0.1) else Priority.ROUTINE,
                "owner_id": None if not done and dice.chance(_NOBODYS) else by.user_id,
                "due": due,
                "outcome": "Done." if done else None,
            }
        )
        at = min(seen.at + dt.timedelta(minutes=20), self._now)
        return Entry(content, dice.id(ChartTaskId), at, by, seen.encounter)
