"""Which question or visit a reply means. Where two readings are possible it is unclear.

=============  =========================================  ==============================
 asked for      means                                      else
=============  =========================================  ==============================
 a number       the newest list that has it; a lone "1"    unclear
                is a yes
 yes, no        the newest question: an offer is taken     yes: the one visit that comes;
                or passed up, a visit confirmed or         no: unclear
                cancelled
 confirm,       the visits that open reminders ask         visits of the next 30 days of
 cancel,        about; a cancellation only while nothing   who is known at the number;
 reschedule     newer is asked                             after a question that has run
                                                           out: unclear
 late           as confirm                                 told to the front desk
=============  =========================================  ==============================

One visit: it is done. Several: all are named, and the person is asked which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from caresmith.events import SlotOption
from caresmith.ids import AppointmentId, OfferId, PatientId, PromptId
from caresmith.messages.records import PromptKind, PromptRecord
from functions.webhooks.intents import Meaning
from functions.webhooks.phrases import Intent
from functions.webhooks.threads import Thread

Asked = Literal["confirm", "cancel", "reschedule", "pick", "accept", "decline", "late", "unclear"]


@dataclass(frozen=True)
class Aim:
    """What is asked for and of what: the fields of ``ReplyReceived``."""

    intent: Asked
    prompt_id: PromptId | None = None
    appointment_ids: tuple[AppointmentId, ...] = ()
    patient_id: PatientId | None = None
    offer_id: OfferId | None = None
    slot: SlotOption | None = None


@dataclass(frozen=True)
class Candidate:
    """A visit that a reply can mean."""

    appointment_id: AppointmentId
    patient_id: PatientId
    prompt_id: PromptId | None = None


Visits = Callable[[], Sequence[Candidate]]
"""Reads the visits that come, of who is known at the number."""
WallClock = Callable[[AppointmentId], tuple[datetime, datetime] | None]
"""Reads when a visit starts and what time it is there; None where it is gone."""

UNCLEAR: Final = Aim("unclear")
_VISIT: Final[Mapping[Intent, Asked]] = {
    Intent.CONFIRM: "confirm",
    Intent.CANCEL: "cancel",
    Intent.RESCHEDULE: "reschedule",
    Intent.LATE: "late",
}
_SHORT: Final[Mapping[tuple[Intent, PromptKind], Asked]] = {
    (Intent.YES, PromptKind.OFFER): "accept",
    (Intent.NO, PromptKind.OFFER): "decline",
    (Intent.YES, PromptKind.CONFIRM): "confirm",
    (Intent.NO, PromptKind.CONFIRM): "cancel",
}
"""What yes and no mean after a question of that kind."""


def aim(meaning: Meaning, thread: Thread, visits: Visits, wall_clock: WallClock) -> Aim:
    """Find what the reply is about."""
    if meaning.intent is Intent.PICK:
        picked = _pick(meaning.number, thread)
        if picked is not None:
            return picked
        # "1 for yes" is a habit from other systems.
        meaning = Meaning(Intent.YES if meaning.number == 1 else Intent.UNCLEAR)
    if meaning.intent in {Intent.YES, Intent.NO}:
        return _short(meaning.intent, thread, visits)
    if meaning.intent in {Intent.ACCEPT, Intent.DECLINE}:
        offers = thread.of_kind(PromptKind.OFFER)
        return _answered(meaning.intent.value, offers[0]) if offers else UNCLEAR
    if meaning.intent not in _VISIT:
        return UNCLEAR
    return _about_visits(meaning, thread, visits, wall_clock)


def _pick(number: int, thread: Thread) -> Aim | None:
    """The option of the newest list; None where no list is open."""
    lists = thread.of_kind(PromptKind.SLOTS, PromptKind.WHICH)
    if not lists:
        return None
    prompt = lists[0]
    if number > len(prompt.options):
        return UNCLEAR
    option, prompt_id = str(prompt.options[number - 1]), PromptId(str(prompt.prompt_id))
    if prompt.kind == PromptKind.SLOTS:
        return Aim(
            "pick",
            prompt_id,
            _visit_of(prompt),
            PatientId(str(prompt.patient_id)),
            slot=SlotOption.model_validate_json(option),
        )
    whose = prompt.patients[number - 1] if number <= len(prompt.patients) else prompt.patient_id
    wanted = next((a for a in _VISIT.values() if a == prompt.wanted), None)
    if wanted is None:
        return UNCLEAR
    return Aim(wanted, prompt_id, (AppointmentId(option),), PatientId(str(whose)))


def _short(intent: Intent, thread: Thread, visits: Visits) -> Aim:
    if thread.prompts:
        newest = thread.prompts[0]
        asked = _SHORT.get((intent, PromptKind(newest.kind)))
        if asked is None:
            return UNCLEAR
        if newest.kind == PromptKind.CONFIRM:
            # Several reminders may be open, and then yes is said to one of them.
            return _of(asked, _asked_about(thread.of_kind(PromptKind.CONFIRM)))
        return _answered(asked, newest)
    if intent is Intent.YES and not thread.missed:
        # Said twice, or after it was confirmed by telephone: it does no harm.
        coming = visits()
        return _of("confirm", coming) if len(coming) == 1 else UNCLEAR
    return UNCLEAR


def _answered(asked: str, offer: PromptRecord) -> Aim:
    intent: Asked = "accept" if asked == "accept" else "decline"
    return Aim(
        intent,
        PromptId(str(offer.prompt_id)),
        patient_id=PatientId(str(offer.patient_id)),
        offer_id=OfferId(str(offer.offer_id)) if offer.offer_id else None,
    )


def _about_visits(meaning: Meaning, thread: Thread, visits: Visits, wall_clock: WallClock) -> Aim:
    asked = _VISIT[meaning.intent]
    asking = thread.of_kind(PromptKind.CONFIRM, PromptKind.SLOTS)
    if meaning.intent is Intent.CANCEL and _something_newer(thread):
        return UNCLEAR
    if asking:
        candidates: Sequence[Candidate] = _asked_about(asking)
    elif thread.missed and asked != "late":
        return UNCLEAR
    else:
        candidates = visits()
    found = _of(asked, candidates)
    if asked == "cancel" and len(found.appointment_ids) == 1:
        times = wall_clock(found.appointment_ids[0]) if _names_a_day(meaning) else None
        if _names_a_day(meaning) and not (times and _is_that_day(meaning, *times)):
            return UNCLEAR
    return found if found.appointment_ids or asked == "late" else UNCLEAR


def _something_newer(thread: Thread) -> bool:
    """Whether an offer or a list is the last thing asked: "cancel" may be about that."""
    return bool(thread.prompts) and thread.prompts[0].kind != PromptKind.CONFIRM


def _asked_about(prompts: Sequence[PromptRecord]) -> list[Candidate]:
    """The visits of these questions, each with its newest question."""
    found: dict[AppointmentId, Candidate] = {}
    for prompt in prompts:
        for visit in _visit_of(prompt):
            patient, prompt_id = PatientId(str(prompt.patient_id)), PromptId(str(prompt.prompt_id))
            found.setdefault(visit, Candidate(visit, patient, prompt_id))
    return list(found.values())


def _visit_of(prompt: PromptRecord) -> tuple[AppointmentId, ...]:
    return (AppointmentId(str(prompt.appointment_id)),) if prompt.appointment_id else ()


def _of(asked: Asked, candidates: Sequence[Candidate]) -> Aim:
    """The one visit with its question and patient, or all that it can be."""
    if not candidates:
        return Aim("late") if asked == "late" else UNCLEAR
    patients = {candidate.patient_id for candidate in candidates}
    return Aim(
        asked,
        candidates[0].prompt_id if len(candidates) == 1 else None,
        tuple(dict.fromkeys(candidate.appointment_id for candidate in candidates)),
        patients.pop() if len(patients) == 1 else None,
    )


def _names_a_day(meaning: Meaning) -> bool:
    return bool(meaning.days) or meaning.today or meaning.tomorrow


def _is_that_day(meaning: Meaning, starts: datetime, now: datetime) -> bool:
    """Whether the visit is on the day that the text names."""
    ahead = starts.date() - now.date()
    if meaning.today and not meaning.tomorrow:
        return ahead == timedelta()
    if meaning.tomorrow and not meaning.today:
        return ahead == timedelta(days=1)
    return starts.weekday() in meaning.days
