"""The lines of the work list, and how an answered one leaves it."""

from __future__ import annotations

from pynamodb.transactions import TransactWrite

from caresmith.ids import PracticeId
from functions.accounts.estimating.records import (
    EstimateItem,
    Owed,
    OwedItem,
    Work,
    WorkItem,
    work_key,
    work_sort_key,
)


def owed(practice: PracticeId, item: OwedItem) -> WorkItem:
    """That an estimate is to be made."""
    return WorkItem(
        work_key(practice),
        work_sort_key(Work.OWED, item.due, item.key, item.patient_id),
        what=Work.OWED,
        key=item.key,
        patient_id=item.patient_id,
        service_day=item.service_day,
        due=item.due,
        asked=item.appointment_id is None,
    )


def to_give(practice: PracticeId, item: EstimateItem) -> WorkItem:
    """That one that was made is to be given to the patient."""
    return WorkItem(
        work_key(practice),
        work_sort_key(Work.GIVE, item.due, item.estimate_id, item.patient_id),
        what=Work.GIVE,
        key=item.estimate_id,
        patient_id=item.patient_id,
        service_day=item.service_day,
        due=item.due,
        cents=item.total_cents,
    )


def above(practice: PracticeId, item: EstimateItem) -> WorkItem:
    """That the bill is far above what was estimated."""
    return WorkItem(
        work_key(practice),
        work_sort_key(Work.ABOVE, item.service_day, item.estimate_id, item.patient_id),
        what=Work.ABOVE,
        key=item.estimate_id,
        patient_id=item.patient_id,
        service_day=item.service_day,
        cents=item.above_cents,
    )


def answered(
    practice: PracticeId, item: OwedItem, estimate: EstimateItem, writes: TransactWrite
) -> None:
    """The estimate that is owed has been made."""
    writes.delete(owed(practice, item))
    before = int(item.version)
    item.state, item.estimate_id, item.why = Owed.MADE, estimate.estimate_id, None
    item.version = before + 1
    writes.save(item, condition=OwedItem.version == before)
