"""The visit panel's line about earlier times: whether the patient wants to be told of them."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import AppointmentId
from caresmith.messages.settings import messaging_settings
from caresmith.permissions import Permission
from caresmith.records.appointment import AWAITED
from functions.scheduling import visits, waitlist
from functions.scheduling.app import app
from functions.scheduling.pages import form, fragment, happened

Html = Response[str]

_PATH = "/console/scheduling/visits/<appointment_id>/earlier"


@app.get(_PATH, include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="read-earlier")
def earlier(appointment_id: AppointmentId) -> Html:
    return _line(appointment_id)


@app.post(_PATH, include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="ask-earlier")
def ask_earlier(appointment_id: AppointmentId) -> Html:
    wanted = form().values.get("wanted") == "yes"
    actor = current_actor()
    try:
        if wanted:
            waitlist.ask_earlier(appointment_id, actor=actor, now=app.clock.now())
        else:
            waitlist.forget_earlier(appointment_id, actor=actor)
    except DomainError as error:
        return _line(appointment_id, error=error)
    told = "The patient is told of earlier times." if wanted else "No more word of earlier times."
    return _line(appointment_id, said=told)


def _line(
    appointment_id: AppointmentId, *, said: str = "", error: DomainError | None = None
) -> Html:
    visit = visits.read(appointment_id, actor=current_actor())
    practice = current_actor().practice_id
    asked = waitlist.would_come_earlier(practice, appointment_id)
    coming = visit.status in AWAITED and visit.start > app.clock.now() and visit.capacity == 1
    return fragment(
        "earlier.html",
        status=error.status if error else 200,
        headers=happened(said) if said else None,
        visit=visit,
        asked=asked,
        possible=asked or (coming and messaging_settings(practice).waitlist.earlier_slots),
        problem=(error.detail or error.title) if error else "",
    )
