"""Where a claim stands: here, under way, with its payer, or over."""

from __future__ import annotations

from typing import Final

from caresmith.records.revenue.claim import ADJUDICATED, EDITABLE, ClaimItem, ClaimState, Went

S = ClaimState

NO_CORRECTIONS: Final = frozenset({"MB"})
"""SBR09 of payers that take no frequency 7 and 8."""
HERE: Final = EDITABLE | {S.APPROVED}
"""Not with the payer: its draft may be made anew."""
UNDER_WAY: Final = frozenset({S.BATCHED, S.SENT, S.RECEIVED})
THERE: Final = ADJUDICATED | {S.ACCEPTED, S.PENDED, S.REVERSED}
OVER: Final = frozenset({S.VOIDED, S.REPLACED, S.CLOSED})


def is_forwarded(claim: ClaimItem) -> bool:
    """Whether the payer before has sent it, and nobody has said a word of it since."""
    return claim.went == Went.CROSSOVER and claim.state in UNDER_WAY
