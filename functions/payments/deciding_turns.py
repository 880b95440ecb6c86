"""Whose turn it is, where no payer's answer decides it.

A later payer is not waited for any more, and what it would have been asked is the patient's;
a payer is billed although the one before has denied; or a policy was put behind those that
have answered, and its payer's turn comes.
"""

from __future__ import annotations

import datetime as dt

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock, Instant
from caresmith.errors import NotFound, invalid
from caresmith.events import ChargesChanged
from caresmith.ids import ClaimId, PatientId, PracticeId, SheetId
from caresmith.log import logger
from caresmith.records.revenue.adjudication import Standing, adjudication_of, said_of
from caresmith.records.revenue.claim import get_claim
from caresmith.records.revenue.sheet import get_sheet
from caresmith.records.revenue.writing import DayIsClosed, RevenueWrites, Source
from functions.payments import runs
from functions.payments.errors import NoNextPayer, NothingLeft, NotPosted
from functions.payments.opening import MOST_DAYS
from functions.payments.posting.posting import Change, change
from functions.payments.postings import apply
from functions.payments.preparing import Subject, subject_of


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
    if not subject.standing:
        raise NotPosted
    skipped = state.skipped - {turn} if wait else state.skipped | {turn}
    audit().reason = reason
    _write(subject, change(state, skipped=skipped), reason, actor, now, runs.today(practice, now))
    return int(subject.sheet.turn)


def bill_next(claim_id: ClaimId, reason: str, *, actor: Actor, clock: Clock) -> int:
    """The payer behind the last one that has answered is asked now; whose turn it is then.

    It may have been given up, or the one before has denied and its denial stands. Where its
    turn has come already nothing changes. Raises NotFound, NotPosted, NoNextPayer,
    VersionConflict.
    """
    practice, now = actor.practice_id, clock.now()
    claim = get_claim(practice, claim_id)
    subject = subject_of(practice, claim) if claim else None
    if claim is None or subject is None:
        raise NotFound
    audit().about(PatientId(claim.patient_id))
    if not subject.standing:
        raise NotPosted
    state = subject.state
    last = max(one.turn for one in subject.standing)
    if last >= len(subject.content.coverages):
        raise NoNextPayer
    if int(subject.sheet.turn) > last:
        return int(subject.sheet.turn)
    skipped = state.skipped - {last + 1}
    done = change(state, skipped=skipped)
    if done.settlement.turn <= last:
        done = change(state, skipped=skipped, passed=state.passed | {last})
    if done.settlement.turn <= last:
        raise NothingLeft
    audit().reason = reason
    _write(subject, done, reason, actor, now, runs.today(practice, now))
    return int(subject.sheet.turn)


def follow_charges(event: ChargesChanged, *, actor: Actor, clock: Clock) -> None:
    """Consumer: other policies may stand behind those that have answered. Told twice, once.

    Raises VersionConflict where somebody else was faster: then it is delivered again.
    """
    practice, now = actor.practice_id, clock.now()
    try:
        subject = answered(practice, event.sheet_id)
    except NotFound:
        logger().warning("charges of nobody", extra={"sheet_id": event.sheet_id})
        return
    if subject is None:
        return
    done, stands = change(subject.state), int(subject.sheet.turn)
    last = max(one.turn for one in subject.standing)
    # Only those behind the last one that has answered can have come or gone.
    if done.settlement.turn == stands or max(done.settlement.turn, stands) <= last:
        return
    day = runs.today(practice, now)
    for ahead in range(MOST_DAYS):
        try:
            _write(subject, done, "", actor, now, day + dt.timedelta(days=ahead))
        except DayIsClosed:
            # What was to be written has changed the records in memory: begin anew.
            subject = answered(practice, event.sheet_id)
            if subject is None:
                return
            done = change(subject.state)
        else:
            return
    raise DayIsClosed


def answered(practice: PracticeId, sheet_id: SheetId) -> Subject | None:
    """The sheet, by the claim that was answered last; None where no answer stands.

    Raises NotFound.
    """
    sheet = get_sheet(practice, sheet_id)
    if sheet is None:
        raise NotFound
    audit().about(PatientId(sheet.patient_id))
    said, _ = said_of(practice, PatientId(sheet.patient_id), sheet_id)
    told = [one for one in said if one.standing == Standing.POSTED]
    claim = get_claim(practice, adjudication_of(told[-1]).claim_id) if told else None
    return subject_of(practice, claim) if claim else None


def _write(
    subject: Subject, done: Change, reason: str, actor: Actor, now: Instant, day: dt.date
) -> None:
    writes = RevenueWrites(actor, now, day)
    if done.journal is not None:
        source = Source(claim=ClaimId(subject.claim.claim_id), memo=reason)
        writes.post(subject.sheet, done.journal, source)
    apply(subject, done, subject.standing[-1], writes, actor, now, kind="turn")
    writes.commit()
