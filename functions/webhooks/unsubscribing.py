"""Ending all e-mails to an address, by the link that each of them carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caresmith.clock import Instant, to_text
from caresmith.events import ConsentReplied, MessagesOutbox, tell
from caresmith.ids import MessageId, PracticeId
from caresmith.messages.filling import practice_values
from caresmith.messages.links import read_unsubscribe
from caresmith.messages.reach import Reachable, reachable
from caresmith.messages.records import OPT_OUT, OptOutRecord, thread_key, unknown_party
from caresmith.messages.settings import messaging_settings
from caresmith.records.contact import Channel
from caresmith.records.practice import practice_setup
from caresmith.settings import service_name
from functions.webhooks.answering import address_at
from functions.webhooks.edge import acting_for
from functions.webhooks.errors import LinkUnknown
from functions.webhooks.story import Heard, Once, tell_story
from functions.webhooks.threads import Thread, read_thread

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


@dataclass(frozen=True)
class Subscription:
    """E-mails of one practice to one address."""

    practice: PracticeId
    thread: str


def open_subscription(secret: str) -> Subscription:
    """Raises LinkUnknown for a secret that is not authentic."""
    found = read_unsubscribe(secret)
    if found is None:
        raise LinkUnknown
    return Subscription(*found)


def look(subscription: Subscription, now: Instant) -> dict[str, Any]:
    """What the page shows; nothing is changed."""
    with acting_for(subscription.practice, "unsubscribe-page-read"):
        thread = read_thread(subscription.practice, subscription.thread, now)
        return _shown(thread, ended=thread.opt_out is not None)


def end(subscription: Subscription, now: Instant) -> dict[str, Any]:
    """Send nothing more there; once, however often it is asked."""
    with acting_for(subscription.practice, "unsubscribed") as trail:
        thread = read_thread(subscription.practice, subscription.thread, now)
        if thread.opt_out is not None:
            return _shown(thread, ended=True)
        trail.about(*thread.patients)
        patient = reachable(thread.practice, thread.patients[0]) if thread.patients else None
        heard = _heard(thread, patient, now)
        record = OptOutRecord(
            thread_key(thread.practice, thread.token),
            OPT_OUT,
            since=to_text(now),
            by_message_id=heard.message_id,
        )
        once = Once(record, OptOutRecord.pk.does_not_exist())

        def consent(writes: TransactWrite, message_id: MessageId) -> None:
            if thread.patients:
                tell(_withdrawn(thread, heard, message_id), MessagesOutbox, writes)

        tell_story(heard, once, trail, consent)
        return _shown(thread, ended=True)


def _heard(thread: Thread, patient: Reachable | None, now: Instant) -> Heard:
    return Heard(
        practice=thread.practice,
        message_id=MessageId.derived_at(now, "unsubscribe", thread.token),
        party_id=patient.patient_id if patient else unknown_party(thread.token),
        thread=thread.token,
        channel=Channel.EMAIL,
        address=address_at(thread.practice, patient, thread.token) if patient else "",
        text="UNSUBSCRIBE",
        intent="stop",
        now=now,
    )


def _withdrawn(thread: Thread, heard: Heard, message_id: MessageId) -> ConsentReplied:
    return ConsentReplied(
        practice_id=thread.practice,
        occurred_at=heard.now,
        actor_id=f"system:{service_name()}",
        party_id=heard.party_id,
        message_id=message_id,
        patient_ids=tuple(thread.patients),
        channel="email",
        granted=False,
    )


def _shown(thread: Thread, *, ended: bool) -> dict[str, Any]:
    values = practice_values(practice_setup(thread.practice), messaging_settings(thread.practice))
    languages = [str(reach.language) for reach in thread.reached if reach.language]
    spanish = bool(languages) and languages[0] == "es"
    return {**values, "language": "es" if spanish else "en", "ended": ended}
