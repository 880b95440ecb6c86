"""Planning the reminders of a visit: what is stored becomes what the visit, as it is now, asks for.

Events only say where to look. The plan is made from one consistent read of the
visit and written on the condition that nobody has changed the visit since, so
events that come twice, late or in the wrong order all end in the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.audit import audit, join_audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.events import AppointmentEvent, AppointmentStatusChanged
from caresmith.ids import AppointmentId, PatientId, PracticeId
from caresmith.messages.settings import MessagingSettings, messaging_settings
from caresmith.records.appointment import (
    VISIT,
    VisitRecord,
    VisitView,
    read_visit,
    visit_is_still,
    visit_key,
)
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.reminders.app import app
from functions.reminders.attendance import count_attendance
from functions.reminders.last_visits import note_last_visits
from functions.reminders.planning import Due, due_steps, local_day, spread_of
from functions.reminders.records import (
    OpenStepRecord,
    Outcome,
    State,
    StepRecord,
    open_record,
    step_id_of,
    step_sort_key,
    steps_key,
    steps_of,
)
from functions.reminders.steps import Change, StepBusy, change, start_at
from functions.reminders.zones import zone_at

_ATTEMPTS: Final = 8


@dataclass
class Planned:
    """What changed."""

    created: int = 0
    moved: int = 0
    dropped: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.created or self.moved or self.dropped)


def on_appointment(event: AppointmentEvent) -> None:
    """A visit was booked, moved or cancelled, or went a step on."""
    audit().about(*event.patient_ids)
    audit().record(event.appointment_id)
    now = app.clock.now()
    follow(event.practice_id, event.appointment_id, now)
    if isinstance(event, AppointmentStatusChanged):
        visit = read_visit(event.practice_id, event.appointment_id)
        if visit is not None:
            count_attendance(event.practice_id, visit)
            note_last_visits(event.practice_id, visit)


def follow(practice: PracticeId, appointment: AppointmentId, now: Instant) -> Planned:
    """Make the visit's reminders what they should be. Raises StepBusy, to be tried again."""
    for _ in range(_ATTEMPTS):
        visit = read_visit(practice, appointment)
        if visit is None:
            return Planned()
        try:
            return _follow(practice, visit, now)
        except TransactionCancelled:
            continue
    raise StepBusy


def due_of(
    practice: PracticeId, visit: VisitView, patient: PatientId, settings: MessagingSettings
) -> tuple[Due, ...]:
    """The reminders that a patient of the visit gets, those whose time is past included."""
    zone = zone_at(practice_setup(practice), visit.location_id)
    return due_steps(settings, visit.start, zone, spread_of(visit.appointment_id, patient))


def _follow(practice: PracticeId, visit: VisitView, now: Instant) -> Planned:
    known = steps_of(practice, visit.appointment_id)
    settings = messaging_settings(practice)
    planned = Planned()
    expected = visit.patient_ids if visit.awaited and visit.start > now else ()
    for patient in expected:
        wanted: dict[str, Due] = {
            step_id_of(visit.appointment_id, patient, due.key, visit.start): due
            for due in due_of(practice, visit, patient, settings)
        }
        theirs = {step.step_id: step for step in known if step.patient_id == patient}
        _plan(practice, visit, patient, wanted, theirs, now, planned)
    for step in known:
        stale = step.patient_id not in expected or step.start != to_text(visit.start)
        if stale and step.is_open:
            planned.dropped += _drop(practice, step, now)
    return planned


def _plan(
    practice: PracticeId,
    visit: VisitView,
    patient: PatientId,
    wanted: Mapping[str, Due],
    known: Mapping[str, StepRecord],
    now: Instant,
    planned: Planned,
) -> None:
    """Create and move one patient's steps in one transaction; drop what the cadence lost."""
    zone = zone_at(practice_setup(practice), visit.location_id)
    steps, filed = [], []
    for step_id, due in wanted.items():
        step = known.get(step_id)
        if due.at <= now:
            continue
        if step is None:
            steps.append(_new_step(practice, visit, patient, step_id, due, zone))
            planned.created += 1
        elif _may_be_planned_again(step) or (step.state == State.PLANNED and _differs(step, due)):
            if step.is_open:
                filed.append(open_record(practice, step))
            _replan(step, due, zone)
            steps.append(step)
            planned.moved += 1
    if steps:
        for step in steps:
            # First the schedule: what starts and finds no step ends by itself, a
            # step without a schedule would be lost.
            start_at(practice, step, from_text(step.due))
        _write(practice, visit, steps, filed)
    for step_id, step in known.items():
        gone = step.start == to_text(visit.start) and step_id not in wanted
        if gone and step.state == State.PLANNED:
            planned.dropped += _drop(practice, step, now, Outcome.NOT_IN_CADENCE)


def _may_be_planned_again(step: StepRecord) -> bool:
    """The visit went and came back to the same time before this reminder was sent."""
    return (
        not step.is_open
        and step.outcome in {Outcome.CHANGED, Outcome.NOT_IN_CADENCE}
        and not step.sent
    )


def _differs(step: StepRecord, due: Due) -> bool:
    return step.due != to_text(due.at) or step.asks != due.asks


def _new_step(
    practice: PracticeId,
    visit: VisitView,
    patient: PatientId,
    step_id: str,
    due: Due,
    zone: ZoneInfo,
) -> StepRecord:
    return StepRecord(
        steps_key(practice, visit.appointment_id),
        step_sort_key(step_id),
        step_id=step_id,
        appointment_id=visit.appointment_id,
        patient_id=patient,
        key=due.key,
        start=to_text(visit.start),
        due=to_text(due.at),
        day=local_day(due.at, zone),
        asks=due.asks,
        state=State.PLANNED,
    )


def _replan(step: StepRecord, due: Due, zone: ZoneInfo) -> None:
    step.due, step.day, step.asks = to_text(due.at), local_day(due.at, zone), due.asks
    step.state, step.outcome, step.ended_at = State.PLANNED, None, None
    step.execution, step.alive_until = None, None


def _write(
    practice: PracticeId,
    visit: VisitView,
    steps: Iterable[StepRecord],
    filed: Iterable[OpenStepRecord],
) -> None:
    """Store planned steps; ``filed`` is where some of them were among the open ones."""

    def attempt() -> None:
        with transaction() as writes:
            writes.condition_check(
                VisitRecord,
                visit_key(practice, visit.appointment_id),
                VISIT,
                condition=visit_is_still(visit.version),
            )
            places = {}
            for step in steps:
                writes.save(step)
                place = open_record(practice, step)
                places[place.sk] = place
                writes.save(place)
            for place in filed:
                if place.sk not in places:
                    writes.delete(place)
            join_audit(writes)

    when_not_busy(attempt)


def _drop(
    practice: PracticeId, step: StepRecord, now: Instant, outcome: Outcome = Outcome.CHANGED
) -> int:
    """End a step that has nothing to remind of any more; 1 where this call did."""
    ended = False

    def decide(changed: Change) -> bool:
        nonlocal ended
        ended = changed.step.is_open
        if ended:
            changed.end(outcome, now)
            changed.told = outcome
        return ended

    change(practice, AppointmentId(step.appointment_id), step.step_id, decide)
    return int(ended)
