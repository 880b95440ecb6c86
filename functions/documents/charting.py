"""Documents of a chart: read, describe, release, supersede, mark as entered in error.

Nothing is deleted: a document that should not be there is marked so and stays, with its
bytes, for whoever must know what was there.
"""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import DocumentId, PatientId
from caresmith.records.clinical.document import Document
from caresmith.records.clinical.entries import (
    find_entry,
    former_versions,
    open_entry,
    read_now,
    read_past,
)
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.writing import ChartWrites
from caresmith.records.patient import merged_charts
from functions.documents import intake, reviewing, store
from functions.documents import models as m
from functions.documents.sniffing import EXTENSIONS

PAGE: Final = 100
MOST_LOOKED_AT: Final = 1000


def listed(
    patient: PatientId, *, actor: Actor, first: dt.date | None, last: dt.date | None
) -> m.DocumentList:
    """A chart's documents, the latest first, from the charts merged into it too."""
    return found(patient, m.Search(first=first, last=last), actor=actor)


def found(patient: PatientId, search: m.Search, *, actor: Actor) -> m.DocumentList:
    """The documents of a chart that fit, the latest first, of merged charts too.

    Kinds and words are sealed: of a chart's documents in those days, the latest
    :data:`MOST_LOOKED_AT` are opened where there is such a thing to look for.
    """
    audit().about(patient)
    most = MOST_LOOKED_AT if search.looks_inside else PAGE + 1
    entries: list[ChartEntry] = []
    for chart in charts(actor, patient):
        waiting = read_now(actor.practice_id, chart, Kind.DOCUMENT)
        entries += [entry for entry in waiting if _within(entry, search.first, search.last)]
        past = read_past(
            actor.practice_id,
            chart,
            Kind.DOCUMENT,
            first=search.first,
            last=search.last,
            limit=most,
        )
        entries += islice(past, most)
    entries.sort(key=lambda entry: (entry.day, entry.entry_id), reverse=True)
    fitting = (one for entry in entries if search.fits(one := shown(actor, entry)))
    documents = list(islice(fitting, PAGE + 1))
    return m.DocumentList(documents=documents[:PAGE], more=len(documents) > PAGE)


def read(patient: PatientId, document: DocumentId, *, actor: Actor) -> m.Versions:
    """A document with all that was said of it before. Raises NotFound."""
    entry = _entry(patient, document, actor)
    return m.Versions(
        document=shown(actor, entry),
        former=[shown(actor, before) for before in former_versions(entry)],
    )


def to_review(*, actor: Actor) -> list[m.Document]:
    """What waits for the actor's own look, the longest waiting first."""
    found = [shown(actor, entry) for entry in reviewing.waiting(actor=actor)]
    return sorted(found, key=lambda one: one.recorded_at)


def link(patient: PatientId, document: DocumentId, *, actor: Actor, now: Instant) -> m.Link:
    """A link to the bytes that works for a minute. Raises NotFound."""
    said = content(actor, _entry(patient, document, actor))
    return link_to(said.object_key, said.media_type, document, now)


def where(patient: PatientId, document: DocumentId, *, actor: Actor) -> tuple[str, str, str]:
    """A document's title, where its bytes lie, and of which type they are. Raises NotFound."""
    said = content(actor, _entry(patient, document, actor))
    return said.title, said.object_key, said.media_type


def link_to(key: str, media_type: str, document: DocumentId, now: Instant) -> m.Link:
    filename = f"{document}.{EXTENSIONS[media_type][0]}"
    return m.Link(
        url=store.download_url(key, media_type, filename),
        media_type=media_type,
        expires_at=now.replace(microsecond=0) + dt.timedelta(seconds=store.DOWNLOAD_SECONDS),
    )


