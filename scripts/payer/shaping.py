"""How a decision is told: split, in another order, without numbers or without lines."""

from __future__ import annotations

from collections.abc import Iterator

from caresmith.money import Money
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.claims.model import ProfessionalClaim
from caresmith.x12.values import Quantity
from scripts.payer import actions
from scripts.payer.decision import Decision, LineDecision, merged, total
from scripts.payer.matching import Matcher


def shaped(decision: Decision, matcher: Matcher, claim: ProfessionalClaim) -> Decision:
    """The same sums, told as the rules want it."""
    lines = list(_split(decision.lines, matcher, claim))
    if matcher.first(actions.Reorder, claim):
        lines.reverse()
    if matcher.first(actions.Unnumbered, claim):
        lines = [line.model_copy(update={"number": ""}) for line in lines]
    if matcher.first(actions.WithoutLines, claim):
        every = merged(one for line in lines for one in line.adjustments)
        return decision.model_copy(update={"lines": (), "adjustments": every})
    return decision.model_copy(update={"lines": tuple(lines)})


def _split(
    lines: tuple[LineDecision, ...], matcher: Matcher, claim: ProfessionalClaim
) -> Iterator[LineDecision]:
    for at, line in enumerate(lines):
        several = line.units >= Quantity.of(2)
        if not several or next(matcher.of_line(actions.Split, claim, at), None) is None:
            yield line
        else:
            yield from halves(line)


def halves(line: LineDecision) -> tuple[LineDecision, LineDecision]:
    """Two lines that come to the one, each of which adds up."""
    charge, paid, allowed = (
        Money(one.cents // 2) for one in (line.charge, line.paid, line.allowed)
    )
    units = Quantity.of(line.units.thousandths // 2000)
    taken = [Adjustment(a.group, a.reason, Money(a.amount.cents // 2)) for a in line.adjustments]
    # Halves of cents come together in the first reason.
    missing = charge - total(taken) - paid
    if missing and taken:
        first = taken[0]
        taken[0] = Adjustment(first.group, first.reason, first.amount + missing)
    elif missing:
        paid = paid + missing
    first_taken = merged(taken)
    others = [*line.adjustments, *(Adjustment(a.group, a.reason, -a.amount) for a in first_taken)]
    one = line.model_copy(
        update={
            "charge": charge,
            "paid": paid,
            "allowed": allowed,
            "units": units,
            "adjustments": first_taken,
        }
    )
    two = line.model_copy(
        update={
            "charge": line.charge - charge,
            "paid": line.paid - paid,
            "allowed": line.allowed - allowed,
            "units": Quantity(line.units.thousandths - units.thousandths),
            "adjustments": merged(others),
        }
    )
    return one, two
