"""One visit's details and what may be done with it; today's visits; the check-in list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.errors import DomainError, VersionConflict
from caresmith.http import requires
from caresmith.ids import AppointmentId, PatientId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.records.practice import Location
from caresmith.web.forms import Form, parse
from functions.scheduling import groups, moving, views, visits
from functions.scheduling import models as m
from functions.scheduling.app import app
from functions.scheduling.pages import (
    form,
    fragment,
    happened,
    instant,
    location_asked,
    page,
    query,
    setup,
    zone_of,
)
from functions.scheduling.status import FREES_TIME, MOVABLE, Status
from functions.scheduling.wording import next_step, next_steps, state

Html = Response[str]

_PAST_DAYS = 2 * 365
_AHEAD_DAYS = 730
_SHOWN_PAST = 12


# -- one visit ------------------------------------------------------------


@app.get("/console/scheduling/visits/<appointment_id>", include_in_schema=False)
@requires(Permission.READ_CALENDAR, action="read")
def visit_details(appointment_id: AppointmentId) -> Html:
    return _details(visits.read(appointment_id, actor=current_actor()))


def _details(
    visit: m.Appointment, *, said: str = "", error: DomainError | None = None, shown: Any = None
) -> Html:
    known = setup()
    zone = zone_of(known, visit.location_id)
    actor = current_actor()
    flow = actor.may(Permission.MOVE_PATIENT_FLOW)
    rooms = [
        room
        for room in known.rooms.values()
        if room.active and room.location_id == visit.location_id
    ]
    return fragment(
        "visit.html",
        status=error.status if error else 200,
        headers=happened(said) if said else None,
        visit=visit,
        setup=known,
        kind=known.types.get(visit.type_id),
        provider=known.providers.get(visit.provider_id),
        place=known.locations.get(visit.location_id),
        cards=patient_cards(actor.practice_id, visit.patient_ids)
        if actor.may(Permission.READ_PATIENT)
        else {},
        room=known.rooms.get(visit.room_id) if visit.room_id else None,
        start=visit.start.astimezone(zone),
        end=visit.end.astimezone(zone),
        history=[(from_text(entry.at).astimezone(zone), entry) for entry in visit.history],
        steps=next_steps(visit, app.clock.now()) if flow else (),
        movable=visit.status in MOVABLE and actor.may(Permission.CHANGE_APPOINTMENT),
        rooms=sorted(rooms, key=lambda room: room.name),
        form=shown or Form(),
        problem=(error.detail or error.title) if error else "",
    )


def _act(
    appointment_id: AppointmentId, said: str, action: Callable[[int | None], m.Appointment]
) -> Html:
    """Carry out ``action`` on the version that the person saw, and show the visit after it."""
    shown = form()
    text = shown.values.get("version", "")
    try:
        visit = action(int(text) if text.isdecimal() else None)
    except VersionConflict:
        latest = visits.read(appointment_id, actor=current_actor())
        return _details(latest, error=VersionConflict("Somebody else changed this visit just now."))
    except DomainError as error:
        latest = visits.read(appointment_id, actor=current_actor())
        return _details(latest, error=error, shown=shown.refused(error))
    return _answer(visit, said or f"{state(visit)}.")


def _answer(visit: m.Appointment, said: str) -> Html:
    if form().values.get("from") == "list":
        return Response(204, headers=happened(said), body="")
    return _details(visit, said=said)


@app.post("/console/scheduling/visits/<appointment_id>/status", include_in_schema=False)
@requires(Permission.MOVE_PATIENT_FLOW, action="change-status")
def change_status(appointment_id: AppointmentId) -> Html:
    request = parse(Form({"status": form().values.get("status", "")}), m.StatusRequest)
    return _act(
        appointment_id,
        "",
        lambda version: visits.change_status(
            appointment_id,
            request.status,
            actor=current_actor(),
            now=app.clock.now(),
            expected=version,
        ),
    )


@app.post("/console/scheduling/visits/<appointment_id>/confirm", include_in_schema=False)
@requires(Permission.CHANGE_APPOINTMENT, action="confirm")
def confirm(appointment_id: AppointmentId) -> Html:
    return _act(
        appointment_id,
        "Confirmed.",
        lambda version: visits.confirm(
            appointment_id, actor=current_actor(), now=app.clock.now(), expected=version
        ),
    )


@app.post("/console/scheduling/visits/<appointment_id>/flow", include_in_schema=False)
@requires(Permission.MOVE_PATIENT_FLOW, action="move-flow")
def move_flow(appointment_id: AppointmentId) -> Html:
    fields = form().values
    request = parse(
        Form({"flow": fields.get("flow", ""), "room_id": fields.get("room_id", "")}),
        m.FlowRequest,
    )
    return _act(
        appointment_id,
        "",
        lambda version: visits.move_flow(
            appointment_id, request, actor=current_actor(), now=app.clock.now(), expected=version
        ),
    )


@app.post("/console/scheduling/visits/<appointment_id>/cancel", include_in_schema=False)
@requires(Permission.CHANGE_APPOINTMENT, action="cancel")
def cancel(appointment_id: AppointmentId) -> Html:
    fields = form().values
    request = parse(
        Form({"reason": fields.get("reason", ""), "note": fields.get("note", "")}),
        m.CancelRequest,
    )
    return _act(
        appointment_id,
        "Cancelled; the time is free.",
        lambda version: visits.cancel(
            appointment_id, request, actor=current_actor(), now=app.clock.now(), expected=version
        ),
    )


@app.post("/console/scheduling/visits/<appointment_id>/reschedule", include_in_schema=False)
@requires(Permission.CHANGE_APPOINTMENT, action="reschedule")
def reschedule(appointment_id: AppointmentId) -> Html:
    fields = form().values

    def move(version: int | None) -> m.Appointment:
        known = setup()
        place = location_asked(known, fields.get("location_id", ""))
        start = instant(fields.get("day", ""), fields.get("clock", ""), ZoneInfo(place.zone))
        wanted = {"start": start.isoformat(), "location_id": place.id}
        wanted["provider_id"] = fields.get("provider_id", "")
        return moving.reschedule(
            appointment_id,
            parse(Form(wanted), m.RescheduleRequest),
            actor=current_actor(),
            now=app.clock.now(),
            expected=version,
        )

    return _act(appointment_id, "Moved.", move)


@app.post("/console/scheduling/visits/<appointment_id>/attendees", include_in_schema=False)
@requires(Permission.BOOK_APPOINTMENT, action="add-attendee")
def add_attendee(appointment_id: AppointmentId) -> Html:
    request = parse(Form({"patient_id": form().values.get("patient_id", "")}), m.AttendeeRequest)
    return _act(
        appointment_id,
        "Added.",
        lambda _: groups.add_attendee(
            appointment_id, request.patient_id, actor=current_actor(), now=app.clock.now()
        ),
    )


@app.post("/console/scheduling/visits/<appointment_id>/attendees/remove", include_in_schema=False)
@requires(Permission.CHANGE_APPOINTMENT, action="remove-attendee")
def remove_attendee(appointment_id: AppointmentId) -> Html:
    request = parse(Form({"patient_id": form().values.get("patient_id", "")}), m.AttendeeRequest)
    return _act(
        appointment_id,
        "Removed.",
        lambda _: groups.remove_attendee(
            appointment_id, request.patient_id, actor=current_actor(), now=app.clock.now()
        ),
    )


# -- lists ----------------------------------------------------------------


@app.get("/console/scheduling/check-in", include_in_schema=False)
@requires(Permission.READ_CALENDAR, audited=False)
def check_in_page() -> Html:
    known = setup()
    return page(
        "check_in.html",
        here="/console/scheduling/check-in",
        setup=known,
        place=location_asked(known, query("location_id")),
    )


@app.get("/console/scheduling/check-in/list", include_in_schema=False)
@requires(Permission.READ_CALENDAR, action="read-calendar")
def check_in_list() -> Html:
    known = setup()
    place = location_asked(known, query("location_id"))
    now = app.clock.now()
    found = _todays(place, now)
    arrived = {visit.appointment_id: _since(visit, Status.ARRIVED) for visit in found}
    return fragment(
        "check_in_list.html",
        visits=found,
        setup=known,
        zone=ZoneInfo(place.zone),
        waited={
            known_id: int((now - since).total_seconds() // 60)
            for known_id, since in arrived.items()
            if since
        },
        next_step=next_step,
        late=now - timedelta(minutes=15),
    )


def _todays(place: Location, now: datetime) -> list[m.Appointment]:
    today = now.astimezone(ZoneInfo(place.zone)).date()
    begin, end = views.day_window(today, 1, place.zone)
    found = views.visits_at(current_actor(), place.id, begin, end)
    return [visit for visit in found if visit.status not in FREES_TIME]


def _since(visit: m.Appointment, status: Status) -> datetime | None:
    """When the visit last became that."""
    for entry in reversed(visit.history):
        if entry.after == status:
            return from_text(entry.at).astimezone(UTC)
    return None


@app.get("/console/scheduling/today", include_in_schema=False)
@requires(Permission.READ_CALENDAR, action="read-calendar")
def today() -> Html:
    """The start page's card: today at one location, a provider's own first."""
    known = setup()
    place = location_asked(known, query("location_id"))
    found = _todays(place, app.clock.now())
    mine = [visit for visit in found if visit.provider_id == current_actor().provider_id]
    return fragment(
        "today.html",
        visits=mine or found,
        own=bool(mine),
        place=place,
        setup=known,
        zone=ZoneInfo(place.zone),
        counts=Counter(state(visit) for visit in mine or found),
    )


@app.get("/console/scheduling/patients/<patient_id>", include_in_schema=False)
@requires(Permission.READ_CALENDAR, action="read-patient-visits")
def patient_visits(patient_id: PatientId) -> Html:
    """The chart's card: what is coming and what was."""
    known, now = setup(), app.clock.now()
    begin, end = now - timedelta(days=_PAST_DAYS), now + timedelta(days=_AHEAD_DAYS)
    found = views.patient_visits(current_actor().practice_id, patient_id, begin, end)
    audit().about(patient_id)
    coming = [v for v in found if v.end >= now and v.status not in FREES_TIME]
    past = [v for v in reversed(found) if v not in coming]
    return fragment(
        "patient_visits.html",
        coming=coming,
        past=past[:_SHOWN_PAST],
        more=max(0, len(past) - _SHOWN_PAST),
        setup=known,
        zone_of=lambda visit: zone_of(known, visit.location_id),
    )
