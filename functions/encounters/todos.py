"""Tasks of a chart, and everybody's list of theirs."""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import ChartTaskId, EncounterId, PatientId, PracticeId
from caresmith.records.clinical import charts, entries
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.layout import ChartEntry, Kind, chart_key, now_key
from caresmith.records.clinical.planning import Task
from caresmith.records.clinical.writing import ChartWrites
from functions.encounters import chart
from functions.encounters.records import NOBODY, TodoItem, todo_key

MOST: Final = 100
_SOME_DAY: Final = "9999-12-31"


def add(
    patient: PatientId, task: Task, *, encounter: EncounterId | None, actor: Actor, now: Instant
) -> ChartEntry:
    """Raises ChartNotOpen."""
    chart.check_encounter(actor.practice_id, patient, encounter)
    writes = ChartWrites(actor, patient, now)
    entry = writes.add(task, encounter=encounter)
    if task.matters_now:
        writes.put(_todo(actor.practice_id, patient, entry.entry_id, task))
    writes.commit()
    return entry


def change(
    patient: PatientId, entry: ChartTaskId, task: Task, expected: int, *, actor: Actor, now: Instant
) -> ChartEntry:
    """Give it to somebody, put it off, say that it is done. Raises NotFound, VersionConflict."""
    before = charts.find(actor.practice_id, patient, Kind.TASK, entry)
    chart.expect(before, expected)
    known = entries.open_entry(actor.practice_id, before, Task).content
    writes = ChartWrites(actor, patient, now)
    after = writes.replace(before, task)
    owner = PatientId(before.patient_id)
    was = _todo(actor.practice_id, owner, entry, known)
    becomes = _todo(actor.practice_id, owner, entry, task)
    if (was.pk, was.sk) != (becomes.pk, becomes.sk) or not task.matters_now:
        writes.delete(TodoItem(was.pk, was.sk))
    if task.matters_now:
        writes.put(becomes)
    writes.commit()
    return after


def _todo(practice: PracticeId, patient: PatientId, entry: str, task: Task) -> TodoItem:
    due = task.due.isoformat() if task.due else None
    return TodoItem(
        todo_key(practice, task.owner_id or NOBODY),
        f"{due or _SOME_DAY}#{entry}",
        task_id=entry,
        patient_id=patient,
        due=due,
    )


def of_owner(owner: str, *, actor: Actor, until: dt.date | None) -> list[Read[Task]]:
    """Somebody's open tasks by due date (``nobody``: those that nobody has), at most a hundred."""
    practice = actor.practice_id
    high = f"{until.isoformat()}~" if until else "~"
    listed = list(TodoItem.query(todo_key(practice, owner), TodoItem.sk <= high, limit=MOST))
    patients = [PatientId(item.patient_id) for item in listed]
    audit().about(*patients)
    keys = [
        (chart_key(practice, PatientId(item.patient_id)), now_key(Kind.TASK, item.task_id))
        for item in listed
    ]
    found = {str(item.entry_id): item for item in ChartEntry.batch_get(keys)} if keys else {}
    shown = [found[item.task_id] for item in listed if item.task_id in found]
    return [entries.open_entry(practice, item, Task) for item in shown]


def count_of(practice: PracticeId, owner: str) -> int:
    """How many open tasks somebody has, at most a hundred."""
    return TodoItem.count(todo_key(practice, owner), limit=MOST)
