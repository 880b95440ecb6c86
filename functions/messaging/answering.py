"""One message to the person of a conversation, with the question that it asks and closes.

All in one transaction: the message, its question, the end of settled questions,
a task for the front desk. It happens once for what caused it, however often that
is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.events import DomainEvent, MessagesOutbox, tell
from caresmith.ids import MessageId, PracticeId
from caresmith.messages.outgoing import Draft, queue
from caresmith.messages.reach import ContactPoint, Reachable, reachable
from caresmith.messages.records import (
    Kind,
    MessageRecord,
    PromptRecord,
    open_body,
    patient_of_party,
    read_message,
)
from caresmith.messages.settings import Language, MessagingSettings, Written, messaging_settings
from caresmith.messages.wording import Rendered, render
from caresmith.records.contact import Channel
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.messaging.prompts import Question, close

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pynamodb.transactions import TransactWrite

    from caresmith.ids import PatientId, PromptId


@dataclass(frozen=True)
class Correspondent:
    """Whom we answer, where they wrote from, and what wording needs."""

    practice: PracticeId
    party_id: str
    to: ContactPoint
    language: Language
    first_name: str
    setup: PracticeSetup
    settings: MessagingSettings

    @property
    def thread(self) -> str:
        return self.to.thread

    @property
    def channel(self) -> Written:
        return self.to.channel

    def rendered(self, template: str, values: Mapping[str, str]) -> Rendered:
        return render(self.settings, template, self.channel, self.language, values)


def who_wrote(
    practice: PracticeId, party_id: str, message_id: MessageId, patient: PatientId | None = None
) -> Correspondent:
    """The sender of that message, spoken to as ``patient`` where the reply is about one.

    Raises LookupError for an unknown message.
    """
    record = read_message(practice, party_id, message_id)
    if record is None:
        raise LookupError(message_id)
    person = _person(practice, patient or patient_of_party(party_id))
    spoken: Language = "es" if record.language == "es" else "en"
    return Correspondent(
        practice=practice,
        party_id=party_id,
        to=point_of(practice, record),
        language=person.language if person else spoken,
        first_name=person.first_name if person else "",
        setup=practice_setup(practice),
        settings=messaging_settings(practice),
    )


def _person(practice: PracticeId, patient: PatientId | None) -> Reachable | None:
    if patient is None:
        return None
    audit().about(patient)
    return reachable(practice, patient)


def point_of(practice: PracticeId, record: MessageRecord) -> ContactPoint:
    """Where the message came from or went to."""
    channel: Written = Channel.EMAIL if record.channel == Channel.EMAIL else Channel.SMS
    return ContactPoint(channel, open_body(practice, record).address, record.thread)


@dataclass
class Saying:
    """What is said, and what else changes with it."""

    who: Correspondent
    message_id: MessageId
    """Made from what caused it: the same cause says it once."""
    kind: Kind
    rendered: Rendered
    question: Question | None = None
    settled: Iterable[PromptRecord] = ()
    events: Sequence[DomainEvent] = ()
    useless_after: Instant | None = None
    zone: str | None = None
    also: Callable[[TransactWrite], None] | None = None
    """Further writes; a failed condition of theirs keeps the message back as well."""

    def say(self, actor_id: str, now: Instant) -> bool:
        """False, with nothing written, where it was said before or ``also`` forbids it."""
        audit().record(self.message_id)
        try:
            when_not_busy(lambda: self._commit(actor_id, now))
        except TransactionCancelled:
            return False
        return True

    def _commit(self, actor_id: str, now: Instant) -> None:
        who = self.who
        with transaction() as writes:
            queue(self._draft(), practice=who.practice, actor_id=actor_id, now=now, writes=writes)
            if self.question:
                writes.save(self.question.record(who.practice, who.thread, self.message_id, now))
            close(self._others_settled(), writes)
            for event in self.events:
                tell(event, MessagesOutbox, writes)
            if self.also:
                self.also(writes)
            audit().join(writes)

    def _others_settled(self) -> list[PromptRecord]:
        """Told twice, our own question is open already; a transaction writes an item once."""
        return [prompt for prompt in self.settled if prompt.prompt_id != self._prompt_id]

    @property
    def _prompt_id(self) -> PromptId | None:
        return self.question.prompt_id(self.message_id) if self.question else None

    def _draft(self) -> Draft:
        return Draft(
            message_id=self.message_id,
            party_id=self.who.party_id,
            to=self.who.to,
            kind=self.kind,
            rendered=self.rendered,
            language=self.who.language,
            zone=self.zone,
            useless_after=self.useless_after,
            appointment_id=self.question.appointment_id if self.question else None,
            prompt_id=self._prompt_id,
        )


def tell_only(events: Sequence[DomainEvent], settled: Iterable[PromptRecord] = ()) -> None:
    """Events and settled questions where nothing is said."""

    def commit() -> None:
        with transaction() as writes:
            close(settled, writes)
            for event in events:
                tell(event, MessagesOutbox, writes)
            audit().join(writes)

    when_not_busy(commit)
