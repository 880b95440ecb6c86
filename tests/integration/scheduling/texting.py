"""A patient who answers by text, as the calendar hears of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from caresmith.clock import SystemClock
from caresmith.events import DomainEvent, ReplyActedOn, ReplyReceived, ScheduleOutbox, SlotOption
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId
from tests.support.client import invoke
from tests.support.delivery import event_message

SOON = timedelta(seconds=2)


@dataclass
class Phone:
    """Whose texts are understood already: this is what the calendar is told of them."""

    practice: PracticeId
    patient: PatientId

    def reply(
        self, intent: str, appointment: str = "", *, at: datetime | None = None, **more: Any
    ) -> ReplyReceived:
        """A reply that came in ``at``: in two seconds, after whatever the staff has just done."""
        return ReplyReceived(
            practice_id=self.practice,
            occurred_at=at or SystemClock().now() + SOON,
            actor_id="system:webhooks",
            party_id=self.patient,
            message_id=MessageId.new(),
            intent=intent,  # type: ignore[arg-type]
            appointment_ids=(AppointmentId(appointment),) if appointment else (),
            patient_id=more.pop("patient_id", self.patient),
            **more,
        )

    def text(self, intent: str, appointment: str = "", **more: Any) -> ReplyActedOn | None:
        """Send one reply; returns what came of it."""
        reply = self.reply(intent, appointment, **more)
        deliver(reply)
        return self.outcome_of(reply)

    def outcome_of(self, reply: ReplyReceived) -> ReplyActedOn | None:
        """What the calendar told of a reply; it may never tell it twice."""
        found = [told for told in self.acted_on() if told.message_id == reply.message_id]
        assert len(found) <= 1, found
        return found[0] if found else None

    def acted_on(self) -> list[ReplyActedOn]:
        return told(self.practice, ReplyActedOn)

    def outcome(self, intent: str, appointment: str = "", **more: Any) -> str:
        acted = self.text(intent, appointment, **more)
        return acted.outcome if acted else ""

    def options(self, appointment: str, **more: Any) -> tuple[SlotOption, ...]:
        """The times that are offered to who asks for another one."""
        acted = self.text("reschedule", appointment, **more)
        assert acted is not None
        return acted.options


def told(practice: PracticeId, kind: type[Any]) -> list[Any]:
    """All events of that type that the calendar has told, in their order."""
    found = ScheduleOutbox.scan(ScheduleOutbox.pk.startswith(f"{practice}#event#"))
    events = [
        kind.model_validate_json(item.detail)
        for item in found
        if item.detail_type == kind.detail_type()
    ]
    return sorted(events, key=lambda event: event.occurred_at)


def deliver(*events: DomainEvent, function: str = "scheduling") -> None:
    """Hand events to a function as its queue does, all in one batch."""
    result = invoke(function, {"Records": list(_records(events))})
    assert result == {"batchItemFailures": []}


def _records(events: Iterable[DomainEvent]) -> Iterable[dict[str, Any]]:
    for number, event in enumerate(events):
        detail = json.loads(event.model_dump_json())
        yield {
            "messageId": f"m-{number}",
            "receiptHandle": "r",
            "eventSource": "aws:sqs",
            "body": event_message(event.detail_type(), detail)["Body"],
        }


def hours_ahead(hours: float) -> datetime:
    """A time on the calendar's grain, so many hours from now."""
    now = SystemClock().now().astimezone(UTC) + timedelta(hours=hours)
    return now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
