"""A practice that reminds: visits as scheduling stores them, and the events that it tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from caresmith.clock import FixedClock, time_runs_on, to_text
from caresmith.events import MessagesOutbox
from caresmith.ids import AppointmentId, EventId, MessageId, PatientId, PracticeId
from caresmith.later import group
from caresmith.messages.records import (
    MessageBody,
    MessageRecord,
    PromptRecord,
    Status,
    open_body,
    read_message,
    thread_key,
)
from caresmith.messages.settings import (
    MessagingSettings,
    SettingsRecord,
    forget_settings,
    settings_key,
)
from caresmith.records.appointment import (
    VISIT,
    EntryRecord,
    VisitRecord,
    resource_key,
    visit_key,
)
from caresmith.records.contact import (
    Channel,
    Consent,
    ConsentSource,
    ConsentStatus,
    Telecom,
    TelecomSystem,
    TelecomUse,
)
from caresmith.records.demographics import Contact
from functions.reminders.records import StepRecord, steps_of
from tests.support.client import invoke
from tests.support.delivery import event_message
from tests.support.practices import SmallPractice, add_patient, small_practice

NEW_YORK = ZoneInfo("America/New_York")
SENDER = "+12125550100"
AT_NOON = datetime(2037, 3, 2, 12, tzinfo=NEW_YORK).astimezone(UTC)
"""A Monday, before the clocks go forward on the eighth.

A year to come: the tables forget what has expired by the real clock.
"""


def phone(number: str = "+12065550101", **given: Any) -> Telecom:
    """A mobile number that may be texted."""
    agreed = Consent(status=ConsentStatus.GRANTED, source=ConsentSource.VERBAL)
    return Telecom(
        system=TelecomSystem.PHONE,
        value=number,
        use=TelecomUse.MOBILE,
        **{"consents": {Channel.SMS: agreed}, **given},
    )


def email(address: str = "jo@example.org", **given: Any) -> Telecom:
    return Telecom(system=TelecomSystem.EMAIL, value=address, **given)


def message_event(detail_type: str, **detail: Any) -> dict[str, Any]:
    """The invocation that delivers one domain event."""
    body = event_message(detail_type, {"event_id": EventId.new(), "actor_id": "usr_x", **detail})
    record = {"messageId": "m", "receiptHandle": "r", "eventSource": "aws:sqs"}
    return {"Records": [{**record, "body": body["Body"]}]}


@dataclass
class Scene:
    """The practice, its clock, and what a test does in it."""

    small: SmallPractice
    clock: FixedClock
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Visits as scheduling would have them."""

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    def wait(self, **time: float) -> None:
        self.clock.at += timedelta(**time)

    def settings(self, **given: Any) -> MessagingSettings:
        usual = {"sms_number": SENDER, "email_from": "office@example.org"}
        value = MessagingSettings.model_validate({**usual, **given})
        try:
            record = SettingsRecord.get(*settings_key(self.practice))
        except SettingsRecord.DoesNotExist:
            record = SettingsRecord(*settings_key(self.practice))
        record.body = value.model_dump_json()
        record.save()
        forget_settings(self.practice)
        return value

    def patient(self, *telecoms: Telecom, **given: Any) -> PatientId:
        return add_patient(self.practice, contact=Contact(telecoms=list(telecoms)), **given)

    # -- the calendar, as scheduling writes it ------------------------------

    def visit(self, start: datetime, *patients: PatientId, **given: Any) -> AppointmentId:
        appointment = AppointmentId.new()
        start = start.astimezone(UTC)
        body = {
            "appointment_id": appointment,
            "status": "booked",
            "type_id": self.small.visit,
            "provider_id": self.small.ana,
            "location_id": self.small.east,
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=30)).isoformat(),
            "patient_ids": list(patients),
            **given,
        }
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
        assert invoke("reminders", message_event(detail_type, **told)) == {"batchItemFailures": []}

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

    # -- the workflow's tasks ------------------------------------------------

    def task(self, name: str, step: StepRecord, execution: str = "run-1", **given: Any) -> Any:
        asked = {
            "task": name,
            "practice_id": self.practice,
            "appointment_id": step.appointment_id,
            "patient_id": step.patient_id,
            "step_id": step.step_id,
            "execution": execution,
            **given,
        }
        return invoke("reminders", asked)

    def outcome(self, step: StepRecord, outcome: str, message: MessageRecord) -> None:
        """What messaging tells of a message."""
        self.deliver(
            "MessageOutcome",
            party_id=message.party_id,
            message_id=message.message_id,
            outcome=outcome,
            channel=message.channel,
            kind="reminder",
            appointment_id=step.appointment_id,
            step_id=step.step_id,
        )

    def replied(self, step: StepRecord, outcome: str, **given: Any) -> None:
        """Scheduling has followed an answer."""
        self.deliver(
            "ReplyActedOn",
            **{
                "party_id": step.party_id,
                "message_id": MessageId.new(),
                "patient_id": step.party_id,
                "appointment_id": step.appointment_id,
                "outcome": outcome,
                **given,
            },
        )

    # -- what there is -------------------------------------------------------

    def steps(self, appointment: AppointmentId, *, key: str = "") -> list[StepRecord]:
        found = steps_of(self.practice, appointment)
        return [step for step in found if not key or step.key == key]

    def step(self, appointment: AppointmentId, key: str) -> StepRecord:
        """The step of that key for the visit's present start."""
        start = to_text(datetime.fromisoformat(self.known[appointment]["start"]))
        (found,) = [s for s in self.steps(appointment, key=key) if s.start == start]
        return found

    def message(self, answer: dict[str, Any]) -> tuple[MessageRecord, MessageBody]:
        """The message that a task's answer names, opened."""
        record = read_message(self.practice, answer["party_id"], answer["message_id"])
        assert record is not None
        return record, open_body(self.practice, record)

    def mark(self, message: MessageRecord, status: Status) -> None:
        message.refresh()
        message.status, message.settled_at = status, to_text(self.clock.now())
        message.save()

    def prompts(self, message: MessageRecord) -> list[PromptRecord]:
        key = thread_key(self.practice, message.thread)
        return list(PromptRecord.query(key, PromptRecord.sk.startswith("prompt#")))

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Events in the messages table's outbox of this practice, in no order."""
        found = []
        for item in MessagesOutbox.scan():
            detail = json.loads(item.detail)
            if detail["practice_id"] == self.practice:
                found.append((item.detail_type, detail))
        return found

    def tasks_raised(self) -> list[str]:
        return sorted(d["task"] for kind, d in self.told() if kind == "StaffTaskRaised")


def schedules() -> dict[str, dict[str, Any]]:
    """What is to happen once: name to when and with what."""
    client = boto3.client("scheduler")
    found = {}
    for known in client.list_schedules(GroupName=group())["Schedules"]:
        told = client.get_schedule(GroupName=group(), Name=known["Name"])
        at = told["ScheduleExpression"].removeprefix("at(").removesuffix(")")
        when = datetime.fromisoformat(at).replace(tzinfo=UTC)
        found[known["Name"]] = {
            "at": when,
            "target": told["Target"]["Arn"],
            "input": json.loads(told["Target"]["Input"]),
        }
    return found


@pytest.fixture
def scene(practice: PracticeId) -> Iterator[Scene]:
    clock = FixedClock(AT_NOON)
    with time_runs_on(clock):
        made = Scene(small_practice(practice), clock)
        made.settings()
        yield made
