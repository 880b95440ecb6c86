"""The same visit again and again: at one wall-clock time, across DST."""

from __future__ import annotations

from datetime import UTC, datetime

from dateutil import rrule as recurrences

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import Conflict, InvalidRequest
from caresmith.ids import SeriesId
from caresmith.records.practice import practice_setup
from functions.scheduling.booking import book
from functions.scheduling.errors import NotOpen, SeriesNotFree, SlotTaken, invalid
from functions.scheduling.models import (
    Appointment,
    CancelRequest,
    SeriesRequest,
    SeriesResult,
)
from functions.scheduling.status import CancelReason
from functions.scheduling.visits import cancel

MAX_VISITS = 52


def book_series(request: SeriesRequest, *, actor: Actor, now: Instant) -> SeriesResult:
    """Book every visit of the rule, or say which times are not free.

    ``book_none`` gives back what it had booked as soon as one time is taken, and
    raises SeriesNotFree; ``book_the_rest`` keeps what it got.
    """
    setup = practice_setup(actor.practice_id)
    if request.booking.location_id not in setup.locations:
        raise invalid("booking.location_id", "there is no such location")
    zone = setup.zone_of(request.booking.location_id)
    local = request.booking.start.astimezone(zone)
    # The rule runs on the wall clock: ten o'clock stays ten o'clock when DST begins.
    starts = [
        day.replace(tzinfo=zone).astimezone(UTC)
        for day in _occurrences(request.rrule, local.replace(tzinfo=None))
    ]
    series_id = SeriesId.new()
    booked: list[Appointment] = []
    not_free: list[datetime] = []
    for start in starts:
        visit = request.booking.model_copy(update={"start": start, "hold_id": None})
        try:
            booked.append(book(visit, actor=actor, now=now, series_id=series_id))
        except (SlotTaken, NotOpen, InvalidRequest):
            not_free.append(start)
    if not_free and request.when_taken == "book_none":
        _give_back(booked, actor, now)
        raise SeriesNotFree(not_free=[start.isoformat() for start in not_free])
    return SeriesResult(series_id=series_id, booked=booked, not_free=not_free)


def _occurrences(rule: str, first: datetime) -> list[datetime]:
    if not ("COUNT" in rule.upper() or "UNTIL" in rule.upper()):
        raise invalid("rrule", "needs COUNT or UNTIL")
    try:
        parsed = recurrences.rrulestr(rule, dtstart=first)
    except (ValueError, TypeError, KeyError):
        raise invalid("rrule", "not an RFC 5545 rule, like FREQ=WEEKLY;COUNT=6") from None
    found = []
    for start in parsed:
        found.append(start)
        if len(found) > MAX_VISITS:
            raise invalid("rrule", f"makes more than {MAX_VISITS} visits")
    if not found:
        raise invalid("rrule", "makes no visit at all")
    return found


def _give_back(booked: list[Appointment], actor: Actor, now: Instant) -> None:
    for visit in booked:
        try:
            cancel(
                visit.appointment_id,
                CancelRequest(reason=CancelReason.ERROR, note="series not free"),
                actor=actor,
                now=now,
            )
        except Conflict:
            # Somebody moved or cancelled it within this second: it is theirs now.
            continue
