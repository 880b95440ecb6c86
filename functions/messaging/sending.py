"""Sends one message, once: for the reminder's workflow and for whatever else is queued.

Whoever calls says which message; everything else is read here, as it is now. The
same call again never sends again: it says what became of the message. What a
carrier did not take goes back into the queue; of what nobody knows whether it
left, a person is told, for a reminder that comes twice is worse than a call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formataddr
from typing import Final, Literal
from zoneinfo import ZoneInfo

from caresmith.clock import Clock, Instant, from_text
from caresmith.ids import MessageId, PracticeId
from caresmith.log import describe, logger
from caresmith.messages.links import unsubscribe_secret
from caresmith.messages.records import (
    OBEYS_QUIET_HOURS,
    Kind,
    MessageRecord,
    Status,
    open_body,
    patient_of_party,
    read_message,
)
from caresmith.messages.segments import segments
from caresmith.messages.settings import MessagingSettings, Written, messaging_settings
from caresmith.records.contact import Channel
from caresmith.records.practice import practice_setup
from functions.messaging import settling
from functions.messaging.carriers.port import (
    Accepted,
    AnswerLost,
    Carrier,
    CarrierDown,
    CarrierThrottled,
    Outgoing,
    Refused,
)

CLAIM_LASTS: Final = timedelta(seconds=60)
"""Longer than the function may run: whoever claimed a message before that is gone."""
_UNASKED: Final = frozenset({Kind.REMINDER, Kind.OFFER, Kind.NOTICE, Kind.RECALL})
"""What can be ended by one click in a mail program; an answer to a question can't."""
_CLAIMED: Final = frozenset({Status.SENDING, Status.UNCERTAIN})
_ATTEMPTS: Final = 8

Outcome = Literal["sent", "quiet", "stale", "suppressed", "failed", "late", "uncertain"]

_ENDED: Final[dict[Status, Outcome]] = {
    Status.SENT: "sent",
    Status.DELIVERED: "sent",
    Status.FAILED: "failed",
    Status.BLOCKED: "failed",
    Status.UNCERTAIN: "uncertain",
}
_KEPT_BACK: Final[dict[str, Outcome]] = {"stale": "stale", "late": "late"}


@dataclass(frozen=True, slots=True)
class Sending:
    """How it ended."""

    outcome: Outcome
    until: Instant | None = None
    """When the quiet hours end, where they keep the message waiting."""


class StillSending(Exception):
    """Another call has claimed the message just now; ask again when it is done."""


