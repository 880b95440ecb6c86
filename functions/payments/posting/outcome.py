"""What a settlement means: how each claim stands, and what somebody has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from caresmith.ids import ClaimId
from caresmith.money import Money
from caresmith.records.revenue.claim import ClaimState
from caresmith.records.revenue.ledger import LineId
from functions.payments.posting.settling import Settlement


class Finding(StrEnum):
    """What a biller has to look at once it is posted."""

    CREDIT = "credit"
    """More was paid on a line than it charged."""
    UNEXPLAINED = "unexplained"
    """Something of a line is neither paid nor anybody's."""
    TAKEN_BACK_UNKNOWN = "taken-back-unknown"
    """The payer takes back what was not posted here."""
    TAKEN_BACK_OTHERWISE = "taken-back-otherwise"
    """The payer takes back other amounts than it told."""
    PAID_AGAIN = "paid-again"
    """Two answers to one claim stand, and none was taken back."""
    REPEATED = "repeated"
    """The payer calls the claim a duplicate of the one that it has answered."""
    UNDERPAID = "underpaid"
    """The first payer allowed less than was expected."""


@dataclass(frozen=True, slots=True)
class Found:
    kind: Finding
    claim: ClaimId | None
    line: LineId | None
    cents: int = 0


def claim_states(settlement: Settlement) -> dict[ClaimId, ClaimState]:
    """The state of each claim that a payer has answered."""
    pairs = settlement.pairs
    found: dict[ClaimId, ClaimState] = {}
    for claim in pairs.reversed_claims() | {one.claim_id for one in pairs.unmatched}:
        found[claim] = ClaimState.REVERSED
    denied = {(one.claim, one.line) for one in settlement.denials}
    for claim in {one.claim_id for one in pairs.standing}:
        lines = {line.line for one in pairs.standing if one.claim_id == claim for line in one.lines}
        refused = {line for line in lines if (claim, line) in denied}
        good = sum(
            settlement.lines[line].allowed or 0
            if settlement.lines[line].turn == 1
            else _paid(settlement, claim, line)
            for line in lines
        )
        if not refused:
            found[claim] = ClaimState.PAID
        elif good > 0 or refused != lines:
            found[claim] = ClaimState.PARTLY_PAID
        else:
            found[claim] = ClaimState.DENIED
    return found


def paid_by_claim(settlement: Settlement) -> dict[ClaimId, dict[int, int]]:
    """What came in under the number of each claim, in cents, takebacks taken off: by the turn
    of the payer, for the next one answers under the number of the claim that was forwarded."""
    found: dict[ClaimId, dict[int, int]] = {}
    for one in settlement.pairs.every:
        turns = found.setdefault(one.claim_id, {})
        turns[one.turn] = turns.get(one.turn, 0) + one.paid.cents
    return found


def findings(settlement: Settlement, expected: Mapping[LineId, Money | None]) -> tuple[Found, ...]:
    found = []
    pairs = settlement.pairs
    for line, one in settlement.lines.items():
        claim = next(
            (s.claim_id for s in reversed(pairs.every) if any(x.line == line for x in s.lines)),
            None,
        )
        if one.credit and claim:
            found.append(Found(Finding.CREDIT, claim, line, one.credit))
        if one.unexplained:
            found.append(Found(Finding.UNEXPLAINED, claim, line, one.unexplained))
        short = underpaid(settlement, line, expected.get(line))
        if short:
            found.append(Found(Finding.UNDERPAID, claim, line, short))
    for unmatched in pairs.unmatched:
        cents = -unmatched.paid.cents
        found.append(Found(Finding.TAKEN_BACK_UNKNOWN, unmatched.claim_id, None, cents))
    for two in pairs.reversed:
        if not two.exact:
            cents = -(two.original.paid + two.reversal.paid).cents
            found.append(Found(Finding.TAKEN_BACK_OTHERWISE, two.reversal.claim_id, None, cents))
    found.extend(Found(Finding.REPEATED, one.claim_id, None) for one in pairs.repeated)
    found.extend(_paid_again(settlement))
    return tuple(found)


def underpaid(settlement: Settlement, line: LineId, expected: Money | None) -> int:
    """By how many cents the first payer allowed less than expected of a line it did not deny."""
    one = settlement.lines[line]
    if expected is None or one.allowed is None or one.denied or one.allowed <= 0:
        return 0
    return max(0, expected.cents - one.allowed)


def _paid_again(settlement: Settlement) -> list[Found]:
    """Of one line and turn, two answers that both brought money."""
    seen: dict[tuple[int, LineId], ClaimId] = {}
    found: dict[ClaimId, Found] = {}
    for one in settlement.pairs.standing:
        for line in one.lines:
            if line.paid.cents <= 0:
                continue
            at = (one.turn, line.line)
            if at in seen:
                found[one.claim_id] = Found(Finding.PAID_AGAIN, one.claim_id, line.line)
            seen[at] = one.claim_id
    return list(found.values())


def _paid(settlement: Settlement, claim: ClaimId, line: LineId) -> int:
    return sum(
        said.paid.cents
        for one in settlement.pairs.every
        if one.claim_id == claim
        for said in one.lines
        if said.line == line
    )
