"""The inbox: what needs a person at the front desk, who takes it, and when it is done.

A task is named by its key, so however often something is told, it is one task. It
is raised again where something new happened after it was done: each message or
event counts once (:attr:`TaskRecord.seen`), also where it is delivered twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import StaffTaskRaised
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId, StaffTaskId
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.messaging.errors import TaskDone, TaskTaken
from functions.messaging.models import Task
from functions.messaging.records import TaskRecord, done_tasks_key, open_tasks_key

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

KEEP_DONE: Final = timedelta(days=30)
_MOST_SEEN: Final = 50
_ATTEMPTS: Final = 8


@dataclass(frozen=True)
class Need:
    """What needs a person, as it is told."""

    practice_id: PracticeId
    key: str
    """The same key is one task, however often it is told."""
    task: str
    reference: str
    """What told it: the same one counts once."""
    at: Instant
    party_id: str = ""
    patient_id: PatientId | None = None
    appointment_id: AppointmentId | None = None
    message_id: MessageId | None = None


def on_raised(event: StaffTaskRaised) -> None:
    """Consumer: put it into the inbox, once."""
    put_into_inbox(
        Need(
            practice_id=event.practice_id,
            key=event.key,
            task=event.task,
            reference=str(event.message_id or event.event_id),
            at=event.occurred_at,
            party_id=event.party_id,
            patient_id=event.patient_id,
            appointment_id=event.appointment_id,
            message_id=event.message_id,
        )
    )


def put_into_inbox(need: Need) -> None:
    """Make it a task, or say at the task that it is that there is something new."""
    practice = need.practice_id
    task_id = StaffTaskId.derived(practice, need.key)
    if need.patient_id:
        audit().about(need.patient_id)
    audit().record(task_id)
    for _ in range(_ATTEMPTS):
        present, done = _find(practice, task_id), _find_done(practice, task_id)
        latest = present or done
        if latest and need.reference in latest.seen:
            return
        if _raise(need, task_id, present, done):
            return
    raise TimeoutError("a task kept changing while it was raised")


def _raise(
    need: Need, task_id: StaffTaskId, present: TaskRecord | None, done: TaskRecord | None
) -> bool:
    """False where somebody else changed the task meanwhile."""
    at = to_text(need.at)
    record = present or TaskRecord(
        open_tasks_key(need.practice_id),
        task_id,
        task_id=task_id,
        key=need.key,
        task=need.task,
        raised_at=at,
        latest_at=at,
        times=0,
        seen=list(done.seen) if done else [],
    )
    record.party_id = need.party_id or record.party_id
    record.patient_id = need.patient_id or record.patient_id
    record.appointment_id = need.appointment_id or record.appointment_id
    if need.message_id and (not record.message_id or at >= record.latest_at):
        record.message_id = need.message_id
    record.raised_at, record.latest_at = min(record.raised_at, at), max(record.latest_at, at)
    record.times = int(record.times) + 1
    seen: list[Any] = [*record.seen, need.reference]
    record.seen = seen[-_MOST_SEEN:]

    def write(writes: TransactWrite) -> None:
        if done:
            writes.delete(done)
        elif present is None:
            done_key = done_tasks_key(need.practice_id)
            absent = TaskRecord.pk.does_not_exist()
            writes.condition_check(TaskRecord, done_key, task_id, condition=absent)
        writes.save(record)

    try:
        _commit(write)
    except VersionConflict:
        return False
    return True


# -- reading --------------------------------------------------------------


def open_tasks(practice: PracticeId) -> list[Task]:
    """The inbox, what has waited longest first. The caller names its patients to the audit."""
    found = TaskRecord.query(open_tasks_key(practice), consistent_read=True)
    return sorted((_task(record) for record in found), key=lambda task: task.raised_at)


def done_tasks(practice: PracticeId) -> list[Task]:
    """What was done in the last month, the latest first."""
    found = [_task(record) for record in TaskRecord.query(done_tasks_key(practice))]
    return sorted(found, key=lambda task: str(task.closed_at), reverse=True)


def count_open(practice: PracticeId) -> int:
    return int(TaskRecord.count(open_tasks_key(practice)))


# -- changing -------------------------------------------------------------


def claim(task_id: StaffTaskId, *, actor: Actor, now: Instant, expected: int | None) -> Task:
    """Say that one will see to it. Raises NotFound, TaskDone, TaskTaken, VersionConflict."""
    record = _open_record(actor, task_id, expected)
    if record.claimed_by and record.claimed_by != actor.user_id:
        raise TaskTaken
    record.claimed_by, record.claimed_at = actor.user_id, to_text(now)
    record.claimed_name = actor.display_name or None
    return _change(record)


def release(task_id: StaffTaskId, *, actor: Actor, expected: int | None) -> Task:
    """Give it back to everybody, also what a colleague has taken who went home."""
    record = _open_record(actor, task_id, expected)
    record.claimed_by = record.claimed_at = record.claimed_name = None
    return _change(record)


def close(task_id: StaffTaskId, *, actor: Actor, now: Instant, expected: int | None) -> Task:
    """It is done. Raises NotFound, TaskDone, VersionConflict."""
    record = _open_record(actor, task_id, expected)
    done = _moved(record, done_tasks_key(actor.practice_id))
    done.closed_by, done.closed_at = actor.user_id, to_text(now)
    done.closed_name = actor.display_name or None
    done.expires_at = int((now + KEEP_DONE).timestamp())
    _replace(record, done)
    return _task(done)


def reopen(task_id: StaffTaskId, *, actor: Actor) -> Task:
    """It was not done after all. Raises NotFound where it isn't among what was done."""
    done = _find_done(actor.practice_id, task_id)
    if done is None:
        raise NotFound
    _name(done)
    record = _moved(done, open_tasks_key(actor.practice_id))
    _replace(done, record)
    return _task(record)


