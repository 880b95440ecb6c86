"""Claims whose payer is asked by telephone or portal to decide anew: what is still to be asked.

Medicare Part B takes no claim of frequency 7 or 8. What was processed is changed, or taken
back, by a clerical error reopening (42 CFR 405.980(a)(3); Medicare Claims Processing Manual
ch. 34, 10). A claim stands on this list from when its charges say something else until
somebody notes that the payer was asked, or that nothing has to be.
"""

from __future__ import annotations

from typing import Final, Literal

from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.ids import ClaimId, PatientId, PracticeId
from caresmith.records.revenue.claim import ClaimItem, ReopeningItem
from caresmith.records.revenue.layout import reopenings_key
from functions.claims import models as m
from functions.claims.writing import ClaimWrites

Why = Literal["changed", "voided"]
MOST: Final = 200
"""That are shown; the oldest come first."""


def listed(practice: PracticeId, claim: ClaimId) -> Why | None:
    """Why it stands on the list; None where it does not. One read."""
    found = ReopeningItem.query(
        reopenings_key(practice), ReopeningItem.sk == claim, consistent_read=True, limit=1
    )
    for one in found:
        return "voided" if one.why == "voided" else "changed"
    return None


def put_on(claim: ClaimItem, why: Why, writes: ClaimWrites, now: Instant) -> None:
    practice = writes.actor.practice_id
    writes.revenue.put(
        ReopeningItem(
            reopenings_key(practice),
            claim.claim_id,
            claim_id=claim.claim_id,
            patient_id=claim.patient_id,
            payer_id=claim.payer_id,
            day=claim.day,
            charge_cents=int(claim.charge_cents),
            why=why,
            since=to_text(now),
        )
    )


def take_off(claim: ClaimItem, writes: ClaimWrites) -> None:
    practice = writes.actor.practice_id
    writes.revenue.delete(ReopeningItem(reopenings_key(practice), claim.claim_id))


def waiting(practice: PracticeId) -> list[m.ToReopen]:
    """The oldest first: one query."""
    found = [
        m.ToReopen(
            claim_id=ClaimId(one.claim_id),
            patient_id=PatientId(one.patient_id),
            payer_id=one.payer_id,
            day=one.day,
            charge_cents=int(one.charge_cents),
            why=one.why,
            since=from_text(one.since),
        )
        for one in ReopeningItem.query(reopenings_key(practice), limit=MOST)
    ]
    audit().about(*(one.patient_id for one in found))
    return sorted(found, key=lambda one: (one.since, one.claim_id))


def count(practice: PracticeId) -> int:
    return ReopeningItem.count(reopenings_key(practice))
