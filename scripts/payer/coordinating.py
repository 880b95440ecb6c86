"""Who has paid before, and what is left to pay (TR3 X222A1 1.4.1.1, X221A1 1.10.2.16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.claims.coverage import OtherCoverage
from caresmith.x12.claims.line import ServiceLine
from caresmith.x12.claims.model import ProfessionalClaim
from scripts.payer.decision import NOTHING
from scripts.payer.pricing import Price

_TURNS: Final = "PSTABCDEFGH"


@dataclass(frozen=True, slots=True)
class PriorLine:
    """What all payers before made of a line, in cents."""

    paid: int
    patient: int
    """What they left to the patient, and so to this payer."""


@dataclass(frozen=True, slots=True)
class Prior:
    lines: tuple[PriorLine, ...]


def prior_of(claim: ProfessionalClaim) -> Prior | None:
    """What the payers whose turn came before have told; None if there is none that told."""
    turn = claim.subscriber.responsibility
    before = [one for one in claim.others if _comes_before(one.responsibility, turn)]
    told = [one for one in before if one.paid is not None or _told_lines(claim, one)]
    if not told:
        return None
    # The last of them says what is still open, all of them what was paid.
    last = max(told, key=lambda one: _TURNS.find(one.responsibility))
    paid = [_paid(claim, one) for one in told]
    left = _left(claim, last)
    return Prior(
        tuple(PriorLine(sum(of[at] for of in paid), left[at]) for at in range(len(claim.lines)))
    )


def next_of(claim: ProfessionalClaim) -> OtherCoverage | None:
    """Whose turn comes behind this payer's."""
    turn = claim.subscriber.responsibility
    after = [one for one in claim.others if _comes_before(turn, one.responsibility)]
    return min(after, key=lambda one: _TURNS.find(one.responsibility), default=None)


def _comes_before(one: str, other: str) -> bool:
    return 0 <= _TURNS.find(one) < _TURNS.find(other)


def _told_lines(claim: ProfessionalClaim, one: OtherCoverage) -> bool:
    return any(a.payer_id == one.payer.id for line in claim.lines for a in line.adjudications)


def _paid(claim: ProfessionalClaim, one: OtherCoverage) -> list[int]:
    """By line; what is told of the claim alone is spread over the lines."""
    if _told_lines(claim, one):
        return [
            sum(a.paid.cents for a in line.adjudications if a.payer_id == one.payer.id)
            for line in claim.lines
        ]
    return spread(one.paid.cents if one.paid else 0, [line.charge.cents for line in claim.lines])


def _left(claim: ProfessionalClaim, one: OtherCoverage) -> list[int]:
    of_claim = spread(_patients(one.adjustments), [line.charge.cents for line in claim.lines])
    of_lines = [
        sum(_patients(a.adjustments) for a in line.adjudications if a.payer_id == one.payer.id)
        for line in claim.lines
    ]
    return [
        min(max(a + b, 0), line.charge.cents)
        for a, b, line in zip(of_claim, of_lines, claim.lines, strict=True)
    ]


def _patients(adjustments: Sequence[Adjustment]) -> int:
    return sum(one.amount.cents for one in adjustments if one.group is AdjustmentGroup.PATIENT)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """A sum over parts by their weights, to the cent."""
    whole = sum(weights)
    if not whole:
        return [total, *[0] * (len(weights) - 1)]
    ends = [total * so_far // whole for so_far in accumulate(weights)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def secondary(line: ServiceLine, own: Price, prior: PriorLine) -> Price:
    """The least of what this payer would have paid first, what it allows beyond what was
    paid before, and what was left open.

    What came before is one adjustment, OA-23; what stays open is the patient's
    as far as this payer would have left it to the patient, and else is written
    off under its contract (CO-45).
    """
    left = prior.patient
    beyond = max(own.allowed.cents - prior.paid, 0)
    paid = max(min(own.paid.cents, beyond, left), 0)
    rest = left - paid
    found = [Adjustment(AdjustmentGroup.OTHER, "23", Money(line.charge.cents - left))]
    for one in own.adjustments:
        if one.group is AdjustmentGroup.PATIENT and rest > 0:
            cents = min(one.amount.cents, rest)
            found.append(Adjustment(one.group, one.reason, Money(cents)))
            rest -= cents
    found.append(Adjustment(AdjustmentGroup.CONTRACTUAL, "45", Money(rest)))
    return Price(
        allowed=own.allowed if paid else NOTHING,
        paid=Money(paid),
        adjustments=tuple(one for one in found if one.amount),
        remarks=own.remarks,
    )
