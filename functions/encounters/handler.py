"""Routes of encounters and their notes; those of the chart's entries are in ``chart_routes``."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.errors import NotFound
from caresmith.events import AppointmentStatusChanged, PatientsMerged, PatientsUnmerged
from caresmith.http import etag, reply, requires
from caresmith.ids import EncounterId, ProviderId
from caresmith.permissions import Permission
from caresmith.records.clinical.encounter import BillingPart
from caresmith.records.practice import practice_setup
from functions.encounters import (
    chart_routes,
    checkins,
    coding_screens,
    copying,
    entry_screens,
    note_screens,
    notes,
    phrase_screens,
    plot_screens,
    screens,
    signatures,
    signing,
    template_screens,
    texts,
    visits,
    vitals_screens,
    wording,
    work_screens,
)
from functions.encounters import models as m
from functions.encounters.app import app
from functions.encounters.prose import KEY, NoteBody
from functions.encounters.visit_change import OpenVisit, load

_TemplateKey = Annotated[str, Path(pattern=KEY)]
_PhraseName = Annotated[str, Path(pattern=m.PHRASE_NAME)]
_Version = Annotated[int, Path(ge=1, le=999_999)]

__all__ = [
    "app",
    "chart_routes",
    "coding_screens",
    "entry_screens",
    "handler",
    "note_screens",
    "phrase_screens",
    "plot_screens",
    "screens",
    "template_screens",
    "vitals_screens",
    "work_screens",
]


def _shown(visit: OpenVisit, *, status: int = 200) -> Response[m.EncounterRead]:
    read = visits.read(visit, current_actor().practice_id)
    return reply(read, status=status, headers=etag(read.version))


# -- encounters -----------------------------------------------------------------


@app.post("/encounters", status_code=201)
@requires(Permission.CHANGE_CHART, action="open")
def open_encounter(request: m.EncounterRequest) -> Response[m.EncounterRead]:
    opened = visits.open_by_hand(
        request, actor=current_actor(), now=app.clock.now(), key=EncounterId.new()
    )
    return _shown(opened, status=201)


@app.get("/encounters/<encounter_id>")
@requires(Permission.READ_CHART, action="read")
def read_encounter(encounter_id: EncounterId) -> Response[m.EncounterRead]:
    return _shown(load(current_actor().practice_id, encounter_id))


@app.patch("/encounters/<encounter_id>")
@requires(Permission.CHANGE_CHART, action="change")
def change_encounter(
    encounter_id: EncounterId, request: m.VisitChange
) -> Response[m.EncounterRead]:
    return _shown(
        visits.change_visit(
            encounter_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.post("/encounters/<encounter_id>/status")
@requires(Permission.CHANGE_CHART, action="move")
def move_encounter(
    encounter_id: EncounterId, request: m.EncounterMove
) -> Response[m.EncounterRead]:
    return _shown(
        visits.move(
            encounter_id,
            request.status,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.get("/encounters/<encounter_id>/billing")
@requires(Permission.READ_ENCOUNTER_BILLING, action="read-billing")
def read_billing(encounter_id: EncounterId) -> Response[m.BillingRead]:
    read = visits.read_billing(encounter_id, actor=current_actor())
    return reply(read, headers=etag(read.version))


@app.put("/encounters/<encounter_id>/billing")
@requires(Permission.CHANGE_CHART, action="code")
def code_encounter(encounter_id: EncounterId, request: BillingPart) -> Response[m.EncounterRead]:
    return _shown(
        visits.code(
            encounter_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.get("/encounters/to-finish")
@requires(Permission.READ_CHART, action="list-own-open")
def own_open() -> Response[m.OpenList]:
    actor = current_actor()
    if actor.provider_id is None:
        return reply(m.OpenList(encounters=[]))
    return reply(visits.to_finish(actor.provider_id, actor=actor))


@app.get("/encounters/to-finish/<provider_id>")
@requires(Permission.READ_CHART, action="list-open")
def open_of(provider_id: ProviderId) -> Response[m.OpenList]:
    if provider_id not in practice_setup(current_actor().practice_id).providers:
        raise NotFound
    return reply(visits.to_finish(provider_id, actor=current_actor()))


# -- notes ------------------------------------------------------------------------


@app.get("/encounters/<encounter_id>/note")
@requires(Permission.READ_NOTES, action="read-note")
def read_note(encounter_id: EncounterId) -> Response[m.NoteRead]:
    read = signatures.read_note(encounter_id, actor=current_actor())
    return reply(read, headers=etag(read.note_version))


@app.put("/encounters/<encounter_id>/note")
@requires(Permission.WRITE_NOTES, action="save-note")
def save_note(encounter_id: EncounterId, request: m.NoteSave) -> Response[m.NoteSaved]:
    saved = notes.save(
        encounter_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
    )
    return reply(saved, headers=etag(saved.note_version))


@app.post("/encounters/<encounter_id>/note/copy-forward")
@requires(Permission.WRITE_NOTES, action="copy-forward")
def copy_forward(encounter_id: EncounterId, request: m.CopyForward) -> Response[m.NoteSaved]:
    saved = copying.copy_forward(
        encounter_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
    )
    return reply(saved, headers=etag(saved.note_version))


@app.get("/encounters/<encounter_id>/note/versions")
@requires(Permission.READ_NOTES, action="list-note-versions")
def list_versions(encounter_id: EncounterId) -> Response[m.Versions]:
    return reply(texts.versions(current_actor().practice_id, encounter_id))


@app.get("/encounters/<encounter_id>/note/versions/<note_version>")
@requires(Permission.READ_NOTES, action="read-note-version")
def read_version(encounter_id: EncounterId, note_version: _Version) -> Response[NoteBody]:
    return reply(texts.read_version(encounter_id, note_version, actor=current_actor()))


@app.get("/encounters/<encounter_id>/note/beside")
@requires(Permission.READ_NOTES, action="list-texts-beside")
def list_beside(encounter_id: EncounterId) -> Response[m.Beside]:
    return reply(texts.beside(encounter_id, actor=current_actor()))


@app.post("/encounters/<encounter_id>/note/signature")
@requires(Permission.SIGN_NOTES, action="sign")
def sign(encounter_id: EncounterId, request: m.SignRequest) -> Response[m.NoteRead]:
    signing.sign(encounter_id, request, app.if_match(), actor=current_actor(), now=app.clock.now())
    return reply(signatures.read_note(encounter_id, actor=current_actor()))


@app.post("/encounters/<encounter_id>/note/addenda", status_code=201)
@requires(Permission.SIGN_NOTES, action="add-addendum")
def add_addendum(encounter_id: EncounterId, request: m.Addendum) -> Response[m.NoteRead]:
    signing.add_addendum(encounter_id, request, actor=current_actor(), now=app.clock.now())
    return reply(signatures.read_note(encounter_id, actor=current_actor()), status=201)


@app.post("/encounters/<encounter_id>/note/cosignature")
@requires(Permission.COSIGN_NOTES, action="cosign")
def cosign(encounter_id: EncounterId, request: m.Cosignature) -> Response[m.NoteRead]:
    signing.cosign(encounter_id, request, actor=current_actor(), now=app.clock.now())
    return reply(signatures.read_note(encounter_id, actor=current_actor()))


# -- templates and phrases ---------------------------------------------------------


@app.get("/notes/templates")
@requires(Permission.WRITE_NOTES, audited=False)
def list_templates(
    specialty: Annotated[str, Query(max_length=80)] = "",
) -> Response[m.Templates]:
    return reply(wording.templates(actor=current_actor(), specialty=specialty))


@app.put("/notes/templates/<template_id>")
@requires(Permission.MANAGE_NOTE_TEMPLATES, action="change-template")
def change_template(template_id: _TemplateKey, request: m.Template) -> Response[m.TemplateRead]:
    read = wording.change_template(template_id, request, app.if_match(), actor=current_actor())
    return reply(read, headers=etag(read.version))


@app.get("/notes/phrases")
@requires(Permission.WRITE_NOTES, audited=False)
def list_phrases() -> Response[m.Phrases]:
    return reply(wording.phrases(actor=current_actor()))


@app.put("/notes/phrases/mine/<phrase>")
@requires(Permission.WRITE_NOTES, action="change-own-phrase")
def change_own_phrase(phrase: _PhraseName, request: m.Phrase) -> Response[m.PhraseRead]:
    return _phrase(phrase, request, mine=True)


@app.put("/notes/phrases/practice/<phrase>")
@requires(Permission.MANAGE_NOTE_TEMPLATES, action="change-phrase")
def change_phrase(phrase: _PhraseName, request: m.Phrase) -> Response[m.PhraseRead]:
    return _phrase(phrase, request, mine=False)


def _phrase(name: str, request: m.Phrase, *, mine: bool) -> Response[m.PhraseRead]:
    read = wording.change_phrase(name, request, app.if_match(), mine=mine, actor=current_actor())
    return reply(read, headers=etag(read.version))


@app.delete("/notes/phrases/mine/<phrase>")
@requires(Permission.WRITE_NOTES, action="drop-own-phrase")
def drop_own_phrase(phrase: _PhraseName) -> Response[None]:
    wording.drop_phrase(phrase, mine=True, actor=current_actor())
    return reply(None, status=204)


@app.delete("/notes/phrases/practice/<phrase>")
@requires(Permission.MANAGE_NOTE_TEMPLATES, action="drop-phrase")
def drop_phrase(phrase: _PhraseName) -> Response[None]:
    wording.drop_phrase(phrase, mine=False, actor=current_actor())
    return reply(None, status=204)


handler = make_handler(
    app,
    consumers={
        AppointmentStatusChanged: checkins.on_appointment,
        PatientsMerged: checkins.on_merge,
        PatientsUnmerged: checkins.on_merge,
    },
)
