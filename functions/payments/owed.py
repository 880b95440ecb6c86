"""What insurance owes of a visit and will not pay: made the patient's, or given up, line by line.

A decision is one more input of what a sheet's lines come to (``posting.settling``): where a
payer pays after all, as much of it is taken back. Above a limit a second person says yes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant, to_text
from caresmith.errors import Forbidden, NotFound, VersionConflict, invalid
from caresmith.events import TurnPassed
from caresmith.ids import AdjustmentId, ClaimId, PatientId, PracticeId, SheetId
from caresmith.permissions import Permission
from caresmith.records.revenue.adjudication import Adjudication, Standing, adjudication_of
from caresmith.records.revenue.claim import claims_of_sheet, get_claim
from caresmith.records.revenue.decided import (
    REASONS,
    DecisionAskedItem,
    DecisionItem,
    DecisionState,
    Whose,
    decisions_asked_key,
    decisions_key,
)
from caresmith.records.revenue.ledger import Book, JournalKind, LineId
from caresmith.records.revenue.sheet import balances_of, get_sheet
from caresmith.records.revenue.writing import Memo, RevenueWrites, Source
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.x12.adjustments import AdjustmentGroup
from functions.payments import denying, runs
from functions.payments import models as m
from functions.payments.errors import Decided, NeverClaimed, NothingDenied, NotYours
from functions.payments.posting.effects import PASSES_ON
from functions.payments.posting.posting import Change, change, given_in
from functions.payments.posting.settling import Key, Settlement
from functions.payments.postings import keep_books
from functions.payments.preparing import Subject, subject_of
from functions.payments.settings import read_settings
from functions.payments.turns import payer_of

NOTE: Final = "note"
_BOOKS: Final = {Whose.PATIENT: Book.PATIENT, Whose.NOBODY: Book.WRITE_OFF}
_KINDS: Final = {Whose.PATIENT: JournalKind.TURN, Whose.NOBODY: JournalKind.WRITE_OFF}


@dataclass(slots=True)
class Owed:
    """A visit as somebody decides about it."""

    subject: Subject
    settlement: Settlement
    decisions: list[DecisionItem]


def open_owed(practice: PracticeId, sheet_id: SheetId) -> Owed:
    """Raises NotFound, NeverClaimed."""
    sheet = get_sheet(practice, sheet_id)
    if sheet is None:
        raise NotFound
    patient = PatientId(sheet.patient_id)
    audit().about(patient)
    audit().record(sheet_id)
    claims = claims_of_sheet(practice, patient, sheet_id)
    claim = get_claim(practice, ClaimId(claims[-1].claim_id)) if claims else None
    subject = subject_of(practice, claim) if claim else None
    if subject is None:
        raise NeverClaimed
    decisions = list(DecisionItem.query(decisions_key(practice, sheet_id), consistent_read=True))
    decisions.sort(key=lambda one: one.asked_at, reverse=True)
    return Owed(subject, subject.state.settled(), decisions)


def decide(
    sheet_id: SheetId, wanted: m.DecisionRequest, *, version: int, actor: Actor, clock: Clock
) -> DecisionItem:
    """The patient is to pay, or it is given up; or a second person is asked for the latter.

    Raises NotFound, NeverClaimed, VersionConflict, Forbidden, NothingDenied, InvalidRequest.
    """
    practice, now = actor.practice_id, clock.now()
    reason = REASONS.get(wanted.reason)
    if reason is None:
        raise invalid("reason", "Choose a reason of the list.")
    if reason.whose is Whose.NOBODY and not actor.may(Permission.WRITE_OFF):
        raise Forbidden
    owed = open_owed(practice, sheet_id)
    if int(owed.subject.sheet.version) != version:
        raise VersionConflict
    cents = _amount(owed, wanted)
    contract = against(owed.settlement, wanted.line) if reason.whose is Whose.PATIENT else []
    if contract and not wanted.anyway:
        told = ", ".join(contract)
        raise invalid(
            "anyway", f"The payer leaves this to the practice ({told}): say that you know, and why."
        )
    item = new_decision(
        owed.subject,
        reason.code,
        reason.whose,
        wanted.line,
        cents,
        wanted.note,
        actor=actor,
        now=now,
    )
    item.against_contract = contract
    writes = RevenueWrites(actor, now, runs.today(practice, now))
    if _alone(practice, item, actor):
        post(owed.subject, item, writes, now)
    else:
        writes.put(_asked_item(practice, item))
        writes.save_sheet(owed.subject.sheet)
    writes.put(item, DecisionItem.pk.does_not_exist())
    audit().record(item.decision_id)
    writes.commit()
    return item


def approve(
    sheet_id: SheetId, decision: AdjustmentId, *, actor: Actor, clock: Clock
) -> DecisionItem:
    """The second person's yes. Raises NotFound, Decided, NotYours, NothingDenied."""
    owed, item = _found(actor.practice_id, sheet_id, decision)
    if item.state != DecisionState.ASKED:
        raise Decided
    if item.asked_by == actor.user_id:
        raise NotYours
    if _room(owed, item.line) < int(item.cents):
        raise NothingDenied
    writes, now = _writes(actor, clock)
    post(owed.subject, item, writes, now)
    _close(item, DecisionState.POSTED, writes, actor, now)
    writes.commit()
    return item


