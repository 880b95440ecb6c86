"""What a biller decides about one claim of a remittance: match, park, look, take out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock, to_text
from caresmith.errors import FieldError, NotFound, VersionConflict, invalid
from caresmith.ids import ClaimId, JournalId, PatientId, PracticeId, RemittanceId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import AdjudicationItem, Standing, adjudication_of
from caresmith.records.revenue.claim import get_claim
from caresmith.records.revenue.layout import remittance_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.remittance import (
    ClaimPosting,
    RemittanceItem,
    RemittedClaimItem,
    get_remittance,
    get_remitted,
    open_notes,
    seal_notes,
)
from caresmith.records.revenue.writing import DayIsClosed, RevenueWrites, Source
from functions.payments import runs
from functions.payments.errors import AlreadySettled, ClaimNotSent, NotCertain, NotPosted
from functions.payments.keeping import count, hold, keep_item, row_at, row_of
from functions.payments.opening import MOST_DAYS
from functions.payments.posting.posting import change
from functions.payments.postings import apply
from functions.payments.preparing import Held, prepare, subject_of
from functions.payments.whose import ANSWERABLE

_OPEN = frozenset({ClaimPosting.WAITING, ClaimPosting.HELD, ClaimPosting.PARKED})


def read(
    practice: PracticeId, remittance: RemittanceId, position: int
) -> tuple[RemittanceItem, RemittedClaimItem]:
    """Raises NotFound."""
    head = get_remittance(practice, remittance)
    item = get_remitted(practice, remittance, position)
    if head is None or item is None:
        raise NotFound
    audit().record(f"{remittance}#{position}")
    if item.patient_id:
        audit().about(PatientId(item.patient_id))
    return head, item


def match(
    remittance: RemittanceId,
    position: int,
    claim_id: ClaimId | None,
    lines: Mapping[int, tuple[str, ...]],
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> RemittedClaimItem:
    """This claim is meant, and these of its lines; it is posted if that makes it certain.

    Raises NotFound, AlreadySettled, InvalidRequest, NotCertain, VersionConflict.
    """
    practice = actor.practice_id
    head, item = read(practice, remittance, position)
    _check(item, version)
    if item.state not in _OPEN:
        raise AlreadySettled
    if claim_id is not None:
        claim = get_claim(practice, claim_id)
        if claim is None:
            raise invalid("claim_id", "There is no such claim.")
        if claim.state not in ANSWERABLE:
            raise ClaimNotSent
        audit().about(PatientId(claim.patient_id))
        item.claim_id, item.patient_id = claim_id, claim.patient_id
    if lines:
        notes = open_notes(practice, item)
        chosen = {**notes.chosen, **lines}
        item.notes = seal_notes(practice, item, notes.model_copy(update={"chosen": chosen}))
    ready = prepare(head, item, practice)
    now = clock.now()
    if isinstance(ready, Held):
        hold(head, item, ready, actor=actor, now=now)
        raise NotCertain(fields=[FieldError("lines", text) for text in ready.notes.doubts])
    runs.post_ready(head, item, ready, actor=actor, now=now, day=runs.today(practice, now))
    runs.follow_state(practice, remittance)
    return read(practice, remittance, position)[1]


def park(
    remittance: RemittanceId,
    position: int,
    reason: str,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> RemittedClaimItem:
    """Put aside with a reason: its money stays unposted, and the remittance says so."""
    head, item = read(actor.practice_id, remittance, position)
    _check(item, version)
    if item.state not in _OPEN:
        raise AlreadySettled
    notes = open_notes(actor.practice_id, item).model_copy(update={"reason": reason})
    held = Held("parked", notes)
    hold(head, item, held, actor=actor, now=clock.now(), state=ClaimPosting.PARKED)
    runs.follow_state(actor.practice_id, remittance)
    return item


def elsewhere(
    remittance: RemittanceId,
    position: int,
    reason: str,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> RemittedClaimItem:
    """Its claim is of an earlier system: the payment goes to that system's book.

    Raises NotFound, AlreadySettled, VersionConflict, InvalidRequest, DayIsClosed.
    """
    practice = actor.practice_id
    head, item = read(practice, remittance, position)
    _check(item, version)
    if item.state not in _OPEN:
        raise AlreadySettled
    if item.claim_id or item.why not in {None, "unknown-claim", "parked", "unposted"}:
        raise invalid("reason", "This is a claim of ours: match it, or put it aside.")
    _move_elsewhere(head, item, reason, ClaimPosting.ELSEWHERE, actor, clock)
    return read(practice, remittance, position)[1]


def bring_back(
    remittance: RemittanceId,
    position: int,
    reason: str,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> RemittedClaimItem:
    """It is a claim of ours after all: it waits for a biller again. Raises as elsewhere does."""
    head, item = read(actor.practice_id, remittance, position)
    _check(item, version)
    if item.state != ClaimPosting.ELSEWHERE:
        raise NotPosted
    _move_elsewhere(head, item, reason, ClaimPosting.HELD, actor, clock)
    return read(actor.practice_id, remittance, position)[1]


def _move_elsewhere(
    head: RemittanceItem,
    item: RemittedClaimItem,
    reason: str,
    state: ClaimPosting,
    actor: Actor,
    clock: Clock,
) -> None:
    practice, now = actor.practice_id, clock.now()
    there = state is ClaimPosting.ELSEWHERE
    amount = Money(int(item.paid_cents) if there else -int(item.paid_cents))
    remittance, position = RemittanceId(item.remittance_id), int(item.position)
    writes = RevenueWrites(actor, now, runs.today(practice, now))
    if amount:
        writes.post_beside(
            remittance_key(practice, remittance),
            Journal(
                kind=JournalKind.OTHER_SYSTEM,
                postings=(
                    Posting(book=Book.CLEARING, amount=amount),
                    Posting(book=Book.OTHER_SYSTEM, amount=-amount),
                ),
            ),
            Source(remittance=remittance, memo=reason),
        )
    count(head, item, state, writes, cents=amount.cents)
    item.why = "elsewhere" if there else "unposted"
    notes = open_notes(practice, item).model_copy(update={"reason": reason})
    item.notes = seal_notes(practice, item, notes)
    keep_item(item, writes)
    if there:
        writes.delete(row_at(item, practice))
    else:
        writes.put(row_of(head, item, practice, item.why, state))
    audit().record(f"{remittance}#{position}")
    writes.commit()
    runs.follow_state(practice, remittance)


def try_again(
    remittance: RemittanceId, position: int, *, version: int, actor: Actor, clock: Clock
) -> RemittedClaimItem:
    """Something else has changed (the claim was sent, the charges corrected): look anew."""
    return match(remittance, position, None, {}, version=version, actor=actor, clock=clock)


def seen(remittance: RemittanceId, position: int, *, actor: Actor, clock: Clock) -> None:
    """A biller has looked at what was odd and posted: it leaves the list."""
    _, item = read(actor.practice_id, remittance, position)
    if item.state != ClaimPosting.POSTED:
        raise NotPosted
    writes = RevenueWrites(actor, clock.now(), clock.now().date())
    writes.delete(row_at(item, actor.practice_id))
    writes.commit()


def take_out(
    remittance: RemittanceId,
    position: int,
    reason: str,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> RemittedClaimItem:
    """Un-post: a journal takes back what it posted, with the reason; then it is held.

    Raises NotFound, NotPosted, VersionConflict, DayIsClosed.
    """
    practice, now = actor.practice_id, clock.now()
    _, item = read(practice, remittance, position)
    _check(item, version)
    if item.state != ClaimPosting.POSTED:
        raise NotPosted
    today = runs.today(practice, now)
    for ahead in range(MOST_DAYS):
        try:
            _take_out(remittance, position, reason, actor, clock, today + dt.timedelta(days=ahead))
        except DayIsClosed:
            continue
        runs.follow_state(practice, remittance)
        return read(practice, remittance, position)[1]
    raise DayIsClosed


def _take_out(
    remittance: RemittanceId,
    position: int,
    reason: str,
    actor: Actor,
    clock: Clock,
    day: dt.date,
) -> None:
    practice, now = actor.practice_id, clock.now()
    head, item = read(practice, remittance, position)
    claim = get_claim(practice, ClaimId(item.claim_id)) if item.claim_id else None
    subject = subject_of(practice, claim) if claim else None
    if subject is None:
        raise NotPosted
    there = _standing(subject.said, remittance, position)
    said = adjudication_of(there)
    done = change(subject.state, remove=said)
    writes = RevenueWrites(actor, now, day)
    if done.journal is not None:
        source = Source(
            claim=said.claim_id,
            remittance=remittance,
            takes_back=JournalId(item.journal_id) if item.journal_id else None,
            memo=reason,
        )
        writes.post(subject.sheet, done.journal, source)
    apply(subject, done, said, writes, actor, now, kind="unposted")
    there.standing = Standing.UNPOSTED
    there.at, there.by = to_text(now), actor.user_id
    writes.put(there, AdjudicationItem.standing == Standing.POSTED.value)
    count(head, item, ClaimPosting.HELD, writes, cents=-int(item.paid_cents))
    item.why, item.findings = "unposted", []
    notes = open_notes(practice, item).model_copy(update={"reason": reason})
    item.notes = seal_notes(practice, item, notes)
    keep_item(item, writes)
    writes.put(row_of(head, item, practice, item.why, ClaimPosting.HELD))
    writes.commit()


def _standing(
    said: list[AdjudicationItem], remittance: RemittanceId, position: int
) -> AdjudicationItem:
    for one in said:
        told = adjudication_of(one)
        here = told.remittance_id == remittance and told.position == position
        if here and one.standing == Standing.POSTED:
            return one
    raise NotPosted


def _check(item: RemittedClaimItem, version: int) -> None:
    if int(item.version) != version:
        raise VersionConflict
