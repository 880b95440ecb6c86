"""Who was here when last, by kind of visit: kept from visits as they are fulfilled.

Nobody's calendar has to be searched to find who is due: a patient's last visit
of a kind is one record, filed under its month.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from caresmith.ids import AppointmentId, LocationId, PatientId, PracticeId
from caresmith.records.appointment import VisitView, visits_between
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.reminders.planning import local_day
from functions.reminders.records import LastVisitRecord, LastVisitsRecord
from functions.reminders.steps import StepBusy
from functions.reminders.zones import zone_at

FULFILLED: Final = "fulfilled"
_BACK: Final = timedelta(days=3 * 366)
"""How far back a former visit is looked for when the last one proves a mistake."""
_ATTEMPTS: Final = 8


def last_visits_key(practice: PracticeId, patient: PatientId) -> tuple[str, str]:
    return f"{practice}#last-visits#{patient}", "last-visits"


def month_key(practice: PracticeId, month: str) -> str:
    """The partition of the last visits of a month, given as yyyy-mm."""
    return f"{practice}#last-visit#{month}"


def last_visits(practice: PracticeId, patient: PatientId) -> LastVisitsRecord:
    """What is known of the patient, by one strongly consistent read."""
    key = last_visits_key(practice, patient)
    try:
        return LastVisitsRecord.get(*key, consistent_read=True)
    except LastVisitsRecord.DoesNotExist:
        return LastVisitsRecord(*key, visits={})


def note_last_visits(practice: PracticeId, visit: VisitView) -> None:
    """Keep the record of each patient of a visit that was fulfilled, or is not after all."""
    for patient in visit.patient_ids:
        for _ in range(_ATTEMPTS):
            try:
                _note(practice, visit, patient)
            except TransactionCancelled:
                continue
            break
        else:
            raise StepBusy


def _note(practice: PracticeId, visit: VisitView, patient: PatientId) -> None:
    record = last_visits(practice, patient)
    known: list[str] | None = record.visits.get(visit.type_id)
    latest: VisitView | None = visit
    if visit.status != FULFILLED:
        if known is None or known[1] != visit.appointment_id:
            return
        latest = _former(practice, visit, patient)
    after = _filed(practice, latest) if latest else None
    if after == known or (known and latest is visit and after and after[0] < known[0]):
        return
    when_not_busy(lambda: _store(practice, patient, record, visit.type_id, latest))


def _filed(practice: PracticeId, visit: VisitView) -> list[str]:
    zone = zone_at(practice_setup(practice), visit.location_id)
    return [local_day(visit.start, zone), visit.appointment_id]


def _former(practice: PracticeId, visit: VisitView, patient: PatientId) -> VisitView | None:
    past = visits_between(practice, patient, visit.start - _BACK, visit.start)
    fulfilled = [v for v in past if v.type_id == visit.type_id and v.status == FULFILLED]
    return fulfilled[-1] if fulfilled else None


def _store(
    practice: PracticeId,
    patient: PatientId,
    record: LastVisitsRecord,
    type_id: str,
    latest: VisitView | None,
) -> None:
    before: list[str] | None = record.visits.get(type_id)
    after = _filed(practice, latest) if latest else None
    visits = {kind: last for kind, last in record.visits.items() if kind != type_id}
    if after:
        visits[type_id] = after
    stored = LastVisitsRecord(record.pk, record.sk, visits=visits)
    if record.version is not None:
        stored.version = record.version
    sort_key = f"{type_id}#{patient}"
    with transaction() as writes:
        writes.save(stored)
        if before and (after is None or before[0][:7] != after[0][:7]):
            writes.delete(LastVisitRecord(month_key(practice, before[0][:7]), sort_key))
        if latest and after:
            writes.save(
                LastVisitRecord(
                    month_key(practice, after[0][:7]),
                    sort_key,
                    patient_id=patient,
                    type_id=type_id,
                    appointment_id=AppointmentId(latest.appointment_id),
                    location_id=LocationId(latest.location_id),
                    day=after[0],
                    asked={},
                )
            )
