"""Offers of freed times: asks who waits, and tells them when somebody was faster.

The calendar decides who is asked and who gets the time; here is only what is said.
What was said of an offer is kept, so that an offer whose end is told first is
never made, and one that still waits to be sent is kept back.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.events import SlotOption, StaffTaskRaised, WaitlistOfferClosed, WaitlistOffered
from caresmith.ids import MessageId, OfferId, PracticeId
from caresmith.messages.filling import practice_values, visit_values
from caresmith.messages.links import answer_url, public_url
from caresmith.messages.reach import ContactPoint, Reachable, reachable
from caresmith.messages.records import (
    AnswerLinkRecord,
    Kind,
    PromptKind,
    Status,
    answer_key,
    read_message,
)
from caresmith.messages.settings import messaging_settings
from caresmith.records.contact import Channel
from caresmith.records.practice import practice_setup
from caresmith.transactions import TransactionCancelled, transaction
from functions.messaging import settling
from functions.messaging.answering import Correspondent, Saying, point_of, tell_only
from functions.messaging.prompts import Question
from functions.messaging.records import OFFER, OfferRecord, offer_key
from functions.messaging.ways import open_points

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

ANSWERED_AFTER: Final = timedelta(hours=12)
"""So long after an offer's end a YES or NO is still taken as an answer to it.

