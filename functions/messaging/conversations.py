"""What was written to and by one person, and writing to them by hand.

A conversation is read by one query, the newest first; of a patient whose charts
were merged, by one a chart. A message of the staff goes where the person wrote
from last, or the best way, and never where STOP was answered or consent is missing.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from heapq import merge
from itertools import islice
from typing import Final, Literal

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text
from caresmith.errors import NotFound, invalid
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId, new_ulid
from caresmith.messages.outgoing import Draft, queue_alone
from caresmith.messages.reach import (
    ContactPoint,
    Reachable,
    contact_points,
    reachable,
    silenced_points,
)
from caresmith.messages.records import (
    Kind,
    MessageRecord,
    conversation_key,
    open_body,
    unknown_party,
)
from caresmith.messages.segments import segments
from caresmith.messages.settings import Language, messaging_settings
from caresmith.messages.wording import Rendered
from caresmith.records.contact import Channel
from caresmith.records.patient import merged_charts
from caresmith.records.practice import practice_setup
from functions.messaging.answering import point_of
from functions.messaging.errors import NoContactPoint, OptedOut
from functions.messaging.models import (
    MOST_SEGMENTS,
    ContactWay,
    Conversation,
    Message,
    StaffMessage,
)
from functions.messaging.ways import ways_and_silenced, ways_to

PAGE: Final = 30
THREAD: Final = re.compile(r"[A-Za-z0-9_-]{22}")
"""What a thread looks like: a blind index token."""
_PREFIX: Final = "message#"


# -- reading --------------------------------------------------------------


def of_patient(practice: PracticeId, patient_id: PatientId, cursor: str | None) -> Conversation:
    """A page of a patient's conversation. Raises NotFound, InvalidRequest."""
    return _with(practice, person(practice, patient_id), cursor)


def person(practice: PracticeId, patient_id: PatientId) -> Reachable:
    """The patient, by the chart that stands for them. Raises NotFound."""
    audit().about(patient_id)
    patient = reachable(practice, patient_id)
    if patient is None:
        raise NotFound
    audit().about(patient.patient_id)
    return patient


def _with(practice: PracticeId, patient: Reachable, cursor: str | None) -> Conversation:
    merged = merged_charts(practice, patient.patient_id)
    audit().about(*merged)
    found, more = _page(practice, [patient.patient_id, *merged], cursor)
    points = contact_points(practice, patient, messaging_settings(practice))
    ways = ways_and_silenced(
        practice, _preferred(points, found), silenced_points(practice, patient)
    )
    return _conversation(practice, patient.patient_id, found, more, ways)


def of_number(practice: PracticeId, thread: str, cursor: str | None) -> Conversation:
    """A page of what a number that nobody has wrote. Raises NotFound, InvalidRequest."""
    party_id = unknown_party(thread)
    audit().record(party_id)
    found, more = _page(practice, [party_id], cursor)
    if not found and not cursor:
        raise NotFound
    points = [point_of(practice, found[0])] if found else []
    return _conversation(practice, party_id, found, more, ways_to(practice, points))


def _page(
    practice: PracticeId, parties: Iterable[str], cursor: str | None
) -> tuple[list[MessageRecord], str | None]:
    before = _decoded(cursor) if cursor else f"{_PREFIX}~"
    runs = [_run(practice, party, before) for party in parties]
    items = list(islice(merge(*runs, key=lambda item: str(item.sk), reverse=True), PAGE + 1))
    if len(items) <= PAGE:
        return items, None
    return items[:PAGE], urlsafe_b64encode(items[PAGE - 1].sk.encode()).decode()


def _run(practice: PracticeId, party_id: str, before: str) -> list[MessageRecord]:
    found = MessageRecord.query(
        conversation_key(practice, party_id),
        MessageRecord.sk.between(_PREFIX, before),
        scan_index_forward=False,
        limit=PAGE + 2,
        consistent_read=True,
    )
    return [item for item in found if item.sk != before]


def _decoded(cursor: str) -> str:
    try:
        text = urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        raise invalid("cursor", "is not one that was given out") from None
    if not text.startswith(_PREFIX):
        raise invalid("cursor", "is not one that was given out")
    return text


def _conversation(
    practice: PracticeId,
    party_id: str,
    found: list[MessageRecord],
    cursor: str | None,
    ways: Iterable[ContactWay],
) -> Conversation:
    return Conversation(
        party_id=party_id,
        messages=tuple(shown(practice, record) for record in found),
        cursor=cursor,
        ways=tuple(ways),
    )


