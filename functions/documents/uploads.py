"""Uploading a file: a form for the browser, quarantine, a look through it, the chart.

The bytes go to the bucket directly, never through API Gateway. What was said of the
file waits sealed, for a day; the chart knows nothing of it until it is complete.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Permission
from caresmith.records.clinical.document import Document
from caresmith.records.clinical.entries import find_entry
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.writing import ChartWrites, WriteLost
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import transaction
from functions.documents import charting, intake, reviewing, sniffing, store
from functions.documents import models as m
from functions.documents.errors import NothingUploaded, UploadGone
from functions.documents.records import (
    UPLOAD,
    PendingItem,
    Said,
    UploadItem,
    upload_key,
    uploads_key,
)

_KEPT_FOR: Final = timedelta(days=1)
_MOST_PENDING: Final = 100


def begin(request: m.UploadRequest, *, actor: Actor, now: Instant) -> m.UploadForm:
    """A form for one file. Raises NotFound, ChartNotOpen, InvalidRequest."""
    audit().about(request.patient_id)
    intake.open_chart(actor, request.patient_id)
    if request.replaces:
        _replaceable(request.patient_id, request.replaces, actor)
    document = DocumentId.new()
    said = Said(
        facts=m.Facts(**{name: getattr(request, name) for name in m.Facts.model_fields}),
        media_type=request.media_type,
        filename=request.filename,
        origin=request.origin,
        replaces=request.replaces,
    )
    expires_at = int((now + _KEPT_FOR).timestamp())
    upload = UploadItem(
        upload_key(actor.practice_id, document),
        UPLOAD,
        document_id=document,
        patient_id=request.patient_id,
        actor_id=actor.user_id,
        said=Sealer(actor.practice_id, Domain.CLINICAL).seal(document, "said", said),
        expires_at=expires_at,
    )
    audit().record(document)
    with transaction() as writes:
        writes.save(upload, condition=UploadItem.pk.does_not_exist())
        writes.save(
            PendingItem(
                uploads_key(actor.practice_id, request.patient_id),
                document,
                document_id=document,
                expires_at=expires_at,
            )
        )
        audit().join(writes)
    url, fields = store.upload_form(
        store.incoming_key(actor.practice_id, document), request.media_type, request.bytes
    )
    return m.UploadForm(
        document_id=document,
        url=url,
        fields=fields,
        expires_at=now.replace(microsecond=0) + timedelta(seconds=store.UPLOAD_SECONDS),
    )


def complete(document: DocumentId, *, actor: Actor, now: Instant) -> m.Document:
    """Look through the file that has come and file it in the chart. Safe to repeat.

    Raises UploadGone, NothingUploaded, StillScanning, FileRefused, ChartNotOpen.
    """
    item = _waiting(document, actor, now)
    patient = PatientId(item.patient_id)
    audit().about(patient)
    audit().record(document)
    there = find_entry(actor.practice_id, [patient], Kind.DOCUMENT, document)
    if there is not None:
        return charting.shown(actor, there)
    sealer = Sealer(actor.practice_id, Domain.CLINICAL)
    said = sealer.unseal(document, "said", item.said, Said)
    kept = store.read(store.incoming_key(actor.practice_id, document), sniffing.MOST_BYTES)
    if kept is None:
        raise NothingUploaded
    media_type = intake.checked(kept, said.media_type, said.filename)
    intake.open_chart(actor, patient)
    key = intake.stored(kept, media_type, document, actor)
    content = intake.entry(
        said.facts,
        kept.body,
        media_type,
        key,
        origin=said.origin,
        now=now,
        replaces=said.replaces,
    )
    return charting.shown(actor, _filed(content, document, patient, actor, now))


def pending(patient: PatientId, *, actor: Actor, now: Instant) -> list[m.Pending]:
    """Uploads for that patient that are not in the chart yet, in the order of their ids.

    To whom the chart's documents are closed, their own alone.
    """
    audit().about(patient)
    found = PendingItem.query(uploads_key(actor.practice_id, patient), limit=_MOST_PENDING)
    keys = [(upload_key(actor.practice_id, DocumentId(item.document_id)), UPLOAD) for item in found]
    sealer = Sealer(actor.practice_id, Domain.CLINICAL)
    sees_all = actor.may(Permission.READ_DOCUMENTS)
    waiting = sorted(UploadItem.batch_get(keys), key=lambda item: str(item.document_id))
    shown = []
    for item in waiting:
        if item.expires_at <= now.timestamp() or not (sees_all or item.actor_id == actor.user_id):
            continue
        said = sealer.unseal(item.document_id, "said", item.said, Said)
        audit().record(item.document_id)
        shown.append(m.Pending(document_id=DocumentId(item.document_id), title=said.facts.title))
    return shown


def forget(document: DocumentId, *, actor: Actor, now: Instant) -> None:
    """Nobody waits for that upload any more. Raises UploadGone.

    What came of the file goes with the quarantine's other objects, after a day.
    """
    item = _waiting(document, actor, now)
    audit().about(PatientId(item.patient_id))
    audit().record(document)
    with transaction() as writes:
        writes.delete(_pending_item(document, PatientId(item.patient_id), actor))
        audit().join(writes)


def _pending_item(document: DocumentId, patient: PatientId, actor: Actor) -> PendingItem:
    return PendingItem(uploads_key(actor.practice_id, patient), document)


def _filed(
    content: Document, document: DocumentId, patient: PatientId, actor: Actor, now: Instant
) -> ChartEntry:
    """The entry in the chart, and what it replaces superseded by the same transaction."""
    writes = ChartWrites(actor, patient, now)
    added = writes.add(content, entry=document)
    writes.delete(_pending_item(document, patient, actor))
    if content.replaces:
        before, old = _replaceable(patient, content.replaces, actor)
        gone = old.model_copy(update={"status": "superseded"})
        reviewing.settle(writes, writes.replace(before, gone), old, gone, actor=actor)
    try:
        writes.commit()
    except WriteLost:
        # The same upload, completed twice at once.
        there = find_entry(actor.practice_id, [patient], Kind.DOCUMENT, document)
        if there is None:
            raise
        return there
    return added


def _replaceable(
    patient: PatientId, document: DocumentId, actor: Actor
) -> tuple[ChartEntry, Document]:
    """The document that is to be superseded: a current one of this very chart."""
    found = find_entry(actor.practice_id, [patient], Kind.DOCUMENT, document)
    content = charting.content(actor, found) if found else None
    if found is None or content is None or content.status != "current":
        raise invalid("replaces", "is no current document of this chart")
    return found, content


def _waiting(document: DocumentId, actor: Actor, now: Instant) -> UploadItem:
    try:
        item = UploadItem.get(upload_key(actor.practice_id, document), UPLOAD, consistent_read=True)
    except UploadItem.DoesNotExist:
        raise UploadGone from None
    # The table's expiry is a matter of days.
    if item.expires_at <= now.timestamp():
        raise UploadGone
    return item
