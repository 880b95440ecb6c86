"""The calendar page and what feeds it: days and weeks, moving by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.http import reply, requires
from caresmith.ids import AppointmentId, LocationId, ProviderId
from caresmith.permissions import Permission
from caresmith.records.practice import PracticeSetup
from caresmith.web.forms import Form, parse
from functions.scheduling import models as m
from functions.scheduling import moving, views, wording
from functions.scheduling.app import app
from functions.scheduling.pages import (
    date_asked,
    form,
    instant,
    location_asked,
    page,
    patient_asked,
    query,
    setup,
    wall,
)
from functions.scheduling.status import FREES_TIME, MOVABLE

Html = Response[str]

MAX_SHOWN: Final = 20
"""Providers side by side."""


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
        patient=patient_asked(query("patient")),
    )


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
    shown = _providers(views.providers_shown(current_actor(), known, place.id, begin, end))
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


def _providers(at_place: list[ProviderId]) -> list[ProviderId]:
    asked = set(app.current_event.get_multi_value_query_string_values("provider_id", []) or [])
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
