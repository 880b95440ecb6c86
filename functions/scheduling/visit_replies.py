"""Replies about one visit: confirm, cancel, ask for other times, take one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import InvalidRequest, NotFound
from caresmith.events import ReplyReceived, SlotOption
from caresmith.ids import AppointmentId, LocationId, PatientId, ProviderId
from caresmith.messages.settings import messaging_settings
from caresmith.records.appointment import AWAITED, VISIT, VisitRecord, visit_is_still, visit_key
from caresmith.records.patient import merged_charts
from caresmith.records.practice import practice_setup
from functions.scheduling import groups, moving, visits
from functions.scheduling.alternatives import alternatives
from functions.scheduling.answering import Outcome, commit, newest_mark, order_of, put_mark, tell
from functions.scheduling.app import app
from functions.scheduling.errors import HoldGone, NotOpen, SlotTaken
from functions.scheduling.models import CancelRequest, RescheduleRequest, Visit
from functions.scheduling.status import CancelReason, IllegalMove, Status
from functions.scheduling.story import Story
from functions.scheduling.waiting_records import KEEP, ReplyMark, mark_key
from functions.scheduling.writing import load

_NOT_ABOUT_ITS_TIME: Final = frozenset({"booked", "joined", "left"})
"""What the staff may do without overtaking what a patient asked for: others come and go."""


@dataclass(frozen=True)
class VisitReply:
    """A reply about one visit, with what is known of both."""

    event: ReplyReceived
    visit: Visit
    patient: PatientId
    """Whom of the visit it speaks for."""
    attends: bool
    mark: ReplyMark | None
    actor: Actor
    now: Instant

    @property
    def overtaken(self) -> bool:
        """Whether the staff changed the visit after the reply was sent."""
        sent = to_text(self.event.occurred_at)
        return any(
            entry.at >= sent
            and entry.what not in _NOT_ABOUT_ITS_TIME
            and not entry.by.startswith("system:")
            for entry in self.visit.history
        )

    @property
    def expected(self) -> bool:
        """Whether the patient still is to come."""
        return self.visit.status in AWAITED and self.visit.end > self.now and self.attends

    @property
    def possible(self) -> bool:
        return self.expected and not self.overtaken

    @property
    def too_late(self) -> bool:
        """By when it was sent, not by when it is read."""
        notice = messaging_settings(self.event.practice_id).cancel_notice_minutes
        return self.visit.start - self.event.occurred_at < timedelta(minutes=notice)

    def offered(self) -> tuple[SlotOption, ...]:
        """The times that were offered instead of the one that the visit still has."""
        if self.mark is None or self.mark.stood != _stands(self.visit):
            return ()
        return tuple(SlotOption.model_validate_json(str(o)) for o in self.mark.options)

    def answer(
        self, story: Story, visit: Visit, outcome: Outcome, options: tuple[SlotOption, ...] = ()
    ) -> None:
        """Add the reply's mark and its event to ``story``."""
        kept = options or self.offered()
        mark = ReplyMark(
            *mark_key(story.practice, visit.appointment_id, self.patient),
            latest=order_of(self.event),
            outcome=outcome,
            stood=_stands(visit) if kept else None,
            options=[option.model_dump_json() for option in kept],
            expires_at=int((max(visit.end, self.now) + KEEP).timestamp()),
        )
        put_mark(story, mark)
        tell(
            story,
            self.event,
            outcome,
            self.patient,
            self.now,
            appointment=visit.appointment_id,
            options=options,
        )

    def tell(self, outcome: Outcome, options: tuple[SlotOption, ...] = ()) -> None:
        """Answer without a change of the calendar, on condition that the visit is as it was."""
        story = Story(self.event.practice_id)
        record = VisitRecord(visit_key(story.practice, self.visit.appointment_id), VISIT)
        story.require("visit", record, visit_is_still(self.visit.version))
        self.answer(story, self.visit, outcome, options)
        commit(story)

    def along(self, outcome: Outcome) -> Callable[[Story, Visit], None]:
        """What is written with the change that ``outcome`` tells of."""
        return lambda story, visit: self.answer(story, visit, outcome)


def _about_visit(act: Callable[[VisitReply], None]) -> Callable[[ReplyReceived], None]:
    def acting(event: ReplyReceived) -> None:
        if len(event.appointment_ids) != 1:
            return
        reply = opened(event, event.appointment_ids[0])
        if reply is not None:
            act(reply)

    return acting