def shown(practice: PracticeId, record: MessageRecord) -> Message:
    """A message as a person reads it."""
    body = open_body(practice, record)
    direction: Literal["in", "out"] = "in" if record.kind == Kind.INBOUND else "out"
    return Message(
        message_id=MessageId(record.message_id),
        direction=direction,
        channel=record.channel,
        kind=record.kind,
        status=record.status,
        reason=record.reason or "",
        address=body.address,
        text=body.text,
        subject=body.subject,
        created_at=from_text(record.created_at),
        settled_at=from_text(record.settled_at) if record.settled_at else None,
        author_id=record.author_id,
        author_name=record.author_name or "",
        intent=record.intent,
        appointment_id=AppointmentId(record.appointment_id) if record.appointment_id else None,
        segments=int(record.segments) if record.segments else None,
    )


def _preferred(points: Iterable[ContactPoint], found: list[MessageRecord]) -> list[ContactPoint]:
    """First where the person wrote from last, if that may be written to; then as they prefer."""
    known = list(points)
    last = next((record.thread for record in found if record.kind == Kind.INBOUND), None)
    return sorted(known, key=lambda point: point.thread != last)


# -- writing --------------------------------------------------------------


def write_to_patient(
    patient_id: PatientId,
    message: StaffMessage,
    *,
    actor: Actor,
    now: Instant,
    message_id: MessageId | None = None,
) -> Message:
    """Queue a message of the staff to a patient.

    Raises NotFound, OptedOut, NoContactPoint, InvalidRequest. With ``message_id``
    the same message again is not sent again.
    """
    patient = person(actor.practice_id, patient_id)
    if not patient.wanted:
        raise NoContactPoint("Nothing is sent for a chart that is closed.")
    conversation = _with(actor.practice_id, patient, None)
    return _write(conversation, message, patient.language, actor, now, message_id)


def write_to_number(
    thread: str,
    message: StaffMessage,
    *,
    actor: Actor,
    now: Instant,
    message_id: MessageId | None = None,
) -> Message:
    """As :func:`write_to_patient`, to a number that has written to us."""
    conversation = of_number(actor.practice_id, thread, None)
    return _write(conversation, message, "en", actor, now, message_id)


def new_message_id(actor: Actor, now: Instant) -> MessageId:
    """An id for what is about to be written: it sorts where it is said."""
    return MessageId.derived_at(now, actor.user_id, new_ulid())


def _write(
    conversation: Conversation,
    message: StaffMessage,
    language: Language,
    actor: Actor,
    now: Instant,
    message_id: MessageId | None,
) -> Message:
    practice = actor.practice_id
    way = _way(conversation.ways, message)
    if way.channel is Channel.SMS and segments(message.text).count > MOST_SEGMENTS:
        raise invalid("text", f"is longer than {MOST_SEGMENTS} segments: write an e-mail")
    draft = Draft(
        message_id=message_id or new_message_id(actor, now),
        party_id=conversation.party_id,
        to=ContactPoint(way.channel, way.address, way.thread),
        kind=Kind.STAFF,
        rendered=_rendered(practice, way, message),
        language=language,
        author_id=actor.user_id,
        author_name=actor.display_name or None,
    )
    audit().record(draft.message_id)
    # The same form sent twice queues nothing the second time: the first one counts.
    queue_alone(draft, practice=practice, actor_id=actor.user_id, now=now)
    record = MessageRecord.get(
        conversation_key(practice, draft.party_id),
        f"{_PREFIX}{draft.message_id}",
        consistent_read=True,
    )
    return shown(practice, record)


def _way(ways: Iterable[ContactWay], message: StaffMessage) -> ContactWay:
    fitting = [way for way in ways if message.channel in {None, way.channel}]
    if not fitting:
        raise NoContactPoint
    for way in fitting:
        if way.opted_out_since is None:
            return way
    raise OptedOut


def _rendered(practice: PracticeId, way: ContactWay, message: StaffMessage) -> Rendered:
    """The staff's own words. Their e-mail has the practice's name where they give no subject."""
    if way.channel is not Channel.EMAIL:
        return Rendered(message.text)
    return Rendered(message.text, message.subject or practice_setup(practice).practice.name)