Somebody who says NO to an offer that is over must not cancel the visit of which
an older question asks.
"""
_KEEP: Final = timedelta(days=30)
_LEFT: Final = frozenset({Status.SENDING, Status.SENT, Status.DELIVERED, Status.UNCERTAIN})
_ATTEMPTS: Final = 8


def on_offered(event: WaitlistOffered, now: Instant) -> None:
    """Ask the patient, where they like to be written to."""
    practice = event.practice_id
    audit().about(event.patient_id)
    audit().record(event.offer_id)
    patient = reachable(practice, event.patient_id)
    if patient is None or not patient.wanted or event.expires_at <= now:
        return
    if _read(practice, event.offer_id) is not None:
        return
    to = next((p for p in open_points(practice, patient) if _answerable(p)), None)
    if to is None:
        tell_only([_nobody_to_ask(event, now)])
        return
    _ask(event, patient, to, now)


def _answerable(point: ContactPoint) -> bool:
    """An e-mail is answered by a link, which needs an address of ours."""
    return point.channel is Channel.SMS or bool(public_url())


def _ask(event: WaitlistOffered, patient: Reachable, to: ContactPoint, now: Instant) -> None:
    practice = event.practice_id
    who = Correspondent(
        practice=practice,
        party_id=patient.patient_id,
        to=to,
        language=patient.language,
        first_name=patient.first_name,
        setup=practice_setup(practice),
        settings=messaging_settings(practice),
    )
    message_id = MessageId.derived_at(event.occurred_at, "offer", event.offer_id)
    secret = secrets.token_urlsafe(32) if to.channel is Channel.EMAIL else ""
    slot = SlotOption(
        provider_id=event.provider_id, location_id=event.location_id, start=event.start
    )
    question = Question(
        PromptKind.OFFER,
        patient.patient_id,
        min(event.start, event.expires_at + ANSWERED_AFTER),
        offer_id=event.offer_id,
        options=(slot.model_dump_json(),),
    )
    said = OfferRecord(
        offer_key(practice, event.offer_id),
        OFFER,
        party_id=patient.patient_id,
        message_id=message_id,
        expires_at=int((event.start + _KEEP).timestamp()),
    )

    def also(writes: TransactWrite) -> None:
        writes.save(said, condition=OfferRecord.pk.does_not_exist())
        if secret:
            writes.save(_link(event, who, question, message_id, secret))

    place = who.setup.locations.get(event.location_id)
    saying = Saying(
        who,
        message_id,
        Kind.OFFER,
        who.rendered(_template(event), _values(event, who, secret, now)),
        question=question,
        useless_after=event.expires_at,
        zone=place.zone if place else who.setup.practice.zone,
        also=also,
    )
    saying.say(event.actor_id, now)


def _template(event: WaitlistOffered) -> str:
    return "offer-earlier" if event.instead_of else "offer"


def _values(
    event: WaitlistOffered, who: Correspondent, secret: str, now: Instant
) -> dict[str, str]:
    values = visit_values(
        who.setup,
        who.settings,
        first_name=who.first_name,
        location_id=event.location_id,
        provider_id=event.provider_id,
        start=event.start,
        language=who.language,
        channel=who.channel,
    )
    minutes = max(1, round((event.expires_at - now).total_seconds() / 60))
    return {**values, "minutes": str(minutes), "answer_url": answer_url(secret) if secret else ""}


def _link(
    event: WaitlistOffered,
    who: Correspondent,
    question: Question,
    message_id: MessageId,
    secret: str,
) -> AnswerLinkRecord:
    return AnswerLinkRecord(
        answer_key(secret),
        "answer",
        practice_id=who.practice,
        thread=who.thread,
        prompt_id=question.prompt_id(message_id),
        patient_id=question.patient_id,
        offer_id=event.offer_id,
        expires_at=int((event.start + _KEEP).timestamp()),
    )


def _nobody_to_ask(event: WaitlistOffered, now: Instant) -> StaffTaskRaised:
    return StaffTaskRaised(
        practice_id=event.practice_id,
        occurred_at=now,
        actor_id=event.actor_id,
        # The event may be delivered again.
        event_id=event.event_id,
        key=f"no-contact-point#{event.offer_id}",
        task="no-contact-point",
        party_id=event.patient_id,
        patient_id=event.patient_id,
    )


# -- the end of an offer ------------------------------------------------------


def on_closed(event: WaitlistOfferClosed, now: Instant) -> None:
    """Keep back what is not sent yet; tell who was asked that the time is gone.

    An offer that has run out needs no word: it said itself how long it stood.
    """
    practice = event.practice_id
    audit().about(event.patient_id)
    audit().record(event.offer_id)
    said = _read(practice, event.offer_id)
    if said is None and not _close_unsaid(event, now):
        said = _read(practice, event.offer_id)
    if said is None or not said.message_id:
        return
    party_id, message_id = str(said.party_id), MessageId(said.message_id)
    if not _has_left(practice, party_id, message_id, event, now) or event.state != "gone":
        return
    _tell_gone(event, party_id, message_id, now)


def _close_unsaid(event: WaitlistOfferClosed, now: Instant) -> bool:
    """Remember that the offer is over before it was made. False where it was made just then."""
    record = OfferRecord(
        offer_key(event.practice_id, event.offer_id),
        OFFER,
        expires_at=int((now + _KEEP).timestamp()),
    )
    try:
        with transaction() as writes:
            writes.save(record, condition=OfferRecord.pk.does_not_exist())
            audit().join(writes)
    except TransactionCancelled:
        return False
    return True


def _has_left(
    practice: PracticeId,
    party_id: str,
    message_id: MessageId,
    event: WaitlistOfferClosed,
    now: Instant,
) -> bool:
    """Whether the offer may have reached the patient; one that waits is kept back now."""
    for _ in range(_ATTEMPTS):
        record = read_message(practice, party_id, message_id)
        if record is None or record.status != Status.QUEUED:
            return record is not None and record.status in _LEFT
        if settling.suppress(practice, record, "stale", now, event.actor_id):
            return False
    raise TimeoutError("an offer's message kept changing while it was kept back")


def _tell_gone(
    event: WaitlistOfferClosed, party_id: str, message_id: MessageId, now: Instant
) -> None:
    practice = event.practice_id
    record = read_message(practice, party_id, message_id)
    if record is None:
        return
    setup, settings = practice_setup(practice), messaging_settings(practice)
    who = Correspondent(
        practice=practice,
        party_id=party_id,
        to=point_of(practice, record),
        language="es" if record.language == "es" else "en",
        first_name="",
        setup=setup,
        settings=settings,
    )
    saying = Saying(
        who,
        MessageId.derived_at(event.occurred_at, "offer-closed", event.offer_id),
        Kind.NOTICE,
        who.rendered("offer-gone", {"first_name": "", **practice_values(setup, settings)}),
        useless_after=now + ANSWERED_AFTER,
        zone=record.zone,
    )
    saying.say(event.actor_id, now)


def _read(practice: PracticeId, offer: OfferId) -> OfferRecord | None:
    try:
        return OfferRecord.get(offer_key(practice, offer), OFFER, consistent_read=True)
    except OfferRecord.DoesNotExist:
        return None
