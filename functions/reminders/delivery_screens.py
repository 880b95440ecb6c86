"""What came of reminders: the dashboard, the repair's reports, and a visit's timeline."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.clock import from_text
from caresmith.errors import InvalidRequest, invalid
from caresmith.http import requires
from caresmith.ids import AppointmentId
from caresmith.messages.settings import messaging_settings
from caresmith.permissions import Permission
from caresmith.records.appointment import read_visit
from caresmith.records.patient import patient_cards
from caresmith.web import pages as web
from functions.reminders import changing, service, words
from functions.reminders import models as m
from functions.reminders.app import app
from functions.reminders.counters import NO_STEP
from functions.reminders.pages import PATH, fragment, page, query, setup
from functions.reminders.zones import zone_at

Html = Response[str]

_USUAL_DAYS: Final = 30
_SENT: Final = ("sent", "delivered", "failed")
_ANSWERS: Final = ("confirmed", "cancelled", "rescheduled", "answered", "no_reply")


@app.get(PATH, include_in_schema=False)
@requires(Permission.READ_DELIVERY, audited=False)
def dashboard() -> Html:
    """Numbers alone: nobody's data."""
    today = setup().practice.day_at(app.clock.now())
    shown = m.Delivery(first=today - timedelta(days=_USUAL_DAYS - 1), last=today, rows=[])
    errors = dict.fromkeys(("first", "last"), "")
    try:
        first, last = _day("first", shown.first), _day("last", shown.last)
        shown = service.delivery(current_actor().practice_id, first, last)
    except InvalidRequest as error:
        errors |= {field.field: field.message for field in error.fields}
    return page(
        "dashboard.html",
        tab="delivery",
        status=422 if any(errors.values()) else 200,
        shown=shown,
        errors=errors,
        asked={"first": query("first"), "last": query("last")},
        **_plots(shown.rows),
    )


def _day(name: str, usual: date) -> date:
    text = query(name)
    if not text:
        return usual
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid(name, "give a date as yyyy-mm-dd") from None


def _plots(rows: list[m.DeliveryRow]) -> dict[str, Any]:
    """The three pictures, each as the numbers of its table."""
    reminded = [row for row in rows if row.step != NO_STEP]
    cadence = messaging_settings(current_actor().practice_id).cadence
    order = {step.key: place for place, step in enumerate(cadence)}
    labels = {step.key: f"{words.lead(step.minutes_before)} before" for step in cadence}
    by_day = service.summed(reminded, lambda row: row.day.isoformat())
    by_step = service.summed(rows, lambda row: row.step)
    by_channel = service.summed(rows, lambda row: row.channel)
    steps = sorted(by_step, key=lambda key: (order.get(key, len(order)), key == NO_STEP, key))
    by_kind = [by_step[key] for key in steps]
    by_kind += [by_channel[key] for key in service.CHANNELS if key in by_channel]
    named = {**labels, NO_STEP: "No reminder", **words.CHANNELS}
    days = [by_day[key] for key in sorted(by_day)]
    nothing = m.DeliveryRow(day=date.min, step="", channel="")
    return {
        "days": days,
        "steps": [by_step[key] for key in steps if key != NO_STEP],
        "attendance": by_kind,
        "labels": named,
        "answers": _ANSWERS,
        "total": service.summed(reminded, lambda _: "").get("", nothing),
        "plot_days": _plot(days, [row.day.strftime("%b %-d") for row in days], _SENT),
        "plot_steps": _plot(
            [by_step[key] for key in steps if key != NO_STEP],
            [named.get(key, key) for key in steps if key != NO_STEP],
            _ANSWERS,
        ),
        "plot_attendance": _plot(
            by_kind, [named.get(row.step, row.step) for row in by_kind], ("kept", "noshow")
        ),
    }


def _plot(rows: list[m.DeliveryRow], labels: list[str], measures: tuple[str, ...]) -> str:
    """The same numbers as JSON, for the picture beside the table."""
    series = [
        {"name": words.MEASURES[name], "values": [getattr(row, name) for row in rows]}
        for name in measures
    ]
    return json.dumps({"labels": labels, "series": series})


# -- the repair ------------------------------------------------------------


@app.get(f"{PATH}/repairs", include_in_schema=False)
@requires(Permission.READ_DELIVERY, audited=False)
def repairs() -> Html:
    found = service.repairs(current_actor().practice_id)
    zone = ZoneInfo(setup().practice.zone)
    return page(
        "repairs.html",
        tab="repairs",
        reports=[(from_text(r.started_at).astimezone(zone), r) for r in found],
    )


@app.post(f"{PATH}/repairs", include_in_schema=False)
@requires(Permission.MANAGE_REMINDERS, action="repair")
def start_repair() -> Html:
    changing.ask_for_repair(actor=current_actor(), now=app.clock.now())
    return web.redirect(f"{PATH}/repairs", app.current_event)


# -- one visit -------------------------------------------------------------


@app.get(f"{PATH}/appointments/<appointment_id>/fragment", include_in_schema=False)
@requires(Permission.READ_CALENDAR, action="read-timeline")
def timeline(appointment_id: AppointmentId) -> Html:
    """The reminders of a visit, inside the visit's own panel."""
    practice = current_actor().practice_id
    found = service.timeline(practice, appointment_id)
    visit = read_visit(practice, appointment_id)
    zone = zone_at(setup(), visit.location_id) if visit else ZoneInfo(setup().practice.zone)
    several = len({step.patient_id for step in found.steps}) > 1
    cards = patient_cards(practice, {s.patient_id for s in found.steps}) if several else {}
    return fragment(
        "timeline.html",
        steps=found.steps,
        names={patient: card.sort_name for patient, card in cards.items()},
        at=lambda text: from_text(text).astimezone(zone),
        moved=lambda step: visit is not None and from_text(step.start) != visit.start,
    )
