"""The calendar's routes: slots, holds, appointments, waitlist, views, feeds."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.dispatch import make_handler
from caresmith.errors import NotFound
from caresmith.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentStatusChanged,
    NoShowsDue,
    ReplyReceived,
    WaitlistOfferClosed,
)
from caresmith.http import etag, reply, requires
from caresmith.ids import (
    AppointmentId,
    HoldId,
    LocationId,
    OfferId,
    PatientId,
    ProviderId,
    RoomId,
    WaitlistEntryId,
)
from caresmith.permissions import Permission
from caresmith.records.practice import practice_setup
from functions.scheduling import (
    booking,
    booking_screens,
    calendar_screens,
    earlier_screens,
    feeds,
    groups,
    holds,
    moving,
    noshows,
    offers,
    replies,
    series,
    slots,
    views,
    visit_screens,
    visits,
    waitlist,
    waitlist_screens,
    waves,
)
from functions.scheduling import models as m
from functions.scheduling.app import app

__all__ = [
    "app",
    "booking_screens",
    "calendar_screens",
    "earlier_screens",
    "handler",
    "visit_screens",
    "waitlist_screens",
]

Days = Annotated[int, Query(ge=1, le=42)]
MAX_PROVIDERS = 40


def _expected() -> int | None:
    """The version that the caller saw, where the caller says so."""
    return app.if_match() if app.header("if-match") else None


def _visit(visit: m.Appointment, *, status: int = 200) -> Response[m.Appointment]:
    return reply(visit, status=status, headers=etag(visit.version))


# -- free times -----------------------------------------------------------


@app.post("/slots/search")
@requires(Permission.SEARCH_SLOTS, action="search-slots")
def search_slots(query: m.SlotQuery) -> Response[m.Slots]:
    setup = practice_setup(current_actor().practice_id)
    return reply(slots.find_slots(setup, query, app.clock.now()))


@app.post("/holds", status_code=201)
@requires(Permission.BOOK_APPOINTMENT, action="hold")
def hold(request: m.VisitRequest) -> Response[m.Hold]:
    return reply(holds.hold(request, actor=current_actor(), now=app.clock.now()), status=201)


@app.delete("/holds/<hold_id>", status_code=204)
@requires(Permission.BOOK_APPOINTMENT, action="drop-hold")
def drop_hold(hold_id: HoldId) -> Response[None]:
    audit().record(hold_id)
    holds.drop_hold(hold_id, actor=current_actor())
    return reply(None, status=204)


# -- appointments ---------------------------------------------------------


@app.post("/appointments", status_code=201)
@requires(Permission.BOOK_APPOINTMENT, action="book")
def book(request: m.BookingRequest) -> Response[m.Appointment]:
    visit = booking.book(request, actor=current_actor(), now=app.clock.now())
    return _visit(visit, status=201)


@app.post("/appointments/series", status_code=201)
@requires(Permission.BOOK_APPOINTMENT, action="book-series")
def book_series(request: m.SeriesRequest) -> Response[m.SeriesResult]:
    result = series.book_series(request, actor=current_actor(), now=app.clock.now())
    return reply(result, status=201)


@app.get("/appointments/<appointment_id>")
@requires(Permission.READ_CALENDAR, action="read")
def read(appointment_id: AppointmentId) -> Response[m.Appointment]:
    return _visit(visits.read(appointment_id, actor=current_actor()))


@app.post("/appointments/<appointment_id>/status")
@requires(Permission.MOVE_PATIENT_FLOW, action="change-status")
def change_status(
    appointment_id: AppointmentId, request: m.StatusRequest
) -> Response[m.Appointment]:
    return _visit(
        visits.change_status(
            appointment_id,
            request.status,
            actor=current_actor(),
            now=app.clock.now(),
            expected=_expected(),
        )
    )


@app.post("/appointments/<appointment_id>/confirm")
@requires(Permission.CHANGE_APPOINTMENT, action="confirm")
def confirm(appointment_id: AppointmentId) -> Response[m.Appointment]:
    return _visit(
        visits.confirm(
            appointment_id, actor=current_actor(), now=app.clock.now(), expected=_expected()
        )
    )


@app.post("/appointments/<appointment_id>/flow")
@requires(Permission.MOVE_PATIENT_FLOW, action="move-flow")
def move_flow(appointment_id: AppointmentId, request: m.FlowRequest) -> Response[m.Appointment]:
    return _visit(
        visits.move_flow(
            appointment_id,
            request,
            actor=current_actor(),
            now=app.clock.now(),
            expected=_expected(),
        )
    )


@app.post("/appointments/<appointment_id>/cancel")
@requires(Permission.CHANGE_APPOINTMENT, action="cancel")
def cancel(appointment_id: AppointmentId, request: m.CancelRequest) -> Response[m.Appointment]:
    return _visit(
        visits.cancel(
            appointment_id,
            request,
            actor=current_actor(),
            now=app.clock.now(),
            expected=_expected(),
        )
    )


@app.post("/appointments/<appointment_id>/reschedule")
@requires(Permission.CHANGE_APPOINTMENT, action="reschedule")
def reschedule(
    appointment_id: AppointmentId, request: m.RescheduleRequest
) -> Response[m.Appointment]:
    return _visit(
        moving.reschedule(
            appointment_id,
            request,
            actor=current_actor(),
            now=app.clock.now(),
            expected=_expected(),
        )
    )


@app.post("/appointments/<appointment_id>/attendees")
@requires(Permission.BOOK_APPOINTMENT, action="add-attendee")
def add_attendee(
    appointment_id: AppointmentId, request: m.AttendeeRequest
) -> Response[m.Appointment]:
    return _visit(
        groups.add_attendee(
            appointment_id, request.patient_id, actor=current_actor(), now=app.clock.now()
        )
    )


@app.delete("/appointments/<appointment_id>/attendees/<patient_id>")
@requires(Permission.CHANGE_APPOINTMENT, action="remove-attendee")
def remove_attendee(
    appointment_id: AppointmentId, patient_id: PatientId
) -> Response[m.Appointment]:
    return _visit(
        groups.remove_attendee(
            appointment_id, patient_id, actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/appointments/<appointment_id>/earlier")
@requires(Permission.MANAGE_WAITLIST, action="ask-earlier")
def ask_earlier(appointment_id: AppointmentId) -> Response[m.WaitlistEntry]:
    """Tell the patient when an earlier time is free."""
    entry = waitlist.ask_earlier(appointment_id, actor=current_actor(), now=app.clock.now())
    return reply(entry, status=201)


@app.delete("/appointments/<appointment_id>/earlier")
@requires(Permission.MANAGE_WAITLIST, action="forget-earlier")
def forget_earlier(appointment_id: AppointmentId) -> Response[None]:
    waitlist.forget_earlier(appointment_id, actor=current_actor())
    return reply(None, status=204)


# -- calendars ------------------------------------------------------------


@app.get("/calendar")
@requires(Permission.READ_CALENDAR, action="read-calendar")
def read_calendar(
    first: Annotated[date, Query()],
    days: Days = 1,
    location_id: Annotated[LocationId | None, Query()] = None,
    provider_id: Annotated[list[ProviderId] | None, Query(max_length=MAX_PROVIDERS)] = None,
) -> Response[m.CalendarPage]:
    """Days of the providers named, or of all at the location named, by its wall clock."""
    setup = practice_setup(current_actor().practice_id)
    if location_id and location_id not in setup.locations:
        raise NotFound
    zone = setup.locations[location_id].zone if location_id else setup.practice.zone
    begin, end = views.day_window(first, days, zone)
    return reply(
        views.calendar_page(current_actor(), provider_id or None, begin, end, location=location_id)
    )


@app.get("/calendar/changes")
@requires(Permission.READ_CALENDAR, audited=False)
def calendar_changes(
    first: Annotated[date, Query()],
    provider_id: Annotated[list[ProviderId], Query(max_length=MAX_PROVIDERS)],
    since: Annotated[str, Query(max_length=64)] = "",
    days: Days = 1,
    location_id: Annotated[LocationId | None, Query()] = None,
) -> Response[m.ChangeToken]:
    """Whether anything moved since a page was read. It holds nobody's data."""
    setup = practice_setup(current_actor().practice_id)
    if location_id and location_id not in setup.locations:
        raise NotFound
    zone = setup.locations[location_id].zone if location_id else setup.practice.zone
    begin, end = views.day_window(first, days, zone)
    known = [p for p in dict.fromkeys(provider_id) if p in setup.providers]
    token = views.change_token(current_actor().practice_id, known, begin, end)
    return reply(m.ChangeToken(changes=token, changed=token != since))


