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
from caresmith.records.revenue.decided import is_decided
from caresmith.records.revenue.denial import (
    GIVEN,
    OPEN,
    DenialFacts,
    DenialItem,
    DenialState,
    denial_sort_key,
    denials_key,
    find_denials,
    group_of,
    seal_facts,
    where_of,
)
from caresmith.records.revenue.ledger import Book, LineId
from caresmith.records.revenue.writing import RevenueWrites
from functions.payments.posting.carc import Cause, carc
from functions.payments.posting.outcome import underpaid
from functions.payments.posting.posting import Change
from functions.payments.posting.settling import Denied
from functions.payments.preparing import Subject, payer_named
from functions.payments.settings import appeal_days

_SHORT = ("", "SHORT")
"""Group and reason of what is not denied but paid less than was expected."""


def follow(
    subject: Subject,
    done: Change,
    said: Adjudication | None,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    """``said`` is what a payer says now, or what one has said last."""
    wanted = {(one.claim, one.line): one for one in _wanted(subject, done)}
    known = {(ClaimId(claim), line) for claim, line in subject.posted.denied}
    if not wanted and not known:
        return
    there = find_denials(actor.practice_id, [*wanted, *sorted(known)])
    due = appeal_until(actor.practice_id, said.payer_id, said.paid_on) if said and wanted else None
    for key, denied in wanted.items():
        item, given = there.get(key), _given(done, denied)
        if given is not None:
            if item is not None and item.state not in GIVEN | {DenialState.WON}:
                move(item, given, writes, actor, now)
        elif item is None or item.state == DenialState.WON:
            if said is not None and due is not None:
                _add(subject, denied, said, due, writes, actor, now)
        else:
            _go_on(item, denied, said, due, writes, actor, now)
    waiting = {
        key
        for key in known - set(wanted)
        if (item := there.get(key)) and not _settle(item, done, writes, actor, now)
    }
    subject.posted.denied = [list(key) for key in sorted({*wanted, *waiting})]


def _go_on(
    item: DenialItem,
    denied: Denied,
    said: Adjudication | None,
    due: dt.date | None,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    """The line is denied still, or denied otherwise, or what was decided of it does not hold."""
    otherwise = [list(one) for one in denied.reasons] != item.reasons
    if said is not None and due is not None and otherwise:
        _change(item, denied, said, due, writes, actor, now)
    elif item.state in GIVEN | {DenialState.HANDED_ON}:
        move(item, DenialState.OPEN, writes, actor, now)


def _given(done: Change, denied: Denied) -> DenialState | None:
    """Where nothing of the denied line is with insurance any more: what was decided of it."""
    line = done.settlement.lines[denied.line]
    books = {book for book, reason in line.books if is_decided(book, reason)}
    if line.left > 0 or not books:
        return None
    return DenialState.WRITTEN_OFF if Book.WRITE_OFF in books else DenialState.PATIENT


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
    due: dt.date,
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
        due_on=due.isoformat(),
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


def appeal_until(practice: PracticeId, payer: str | None, denied_on: dt.date) -> dt.date:
    """The last day for an appeal: by the payer's own days where the directory knows them."""
    return denied_on + dt.timedelta(days=appeal_days(practice, payer_named(payer)))


def _change(
    item: DenialItem,
    denied: Denied,
    said: Adjudication,
    due: dt.date,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
) -> None:
    """The payer says something else of the line: the reasons are new, the work goes on."""
    item.cents, item.reasons = denied.cents, [list(one) for one in denied.reasons]
    item.cause = cause_of(denied.reasons)
    if item.state == DenialState.OPEN:
        save(item, writes, actor, now)
        return
    # What was corrected, appealed or lost has been answered: it is denied again.
    item.denied_on = said.paid_on.isoformat()
    item.due_on = due.isoformat()
    move(item, DenialState.OPEN, writes, actor, now)


def _settle(
    item: DenialItem, done: Change, writes: RevenueWrites, actor: Actor, now: Instant
) -> bool:
    """The payer has paid, taken it off, or what it said was taken back. Whether that is all."""
    standing = done.settlement.lines.get(item.line)
    if item.state == DenialState.WON:
        return True
    if _with_next(item.line, done):
        # Its answer settles it.
        if item.state != DenialState.HANDED_ON:
            move(item, DenialState.HANDED_ON, writes, actor, now)
        return False
    if item.state == DenialState.HANDED_ON and standing is not None and standing.denied:
        # The next payer has denied it too: what is owed stands in its denial.
        return True
    if standing is not None and standing.turn:
        move(item, DenialState.WON, writes, actor, now)
        return True
    if item.state == DenialState.OPEN and int(item.version) == 1:
        writes.delete(DenialItem(item.pk, item.sk), DenialItem.version == 1)
        return True
    # Nobody says anything of the line: the next word does.
    return False


def _with_next(line: LineId, done: Change) -> bool:
    """Whether a denial stands, and the next payer is asked for what was denied."""
    standing = done.settlement.lines.get(line)
    return standing is not None and standing.waits and standing.handed_on


def move(
    item: DenialItem, state: DenialState, writes: RevenueWrites, actor: Actor, now: Instant
) -> None:
    """It takes on the state, and goes into the list of those that stand so."""
    practice = actor.practice_id
    item.state = state
    there, here = denials_key(practice, group_of(item)), item.pk
    if there == here:
        save(item, writes, actor, now)
        return
    before = int(item.version)
    writes.delete(DenialItem(here, item.sk), DenialItem.version == before)
    settled = moved(item, there)
    settled.version, settled.changed_at = before + 1, to_text(now)
    settled.changed_by = actor.user_id
    writes.put(settled)
    writes.put(where_of(practice, settled))


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