def change(
    patient: PatientId,
    document: DocumentId,
    request: m.Change,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> m.Document:
    """Say something else of a document. Raises NotFound, VersionConflict, InvalidRequest."""
    changes = {name: getattr(request, name) for name in request.model_fields_set}
    for needed in ("title", "category", "type", "date"):
        if needed in changes and changes[needed] is None:
            raise invalid(needed, "is needed")
    return _changed(patient, document, expected, changes, actor, now)


def _refiled(before: Document, changes: dict[str, Any]) -> dict[str, Any]:
    """With the new category's usual type, where the old one's stood and no other is named."""
    category = changes.get("category", before.category)
    moved = category != before.category and "type" not in changes
    if moved and before.type == m.usual_type(before.category):
        return {**changes, "type": m.usual_type(category).model_dump()}
    return changes


def reviewed(
    patient: PatientId, document: DocumentId, expected: int, *, actor: Actor, now: Instant
) -> m.Document:
    """A clinician has looked at it."""
    return _changed(patient, document, expected, {"needs_review": False}, actor, now)


def release(
    patient: PatientId,
    document: DocumentId,
    request: m.Release,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> m.Document:
    """Let the patient see it in the portal, or say why not."""
    if not request.released and not request.withheld_because:
        raise invalid("withheld_because", "say why the patient may not see it")
    changes = {
        "released_at": now.replace(microsecond=0) if request.released else None,
        "withheld_because": None if request.released else request.withheld_because,
    }
    return _changed(patient, document, expected, changes, actor, now)


def entered_in_error(
    patient: PatientId,
    document: DocumentId,
    reason: str,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> m.Document:
    """It should not be there (of another patient, say): marked, withdrawn, and kept."""
    audit().reason = reason
    changes = {"status": "entered-in-error", "released_at": None, "needs_review": False}
    return _changed(patient, document, expected, changes, actor, now)


def charts(actor: Actor, patient: PatientId) -> list[PatientId]:
    """The chart and those merged into it. Raises NotFound."""
    return [patient, *merged_charts(actor.practice_id, patient)]


def content(actor: Actor, entry: ChartEntry) -> Document:
    return open_entry(actor.practice_id, entry, Document).content


def bytes_of(patient: PatientId, document: DocumentId, *, actor: Actor) -> tuple[Document, bytes]:
    """A document with its bytes. Raises NotFound."""
    said = content(actor, _entry(patient, document, actor))
    kept = store.read(said.object_key, said.bytes)
    if kept is None:
        raise NotFound
    return said, kept.body


def shown(actor: Actor, entry: ChartEntry) -> m.Document:
    """An entry as its readers see it."""
    opened = open_entry(actor.practice_id, entry, Document)
    said = opened.content
    return m.Document(
        document_id=DocumentId(opened.id),
        patient_id=opened.patient_id,
        version=opened.version,
        recorded_at=opened.recorded_at,
        recorded_by=opened.recorded_by,
        **said.model_dump(include=set(_SHOWN)),
    )


_SHOWN: Final = tuple(m.Document.model_fields.keys() & Document.model_fields.keys())


def _entry(patient: PatientId, document: DocumentId, actor: Actor) -> ChartEntry:
    audit().about(patient)
    audit().record(document)
    found = find_entry(actor.practice_id, charts(actor, patient), Kind.DOCUMENT, document)
    if found is None:
        raise NotFound
    return found


def _changed(
    patient: PatientId,
    document: DocumentId,
    expected: int,
    changes: dict[str, Any],
    actor: Actor,
    now: Instant,
) -> m.Document:
    entry = _entry(patient, document, actor)
    if int(entry.version) != expected:
        raise VersionConflict
    intake.open_chart(actor, patient)
    before = content(actor, entry)
    if before.status == "entered-in-error":
        raise invalid("status", "was entered in error: it does not change any more")
    # What came with a chart that was merged stays in that one, which is closed.
    merged = entry.patient_id != patient
    writes = ChartWrites(actor, PatientId(entry.patient_id), now, also_closed=merged)
    becomes = Document.model_validate(before.model_dump() | _refiled(before, changes))
    after = writes.replace(entry, becomes)
    reviewing.settle(writes, after, before, becomes, actor=actor)
    writes.commit()
    return shown(actor, after)


def _within(entry: ChartEntry, first: dt.date | None, last: dt.date | None) -> bool:
    day = dt.date.fromisoformat(entry.day)
    return (first is None or day >= first) and (last is None or day <= last)
