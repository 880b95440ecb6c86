"""Authorizations that run out: those that end within some days, and those of which little is left.

Two lists of the practice follow each authorization that holds. What is left changes when
something is charged under it, so the list follows the charges' events: it is counted anew each
time, and what is told twice or late finds it right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pynamodb.transactions import TransactWrite

from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.events import ChargesChanged, ChargesReleased, ChargesVoided, ClaimMoved
from caresmith.ids import AuthorizationId, PatientId, PracticeId
from caresmith.records.coverage import covered_chart
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.authorization import (
    LEFT,
    AuthorizationItem,
    AuthorizationRead,
    ListedAuthorizationItem,
    authorization_items,
    authorizations_key,
    ends_sort_key,
    left_sort_key,
    listed_key,
    open_authorization,
)
from caresmith.records.revenue.authorized import on_file, uses_of
from caresmith.records.revenue.payer import payer_directory
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.coverage.models import RunningOut, RunsOut

MOST_SHOWN: Final = 100
_PAST_ITS_END: Final = dt.timedelta(days=60)
"""After which the line of one that has ended goes by itself."""
_ATTEMPTS: Final = 4
_TELLING: Final = frozenset(
    {"held", "clean", "approved", "paid", "partly-paid", "denied", "reversed", "replaced", "voided"}
)
"""Claims' states at which more or less may be used than before."""


@dataclass(frozen=True)
class Lines:
    """How the lists follow one authorization: lines that go, and lines that come."""

    gone: tuple[ListedAuthorizationItem, ...]
    come: tuple[ListedAuthorizationItem, ...]


def lines(item: AuthorizationItem, told: AuthorizationRead, left: int | None) -> Lines:
    """The item says afterwards where it is listed, and is not written."""
    before = _listed(item)
    item.ends = told.last.isoformat() if told.holds and told.last else None
    item.left = left if told.holds else None
    after = _listed(item)
    keys = {str(one.sk) for one in after}
    return Lines(tuple(one for one in before if one.sk not in keys), after)


def place(writes: TransactWrite, lists: Lines) -> None:
    for one in lists.gone:
        writes.delete(one)
    for one in lists.come:
        writes.save(one)


def _listed(item: AuthorizationItem) -> tuple[ListedAuthorizationItem, ...]:
    last = dt.date.fromisoformat(item.ends) if item.ends else None
    left = None if item.left is None else int(item.left)
    keys = [ends_sort_key(last, item.authorization_id)] if last else []
    keys += [left_sort_key(left, item.authorization_id)] if left is not None else []
    practice = PracticeId(str(item.pk).partition("#")[0])
    gone = last + _PAST_ITS_END if last else None
    return tuple(
        ListedAuthorizationItem(
            listed_key(practice),
            key,
            authorization_id=item.authorization_id,
            patient_id=item.patient_id,
            last=item.ends,
            left=left,
            expires_at=_noon(gone) if gone else None,
        )
        for key in keys
    )


def _noon(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(12), dt.UTC).timestamp())


# -- what is heard --------------------------------------------------------------------


def on_charges(event: ChargesReleased | ChargesChanged | ChargesVoided) -> None:
    count_anew(event.practice_id, event.patient_id)


def on_claim(event: ClaimMoved) -> None:
    if event.state in _TELLING:
        count_anew(event.practice_id, event.patient_id)


def count_anew(practice: PracticeId, patient: PatientId) -> None:
    """The list says what is left of the person's authorizations. Told twice, it says the same."""
    for attempt in range(_ATTEMPTS):
        try:
            _count(practice, patient)
        except TransactionCancelled:
            # Somebody has changed one just then.
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _count(practice: PracticeId, patient: PatientId) -> None:
    try:
        charts = covered_chart(practice, patient).charts
    except NotFound:
        return
    items = [
        (item, told)
        for item in authorization_items(practice, charts)
        if (told := open_authorization(practice, item)).holds and told.approved is not None
    ]
    if not items:
        return
    audit().about(*charts)
    uses, setup = uses_of(practice, charts), practice_setup(practice)
    for item, told in items:
        left, before = on_file(told, uses, setup).left, item.left
        if left == before:
            continue
        lists = lines(item, told, left)
        audit().record(item.authorization_id)
        _save(item, before, lists)


def _save(item: AuthorizationItem, before: object, lists: Lines) -> None:
    """On condition that nobody has changed it, or counted it otherwise, since it was read."""
    same = AuthorizationItem.left == before if before is not None else _UNLISTED

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=(AuthorizationItem.version == item.version) & same)
            place(writes, lists)
            audit().join(writes)

    when_not_busy(attempt)


_UNLISTED: Final = AuthorizationItem.left.does_not_exist()


# -- the page ---------------------------------------------------------------------------


def running_out(practice: PracticeId, days: int, left: int, now: Instant) -> RunningOut:
    """Those that end within so many days, then those of which so much is left at most.

    Two queries, a BatchGetItem for what is shown, and the directory; those that are over are
    left out.
    """
    setup = practice_setup(practice)
    today = setup.practice.day_at(now)
    ending = ListedAuthorizationItem.query(
        listed_key(practice),
        ListedAuthorizationItem.sk.between(
            ends_sort_key(today), ends_sort_key(today + dt.timedelta(days=days + 1))
        ),
        limit=MOST_SHOWN + 1,
    )
    few = ListedAuthorizationItem.query(
        listed_key(practice),
        ListedAuthorizationItem.sk.between(LEFT, left_sort_key(left + 1)),
        filter_condition=ListedAuthorizationItem.last.does_not_exist()
        | (ListedAuthorizationItem.last >= today.isoformat()),
        limit=MOST_SHOWN + 1,
    )
    found = {one.authorization_id: one for one in (*ending, *few)}
    listed = list(found.values())[:MOST_SHOWN]
    opened = _opened(practice, listed)
    names = {one.payer_id: one.facts.name for one in payer_directory(practice).payers}
    audit().about(*(PatientId(one.patient_id) for one in opened.values()))
    audit().record(*opened)
    return RunningOut(
        days=days,
        left=left,
        more=len(found) > MOST_SHOWN,
        items=[
            RunsOut(
                patient_id=told.patient_id,
                authorization_id=told.authorization_id,
                kind=told.kind,
                number=told.number or "",
                payer_name=names.get(told.payer_id, "") if told.payer_id else "",
                codes=told.codes,
                last=told.last,
                left=None if one.left is None else int(one.left),
                approved=told.approved,
                counted=told.counted,
            )
            for one in listed
            if (told := opened.get(AuthorizationId(one.authorization_id)))
        ],
    )


def _opened(
    practice: PracticeId, listed: Iterable[ListedAuthorizationItem]
) -> dict[AuthorizationId, AuthorizationRead]:
    keys = [
        (authorizations_key(practice, PatientId(one.patient_id)), one.authorization_id)
        for one in listed
    ]
    items = AuthorizationItem.batch_get(keys) if keys else ()
    every = (open_authorization(practice, item) for item in items)
    return {one.authorization_id: one for one in every}
