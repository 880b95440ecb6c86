"""Reminders: what is planned for each visit, and the settings of a practice."""

from __future__ import annotations

from caresmith.dispatch import make_handler
from caresmith.events import (
    AgendaDue,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentStatusChanged,
    MessageOutcome,
    RecallsDue,
    ReplyActedOn,
)
from functions.reminders import agenda, outcomes, plans, recalls, reminding, waiting
from functions.reminders.app import app

__all__ = ["app", "handler"]

handler = make_handler(
    app,
    consumers={
        AppointmentBooked: plans.on_appointment,
        AppointmentMoved: plans.on_appointment,
        AppointmentCancelled: plans.on_appointment,
        AppointmentStatusChanged: plans.on_appointment,
        MessageOutcome: outcomes.on_outcome,
        ReplyActedOn: outcomes.on_reply,
        AgendaDue: agenda.on_agenda_due,
        RecallsDue: recalls.on_recalls_due,
    },
    tasks={
        "prepare": reminding.prepare,
        "await-reply": waiting.await_reply,
        "no-reply": waiting.no_reply,
        "gave-up": waiting.gave_up,
    },
)
