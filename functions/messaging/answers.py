"""Answers what people reply, in their language: what was done, what to choose, who will call.

The calendar acts on a reply that names one visit or offer and tells what came of
it (``ReplyActedOn``); everything else is answered here at once. Whatever a person
has to see to becomes a task of the inbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.events import ReplyActedOn, ReplyReceived, SlotOption, StaffTaskRaised
from caresmith.ids import MessageId, PatientId
from caresmith.messages.filling import date_words, practice_values, time_words, visit_values
from caresmith.messages.reach import reachable
from caresmith.messages.records import Kind, PromptKind, PromptRecord, patient_of_party
from caresmith.records.appointment import VisitView, read_visit
from functions.messaging.answering import Correspondent, Saying, tell_only, who_wrote
from functions.messaging.prompts import Question, ThreadState, about_visit, state_of
from functions.messaging.records import UNCLEAR, ToldRecord, told_key

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

ANSWER_BY: Final = timedelta(hours=24)
"""How long a choice of times or visits stands."""
TELL_UNCLEAR_AGAIN: Final = timedelta(hours=1)
"""Two machines must not thank each other all night."""
MOST_CHOICES: Final = 5
"""More lines than that nobody reads in a text."""

TaskKind = Literal["unclear-reply", "running-late", "call-back"]
_CHANGES: Final = frozenset({"confirm", "cancel", "reschedule"})


@dataclass(frozen=True, slots=True)
class _Answer:
    """How an outcome of the calendar is answered."""

    template: str
    closes: frozenset[PromptKind] = frozenset()
    """The questions about that visit that it settles.

    Never the reminder's: who answers it a second time, or otherwise, still means that
    visit, and a second "X" must not be taken for another one.
    """
    task: TaskKind | None = None


_S, _W = PromptKind.SLOTS, PromptKind.WHICH
ANSWERS: Final[Mapping[str, _Answer]] = {
    "confirmed": _Answer("answer-confirmed", frozenset({_S, _W})),
    "cancelled": _Answer("answer-cancelled", frozenset({_S, _W})),
    "slots": _Answer("answer-slots", frozenset({_S, _W})),
    "no-slots": _Answer("answer-no-slots", frozenset({_S, _W}), "call-back"),
    "rescheduled": _Answer("answer-rescheduled", frozenset({_S, _W})),
    "slot-gone": _Answer("answer-slot-gone", frozenset({_S})),
    # An offer's question stays open for a while: a second NO answers it again, and not
    # the reminder that was asked before (functions.messaging.offers.ANSWERED_AFTER).
    "offer-accepted": _Answer("answer-offer-accepted"),
    "offer-gone": _Answer("answer-offer-gone"),
    "offer-declined": _Answer("answer-offer-declined"),
    "too-late": _Answer("answer-too-late", frozenset({_S, _W}), "call-back"),
    "not-possible": _Answer("answer-not-possible", frozenset({_S, _W}), "call-back"),
}
"""By the outcome that ``ReplyActedOn`` tells."""
_OFFERS_TIMES: Final = frozenset({"slots", "slot-gone"})


def _answer_id(event: ReplyReceived | ReplyActedOn) -> MessageId:
    """A reply is answered once; the answer stands after it in the conversation."""
    after = event.occurred_at + timedelta(milliseconds=1)
    return MessageId.derived_at(after, "answer", event.message_id)


# -- what the calendar did -------------------------------------------------


def on_acted(event: ReplyActedOn, now: Instant) -> None:
    """Say what became of the reply."""
    answer = ANSWERS[event.outcome]
    visit = read_visit(event.practice_id, event.appointment_id) if event.appointment_id else None
    if event.outcome in _OFFERS_TIMES and not (visit and visit.awaited):
        # Overtaken: the visit was cancelled or is over, and there is nothing to move.
        return
    if event.outcome in _OFFERS_TIMES and not event.options:
        answer = ANSWERS["no-slots"]
    who = who_wrote(event.practice_id, event.party_id, event.message_id, event.patient_id)
    saying = Saying(
        who,
        _answer_id(event),
        Kind.ANSWER,
        who.rendered(answer.template, _values(who, visit, event.options)),
        question=_which_time(event, visit, now) if event.options else None,
        settled=_settled(event, who, answer),
        events=[_task(event, answer.task, now)] if answer.task else [],
    )
    saying.say(event.actor_id, now)


def _settled(event: ReplyActedOn, who: Correspondent, answer: _Answer) -> list[PromptRecord]:
    if event.appointment_id is None or not answer.closes:
        return []
    prompts = state_of(event.practice_id, who.thread).prompts
    return about_visit(prompts, event.appointment_id, answer.closes)


def _which_time(event: ReplyActedOn, visit: VisitView | None, now: Instant) -> Question:
    until = now + ANSWER_BY
    return Question(
        PromptKind.SLOTS,
        event.patient_id,
        min(until, visit.start) if visit else until,
        appointment_id=event.appointment_id,
        options=tuple(option.model_dump_json() for option in event.options),
    )


def _values(
    who: Correspondent, visit: VisitView | None, options: tuple[SlotOption, ...]
) -> dict[str, str]:
    values = {"first_name": who.first_name, **practice_values(who.setup, who.settings)}
    if visit:
        values |= _visit_values(who, visit)
    times = [_time_line(who, option) for option in options]
    return values | {"options": numbered(times)}


def _visit_values(who: Correspondent, visit: VisitView) -> dict[str, str]:
    return visit_values(
        who.setup,
        who.settings,
        first_name=who.first_name,
        location_id=visit.location_id,
        provider_id=visit.provider_id,
        start=visit.start,
        language=who.language,
        channel=who.channel,
    )


def numbered(lines: list[str]) -> str:
    """``1) ...`` and so on, one a line."""
    return "\n".join(f"{number}) {line}" for number, line in enumerate(lines, 1))


def _time_line(who: Correspondent, time: SlotOption | VisitView) -> str:
    """``Tue, Dec 1 9:30 AM Ana Okafor``: when, by the place's clock, and with whom."""
    place = who.setup.locations.get(time.location_id)
    local = time.start.astimezone(ZoneInfo(place.zone if place else who.setup.practice.zone))
    provider = who.setup.providers.get(time.provider_id)
    whom = f" {provider.given} {provider.family}" if provider else ""
    return f"{date_words(local, who.language, who.channel)} {time_words(local)}{whom}"


