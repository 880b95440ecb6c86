"""Replies to an offer of a freed time: yes or no."""

from __future__ import annotations

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.events import ReplyReceived
from caresmith.ids import AppointmentId
from functions.scheduling import offers
from functions.scheduling.answering import Outcome, commit, newest_mark, order_of, put_mark, tell
from functions.scheduling.app import app
from functions.scheduling.errors import OfferGone, PatientNotBookable
from functions.scheduling.models import Offer
from functions.scheduling.story import Story
from functions.scheduling.visit_replies import VisitReply, opened
from functions.scheduling.waiting_records import KEEP, ReplyMark, mark_key


def accept(event: ReplyReceived) -> None:
    """The patient takes the time, if nobody was faster."""
    offer = _offer(event)
    if offer is None:
        return
    if offer.state == "accepted":
        # They said so before.
        _only_tell(event, offer, "offer-accepted", offer.appointment_id)
        return
    replaced = opened(event, offer.instead_of) if offer.instead_of else None
    if replaced is not None and replaced.overtaken:
        _only_tell(event, offer, "not-possible", offer.instead_of)
        return

    def along(story: Story, took: AppointmentId | None) -> None:
        _answer(story, event, offer, "offer-accepted", took)
        if replaced is not None:
            _mark_visit(story, replaced)

    try:
        offers.accept(
            offer.offer_id,
            actor=current_actor(),
            now=app.clock.now(),
            said_at=event.occurred_at,
            extra=along,
        )
    except (OfferGone, NotFound):
        _only_tell(event, offer, "offer-gone")
    except PatientNotBookable:
        _only_tell(event, offer, "not-possible")


def decline(event: ReplyReceived) -> None:
    """The patient passes; whether the offer was still open is all the same to them."""
    offer = _offer(event)
    if offer is None:
        return
    if offer.state == "accepted":
        # The time is booked by now: that takes a cancellation, which was not asked for.
        _only_tell(event, offer, "not-possible", offer.appointment_id)
        return
    try:
        offers.decline(
            offer.offer_id,
            actor=current_actor(),
            now=app.clock.now(),
            said_at=event.occurred_at,
            extra=lambda story, _: _answer(story, event, offer, "offer-declined"),
        )
    except (OfferGone, NotFound):
        _only_tell(event, offer, "offer-declined")


def _offer(event: ReplyReceived) -> Offer | None:
    """The offer that a reply is about; None for an unknown one. Raises ReplySettled."""
    if event.offer_id is None:
        return None
    try:
        _, offer = offers.read(event.practice_id, event.offer_id)
    except NotFound:
        return None
    audit().about(offer.patient_id)
    audit().record(offer.offer_id, event.message_id)
    newest_mark(event, offer.offer_id, offer.patient_id)
    return offer


def _only_tell(
    event: ReplyReceived, offer: Offer, outcome: Outcome, appointment: AppointmentId | None = None
) -> None:
    story = Story(event.practice_id)
    _answer(story, event, offer, outcome, appointment)
    commit(story)


def _answer(
    story: Story,
    event: ReplyReceived,
    offer: Offer,
    outcome: Outcome,
    appointment: AppointmentId | None = None,
) -> None:
    now = app.clock.now()
    mark = ReplyMark(
        *mark_key(story.practice, offer.offer_id, offer.patient_id),
        latest=order_of(event),
        outcome=outcome,
        expires_at=int((now + KEEP).timestamp()),
    )
    put_mark(story, mark)
    tell(story, event, outcome, offer.patient_id, now, appointment=appointment)


def _mark_visit(story: Story, replaced: VisitReply) -> None:
    """A reply about the visit that was sent before this one must not undo it later."""
    visit = replaced.visit
    mark = ReplyMark(
        *mark_key(story.practice, visit.appointment_id, replaced.patient),
        latest=order_of(replaced.event),
        outcome="offer-accepted",
        expires_at=int((visit.end + KEEP).timestamp()),
    )
    put_mark(story, mark)
