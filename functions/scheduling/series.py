"""The same visit again and again: at one wall-clock time, across DST.

All times are held before the first visit is booked. So a series of which one
time is taken leaves no trace: nobody is told of visits that are taken back a
moment later, and no freed time is offered to those who wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import Conflict, DomainError, FieldError, InvalidRequest, invalid
from caresmith.ids import HoldId, SeriesId
from caresmith.records.practice import practice_setup
from caresmith.recurrence import parts_of, recurrence
from functions.scheduling.booking import book
from functions.scheduling.errors import HoldGone, NotOpen, SeriesNotFree, SlotTaken
from functions.scheduling.holds import drop_hold, hold
from functions.scheduling.models import (
    Appointment,
    BookingRequest,
    CancelRequest,
    SeriesRequest,
    SeriesResult,
)
from functions.scheduling.plan import bookable_patient, check_overbooking
from functions.scheduling.status import CancelReason
from functions.scheduling.visits import cancel

MAX_VISITS: Final = 52


@dataclass
class _Times:
    """The times of a series while it is made."""

    wanted: list[BookingRequest] = field(default_factory=list)
    """One request for each time that is held, or that is booked over the calendar."""
    not_free: list[datetime] = field(default_factory=list)


def book_series(request: SeriesRequest, *, actor: Actor, now: Instant) -> SeriesResult:
    """Book every visit of the rule, or say which times are not free.

    ``book_none`` books nothing as soon as one time is taken, and raises
    SeriesNotFree; ``book_the_rest`` books what is free.
    """
    setup = practice_setup(actor.practice_id)
    if request.booking.location_id not in setup.locations:
        raise invalid("booking.location_id", "there is no such location")
    check_overbooking(actor, wanted=request.booking.overbook)
    bookable_patient(actor, request.booking.patient_id)
    starts = _starts(request, setup.zone_of(request.booking.location_id))
    times = _held(request.booking, starts, actor, now)
    if times.not_free and request.when_taken == "book_none":
        _let_go(times.wanted, actor)
        raise SeriesNotFree(not_free=[start.isoformat() for start in times.not_free])
    series_id = SeriesId.new()
    booked = _book_all(times, series_id, actor, now)
    return SeriesResult(series_id=series_id, booked=booked, not_free=sorted(times.not_free))


def _starts(request: SeriesRequest, zone: ZoneInfo) -> list[datetime]:
    """The instants of the rule, which runs on the wall clock: ten stays ten when DST begins."""
    first = request.booking.start.astimezone(zone).replace(tzinfo=None)
    local = list(_occurrences(request.rrule, first, zone))
    if local[:1] != [first]:
        raise invalid("rrule", "does not fall on the first visit's day")
    return [at.replace(tzinfo=zone).astimezone(UTC) for at in local]


def _occurrences(rule: str, first: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    try:
        if not {"COUNT", "UNTIL"} & set(parts_of(rule)):
            raise invalid("rrule", "needs COUNT or UNTIL")
        parsed = recurrence(rule, first, zone)
    except ValueError as error:
        raise invalid("rrule", str(error)) from None
    for number, start in enumerate(parsed):
        if number == MAX_VISITS:
            raise invalid("rrule", f"makes more than {MAX_VISITS} visits")
        yield start


def _held(booking: BookingRequest, starts: list[datetime], actor: Actor, now: Instant) -> _Times:
    times = _Times()
    for start in starts:
        visit = booking.model_copy(update={"start": start, "hold_id": None})
        try:
            # Over the calendar there is nothing to hold.
            held = None if booking.overbook else hold(visit, actor=actor, now=now).hold_id
        except (SlotTaken, NotOpen):
            times.not_free.append(start)
        except InvalidRequest as refused:
            # A later visit can lie beyond the horizon; whatever else is wrong is so of all.
            if start == starts[0] or [wrong.field for wrong in refused.fields] != ["start"]:
                _let_go(times.wanted, actor)
                raise _of_the_booking(refused) from None
            times.not_free.append(start)
        else:
            times.wanted.append(visit.model_copy(update={"hold_id": held}))
    return times


def _of_the_booking(refused: InvalidRequest) -> InvalidRequest:
    return InvalidRequest(
        fields=[FieldError(f"booking.{wrong.field}", wrong.message) for wrong in refused.fields]
    )


def _book_all(times: _Times, series: SeriesId, actor: Actor, now: Instant) -> list[Appointment]:
    """Book what is held. What stops the series midway (a chart that closes) undoes it."""
    booked: list[Appointment] = []
    for number, visit in enumerate(times.wanted):
        try:
            booked.append(book(visit, actor=actor, now=now, series_id=series))
        except (SlotTaken, HoldGone, NotOpen):
            # Only where the hold ran out, or the hours were changed, in these seconds.
            times.not_free.append(visit.start)
        except DomainError:
            _give_back(booked, actor, now)
            _let_go(times.wanted[number:], actor)
            raise
    return booked


def _let_go(held: list[BookingRequest], actor: Actor) -> None:
    for visit in held:
        if visit.hold_id:
            drop_hold(HoldId(visit.hold_id), actor=actor)


def _give_back(booked: list[Appointment], actor: Actor, now: Instant) -> None:
    for visit in booked:
        try:
            cancel(
                visit.appointment_id,
                CancelRequest(reason=CancelReason.ERROR, note="The series was not booked."),
                actor=actor,
                now=now,
            )
        except Conflict:
            # Somebody moved or cancelled it within this second: it is theirs now.
            continue
