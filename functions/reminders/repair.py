"""The nightly repair: the calendar compared with what is planned, and the difference mended.

Executions and schedules live in services of their own; what they are for is in
the tables. So whatever they lose is found here: a visit without its reminders, a
reminder whose visit is gone, a step that nothing will start, one whose execution
died. A run goes in slices, each a short invocation by a one-time schedule: one a
provider, for the visits whose reminders are due soon, and one a day, for the
steps that are open. No table is scanned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from aws_lambda_powertools.metrics import MetricUnit, single_metric

from caresmith import later
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.events import ReminderRepairDue
from caresmith.ids import AppointmentId, PracticeId, ProviderId
from caresmith.messages.settings import messaging_settings
from caresmith.records.appointment import visits_between
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.reminders.app import app
from functions.reminders.plans import follow
from functions.reminders.records import (
    OpenStepRecord,
    RepairRecord,
    State,
    StepRecord,
    open_key,
    read_step,
)
from functions.reminders.steps import StepBusy, start_at

AHEAD: Final = timedelta(days=3)
"""Reminders that are due later are looked at in a later night."""
OVERDUE: Final = timedelta(minutes=30)
"""So long after it should have gone on, nothing will let a step go on by itself."""
FINDINGS: Final = ("visits", "missing", "moved", "stale", "not_scheduled", "stuck")
_CHANGES_PER_SLICE: Final = 60
_KEEP_DAYS: Final = 90
_ATTEMPTS: Final = 8
_SOON: Final = timedelta(minutes=1)
"""A schedule is made for a time that is still to come when it is stored."""
_PAST, _DAYS_AHEAD = "open:past", 3


def repairs_key(practice: PracticeId) -> str:
    return f"{practice}#repairs"


def run_of(event: ReminderRepairDue) -> str:
    """The run that an event begins: the same for the same event."""
    return f"{to_text(event.occurred_at)}#{event.event_id}"


def on_repair_due(event: ReminderRepairDue) -> None:
    """Begin a run: its report, and a schedule for each slice."""
    practice, now = event.practice_id, app.clock.now()
    run = run_of(event)
    audit().record(event.event_id)
    slices = list(_slices(practice))
    record = RepairRecord(
        repairs_key(practice),
        run,
        day=event.day.isoformat(),
        started_at=to_text(now),
        by=event.actor_id,
        slices={name: {} for name in slices},
        expires_at=int((now + timedelta(days=_KEEP_DAYS)).timestamp()),
    )
    try:
        with transaction() as writes:
            writes.save(record)
    except TransactionCancelled:
        # The event came before; its slices may not have been scheduled.
        record = _report(practice, run)
    for number, name in enumerate(slices):
        if not record.slices.get(name):
            _schedule(practice, run, name, number, now + _SOON + timedelta(seconds=number))


def _slices(practice: PracticeId) -> Iterator[str]:
    setup = practice_setup(practice)
    yield from (provider.id for provider in setup.providers.values())
    yield _PAST
    yield from (f"open:{ahead}" for ahead in range(_DAYS_AHEAD))


def _schedule(practice: PracticeId, run: str, name: str, number: int, when: Instant) -> None:
    later.at(
        when,
        name=f"repair-{run.rpartition('_')[2]}-{number}",
        target="reminders",
        payload={"task": "repair", "practice_id": practice, "run": run, "slice": name},
    )


def repair_slice(asked: Mapping[str, Any]) -> dict[str, int]:
    """One slice of a run; what it found goes into the run's report, once."""
    practice, name = PracticeId(asked["practice_id"]), str(asked["slice"])
    audit().record(name)
    if _report(practice, asked["run"]).slices.get(name):
        return {}
    found: Counter[str] = Counter()
    if name.startswith("open:"):
        for day in _days(practice, name):
            _mend_open_steps(practice, day, found)
    else:
        _mend_visits(practice, asked["run"], name, found)
    _note(practice, asked["run"], name, found)
    for finding in FINDINGS:
        if finding != "visits" and found[finding]:
            with single_metric(
                name="ReminderRepairs", unit=MetricUnit.Count, value=found[finding]
            ) as metric:
                metric.add_dimension(name="finding", value=finding)
    return dict(found)


# -- visits without their reminders ---------------------------------------


