"""STOP, START and HELP: honoured in the request itself, for everybody at the number.

The opt-out is one record of the thread, on whose absence every claim to send is
conditional; so from this transaction on nothing is sent there, whatever is queued.
CTIA, Messaging Principles and Best Practices, 5.1: an opt-out is confirmed once,
and HELP is answered. What is answered goes into the response (TwiML); where a
carrier takes no answer there (SNS), HELP and START are answered by a queued
message, and STOP by the carrier itself.
https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from caresmith.clock import Instant, from_text, to_text
from caresmith.events import ConsentReplied, MessagesOutbox, tell
from caresmith.ids import MessageId, PatientId
from caresmith.messages.filling import practice_values
from caresmith.messages.outgoing import Draft, message_record, queue
from caresmith.messages.reach import ContactPoint, reachable
from caresmith.messages.records import (
    OPT_OUT,
    Kind,
    OptOutRecord,
    Status,
    thread_key,
    unknown_party,
)
from caresmith.messages.settings import Language, messaging_settings
from caresmith.messages.wording import render
from caresmith.records.contact import Channel
from caresmith.records.patient import patients_by_phone
from caresmith.records.practice import practice_setup
from caresmith.settings import service_name
from functions.webhooks.phrases import SPANISH_KEYWORDS, Intent
from functions.webhooks.reading import read
from functions.webhooks.story import Also, nothing_more
from functions.webhooks.threads import Thread

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

    from functions.webhooks.inbound import InboundText

HONOURED: Final = frozenset({Intent.STOP, Intent.START, Intent.HELP})


@dataclass(frozen=True)
class Order:
    """What is done about a keyword."""

    party_id: str
    patients: list[PatientId]
    answer: str | None
    """For the response; None where nothing is answered there."""
    write: Also


def order(intent: Intent, text: InboundText, thread: Thread, now: Instant) -> Order:
    """Make the keyword's writes and answer."""
    known = thread.patients
    patients = list(dict.fromkeys([*known, *patients_by_phone(thread.practice, text.sender)]))
    party = patients[0] if known or len(patients) == 1 else unknown_party(thread.token)
    writes: list[Also] = []
    repeated = intent is Intent.STOP and thread.opt_out is not None
    if intent is Intent.STOP and not repeated:
        writes.append(_opt_out(thread, text, now))
    if intent is Intent.START and _ends_the_opt_out(thread, text):
        writes.append(_opt_in(thread))
    if intent is not Intent.HELP and not repeated and patients:
        writes.append(_consent(thread, party, patients, now, granted=intent is Intent.START))
    answered = text.carrier_took_for or repeated
    draft = None if answered else _answer(intent, text, thread, party, patients, now)
    if draft and (text.carrier == "twilio" or intent is not Intent.STOP):
        writes.append(_keep_answer(draft, text, thread, now))

    def write(transaction: TransactWrite, message_id: MessageId) -> None:
        for each in writes:
            each(transaction, message_id)

    said = draft.rendered.text if draft and text.carrier == "twilio" else None
    return Order(party, patients, said, write)


def as_the_carrier_says(text: InboundText, thread: Thread, now: Instant) -> Also:
    """Where the carrier took a text for STOP that we understand otherwise, both hold.

    Twilio may count CANCEL as STOP; then it sends nothing more there, and neither do we.
    """
    if text.carrier_took_for != "STOP" or thread.opt_out is not None:
        return nothing_more
    patients = thread.patients
    party = patients[0] if patients else unknown_party(thread.token)
    stop, tells = _opt_out(thread, text, now), _consent(thread, party, patients, now, granted=False)

    def write(transaction: TransactWrite, message_id: MessageId) -> None:
        stop(transaction, message_id)
        if patients:
            tells(transaction, message_id)

    return write


def _opt_out(thread: Thread, text: InboundText, now: Instant) -> Also:
    since = to_text(text.said_at or now)

    def write(transaction: TransactWrite, message_id: MessageId) -> None:
        key = thread_key(thread.practice, thread.token)
        transaction.save(OptOutRecord(key, OPT_OUT, since=since, by_message_id=message_id))

    return write


def _ends_the_opt_out(thread: Thread, text: InboundText) -> bool:
    """Whether there is one, and it is no later STOP that this START was overtaken by."""
    if thread.opt_out is None:
        return False
    return text.said_at is None or text.said_at >= from_text(str(thread.opt_out.since))


def _opt_in(thread: Thread) -> Also:
    record = thread.opt_out

    def write(transaction: TransactWrite, _: MessageId) -> None:
        if record is not None:
            transaction.delete(record)

    return write


def _consent(
    thread: Thread, party: str, patients: list[PatientId], now: Instant, *, granted: bool
) -> Also:
    def write(transaction: TransactWrite, message_id: MessageId) -> None:
        event = ConsentReplied(
            practice_id=thread.practice,
            occurred_at=now,
            actor_id=f"system:{service_name()}",
            party_id=party,
            message_id=message_id,
            patient_ids=tuple(patients),
            channel="sms",
            granted=granted,
        )
        tell(event, MessagesOutbox, transaction)

    return write


def _answer(
    intent: Intent,
    text: InboundText,
    thread: Thread,
    party: str,
    patients: list[PatientId],
    now: Instant,
) -> Draft:
    settings = messaging_settings(thread.practice)
    values = practice_values(practice_setup(thread.practice), settings)
    language = _language(text, thread, patients)
    # It stands after the text that it answers.
    after = now + timedelta(milliseconds=1)
    return Draft(
        message_id=MessageId.derived_at(after, "keyword", text.delivery),
        party_id=party,
        to=ContactPoint(Channel.SMS, text.sender, thread.token),
        kind=Kind.ANSWER,
        rendered=render(settings, str(intent), Channel.SMS, language, values),
        language=language,
    )


def _keep_answer(draft: Draft, text: InboundText, thread: Thread, now: Instant) -> Also:
    """In the conversation as sent, where the response carries it; else queued to be sent."""

    def write(transaction: TransactWrite, _: MessageId) -> None:
        if text.carrier != "twilio":
            actor = f"system:{service_name()}"
            queue(draft, practice=thread.practice, actor_id=actor, now=now, writes=transaction)
            return
        record = message_record(draft, thread.practice, now)
        record.status, record.carrier = Status.SENT, text.carrier
        record.settled_at = to_text(now)
        transaction.save(record)

    return write


def _language(text: InboundText, thread: Thread, patients: list[PatientId]) -> Language:
    """Of the keyword, where it is Spanish; else as the patient is written to."""
    if read(text.body).core in SPANISH_KEYWORDS:
        return "es"
    for reach in thread.reached:
        if reach.language:
            return "es" if reach.language == "es" else "en"
    person = reachable(thread.practice, patients[0]) if patients else None
    return person.language if person else "en"
