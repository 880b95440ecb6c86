"""A text that a person wrote: understood, aimed, kept and told, in one transaction.

Two reads usually (whose number it is, what is open with the sender), one more per
patient only where nothing was asked, and one transaction: the delivery (so that the
same one again changes nothing), the message, the reply's event and the audit entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from caresmith.clock import Instant, to_text
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId
from caresmith.messages.records import DeliveryRecord, thread_of, unknown_party
from caresmith.records.appointment import read_visit, visits_between
from caresmith.records.contact import Channel
from caresmith.records.patient import patients_by_phone
from caresmith.records.practice import practice_setup
from functions.webhooks import keywords
from functions.webhooks.aiming import Aim, Candidate, aim
from functions.webhooks.edge import acting_for
from functions.webhooks.intents import meaning_of
from functions.webhooks.story import Heard, Once, tell_story
from functions.webhooks.threads import Thread, practice_of, read_thread

AHEAD: Final = timedelta(days=30)
"""Without a question, a reply can mean a visit of this time."""
_KEEP_DELIVERIES: Final = timedelta(days=30)
"""Longer than any carrier tries again."""
_MOST_PATIENTS: Final = 8
"""Of one number that visits are looked up for."""


@dataclass(frozen=True)
class InboundText:
    """One text, as every carrier tells it."""

    delivery: str
    """The carrier's own id of it, with the carrier's name: the same text, the same id."""
    sender: str
    recipient: str
    """Both E.164."""
    body: str
    carrier: Literal["twilio", "aws"]
    said_at: Instant | None = None
    """When the carrier took it, where it says so."""
    carrier_took_for: str = ""
    """STOP, START or HELP, where the carrier has acted on it and answered it already."""


def take(text: InboundText, now: Instant) -> str | None:
    """Act on a text; what to answer in the very response, where that is to be done.

    Raises UnknownNumber where nobody here sends from the number it was sent to.
    """
    practice = practice_of(text.recipient)
    with acting_for(practice, "text-received") as trail:
        thread = read_thread(practice, thread_of(practice, Channel.SMS, text.sender), now)
        meaning = meaning_of(text.body)
        if meaning.intent in keywords.HONOURED:
            order = keywords.order(meaning.intent, text, thread, now)
            trail.about(*order.patients)
            heard = _heard(text, thread, order.party_id, meaning.intent, now)
            told = tell_story(heard, _once(practice, text, now), trail, order.write)
            return order.answer if told else None
        people = _People(thread, text.sender, now)
        found = aim(meaning, thread, people.visits, people.wall_clock)
        heard = _heard(text, thread, people.party_of(found), found.intent, now, found)
        also = keywords.as_the_carrier_says(text, thread, now)
        tell_story(heard, _once(practice, text, now), trail, also)
        return None


def _heard(
    text: InboundText,
    thread: Thread,
    party_id: str,
    intent: str,
    now: Instant,
    found: Aim | None = None,
) -> Heard:
    return Heard(
        practice=thread.practice,
        message_id=MessageId.derived_at(now, "text", text.delivery),
        party_id=party_id,
        thread=thread.token,
        channel=Channel.SMS,
        address=text.sender,
        text=text.body,
        intent=intent,
        carrier=text.carrier,
        carrier_ref=text.delivery.partition("-")[2],
        now=now,
        found=found,
    )


def _once(practice: PracticeId, text: InboundText, now: Instant) -> Once:
    """The record by which the same delivery is known again."""
    record = DeliveryRecord(
        f"{practice}#delivery#{text.delivery}",
        "delivery",
        taken_at=to_text(now),
        expires_at=int((now + _KEEP_DELIVERIES).timestamp()),
    )
    return Once(record, DeliveryRecord.pk.does_not_exist())


class _People:
    """Who is known at a number, looked up where it is needed."""

    def __init__(self, thread: Thread, sender: str, now: Instant) -> None:
        self._thread, self._sender, self._now = thread, sender, now
        self._known: list[PatientId] | None = None

    @property
    def known(self) -> Sequence[PatientId]:
        """Who was written to there; else whose number it is by their chart."""
        if self._known is None:
            self._known = self._thread.patients or patients_by_phone(
                self._thread.practice, self._sender
            )
        return self._known[:_MOST_PATIENTS]

    def visits(self) -> list[Candidate]:
        found: list[Candidate] = []
        for patient in self.known:
            coming = visits_between(self._thread.practice, patient, self._now, self._now + AHEAD)
            found += [Candidate(v.appointment_id, patient) for v in coming if v.awaited]
        return found

    def wall_clock(self, appointment: AppointmentId) -> tuple[datetime, datetime] | None:
        visit = read_visit(self._thread.practice, appointment)
        if visit is None:
            return None
        setup = practice_setup(self._thread.practice)
        place = setup.locations.get(visit.location_id)
        zone = ZoneInfo(place.zone if place else setup.practice.zone)
        return visit.start.astimezone(zone), self._now.astimezone(zone)

    def party_of(self, found: Aim) -> str:
        """Whose conversation the text belongs to."""
        if found.patient_id:
            return found.patient_id
        if self._thread.reached:
            return str(self._thread.reached[0].patient_id)
        return self.known[0] if len(self.known) == 1 else unknown_party(self._thread.token)