def decline(
    sheet_id: SheetId, decision: AdjustmentId, *, actor: Actor, clock: Clock
) -> DecisionItem:
    """No, or never mind: who asked may take it back as well. Raises NotFound, Decided."""
    _, item = _found(actor.practice_id, sheet_id, decision)
    if item.state != DecisionState.ASKED:
        raise Decided
    writes, now = _writes(actor, clock)
    _close(item, DecisionState.DECLINED, writes, actor, now)
    writes.commit()
    return item


def reverse(
    sheet_id: SheetId, decision: AdjustmentId, why: str, *, actor: Actor, clock: Clock
) -> DecisionItem:
    """Insurance owes it after all. Raises NotFound, Decided, Forbidden."""
    owed, item = _found(actor.practice_id, sheet_id, decision)
    if item.state != DecisionState.POSTED:
        raise Decided
    if item.whose == Whose.NOBODY and not actor.may(Permission.WRITE_OFF):
        raise Forbidden
    writes, now = _writes(actor, clock)
    take_back(owed.subject, [item], why, writes, actor, now)
    writes.commit()
    return item


def waiting(practice: PracticeId) -> list[DecisionAskedItem]:
    """What waits for a second person, the oldest first."""
    found = sorted(
        DecisionAskedItem.query(decisions_asked_key(practice)), key=lambda one: one.asked_at
    )
    audit().about(*(PatientId(one.patient_id) for one in found))
    return found


# -- for denials as well --------------------------------------------------------------


def new_decision(
    subject: Subject,
    reason: str,
    whose: Whose,
    line: LineId,
    cents: int,
    note: str,
    *,
    actor: Actor,
    now: Instant,
) -> DecisionItem:
    decision, practice = AdjustmentId.new(), actor.practice_id
    sheet = SheetId(subject.sheet.sheet_id)
    return DecisionItem(
        decisions_key(practice, sheet),
        decision,
        decision_id=decision,
        sheet_id=sheet,
        patient_id=subject.sheet.patient_id,
        state=DecisionState.ASKED,
        whose=whose,
        reason=reason,
        line=line,
        cents=cents,
        asked_by=actor.user_id,
        asked_at=to_text(now),
        version=1,
        note=Sealer(practice, Domain.REVENUE).seal(decision, NOTE, Memo(text=note)),
    )


def post(
    subject: Subject,
    item: DecisionItem,
    writes: RevenueWrites,
    now: Instant,
    *,
    follow: bool = True,
) -> None:
    """It goes into the books; ``follow``: the line's denial takes on what was decided."""
    given = {line: dict(keys) for line, keys in given_in(subject.state.posted).items()}
    of_line = given.setdefault(item.line, {})
    key = _key(item)
    of_line[key] = of_line.get(key, 0) + int(item.cents)
    kind = _KINDS[Whose(item.whose)]
    _apply(subject, change(subject.state, given=given, kind=kind), item, writes, now, follow)
    item.state = DecisionState.POSTED


def take_back(
    subject: Subject,
    items: Iterable[DecisionItem],
    why: str,
    writes: RevenueWrites,
    actor: Actor,
    now: Instant,
    *,
    follow: bool = True,
) -> None:
    """Decisions of one line are owed by insurance again, as far as they still stood."""
    given = {line: dict(keys) for line, keys in given_in(subject.state.posted).items()}
    last = None
    for item in items:
        of_line = given.setdefault(item.line, {})
        of_line[_key(item)] = max(0, of_line.get(_key(item), 0) - int(item.cents))
        _close(item, DecisionState.REVERSED, writes, actor, now)
        last = item
    if last is None:
        return
    done = change(subject.state, given=given, kind=JournalKind.CORRECTION)
    _apply(subject, done, last, writes, now, follow, why)


