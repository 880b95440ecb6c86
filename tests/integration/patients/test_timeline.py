"""The story of a chart: its own changes and the patient's visits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from caresmith.ids import (
    AppointmentId,
    AppointmentTypeId,
    EventId,
    LocationId,
    ProviderId,
)
from scripts.localstack.records import sqs_event
from tests.integration.patients.conftest import Office
from tests.support.client import invoke
from tests.support.delivery import event_message

AT = datetime(2026, 3, 1, 15, tzinfo=UTC)


def booked(office: Office, patient: str, at: datetime = AT) -> dict[str, Any]:
    return {
        "event_id": EventId.new(),
        "practice_id": office.practice,
        "occurred_at": at.isoformat(),
        "actor_id": "usr_1",
        "appointment_id": AppointmentId.new(),
        "patient_ids": [patient],
        "provider_id": ProviderId.new(),
        "location_id": LocationId.new(),
        "type_id": AppointmentTypeId.new(),
        "start": (at + timedelta(days=3)).isoformat(),
        "end": (at + timedelta(days=3, minutes=30)).isoformat(),
    }


def deliver(detail_type: str, detail: dict[str, Any]) -> Any:
    message = event_message(detail_type, json.loads(json.dumps(detail)))
    return invoke("patients", sqs_event([message], "https://queue/caresmith-test-patients-events"))


def test_a_visit_stands_on_the_timeline_once_however_often_it_is_told(office: Office) -> None:
    patient = office.register()["patient_id"]
    detail = booked(office, patient)
    for _ in range(3):
        assert deliver("AppointmentBooked", detail) == {"batchItemFailures": []}
    entries = office.get(f"/patients/{patient}/timeline").json["entries"]
    visits = [e for e in entries if e["kind"] == "AppointmentBooked"]
    assert len(visits) == 1
    assert visits[0]["refers_to"]["appointment_id"] == detail["appointment_id"]
    assert visits[0]["refers_to"]["start"].startswith("2026-03-04T15:00")


def test_a_long_story_comes_in_pages_newest_first(office: Office) -> None:
    patient = office.register()["patient_id"]
    for minute in range(60):
        deliver("AppointmentBooked", booked(office, patient, AT + timedelta(minutes=minute)))
    first = office.get(f"/patients/{patient}/timeline").json
    assert len(first["entries"]) == 50
    rest = office.get(f"/patients/{patient}/timeline", cursor=first["cursor"]).json
    assert rest["cursor"] is None
    times = [e["occurred_at"] for e in first["entries"] + rest["entries"]]
    assert len(times) == len(set(times)) == 61
    assert times == sorted(times, reverse=True)


def test_a_cursor_of_something_else_is_refused(office: Office) -> None:
    patient = office.register()["patient_id"]
    reply = office.get(f"/patients/{patient}/timeline", cursor="bm90IG1pbmU=")
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "cursor")


def test_a_message_that_is_no_event_fails_alone(office: Office) -> None:
    result = deliver("AppointmentBooked", {"event_id": "nonsense"})
    assert result == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
