"""What the feature tells: a visit's timeline, numbers of a range of days, wordings, reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from caresmith.audit import audit
from caresmith.errors import NotFound, invalid
from caresmith.ids import AppointmentId, PatientId, PracticeId
from caresmith.messages.settings import Language, MessagingSettings, Written
from caresmith.messages.wording import BLANKS, TEMPLATES, allowed_blanks, wording_of
from caresmith.records.appointment import read_visit
from caresmith.records.contact import Channel
from functions.reminders import models as m
from functions.reminders import repair
from functions.reminders.counters import MEASURES, rows_between
from functions.reminders.records import RepairRecord, StepRecord, steps_of

MOST_DAYS: Final = 366
CHANNELS: Final[tuple[Written, ...]] = (Channel.SMS, Channel.EMAIL)
LANGUAGES: Final[tuple[Language, ...]] = ("en", "es")


def timeline(practice: PracticeId, appointment: AppointmentId) -> m.Timeline:
    """The reminders of a visit, by when they are due. Raises NotFound."""
    visit = read_visit(practice, appointment)
    if visit is None:
        raise NotFound
    steps = steps_of(practice, appointment)
    audit().record(appointment)
    audit().about(*visit.patient_ids, *(PatientId(step.patient_id) for step in steps))
    return m.Timeline(appointment_id=appointment, steps=[_told(step) for step in steps])


def _told(step: StepRecord) -> m.ReminderStep:
    return m.ReminderStep(
        step_id=step.step_id,
        patient_id=PatientId(step.patient_id),
        key=step.key,
        start=step.start,
        due=step.due,
        asks=bool(step.asks),
        state=step.state,
        outcome=step.outcome,
        channel=step.channel,
        sent_at=step.sent_at,
        delivered_at=step.delivered_at,
        replied_at=step.replied_at,
        messages=len(step.sent),
        failed=len(step.failed),
    )


def delivery(practice: PracticeId, first: date, last: date) -> m.Delivery:
    """What became of the reminders that were due on these days. Raises InvalidRequest."""
    if last < first:
        raise invalid("last", "lies before the first day")
    if (last - first).days >= MOST_DAYS:
        raise invalid("last", f"at most {MOST_DAYS} days at once")
    rows = [
        m.DeliveryRow(
            day=date.fromisoformat(row.day), step=row.step, channel=row.channel, **row.measures
        )
        for row in rows_between(practice, first, last)
    ]
    return m.Delivery(first=first, last=last, rows=rows)


def summed(
    rows: Iterable[m.DeliveryRow], by: Callable[[m.DeliveryRow], str]
) -> dict[str, m.DeliveryRow]:
    """The rows added up by a key; each sum carries the key as its step."""
    totals: dict[str, Counter[str]] = {}
    days: dict[str, date] = {}
    for row in rows:
        total = totals.setdefault(by(row), Counter())
        days.setdefault(by(row), row.day)
        for measure in MEASURES:
            total[measure] += getattr(row, measure)
    return {
        key: m.DeliveryRow(day=days[key], step=key, channel="", **total)
        for key, total in totals.items()
    }


def templates(settings: MessagingSettings) -> list[m.TemplateRead]:
    """Every message in each channel and language, as it is worded now."""
    own = {(t.name, t.channel, t.language) for t in settings.templates}
    found = []
    for name in TEMPLATES:
        for channel in CHANNELS:
            for language in LANGUAGES:
                worded = wording_of(settings, name, channel, language)
                if channel is Channel.EMAIL and not worded.subject:
                    continue
                found.append(
                    m.TemplateRead(
                        name=name,
                        channel=channel,
                        language=language,
                        subject=worded.subject,
                        text=worded.text,
                        own=(name, channel, language) in own,
                        blanks={b: BLANKS[b] for b in sorted(allowed_blanks(name, channel))},
                    )
                )
    return found


def repairs(practice: PracticeId) -> list[m.RepairReport]:
    """The latest runs of the repair, newest first."""
    return [_repair(record) for record in repair.reports(practice)]


def _repair(record: RepairRecord) -> m.RepairReport:
    return m.RepairReport(
        run=record.sk,
        day=date.fromisoformat(record.day),
        started_at=record.started_at,
        by=record.by,
        done=repair.is_done(record),
        **repair.total(record),
    )