# -- what the calendar leaves to us ------------------------------------------


def on_reply(event: ReplyReceived, now: Instant) -> None:
    """Answer what names no single visit; what does is the calendar's."""
    if event.intent == "late":
        _late(event, now)
    elif event.intent in _CHANGES and len(event.appointment_ids) > 1:
        _ask_which(event, now)
    elif not _for_the_calendar(event):
        _unclear(event, now)


def _for_the_calendar(event: ReplyReceived) -> bool:
    if event.intent in {"accept", "decline"}:
        return event.offer_id is not None
    if event.intent == "pick":
        return event.slot is not None and len(event.appointment_ids) == 1
    return event.intent in _CHANGES and len(event.appointment_ids) == 1


def _late(event: ReplyReceived, now: Instant) -> None:
    who = who_wrote(event.practice_id, event.party_id, event.message_id, event.patient_id)
    saying = Saying(
        who,
        _answer_id(event),
        Kind.ANSWER,
        who.rendered("answer-late", _values(who, None, ())),
        events=[_task(event, "running-late", now)],
    )
    saying.say(event.actor_id, now)


def _ask_which(event: ReplyReceived, now: Instant) -> None:
    who = who_wrote(event.practice_id, event.party_id, event.message_id, event.patient_id)
    state = state_of(event.practice_id, who.thread)
    choices = _choices(event, state)
    if not choices:
        _unclear(event, now)
        return
    several = len({patient for _, patient in choices}) > 1
    lines = [
        _time_line(who, visit) + (_whose(event, patient) if several else "")
        for visit, patient in choices
    ]
    values = {**_values(who, None, ()), "options": numbered(lines)}
    saying = Saying(
        who,
        _answer_id(event),
        Kind.ANSWER,
        who.rendered("answer-which", values),
        question=Question(
            PromptKind.WHICH,
            choices[0][1],
            min(now + ANSWER_BY, max(visit.start for visit, _ in choices)),
            wanted=event.intent,
            options=tuple(visit.appointment_id for visit, _ in choices),
            patients=tuple(patient for _, patient in choices),
        ),
        settled=[prompt for prompt in state.prompts if prompt.kind == PromptKind.WHICH],
    )
    saying.say(event.actor_id, now)


def _choices(event: ReplyReceived, state: ThreadState) -> list[tuple[VisitView, PatientId]]:
    """The visits that are meant perhaps, each with its patient at this number, by start.

    Of a group visit nobody is named who does not share the number.
    """
    known = set(state.patients) | {p for p in (_patient(event),) if p}
    found = (read_visit(event.practice_id, each) for each in event.appointment_ids)
    visits = sorted((v for v in found if v and v.awaited), key=lambda visit: visit.start)
    choices: list[tuple[VisitView, PatientId]] = []
    for visit in visits:
        patients = [p for p in visit.patient_ids if p in known]
        if not patients and len(visit.patient_ids) == 1:
            patients = list(visit.patient_ids)
        choices += [(visit, patient) for patient in patients]
    return choices[:MOST_CHOICES]


def _whose(event: ReplyReceived, patient: PatientId) -> str:
    audit().about(patient)
    person = reachable(event.practice_id, patient)
    return f" ({person.first_name})" if person else ""


def _unclear(event: ReplyReceived, now: Instant) -> None:
    """A person will read it; the sender is told so, not more than once an hour."""
    who = who_wrote(event.practice_id, event.party_id, event.message_id, event.patient_id)
    told = ToldRecord(told_key(event.practice_id, who.thread), UNCLEAR, told_at=to_text(now))
    told.expires_at = int((now + TELL_UNCLEAR_AGAIN).timestamp())
    long_ago = ToldRecord.told_at <= to_text(now - TELL_UNCLEAR_AGAIN)
    task = _task(event, "unclear-reply", now)

    def once_an_hour(writes: TransactWrite) -> None:
        writes.save(told, condition=ToldRecord.pk.does_not_exist() | long_ago)

    saying = Saying(
        who,
        _answer_id(event),
        Kind.ANSWER,
        who.rendered("answer-unclear", _values(who, None, ())),
        events=[task],
        also=once_an_hour,
    )
    if not saying.say(event.actor_id, now):
        tell_only([task])


def _patient(event: ReplyReceived | ReplyActedOn) -> PatientId | None:
    return event.patient_id or patient_of_party(event.party_id)


def _task(event: ReplyReceived | ReplyActedOn, task: TaskKind, now: Instant) -> StaffTaskRaised:
    """One task for each conversation and kind, whatever the number of its replies."""
    visits = event.appointment_ids if isinstance(event, ReplyReceived) else (event.appointment_id,)
    return StaffTaskRaised(
        practice_id=event.practice_id,
        occurred_at=now,
        actor_id=event.actor_id,
        key=f"{task}#{event.party_id}",
        task=task,
        party_id=event.party_id,
        patient_id=_patient(event),
        appointment_id=visits[0] if len(visits) == 1 else None,
        message_id=event.message_id,
    )