def _mend_visits(practice: PracticeId, run: str, name: str, found: Counter[str]) -> None:
    """Plan what is missing for the visits of one provider whose reminders are due soon."""
    provider, _, begin = name.partition("@")
    now = app.clock.now()
    cadence = messaging_settings(practice).cadence
    lead = max((step.before for step in cadence), default=timedelta())
    first = from_text(begin) if begin else now
    for visit in visits_between(practice, ProviderId(provider), first, now + lead + AHEAD):
        found["visits"] += 1
        if visit.awaited:
            audit().about(*visit.patient_ids)
            _follow(practice, visit.appointment_id, now, found)
        if found["missing"] + found["moved"] + found["stale"] >= _CHANGES_PER_SLICE:
            # A cadence was changed: the rest in another invocation.
            rest = f"{provider}@{to_text(visit.start + timedelta(seconds=1))}"
            _continue(practice, run, rest, now)
            return


def _follow(
    practice: PracticeId, appointment: AppointmentId, now: Instant, found: Counter[str]
) -> None:
    planned = follow(practice, appointment, now)
    found["missing"] += planned.created
    found["moved"] += planned.moved
    found["stale"] += planned.dropped


def _continue(practice: PracticeId, run: str, name: str, now: Instant) -> None:
    known = _change(practice, run, lambda slices: slices.setdefault(name, {}))
    _schedule(practice, run, name, len(known.slices), now + _SOON)


# -- steps that nothing will let go on ------------------------------------


def _days(practice: PracticeId, name: str) -> Iterable[date]:
    today = app.clock.now().date()
    if name != _PAST:
        return [today + timedelta(days=int(name.removeprefix("open:")))]
    cadence = messaging_settings(practice).cadence
    lead = max((step.before.days for step in cadence), default=0)
    return [today - timedelta(days=back) for back in range(1, lead + 8)]


def _mend_open_steps(practice: PracticeId, day: date, found: Counter[str]) -> None:
    now = app.clock.now()
    known = list(OpenStepRecord.query(open_key(practice, day.isoformat())))
    for appointment in dict.fromkeys(place.appointment_id for place in known):
        _follow(practice, AppointmentId(appointment), now, found)
    for place in known:
        step = read_step(practice, AppointmentId(place.appointment_id), place.step_id)
        if step is None or not step.is_open:
            continue
        if goes_on_at(step) + OVERDUE <= now:
            found["stuck"] += 1
            start_at(practice, step, now + _SOON)
        elif not later.is_planned(step.schedule):
            found["not_scheduled"] += 1
            start_at(practice, step, max(goes_on_at(step), now + _SOON))


def goes_on_at(step: StepRecord) -> Instant:
    """When its schedule lets the step go on, if nothing else does before."""
    if step.state == State.PLANNED or step.alive_until is None:
        return from_text(step.due)
    return from_text(step.alive_until)


# -- the report ------------------------------------------------------------


def _report(practice: PracticeId, run: str) -> RepairRecord:
    return RepairRecord.get(repairs_key(practice), run, consistent_read=True)


def _note(practice: PracticeId, run: str, name: str, found: Counter[str]) -> None:
    """Put a slice's findings into the report, unless it has them."""
    told = {finding: found[finding] for finding in FINDINGS}

    def add(slices: dict[str, dict[str, int]]) -> None:
        slices[name] = slices.get(name) or told

    _change(practice, run, add)


def _change(
    practice: PracticeId, run: str, change: Callable[[dict[str, dict[str, int]]], object]
) -> RepairRecord:
    for _ in range(_ATTEMPTS):
        record = _report(practice, run)
        slices = dict(record.slices)
        change(slices)
        record.slices = slices

        def store(record: RepairRecord = record) -> None:
            with transaction() as writes:
                writes.save(record)

        try:
            when_not_busy(store)
        except TransactionCancelled:
            continue
        return record
    raise StepBusy


def reports(practice: PracticeId, most: int = 30) -> list[RepairRecord]:
    """The latest runs, newest first. One query."""
    return list(RepairRecord.query(repairs_key(practice), scan_index_forward=False, limit=most))


def total(record: RepairRecord) -> dict[str, int]:
    """What a run found in all of its slices."""
    return {
        finding: sum(found.get(finding, 0) for found in record.slices.values())
        for finding in FINDINGS
    }


def is_done(record: RepairRecord) -> bool:
    return all(record.slices.values())