def _open_record(actor: Actor, task_id: StaffTaskId, expected: int | None) -> TaskRecord:
    record = _find(actor.practice_id, task_id)
    if record is None:
        raise TaskDone if _find_done(actor.practice_id, task_id) else NotFound
    _name(record)
    if expected is not None and expected != record.version:
        raise VersionConflict
    return record


def _name(record: TaskRecord) -> None:
    if record.patient_id:
        audit().about(PatientId(record.patient_id))
    audit().record(record.task_id)


def _moved(record: TaskRecord, partition: str) -> TaskRecord:
    """The same task in another list; who had it and when it was done are not taken along."""
    return TaskRecord(
        partition,
        record.task_id,
        task_id=record.task_id,
        key=record.key,
        task=record.task,
        party_id=record.party_id,
        patient_id=record.patient_id,
        appointment_id=record.appointment_id,
        message_id=record.message_id,
        raised_at=record.raised_at,
        latest_at=record.latest_at,
        seen=list(record.seen),
        times=record.times,
    )


def _change(record: TaskRecord) -> Task:
    _commit(lambda writes: writes.save(record))
    return _task(record)


def _replace(old: TaskRecord, new: TaskRecord) -> None:
    def write(writes: TransactWrite) -> None:
        writes.delete(old)
        writes.save(new, condition=TaskRecord.pk.does_not_exist())

    _commit(write)


def _commit(write: Callable[[TransactWrite], None]) -> None:
    """One change with its audit entry. Raises VersionConflict where somebody was quicker."""

    def attempt() -> None:
        with transaction() as writes:
            write(writes)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def _find(practice: PracticeId, task_id: StaffTaskId) -> TaskRecord | None:
    return _get(open_tasks_key(practice), task_id)


def _find_done(practice: PracticeId, task_id: StaffTaskId) -> TaskRecord | None:
    return _get(done_tasks_key(practice), task_id)


def _get(partition: str, task_id: StaffTaskId) -> TaskRecord | None:
    try:
        return TaskRecord.get(partition, task_id, consistent_read=True)
    except TaskRecord.DoesNotExist:
        return None


def _task(record: TaskRecord) -> Task:
    return Task(
        task_id=StaffTaskId(record.task_id),
        version=int(record.version or 0),
        task=record.task,
        party_id=record.party_id or "",
        patient_id=PatientId(record.patient_id) if record.patient_id else None,
        appointment_id=AppointmentId(record.appointment_id) if record.appointment_id else None,
        message_id=MessageId(record.message_id) if record.message_id else None,
        times=int(record.times),
        raised_at=from_text(record.raised_at),
        latest_at=from_text(record.latest_at),
        claimed_by=record.claimed_by,
        claimed_name=record.claimed_name or "",
        claimed_at=from_text(record.claimed_at) if record.claimed_at else None,
        closed_by=record.closed_by,
        closed_name=record.closed_name or "",
        closed_at=from_text(record.closed_at) if record.closed_at else None,
    )
