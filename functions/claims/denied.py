"""What payments keep of a denial, as far as it decides how a claim may be sent again."""

from __future__ import annotations

from typing import Final

from caresmith.ids import ClaimId, PracticeId
from caresmith.records.revenue.claim import ClaimItem
from caresmith.records.revenue.denial import DenialState, denials_of, open_facts

UNPROCESSABLE: Final = "MA130"
"""RARC MA130: nothing was decided, so nothing can be appealed: a new claim is to be sent
(Medicare Claims Processing Manual ch. 1, 80.3.2)."""


def unprocessable(practice: PracticeId, claim: ClaimItem) -> bool:
    """Whether the payer returned it so, and has not paid since, whatever was done about it."""
    return any(
        UNPROCESSABLE in open_facts(practice, one).remarks
        for one in denials_of(practice, ClaimId(claim.claim_id))
        if one.state != DenialState.WON
    )
