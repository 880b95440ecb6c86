"""What happened to a chart, newest first: its own changes and the patient's visits.

The feature's own events are written with the change itself; visits come as
domain events from scheduling, at least once and in any order. An event always
gives the same item, so one that is told twice stands there once.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from heapq import merge
from itertools import islice
from typing import Any, Final

from caresmith.audit import audit
from caresmith.clock import from_text, to_precise_text
from caresmith.errors import invalid
from caresmith.events import AppointmentEvent, DomainEvent
from caresmith.ids import PatientId, PracticeId
from caresmith.records.patient import chart_key, merged_charts
from functions.patients.models import Timeline, TimelineEntry
from functions.patients.records import TIMELINE, TimelineItem, timeline_sort_key

PAGE: Final = 50
_ENVELOPE: Final = {"event_id", "practice_id", "occurred_at", "actor_id", "patient_id"}


def event_item(event: DomainEvent, patient: PatientId) -> TimelineItem:
    """The timeline's item for an event that concerns ``patient``."""
    at = to_precise_text(event.occurred_at)
    return TimelineItem(
        chart_key(event.practice_id, patient),
        timeline_sort_key(at, event.event_id),
        event_id=event.event_id,
        kind=event.detail_type(),
        occurred_at=at,
        actor_id=event.actor_id,
        patient_id=patient,
        refers_to=_references(event),
    )


def _references(event: DomainEvent) -> dict[str, str]:
    facts = event.model_dump(mode="json", exclude=_ENVELOPE | {"patient_ids"}, exclude_none=True)
    return {name: str(value) for name, value in facts.items()}


def on_appointment(event: AppointmentEvent) -> None:
    """Consumer: a visit was booked, moved, cancelled, or went a step on."""
    audit().about(*event.patient_ids)
    audit().record(event.appointment_id)
    for patient in event.patient_ids:
        event_item(event, patient).save()


def read_timeline(practice: PracticeId, patient: PatientId, cursor: str | None) -> Timeline:
    """A page of the chart's story, with those of charts merged into it. Raises NotFound."""
    audit().about(patient)
    merged = merged_charts(practice, patient)
    audit().about(*merged)
    before = _decoded(cursor) if cursor else f"{TIMELINE}~"
    runs = [_run(practice, one, before) for one in (patient, *merged)]
    items = list(islice(merge(*runs, key=lambda item: str(item.sk), reverse=True), PAGE + 1))
    more = len(items) > PAGE
    return Timeline(
        entries=[_entry(item) for item in items[:PAGE]],
        cursor=urlsafe_b64encode(items[PAGE - 1].sk.encode()).decode() if more else None,
    )


def _run(practice: PracticeId, patient: PatientId, before: str) -> list[TimelineItem]:
    items: Any = TimelineItem.query(
        chart_key(practice, patient),
        TimelineItem.sk.between(TIMELINE, before),
        scan_index_forward=False,
        limit=PAGE + 2,
    )
    return [item for item in items if item.sk != before]


def _decoded(cursor: str) -> str:
    try:
        text = urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        raise invalid("cursor", "is not one that was given out") from None
    if not text.startswith(TIMELINE):
        raise invalid("cursor", "is not one that was given out")
    return text


def _entry(item: TimelineItem) -> TimelineEntry:
    return TimelineEntry(
        event_id=item.event_id,
        kind=item.kind,
        occurred_at=from_text(item.occurred_at),
        actor_id=item.actor_id,
        patient_id=PatientId(item.patient_id),
        refers_to=dict(item.refers_to),
    )
