"""Sends what is queued outside of a workflow, and tries again later where it must wait.

A carrier that is down for an hour loses nothing: the message stays queued, and a
one-time schedule comes back to it, soon at first and then every quarter of an
hour, until it is of no use any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from zlib import crc32

from caresmith import later
from caresmith.clock import Instant, from_text, to_text
from caresmith.events import MessageQueued
from caresmith.ids import MessageId, PracticeId
from caresmith.messages.records import MessageRecord, Status, read_message
from functions.messaging import settling
from functions.messaging.carriers.port import CarrierDown, CarrierThrottled
from functions.messaging.sending import Sender

DELAYS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
"""Between attempts; the last one goes on."""
PATIENCE: Final = timedelta(hours=24)
"""So long a message without an end of its own is tried."""
SPREAD_SECONDS: Final = 30
"""What waited together doesn't come back in the same second."""
AGAIN: Final = "send-queued"
"""The task by which the schedule comes back."""


def send_for_workflow(sender: Sender, party_id: str, message_id: MessageId) -> dict[str, str]:
    """What the workflow's Send state goes on with. Raises what it retries."""
    done = sender.send(party_id, message_id)
    until = {"until": to_text(done.until)} if done.until else {}
    return {"outcome": done.outcome, **until}


def on_queued(event: MessageQueued, sender: Sender) -> None:
    """A message waits."""
    send_or_wait(sender, event.party_id, event.message_id)


def send_or_wait(sender: Sender, party_id: str, message_id: MessageId) -> None:
    """Send the message now, or see to it that it is tried again."""
    try:
        done = sender.send(party_id, message_id)
    except (CarrierDown, CarrierThrottled):
        _try_again(sender, party_id, message_id)
        return
    if done.until:
        _come_back(sender.practice, party_id, message_id, done.until)


def _try_again(sender: Sender, party_id: str, message_id: MessageId) -> None:
    record = read_message(sender.practice, party_id, message_id)
    if record is None or record.status != Status.QUEUED:
        return
    now = sender.clock.now()
    when = now + _delay(record)
    if when < _useless_from(record):
        _come_back(sender.practice, party_id, message_id, when)
    else:
        settling.gave_up(sender.practice, record, now, sender.actor_id)


def _delay(record: MessageRecord) -> timedelta:
    failed = max(1, int(record.attempts or 0))
    spread = crc32(record.message_id.encode()) % SPREAD_SECONDS
    return DELAYS[min(failed, len(DELAYS)) - 1] + timedelta(seconds=spread)


def _useless_from(record: MessageRecord) -> Instant:
    patience = from_text(record.created_at) + PATIENCE
    return min(patience, from_text(record.useless_after)) if record.useless_after else patience


def _come_back(practice: PracticeId, party_id: str, message_id: MessageId, when: Instant) -> None:
    payload: Mapping[str, Any] = {
        "task": AGAIN,
        "practice_id": practice,
        "party_id": party_id,
        "message_id": message_id,
    }
    later.at(when, name=f"send-{message_id}", target="messaging", payload=payload)