@app.get("/calendar/rooms/<room_id>")
@requires(Permission.READ_CALENDAR, action="read-room")
def read_room(
    room_id: RoomId, first: Annotated[date, Query()], days: Days = 1
) -> Response[list[m.Appointment]]:
    setup = practice_setup(current_actor().practice_id)
    room = setup.rooms.get(room_id)
    if room is None:
        raise NotFound
    begin, end = views.day_window(first, days, setup.locations[room.location_id].zone)
    found = views.entries(current_actor().practice_id, room_id, begin, end)
    audit().about(*(patient for visit in found for patient in visit.patient_ids))
    return reply(found)


@app.get("/calendar/patients/<patient_id>")
@requires(Permission.READ_CALENDAR, action="read-patient-visits")
def read_patient_visits(
    patient_id: PatientId,
    first: Annotated[date, Query()],
    days: Annotated[int, Query(ge=1, le=3660)] = 365,
) -> Response[list[m.Appointment]]:
    setup = practice_setup(current_actor().practice_id)
    begin, end = views.day_window(first, days, setup.practice.zone)
    return reply(views.patient_visits(current_actor().practice_id, patient_id, begin, end))


# -- feeds ----------------------------------------------------------------


@app.post("/calendar/providers/<provider_id>/feeds", status_code=201)
@requires(Permission.MANAGE_FEEDS, action="create-feed")
def create_feed(provider_id: ProviderId) -> Response[m.Feed]:
    return reply(feeds.create(provider_id, actor=current_actor(), now=app.clock.now()), status=201)


