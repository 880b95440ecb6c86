"""The booking form: a patient, a free time, and where it repeats, the whole series."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.ids import LocationId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_card
from caresmith.records.practice import PracticeSetup
from caresmith.web.forms import Form, FormRefused, parse
from functions.scheduling import booking, series, slots
from functions.scheduling import models as m
from functions.scheduling.app import app
from functions.scheduling.errors import SeriesNotFree
from functions.scheduling.pages import (
    date_asked,
    form,
    fragment,
    happened,
    instant,
    location_asked,
    patient_asked,
    query,
    setup,
    zone_of,
)

Html = Response[str]

_SLOT_DAYS: Final = 21
_TAKEN_SHOWN: Final = 6


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
    patient = patient_asked(text)
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
        request = _request(shown, known)
        rule = _repeats(shown)
        told = _book_series(request, rule, known) if rule else _book_one(request, known)
    except FormRefused as refused:
        shown.errors = refused.form.errors
        return _booking(known, shown, 422)
    except SeriesNotFree as error:
        shown.errors["visits"] = _not_free(error, known, request.location_id)
        return _booking(known, shown, error.status)
    except DomainError as error:
        return _booking(known, shown.refused(error), error.status)
    return Response(204, headers=happened(told, close=True), body="")


def _book_one(request: m.BookingRequest, known: PracticeSetup) -> str:
    visit = booking.book(request, actor=current_actor(), now=app.clock.now())
    zone = zone_of(known, visit.location_id)
    return f"Booked for {visit.start.astimezone(zone):%a %b %-d, %-I:%M %p}."


def _book_series(request: m.BookingRequest, rule: str, known: PracticeSetup) -> str:
    made = series.book_series(
        m.SeriesRequest(booking=request, rrule=rule), actor=current_actor(), now=app.clock.now()
    )
    last = made.booked[-1].start.astimezone(zone_of(known, request.location_id))
    return f"{len(made.booked)} visits booked, the last on {last:%a %b %-d, %Y}."


def _repeats(shown: Form) -> str:
    """The series' rule (RFC 5545); empty for a single visit. Raises FormRefused."""
    weeks, visits = shown.values.get("every", ""), shown.values.get("visits", "")
    if not weeks.isdecimal():
        return ""
    if not (visits.isdecimal() and 2 <= int(visits) <= series.MAX_VISITS):  # noqa: PLR2004
        shown.errors["visits"] = f"Give a number from 2 to {series.MAX_VISITS}."
        raise FormRefused(shown)
    return f"FREQ=WEEKLY;INTERVAL={int(weeks)};COUNT={int(visits)}"


def _not_free(error: SeriesNotFree, known: PracticeSetup, location: LocationId) -> str:
    """Which of the times are taken, so that the desk can choose another hour or fewer visits."""
    zone, taken = zone_of(known, location), cast(list[str], error.extra["not_free"])
    days = [datetime.fromisoformat(at).astimezone(zone) for at in taken]
    named = ", ".join(f"{day:%b %-d}" for day in days[:_TAKEN_SHOWN])
    more = f" and {len(days) - _TAKEN_SHOWN} more" if len(days) > _TAKEN_SHOWN else ""
    return f"Not free on {named}{more}. Nothing was booked."


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
            "confirmed_new",
        )
    }
    if not fields["patient_id"]:
        shown.errors["patient_id"] = "Choose the patient."
        raise FormRefused(shown)
    place = location_asked(known, fields["location_id"])
    start = instant(
        shown.values.get("day", ""), shown.values.get("clock", ""), ZoneInfo(place.zone)
    )
    return parse(Form({**fields, "start": start.isoformat()}), m.BookingRequest)
