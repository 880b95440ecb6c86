"""The editor of a visit's note, and what is done with the note: sign, add, co-sign, look back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import Actor, current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import EncounterId
from caresmith.permissions import Permission
from caresmith.records.clinical.charts import charts_of
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, version_of
from functions.encounters import copying, note_history, signatures, signing, visits, wording
from functions.encounters import models as m
from functions.encounters.app import app
from functions.encounters.errors import NeedsCosigner
from functions.encounters.pages import form, fragment, page, query, staff
from functions.encounters.visit_change import OpenVisit, load
from functions.encounters.who import who

Html = Response[str]

_Version = Annotated[int, Path(ge=1, le=999_999)]
_NOTE: Final = "/console/encounters/<encounter_id>"


@app.get(_NOTE, include_in_schema=False)
@requires(Permission.READ_NOTES, action="read-note")
def note_page(encounter_id: EncounterId) -> Html:
    actor = current_actor()
    visit = load(actor.practice_id, encounter_id)
    person = who(actor.practice_id, visit.patient_id)
    read = visits.read(visit, actor.practice_id)
    note = _note(visit, actor)
    specialty = _specialty(visit, actor)
    templates = wording.templates(actor=actor, specialty=specialty).templates
    begun = {
        "encounter": encounter_id,
        "version": note.note_version if note else 0,
        "template": note.template_id if note else _usual(templates),
        "specialty": specialty,
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
        names=staff() if note else {},
        writes=actor.may(Permission.WRITE_NOTES) and not visit.signed and visit.writable,
        may_cosign=_may_cosign(visit, note, actor),
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


def _may_cosign(visit: OpenVisit, note: m.NoteRead | None, actor: Actor) -> bool:
    if note is None or visit.cosigner is None or actor.provider_id is None:
        return False
    signed_it = any(one.signed_by == actor.user_id for one in note.signatures)
    return actor.may(Permission.COSIGN_NOTES) and not signed_it


# -- signing ----------------------------------------------------------------------


@app.get(f"{_NOTE}/sign", include_in_schema=False)
@requires(Permission.SIGN_NOTES, action="begin-signing")
def sign_drawer(encounter_id: EncounterId) -> Html:
    return _sign(encounter_id, Form({"version": query("version")}))


def _sign(encounter_id: EncounterId, shown: Form, error: DomainError | None = None) -> Html:
    actor = current_actor()
    visit = load(actor.practice_id, encounter_id)
    read = visits.read(visit, actor.practice_id)
    return fragment(
        "drawers/sign.html",
        status=error.status if error else 200,
        base=f"/console/encounters/{encounter_id}",
        form=shown,
        version=shown.values.get("version") or read.note_version,
        missing=[what for what in read.missing if what not in ("signature", "cosignature")],
        alone=actor.provider_id is not None,
        own=actor.provider_id or "",
    )


@app.post(f"{_NOTE}/sign", include_in_schema=False)
@requires(Permission.SIGN_NOTES, action="sign")
def sign_form(encounter_id: EncounterId) -> Html:
    def act(given: Form) -> None:
        asked = parse(given, m.SignRequest, ignore=("version",))
        if asked.cosigner_id is None and current_actor().provider_id is None:
            given.errors["cosigner_id"] = NeedsCosigner.title
            raise FormRefused(given)
        version = version_of(given)
        signing.sign(encounter_id, asked, version, actor=current_actor(), now=app.clock.now())

    return _done(encounter_id, act, _sign)


@app.get(f"{_NOTE}/addendum", include_in_schema=False)
@requires(Permission.SIGN_NOTES, action="begin-addendum")
def addendum_drawer(encounter_id: EncounterId) -> Html:
    return _words("addendum", encounter_id, Form())


@app.post(f"{_NOTE}/addendum", include_in_schema=False)
@requires(Permission.SIGN_NOTES, action="add-addendum")
def addendum_form(encounter_id: EncounterId) -> Html:
    def act(given: Form) -> None:
        asked = parse(given, m.Addendum)
        signing.add_addendum(encounter_id, asked, actor=current_actor(), now=app.clock.now())

    return _done(encounter_id, act, lambda *given: _words("addendum", *given))


@app.get(f"{_NOTE}/cosign", include_in_schema=False)
@requires(Permission.COSIGN_NOTES, action="begin-cosigning")
def cosign_drawer(encounter_id: EncounterId) -> Html:
    return _words("cosign", encounter_id, Form())


@app.post(f"{_NOTE}/cosign", include_in_schema=False)
@requires(Permission.COSIGN_NOTES, action="cosign")
def cosign_form(encounter_id: EncounterId) -> Html:
    def act(given: Form) -> None:
        asked = parse(given, m.Cosignature)
        signing.cosign(encounter_id, asked, actor=current_actor(), now=app.clock.now())

    return _done(encounter_id, act, lambda *given: _words("cosign", *given))


def _words(
    what: str, encounter_id: EncounterId, shown: Form, error: DomainError | None = None
) -> Html:
    load(current_actor().practice_id, encounter_id)
    return fragment(
        f"drawers/{what}.html",
        status=error.status if error else 200,
        base=f"/console/encounters/{encounter_id}",
        form=shown,
    )


def _done(
    encounter_id: EncounterId, act: Callable[[Form], None], again: Callable[..., Html]
) -> Html:
    """Carry it out and show the note; or the drawer again, with what is against it."""
    given = form()
    try:
        act(given)
    except FormRefused as refused:
        return again(encounter_id, refused.form, refused)
    except DomainError as error:
        return again(encounter_id, given.refused(error), error)
    return web.redirect(f"/console/encounters/{encounter_id}", app.current_event)


# -- looking back -----------------------------------------------------------------------


@app.get(f"{_NOTE}/versions", include_in_schema=False)
@requires(Permission.READ_NOTES, action="list-note-versions")
def versions_drawer(encounter_id: EncounterId) -> Html:
    found = note_history.latest(encounter_id, actor=current_actor())
    return fragment(
        "drawers/note_versions.html",
        base=f"/console/encounters/{encounter_id}",
        versions=found,
        names=staff(),
    )


@app.get(f"{_NOTE}/versions/<note_version>", include_in_schema=False)
@requires(Permission.READ_NOTES, action="read-note-version")
def version_part(encounter_id: EncounterId, note_version: _Version) -> Html:
    changed = note_history.changes(encounter_id, note_version, actor=current_actor())
    return fragment("drawers/note_changes.html", changed=changed)


# -- copying forward ----------------------------------------------------------------------


@app.get(f"{_NOTE}/copy", include_in_schema=False)
@requires(Permission.WRITE_NOTES, action="begin-copying")
def copy_drawer(encounter_id: EncounterId) -> Html:
    """The patient's earlier visits; their notes are read one by one, when they are chosen."""
    actor = current_actor()
    visit = load(actor.practice_id, encounter_id)
    found = copying.earlier(actor.practice_id, visit)
    return fragment("drawers/copy.html", base=f"/console/encounters/{encounter_id}", earlier=found)


@app.get(f"{_NOTE}/copy/<from_encounter>", include_in_schema=False)
@requires(Permission.WRITE_NOTES, action="read-note")
def copy_part(encounter_id: EncounterId, from_encounter: EncounterId) -> Html:
    """An earlier note's sections, to choose from. Raises NotFound for another patient's."""
    actor = current_actor()
    visit = load(actor.practice_id, encounter_id)
    source = load(actor.practice_id, from_encounter)
    copying.check_same_person(visit, source, charts_of(actor.practice_id, visit.patient_id))
    note = _note(source, actor)
    sections = [one for one in note.sections if one.text.strip()] if note else []
    return fragment("drawers/copy_sections.html", source=from_encounter, sections=sections)
