"""One claim of a remittance is posted: claim, sheet, ledger and lists in one transaction.

The very same function posts what came in a file and what was typed in from paper.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.clock import Instant, to_text
from caresmith.events import ClaimMoved
from caresmith.ids import ClaimId, PatientId, PayerId, SheetId
from caresmith.records.revenue.adjudication import (
    Adjudication,
    AdjudicationItem,
    PostedItem,
    Standing,
    adjudication_of,
    said_sort_key,
)
from caresmith.records.revenue.claim import MOVES, ClaimState, get_claim
from caresmith.records.revenue.layout import CLAIM
from caresmith.records.revenue.remittance import (
    ClaimPosting,
    PayerControlItem,
    RemittanceItem,
    RemittedClaimItem,
    UnpostedItem,
    payer_control_key,
    seal_notes,
    unposted_key,
    unposted_sort_key,
)
from caresmith.records.revenue.sheet import (
    SheetStatus,
)
from caresmith.records.revenue.writing import AlreadyPosted, RevenueWrites, Source
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments import crediting, denying
from functions.payments.answering import SAYS
from functions.payments.keeping import count, keep_item, list_findings
from functions.payments.opening import journal_id
from functions.payments.posting.outcome import claim_states, findings, paid_by_claim
from functions.payments.posting.posting import Change
from functions.payments.preparing import Ready, Subject, payer_named
from functions.payments.turns import pass_turn

NOTHING_TO_POST: Final = frozenset({ClaimStatus.NOT_OURS_FORWARDED, ClaimStatus.PREDETERMINATION})


def write_posted(
    head: RemittanceItem,
    item: RemittedClaimItem,
    ready: Ready,
    *,
    actor: Actor,
    now: Instant,
    day: dt.date,
) -> None:
    """Post it. Raises AlreadyPosted, DayIsClosed or VersionConflict; then nothing was written."""
    practice, subject, said = actor.practice_id, ready.subject, ready.adjudication
    writes = RevenueWrites(actor, now, day)
    generation = int(item.generation) + 1
    journal = None
    if ready.change.journal is not None:
        journal = writes.post(
            subject.sheet,
            ready.change.journal,
            Source(claim=said.claim_id, remittance=said.remittance_id),
            journal_id(head, f"claim-{said.position}-{generation}"),
        )
    _keep_said(subject, said, generation, journal, writes, actor, now)
    apply(subject, ready.change, said, writes, actor, now, kind="adjudicated")
    if said.payer_control_number and not said.is_reversal:
        writes.put(
            PayerControlItem(
                payer_control_key(practice, said.payer_control_number),
                CLAIM,
                claim_id=said.claim_id,
                patient_id=subject.claim.patient_id,
            )
        )
    cents, payer = int(item.paid_cents), _answering(subject, said)
    count(head, item, ClaimPosting.POSTED, writes, cents=cents, payer=payer)
    item.claim_id, item.patient_id = said.claim_id, subject.claim.patient_id
    item.generation, item.journal_id, item.why = generation, journal, None
    item.findings = [[one.kind, one.line, one.cents] for one in ready.found]
    item.notes = seal_notes(practice, item, ready.notes)
    keep_item(item, writes)
    list_findings(head, item, ready.found, writes, practice)
    if not ready.found and findings(ready.change.before, {}):
        # What came now explains what was odd before: nobody has to look at that any more.
        for one in subject.said:
            earlier = adjudication_of(one)
            row = unposted_sort_key(earlier.remittance_id, earlier.position)
            if one.standing == Standing.POSTED:
                writes.delete(UnpostedItem(unposted_key(practice), row))
    writes.commit()


def _answering(subject: Subject, said: Adjudication) -> PayerId | None:
    """Whom we have asked, where it is they who answer: a claim that was passed on is answered
    by another payer under the same number."""
    if not said.turn == int(subject.claim.turn) == SAYS.get(said.status):
        return None
    return payer_named(subject.claim.payer_id)


def apply(
    subject: Subject,
    done: Change,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
    *,
    kind: str,
) -> None:
    """Claims, sheet, denials and what others are told, as they are after the change."""
    _move_claims(subject, done, said, writes, actor, now, kind)
    denying.follow(subject, done, said, writes, actor, now)
    crediting.follow(subject, done, said, writes)
    pass_turn(subject, done, said, writes, actor, now, kind)
    keep_books(subject, done, writes)


def keep_books(subject: Subject, done: Change, writes: RevenueWrites) -> None:
    """What is posted of the sheet, for the next difference; and whether it is closed by it."""
    sheet, posted = subject.sheet, subject.posted
    before = int(posted.version)
    posted.lines = {
        line: {f"{book.value}:{reason}": cents for (book, reason), cents in books.items()}
        for line, books in done.state.posted.items()
    }
    posted.skipped = sorted(done.state.skipped)
    posted.passed = sorted(done.state.passed)
    posted.version = before + 1
    unchanged = PostedItem.version == before if before else PostedItem.pk.does_not_exist()
    writes.put(posted, unchanged)
    # Saved even where nothing moved: its version is what keeps two posters apart.
    # A released one was billed: somebody has answered its claim.
    if sheet.status in {SheetStatus.READY, SheetStatus.BILLED, SheetStatus.CLOSED}:
        owed = any(cents for pair in sheet.balances.values() for cents in pair)
        sheet.status = SheetStatus.BILLED if owed else SheetStatus.CLOSED
    writes.save_sheet(sheet)


def _move_claims(
    subject: Subject,
    done: Change,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
    kind: str,
) -> None:
    states, paid = claim_states(done.settlement), paid_by_claim(done.settlement)
    stood, had = claim_states(done.before), paid_by_claim(done.before)
    for claim_id in {*states, said.claim_id}:
        same = (states.get(claim_id), paid.get(claim_id)) == (
            stood.get(claim_id),
            had.get(claim_id),
        )
        # Of other claims of the sheet only what this has changed: whatever else became of them.
        if same and claim_id != said.claim_id:
            continue
        claim = (
            subject.claim
            if claim_id == subject.claim.claim_id
            else get_claim(actor.practice_id, claim_id)
        )
        if claim is None:
            continue
        before = ClaimState(claim.state)
        # What was taken out again leaves the claim as if no answer had come.
        after = states.get(claim_id, ClaimState.REVERSED if kind == "unposted" else before)
        if kind == "turn":
            # No payer has said anything new of the claim.
            after = before
        # A claim that was replaced or voided stays so, whatever is still told of it.
        if after is not before and after not in MOVES[before]:
            after = before
        # What another payer answered under its number was not paid for this claim.
        claim.paid_cents = paid.get(claim_id, {}).get(int(claim.turn), 0)
        own = claim_id == said.claim_id and said.turn == int(claim.turn)
        if own and said.payer_control_number and not said.is_reversal:
            claim.payer_control_number = said.payer_control_number
        claim.due_at = None
        writes.move(claim, after, kind, _refers(said))
        if after is not before:
            writes.tell(
                ClaimMoved(
                    practice_id=actor.practice_id,
                    occurred_at=now,
                    actor_id=actor.user_id,
                    patient_id=PatientId(claim.patient_id),
                    claim_id=ClaimId(claim.claim_id),
                    sheet_id=SheetId(claim.sheet_id),
                    state=after.value,
                    before=before.value,
                )
            )


def _refers(said: Adjudication) -> dict[str, Any]:
    reasons = sorted({one.reason for line in said.lines for one in line.adjustments})
    return {
        "remittance": said.remittance_id,
        "position": said.position,
        "status": said.status.value,
        "reasons": reasons,
    }


def _keep_said(
    subject: Subject,
    said: Adjudication,
    generation: int,
    journal: str | None,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    """Once for ever: what is told twice ends here."""
    sheet = SheetId(subject.sheet.sheet_id)
    writes.put(
        AdjudicationItem(
            subject.sheet.pk,
            said_sort_key(sheet, said),
            sheet_id=sheet,
            claim_id=said.claim_id,
            remittance_id=said.remittance_id,
            standing=Standing.POSTED,
            generation=generation,
            journal_id=journal,
            body=said.model_dump(mode="json"),
            at=to_text(now),
            by=actor.user_id,
        ),
        AdjudicationItem.pk.does_not_exist()
        | (AdjudicationItem.standing == Standing.UNPOSTED.value),
        AlreadyPosted,
    )
