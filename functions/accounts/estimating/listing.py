"""The work list: estimates owed, made and not given, and bills far above one."""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import PatientId, PracticeId
from caresmith.money import Money
from functions.accounts import models as m
from functions.accounts.accounts import today
from functions.accounts.estimating.records import Work, WorkItem, work_key

MOST_SHOWN: Final = 300


def work_list(*, actor: Actor, now: Instant) -> m.EstimateWork:
    """By the day on which each is due: what is late stands on top. One query."""
    practice, day = actor.practice_id, today(actor.practice_id, now)
    found = list(WorkItem.query(work_key(practice), consistent_read=True, limit=MOST_SHOWN + 1))
    rows: dict[str, list[m.WorkRow]] = {what: [] for what in Work}
    for item in found[:MOST_SHOWN]:
        rows[item.what].append(_row(item, day))
    audit().about(*(PatientId(item.patient_id) for item in found[:MOST_SHOWN]))
    return m.EstimateWork(
        owed=rows[Work.OWED],
        to_give=rows[Work.GIVE],
        above=rows[Work.ABOVE],
        more=len(found) > MOST_SHOWN,
    )


def count(practice: PracticeId) -> int:
    """How much waits; one query that reads no item."""
    return int(WorkItem.count(work_key(practice)))


def _row(item: WorkItem, today_: dt.date) -> m.WorkRow:
    due = dt.date.fromisoformat(item.due) if item.due else None
    return m.WorkRow(
        key=item.key,
        patient_id=PatientId(item.patient_id),
        service_day=dt.date.fromisoformat(item.service_day) if item.service_day else None,
        due=due,
        late=due is not None and due < today_,
        asked=bool(item.asked),
        amount=Money(int(item.cents)) if item.cents is not None else None,
    )
