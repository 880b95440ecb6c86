"""What a person should look at in the order in which a chart's policies pay.

These are hints, not rules that refuse: which plan pays first is agreed between
payers, and a court's order or an employer's size is nothing that a chart knows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from caresmith.records.coverage import Coverage, CoverageRead, PlanType, Subscriber
from caresmith.records.revenue.paying import is_casualty

_NOT_ORDERED_BY_BIRTHDAY: Final = frozenset(
    {PlanType.MEDICAID, PlanType.MEDICAID_MANAGED, PlanType.MEDICARE, PlanType.MEDIGAP}
)
_MEDICARE: Final = frozenset({PlanType.MEDICARE})
_LAST: Final = frozenset({PlanType.MEDICAID, PlanType.MEDICAID_MANAGED})


def hints(coverages: Sequence[CoverageRead], today: dt.date) -> list[str]:
    """Sentences about the policies that hold today, in the order in which they pay."""
    # An accident's insurer stands outside of this order.
    held = [one for one in coverages if one.holds_on(today) and not is_casualty(one, None)]
    return [*_gap(held), *_last_resort(held), *_medigap(held), *_medicare(held), *_parents(held)]


def _gap(held: Sequence[Coverage]) -> list[str]:
    if held and held[0].order > 1:
        return ["No policy pays first today: the first one has ended, or is not entered."]
    return []


def _last_resort(held: Sequence[Coverage]) -> list[str]:
    """Medicaid pays what nobody else does (42 CFR 433.136 to 433.139)."""
    for one, after in combinations(held, 2):
        if one.plan_type in _LAST and after.plan_type not in _LAST:
            return [f"Medicaid pays last: {after.payer_name} should come before it."]
    return []


def _medigap(held: Sequence[Coverage]) -> list[str]:
    for one, after in combinations(held, 2):
        if one.plan_type is PlanType.MEDIGAP and after.plan_type in _MEDICARE:
            return [f"A Medicare supplement pays after Medicare: {after.payer_name} comes first."]
    return []


def _medicare(held: Sequence[Coverage]) -> list[str]:
    return [
        f"{one.payer_name} does not pay first: claims need the reason (Medicare Secondary Payer)."
        for one in held
        if one.plan_type in _MEDICARE and one.order > 1 and one.msp_reason is None
    ]


def _parents(held: Sequence[Coverage]) -> list[str]:
    """The birthday rule of the NAIC's model for coordination of benefits (model 120, 5.D(2)).

    Of two parents' plans that of the parent whose birthday comes first in the year pays
    first; on the same birthday, the plan that has covered its parent for longer.
    """
    plans = [
        one
        for one in held
        if one.relationship is Subscriber.CHILD and one.plan_type not in _NOT_ORDERED_BY_BIRTHDAY
    ]
    for one, after in combinations(plans, 2):
        first, second = one.subscriber_birth_date, after.subscriber_birth_date
        if first is None or second is None:
            return [
                "Two parents' plans: the birthday rule needs both parents' birth dates. Enter them."
            ]
        if (second.month, second.day) < (first.month, first.day):
            return [
                (
                    f"Two parents' plans: by the birthday rule {after.payer_name} pays before "
                    f"{one.payer_name}, unless a court has ordered otherwise."
                )
            ]
    return []
