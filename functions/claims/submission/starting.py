"""When a batch begins: by hand, or every day at the practice's time."""

from __future__ import annotations

from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.events import ClaimsDue
from caresmith.ids import ExchangeFileId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.claim import BoardItem, ClaimState
from caresmith.records.revenue.layout import board_key
from functions.claims import inquiries
from functions.claims import models as m
from functions.claims.app import app
from functions.claims.errors import NothingToSend
from functions.claims.submission import heads


def send_now(*, actor: Actor, now: Instant) -> m.SendStarted:
    """Begin a batch of what is approved. Raises NothingToSend."""
    waiting = BoardItem.query(board_key(actor.practice_id, ClaimState.APPROVED), limit=1)
    if next(iter(waiting), None) is None:
        raise NothingToSend
    file = ExchangeFileId.new()
    # Its head is there at once: who sent it looks at it before the workflow has begun.
    heads.begin(actor.practice_id, file, practice_setup(actor.practice_id), actor, now)
    heads.start(actor.practice_id, file, now)
    return m.SendStarted(file_id=file)


def on_claims_due(event: ClaimsDue) -> None:
    """The day's batch: told twice, it is the same file."""
    now = app.clock.now()
    file = ExchangeFileId.derived_at(event.occurred_at, event.practice_id, str(event.day))
    audit().record(file)
    heads.start(current_actor().practice_id, file, now)
    inquiries.on_claims_due(event)
