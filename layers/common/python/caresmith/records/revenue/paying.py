"""Who pays for what is done on a day, by the chart: health plans, and insurers of accidents.

Workers' compensation, automobile and liability insurance pays for what one accident
caused, before every health plan (42 CFR 411.40 and 411.50; health plans' coordination of
benefits), and for nothing else. So such a policy is no payer of a visit that no accident
caused, and its place in the chart's order says nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.records.coverage import Coverage, CoverageRead, CoveredChart, PlanType
from caresmith.records.revenue.payer import Directory, PayerFacts
from caresmith.records.revenue.sheet import Accident

WORK, AUTO, LIABILITY = "WC", "AM", "LM"
CASUALTY_FILINGS: Final = frozenset({WORK, AUTO, LIABILITY})
"""TR3 837P SBR09: property and casualty."""
_BY_PLAN: Final = {PlanType.WORKERS_COMPENSATION: WORK, PlanType.AUTO: AUTO}
MOST_PAYERS: Final = 9
"""Of one sheet: TR3 837P 2000B and 2320 SBR01, from P on."""


def filing_of(policy: Coverage, payer: PayerFacts | None) -> str:
    """SBR09: the policy's own, else by what kind of plan it is, else the payer's usual one."""
    by_plan = _BY_PLAN.get(policy.plan_type) if policy.plan_type else None
    return policy.filing or by_plan or (payer.filing if payer else "")


def is_casualty(policy: Coverage, payer: PayerFacts | None) -> bool:
    """Whether the policy pays for accidents alone."""
    return filing_of(policy, payer) in CASUALTY_FILINGS


def payers_by_chart(
    chart: CoveredChart, directory: Directory, day: dt.date, accident: Accident | None
) -> list[CoverageRead]:
    """The policies that pay on that day, in order: an accident's insurers before health plans."""
    insurers: list[CoverageRead] = []
    plans: list[CoverageRead] = []
    for policy in chart.on(day):
        payer = directory.of(policy)
        filing = filing_of(policy, payer.facts if payer else None)
        if filing not in CASUALTY_FILINGS:
            plans.append(policy)
        elif accident and _pays_for(policy, filing, accident):
            insurers.append(policy)
    return [*insurers, *plans][:MOST_PAYERS]


def _pays_for(policy: Coverage, filing: str, accident: Accident) -> bool:
    if policy.accident_on is not None and policy.accident_on != accident.on:
        return False
    if filing == WORK:
        return accident.employment
    return accident.auto if filing == AUTO else not accident.employment
