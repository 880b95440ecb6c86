"""What estimates are owed: it follows the calendar, the policies and what patients ask for.

Whatever is told, twice, late or in another order, the visit is judged as it is now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Final

from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import (
    AppointmentBooked,
    AppointmentEvent,
    AppointmentMoved,
    AppointmentStatusChanged,
)
from caresmith.ids import PatientId, PracticeId
from caresmith.log import logger
from caresmith.records.appointment import AWAITED, VisitView, read_visit, visits_between
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.people import Person, person_of
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts.accounts import today
from functions.accounts.estimating import lines as work
from functions.accounts.estimating.judging import Payer, Verdict
from functions.accounts.estimating.records import (
    Kept,
    Owed,
    OwedItem,
    Work,
    WorkItem,
    kept,
    owed_sort_key,
    work_key,
)

_ATTEMPTS: Final = 5
_AHEAD: Final = dt.timedelta(days=731)
"""Nobody is booked further ahead (Practice.booking_horizon_days)."""
_KEPT_DAYS: Final = 90
"""So long after the visit the account still says why none was owed."""


# -- the calendar -----------------------------------------------------------------


def on_appointment(event: AppointmentEvent, now: Instant) -> None:
    """A visit was booked, moved, cancelled, left, or went a step on."""
    if isinstance(event, AppointmentStatusChanged) and _still_awaited(event):
        return
    practice = event.practice_id
    setup = practice_setup(practice)
    visit = read_visit(practice, event.appointment_id)
    if visit is None:
        logger().warning("a visit of nobody", extra={"appointment_id": event.appointment_id})
        return
    audit().record(event.appointment_id)
    set_on = setup.practice.day_at(event.occurred_at) if _sets_a_day(event, setup) else None
    for patient in event.patient_ids:
        _in_order(partial(_follow, practice, patient, visit, set_on, now))


def _still_awaited(event: AppointmentStatusChanged) -> bool:
    """Most steps are of patients who confirm: what they are owed is not looked up for that."""
    return {event.from_status, event.to_status} <= AWAITED


def _sets_a_day(event: AppointmentEvent, setup: PracticeSetup) -> bool:
    """Whether the visit got another day than it had."""
    if isinstance(event, AppointmentMoved):
        there, before = setup.zone_of(event.location_id), setup.zone_of(event.from_location_id)
        return event.start.astimezone(there).date() != event.from_start.astimezone(before).date()
    return isinstance(event, AppointmentBooked)


def _in_order(change: Callable[[], None]) -> None:
    """Somebody else may have changed it meanwhile: then it is judged again."""
    for attempt in range(_ATTEMPTS):
        try:
            change()
        except VersionConflict:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _follow(
    practice: PracticeId,
    patient: PatientId,
    visit: VisitView,
    set_on: dt.date | None,
    now: Instant,
) -> None:
    try:
        person = person_of(practice, patient)
    except NotFound:
        # Told again it would be no different.
        logger().warning("a visit of no chart", extra={"patient_id": patient})
        return
    known = kept(practice, person)
    payer = Payer(practice, person, known, practice_setup(practice))
    before = known.owed_for(visit.appointment_id)
    found = payer.judge(visit, before, set_on=set_on, today=today(practice, now))
    if found is not None:
        _write(practice, person, known, visit, before, found)


def follow_person(practice: PracticeId, patient: PatientId, now: Instant) -> None:
    """Policies changed, or who pays did: each visit to come is judged anew. Raises NotFound."""
    _in_order(partial(_follow_person, practice, patient, now))


def _follow_person(practice: PracticeId, patient: PatientId, now: Instant) -> None:
    person = person_of(practice, patient)
    known = kept(practice, person)
    payer = Payer(practice, person, known, practice_setup(practice))
    day = today(practice, now)
    for chart in person.charts:
        for visit in visits_between(practice, chart, now, now + _AHEAD):
            before = known.owed_for(visit.appointment_id)
            found = payer.judge(visit, before, set_on=None, today=day)
            if found is not None:
                _write(practice, person, known, visit, before, found)


def _write(
    practice: PracticeId,
    person: Person,
    known: Kept,
    visit: VisitView,
    before: OwedItem | None,
    found: Verdict,
) -> None:
    item = before or new_owed(practice, person, visit.appointment_id, found.since)
    listed = work.owed(practice, item) if before and before.state == Owed.OWED else None
    was = _facts(item) if before else None
    former = known.estimate(item.estimate_id) if item.state == Owed.MADE else None
    _put(item, found)
    if _facts(item) == was:
        return
    version = int(item.version)
    item.version = version + 1
    with_row = work.owed(practice, item) if found.state is Owed.OWED else None

    def attempt() -> None:
        with transaction() as writes:
            fresh = OwedItem.pk.does_not_exist() if before is None else None
            writes.save(item, condition=OwedItem.version == version if fresh is None else fresh)
            if listed is not None and (with_row is None or with_row.sk != listed.sk):
                writes.delete(listed)
            if with_row is not None:
                writes.save(with_row)
            if found.estimate is not None and not found.estimate.givings:
                writes.save(work.to_give(practice, found.estimate))
            elif found.state is not Owed.MADE and former is not None:
                # What no longer holds is not given to anybody.
                writes.delete(work.to_give(practice, former))

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def new_owed(practice: PracticeId, person: Person, key: str, since: dt.date) -> OwedItem:
    return OwedItem(
        account_key(practice, person.patient_id),
        owed_sort_key(key),
        key=key,
        patient_id=person.patient_id,
        since=since.isoformat(),
        state=Owed.OWED,
        version=0,
    )


def _put(item: OwedItem, found: Verdict) -> None:
    item.appointment_id = item.key
    item.service_day, item.since = found.day.isoformat(), found.since.isoformat()
    item.state, item.why = found.state, found.why
    item.due = found.due.isoformat() if found.due else None
    if found.estimate is not None:
        item.estimate_id = found.estimate.estimate_id
    over = dt.datetime.combine(found.day, dt.time(), dt.UTC) + dt.timedelta(days=_KEPT_DAYS)
    item.expires_at = int(over.timestamp()) if found.state is Owed.OFF else None


def _facts(item: OwedItem) -> tuple[object, ...]:
    return (item.service_day, item.since, item.state, item.why, item.due, item.estimate_id)


def look_through(practice: PracticeId, now: Instant) -> None:
    """Each night: those whose estimates are owed are judged anew, should word have been lost."""
    rows = WorkItem.query(work_key(practice), WorkItem.sk.startswith(Work.OWED))
    for patient in sorted({str(row.patient_id) for row in rows}):
        try:
            follow_person(practice, PatientId(patient), now)
        except NotFound:
            logger().warning("an estimate of nobody", extra={"patient_id": patient})
