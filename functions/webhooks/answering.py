"""Answering a question by the link in its e-mail: the same replies as by text.

A link is good for its visit while that is to come, and only while the chart still
has the address that the e-mail went to: who got it by mistake can do nothing once
the address is corrected. An answer may be changed (:data:`MAY_FOLLOW`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from caresmith.clock import Instant
from caresmith.events import SlotOption
from caresmith.ids import (
    AppointmentId,
    LocationId,
    MessageId,
    OfferId,
    PatientId,
    PracticeId,
    PromptId,
    ProviderId,
)
from caresmith.messages.filling import practice_values, visit_values
from caresmith.messages.reach import Reachable, reachable
from caresmith.messages.records import (
    AnswerLinkRecord,
    PromptRecord,
    answer_key,
    prompt_sort_key,
    thread_key,
    thread_of,
)
from caresmith.messages.settings import Language, messaging_settings
from caresmith.records.appointment import read_visit
from caresmith.records.contact import Channel, TelecomSystem, TelecomUse
from caresmith.records.practice import practice_setup
from functions.webhooks.aiming import Aim
from functions.webhooks.edge import acting_for
from functions.webhooks.errors import LinkUnknown
from functions.webhooks.story import Heard, Once, tell_story

Answer = Literal["confirm", "cancel", "reschedule", "accept", "decline"]
State = Literal["open", "answered", "over"]

MAY_FOLLOW: Final[Mapping[str, tuple[Answer, ...]]] = {
    "": ("confirm", "cancel", "reschedule"),
    "confirm": ("cancel", "reschedule"),
    "reschedule": ("confirm", "cancel"),
    "cancel": (),
}
"""Which answers may be given after that one; a visit that is cancelled is gone."""
_TO_AN_OFFER: Final[Mapping[str, tuple[Answer, ...]]] = {"": ("accept", "decline")}
_TEXTS: Final[Mapping[Answer, str]] = {
    "confirm": "C",
    "cancel": "X",
    "reschedule": "R",
    "accept": "YES",
    "decline": "NO",
}
"""How the answer stands in the conversation: as the same answer by text."""


@dataclass(frozen=True)
class OpenLink:
    """A link that exists."""

    practice: PracticeId
    record: AnswerLinkRecord

    @property
    def offer(self) -> OfferId | None:
        return OfferId(str(self.record.offer_id)) if self.record.offer_id else None

    @property
    def appointment(self) -> AppointmentId | None:
        found = self.record.appointment_id
        return AppointmentId(str(found)) if found else None

    @property
    def answered(self) -> str:
        return str(self.record.answered or "")


@dataclass(frozen=True)
class _Occasion:
    """The time that the question is about."""

    start: datetime
    location_id: LocationId
    provider_id: ProviderId


def open_link(secret: str) -> OpenLink:
    """By one strongly consistent read. Raises LinkUnknown."""
    record = _read_link(answer_key(secret))
    return OpenLink(PracticeId(str(record.practice_id)), record)


def _read_link(key: str) -> AnswerLinkRecord:
    try:
        return AnswerLinkRecord.get(key, "answer", consistent_read=True)
    except AnswerLinkRecord.DoesNotExist:
        raise LinkUnknown from None


def look(link: OpenLink, now: Instant) -> dict[str, Any]:
    """What the page shows; nothing is changed."""
    with acting_for(link.practice, "answer-page-read") as trail:
        trail.about(PatientId(str(link.record.patient_id)))
        patient, occasion = _read(link, now)
        return _shown(link, patient, occasion)


def answer(link: OpenLink, wanted: Answer, seen: str, now: Instant) -> dict[str, Any]:
    """Take the answer, where it may be given now; then what the page shows.

    ``seen`` is the answer that the page showed when the button was pressed, so that
    a button pressed ten times answers once.
    """
    with acting_for(link.practice, "link-answered") as trail:
        patient_id = PatientId(str(link.record.patient_id))
        trail.about(patient_id)
        patient, occasion = _read(link, now)
        address = _address(link, patient) if patient else ""
        known = (seen == link.answered) and wanted in _answers(link)
        if patient is None or occasion is None or not known:
            return _shown(link, patient, occasion)
        link.record.answered = wanted
        heard = Heard(
            practice=link.practice,
            message_id=MessageId.derived_at(now, "link", link.record.pk, seen, wanted),
            party_id=patient.patient_id,
            thread=str(link.record.thread),
            channel=Channel.EMAIL,
            address=address,
            text=_TEXTS[wanted],
            intent=wanted,
            now=now,
            found=_aim(link, wanted, patient.patient_id),
        )
        if not tell_story(heard, Once(link.record, _still(seen)), trail):
            link = OpenLink(link.practice, _read_link(link.record.pk))
        return _shown(link, patient, occasion)


def _still(seen: str) -> Any:
    """The condition that nobody has answered since the page was shown."""
    if seen:
        return AnswerLinkRecord.answered == seen
    return AnswerLinkRecord.pk.exists() & AnswerLinkRecord.answered.does_not_exist()


def _aim(link: OpenLink, wanted: Answer, patient: PatientId) -> Aim:
    appointment = link.appointment
    return Aim(
        wanted,
        PromptId(str(link.record.prompt_id)),
        (appointment,) if appointment else (),
        patient,
        link.offer,
    )


def _answers(link: OpenLink) -> tuple[Answer, ...]:
    table = _TO_AN_OFFER if link.offer else MAY_FOLLOW
    return table.get(link.answered, ())


# -- what it is about ------------------------------------------------------


def _read(link: OpenLink, now: Instant) -> tuple[Reachable | None, _Occasion | None]:
    """The patient, where the chart still has the address; the time, where it is to come."""
    patient = reachable(link.practice, PatientId(str(link.record.patient_id)))
    if patient is None or not _address(link, patient):
        return None, None
    occasion = _offered(link, now) if link.offer else _visit(link)
    return patient, occasion if occasion and occasion.start > now else None


def _visit(link: OpenLink) -> _Occasion | None:
    visit = read_visit(link.practice, link.appointment) if link.appointment else None
    if visit is None or not visit.awaited:
        return None
    return _Occasion(visit.start, visit.location_id, visit.provider_id)


def _offered(link: OpenLink, now: Instant) -> _Occasion | None:
    try:
        prompt = PromptRecord.get(
            thread_key(link.practice, str(link.record.thread)),
            prompt_sort_key(PromptId(str(link.record.prompt_id))),
        )
    except PromptRecord.DoesNotExist:
        return None
    over = prompt.expires_at is not None and float(prompt.expires_at) <= now.timestamp()
    if over or not prompt.options:
        return None
    slot = SlotOption.model_validate_json(str(prompt.options[0]))
    return _Occasion(slot.start, slot.location_id, slot.provider_id)


def _address(link: OpenLink, patient: Reachable) -> str:
    """The e-mail address of the link's thread; empty where the chart no longer has it."""
    return address_at(link.practice, patient, str(link.record.thread))


