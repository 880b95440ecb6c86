"""When the next thing should have happened to a claim: after that it is stuck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from caresmith.clock import Instant, to_text
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.claim import ClaimItem, ClaimState, Went

S = ClaimState

PATIENCE: Final[Mapping[ClaimState, dt.timedelta]] = {
    S.HELD: dt.timedelta(days=3),
    S.CLEAN: dt.timedelta(days=2),
    S.APPROVED: dt.timedelta(days=2),
    S.BATCHED: dt.timedelta(days=1),
    # CAQH CORE batch rules: a 999 within a business day, a 277CA within two.
    S.SENT: dt.timedelta(days=2),
    S.RECEIVED: dt.timedelta(days=3),
    S.REJECTED: dt.timedelta(days=2),
}
"""By state; the payer's time to adjudicate is the practice's own setting."""
UNANSWERED: Final[Mapping[Went, dt.timedelta]] = {
    # No acknowledgement ever comes of these: the first answer is the remittance, or none.
    Went.PAPER: dt.timedelta(days=30),
    Went.PORTAL: dt.timedelta(days=14),
    # CMS asks to leave crossover its time before the supplemental insurer is billed (COBA).
    Went.CROSSOVER: dt.timedelta(days=30),
}
"""How long a claim that went so may be out without a word."""
ADJUDICATING: Final = frozenset({S.ACCEPTED, S.PENDED, S.REVERSED})
_USUAL_DAYS: Final = 30
_VOID: Final = "8"

OPEN: Final = (
    S.HELD,
    S.CLEAN,
    S.APPROVED,
    S.BATCHED,
    S.SENT,
    S.RECEIVED,
    S.ACCEPTED,
    S.PENDED,
    S.REJECTED,
    S.REVERSED,
)
"""The states in which something is still to come, in the order of a claim's life."""


def due_at(claim: ClaimItem, state: ClaimState, setup: PracticeSetup, now: Instant) -> str | None:
    """The instant as text; None where nothing is awaited."""
    if state is S.SENT and claim.went:
        return to_text(now + UNANSWERED[Went(claim.went)])
    if state in PATIENCE:
        return to_text(now + PATIENCE[state])
    if state in ADJUDICATING and claim.frequency != _VOID:
        billing = setup.practice.billing
        days = billing.ask_after_days if billing else _USUAL_DAYS
        return to_text(now + dt.timedelta(days=days))
    return None
