"""What has become of a claim of a remittance: its record, the counts, the biller's list."""

from __future__ import annotations

from typing import Final

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import PayerId, PracticeId, RemittanceId
from caresmith.records.revenue.layout import remittance_key
from caresmith.records.revenue.remittance import (
    HEAD,
    ClaimPosting,
    RemittanceItem,
    RemittedClaimItem,
    UnpostedItem,
    seal_notes,
    unposted_key,
    unposted_sort_key,
)
from caresmith.records.revenue.writing import RevenueWrites
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments.posting.outcome import Found
from functions.payments.preparing import Held


def hold(
    head: RemittanceItem,
    item: RemittedClaimItem,
    held: Held,
    *,
    actor: Actor,
    now: Instant,
    state: ClaimPosting = ClaimPosting.HELD,
) -> None:
    """It waits for a biller, or is put aside by one. Raises VersionConflict."""
    practice = actor.practice_id
    writes = RevenueWrites(actor, now, now.date())
    count(head, item, state, writes)
    item.why = held.why
    if held.claim is not None:
        item.patient_id = held.claim.patient_id
    item.notes = seal_notes(practice, item, held.notes)
    keep_item(item, writes)
    audit().record(f"{item.remittance_id}#{int(item.position)}")
    writes.put(row_of(head, item, practice, held.why, state))
    writes.commit()


def note_only(head: RemittanceItem, item: RemittedClaimItem, *, actor: Actor, now: Instant) -> None:
    """An estimate, or a claim that was passed on unread: kept, and nothing is posted."""
    writes = RevenueWrites(actor, now, now.date())
    count(head, item, ClaimPosting.NOTED, writes)
    item.why = "forwarded" if item.status == ClaimStatus.NOT_OURS_FORWARDED else "estimate"
    keep_item(item, writes)
    audit().record(f"{item.remittance_id}#{int(item.position)}")
    writes.commit()


_COUNTED: Final = {
    ClaimPosting.POSTED: "posted",
    ClaimPosting.HELD: "held",
    ClaimPosting.PARKED: "parked",
    ClaimPosting.NOTED: "noted",
    ClaimPosting.ELSEWHERE: "noted",
}


def count(
    head: RemittanceItem,
    item: RemittedClaimItem,
    state: ClaimPosting,
    writes: RevenueWrites,
    *,
    cents: int = 0,
    payer: PayerId | None = None,
) -> None:
    """The claim takes on a state; the head counts it, and learns whose it is."""
    before = ClaimPosting(item.state)
    item.state = state
    actions: list[Action] = []
    if before is not state:
        if before in _COUNTED:
            actions.append(Path(_COUNTED[before]).add(-1))
        if state in _COUNTED:
            actions.append(Path(_COUNTED[state]).add(1))
    if cents:
        actions.append(Path("posted_cents").add(cents))
    if payer is not None and head.payer_id is None:
        head.payer_id = payer
        actions.append(RemittanceItem.payer_id.set(RemittanceItem.payer_id | payer))
    if actions:
        key = remittance_key(writes.actor.practice_id, RemittanceId(head.remittance_id))
        writes.change(RemittanceItem(key, HEAD), actions)


def keep_item(item: RemittedClaimItem, writes: RevenueWrites) -> None:
    before = int(item.version)
    item.version = before + 1
    writes.put(item, RemittedClaimItem.version == before)


def list_findings(
    head: RemittanceItem,
    item: RemittedClaimItem,
    found: tuple[Found, ...],
    writes: RevenueWrites,
    practice: PracticeId,
) -> None:
    """What is posted and to be looked at all the same stands on the biller's list."""
    if found:
        writes.put(row_of(head, item, practice, found[0].kind, ClaimPosting.POSTED))
    else:
        writes.delete(row_at(item, practice))


def row_at(item: RemittedClaimItem, practice: PracticeId) -> UnpostedItem:
    """The claim's place on the biller's list, to take it off."""
    return UnpostedItem(
        unposted_key(practice), unposted_sort_key(item.remittance_id, int(item.position))
    )


def row_of(
    head: RemittanceItem,
    item: RemittedClaimItem,
    practice: PracticeId,
    why: str | None,
    state: ClaimPosting,
) -> UnpostedItem:
    """What the biller's list says of a claim."""
    row = row_at(item, practice)
    row.remittance_id, row.position = item.remittance_id, item.position
    row.why, row.state = why, state
    row.paid_cents, row.charge_cents = item.paid_cents, item.charge_cents
    row.payer_name, row.paid_on = head.payer_name, head.paid_on
    return row
