"""What a booking can run into, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError, FieldError, Forbidden


class SlotTaken(Conflict):
    kind, title = "slot-taken", "That time is taken. Pick another one."


class HoldGone(Conflict):
    kind, title = "hold-gone", "The time is no longer held for you. Look for a free one again."


class OfferGone(Conflict):
    kind, title = "offer-gone", "Somebody else took that time first, or the offer is over."


class AlreadyAsked(Conflict):
    kind, title = "already-asked", "The patient waits for an earlier time already."


class NoEarlierTimes(Conflict):
    kind, title = "no-earlier-times", "The patient can't be told of earlier times."


class SessionFull(Conflict):
    kind, title = "session-full", "This group visit has no seat left."


class PatientNotBookable(Conflict):
    kind, title = "patient-not-bookable", "Nothing can be booked for this chart."


class NotNew(Conflict):
    kind = "not-new"
    title = "This kind of visit is for new patients, and this one was seen within three years."

    def __init__(self) -> None:
        super().__init__(
            fields=[FieldError("confirmed_new", "was seen here in that specialty within 3 years")]
        )


class NotOpen(Conflict):
    kind = "not-open"
    title = "The provider does not see this kind of visit there at that time."


class MayNotOverbook(Forbidden):
    kind, title = "may-not-overbook", "Your role does not permit booking over the calendar."


class SeriesNotFree(Conflict):
    kind, title = "series-not-free", "Not all visits of the series are free; none was booked."


class ReplySettled(Exception):
    """This reply, or a later one of the same person, was acted on already."""


class FeedUnknown(DomainError):
    kind, status, title = "feed-unknown", 404, "There is no such calendar feed."
