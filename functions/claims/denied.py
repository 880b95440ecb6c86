"""What payments keep of a denial, as far as it decides how a claim may be sent again."""

from __future__ import annotations

from typing import Final

from caresmith.ids import PracticeId
from caresmith.records.revenue.claim import ClaimItem
from caresmith.records.revenue.denial import OPEN, DenialItem, denials_key, open_facts

UNPROCESSABLE: Final = "MA130"
"""RARC MA130: nothing was decided, so nothing can be appealed: a new claim is to be sent
(Medicare Claims Processing Manual ch. 1, 80.3.2)."""


def unprocessable(practice: PracticeId, claim: ClaimItem) -> bool:
    """Whether the payer returned it so. One query."""
    found = DenialItem.query(
        denials_key(practice, OPEN),
        DenialItem.sk.startswith(f"{claim.claim_id}#"),
        consistent_read=True,
    )
    return any(UNPROCESSABLE in open_facts(practice, one).remarks for one in found)