def opened(event: ReplyReceived, appointment: AppointmentId) -> VisitReply | None:
    """The reply with its visit. None for an unknown visit. Raises ReplySettled."""
    try:
        visit, _ = load(event.practice_id, appointment)
    except NotFound:
        return None
    audit().about(*visit.patient_ids)
    audit().record(appointment, event.message_id)
    attendee = _attendee(visit, event)
    patient = attendee or event.patient_id
    if patient is None:
        return None
    mark = newest_mark(event, appointment, patient)
    now = max(app.clock.now(), event.occurred_at)
    return VisitReply(event, visit, patient, attendee is not None, mark, current_actor(), now)


def _attendee(visit: Visit, event: ReplyReceived) -> PatientId | None:
    """Whom of the visit the reply speaks for; None for somebody who does not attend it."""
    asked = event.patient_id
    if asked in visit.patient_ids:
        return asked
    if visit.capacity == 1:
        # One patient: what was asked at their number is theirs to answer, merged charts too.
        return next(iter(visit.patient_ids), None)
    if asked is None:
        return None
    try:
        merged = merged_charts(event.practice_id, asked)
    except NotFound:
        return None
    return next((one for one in merged if one in visit.patient_ids), None)


# -- what may be asked for --------------------------------------------------


@_about_visit
def confirm(reply: VisitReply) -> None:
    expected = reply.expected and reply.visit.status is Status.BOOKED
    if expected and reply.visit.has_confirmed(reply.patient):
        # As they say already: by an earlier reply, or at the desk.
        reply.tell("confirmed")
    elif not expected or reply.overtaken:
        reply.tell("not-possible")
    else:
        visits.confirm(
            reply.visit.appointment_id,
            actor=reply.actor,
            now=reply.now,
            expected=reply.visit.version,
            patient=reply.patient,
            extra=reply.along("confirmed"),
        )


@_about_visit
def cancel(reply: VisitReply) -> None:
    visit = reply.visit
    if visit.status is Status.CANCELLED or not reply.attends:
        # As they wish already: by an earlier reply, or at the desk.
        reply.tell("cancelled")
    elif not reply.possible:
        reply.tell("not-possible")
    elif reply.too_late:
        reply.tell("too-late")
    elif visit.capacity > 1:
        groups.remove_attendee(
            visit.appointment_id,
            reply.patient,
            actor=reply.actor,
            now=reply.now,
            extra=reply.along("cancelled"),
        )
    else:
        visits.cancel(
            visit.appointment_id,
            CancelRequest(reason=CancelReason.PATIENT),
            actor=reply.actor,
            now=reply.now,
            expected=visit.version,
            extra=reply.along("cancelled"),
        )


@_about_visit
def reschedule(reply: VisitReply) -> None:
    # A group visit takes place at its time, whoever can't come.
    if not reply.possible or reply.visit.capacity > 1:
        reply.tell("not-possible")
    elif reply.too_late:
        reply.tell("too-late")
    else:
        _offer_times(reply, "slots")


def _offer_times(
    reply: VisitReply, outcome: Outcome, *, without: tuple[SlotOption, ...] = ()
) -> None:
    setup = practice_setup(reply.event.practice_id)
    options = alternatives(setup, reply.visit, reply.now, without=without)
    reply.tell(outcome if options else "no-slots", options)


@_about_visit
def pick(reply: VisitReply) -> None:
    """Take one of the times that were offered, if the visit still is what it was then."""
    visit, wanted = reply.visit, reply.event.slot
    if not reply.possible or wanted is None or wanted not in reply.offered():
        reply.tell("not-possible")
        return
    if reply.too_late:
        reply.tell("too-late")
        return
    if _place(wanted.start, wanted.provider_id, wanted.location_id) == _stands(visit):
        reply.tell("rescheduled")
        return
    policy = practice_setup(reply.event.practice_id).practice
    if wanted.start - reply.now < timedelta(minutes=policy.booking_notice_minutes):
        _offer_times(reply, "slot-gone", without=(wanted,))
        return
    try:
        moving.reschedule(
            visit.appointment_id,
            RescheduleRequest(
                start=wanted.start,
                provider_id=wanted.provider_id,
                location_id=wanted.location_id,
            ),
            actor=reply.actor,
            now=reply.now,
            expected=visit.version,
            extra=reply.along("rescheduled"),
        )
    except (SlotTaken, NotOpen, HoldGone, InvalidRequest):
        _offer_times(reply, "slot-gone", without=(wanted,))
    except IllegalMove:
        reply.tell("not-possible")


def _stands(visit: Visit) -> str:
    return _place(visit.start, visit.provider_id, visit.location_id)


def _place(start: Instant, provider: ProviderId, location: LocationId) -> str:
    return f"{to_text(start)}|{provider}|{location}"
