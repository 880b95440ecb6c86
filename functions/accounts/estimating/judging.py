"""Whether an estimate is owed for a visit, by what is known of it now: 45 CFR 149.610(b)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from caresmith.ids import PracticeId
from caresmith.records.appointment import VisitView
from caresmith.records.coverage import CoveredChart, covered_chart
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.people import Person
from caresmith.records.revenue.standing import Outcome, StandingItem, read_standings
from functions.accounts.estimating.deadlines import BusinessDays, deadline, deadline_of_change
from functions.accounts.estimating.records import EstimateItem, Kept, Owed, OwedItem, Why

_CANCELLED: Final = frozenset({"cancelled", "entered-in-error"})


@dataclass(frozen=True)
class Verdict:
    """What holds for the visit."""

    state: Owed
    since: dt.date
    day: dt.date
    why: Why | None = None
    due: dt.date | None = None
    estimate: EstimateItem | None = None


@dataclass
class Payer:
    """Who pays for the person, read once for however many visits."""

    practice: PracticeId
    person: Person
    known: Kept
    setup: PracticeSetup

    @cached_property
    def _chart(self) -> CoveredChart:
        return covered_chart(self.practice, self.person.patient_id)

    @cached_property
    def _standings(self) -> dict[str, StandingItem]:
        found = read_standings(self.practice, [one.coverage_id for one in self._chart.coverages])
        return {str(key): item for key, item in found.items()}

    def pays_self(self, day: dt.date) -> bool:
        """Without a policy that is active on that day, or because they want it so."""
        return self.known.pays_self or not any(
            self._is_active(one.coverage_id) for one in self._chart.on(day)
        )

    def _is_active(self, coverage: str) -> bool:
        """What no payer was asked about counts: the patient says that it is so."""
        standing = self._standings.get(coverage)
        return standing is None or standing.outcome != Outcome.INACTIVE

    # -- visits -----------------------------------------------------------------

    def judge(
        self, visit: VisitView, before: OwedItem | None, *, set_on: dt.date | None, today: dt.date
    ) -> Verdict | None:
        """What holds for it; None where nothing has to be written down.

        ``set_on`` is the day on which the visit got its day, where an event has just told it.
        """
        day = visit.start.astimezone(self.setup.zone_of(visit.location_id)).date()
        since = self._since(before, day, set_on, today)
        if visit.status in _CANCELLED or not set(visit.patient_ids) & set(self.person.charts):
            return self._over(before, since, day, Why.CANCELLED)
        made = self._estimate_for(visit, day)
        if made is not None:
            return Verdict(Owed.MADE, since, day, estimate=made)
        if not visit.awaited:
            return self._over(before, since, day, Why.OVER)
        by_hand = before is not None and before.why == Why.BY_HAND and _same_day(before, day)
        return None if by_hand else self._awaited(visit, before, since, day, today)

    def _awaited(
        self,
        visit: VisitView,
        before: OwedItem | None,
        since: dt.date,
        day: dt.date,
        today: dt.date,
    ) -> Verdict:
        if not self.pays_self(day):
            return Verdict(Owed.OFF, since, day, why=Why.INSURED)
        if before is not None and before.why == Why.INSURED:
            # Nobody could know it before.
            since = max(since, today)
        due = self._due(visit, before, since, day)
        if due is None:
            return Verdict(Owed.OFF, since, day, why=Why.SHORT_NOTICE)
        return Verdict(Owed.OWED, since, day, due=due)

    def _over(
        self, before: OwedItem | None, since: dt.date, day: dt.date, why: Why
    ) -> Verdict | None:
        """What was never owed is not written down when it no longer can be."""
        if before is None or (before.state == Owed.MADE and why is Why.OVER):
            return None
        return Verdict(Owed.OFF, since, day, why=why)

    def _since(
        self, before: OwedItem | None, day: dt.date, set_on: dt.date | None, today: dt.date
    ) -> dt.date:
        if before is None or not _same_day(before, day):
            return set_on or today
        known = dt.date.fromisoformat(before.since)
        return max(known, set_on) if set_on else known

    def _estimate_for(self, visit: VisitView, day: dt.date) -> EstimateItem | None:
        return next(
            (
                one
                for one in self.known.estimates
                if one.service_day == day.isoformat()
                and one.appointment_id in (None, visit.appointment_id)
            ),
            None,
        )

    def _due(
        self, visit: VisitView, before: OwedItem | None, since: dt.date, day: dt.date
    ) -> dt.date | None:
        days = BusinessDays(self.setup.practice)
        by_scheduling = deadline(days, scheduled_on=since, service_day=day)
        estimates = self.known.estimates
        changed = any(one.appointment_id == visit.appointment_id for one in estimates) or (
            before is not None and before.estimate_id is not None
        )
        by_change = deadline_of_change(days, since, day) if changed else None
        return min((one for one in (by_scheduling, by_change) if one), default=None)


def _same_day(before: OwedItem, day: dt.date) -> bool:
    return bool(before.service_day == day.isoformat())
