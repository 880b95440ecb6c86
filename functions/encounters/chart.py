"""Entries of a chart: added, changed, read one by one and as a history."""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import VersionConflict, invalid
from caresmith.ids import EncounterId, EntityId, PatientId, PracticeId
from caresmith.records.clinical import entries
from caresmith.records.clinical.allergy import Allergy, AllergyStatus
from caresmith.records.clinical.charts import charts_of, find, must_exist
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import (
    ChartEntry,
    Kind,
    past_prefix,
)
from caresmith.records.clinical.writing import ChartWrites
from functions.encounters.errors import AlreadyThere
from functions.encounters.kinds import Plain, check_dates
from functions.encounters.visit_change import load

PAGE: Final = 100


def add(
    patient: PatientId,
    kind: Plain,
    content: Content,
    *,
    encounter: EncounterId | None,
    actor: Actor,
    now: Instant,
) -> ChartEntry:
    """Raises InvalidRequest, ChartNotOpen, AlreadyThere for what stands there in the same code."""
    check_dates(kind, content, now)
    check_encounter(actor.practice_id, patient, encounter)
    _not_twice(actor.practice_id, patient, content)
    writes = ChartWrites(actor, patient, now)
    if isinstance(content, Allergy) and content.matters_now:
        _settle_none_known(writes, content, actor.practice_id, patient)
    entry = writes.add(content, encounter=encounter)
    writes.commit()
    return entry


def _settle_none_known(
    writes: ChartWrites, content: Allergy, practice: PracticeId, patient: PatientId
) -> None:
    """An allergy ends the statement that there is none, with the same commit.

    Raises InvalidRequest for that statement while the chart lists allergies.
    """
    for item in entries.read_now(practice, patient, Kind.ALLERGY):
        known = entries.open_entry(practice, item, Allergy).content
        if content.says_none_known and not known.says_none_known:
            raise invalid("substance", "The chart lists allergies: resolve or refute them first.")
        if known.says_none_known and not content.says_none_known:
            over = {"clinical_status": AllergyStatus.INACTIVE}
            writes.replace(item, known.model_copy(update=over))


def check_encounter(
    practice: PracticeId, patient: PatientId, encounter: EncounterId | None
) -> None:
    """Raises NotFound for no such encounter, InvalidRequest for one of somebody else."""
    if encounter is None:
        return
    seen = load(practice, encounter).patient_id
    if seen != patient and seen not in charts_of(practice, patient):
        raise invalid("encounter_id", "is an encounter of another patient")


def _not_twice(practice: PracticeId, patient: PatientId, content: Content) -> None:
    """An active problem or allergy stands once: the same coded thing is changed, not added."""
    name = {Kind.CONDITION: "code", Kind.ALLERGY: "substance"}.get(content.kind)
    if name is None or not content.matters_now:
        return
    wanted = {(c.system, c.code) for c in getattr(content, name).codings}
    for shown in entries.read_now(practice, patient, content.kind):
        known: Any = entries.open_entry(practice, shown, type(content)).content
        if wanted & {(c.system, c.code) for c in getattr(known, name).codings}:
            raise AlreadyThere(entry_id=shown.entry_id)


def replace(
    patient: PatientId,
    kind: Plain,
    entry: EntityId,
    content: Content,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> ChartEntry:
    """Raises NotFound, VersionConflict, InvalidRequest, ChartNotOpen."""
    check_dates(kind, content, now)
    before = find(actor.practice_id, patient, kind.content.kind, entry)
    expect(before, expected)
    writes = ChartWrites(actor, patient, now)
    after = writes.replace(before, content)
    writes.commit()
    return after


def expect(entry: ChartEntry, version: int) -> None:
    """Raises VersionConflict where the entry is of another version."""
    if int(entry.version) != version:
        raise VersionConflict


def history(
    practice: PracticeId,
    patient: PatientId,
    kind: Kind,
    *,
    first: dt.date | None,
    last: dt.date | None,
    cursor: str,
) -> tuple[list[ChartEntry], str | None]:
    """What matters now (on the first page), then a page of the past, and where it goes on.

    Raises NotFound for a patient whom the practice does not have.
    """
    audit().about(patient)
    before = _decoded(cursor, kind) if cursor else None
    page = list(
        entries.read_past(
            practice, patient, kind, first=first, last=last, before=before, limit=PAGE + 1
        )
    )
    more = len(page) > PAGE
    page = page[:PAGE]
    shown = [] if cursor else _present(practice, patient, kind, first, last)
    if not page and not shown:
        must_exist(practice, patient)
    after = urlsafe_b64encode(page[-1].sk.encode()).decode() if more else None
    return [*shown, *page], after


def _present(
    practice: PracticeId,
    patient: PatientId,
    kind: Kind,
    first: dt.date | None,
    last: dt.date | None,
) -> list[ChartEntry]:
    low, high = (first or dt.date.min).isoformat(), (last or dt.date.max).isoformat()
    found = entries.read_now(practice, patient, kind)
    for merged in charts_of(practice, patient)[1:]:
        audit().about(merged)
        found += entries.read_now(practice, merged, kind)
        found += entries.read_past(practice, merged, kind, first=first, last=last)
    return [entry for entry in found if low <= entry.day <= high]


def _decoded(cursor: str, kind: Kind) -> str:
    try:
        text = urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        raise invalid("cursor", "is not one that was given out") from None
    if not text.startswith(past_prefix(kind)):
        raise invalid("cursor", "is not one that was given out")
    return text
