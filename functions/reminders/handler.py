"""Reminders: what is planned for each visit, the settings of a practice, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.dispatch import make_handler
from caresmith.events import (
    AgendaDue,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentLeft,
    AppointmentMoved,
    AppointmentStatusChanged,
    MessageOutcome,
    RecallsDue,
    ReminderRepairDue,
    ReplyActedOn,
)
from caresmith.http import etag, reply, requires
from caresmith.ids import AppointmentId
from caresmith.messages.settings import MessagingSettings
from caresmith.permissions import Permission
from functions.reminders import (
    agenda,
    changing,
    delivery_screens,
    outcomes,
    plans,
    preview,
    recalls,
    reminding,
    repair,
    service,
    settings_screens,
    waiting,
)
from functions.reminders import models as m
from functions.reminders.app import app

__all__ = ["app", "delivery_screens", "handler", "settings_screens"]


@app.get("/reminders/settings")
@requires(Permission.MANAGE_REMINDERS, action="read-settings")
def read_settings() -> Response[MessagingSettings]:
    audit().record("messaging-settings")
    settings, version = changing.read_settings(current_actor().practice_id)
    return reply(settings, headers=etag(version))


@app.put("/reminders/settings")
@requires(Permission.MANAGE_REMINDERS, action="change-settings")
def change_settings(wanted: MessagingSettings) -> Response[MessagingSettings]:
    settings, version = changing.change_settings(
        wanted, app.if_match(), actor=current_actor(), now=app.clock.now()
    )
    return reply(settings, headers=etag(version))


@app.get("/reminders/templates")
@requires(Permission.MANAGE_REMINDERS, audited=False)
def read_templates() -> Response[list[m.TemplateRead]]:
    """Every message that a practice may word itself, as it is worded now."""
    settings, _ = changing.read_settings(current_actor().practice_id)
    return reply(service.templates(settings))


@app.post("/reminders/preview")
@requires(Permission.MANAGE_REMINDERS, action="preview")
def preview_message(request: preview.PreviewRequest) -> Response[preview.Preview]:
    """A draft filled in, as carriers count it; nothing is stored or sent."""
    settings, _ = changing.read_settings(current_actor().practice_id)
    return reply(preview.preview(request, settings, actor=current_actor()))


@app.get("/reminders/appointments/<appointment_id>")
@requires(Permission.READ_CALENDAR, action="read-timeline")
def read_timeline(appointment_id: AppointmentId) -> Response[m.Timeline]:
    return reply(service.timeline(current_actor().practice_id, appointment_id))


@app.get("/reminders/statistics")
@requires(Permission.READ_DELIVERY, audited=False)
def read_statistics(
    first: Annotated[date, Query()], last: Annotated[date, Query()]
) -> Response[m.Delivery]:
    """Numbers alone: nobody's data."""
    return reply(service.delivery(current_actor().practice_id, first, last))


@app.get("/reminders/repairs")
@requires(Permission.READ_DELIVERY, audited=False)
def read_repairs() -> Response[list[m.RepairReport]]:
    return reply(service.repairs(current_actor().practice_id))


@app.post("/reminders/repairs")
@requires(Permission.MANAGE_REMINDERS, action="repair")
def start_repair() -> Response[m.RepairStarted]:
    """Compare the calendar with what is planned now, not only at night."""
    run = changing.ask_for_repair(actor=current_actor(), now=app.clock.now())
    return reply(m.RepairStarted(run=run), status=202)


handler = make_handler(
    app,
    consumers={
        AppointmentBooked: plans.on_appointment,
        AppointmentMoved: plans.on_appointment,
        AppointmentCancelled: plans.on_appointment,
        AppointmentLeft: plans.on_appointment,
        AppointmentStatusChanged: plans.on_appointment,
        MessageOutcome: outcomes.on_outcome,
        ReplyActedOn: outcomes.on_reply,
        ReminderRepairDue: repair.on_repair_due,
        AgendaDue: agenda.on_agenda_due,
        RecallsDue: recalls.on_recalls_due,
    },
    tasks={
        "prepare": reminding.prepare,
        "await-reply": waiting.await_reply,
        "no-reply": waiting.no_reply,
        "gave-up": waiting.gave_up,
        "repair": repair.repair_slice,
    },
)
