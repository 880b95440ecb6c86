"""A later payer is not waited for any more: what it would have been asked is the patient's."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock
from caresmith.errors import NotFound
from caresmith.ids import ClaimId, PatientId
from caresmith.records.revenue.adjudication import Standing, adjudication_of
from caresmith.records.revenue.claim import get_claim
from caresmith.records.revenue.writing import RevenueWrites, Source
from functions.payments import runs
from functions.payments.errors import NotPosted, invalid
from functions.payments.posting.posting import change
from functions.payments.postings import apply
from functions.payments.preparing import subject_of


def give_up(
    claim_id: ClaimId, turn: int, reason: str, *, wait: bool = False, actor: Actor, clock: Clock
) -> int:
    """Give up a later payer of the claim's sheet, or wait for it again; whose turn it is now.

    Raises NotFound, NotPosted, InvalidRequest, VersionConflict.
    """
    practice, now = actor.practice_id, clock.now()
    claim = get_claim(practice, claim_id)
    subject = subject_of(practice, claim) if claim else None
    if claim is None or subject is None:
        raise NotFound
    audit().about(PatientId(claim.patient_id))
    state = subject.state
    if not 1 < turn <= state.turns:
        raise invalid("turn", "There is no such later payer.")
    told = [one for one in subject.said if one.standing == Standing.POSTED]
    if not told:
        raise NotPosted
    skipped = state.skipped - {turn} if wait else state.skipped | {turn}
    done = change(state, skipped=skipped)
    writes = RevenueWrites(actor, now, runs.today(practice, now))
    if done.journal is not None:
        writes.post(subject.sheet, done.journal, Source(claim=claim_id, memo=reason))
    said = adjudication_of(told[-1])
    apply(subject, done, said, writes, actor, now, kind="turn")
    writes.commit()
    return int(subject.sheet.turn)
