"""Verifies by itself: some days before a visit, and when the patient comes to the desk.

A daily event begins a run in slices, one for each provider, each a short invocation by
a one-time schedule; a slice finds the policies that are not known well enough for a
visit and schedules each of them by itself, some seconds apart, so that a payer that
takes its twenty seconds holds nobody up. What is delivered twice schedules the same
names again, and asks nobody twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant, from_text, to_text
from caresmith.errors import NotFound
from caresmith.events import AppointmentStatusChanged, EligibilityDue
from caresmith.ids import CoverageId, EligibilityId, PatientId, PracticeId, ProviderId
from caresmith.records.appointment import VisitView, read_visit, visits_between
from caresmith.records.coverage import CoverageRead, CoveredChart, covered_chart
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.paying import is_casualty
from caresmith.records.revenue.standing import Outcome, StandingItem, open_glance, read_standings
from functions.coverage.errors import BeingAsked, PolicyEnded
from functions.coverage.reasons import TEMPORARY
from functions.coverage.records import Origin
from functions.coverage.scheduling import slice_at, verify_at
from functions.coverage.settings import coverage_settings
from functions.coverage.standing import Desk, desk_of, retry_of
from functions.coverage.verifying import Ask, Ports, verify

_HERE: Final = frozenset({"arrived", "checked-in"})
"""FHIR Appointment statuses in which the patient stands at the desk, or has."""
_SOON: Final = timedelta(seconds=5)
_APART: Final = timedelta(seconds=2)
_PATIENTS_PER_SLICE: Final = 60


class Verification:
    """The consumers and tasks, with the clock and the way out that they use."""

    def __init__(self, clock: Clock, out: Ports | None = None) -> None:
        self._clock, self._out = clock, out or Ports()

    def on_due(self, event: EligibilityDue) -> None:
        """Consumer: begin the day's run, a slice for each provider."""
        practice, now = event.practice_id, self._clock.now()
        if not coverage_settings(practice).settings.automatic:
            return
        for number, provider in enumerate(practice_setup(practice).providers):
            payload = {
                "practice_id": practice,
                "run": event.event_id,
                "provider_id": provider,
                "begin": to_text(now),
            }
            name = f"cover-{event.event_id}-{number}"
            slice_at(now + _SOON + timedelta(seconds=number), name, payload)

    def look_ahead(self, asked: Mapping[str, Any]) -> dict[str, int]:
        """Task: one provider's visits within the practice's days."""
        practice, now = PracticeId(asked["practice_id"]), self._clock.now()
        desk = desk_of(practice, now)
        if not desk.settings.automatic:
            return {}
        provider, begin = ProviderId(asked["provider_id"]), from_text(asked["begin"])
        ends = desk.today + timedelta(days=desk.settings.days_before + 1)
        end = dt.datetime.combine(ends, dt.time(0), desk.zone).astimezone(dt.UTC)
        audit().record(provider)
        seen: set[PatientId] = set()
        scheduled = 0
        for visit in visits_between(practice, provider, begin, end):
            for patient in visit.patient_ids if visit.awaited else ():
                if patient in seen:
                    continue
                seen.add(patient)
                scheduled += self._schedule(
                    desk, patient, visit.start, Origin.BEFORE_VISIT, scheduled
                )
            if len(seen) >= _PATIENTS_PER_SLICE:
                # The rest in another invocation.
                rest = {**asked, "begin": to_text(visit.start + timedelta(seconds=1))}
                rest.pop("task", None)
                name = f"cover-{asked['run']}-{visit.appointment_id[-8:]}"
                slice_at(now + _SOON, name, rest)
                break
        return {"patients": len(seen), "scheduled": scheduled}

    def on_appointment(self, event: AppointmentStatusChanged) -> None:
        """Consumer: the patient is here, and is not known well enough to be covered."""
        if event.to_status not in _HERE:
            return
        practice, now = event.practice_id, self._clock.now()
        visit = read_visit(practice, event.appointment_id)
        if visit is None or visit.status not in _HERE:
            return
        audit().record(visit.appointment_id)
        desk = desk_of(practice, now)
        if not (desk.settings.automatic and desk.settings.at_check_in):
            return
        self._for_visit(desk, visit)

    def again(self, asked: Mapping[str, Any]) -> dict[str, str]:
        """Task: verify one policy. What was settled meanwhile is left as it is."""
        visit_at, after = asked.get("visit_at"), asked.get("after")
        ask = Ask(
            origin=Origin(asked["origin"]),
            visit_at=from_text(visit_at) if visit_at else None,
            after=EligibilityId(after) if after else None,
        )
        try:
            checked = verify(
                PatientId(asked["patient_id"]),
                CoverageId(asked["coverage_id"]),
                ask,
                actor=current_actor(),
                now=self._clock.now(),
                out=self._out,
            )
        except (NotFound, PolicyEnded, BeingAsked):
            # The policy is gone or over, or somebody is asking just now.
            return {}
        return {"eligibility_id": checked.eligibility_id} if checked else {}

    def _for_visit(self, desk: Desk, visit: VisitView) -> None:
        for number, patient in enumerate(visit.patient_ids):
            self._schedule(desk, patient, visit.start, Origin.CHECK_IN, number)

    def _schedule(
        self, desk: Desk, patient: PatientId, start: Instant, origin: Origin, place: int
    ) -> int:
        """A schedule for each policy of the patient that is to be asked about; how many."""
        audit().about(patient)
        try:
            chart = covered_chart(desk.practice, patient)
        except NotFound:
            return 0
        audit().about(chart.patient_id)
        wanted = _wanted(desk, chart, start)
        for number, policy in enumerate(wanted):
            verify_at(
                desk.now + _SOON + (place + number) * _APART,
                _name(origin, policy.coverage_id, desk.today),
                practice=desk.practice,
                patient=chart.patient_id,
                coverage=policy.coverage_id,
                origin=origin,
                visit_at=start,
            )
        return len(wanted)


