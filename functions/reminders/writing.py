"""Writing one reminder: the message, the question it asks, and its e-mail's link to answer by."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from caresmith.clock import Instant, to_text
from caresmith.ids import AppointmentId, MessageId, PatientId, PracticeId, PromptId
from caresmith.messages.filling import visit_values
from caresmith.messages.links import answer_url, public_url
from caresmith.messages.outgoing import Draft, queue
from caresmith.messages.reach import ContactPoint, Reachable
from caresmith.messages.records import (
    AnswerLinkRecord,
    Kind,
    PromptKind,
    PromptRecord,
    answer_key,
    prompt_sort_key,
    thread_key,
)
from caresmith.messages.settings import MessagingSettings, Written
from caresmith.messages.wording import Rendered, render
from caresmith.records.appointment import VisitView
from caresmith.records.contact import Channel
from caresmith.records.practice import practice_setup
from functions.reminders.records import StepRecord
from functions.reminders.steps import Change
from functions.reminders.zones import zone_at

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


def can_ask(channel: Written) -> bool:
    """Whether a message of that channel can be answered: an e-mail needs a link."""
    return channel is Channel.SMS or bool(public_url())


def write_message(
    claiming: Change,
    visit: VisitView,
    patient: Reachable,
    to: ContactPoint,
    settings: MessagingSettings,
    now: Instant,
) -> None:
    """Add the step's next message to the change; the step says of it where it goes and what asks.

    The step's own version lets an attempt be written once. The message's id sorts
    by time, as a conversation is read.
    """
    practice, step = claiming.practice, claiming.step
    step.party_id, step.thread, step.channel = patient.patient_id, to.thread, to.channel
    step.message_id = MessageId.derived_at(now, step.step_id, str(step.attempt))
    step.token, step.reply_until = None, None
    step.asking = step.asking and can_ask(to.channel)
    prompt = PromptId.derived(step.message_id) if step.asking else None
    secret = secrets.token_urlsafe(32) if prompt and to.channel is Channel.EMAIL else ""
    draft = Draft(
        message_id=MessageId(step.message_id),
        party_id=patient.patient_id,
        to=to,
        kind=Kind.REMINDER,
        rendered=_rendered(practice, step, visit, patient, settings, secret),
        language=patient.language,
        zone=str(zone_at(practice_setup(practice), visit.location_id)),
        useless_after=visit.start,
        appointment_id=visit.appointment_id,
        visit_version=visit.version,
        step_id=step.step_id,
        prompt_id=prompt,
    )

    def add(writes: TransactWrite) -> None:
        queue(
            draft,
            practice=practice,
            actor_id="system:reminders",
            now=now,
            writes=writes,
            announce=False,
        )
        if prompt:
            writes.save(_question(practice, step, visit, prompt, now))
        if prompt and secret:
            writes.save(_answer_link(practice, step, visit, prompt, secret))

    claiming.extra.append(add)


def _rendered(
    practice: PracticeId,
    step: StepRecord,
    visit: VisitView,
    patient: Reachable,
    settings: MessagingSettings,
    secret: str,
) -> Rendered:
    channel: Written = Channel.EMAIL if step.channel == Channel.EMAIL else Channel.SMS
    values = visit_values(
        practice_setup(practice),
        settings,
        first_name=patient.first_name,
        location_id=visit.location_id,
        provider_id=visit.provider_id,
        start=visit.start,
        language=patient.language,
        channel=channel,
    )
    if secret:
        values["answer_url"] = answer_url(secret)
    name = "reminder" if step.asking else "reminder-info"
    return render(settings, name, channel, patient.language, values)


def _question(
    practice: PracticeId, step: StepRecord, visit: VisitView, prompt: PromptId, now: Instant
) -> PromptRecord:
    return PromptRecord(
        thread_key(practice, str(step.thread)),
        prompt_sort_key(prompt),
        prompt_id=prompt,
        kind=PromptKind.CONFIRM,
        patient_id=str(step.party_id),
        message_id=str(step.message_id),
        appointment_id=visit.appointment_id,
        asked_at=to_text(now),
        expires_at=int(visit.start.timestamp()),
    )


def _answer_link(
    practice: PracticeId, step: StepRecord, visit: VisitView, prompt: PromptId, secret: str
) -> AnswerLinkRecord:
    return AnswerLinkRecord(
        answer_key(secret),
        "answer",
        practice_id=practice,
        thread=str(step.thread),
        prompt_id=prompt,
        patient_id=PatientId(str(step.party_id)),
        appointment_id=AppointmentId(visit.appointment_id),
        expires_at=int(visit.start.timestamp()),
    )
