"""Whether those who were reminded came: counted on the rows of their reminders."""

from __future__ import annotations

from typing import Final

from caresmith.ids import PatientId, PracticeId
from caresmith.records.appointment import VisitView
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.reminders.counters import Changes, row_of, row_without_reminder
from functions.reminders.planning import local_day
from functions.reminders.records import CameRecord, StepRecord, steps_key, steps_of
from functions.reminders.steps import StepBusy
from functions.reminders.zones import zone_at

_FATES: Final = {"fulfilled": "kept", "noshow": "noshow"}
"""FHIR status of a visit that is over, and the measure that counts it."""
_ATTEMPTS: Final = 8


def count_attendance(practice: PracticeId, visit: VisitView) -> None:
    """Count the visit as kept or missed, once for each patient; take it back where it changed.

    A visit counts on the row of each reminder that was sent for it, so that a
    step's and a channel's rate can be read; without any, on a row of its own.
    """
    steps = steps_of(practice, visit.appointment_id)
    for patient in visit.patient_ids:
        sent = [step for step in steps if step.patient_id == patient and step.sent]
        _count(practice, visit, patient, sent)


def _count(
    practice: PracticeId, visit: VisitView, patient: PatientId, sent: list[StepRecord]
) -> None:
    fate = _FATES.get(visit.status, "")
    key = steps_key(practice, visit.appointment_id), f"came#{patient}"
    for _ in range(_ATTEMPTS):
        try:
            record = CameRecord.get(*key, consistent_read=True)
        except CameRecord.DoesNotExist:
            record = CameRecord(*key, fate="")
        if record.fate == fate:
            return
        try:
            when_not_busy(lambda: _store(practice, visit, record, fate, sent))  # noqa: B023
        except TransactionCancelled:
            continue
        return
    raise StepBusy


def _store(
    practice: PracticeId,
    visit: VisitView,
    record: CameRecord,
    fate: str,
    sent: list[StepRecord],
) -> None:
    counts = Changes(practice, visit.appointment_id)
    before, rows = record.fate, record.rows
    for row in rows if before else ():
        counts.add(row, before, -1)
    zone = zone_at(practice_setup(practice), visit.location_id)
    after = {row_of(step) for step in sent} or {row_without_reminder(local_day(visit.start, zone))}
    for row in after if fate else ():
        counts.add(row, fate)
    stored = CameRecord(record.pk, record.sk, fate=fate, rows=sorted(after))
    if record.version is not None:
        stored.version = record.version
    with transaction() as writes:
        writes.save(stored)
        counts.write(writes)
