"""What is written of every reply that is acted on: its mark, and what came of it."""

from __future__ import annotations

from typing import Literal

from caresmith.actor import current_actor
from caresmith.clock import Instant, to_precise_text
from caresmith.events import ReplyActedOn, ReplyReceived, SlotOption
from caresmith.ids import AppointmentId, OfferId, PatientId
from functions.scheduling.errors import ReplySettled
from functions.scheduling.story import Story, StoryFailed
from functions.scheduling.waiting_records import ReplyMark, read_mark
from functions.scheduling.writing import told

Outcome = Literal[
    "confirmed",
    "cancelled",
    "slots",
    "no-slots",
    "rescheduled",
    "slot-gone",
    "offer-accepted",
    "offer-gone",
    "offer-declined",
    "too-late",
    "not-possible",
]


def order_of(event: ReplyReceived) -> str:
    """Sorts replies by when they came in; two of the same instant by their ids."""
    return f"{to_precise_text(event.occurred_at)}#{event.message_id}"


def newest_mark(
    event: ReplyReceived, about: AppointmentId | OfferId, patient: PatientId
) -> ReplyMark | None:
    """The mark that ``event`` is to replace. Raises ReplySettled where it is not the newest."""
    mark = read_mark(event.practice_id, about, patient)
    if mark is not None and mark.latest >= order_of(event):
        raise ReplySettled
    return mark


def put_mark(story: Story, mark: ReplyMark) -> None:
    """Add the mark on condition that it is the newest; the write is named ``reply``."""
    story.put("reply", mark, ReplyMark.pk.does_not_exist() | (ReplyMark.latest < mark.latest))


def tell(
    story: Story,
    event: ReplyReceived,
    outcome: Outcome,
    patient: PatientId,
    now: Instant,
    *,
    appointment: AppointmentId | None = None,
    options: tuple[SlotOption, ...] = (),
) -> None:
    """Add to ``story`` what came of the reply."""
    story.tell(
        ReplyActedOn(
            practice_id=event.practice_id,
            occurred_at=now,
            actor_id=current_actor().user_id,
            party_id=event.party_id,
            message_id=event.message_id,
            patient_id=event.patient_id or patient,
            prompt_id=event.prompt_id,
            appointment_id=appointment,
            offer_id=event.offer_id,
            outcome=outcome,
            options=options,
        )
    )


def commit(story: Story) -> None:
    """Raises ReplySettled, VersionConflict."""
    try:
        story.commit()
    except StoryFailed as failed:
        raise told(failed) from None