def address_at(practice: PracticeId, patient: Reachable, thread: str) -> str:
    """The patient's present e-mail address that the thread stands for; empty for none."""
    for telecom in patient.contact.telecoms:
        if telecom.system is not TelecomSystem.EMAIL or telecom.use is TelecomUse.OLD:
            continue
        if thread_of(practice, Channel.EMAIL, telecom.value) == thread:
            return telecom.value
    return ""


# -- what is shown ---------------------------------------------------------


def _shown(link: OpenLink, patient: Reachable | None, occasion: _Occasion | None) -> dict[str, Any]:
    setup, settings = practice_setup(link.practice), messaging_settings(link.practice)
    language: Language = patient.language if patient else "en"
    shown: dict[str, Any] = {
        **practice_values(setup, settings),
        "language": language,
        "offer": link.offer is not None,
        "answered": link.answered,
        "answers": _answers(link),
        "state": "answered" if link.answered else "open",
    }
    if patient is None or (occasion is None and link.answered != "cancel"):
        return {**shown, "state": "over", "answers": ()}
    if occasion is None:
        return {**shown, "answers": ()}
    return shown | visit_values(
        setup,
        settings,
        first_name=patient.first_name,
        location_id=occasion.location_id,
        provider_id=occasion.provider_id,
        start=occasion.start,
        language=language,
        channel=Channel.EMAIL,
    )
