"""How policies stand: one item each, read together; what the desk sees of it at a glance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from zoneinfo import ZoneInfo

from caresmith.clock import Instant, from_text
from caresmith.ids import CoverageId, EligibilityId, PracticeId
from caresmith.records.coverage import CoverageRead, CoveredChart
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.payer import Directory, payer_directory
from caresmith.records.revenue.standing import (
    Glance,
    Outcome,
    StandingItem,
    open_glance,
    read_standings,
)
from functions.coverage.asking import CannotAsk, question
from functions.coverage.benefits import About, Accumulator, Benefits, Cost
from functions.coverage.models import Badge, Standing
from functions.coverage.settings import CoverageSettings, coverage_settings
from functions.coverage.words import OFFICE_VISITS, WHOLE_PLAN

_LATE: Final = dt.timedelta(minutes=30)
"""How late a schedule may come."""


@dataclass(frozen=True)
class Desk:
    """What every judgement of a standing needs of its practice."""

    setup: PracticeSetup
    settings: CoverageSettings
    directory: Directory
    now: Instant

    @property
    def practice(self) -> PracticeId:
        return self.setup.practice.id

    @property
    def today(self) -> dt.date:
        return self.setup.practice.day_at(self.now)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.setup.practice.zone)

    def day_of(self, at: str) -> dt.date:
        """The practice's day of an instant as it is stored."""
        return from_text(at).astimezone(self.zone).date()

    def fingerprint(self, chart: CoveredChart, policy: CoverageRead) -> str:
        """Of what a payer would be told today; "" where it can't be asked."""
        try:
            asked = question(
                chart,
                policy,
                self.directory.of(policy),
                self.setup,
                service_types=self.settings.service_types,
                day=self.today,
            )
        except CannotAsk:
            return ""
        return asked.fingerprint


def desk_of(practice: PracticeId, now: Instant) -> Desk:
    """Set-up, settings and directory: three reads at most."""
    return Desk(
        practice_setup(practice),
        coverage_settings(practice).settings,
        payer_directory(practice),
        now,
    )


def read_standing(practice: PracticeId, coverage: CoverageId) -> StandingItem | None:
    return read_standings(practice, [coverage]).get(coverage)


def standings(desk: Desk, chart: CoveredChart) -> list[Standing]:
    """Those of a chart, in the order in which its policies pay."""
    items = read_standings(desk.practice, [one.coverage_id for one in chart.coverages])
    return [shown(desk, chart, one, items.get(one.coverage_id)) for one in chart.coverages]


def shown(
    desk: Desk, chart: CoveredChart, policy: CoverageRead, item: StandingItem | None
) -> Standing:
    glance = open_glance(desk.practice, item)
    outcome = Outcome(item.outcome) if item and item.outcome else None
    stale = _stale(desk, chart, policy, item, glance) if item and outcome else None
    return Standing(
        patient_id=chart.patient_id,
        coverage_id=policy.coverage_id,
        order=policy.order,
        payer_name=policy.payer_name,
        holds_today=policy.holds_on(desk.today),
        badge=_badge(outcome, stale),
        outcome=outcome,
        reason=item.reason if item else None,
        stale_because=stale,
        checked_at=from_text(item.checked_at) if item and item.checked_at else None,
        eligibility_id=(
            EligibilityId(item.eligibility_id) if item and item.eligibility_id else None
        ),
        retry_at=retry_of(item, desk.now),
        asking=is_asking(item, desk.now),
        glance=glance,
    )


def is_asking(item: StandingItem | None, now: Instant) -> bool:
    """Whether somebody has put the question and waits for the answer."""
    return bool(item and item.asking_until and from_text(item.asking_until) > now)


def retry_of(item: StandingItem | None, now: Instant) -> Instant | None:
    """When it is tried again by itself; None also for a time that has passed: it was lost."""
    at = from_text(item.retry_at) if item and item.retry_at else None
    return at if at is not None and at + _LATE > now else None


def _badge(outcome: Outcome | None, stale: object) -> Badge:
    if outcome is None:
        return "never"
    if outcome is Outcome.UNVERIFIED:
        return "unverified"
    if stale:
        return "stale"
    return "active" if outcome is Outcome.ACTIVE else "inactive"


def _stale(
    desk: Desk,
    chart: CoveredChart,
    policy: CoverageRead,
    item: StandingItem,
    glance: Glance,
) -> Literal["old", "changed"] | None:
    if glance.fingerprint and glance.fingerprint != desk.fingerprint(chart, policy):
        return "changed"
    told = item.told_at or item.checked_at
    if told and (desk.today - desk.day_of(told)).days > desk.settings.stale_days:
        return "old"
    return None


def same_question(desk: Desk, item: StandingItem, fingerprint: str) -> bool:
    """Whether what is known was found out by the question that would be put now."""
    return open_glance(desk.practice, item).fingerprint == fingerprint


def glance_of(
    said: Benefits, fingerprint: str, payer_name: str, service_types: Sequence[str]
) -> Glance:
    copay = _office(said.copays)
    share = _office(said.coinsurance)
    deductible = _own(said.deductibles)
    return Glance(
        fingerprint=fingerprint,
        service_types=list(service_types),
        payer_name=payer_name,
        plan=said.plan,
        begins=said.begins,
        ends=said.ends,
        copay=copay[1].amount if copay else None,
        copay_for=copay[0] if copay else "",
        coinsurance=share[1].percent if share else None,
        deductible_left=deductible.left if deductible else None,
        other_insurance=bool(said.others),
    )


def _office(costs: Sequence[Cost]) -> tuple[str, Cost] | None:
    """What a visit at the office costs in the network, by the first service type that says so."""
    for code in OFFICE_VISITS:
        fitting = [one for one in costs if code in one.about.services and _ours(one.about)]
        if fitting:
            return code, min(fitting, key=lambda c: (c.about.network != "in", bool(c.about.notes)))
    return None


def _own(found: Sequence[Accumulator]) -> Accumulator | None:
    """The patient's own deductible of the whole plan, in the network."""
    fitting = [
        one
        for one in found
        if one.left is not None
        and one.about.level in ("", "IND")
        and WHOLE_PLAN in one.about.services
        and _ours(one.about)
    ]
    return min(fitting, key=lambda a: a.about.network != "in", default=None)


def _ours(about: About) -> bool:
    """In the network, or where the payer makes no difference."""
    return about.network != "out"
