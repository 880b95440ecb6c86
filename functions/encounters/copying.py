"""Copy-forward: sections of an earlier note of the same patient, with a mark on every line."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import EncounterId, PatientId, PracticeId
from caresmith.records.clinical import entries
from caresmith.records.clinical.charts import charts_of
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.encounter import EncounterStatus, VisitLine
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.writing import WriteLost
from functions.encounters import models as m
from functions.encounters import notes, texts
from functions.encounters.errors import EncounterOver, NoteSigned
from functions.encounters.prose import NoteBody, carried_forward
from functions.encounters.status import WRITABLE
from functions.encounters.visit_change import OpenVisit, load

MOST_EARLIER: Final = 20
_NEVER_WAS: Final = frozenset({EncounterStatus.CANCELLED, EncounterStatus.ENTERED_IN_ERROR})


def copy_forward(
    encounter: EncounterId, request: m.CopyForward, expected: int, *, actor: Actor, now: Instant
) -> m.NoteSaved:
    """Put the wanted sections below what the note says, as its next version.

    Raises NotFound where the earlier note is not there or is another patient's.
    """
    practice = actor.practice_id
    visit = load(practice, encounter)
    source = load(practice, request.from_encounter)
    if visit.signed:
        raise NoteSigned("The note is signed.")
    if visit.status not in WRITABLE:
        raise EncounterOver(f"The encounter is {visit.status}.")
    version = int(visit.note.note_version) if visit.note else 0
    if expected != version:
        raise VersionConflict
    if source.note is None or encounter == request.from_encounter:
        raise NotFound
    check_same_person(visit, source, charts_of(practice, visit.patient_id))
    source_version = int(source.note.note_version)
    earlier = texts.read_text(practice, request.from_encounter, source_version)
    into = texts.read_text(practice, encounter, version) if version else _blank(earlier)
    try:
        body = carried_forward(
            into, earlier, frozenset(request.sections), request.from_encounter, source_version
        )
    except ValidationError:
        raise invalid("sections", "the note would be longer than it may be") from None
    try:
        notes.store(visit, body, notes.Writer(request.editor, request.turn), actor=actor, now=now)
    except WriteLost:
        raise VersionConflict from None
    return m.NoteSaved(note_version=version + 1, saved_at=now)


def _blank(earlier: NoteBody) -> NoteBody:
    """The earlier note's sections with nothing in them."""
    empty = tuple(s.model_copy(update={"text": "", "copied": ()}) for s in earlier.sections)
    return earlier.model_copy(update={"sections": empty})


def earlier(practice: PracticeId, visit: OpenVisit) -> list[Read[VisitLine]]:
    """The patient's visits before this one, the latest first."""
    patient, key = visit.patient_id, visit.encounter_id
    found: list[Read[VisitLine]] = []
    for one in charts_of(practice, patient):
        audit().about(one)
        now = entries.read_now(practice, one, Kind.ENCOUNTER)
        past = entries.read_past(practice, one, Kind.ENCOUNTER, limit=MOST_EARLIER)
        found += [entries.open_entry(practice, item, VisitLine) for item in (*now, *past)]
    others = [one for one in found if one.id != key and one.content.status not in _NEVER_WAS]
    latest_first = sorted(others, key=lambda one: one.content.start, reverse=True)
    return latest_first[:MOST_EARLIER]


def check_same_person(visit: OpenVisit, source: OpenVisit, charts: list[PatientId]) -> None:
    """Raises NotFound where the other visit is of somebody else."""
    if source.patient_id not in {visit.patient_id, *charts}:
        raise NotFound
