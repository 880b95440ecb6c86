"""A practice that reminds: visits as scheduling stores them, and the events that it tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from caresmith.clock import FixedClock, time_runs_on, to_text
from caresmith.events import MessagesOutbox
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId
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
from tests.support.practices import add_patient, small_practice
from tests.support.written_calendar import WrittenCalendar
from tests.support.written_calendar import message_event as message_event  # noqa: PLC0414

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


@dataclass
class Scene(WrittenCalendar):
    """The practice, its clock, and what a test does in it."""

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
