"""The fee of a line, and who bears what of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.claims.line import ServiceLine
from scripts.payer.decision import NOTHING, Spent
from scripts.payer.rules import Plan, fits

CO: Final = AdjustmentGroup.CONTRACTUAL
PR: Final = AdjustmentGroup.PATIENT
Cut = tuple[Adjustment, int, tuple[str, ...]]
"""A reason (without an amount), by how many per cent, and remarks."""


@dataclass(frozen=True, slots=True)
class Price:
    allowed: Money = NOTHING
    paid: Money = NOTHING
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class Limits:
    """What a person has paid of the year so far; it goes on while lines are priced."""

    plan: Plan
    spent: Spent
    copay_due: bool

    @property
    def deductible_left(self) -> int:
        return max(self.plan.deductible.cents - self.spent.deductible.cents, 0)

    @property
    def out_of_pocket_left(self) -> int:
        return max(self.plan.out_of_pocket.cents - self.spent.out_of_pocket.cents, 0)


def share(cents: int, percent: int) -> int:
    """So many per cent, rounded half up."""
    return (cents * percent + 50) // 100


def fee_of(plan: Plan, code: str, charge: Money, units: int) -> int:
    """Cents allowed for so many thousandths of a unit; never more than the charge."""
    for pattern, fee in plan.fees.items():
        if fits(pattern, code):
            return min((fee.cents * units + 500) // 1000, charge.cents)
    return share(charge.cents, plan.fee_percent)


def price(line: ServiceLine, code: str, limits: Limits, cuts: Iterable[Cut] = ()) -> Price:
    """What is paid first: fee, cuts, copay, deductible, coinsurance, limit of the year."""
    plan, charge = limits.plan, line.charge.cents
    allowed = fee_of(plan, code, line.charge, line.quantity.thousandths)
    found = [(CO, "45", charge - allowed)]
    remarks: tuple[str, ...] = ()
    for reason, percent, said in cuts:
        cut = share(allowed, percent)
        found.append((reason.group, reason.reason, cut))
        allowed -= cut
        remarks += said
    copay = deductible = coinsurance = 0
    if not any(fits(one, code) for one in plan.free_codes):
        if limits.copay_due and any(fits(one, code) for one in plan.copay_codes):
            copay = min(plan.copay.cents, allowed)
        deductible = min(limits.deductible_left, allowed - copay)
        coinsurance = share(allowed - copay - deductible, plan.coinsurance)
        # Beyond the year's limit nothing is the patient's any more.
        over = max(copay + deductible + coinsurance - limits.out_of_pocket_left, 0)
        less = min(over, coinsurance)
        coinsurance, over = coinsurance - less, over - less
        less = min(over, deductible)
        deductible, over = deductible - less, over - less
        copay -= over
    if copay:
        limits.copay_due = False
    limits.spent += Spent(
        deductible=Money(deductible), out_of_pocket=Money(copay + deductible + coinsurance)
    )
    paid = allowed - copay - deductible - coinsurance
    cut = share(paid, plan.sequestration)
    found += [(PR, "1", deductible), (PR, "2", coinsurance), (PR, "3", copay), (CO, "253", cut)]
    return Price(
        allowed=Money(allowed),
        paid=Money(paid - cut),
        adjustments=tuple(Adjustment(g, reason, Money(c)) for g, reason, c in found if c),
        remarks=remarks,
    )