@app.delete("/calendar/providers/<provider_id>/feeds/<feed_id>", status_code=204)
@requires(Permission.MANAGE_FEEDS, action="revoke-feed")
def revoke_feed(
    provider_id: ProviderId, feed_id: Annotated[str, Path(max_length=16)]
) -> Response[None]:
    audit().record(provider_id, feed_id)
    feeds.revoke(provider_id, feed_id, actor=current_actor())
    return reply(None, status=204)


# The URL's secret proves the right to read; a feed says when, never who.
@app.get("/calendar/feeds/<name>", include_in_schema=False)
@requires(Permission.PUBLIC, action="read-feed")
def read_feed(name: str) -> Response[str]:
    found = feeds.document(name[:200], app.clock.now())
    tag = f'"{found.etag}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=300"}
    if app.header("if-none-match") == tag:
        return Response(304, headers=headers, body="")
    return Response(
        200, content_type="text/calendar; charset=utf-8", headers=headers, body=found.text
    )


# -- waitlist -------------------------------------------------------------


@app.post("/waitlist", status_code=201)
@requires(Permission.MANAGE_WAITLIST, action="join-waitlist")
def join_waitlist(request: m.WaitlistRequest) -> Response[m.WaitlistEntry]:
    entry = waitlist.join(request, actor=current_actor(), now=app.clock.now())
    return reply(entry, status=201)


@app.get("/waitlist")
@requires(Permission.MANAGE_WAITLIST, action="read-waitlist")
def read_waitlist() -> Response[list[m.WaitlistEntry]]:
    found = waitlist.waiting(current_actor().practice_id)
    audit().about(*(entry.request.patient_id for entry in found))
    return reply(found)


@app.delete("/waitlist/<entry_id>", status_code=204)
@requires(Permission.MANAGE_WAITLIST, action="leave-waitlist")
def leave_waitlist(entry_id: WaitlistEntryId) -> Response[None]:
    waitlist.leave(entry_id, actor=current_actor())
    return reply(None, status=204)


@app.get("/waitlist/offers")
@requires(Permission.MANAGE_WAITLIST, action="read-offers")
def read_offers() -> Response[list[m.Offer]]:
    found = offers.recent(current_actor().practice_id, app.clock.now())
    audit().about(*(offer.patient_id for offer in found))
    return reply(found)


@app.post("/waitlist/offers/<offer_id>/accept", status_code=201)
@requires(Permission.MANAGE_WAITLIST, action="accept-offer")
def accept_offer(offer_id: OfferId) -> Response[m.Appointment]:
    visit = offers.accept(offer_id, actor=current_actor(), now=app.clock.now())
    return _visit(visit, status=201)


@app.post("/waitlist/offers/<offer_id>/decline", status_code=204)
@requires(Permission.MANAGE_WAITLIST, action="decline-offer")
def decline_offer(offer_id: OfferId) -> Response[None]:
    offers.decline(offer_id, actor=current_actor(), now=app.clock.now())
    return reply(None, status=204)


handler = make_handler(
    app,
    consumers={
        AppointmentBooked: waves.on_booked,
        AppointmentMoved: waves.on_moved,
        AppointmentCancelled: waves.on_cancelled,
        AppointmentStatusChanged: waves.on_status,
        WaitlistOfferClosed: waves.on_closed,
        ReplyReceived: replies.on_reply,
        NoShowsDue: noshows.on_due,
    },
    tasks={"next-wave": waves.next_wave, "end-offers": waves.end_offers},
)
