"""A practice that writes to people: its carrier, its clock, and the events that arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from caresmith.clock import FixedClock, time_runs_on
from caresmith.ids import AppointmentId, EventId, MessageId, PatientId, PracticeId
from caresmith.later import group
from caresmith.messages.outgoing import Draft, queue
from caresmith.messages.reach import ContactPoint
from caresmith.messages.records import (
    OPT_OUT,
    Kind,
    MessageBody,
    MessageRecord,
    OptOutRecord,
    PromptRecord,
    ReachRecord,
    Status,
    conversation_key,
    message_sort_key,
    open_body,
    read_message,
    seal_body,
    thread_key,
    thread_of,
)
from caresmith.messages.settings import (
    MessagingSettings,
    SettingsRecord,
    forget_settings,
    settings_key,
)
from caresmith.messages.wording import Rendered
from caresmith.permissions import Role
from caresmith.records.appointment import VISIT, VisitRecord, visit_key
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
from caresmith.settings import Domain, table_name
from caresmith.transactions import transaction
from tests.integration.messaging.twilio import StandIn, twilio
from tests.support.client import Caller, Reply, call, invoke
from tests.support.delivery import event_message
from tests.support.practices import SmallPractice, add_patient, small_practice
from tests.support.written_calendar import visit_body

NEW_YORK = ZoneInfo("America/New_York")
OURS = "+12125550100"
THEIRS = "+12065550101"
AT_NOON = datetime(2026, 3, 2, 12, tzinfo=NEW_YORK).astimezone(UTC)
"""A Monday, before the clocks go forward on the eighth."""


def phone(number: str = THEIRS, **given: Any) -> Telecom:
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


def stored(practice: PracticeId) -> list[dict[str, Any]]:
    """Everything that the messages table has of the practice, as it lies there."""
    pages = (
        boto3.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=table_name(Domain.MESSAGES), ConsistentRead=True)
    )
    return [item for page in pages for item in page["Items"] if practice in item["pk"]["S"]]


@dataclass
class Office:
    """A small practice, what its carrier got, and what a test does in it."""

    small: SmallPractice
    clock: FixedClock
    carrier: StandIn
    caller: Caller
    _told: set[str] = field(default_factory=set)

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    def wait(self, **time: float) -> None:
        self.clock.at += timedelta(**time)

    def settings(self, **given: Any) -> None:
        usual = {"sms_number": OURS, "email_from": "office@example.org"}
        value = MessagingSettings.model_validate({**usual, **given})
        try:
            record = SettingsRecord.get(*settings_key(self.practice))
        except SettingsRecord.DoesNotExist:
            record = SettingsRecord(*settings_key(self.practice))
        record.body = value.model_dump_json()
        record.save()
        forget_settings(self.practice)

    def patient(self, *telecoms: Telecom, **given: Any) -> PatientId:
        return add_patient(self.practice, contact=Contact(telecoms=list(telecoms)), **given)

    def thread(self, address: str = THEIRS, channel: Channel = Channel.SMS) -> str:
        return thread_of(self.practice, channel, address)

    def visit(self, start: datetime, *patients: PatientId, **given: Any) -> AppointmentId:
        """A visit as scheduling stores it."""
        appointment = AppointmentId.new()
        body = visit_body(self.small, appointment, start, *patients, **given)
        VisitRecord(
            visit_key(self.practice, appointment), VISIT, body=json.dumps(body), sealed=b"x"
        ).save()
        return appointment

    def change(self, appointment: AppointmentId, **given: Any) -> None:
        record = VisitRecord.get(visit_key(self.practice, appointment), VISIT)
        record.body = json.dumps({**json.loads(record.body), **given})
        record.save()

    # -- messages -------------------------------------------------------------

    def queued(
        self,
        patient: PatientId,
        *,
        to: str = THEIRS,
        channel: Channel = Channel.SMS,
        kind: Kind = Kind.REMINDER,
        text: str = "Small: Hi Jo, see you soon.",
        **given: Any,
    ) -> MessageId:
        """A message that waits; its event is not delivered."""
        message_id = MessageId.derived_at(self.clock.now(), patient, text, str(len(self._told)))
        self._told.add(message_id)
        point = ContactPoint(channel, to, self.thread(to, channel))  # type: ignore[arg-type]
        draft = Draft(
            message_id=message_id,
            party_id=patient,
            to=point,
            kind=kind,
            rendered=Rendered(text, "A subject"),
            **{"zone": "America/New_York", **given},
        )
        with transaction() as writes:
            queue(
                draft,
                practice=self.practice,
                actor_id="system:test",
                now=self.clock.now(),
                writes=writes,
            )
        return message_id

    def wrote(self, party_id: str, text: str, *, address: str = THEIRS, **given: Any) -> MessageId:
        """A reply as webhooks stores it."""
        now = self.clock.now()
        message_id = MessageId.derived_at(now, party_id, text)
        channel = given.pop("channel", Channel.SMS)
        MessageRecord(
            conversation_key(self.practice, party_id),
            message_sort_key(message_id),
            message_id=message_id,
            party_id=party_id,
            thread=self.thread(address, channel),
            channel=channel,
            kind=Kind.INBOUND,
            status=Status.RECEIVED,
            created_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            sealed=seal_body(self.practice, message_id, MessageBody(address=address, text=text)),
            **given,
        ).save()
        return message_id

    def message(self, party_id: str, message_id: MessageId) -> MessageRecord:
        record = read_message(self.practice, party_id, message_id)
        assert record is not None
        return record

    def conversation(self, party_id: str) -> list[tuple[str, str]]:
        """Kind and text of each message, the oldest first."""
        found = MessageRecord.query(
            conversation_key(self.practice, party_id), MessageRecord.sk.startswith("message#")
        )
        return [(m.kind, open_body(self.practice, m).text) for m in found]

    def answers(self, party_id: str) -> list[str]:
        return [text for kind, text in self.conversation(party_id) if kind == Kind.ANSWER]

    def stop(self, address: str = THEIRS, channel: Channel = Channel.SMS) -> None:
        thread = thread_key(self.practice, self.thread(address, channel))
        OptOutRecord(thread, OPT_OUT, since="2026-03-02T00:00:00Z").save()

    def reached(self, patient: PatientId, address: str = THEIRS) -> None:
        """The patient was written to at that number before."""
        ReachRecord(
            thread_key(self.practice, self.thread(address)),
            f"reach#{patient}",
            patient_id=patient,
            last_message_at="2026-03-01T00:00:00Z",
        ).save()

    def prompts(self, address: str = THEIRS) -> list[PromptRecord]:
        thread = thread_key(self.practice, self.thread(address))
        return list(PromptRecord.query(thread, PromptRecord.sk.startswith("prompt#")))

    # -- what arrives -----------------------------------------------------------

    def deliver(
        self, detail_type: str, *, times: int = 1, failing: bool = False, **detail: Any
    ) -> None:
        """One event, delivered so many times by the queue."""
        told = {
            "event_id": EventId.new(),
            "practice_id": self.practice,
            "actor_id": "usr_x",
            "occurred_at": self.clock.now().isoformat(),
            **detail,
        }
        body = event_message(detail_type, told)["Body"]
        record = {"messageId": "m", "receiptHandle": "r", "eventSource": "aws:sqs", "body": body}
        for _ in range(times):
            result = invoke("messaging", {"Records": [record]})
            assert bool(result["batchItemFailures"]) == failing, result

    def deliver_queued(self, patient: str, message_id: MessageId, **given: Any) -> None:
        self.deliver("MessageQueued", party_id=patient, message_id=message_id, **given)

    def send(self, patient: str, message_id: MessageId, task: str = "send") -> Any:
        return invoke(
            "messaging",
            {
                "task": task,
                "practice_id": self.practice,
                "party_id": patient,
                "message_id": message_id,
                "execution": "run-1",
            },
        )

    def told(self, detail_type: str) -> list[dict[str, Any]]:
        """The events of that type in the practice's outbox, by time."""
        found = [
            json.loads(item["detail"]["S"])
            for item in stored(self.practice)
            if item["pk"]["S"].startswith(f"{self.practice}#event#")
            and item["detail_type"]["S"] == detail_type
        ]
        return sorted(found, key=lambda event: str(event["event_id"]))

    def outcomes(self) -> list[str]:
        return [event["outcome"] for event in self.told("MessageOutcome")]

    def planned(self, message_id: MessageId) -> datetime | None:
        """When the message is tried again."""
        client = boto3.client("scheduler")
        try:
            found = client.get_schedule(Name=f"send-{message_id}", GroupName=group())
        except client.exceptions.ResourceNotFoundException:
            return None
        text = found["ScheduleExpression"].removeprefix("at(").removesuffix(")")
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    # -- the front door ----------------------------------------------------------

    def get(self, path: str, **query: str) -> Reply:
        return call("GET", path, caller=self.caller, query=query)

    def post(self, path: str, body: Any = None, **given: Any) -> Reply:
        caller = given.pop("caller", self.caller)
        return call("POST", path, caller=caller, json_body=body, **given)

    def tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/messages/tasks").json
        return found


@pytest.fixture
def carrier() -> Iterator[StandIn]:
    with twilio() as stand_in:
        yield stand_in


@pytest.fixture
def office(
    practice: PracticeId, carrier: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setenv("CARESMITH_TWILIO_URL", carrier.url)
    clock = FixedClock(AT_NOON)
    with time_runs_on(clock):
        small = small_practice(practice)
        desk = Caller(practice, roles=(Role.FRONT_DESK,), extra={"display_name": "Dana Desk"})
        office = Office(small, clock, carrier, desk)
        office.settings()
        yield office