def _name(origin: Origin, coverage: CoverageId, day: dt.date) -> str:
    """One schedule a policy, day and cause: told twice, it is planned once."""
    return f"verify-{'in' if origin is Origin.CHECK_IN else 'pre'}-{coverage}-{day:%Y%m%d}"


def _wanted(desk: Desk, chart: CoveredChart, start: Instant) -> list[CoverageRead]:
    """The policies that hold on the day of the visit and are not known well enough for it."""
    visit_day = start.astimezone(desk.zone).date()
    # A payer is asked of today: a policy that begins with the visit is asked about then.
    held = [
        one
        for one in chart.on(visit_day)
        if one.holds_on(desk.today) and not _for_accidents(desk, one)
    ]
    items = read_standings(desk.practice, [one.coverage_id for one in held])
    return [
        one
        for one in held
        if not known_enough(desk, chart, one, items.get(one.coverage_id), visit_day)
    ]


def _for_accidents(desk: Desk, policy: CoverageRead) -> bool:
    """Such insurers are told of a case, and are asked no 270 before a visit."""
    payer = desk.directory.of(policy)
    return is_casualty(policy, payer.facts if payer else None)


def known_enough(
    desk: Desk,
    chart: CoveredChart,
    policy: CoverageRead,
    item: StandingItem | None,
    visit_day: dt.date,
) -> bool:
    """Whether nothing would be learnt by asking again before that visit.

    A payer's word holds from so many days before a visit on as the practice asks ahead,
    within the calendar month: memberships change with the month. A failure that no later
    try can mend has its line on the work list already.
    """
    if item is None or not item.outcome or not item.checked_at:
        return False
    glance = open_glance(desk.practice, item)
    if glance.fingerprint != desk.fingerprint(chart, policy):
        return False
    if item.outcome == Outcome.UNVERIFIED and item.reason in TEMPORARY:
        # While its own retries go on; after them the next day's run tries anew.
        return retry_of(item, desk.now) is not None or desk.day_of(item.checked_at) == desk.today
    checked = desk.day_of(item.checked_at)
    same_month = (checked.year, checked.month) == (visit_day.year, visit_day.month)
    recent = (visit_day - checked).days <= desk.settings.days_before
    return recent and (same_month or checked == desk.today)
