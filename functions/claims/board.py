"""The board: claims by state, and those that are stuck."""

from __future__ import annotations

from typing import Any, Final

from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.ids import ClaimId, PatientId, PracticeId, ProviderId
from caresmith.records.revenue.claim import BoardItem, ClaimState
from caresmith.records.revenue.layout import board_key
from functions.claims import models as m
from functions.claims import reopening
from functions.claims.clocks import OPEN
from functions.claims.troubles import troubles

PAGE: Final = 50
_MOST_STUCK: Final = 100
"""Of one state."""
_LAST_KEY: Final = "~"


def page(
    practice: PracticeId,
    state: ClaimState,
    now: Instant,
    *,
    payer: str = "",
    provider: str = "",
    after: str = "",
    limit: int = PAGE,
) -> m.BoardPage:
    """A page of one state's claims, the oldest service first. One query, or a few with filters."""
    condition: Any = None
    for attribute, wanted in ((BoardItem.payer_id, payer), (BoardItem.provider_id, provider)):
        if wanted:
            condition = (
                attribute == wanted if condition is None else condition & (attribute == wanted)
            )
    items = list(
        BoardItem.query(
            board_key(practice, state),
            BoardItem.sk > after if after else None,
            filter_condition=condition,
            limit=limit + 1,
        )
    )
    rows = [_row(item, now) for item in items[:limit]]
    audit().about(*(row.patient_id for row in rows))
    more = str(items[limit - 1].sk) if len(items) > limit else ""
    return m.BoardPage(state=state, rows=rows, after=more)


def counts(practice: PracticeId) -> m.Counts:
    """One counting query for each state in which something is to come."""
    return m.Counts(counts={state: BoardItem.count(board_key(practice, state)) for state in OPEN})


def count(practice: PracticeId, *states: ClaimState) -> int:
    return sum(BoardItem.count(board_key(practice, state)) for state in states)


def stuck(practice: PracticeId, now: Instant) -> m.Stuck:
    """What is overdue, by state: one query for each; and what is wrong with the way."""
    found: dict[ClaimState, list[m.BoardRow]] = {}
    more = False
    for state in OPEN:
        items = list(
            BoardItem.query(
                board_key(practice, state),
                filter_condition=BoardItem.due_at < to_text(now),
                limit=_MOST_STUCK + 1,
            )
        )
        more = more or len(items) > _MOST_STUCK
        if items:
            rows = [_row(item, now) for item in items[:_MOST_STUCK]]
            found[state] = sorted(rows, key=lambda row: (row.due_at or row.since, row.claim_id))
    audit().about(*(row.patient_id for rows in found.values() for row in rows))
    return m.Stuck(
        rows=found, more=more, troubles=troubles(practice, now), reopen=reopening.waiting(practice)
    )


def _row(item: BoardItem, now: Instant) -> m.BoardRow:
    due = from_text(item.due_at) if item.due_at else None
    return m.BoardRow(
        claim_id=ClaimId(item.claim_id),
        version=int(item.version),
        control_number=item.control_number,
        patient_id=PatientId(item.patient_id),
        payer_id=item.payer_id,
        provider_id=ProviderId(item.provider_id) if item.provider_id else None,
        day=item.day,
        since=from_text(item.since),
        due_at=due,
        stuck=due is not None and due < now,
        turn=int(item.turn),
        charge_cents=int(item.charge_cents),
        errors=int(item.errors),
        warnings=int(item.warnings),
    )
