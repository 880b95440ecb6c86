"""The work list: policies that somebody has to see to before the patient comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import CoverageId, EligibilityId, PatientId, PracticeId
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.coverage.keeping import SHOWN
from functions.coverage.models import Waiting, Work, WorkList
from functions.coverage.records import WorkItem, work_key

MOST_SHOWN: Final = 200
_LAST: Final = "9999"


def work_list(practice: PracticeId) -> WorkList:
    """By when the patients come, the next first; then by how long it has waited. One query."""
    found = list(WorkItem.query(work_key(practice), consistent_read=True, limit=MOST_SHOWN + 1))
    items = sorted(found[:MOST_SHOWN], key=lambda one: (one.visit_at or _LAST, one.since))
    shown = [_work(practice, item) for item in items]
    audit().about(*(one.patient_id for one in shown))
    audit().record(*(one.coverage_id for one in shown))
    return WorkList(items=shown, more=len(found) > MOST_SHOWN)


def count(practice: PracticeId) -> int:
    return int(WorkItem.count(work_key(practice)))


def done(coverage: CoverageId, expected: int, because: str, *, actor: Actor) -> None:
    """Take it off the list; the standing stays what it is. Raises NotFound, VersionConflict."""
    item = _item(actor.practice_id, coverage, expected)
    audit().reason = because

    def attempt() -> None:
        with transaction() as writes:
            writes.delete(item)
            audit().join(writes)

    _commit(attempt)


def assign(coverage: CoverageId, expected: int, *, to_me: bool, actor: Actor) -> Work:
    """Take it on, or give it back. Raises NotFound, VersionConflict."""
    item = _item(actor.practice_id, coverage, expected)
    item.assigned_to = actor.user_id if to_me else None
    item.assigned_name = (actor.display_name or actor.user_id) if to_me else None

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            audit().join(writes)

    _commit(attempt)
    return _work(actor.practice_id, item)


def _commit(attempt: Callable[[], None]) -> None:
    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def _item(practice: PracticeId, coverage: CoverageId, expected: int) -> WorkItem:
    try:
        item = WorkItem.get(work_key(practice), coverage, consistent_read=True)
    except WorkItem.DoesNotExist:
        raise NotFound from None
    if int(item.version or 0) != expected:
        raise VersionConflict
    audit().about(PatientId(item.patient_id))
    audit().record(coverage)
    return item


def _work(practice: PracticeId, item: WorkItem) -> Work:
    shown = Sealer(practice, Domain.REVENUE).unseal(item.coverage_id, SHOWN, item.shown, Waiting)
    return Work(
        patient_id=PatientId(item.patient_id),
        coverage_id=CoverageId(item.coverage_id),
        eligibility_id=EligibilityId(item.eligibility_id),
        version=int(item.version or 0),
        what=item.what,
        payer_name=shown.payer_name,
        says=shown.says,
        do=shown.do,
        since=from_text(item.since),
        visit_at=from_text(item.visit_at) if item.visit_at else None,
        tries=int(item.tries),
        assigned_to=item.assigned_to,
        assigned_name=item.assigned_name,
    )
