"""Denials are worked: assigned, corrected, appealed, settled, or given up by permission."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant, to_text
from caresmith.errors import Forbidden, NotFound, VersionConflict
from caresmith.ids import ClaimId, JournalId, PatientId, PracticeId, SheetId
from caresmith.money import Money
from caresmith.permissions import Permission
from caresmith.records.revenue.denial import (
    DENIAL_MOVES,
    OPEN,
    STILL_OPEN,
    DenialFacts,
    DenialItem,
    DenialState,
    denial_sort_key,
    denials_key,
    open_facts,
    seal_facts,
)
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.payer import Directory, payer_directory
from caresmith.records.revenue.sheet import balances_of, get_sheet
from caresmith.records.revenue.writing import RevenueWrites, Source
from caresmith.users import users_of
from functions.payments import denying, runs
from functions.payments import models as m
from functions.payments.errors import DenialMove, NothingDenied, invalid
from functions.payments.posting.carc import Cause
from functions.payments.posting.remedies import STEPS, words_of
from functions.payments.preparing import payer_named

MOST: Final = 500
_NAMES: Final = {
    DenialState.OPEN: "Opened again",
    DenialState.CORRECTED: "Corrected claim sent",
    DenialState.APPEALED: "Appealed",
    DenialState.WON: "Won",
    DenialState.LOST: "Lost",
    DenialState.WRITTEN_OFF: "Written off",
}


def queue(practice: PracticeId, today: dt.date) -> list[m.DenialRead]:
    """Open denials, whose clock runs out first at the top."""
    payers = payer_directory(practice)
    found = [
        _shown(practice, item, today, payers)
        for item in DenialItem.query(denials_key(practice, OPEN), limit=MOST)
    ]
    audit().about(*(one.patient_id for one in found))
    return sorted(found, key=lambda one: (one.due_on or dt.date.max, -one.cents))


def count_open(practice: PracticeId) -> int:
    return DenialItem.count(denials_key(practice, OPEN))


def read(practice: PracticeId, claim: ClaimId, line: str, today: dt.date) -> m.DenialRead:
    """Raises NotFound."""
    return _shown(practice, find(practice, claim, line), today, payer_directory(practice))


def find(practice: PracticeId, claim: ClaimId, line: str, month: str = "") -> DenialItem:
    """The open one, or the settled one of a month. Raises NotFound."""
    found = DenialItem.query(
        denials_key(practice, month or OPEN),
        DenialItem.sk == denial_sort_key(claim, line),
        consistent_read=True,
        limit=1,
    )
    item = next(iter(found), None)
    if item is None:
        raise NotFound
    audit().about(PatientId(item.patient_id))
    audit().record(f"{claim}#{line}")
    return item


def change(
    claim: ClaimId, line: str, wanted: m.DenialChange, *, version: int, actor: Actor, clock: Clock
) -> m.DenialRead:
    """Raises NotFound, VersionConflict, DenialMove, Forbidden, NothingDenied, InvalidRequest."""
    now = clock.now()
    practice, today = actor.practice_id, runs.today(actor.practice_id, now)
    item = find(practice, claim, line)
    if int(item.version) != version:
        raise VersionConflict
    before = DenialState(item.state)
    state = wanted.state or before
    if state is not before and state not in DENIAL_MOVES[before]:
        raise DenialMove
    facts = _facts(practice, item, wanted, state, actor, now)
    if wanted.assignee is not None:
        if wanted.assignee not in _staff(practice):
            raise invalid("assignee", "is nobody of the staff")
        item.assignee = wanted.assignee
    item.facts = seal_facts(practice, claim, line, facts)
    writes = RevenueWrites(actor, now, today)
    if state is DenialState.WRITTEN_OFF and state is not before:
        _write_off(item, wanted, writes)
    if state in STILL_OPEN:
        item.state = state
        denying.save(item, writes, actor, now)
    else:
        denying.close(item, state, writes, actor, now)
    writes.commit()
    fresh = find(practice, claim, line, "" if state in STILL_OPEN else item.denied_on[:7])
    return _shown(practice, fresh, today, payer_directory(practice))


def _facts(
    practice: PracticeId,
    item: DenialItem,
    wanted: m.DenialChange,
    state: DenialState,
    actor: Actor,
    now: Instant,
) -> DenialFacts:
    facts = open_facts(practice, item)
    done = []
    if state is not DenialState(item.state):
        done.append(_NAMES[state])
    if wanted.note:
        done.append(wanted.note)
    if done:
        told = f"{to_text(now)} {actor.display_name or actor.user_id}: {'. '.join(done)}"
        facts = facts.model_copy(update={"history": (*facts.history, told)[-100:]})
    if wanted.letter is not None:
        facts = facts.model_copy(update={"letter": wanted.letter})
    return facts


def _write_off(item: DenialItem, wanted: m.DenialChange, writes: RevenueWrites) -> None:
    """What insurance still owes of the line, and no more than was denied."""
    actor = current_actor()
    if not actor.may(Permission.GIVE_UP_DENIALS):
        raise Forbidden
    if not wanted.note:
        raise invalid("note", "Say why it is given up.")
    sheet = get_sheet(actor.practice_id, SheetId(item.sheet_id))
    balance = balances_of(sheet).get(item.line) if sheet else None
    cents = min(int(item.cents), balance.insurance.cents) if balance else 0
    if sheet is None or cents <= 0:
        raise NothingDenied
    reason = str(item.reasons[0][1])
    journal = Journal(
        kind=JournalKind.WRITE_OFF,
        postings=(
            Posting(book=Book.INSURANCE, amount=Money(-cents), line=item.line),
            Posting(book=Book.WRITE_OFF, amount=Money(cents), reason=reason[:5]),
        ),
    )
    writes.post(
        sheet,
        journal,
        Source(claim=ClaimId(item.claim_id), memo=wanted.note),
        JournalId.derived_at(writes.now, item.sk, str(item.version)),
    )


def _staff(practice: PracticeId) -> set[str]:
    return {str(one.user_id) for one in users_of(practice) if one.is_active}


def payer_name(item: DenialItem, payers: Directory) -> str:
    """As the directory calls who was asked; else as whoever denied it calls itself."""
    known = payers.get(payer_named(item.payer_id))
    return known.facts.name if known else item.payer_name


def _shown(
    practice: PracticeId, item: DenialItem, today: dt.date, payers: Directory
) -> m.DenialRead:
    facts = open_facts(practice, item)
    due = dt.date.fromisoformat(item.due_on) if item.due_on else None
    reasons = [[group, reason, int(cents)] for group, reason, cents in item.reasons]
    return m.DenialRead(
        claim_id=ClaimId(item.claim_id),
        line=item.line,
        patient_id=PatientId(item.patient_id),
        state=DenialState(item.state),
        denied_on=dt.date.fromisoformat(item.denied_on),
        due_on=due,
        days_left=(due - today).days if due else None,
        cents=int(item.cents),
        code=facts.code,
        modifiers=list(facts.modifiers),
        day=facts.day,
        reasons=reasons,
        words=[words_of(group, reason) for group, reason, _ in reasons],
        cause=item.cause,
        next_step=STEPS[Cause(item.cause)],
        remarks=list(facts.remarks),
        payer=payer_name(item, payers),
        assignee=item.assignee,
        letter=facts.letter,
        history=list(facts.history),
        version=int(item.version),
    )


def months(practice: PracticeId, month: str) -> Iterable[DenialItem]:
    """All denials of a month (``2026-03``), open and settled."""
    yield from DenialItem.query(denials_key(practice, month))
    for item in DenialItem.query(denials_key(practice, OPEN)):
        if str(item.denied_on).startswith(month):
            yield item
