"""Which adjudication a takeback (CLP02 22) takes back, and which words of a payer stand.

A takeback is told with the original's amounts negated (TR3 1.10.2.8). It may come
before its original, or without one. Pairs are made of the whole set, so that the order
in which things arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from caresmith.ids import ClaimId
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments.posting.effects import is_duplicate


@dataclass(frozen=True, slots=True)
class Pair:
    original: Adjudication
    reversal: Adjudication
    exact: bool
    """The amounts of every line are the original's, negated."""


@dataclass(frozen=True, slots=True)
class Pairs:
    every: tuple[Adjudication, ...]
    """All that was said, in the payers' order: its money counts, whatever else."""
    standing: tuple[Adjudication, ...]
    """What has not been taken back, in the payers' order: its reasons count."""
    reversed: tuple[Pair, ...]
    unmatched: tuple[Adjudication, ...]
    """Takebacks of what is not known here."""
    repeated: tuple[Adjudication, ...]
    """Told that it came before, of a claim that has another answer."""

    def reversed_claims(self) -> set[ClaimId]:
        return {one.original.claim_id for one in self.reversed}


# TR3 CLP02: a claim that went on to another payer was not adjudicated, nor was an estimate.
_SAYS_NOTHING = frozenset({ClaimStatus.NOT_OURS_FORWARDED, ClaimStatus.PREDETERMINATION})


def pair(said: Iterable[Adjudication]) -> Pairs:
    every = tuple(sorted(said, key=lambda one: one.order))
    open_ = [one for one in every if not one.is_reversal and one.status not in _SAYS_NOTHING]
    takebacks = [one for one in every if one.is_reversal]
    pairs: list[Pair] = []
    for fits, exact in _TESTS:
        for reversal in list(takebacks):
            original = _latest(reversal, [one for one in open_ if fits(one, reversal)])
            if original is not None:
                open_.remove(original)
                takebacks.remove(reversal)
                pairs.append(Pair(original, reversal, exact))
    repeated = _repeated(open_)
    standing = tuple(one for one in open_ if one not in repeated)
    return Pairs(every, standing, tuple(pairs), tuple(takebacks), tuple(repeated))


def _latest(reversal: Adjudication, fitting: list[Adjudication]) -> Adjudication | None:
    """The last one before the takeback; of those after it, the first."""
    if not fitting:
        return None
    before = [one for one in fitting if one.order < reversal.order]
    return before[-1] if before else fitting[0]


def _amounts(one: Adjudication, sign: int) -> dict[str, tuple[int, int]]:
    return {line.line: (sign * line.charge.cents, sign * line.paid.cents) for line in one.lines}


def _negated(original: Adjudication, reversal: Adjudication) -> bool:
    return original.turn == reversal.turn and _amounts(original, 1) == _amounts(reversal, -1)


def _same_claim(original: Adjudication, reversal: Adjudication) -> bool:
    return original.turn == reversal.turn and original.claim_id == reversal.claim_id


def _same_number(original: Adjudication, reversal: Adjudication) -> bool:
    number = original.payer_control_number
    return bool(number) and number == reversal.payer_control_number


_Fits = Callable[[Adjudication, Adjudication], bool]
_TESTS: tuple[tuple[_Fits, bool], ...] = (
    (lambda o, r: _negated(o, r) and _same_claim(o, r) and _same_number(o, r), True),
    (lambda o, r: _negated(o, r) and _same_claim(o, r), True),
    # A corrected claim has another number of ours, and the payer may name either.
    (_negated, True),
    # Other amounts than were told: the money counts as told, and somebody looks.
    (lambda o, r: _same_claim(o, r) and o.order < r.order, False),
)
"""From the surest: who fits is asked of all before the next is tried."""


def _repeated(standing: list[Adjudication]) -> list[Adjudication]:
    real = {(one.turn) for one in standing if not is_duplicate(one)}
    return [one for one in standing if one.turn in real and is_duplicate(one)]