@dataclass(frozen=True)
class Sender:
    """What sending stands on."""

    practice: PracticeId
    carrier_for: Callable[[Written], Carrier]
    clock: Clock
    actor_id: str
    public_url: str = ""
    """Where our webhooks are reached; empty where nobody can."""

    def send(self, party_id: str, message_id: MessageId) -> Sending:
        """Send the message if it is still to be sent.

        Raises CarrierDown and CarrierThrottled (the message stays queued),
        StillSending, and LookupError for an unknown message.
        """
        for _ in range(_ATTEMPTS):
            done = self._step(self._read(party_id, message_id))
            if done is not None:
                return done
        raise StillSending

    def _read(self, party_id: str, message_id: MessageId) -> MessageRecord:
        record = read_message(self.practice, party_id, message_id)
        if record is None:
            raise LookupError(message_id)
        return record

    def _step(self, record: MessageRecord) -> Sending | None:
        """One attempt; None where somebody else moved the message meanwhile."""
        now = self.clock.now()
        if record.status == Status.SENDING:
            return self._abandoned(record, now)
        if record.status != Status.QUEUED:
            return Sending(_outcome_of(record))
        until = self._quiet_until(record, now)
        if _useless_at(record, until or now):
            return self._keep_back(record, "late", now)
        return Sending("quiet", until) if until else self._take(record, now)

    def _take(self, record: MessageRecord, now: Instant) -> Sending | None:
        claimed = settling.claim(self.practice, record, now)
        if claimed == "claimed":
            return self._hand_over(record, now)
        return None if claimed == "changed" else self._withheld(record, claimed, now)

    def _abandoned(self, record: MessageRecord, now: Instant) -> Sending | None:
        since = from_text(record.settled_at or record.created_at)
        if now - since < CLAIM_LASTS:
            raise StillSending
        if not settling.lost(self.practice, record, now, self.actor_id):
            return None
        return Sending("uncertain")

    def _withheld(self, claimed: MessageRecord, why: str, now: Instant) -> Sending | None:
        # The record at hand says what the claim wanted it to be.
        fresh = self._read(claimed.party_id, MessageId(claimed.message_id))
        if fresh.status != Status.QUEUED:
            return None
        return self._keep_back(fresh, why, now)

    def _keep_back(self, record: MessageRecord, why: str, now: Instant) -> Sending | None:
        if not settling.suppress(self.practice, record, why, now, self.actor_id):
            return None
        return Sending(_outcome_of(record))

    def _quiet_until(self, record: MessageRecord, now: Instant) -> Instant | None:
        if record.kind not in OBEYS_QUIET_HOURS or not record.zone:
            return None
        return messaging_settings(self.practice).quiet.ends(now, ZoneInfo(record.zone))

    def _hand_over(self, record: MessageRecord, now: Instant) -> Sending:
        channel = _channel(record)
        try:
            message = self._outgoing(record, now)
            accepted = self.carrier_for(channel).send(message)
        except (CarrierDown, CarrierThrottled):
            self._conclude(record, lambda mine, at: settling.put_back(self.practice, mine, at))
            raise
        except Refused as refusal:
            code = refusal.code
            record = self._conclude(
                record,
                lambda mine, at: settling.refused(self.practice, mine, code, at, self.actor_id),
            )
            return Sending(_outcome_of(record))
        except AnswerLost:
            return self._lost(record)
        except Exception as error:
            # Whatever it was, the message may have left before it.
            logger().error("carrier failed unforeseen", extra={"error": describe(error)})
            return self._lost(record)
        return self._sent(record, self._with_segments(accepted, message, channel))

    def _lost(self, record: MessageRecord) -> Sending:
        record = self._conclude(
            record, lambda mine, at: settling.lost(self.practice, mine, at, self.actor_id)
        )
        return Sending(_outcome_of(record))

    def _sent(self, record: MessageRecord, accepted: Accepted) -> Sending:
        record = self._conclude(
            record,
            lambda mine, at: settling.sent(self.practice, mine, accepted, at, self.actor_id),
            lambda mine: settling.overtaken(self.practice, mine, accepted),
        )
        return Sending(_outcome_of(record))

    def _conclude(
        self,
        record: MessageRecord,
        move: Callable[[MessageRecord, Instant], bool],
        overtaken: Callable[[MessageRecord], bool] = lambda _: True,
    ) -> MessageRecord:
        """Write down what became of the message that we claimed; it, as it stands then.

        A receipt may have moved it on meanwhile: then ``overtaken`` adds what we know.
        """
        for _ in range(_ATTEMPTS):
            if record.status in _CLAIMED:
                done = move(record, self.clock.now())
            else:
                done = overtaken(record)
            if done:
                return record
            record = self._read(record.party_id, MessageId(record.message_id))
        raise StillSending

    def _outgoing(self, record: MessageRecord, now: Instant) -> Outgoing:
        settings = messaging_settings(self.practice)
        body = open_body(self.practice, record)
        useless_after = from_text(record.useless_after) if record.useless_after else None
        lifetime = int((useless_after - now).total_seconds()) if useless_after else None
        return Outgoing(
            practice_id=self.practice,
            party_id=record.party_id,
            message_id=MessageId(record.message_id),
            sender=self._sender(settings, _channel(record)),
            to=body.address,
            text=body.text,
            subject=body.subject,
            lifetime_seconds=lifetime,
            unsubscribe_url=self._unsubscribe_url(record),
        )

    def _sender(self, settings: MessagingSettings, channel: Written) -> str:
        """The practice's number, or its name and address. Raises Refused where it has none."""
        if channel is Channel.SMS and settings.sms_number:
            return settings.sms_number
        if channel is Channel.EMAIL and settings.email_from:
            return formataddr((practice_setup(self.practice).practice.name, settings.email_from))
        raise Refused("no-sender")

    def _unsubscribe_url(self, record: MessageRecord) -> str:
        base = self.public_url.rstrip("/")
        asked_for = record.kind not in _UNASKED or patient_of_party(record.party_id) is None
        if not base or asked_for or record.channel != Channel.EMAIL:
            return ""
        return f"{base}/webhooks/unsubscribe/{unsubscribe_secret(self.practice, record.thread)}"

    @staticmethod
    def _with_segments(accepted: Accepted, message: Outgoing, channel: Written) -> Accepted:
        """With our own count where the carrier gives none: it is what it charges by."""
        if channel is Channel.EMAIL or accepted.segments:
            return accepted
        return Accepted(accepted.carrier, accepted.ref, segments(message.text).count)


def _useless_at(record: MessageRecord, at: Instant) -> bool:
    return record.useless_after is not None and from_text(record.useless_after) <= at


def _channel(record: MessageRecord) -> Written:
    return Channel.EMAIL if record.channel == Channel.EMAIL else Channel.SMS


def _outcome_of(record: MessageRecord) -> Outcome:
    if record.status == Status.SUPPRESSED:
        return _KEPT_BACK.get(record.reason or "", "suppressed")
    return _ENDED[Status(record.status)]
