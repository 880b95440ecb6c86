"""The calendar page and what feeds it: days and weeks, booking, moving by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response
from pydantic import ValidationError

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, NotFound
from caresmith.http import reply, requires
from caresmith.ids import AppointmentId, LocationId, PatientId, ProviderId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_card
from caresmith.records.practice import PracticeSetup
from caresmith.web.forms import Form, FormRefused, parse
from functions.scheduling import booking, moving, slots, views, wording
from functions.scheduling import models as m
from functions.scheduling.app import app
from functions.scheduling.pages import (
    date_asked,
    form,
    fragment,
    happened,
    instant,
    location_asked,
    page,
    query,
    setup,
    wall,
    zone_of,
)
from functions.scheduling.status import FREES_TIME, MOVABLE

Html = Response[str]

MAX_SHOWN: Final = 20
"""Providers side by side."""
_SLOT_DAYS: Final = 21


@app.get("/console/scheduling", include_in_schema=False)
@requires(Permission.READ_CALENDAR, audited=False)
def calendar() -> Html:
    known = setup()
    place = location_asked(known, query("location_id"))
    return page(
        "calendar.html",
        setup=known,
        place=place,
        day=date_asked(query("date"), ZoneInfo(place.zone)),
        view="week" if query("view") == "week" else "day",
        patient=_patient(query("patient")),
    )


def _patient(text: str) -> PatientId | None:
    """The patient in an address. Raises NotFound for what is no id."""
    try:
        return PatientId(text) if text else None
    except ValueError:
        raise NotFound from None


@app.get("/console/scheduling/events", include_in_schema=False)
@requires(Permission.READ_CALENDAR, action="read-calendar")
def calendar_events() -> Response[dict[str, Any]]:
    """What the calendar draws, by the wall clock of the location it shows."""
    known = setup()
    place = location_asked(known, query("location_id"))
    zone = ZoneInfo(place.zone)
    days = 7 if query("view") == "week" else 1
    first = date_asked(query("first"), zone)
    begin, end = views.day_window(first, days, place.zone)
    shown = _providers(known, place.id)
    found = views.calendar_page(current_actor(), shown, begin, end)
    drawn = [v for v in found.appointments if v.status not in FREES_TIME]
    working = {p: list(views.working_hours(known, p, place.id, begin, end)) for p in shown}
    visited = {visit.provider_id for visit in drawn if visit.location_id == place.id}
    return reply(
        {
            "resources": [
                {
                    "id": p,
                    "title": known.providers[p].display_name,
                    "here": bool(working[p]) or p in visited,
                }
                for p in shown
            ],
            "events": [_event(known, visit, place.id, zone) for visit in drawn],
            "closed": [block for p in shown for block in _closed(p, working[p], begin, end, zone)],
            "changes": found.changes,
            "now": wall(app.clock.now(), zone),
        }
    )


def _providers(known: PracticeSetup, place: LocationId) -> list[ProviderId]:
    asked = set(app.current_event.get_multi_value_query_string_values("provider_id", []) or [])
    at_place = views.providers_at(known, place)
    return [p for p in at_place if not asked or p in asked][:MAX_SHOWN]


def _event(
    known: PracticeSetup, visit: m.Appointment, place: LocationId, zone: ZoneInfo
) -> dict[str, Any]:
    kind = known.types.get(visit.type_id)
    elsewhere = known.locations.get(visit.location_id) if visit.location_id != place else None
    room = known.rooms.get(visit.room_id) if visit.room_id else None
    return {
        "id": visit.appointment_id,
        "resource": visit.provider_id,
        "start": wall(visit.start, zone),
        "end": wall(visit.end, zone),
        "title": wording.title(visit),
        "kind": kind.name if kind else "",
        "colour": kind.colour if kind else "#206bc4",
        "look": wording.look(visit),
        "state": wording.state(visit),
        "overbooked": visit.overbooked,
        "where": elsewhere.name if elsewhere else (room.name if room else ""),
        "elsewhere": elsewhere is not None,
        "version": visit.version,
        "movable": visit.status in MOVABLE and current_actor().may(Permission.CHANGE_APPOINTMENT),
    }


def _closed(
    provider: ProviderId,
    working: Sequence[tuple[datetime, datetime]],
    begin: datetime,
    end: datetime,
    zone: ZoneInfo,
) -> Iterator[dict[str, Any]]:
    """The stretches in which the provider does not work there: the calendar shades them."""
    at = begin
    for opens, closes in working:
        if opens > at:
            yield {"resource": provider, "start": wall(at, zone), "end": wall(opens, zone)}
        at = max(at, closes)
    if at < end:
        yield {"resource": provider, "start": wall(at, zone), "end": wall(end, zone)}


@app.post("/console/scheduling/visits/<appointment_id>/move", include_in_schema=False)
@requires(Permission.CHANGE_APPOINTMENT, action="reschedule")
def move_by_hand(appointment_id: AppointmentId) -> Response[dict[str, Any]]:
    """A visit was dragged: to another time, another provider, or both."""
    fields = form().values
    known = setup()
    place = location_asked(known, fields.get("location_id", ""))
    day, _, clock = fields.get("start", "").partition("T")
    request = parse(
        Form(
            {
                "start": instant(day, clock, ZoneInfo(place.zone)).isoformat(),
                "provider_id": fields.get("provider_id", ""),
            }
        ),
        m.RescheduleRequest,
    )
    visit = moving.reschedule(
        appointment_id,
        request,
        actor=current_actor(),
        now=app.clock.now(),
        expected=int(fields["version"]) if fields.get("version", "").isdecimal() else None,
    )
    return reply({"version": visit.version})


# -- booking --------------------------------------------------------------


@app.get("/console/scheduling/book", include_in_schema=False)
@requires(Permission.BOOK_APPOINTMENT, action="read")
def booking_form() -> Html:
    known = setup()
    place = location_asked(known, query("location_id"))
    day, _, clock = query("start").partition("T")
    shown = Form(
        {
            "location_id": place.id,
            "provider_id": query("provider_id"),
            "type_id": query("type_id"),
            "day": day or date_asked("", ZoneInfo(place.zone)).isoformat(),
            "clock": clock,
            **_chosen(query("patient")),
        }
    )
    return _booking(known, shown)


def _chosen(text: str) -> dict[str, str]:
    """The patient for whom the calendar was opened, by name."""
    patient = _patient(text)
    if patient is None:
        return {}
    audit().about(patient)
    card = patient_card(current_actor().practice_id, patient)
    if card is None:
        raise NotFound
    born = card.birth_date.strftime("%m/%d/%Y")
    return {"patient_id": patient, "patient_name": f"{card.name} ({born})"}


def _booking(known: PracticeSetup, shown: Form, status: int = 200) -> Html:
    return fragment("booking.html", status=status, form=shown, setup=known)


@app.post("/console/scheduling/slots", include_in_schema=False)
@requires(Permission.SEARCH_SLOTS, action="search-slots")
def slot_choices() -> Html:
    fields = form().values
    known = setup()
    place = location_asked(known, fields.get("location_id", ""))
    try:
        asked = parse(
            Form(
                {
                    "type_id": fields.get("type_id", ""),
                    "first": fields.get("day", ""),
                    "days": str(_SLOT_DAYS),
                    "limit": "60",
                },
                {
                    "location_ids": [place.id],
                    "provider_ids": [fields["provider_id"]] if fields.get("provider_id") else [],
                },
            ),
            m.SlotQuery,
        )
        found = slots.find_slots(known, asked, app.clock.now())
    except DomainError as error:
        problem = "Choose the kind of visit and a day." if error.fields else error.title
        return fragment("slots.html", found=None, problem=problem)
    zone = known.zone_of(place.id)
    choices = [(slot, slot.start.astimezone(zone)) for slot in found.slots]
    return fragment("slots.html", found=choices, problem="", setup=known)


@app.post("/console/scheduling/book", include_in_schema=False)
@requires(Permission.BOOK_APPOINTMENT, action="book")
def book() -> Html:
    shown, known = form(), setup()
    try:
        visit = booking.book(_request(shown, known), actor=current_actor(), now=app.clock.now())
    except FormRefused as refused:
        shown.errors = refused.form.errors
        return _booking(known, shown, 422)
    except DomainError as error:
        return _booking(known, shown.refused(error), error.status)
    zone = zone_of(known, visit.location_id)
    told = f"Booked for {visit.start.astimezone(zone):%a %b %-d, %-I:%M %p}."
    return Response(204, headers=happened(told, close=True), body="")


def _request(shown: Form, known: PracticeSetup) -> m.BookingRequest:
    fields = {
        name: shown.values.get(name, "")
        for name in (
            "patient_id",
            "type_id",
            "provider_id",
            "location_id",
            "note",
            "overbook",
            "overbook_reason",
        )
    }
    if not fields["patient_id"]:
        shown.errors["patient_id"] = "Choose the patient."
        raise FormRefused(shown)
    place = location_asked(known, fields["location_id"])
    start = instant(
        shown.values.get("day", ""), shown.values.get("clock", ""), ZoneInfo(place.zone)
    )
    try:
        return parse(Form({**fields, "start": start.isoformat()}), m.BookingRequest)
    except ValidationError:
        raise FormRefused(shown) from None
