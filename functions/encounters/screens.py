"""The console's chart: who this is, what matters now, what happened."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import Actor, current_actor
from caresmith.errors import NotFound, invalid
from caresmith.http import requires
from caresmith.ids import EncounterId, LocationId, PatientId
from caresmith.permissions import Permission
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from functions.encounters import models as m
from functions.encounters import visits
from functions.encounters.app import app
from functions.encounters.pages import fragment, page, query
from functions.encounters.summary import summary
from functions.encounters.timeline import timeline
from functions.encounters.who import who

Html = Response[str]

SECTIONS: Final = (
    ("immunizations", "Immunizations"),
    ("procedures", "Procedures"),
    ("family-history", "Family history"),
    ("social-history", "Social history"),
    ("care-plans", "Care plans"),
)
"""Parts of the chart that open from its strip of links: their drawers' paths and names."""


@app.get("/console/charts/<patient_id>", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-summary")
def chart_page(patient_id: PatientId) -> Html:
    actor = current_actor()
    person = who(actor.practice_id, patient_id)
    return page("chart.html", who=person, **_glance(patient_id, actor))


@app.get("/console/charts/<patient_id>/glance", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-summary")
def glance_part(patient_id: PatientId) -> Html:
    """What matters now, read anew after a drawer changed it."""
    actor = current_actor()
    return fragment(
        "glances.html", who=who(actor.practice_id, patient_id), **_glance(patient_id, actor)
    )


def _glance(patient: PatientId, actor: Actor) -> dict[str, Any]:
    return {"summary": summary(patient, actor=actor), "sections": SECTIONS}


@app.get("/console/charts/<patient_id>/timeline", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-timeline")
def timeline_part(patient_id: PatientId) -> Html:
    """The chart's card of what happened last, or the drawer in which it goes on."""
    brief = bool(query("brief"))
    events, after = timeline(
        patient_id, until=_day(query("until")), brief=brief, actor=current_actor()
    )
    whole = "drawers/timeline.html" if not query("until") and not brief else "timeline.html"
    return fragment(
        whole, patient_id=patient_id, events=events, after=None if brief else after, brief=brief
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise NotFound from None


@app.post("/console/charts/<patient_id>/visit", include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="open")
def open_visit(patient_id: PatientId) -> Html:
    """Open an encounter of one's own that was not on the calendar, and its note."""
    actor = current_actor()
    if actor.provider_id is None:
        raise invalid("provider_id", "a visit is opened by a provider")
    request = m.EncounterRequest(
        patient_id=patient_id, provider_id=actor.provider_id, location_id=_place_of(actor)
    )
    visit = visits.open_by_hand(request, actor=actor, now=app.clock.now(), key=EncounterId.new())
    return web.redirect(f"/console/encounters/{visit.encounter_id}", app.current_event)


def _place_of(actor: Actor) -> LocationId:
    setup = practice_setup(actor.practice_id)
    provider = setup.providers.get(actor.provider_id) if actor.provider_id else None
    if provider is None:
        raise NotFound
    return provider.location_ids[0]
