"""What a payer made of a claim, line by line: it always adds up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.claims.line import LineProcedure
from caresmith.x12.remittance.model import ClaimStatus
from caresmith.x12.values import Period, Quantity

NOTHING = Money(0)


class Told(BaseModel):
    model_config = ConfigDict(frozen=True)


def total(adjustments: Iterable[Adjustment]) -> Money:
    return Money(sum(one.amount.cents for one in adjustments))


def merged(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """Each reason once in its group with the sum, in the order of the groups, but no zeros."""
    sums: dict[tuple[AdjustmentGroup, str], int] = {}
    for one in adjustments:
        key = (one.group, one.reason)
        sums[key] = sums.get(key, 0) + one.amount.cents
    ordered = sorted(sums.items(), key=lambda item: item[0][0])
    return tuple(Adjustment(*key, Money(cents)) for key, cents in ordered if cents)


class LineDecision(Told):
    """One line as it will be told (loop 2110)."""

    number: str
    """REF 6R, or "" where none was sent or is to be told."""
    procedure: LineProcedure
    submitted: LineProcedure | None = None
    """What was billed, where another procedure is paid."""
    units: Quantity
    service: Period
    charge: Money
    allowed: Money = NOTHING
    paid: Money = NOTHING
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """TR3 X221A1 1.10.2.1."""
        if self.charge - total(self.adjustments) != self.paid:
            raise ValueError("the line does not add up")
        return self

    def patient(self) -> Money:
        return total(one for one in self.adjustments if one.group is AdjustmentGroup.PATIENT)


class Spent(Told):
    """What counts towards a person's limits of a year."""

    deductible: Money = NOTHING
    out_of_pocket: Money = NOTHING

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            deductible=self.deductible + other.deductible,
            out_of_pocket=self.out_of_pocket + other.out_of_pocket,
        )

    def __neg__(self) -> Spent:
        return Spent(deductible=-self.deductible, out_of_pocket=-self.out_of_pocket)


class Decision(Told):
    """One claim as it will be told (loop 2100)."""

    icn: str
    """CLP07."""
    control: str
    status: ClaimStatus
    frequency: str
    charge: Money
    paid: Money
    adjustments: tuple[Adjustment, ...] = ()
    """Of the claim itself, where no lines are told."""
    lines: tuple[LineDecision, ...] = ()
    remarks: tuple[str, ...] = ()
    """MOA."""
    forwarded: tuple[str, str] | None = None
    """Name and id of the payer to whom it was sent on."""
    replaces: str = ""
    """The payer's number of the claim before (REF F8)."""
    corrected_id: str = ""
    spent: dict[str, Spent] = {}
    """By person and year."""
    services: tuple[str, ...] = ()
    """Those that it does not deny: billed again they are duplicates."""
    copay_visit: str = ""
    """The visit of which it took the copay."""
    received: date

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """TR3 X221A1 1.10.2.2."""
        taken = total(self.adjustments) + total(a for line in self.lines for a in line.adjustments)
        if self.charge - taken != self.paid:
            raise ValueError("the claim does not add up")
        return self

    @property
    def every_adjustment(self) -> tuple[Adjustment, ...]:
        return (*self.adjustments, *(a for line in self.lines for a in line.adjustments))

    @property
    def patient(self) -> Money:
        """CLP05: what the patient owes of it."""
        return total(one for one in self.every_adjustment if one.group is AdjustmentGroup.PATIENT)

    @property
    def allowed(self) -> Money:
        return Money(sum(one.allowed.cents for one in self.lines))

    @property
    def denied(self) -> bool:
        return not self.paid and not self.patient

    def reversed(self) -> Decision:
        """The same with all amounts turned round (TR3 X221A1 1.10.2.8)."""
        return self.model_copy(
            update={
                "status": ClaimStatus.REVERSAL,
                "charge": -self.charge,
                "paid": -self.paid,
                "adjustments": _turned(self.adjustments),
                "lines": tuple(
                    line.model_copy(
                        update={
                            "charge": -line.charge,
                            "paid": -line.paid,
                            "allowed": -line.allowed,
                            "adjustments": _turned(line.adjustments),
                        }
                    )
                    for line in self.lines
                ),
                "spent": {key: -one for key, one in self.spent.items()},
                "forwarded": None,
            }
        )


def _turned(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(one.group, one.reason, -one.amount) for one in adjustments)
