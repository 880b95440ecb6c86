"""Posting a remittance, in slices that can be repeated: books first, then claim by claim.

Each claim has a transaction and an audit entry of its own. What can't be posted without
a person is held, and the rest goes on: the state of the remittance says what is left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pynamodb.expressions.condition import Condition

from caresmith import later
from caresmith.actor import Actor, current_actor
from caresmith.audit import AuditTrail, Outcome, audit, audited
from caresmith.clock import Clock, Instant
from caresmith.errors import VersionConflict
from caresmith.events import RemittanceFiled
from caresmith.ids import PracticeId, RemittanceId, SheetId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.adjudication import AdjudicationItem, Standing, said_sort_key
from caresmith.records.revenue.layout import remittance_key, remittances_key
from caresmith.records.revenue.remittance import (
    HEAD,
    ClaimPosting,
    RemittanceItem,
    RemittanceRowItem,
    RemittanceState,
    RemittedClaimItem,
    claim_sort_key,
    get_remittance,
    get_remitted,
    row_of,
    row_sort_key,
)
from caresmith.records.revenue.writing import AlreadyPosted, DayIsClosed, RevenueWrites
from caresmith.transactions import TransactionCancelled, transaction
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments.deposits import look_for_money
from functions.payments.keeping import hold, keep_item, note_only
from functions.payments.opening import MOST_DAYS, open_books
from functions.payments.postings import NOTHING_TO_POST, write_posted
from functions.payments.preparing import Held, Ready, prepare
from functions.payments.settings import read_settings

SLICE_SECONDS: Final = 60.0
_ATTEMPTS: Final = 4
_PAGE: Final = 50


def filed(event: RemittanceFiled, clock: Clock) -> None:
    """Consumer: a remittance is kept claim by claim. It is posted, or waits to be approved."""
    if read_settings(event.practice_id)[0].post_by_itself:
        go_on(event.remittance_id, actor=current_actor(), clock=clock)
        return
    head = get_remittance(event.practice_id, event.remittance_id)
    if head is not None and head.state == RemittanceState.POSTING:
        # Told late or twice: what has been approved in the meantime goes on.
        unapproved = RemittanceItem.approved.does_not_exist()
        _move(head, RemittanceState.REVIEW, event.practice_id, unapproved)


def post_task(event: Mapping[str, Any], clock: Clock) -> None:
    """Task: the next slice of a remittance."""
    go_on(RemittanceId(event["remittance_id"]), actor=current_actor(), clock=clock)


def go_on(remittance: RemittanceId, *, actor: Actor, clock: Clock) -> None:
    """Post what is left of a remittance, as far as time allows; then plan the rest."""
    practice = actor.practice_id
    head = get_remittance(practice, remittance)
    if head is None or head.state == RemittanceState.FILING:
        return
    _approve(head, practice)
    began = clock.now()
    day = today(practice, began)
    open_books(head, actor, began, day)
    look_for_money(practice, head)
    last = 0
    for item in _waiting(practice, remittance, int(head.cursor)):
        last = int(item.position)
        post_one(head, item, actor=actor, clock=clock, day=day)
        if (clock.now() - began).total_seconds() > SLICE_SECONDS:
            _note_cursor(head, last)
            _plan(clock.now(), practice, remittance, last)
            return
    if last:
        _note_cursor(head, last)
    follow_state(practice, remittance)


def post_one(
    head: RemittanceItem,
    item: RemittedClaimItem,
    *,
    actor: Actor,
    clock: Clock,
    day: dt.date,
) -> None:
    """Post or hold one claim, whatever state others have left it in. Safe to repeat."""
    trail = AuditTrail(actor, "payments.post", clock)
    with audited(trail):
        for attempt in range(_ATTEMPTS):
            try:
                settle(head, item, actor=actor, now=clock.now(), day=day)
                break
            except VersionConflict:
                if attempt == _ATTEMPTS - 1:
                    raise
                found = get_remitted(
                    actor.practice_id, RemittanceId(head.remittance_id), int(item.position)
                )
                if found is None or found.state not in {ClaimPosting.WAITING, ClaimPosting.HELD}:
                    return
                item = found
        if not trail.written and (trail.patients or trail.records):
            trail.close(Outcome.SUCCESS, 200)


def settle(
    head: RemittanceItem,
    item: RemittedClaimItem,
    *,
    actor: Actor,
    now: Instant,
    day: dt.date,
) -> Held | None:
    """Post the claim, or hold it and say why."""
    if ClaimStatus(item.status) in NOTHING_TO_POST:
        note_only(head, item, actor=actor, now=now)
        return None
    ready = prepare(head, item, actor.practice_id)
    if isinstance(ready, Held):
        if item.state != ClaimPosting.HELD or item.why != ready.why:
            hold(head, item, ready, actor=actor, now=now)
        return ready
    post_ready(head, item, ready, actor=actor, now=now, day=day)
    return None


def post_ready(
    head: RemittanceItem,
    item: RemittedClaimItem,
    ready: Ready,
    *,
    actor: Actor,
    now: Instant,
    day: dt.date,
) -> None:
    """Raises VersionConflict. Books of closed days are passed over."""
    for ahead in range(MOST_DAYS):
        on = day + dt.timedelta(days=ahead)
        try:
            write_posted(head, item, ready, actor=actor, now=now, day=on)
        except DayIsClosed:
            # What was to be written has changed the records in memory: begin anew.
            item = _again(item, actor.practice_id)
            prepared = prepare(head, item, actor.practice_id)
            if isinstance(prepared, Held):
                raise VersionConflict from None
            ready = prepared
        except AlreadyPosted:
            _repair(_again(item, actor.practice_id), ready, actor, now)
            return
        else:
            return
    raise DayIsClosed


def _again(item: RemittedClaimItem, practice: PracticeId) -> RemittedClaimItem:
    found = get_remitted(practice, RemittanceId(item.remittance_id), int(item.position))
    if found is None:
        raise VersionConflict
    return found


def _repair(item: RemittedClaimItem, ready: Ready, actor: Actor, now: Instant) -> None:
    """Posted before, and its record does not say so: a slice that ran twice wrote over it.

    The remittance has counted it when it was posted.
    """
    if item.state == ClaimPosting.POSTED:
        return
    sheet = SheetId(ready.subject.sheet.sheet_id)
    key = said_sort_key(sheet, ready.adjudication)
    there = AdjudicationItem.get(ready.subject.sheet.pk, key, consistent_read=True)
    if there.standing != Standing.POSTED:
        return
    item.state, item.claim_id = ClaimPosting.POSTED, ready.adjudication.claim_id
    item.patient_id, item.journal_id = ready.subject.claim.patient_id, there.journal_id
    item.generation = there.generation
    writes = RevenueWrites(actor, now, now.date())
    keep_item(item, writes)
    writes.commit()


def follow_state(practice: PracticeId, remittance: RemittanceId) -> None:
    """The remittance takes on the state that its claims have left it in."""
    head = get_remittance(practice, remittance)
    if head is None or head.state == RemittanceState.FILING:
        return
    if head.state == RemittanceState.REVIEW:
        # A biller has seen to single claims of it: the rest still waits to be approved.
        return
    done = int(head.posted) + int(head.noted)
    if int(head.held) or int(head.parked):
        wanted = RemittanceState.EXCEPTIONS
    elif done >= int(head.claims) and int(head.posted_cents) == int(head.amount_cents):
        wanted = RemittanceState.POSTED
    else:
        wanted = RemittanceState.POSTING
    if wanted is not RemittanceState(head.state):
        _move(head, wanted, practice)


def _approve(head: RemittanceItem, practice: PracticeId) -> None:
    """It is posted from now on, also where it waited for that."""
    if head.approved is None:
        head.update(actions=[RemittanceItem.approved.set(1)])
    if head.state == RemittanceState.REVIEW:
        _move(head, RemittanceState.POSTING, practice)


def _move(
    head: RemittanceItem,
    wanted: RemittanceState,
    practice: PracticeId,
    only_if: Condition | None = None,
) -> None:
    """The remittance takes on a state, and stands in that list."""
    remittance, before = RemittanceId(head.remittance_id), RemittanceState(head.state)
    still = RemittanceItem.state == before.value
    if only_if is not None:
        still &= only_if
    try:
        with transaction() as writes:
            writes.delete(RemittanceRowItem(remittances_key(practice, before), row_sort_key(head)))
            writes.save(row_of(practice, head, wanted))
            writes.update(
                RemittanceItem(remittance_key(practice, remittance), HEAD),
                actions=[RemittanceItem.state.set(wanted.value)],
                condition=still,
            )
    except TransactionCancelled:
        # Another is telling the same.
        return
    head.state = wanted
    audit().record(remittance)


def today(practice: PracticeId, now: Instant) -> dt.date:
    """The practice's day, in whose books is posted."""
    return practice_setup(practice).practice.day_at(now)


def _waiting(
    practice: PracticeId, remittance: RemittanceId, after: int
) -> Iterator[RemittedClaimItem]:
    for item in RemittedClaimItem.query(
        remittance_key(practice, remittance),
        RemittedClaimItem.sk.between(claim_sort_key(after + 1), claim_sort_key(999_999)),
        consistent_read=True,
        page_size=_PAGE,
    ):
        if item.state == ClaimPosting.WAITING:
            yield item


def _note_cursor(head: RemittanceItem, last: int) -> None:
    RemittanceItem(head.pk, HEAD).update(actions=[RemittanceItem.cursor.set(last)])


def _plan(now: Instant, practice: PracticeId, remittance: RemittanceId, last: int) -> None:
    later.at(
        now,
        name=f"post-835-{remittance}-{last}",
        target="payments",
        payload={"task": "post-remittance", "practice_id": practice, "remittance_id": remittance},
    )
