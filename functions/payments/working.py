"""Denials are worked: assigned, corrected, appealed, settled, or given up by permission."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Final

from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant, from_text, to_text
from caresmith.errors import Forbidden, NotFound, VersionConflict, invalid
from caresmith.ids import ClaimId, PatientId, PracticeId, SheetId
from caresmith.permissions import Permission
from caresmith.records.revenue.claim import get_claim
from caresmith.records.revenue.decided import DecisionItem, DecisionState, Whose
from caresmith.records.revenue.denial import (
    DENIAL_MOVES,
    LOST,
    OPEN,
    STILL_OPEN,
    DenialFacts,
    DenialItem,
    DenialState,
    denials_key,
    find_denial,
    letters_of,
    open_facts,
    seal_facts,
)
from caresmith.records.revenue.payer import Directory, payer_directory
from caresmith.records.revenue.sheet import balances_of
from caresmith.records.revenue.writing import RevenueWrites
from caresmith.users import users_of
from functions.payments import denying, owed, runs
from functions.payments import models as m
from functions.payments.errors import DenialMove, NothingDenied, StillOwed
from functions.payments.posting.carc import Cause
from functions.payments.posting.remedies import STEPS, words_of
from functions.payments.preparing import Subject, payer_named, subject_of
from functions.payments.settings import read_settings

MOST: Final = 500
_NAMES: Final = {
    DenialState.OPEN: "Opened again",
    DenialState.CORRECTED: "Corrected claim sent",
    DenialState.APPEALED: "Appealed",
    DenialState.WON: "Won",
    DenialState.LOST: "Lost",
    DenialState.WRITTEN_OFF: "Written off",
    DenialState.PATIENT: "Made the patient's",
    DenialState.HANDED_ON: "Handed on to the next payer",
}


def queue(practice: PracticeId, today: dt.date, group: str = OPEN) -> list[m.DenialRead]:
    """Open denials, or lost ones that are still owed: whose clock runs out first at the top."""
    payers = payer_directory(practice)
    found = [
        _shown(practice, item, today, payers)
        for item in DenialItem.query(denials_key(practice, group), limit=MOST)
    ]
    audit().about(*(one.patient_id for one in found))
    return sorted(found, key=lambda one: (one.due_on or dt.date.max, -one.cents))


def count_open(practice: PracticeId) -> int:
    return DenialItem.count(denials_key(practice, OPEN))


def read(practice: PracticeId, claim: ClaimId, line: str, today: dt.date) -> m.DenialRead:
    """Raises NotFound."""
    found = _shown(practice, find(practice, claim, line), today, payer_directory(practice))
    found.letters = [
        m.LetterRead(
            number=int(one.number),
            way=one.way,
            sent_on=dt.date.fromisoformat(one.sent_on),
            at=from_text(one.at),
            by=one.by,
            sha256=one.sha256,
        )
        for one in letters_of(practice, claim, line)
    ]
    return found


def find(practice: PracticeId, claim: ClaimId, line: str) -> DenialItem:
    """The denial of that line, open or settled. Raises NotFound."""
    item = find_denial(practice, claim, line)
    if item is None:
        raise NotFound
    audit().about(PatientId(item.patient_id))
    audit().record(f"{claim}#{line}")
    return item


def change(
    claim: ClaimId,
    line: str,
    wanted: m.DenialChange,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
    besides: Callable[[RevenueWrites], None] | None = None,
) -> m.DenialRead:
    """Raises NotFound, VersionConflict, DenialMove, StillOwed, Forbidden, NothingDenied,
    InvalidRequest.
    """
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
    if state is not before:
        _follow_money(item, before, state, wanted, writes, now)
    _follow_clock(item, before, state, wanted, today)
    denying.move(item, state, writes, actor, now)
    if besides is not None:
        besides(writes)
    writes.commit()
    return read(practice, claim, line, today)


def _follow_clock(
    item: DenialItem,
    before: DenialState,
    state: DenialState,
    wanted: m.DenialChange,
    today: dt.date,
) -> None:
    """Each state has a day of its own: to appeal until, or to ask for the answer on."""
    practice = current_actor().practice_id
    if state is not before:
        if state is DenialState.APPEALED:
            item.appeals = int(item.appeals or 0) + 1
        if state is DenialState.OPEN:
            due = denying.appeal_until(practice, item.payer_id, today)
        else:
            due = today + dt.timedelta(days=read_settings(practice)[0].answer_days)
        item.due_on = due.isoformat() if state in STILL_OPEN else None
    if wanted.due_on is None:
        return
    if state not in STILL_OPEN:
        raise invalid("due_on", "Nothing is waited for any more.")
    if wanted.due_on < today:
        raise invalid("due_on", "That day is over.")
    item.due_on = wanted.due_on.isoformat()


def _follow_money(
    item: DenialItem,
    before: DenialState,
    state: DenialState,
    wanted: m.DenialChange,
    writes: RevenueWrites,
    now: Instant,
) -> None:
    """Giving up takes it off insurance, opening again puts it back; won is what was paid."""
    if state is DenialState.WRITTEN_OFF:
        _write_off(item, wanted, writes, now)
    elif before is DenialState.WRITTEN_OFF:
        _take_back(item, wanted, writes, now)
    elif state is DenialState.WON:
        subject = _subject(item)
        balance = balances_of(subject.sheet).get(item.line) if subject else None
        if balance and balance.insurance.cents > 0:
            raise StillOwed


def _subject(item: DenialItem) -> Subject | None:
    practice = current_actor().practice_id
    claim = get_claim(practice, ClaimId(item.claim_id))
    return subject_of(practice, claim) if claim else None


def _may_give_up(wanted: m.DenialChange, why: str) -> str:
    """The note. Raises Forbidden, InvalidRequest."""
    if not current_actor().may(Permission.GIVE_UP_DENIALS):
        raise Forbidden
    if not wanted.note:
        raise invalid("note", why)
    return wanted.note


def _take_back(
    item: DenialItem, wanted: m.DenialChange, writes: RevenueWrites, now: Instant
) -> None:
    why = _may_give_up(wanted, "Say why it is owed after all.")
    owed_now = owed.open_owed(current_actor().practice_id, SheetId(item.sheet_id))
    mine = [
        one
        for one in owed_now.decisions
        if one.line == item.line and one.whose == Whose.NOBODY and one.state == DecisionState.POSTED
    ]
    owed.take_back(owed_now.subject, mine, why, writes, writes.actor, now, follow=False)


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


def _write_off(
    item: DenialItem, wanted: m.DenialChange, writes: RevenueWrites, now: Instant
) -> None:
    """What insurance still owes of the line, and no more than was denied."""
    note = _may_give_up(wanted, "Say why it is given up.")
    subject = _subject(item)
    balance = balances_of(subject.sheet).get(item.line) if subject else None
    cents = min(int(item.cents), balance.insurance.cents) if balance else 0
    if subject is None or cents <= 0:
        raise NothingDenied
    reason = str(item.reasons[0][1])[:5]
    decision = owed.new_decision(
        subject, reason, Whose.NOBODY, item.line, cents, note, actor=writes.actor, now=now
    )
    owed.post(subject, decision, writes, now, follow=False)
    decision.decided_by, decision.decided_at = writes.actor.user_id, decision.asked_at
    writes.put(decision, DecisionItem.pk.does_not_exist())


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
        appeals=int(item.appeals or 0),
        sheet_id=SheetId(item.sheet_id),
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
        letters=[],
        history=list(facts.history),
        version=int(item.version),
    )


def months(practice: PracticeId, month: str) -> Iterable[DenialItem]:
    """All denials of a month (``2026-03``), open, lost and settled."""
    yield from DenialItem.query(denials_key(practice, month))
    for group in (OPEN, LOST):
        for item in DenialItem.query(denials_key(practice, group)):
            if str(item.denied_on).startswith(month):
                yield item
