"""What stands open with a telephone number: questions, opt-out, who was written to there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from caresmith.clock import Instant
from caresmith.ids import PatientId, PracticeId
from caresmith.messages.records import (
    OptOutRecord,
    PromptKind,
    PromptRecord,
    ReachRecord,
    SenderRecord,
    sender_key,
    thread_key,
)
from caresmith.tables import MessagesItem
from functions.webhooks.errors import UnknownNumber

# Expired items stay in the table until its TTL removes them, which may take days.
_JUST_EXPIRED: Final = timedelta(hours=48)


@dataclass(frozen=True)
class Thread:
    """A number's partition, read once."""

    practice: PracticeId
    token: str
    opt_out: OptOutRecord | None
    reached: Sequence[ReachRecord]
    """The patients written to there, the last one first."""
    prompts: Sequence[PromptRecord]
    """Open questions, the newest first."""
    missed: bool
    """Whether a question ran out lately and none is open: a reply may be about that."""

    @property
    def patients(self) -> list[PatientId]:
        return [PatientId(reach.patient_id) for reach in self.reached]

    def of_kind(self, *kinds: PromptKind) -> list[PromptRecord]:
        """Open questions of these kinds, the newest first."""
        return [prompt for prompt in self.prompts if prompt.kind in kinds]


def read_thread(practice: PracticeId, token: str, now: Instant) -> Thread:
    """The partition by one strongly consistent query."""
    opt_out: OptOutRecord | None = None
    reached: list[ReachRecord] = []
    prompts: list[PromptRecord] = []
    for item in MessagesItem.query(thread_key(practice, token), consistent_read=True):
        if isinstance(item, OptOutRecord):
            opt_out = item
        elif isinstance(item, ReachRecord):
            reached.append(item)
        elif isinstance(item, PromptRecord):
            prompts.append(item)
    live = [p for p in prompts if _expiry(p) > now.timestamp()]
    lately = (now - _JUST_EXPIRED).timestamp()
    return Thread(
        practice,
        token,
        opt_out,
        sorted(reached, key=lambda reach: str(reach.last_message_at), reverse=True),
        sorted(live, key=lambda p: (str(p.asked_at), str(p.prompt_id)), reverse=True),
        missed=not live and any(lately < _expiry(p) <= now.timestamp() for p in prompts),
    )


def _expiry(prompt: PromptRecord) -> float:
    return float(prompt.expires_at) if prompt.expires_at else float("inf")


def practice_of(number: str) -> PracticeId:
    """Whose number a text was sent to, by one read. Raises UnknownNumber."""
    try:
        record = SenderRecord.get(sender_key(number), "sender")
    except SenderRecord.DoesNotExist:
        raise UnknownNumber from None
    return PracticeId(str(record.practice_id))
