"""Visits as scheduling stores them, and the events that it tells of them to a function."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from caresmith.clock import FixedClock, to_text
from caresmith.ids import AppointmentId, EventId, PatientId, PracticeId
from caresmith.records.appointment import (
    VISIT,
    EntryRecord,
    VisitRecord,
    resource_key,
    visit_key,
)
from tests.support.client import invoke
from tests.support.delivery import event_message
from tests.support.practices import SmallPractice


def message_event(detail_type: str, **detail: Any) -> dict[str, Any]:
    """The invocation that delivers one domain event."""
    body = event_message(detail_type, {"event_id": EventId.new(), "actor_id": "usr_x", **detail})
    record = {"messageId": "m", "receiptHandle": "r", "eventSource": "aws:sqs"}
    return {"Records": [{**record, "body": body["Body"]}]}


def visit_body(
    small: SmallPractice,
    appointment: AppointmentId,
    start: datetime,
    *patients: PatientId,
    **given: Any,
) -> dict[str, Any]:
    """A visit of half an hour as scheduling stores it."""
    start = start.astimezone(UTC)
    return {
        "appointment_id": appointment,
        "status": "booked",
        "type_id": small.visit,
        "provider_id": small.ana,
        "location_id": small.east,
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=30)).isoformat(),
        "patient_ids": list(patients),
        **given,
    }


@dataclass
class WrittenCalendar:
    """The calendar of a practice, for features that only read it."""

    small: SmallPractice
    clock: FixedClock
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Visits as scheduling would have them."""
    function: str = "reminders"
    """The one that is told."""

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    # -- the calendar, as scheduling writes it ------------------------------

    def visit(self, start: datetime, *patients: PatientId, **given: Any) -> AppointmentId:
        appointment = AppointmentId.new()
        body = visit_body(self.small, appointment, start, *patients, **given)
        self._store(body)
        return appointment

    def change(self, appointment: AppointmentId, **given: Any) -> None:
        before = self.known[appointment]
        if "start" in given:
            start = given["start"].astimezone(UTC)
            end = start + timedelta(minutes=30)
            given |= {"start": start.isoformat(), "end": end.isoformat()}
        for taker in (before["provider_id"], *before["patient_ids"]):
            EntryRecord(*self._entry_key(before, taker)).delete()
        self._store({**before, **given})

    def _store(self, body: dict[str, Any]) -> None:
        appointment = AppointmentId(body["appointment_id"])
        self.known[appointment] = body
        key = visit_key(self.practice, appointment), VISIT
        try:
            record = VisitRecord.get(*key)
        except VisitRecord.DoesNotExist:
            record = VisitRecord(*key)
        record.body, record.sealed = json.dumps(body), b"sealed"
        record.save()
        for taker in (body["provider_id"], *body["patient_ids"]):
            EntryRecord(
                *self._entry_key(body, taker),
                visit_version=record.version,
                body=record.body,
                sealed=b"sealed",
            ).save()

    def _entry_key(self, body: dict[str, Any], taker: str) -> tuple[str, str]:
        start = to_text(datetime.fromisoformat(body["start"]))
        return resource_key(self.practice, taker), f"entry#{start}#{body['appointment_id']}"

    # -- what comes in -------------------------------------------------------

    def deliver(self, detail_type: str, **detail: Any) -> None:
        told = {
            "practice_id": self.practice,
            "occurred_at": self.clock.now().isoformat(),
            **detail,
        }
        assert invoke(self.function, message_event(detail_type, **told)) == {
            "batchItemFailures": []
        }

    def tell(self, detail_type: str, appointment: AppointmentId, **detail: Any) -> None:
        """An event of the calendar about a visit."""
        body = self.known[appointment]
        ids = ("appointment_id", "patient_ids", "provider_id", "location_id", "type_id")
        about = {key: body[key] for key in (*ids, "start", "end")}
        self.deliver(detail_type, **about, **detail)

    def booked(self, start: datetime, *patients: PatientId, **given: Any) -> AppointmentId:
        """A visit, booked and planned."""
        appointment = self.visit(start, *patients, **given)
        self.tell("AppointmentBooked", appointment)
        return appointment

    def moved(self, appointment: AppointmentId, start: datetime) -> None:
        before = self.known[appointment]
        self.change(appointment, start=start)
        former = {f"from_{k}": before[k] for k in ("start", "end", "provider_id", "location_id")}
        self.tell("AppointmentMoved", appointment, **former)

    def became(self, appointment: AppointmentId, status: str) -> None:
        before = self.known[appointment]["status"]
        self.change(appointment, status=status)
        detail = {"from_status": before, "to_status": status}
        self.tell("AppointmentStatusChanged", appointment, **detail)

    def cancelled(self, appointment: AppointmentId) -> None:
        self.change(appointment, status="cancelled")
        self.tell("AppointmentCancelled", appointment, reason="pat")
