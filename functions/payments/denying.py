"""Denials follow the ledger: made when a payer refuses or pays short, settled when it pays.

They are written in the transaction that posts what the payer says, so no denial is lost
and none outlives its reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from caresmith.actor import Actor
from caresmith.clock import Instant, to_text
from caresmith.ids import ClaimId, PracticeId
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.denial import (
    OPEN,
    DenialFacts,
    DenialItem,
    DenialState,
    denial_sort_key,
    denials_key,
    group_of,
    seal_facts,
)
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.writing import RevenueWrites
from functions.payments.posting.carc import Cause, carc
from functions.payments.posting.outcome import underpaid
from functions.payments.posting.posting import Change
from functions.payments.posting.settling import Denied
from functions.payments.preparing import Subject
from functions.payments.settings import appeal_days

_SHORT = ("", "SHORT")
"""Group and reason of what is not denied but paid less than was expected."""


def follow(
    subject: Subject,
    done: Change,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    wanted = {(one.claim, one.line): one for one in _wanted(subject, done)}
    known = {(ClaimId(claim), line) for claim, line in subject.posted.denied}
    if not wanted and not known:
        return
    there = _there(actor.practice_id, {claim for claim, _ in known | set(wanted)})
    for key, denied in wanted.items():
        item = there.get(key)
        if item is None:
            _add(subject, denied, said, writes, actor, now)
        elif [list(one) for one in denied.reasons] != item.reasons:
            _change(item, denied, said, writes, actor, now)
    for key in known - set(wanted):
        if item := there.get(key):
            _settle(item, done, writes, actor, now)
    subject.posted.denied = [list(key) for key in sorted(wanted)]


def _wanted(subject: Subject, done: Change) -> Iterable[Denied]:
    yield from done.settlement.denials
    for line in subject.content.lines:
        if line.line not in done.settlement.lines:
            continue
        short = underpaid(done.settlement, line.line, line.expected)
        claim = _first_claim(done, line.line)
        if short and claim:
            yield Denied(claim, line.line, short, ((*_SHORT, short),))


def _first_claim(done: Change, line: LineId) -> ClaimId | None:
    for one in reversed(done.settlement.pairs.standing):
        if one.turn == 1 and any(told.line == line for told in one.lines):
            return one.claim_id
    return None


def _there(
    practice: PracticeId, claims: Iterable[ClaimId]
) -> dict[tuple[ClaimId, LineId], DenialItem]:
    """The open denials of these claims: one query each, and one claim is the rule."""
    found = {}
    for claim in claims:
        for item in DenialItem.query(
            denials_key(practice, OPEN), DenialItem.sk.startswith(f"{claim}#"), consistent_read=True
        ):
            found[ClaimId(item.claim_id), str(item.line)] = item
    return found


def cause_of(reasons: Iterable[tuple[str, str, int]]) -> Cause:
    """The cause of the largest reason; of what was paid short, that."""
    largest = max(reasons, key=lambda one: one[2])
    if (largest[0], largest[1]) == _SHORT:
        return Cause.UNDERPAID
    return carc(largest[1]).cause


def _add(
    subject: Subject,
    denied: Denied,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    practice, claim = actor.practice_id, subject.claim
    line = next((one for one in subject.content.lines if one.line == denied.line), None)
    facts = DenialFacts(
        code=line.code if line else "",
        modifiers=line.modifiers if line else (),
        day=line.day.isoformat() if line else "",
        remarks=subject.remarks.get(denied.line, ()),
    )
    days = appeal_days(practice, said.payer_id)
    item = DenialItem(
        denials_key(practice, OPEN),
        denial_sort_key(denied.claim, denied.line),
        claim_id=denied.claim,
        sheet_id=subject.sheet.sheet_id,
        patient_id=claim.patient_id,
        line=denied.line,
        payer_id=said.payer_id,
        payer_name=subject.payer_name,
        remittance_id=said.remittance_id,
        position=said.position,
        denied_on=said.paid_on.isoformat(),
        due_on=(said.paid_on + dt.timedelta(days=days)).isoformat(),
        cents=denied.cents,
        reasons=[list(one) for one in denied.reasons],
        cause=cause_of(denied.reasons),
        state=DenialState.OPEN,
        provider_id=subject.content.rendering_id,
        changed_at=to_text(now),
        changed_by=actor.user_id,
        version=1,
        facts=seal_facts(practice, denied.claim, denied.line, facts),
    )
    writes.put(item)


def _change(
    item: DenialItem,
    denied: Denied,
    said: Adjudication,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    """The payer says something else of the line: the reasons are new, the work goes on."""
    item.cents, item.reasons = denied.cents, [list(one) for one in denied.reasons]
    item.cause = cause_of(denied.reasons)
    if item.state != DenialState.OPEN:
        # What was corrected or appealed has been answered: it is denied again.
        item.state, item.denied_on = DenialState.OPEN, said.paid_on.isoformat()
    save(item, writes, actor, now)


def _settle(
    item: DenialItem, done: Change, writes: RevenueWrites, actor: Actor, now: Instant
) -> None:
    """The payer has paid, taken it off, or what it said was taken back."""
    standing = done.settlement.lines.get(item.line)
    if standing is not None and standing.waits and standing.turn in done.state.passed:
        # It stands, and the next payer is asked for what was denied.
        close(item, DenialState.LOST, writes, actor, now)
    elif standing is not None and standing.turn:
        close(item, DenialState.WON, writes, actor, now)
    elif item.state == DenialState.OPEN and int(item.version) == 1:
        writes.delete(DenialItem(item.pk, item.sk), DenialItem.version == 1)


def close(
    item: DenialItem, state: DenialState, writes: RevenueWrites, actor: Actor, now: Instant
) -> None:
    """Out of the open ones, into those of the month in which it was denied."""
    practice = actor.practice_id
    before = int(item.version)
    writes.delete(DenialItem(item.pk, item.sk), DenialItem.version == before)
    item.state = state
    settled = moved(item, denials_key(practice, group_of(item, state)))
    settled.version, settled.changed_at = before + 1, to_text(now)
    settled.changed_by = actor.user_id
    writes.put(settled)


def moved(item: DenialItem, to: str) -> DenialItem:
    """The same denial in another list."""
    values = {
        name: getattr(item, name)
        for name in DenialItem.get_attributes()
        if name not in {"pk", "sk", "entity", "expires_at"}
    }
    return DenialItem(to, item.sk, **values)


def save(item: DenialItem, writes: RevenueWrites, actor: Actor, now: Instant) -> None:
    before = int(item.version)
    item.version, item.changed_at, item.changed_by = before + 1, to_text(now), actor.user_id
    writes.put(item, DenialItem.version == before)