def _apply(
    subject: Subject,
    done: Change,
    item: DecisionItem,
    writes: RevenueWrites,
    now: Instant,
    follow: bool,
    why: str = "",
) -> None:
    actor, sheet = writes.actor, subject.sheet
    claim = ClaimId(subject.claim.claim_id)
    if done.journal is not None:
        memo = why or note_of(actor.practice_id, item)
        writes.post(sheet, done.journal, Source(claim=claim, memo=memo))
    if follow:
        denying.follow(subject, done, last_said(subject), writes, actor, now)
    before, turn = int(sheet.turn), done.settlement.turn
    keep_books(subject, done, writes)
    if turn == before:
        return
    sheet.turn = turn
    sheet.payer_id = payer_of(subject, turn, actor.practice_id)
    if turn == 0 and item.whose == Whose.PATIENT:
        writes.tell(
            TurnPassed(
                practice_id=actor.practice_id,
                occurred_at=now,
                actor_id=actor.user_id,
                patient_id=PatientId(sheet.patient_id),
                sheet_id=SheetId(sheet.sheet_id),
                claim_id=claim,
                turn=0,
            )
        )


def last_said(subject: Subject) -> Adjudication | None:
    """What a payer has said last of the sheet, and stands."""
    told = [one for one in subject.said if one.standing == Standing.POSTED]
    return adjudication_of(told[-1]) if told else None


def against(settlement: Settlement, line: LineId) -> list[str]:
    """By which reasons the payer holds the practice to it: group CO, and a QMB's share.

    CO is what the contract or the law leaves to the practice (X12 835 CAS01); of a Qualified
    Medicare Beneficiary nobody may ask cost-sharing (42 USC 1396a(n)(3)).
    """
    one = settlement.lines.get(line)
    denied = one.denied.reasons if one and one.denied else ()
    return [
        f"{group}-{reason}"
        for group, reason, _ in denied
        if group == AdjustmentGroup.CONTRACTUAL or reason in PASSES_ON
    ]


def note_of(practice: PracticeId, item: DecisionItem) -> str:
    return Sealer(practice, Domain.REVENUE).unseal(item.decision_id, NOTE, item.note, Memo).text


# -- inside -------------------------------------------------------------------------


def _key(item: DecisionItem) -> Key:
    return _BOOKS[Whose(item.whose)], item.reason


def _room(owed: Owed, line: LineId) -> int:
    balance = balances_of(owed.subject.sheet).get(line)
    return max(0, balance.insurance.cents) if balance else 0


def _amount(owed: Owed, wanted: m.DecisionRequest) -> int:
    if wanted.line not in balances_of(owed.subject.sheet):
        raise invalid("line", "The visit has no such line.")
    room = _room(owed, wanted.line)
    if not room:
        raise NothingDenied
    cents = room if wanted.amount is None else wanted.amount.cents
    if not 0 < cents <= room:
        raise invalid("amount", "It is more than nothing, and no more than insurance owes.")
    return cents


def _alone(practice: PracticeId, item: DecisionItem, actor: Actor) -> bool:
    if item.whose == Whose.PATIENT or actor.may(Permission.GIVE_UP_DENIALS):
        return True
    return int(item.cents) <= read_settings(practice)[0].write_off_alone_cents


def _writes(actor: Actor, clock: Clock) -> tuple[RevenueWrites, Instant]:
    now = clock.now()
    return RevenueWrites(actor, now, runs.today(actor.practice_id, now)), now


def _found(
    practice: PracticeId, sheet_id: SheetId, decision: AdjustmentId
) -> tuple[Owed, DecisionItem]:
    owed = open_owed(practice, sheet_id)
    item = next((one for one in owed.decisions if one.decision_id == decision), None)
    if item is None:
        raise NotFound
    audit().record(decision)
    return owed, item


def _close(
    item: DecisionItem, state: DecisionState, writes: RevenueWrites, actor: Actor, now: Instant
) -> None:
    before = int(item.version)
    item.state, item.version = state, before + 1
    item.decided_by, item.decided_at = actor.user_id, to_text(now)
    writes.put(item, DecisionItem.version == before)
    writes.delete(DecisionAskedItem(decisions_asked_key(actor.practice_id), item.decision_id))


def _asked_item(practice: PracticeId, item: DecisionItem) -> DecisionAskedItem:
    return DecisionAskedItem(
        decisions_asked_key(practice),
        item.decision_id,
        decision_id=item.decision_id,
        sheet_id=item.sheet_id,
        patient_id=item.patient_id,
        cents=item.cents,
        reason=item.reason,
        asked_by=item.asked_by,
        asked_at=item.asked_at,
    )
