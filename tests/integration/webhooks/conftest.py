"""A practice that people answer: its number, patients, what it has asked, and their carriers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from caresmith.audit import AuditEntry, day_partition
from caresmith.clock import FixedClock, time_runs_on, to_text
from caresmith.events import MessagesOutbox
from caresmith.ids import AppointmentId, OfferId, PatientId, PracticeId, PromptId
from caresmith.messages.records import (
    MessageBody,
    MessageRecord,
    OptOutRecord,
    PromptKind,
    PromptRecord,
    ReachRecord,
    SenderRecord,
    open_body,
    prompt_sort_key,
    sender_key,
    thread_key,
    thread_of,
)
from caresmith.records.appointment import (
    VISIT,
    EntryRecord,
    VisitRecord,
    resource_key,
    visit_key,
)
from caresmith.records.contact import Channel, Telecom, TelecomSystem
from caresmith.records.demographics import Contact
from scripts.carrier.twilio import signature
from scripts.localstack.outside import TWILIO_ACCOUNT, TWILIO_TOKEN
from tests.support.client import Reply, call
from tests.support.environment import PUBLIC_URL
from tests.support.practices import SmallPractice, add_patient, put, small_practice
from tests.support.settings import put_settings
from tests.support.written_calendar import visit_body

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2037, 3, 2, 12, tzinfo=NEW_YORK).astimezone(UTC)
"""A Monday. It lies ahead, since the engine's TTL removes by its own clock what has expired."""
ANA = "+12065550101"
_numbers = iter(range(1000, 9999))


@dataclass
class Scene:
    """The practice and everything that a test does around it."""

    small: SmallPractice
    clock: FixedClock
    number: str
    visits: dict[str, datetime] = field(default_factory=dict)

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def wait(self, **time: float) -> None:
        self.clock.at += timedelta(**time)

    # -- what there is -----------------------------------------------------

    def patient(self, *telecoms: tuple[str, str], **given: Any) -> PatientId:
        known = [Telecom(system=TelecomSystem(s), value=v) for s, v in telecoms]
        return add_patient(self.practice, contact=Contact(telecoms=known), **given)

    def reached(self, patient: PatientId, number: str = ANA, language: str = "en") -> PatientId:
        """The patient was written to there."""
        channel = Channel.EMAIL if "@" in number else Channel.SMS
        key = thread_key(self.practice, thread_of(self.practice, channel, number))
        at = to_text(self.now)
        ReachRecord(
            key, f"reach#{patient}", patient_id=patient, last_message_at=at, language=language
        ).save()
        return patient

    def texted(self, number: str = ANA, language: str = "en", **given: Any) -> PatientId:
        """A new patient who was written to at that number."""
        return self.reached(self.patient(("phone", number), **given), number, language)

    def visit(self, *patients: PatientId, start: datetime | None = None, **given: Any) -> Any:
        appointment = AppointmentId.new()
        start = (start or NOON + timedelta(days=2)).astimezone(UTC)
        body = json.dumps(visit_body(self.small, appointment, start, *patients, **given))
        record = VisitRecord(visit_key(self.practice, appointment), VISIT, body=body, sealed=b"s")
        record.save()
        for taker in patients:
            key = resource_key(self.practice, taker), f"entry#{to_text(start)}#{appointment}"
            EntryRecord(*key, visit_version=1, body=body, sealed=b"s").save()
        self.visits[appointment] = start
        return appointment

    def ask(
        self,
        kind: PromptKind,
        patient: PatientId,
        appointment: AppointmentId | None = None,
        *,
        number: str = ANA,
        until: datetime | None = None,
        **given: Any,
    ) -> PromptId:
        """An open question, as a message asks it."""
        prompt = PromptId.new()
        channel = Channel.EMAIL if "@" in number else Channel.SMS
        PromptRecord(
            thread_key(self.practice, thread_of(self.practice, channel, number)),
            prompt_sort_key(prompt),
            prompt_id=prompt,
            kind=kind,
            patient_id=patient,
            message_id="msg_x",
            appointment_id=appointment,
            asked_at=to_text(self.now),
            expires_at=int((until or self.now + timedelta(days=2)).timestamp()),
            **given,
        ).save()
        self.wait(minutes=1)
        return prompt

    def reminded(self, **given: Any) -> tuple[PatientId, AppointmentId]:
        """A patient whom a reminder has asked to confirm."""
        patient = self.texted(**given)
        appointment = self.visit(patient)
        self.ask(PromptKind.CONFIRM, patient, appointment)
        return patient, appointment

    def offer(self, patient: PatientId, **given: Any) -> OfferId:
        offer = OfferId.new()
        self.ask(PromptKind.OFFER, patient, offer_id=offer, **given)
        return offer

    # -- what comes in -------------------------------------------------------

    def text(self, body: str, *, sender: str = ANA, sid: str = "", **form: str) -> Reply:
        """A person's text, as Twilio delivers it."""
        sid = sid or f"SM{next(_numbers):032d}"
        sent = {
            "AccountSid": TWILIO_ACCOUNT,
            "MessageSid": sid,
            "From": sender,
            "To": self.number,
            "Body": body,
            "NumMedia": "0",
        }
        return from_twilio("/webhooks/twilio/sms", {**sent, **form})

    # -- what was written ----------------------------------------------------

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Events of that type that the practice has told, oldest first."""
        found = [
            json.loads(item.detail)
            for item in MessagesOutbox.scan(MessagesOutbox.pk.startswith(f"{self.practice}#event#"))
            if item.detail_type == kind
        ]
        return sorted(found, key=lambda event: (event["occurred_at"], event["event_id"]))

    def reply(self) -> dict[str, Any]:
        """The one reply that was told."""
        [told] = self.events("ReplyReceived")
        return told

    def messages(self, party: str) -> list[tuple[MessageRecord, MessageBody]]:
        found = MessageRecord.query(
            f"{self.practice}#{party}", MessageRecord.sk.startswith("message#")
        )
        return [(record, open_body(self.practice, record)) for record in found]

    def opted_out(self, address: str = ANA) -> bool:
        channel = Channel.EMAIL if "@" in address else Channel.SMS
        key = thread_key(self.practice, thread_of(self.practice, channel, address))
        try:
            OptOutRecord.get(key, "optout", consistent_read=True)
        except OptOutRecord.DoesNotExist:
            return False
        return True

    def audited(self, action: str) -> list[AuditEntry]:
        day = self.now.strftime("%Y-%m-%d")
        return [
            entry
            for shard in range(8)
            for entry in AuditEntry.query(day_partition(self.practice, day, shard))
            if entry.action == f"webhooks.{action}"
        ]


def from_twilio(
    path: str, form: Mapping[str, str], *, token: str = TWILIO_TOKEN, url: str = "", **headers: str
) -> Reply:
    """A call that is signed as Twilio signs."""
    signed = signature(url or PUBLIC_URL + path, form, token)
    return call(
        "POST",
        path,
        raw=urlencode(form).encode(),
        headers={
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "x-twilio-signature": signed,
            **headers,
        },
    )


@pytest.fixture
def scene(practice: PracticeId) -> Iterator[Scene]:
    small = small_practice(practice)
    from caresmith.records.practice import Location

    put(practice, Location(id=small.east, name="East", zone="America/New_York", phone="555-0199"))
    number = f"+1212555{next(_numbers)}"
    put_settings(practice, sms_number=number)
    SenderRecord(sender_key(number), "sender", practice_id=practice, channel="sms").save()
    clock = FixedClock(NOON)
    with time_runs_on(clock):
        yield Scene(small, clock, number)
