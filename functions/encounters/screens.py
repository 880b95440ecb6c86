"""The console's chart, and the editor of a visit's note."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import Actor, current_actor
from caresmith.errors import NotFound
from caresmith.http import requires
from caresmith.ids import EncounterId, LocationId, PatientId
from caresmith.permissions import Permission
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from functions.encounters import models as m
from functions.encounters import signatures, visits, wording
from functions.encounters.app import app
from functions.encounters.errors import invalid
from functions.encounters.pages import page
from functions.encounters.summary import summary
from functions.encounters.visit_change import OpenVisit, load
from functions.encounters.who import who

Html = Response[str]


@app.get("/console/charts/<patient_id>", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-summary")
def chart_page(patient_id: PatientId) -> Html:
    actor = current_actor()
    person = who(actor.practice_id, patient_id)
    return page("chart.html", who=person, summary=summary(patient_id, actor=actor))


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


@app.get("/console/encounters/<encounter_id>", include_in_schema=False)
@requires(Permission.READ_NOTES, action="read-note")
def note_page(encounter_id: EncounterId) -> Html:
    actor = current_actor()
    visit = load(actor.practice_id, encounter_id)
    person = who(actor.practice_id, visit.patient_id)
    read = visits.read(visit, actor.practice_id)
    note = _note(visit, actor)
    templates = wording.templates(actor=actor, specialty=_specialty(visit, actor)).templates
    begun = {
        "encounter": encounter_id,
        "version": note.note_version if note else 0,
        "template": note.template_id if note else _usual(templates),
        "sections": [s.model_dump(mode="json") for s in note.sections] if note else [],
        "waiting": [s.model_dump(mode="json") for s in note.waiting] if note else [],
        "templates": [t.model_dump(mode="json") for t in templates],
        "phrases": {p.name: p.text for p in wording.phrases(actor=actor).phrases},
    }
    return page(
        "note.html",
        who=person,
        visit=read,
        note=note,
        begun=json.dumps(begun),
        writes=actor.may(Permission.WRITE_NOTES) and not visit.signed and visit.writable,
    )


def _note(visit: OpenVisit, actor: Actor) -> m.NoteRead | None:
    if visit.note is None or not int(visit.note.note_version):
        return None
    return signatures.read_note(visit.encounter_id, actor=actor)


def _usual(templates: list[m.TemplateRead]) -> str:
    """The template that a new note begins with: the general one, unless it was retired."""
    known = [template.template_id for template in templates]
    return "soap" if "soap" in known else known[0]


def _specialty(visit: OpenVisit, actor: Actor) -> str:
    providers: dict[Any, Any] = dict(practice_setup(actor.practice_id).providers)
    provider = providers.get(visit.item.provider_id)
    return provider.specialty if provider else ""
