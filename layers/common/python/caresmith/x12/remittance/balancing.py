"""Does a remittance add up? TR3 X221A1 section 1.10.2, at its three levels.

- Service: SVC02 less the line's adjustments is SVC03.
- Claim: CLP03 less all adjustments, the claim's and its lines', is CLP04.
- Transaction: the claims' CLP04 less the provider adjustments (PLB) is BPR02.
"""

from __future__ import annotations

from typing import Final

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.flaws import Place
from caresmith.x12.remittance.model import (
    ClaimPayment,
    ClaimStatus,
    Imbalance,
    Level,
    PaymentHeader,
    ProviderAdjustment,
)

KEPT: Final = 100
"""Imbalances that are kept; all are counted."""
_PAYMENT_ONLY: Final = "D"
"""BPR01: the remittance comes by another way, so there is nothing to compare."""


def _total(adjustments: tuple[Adjustment, ...]) -> int:
    return sum(one.amount.cents for one in adjustments)


class Balance:
    """Adds claims as they come and keeps no more than sums and what did not fit."""

    def __init__(self) -> None:
        self.claims = 0
        self.charged = 0
        self.paid = 0
        self.imbalances: list[Imbalance] = []
        self.imbalance_count = 0

    def add(self, claim: ClaimPayment) -> tuple[Imbalance, ...]:
        """Count the claim; what is wrong with it is returned and kept as well."""
        self.claims += 1
        self.charged += claim.charge.cents
        # CLP02 25: priced, not paid.
        if claim.status is not ClaimStatus.PREDETERMINATION:
            self.paid += claim.paid.cents
        wrong = claim_imbalances(claim)
        for one in wrong:
            self._keep(one)
        return wrong

    def close(
        self,
        header: PaymentHeader,
        adjustments: tuple[ProviderAdjustment, ...],
        place: Place,
    ) -> None:
        """Compare the sum with what was paid; ``place`` is that of BPR."""
        if header.handling == _PAYMENT_ONLY:
            return
        levied = sum(one.amount.cents for one in adjustments)
        expected = self.paid - levied
        found = header.amount.cents if header.credit else -header.amount.cents
        if expected != found:
            self._keep(
                Imbalance(
                    Level.TRANSACTION,
                    place,
                    Money(expected),
                    Money(found),
                    f"the claims were paid {Money(self.paid)}, provider adjustments (PLB) take "
                    f"{Money(levied)}: that leaves {Money(expected)}, but the payment (BPR02) "
                    f"is {Money(found)}",
                )
            )

    def _keep(self, one: Imbalance) -> None:
        self.imbalance_count += 1
        if len(self.imbalances) < KEPT:
            self.imbalances.append(one)


def claim_imbalances(claim: ClaimPayment) -> tuple[Imbalance, ...]:
    """Each line and then the claim; the usual answer is ()."""
    wrong = []
    adjusted = _total(claim.adjustments)
    for line in claim.lines:
        less = _total(line.adjustments)
        adjusted += less
        if line.charge.cents - less != line.paid.cents:
            wrong.append(_imbalance(Level.SERVICE, line.place, line.charge, less, line.paid, "SVC"))
    if claim.charge.cents - adjusted != claim.paid.cents:
        wrong.append(
            _imbalance(Level.CLAIM, claim.place, claim.charge, adjusted, claim.paid, "CLP")
        )
    return tuple(wrong)


_ELEMENTS: Final = {"SVC": ("SVC02", "SVC03"), "CLP": ("CLP03", "CLP04")}


def _imbalance(
    level: Level, place: Place, charge: Money, less: int, paid: Money, segment: str
) -> Imbalance:
    expected = Money(charge.cents - less)
    charged, payment = _ELEMENTS[segment]
    return Imbalance(
        level,
        place,
        expected,
        paid,
        f"{charged} {charge} less adjustments of {Money(less)} is {expected}, "
        f"but {payment} says that {paid} was paid",
    )
