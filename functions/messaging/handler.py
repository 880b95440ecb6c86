"""Messages: sending, conversations, the inbox."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.events import MessageQueued
from caresmith.ids import MessageId
from functions.messaging import delivering
from functions.messaging.app import app
from functions.messaging.carriers.choosing import carrier_for
from functions.messaging.sending import Sender

__all__ = ["app", "handler"]


def _sender() -> Sender:
    actor = current_actor()
    return Sender(
        practice=actor.practice_id,
        carrier_for=carrier_for,
        clock=app.clock,
        actor_id=actor.user_id,
        public_url=os.environ.get("CARESMITH_PUBLIC_URL", ""),
    )


def send(payload: Mapping[str, Any]) -> dict[str, str]:
    """Task of the reminder's workflow."""
    message_id = MessageId(payload["message_id"])
    return delivering.send_for_workflow(_sender(), str(payload["party_id"]), message_id)


def send_queued(payload: Mapping[str, Any]) -> None:
    """Task of a one-time schedule."""
    message_id = MessageId(payload["message_id"])
    delivering.send_or_wait(_sender(), str(payload["party_id"]), message_id)


handler = make_handler(
    app,
    consumers={MessageQueued: lambda event: delivering.on_queued(event, _sender())},
    tasks={"send": send, delivering.AGAIN: send_queued},
)
