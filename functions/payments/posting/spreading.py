"""Dividing what is told once over several lines, to the cent and always in the same way."""

from __future__ import annotations

from collections.abc import Sequence

from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment, SaidLine


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` in proportion to ``weights``, which are not negative; the sum is exact.

    What rounding leaves goes to the largest remainders, of equal ones to the first. No
    share exceeds its weight where the amount does not exceed their sum.
    """
    total = sum(weights)
    if not total:
        return [amount, *[0] * (len(weights) - 1)]
    sign, whole = (-1, -amount) if amount < 0 else (1, amount)
    parts = [divmod(whole * weight, total) for weight in weights]
    found = [quotient for quotient, _ in parts]
    missing = whole - sum(found)
    order = sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))
    for at in order[:missing]:
        found[at] += 1
    return [sign * one for one in found]


def divided(
    charges: Sequence[int], paid: int, adjustments: Sequence[SaidAdjustment]
) -> list[tuple[int, list[SaidAdjustment]]]:
    """What was paid and adjusted of a sum of charges, for each charge alone.

    ``paid`` and the adjustments come to the sum of the charges, and do so for each of
    them afterwards. Of a takeback all is negative.
    """
    sign = -1 if sum(charges) < 0 else 1
    room = [sign * charge for charge in charges]
    amounts: list[tuple[int, SaidAdjustment | None]] = [
        (sign * paid, None),
        *((sign * one.amount.cents, one) for one in adjustments),
    ]
    # What gives back comes first: it makes room for what takes.
    amounts.sort(key=lambda one: one[0] >= 0)
    of_line: list[tuple[int, list[SaidAdjustment]]] = [(0, []) for _ in charges]
    for amount, adjustment in amounts:
        weights = [max(0, one) for one in room]
        for at, share in enumerate(shares(amount, weights)):
            room[at] -= share
            if not share:
                continue
            before, reasons = of_line[at]
            if adjustment is None:
                of_line[at] = (before + sign * share, reasons)
            else:
                part = adjustment.model_copy(update={"amount": Money(sign * share)})
                reasons.append(part)
    return of_line


def with_claim_level(
    lines: Sequence[SaidLine], adjustments: Sequence[SaidAdjustment]
) -> list[SaidLine]:
    """The lines with what was adjusted of the claim as a whole: it lowers what they were paid."""
    found = list(lines)
    for one in adjustments:
        sign = -1 if sum(line.paid.cents for line in found) < 0 else 1
        paid = [max(0, sign * line.paid.cents) for line in found]
        weights = paid if sum(paid) else [abs(line.charge.cents) for line in found]
        for at, share in enumerate(shares(one.amount.cents, weights)):
            if share:
                line = found[at]
                part = one.model_copy(update={"amount": Money(share)})
                found[at] = line.model_copy(
                    update={
                        "paid": Money(line.paid.cents - share),
                        "adjustments": (*line.adjustments, part),
                    }
                )
    return found


def added(lines: Sequence[SaidLine]) -> SaidLine:
    """Several parts of one line of ours together; equal reasons become one."""
    reasons: dict[tuple[str, str], SaidAdjustment] = {}
    for line in lines:
        for one in line.adjustments:
            key = (one.group.value, one.reason)
            known = reasons.get(key)
            amount = one.amount + known.amount if known else one.amount
            reasons[key] = one.model_copy(update={"amount": amount})
    allowed = [line.allowed for line in lines if line.allowed is not None]
    return SaidLine(
        line=lines[0].line,
        charge=Money(sum(line.charge.cents for line in lines)),
        paid=Money(sum(line.paid.cents for line in lines)),
        adjustments=tuple(one for one in reasons.values() if one.amount),
        allowed=Money(sum(one.cents for one in allowed)) if allowed else None,
    )
