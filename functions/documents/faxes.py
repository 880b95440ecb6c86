"""Faxes: a fax service hands them in, they wait in quarantine, and somebody says whose they are.

The service (or the bridge in front of it) posts JSON under a key of its own
(:mod:`caresmith.clients`), which opens nothing else. The same fax handed in again is
taken once.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_precise_text
from caresmith.errors import MalformedBody, NotFound
from caresmith.ids import DocumentId, PatientId
from caresmith.records.clinical.writing import ChartWrites, WriteLost
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction
from functions.documents import charting, intake, reviewing, sniffing, store
from functions.documents import models as m
from functions.documents.errors import FaxSettled, FileRefused
from functions.documents.records import (
    DONE,
    OPEN,
    Fax,
    FaxItem,
    FaxSeenItem,
    fax_sort_key,
    faxes_key,
    seen_sort_key,
)

_MOST_SHOWN: Final = 200
_MOST_SETTLED: Final = 100


def receive(told: m.FaxIn, *, actor: Actor) -> m.FaxTaken:
    """Take one fax. Raises MalformedBody, FileRefused; then nothing of it is kept."""
    content = _decoded(told.content)
    media_type = sniffing.sniffed(content)
    if media_type not in (sniffing.PDF, sniffing.TIFF):
        raise FileRefused("wrong-type", "A fax is a PDF or a TIFF.")
    document = DocumentId.derived(actor.practice_id, "fax", told.fax_id)
    audit().record(document)
    if _came_before(document, actor):
        return m.FaxTaken(document_id=document)
    store.write(store.fax_key(actor.practice_id, document), content, media_type)
    fax = Fax(
        media_type=media_type,
        bytes=len(content),
        sha256=sha256(content).hexdigest(),
        received_at=told.received_at,
        from_number=told.from_number,
        to_number=told.to_number,
        pages=told.pages,
    )
    _list(document, fax, actor)
    return m.FaxTaken(document_id=document)


def waiting(*, actor: Actor) -> m.FaxList:
    """The faxes that nobody has assigned, the oldest first."""
    items = FaxItem.query(
        faxes_key(actor.practice_id), FaxItem.sk.startswith(OPEN), limit=_MOST_SHOWN
    )
    return m.FaxList(faxes=[_shown(item, actor) for item in items])


def count(*, actor: Actor) -> int:
    """How many wait, up to the number that the list shows."""
    return FaxItem.count(
        faxes_key(actor.practice_id), FaxItem.sk.startswith(OPEN), limit=_MOST_SHOWN
    )


def settled(*, actor: Actor) -> list[m.FaxSettled]:
    """What became of the faxes that came last, the latest first."""
    items = FaxItem.query(
        faxes_key(actor.practice_id),
        FaxItem.sk.startswith(DONE),
        scan_index_forward=False,
        limit=_MOST_SETTLED,
    )
    shown = []
    for item in items:
        fax = _opened(item, actor)
        audit().record(item.document_id)
        shown.append(
            m.FaxSettled(
                document_id=DocumentId(item.document_id),
                received_at=fax.received_at,
                from_number=fax.from_number,
                settled_at=from_text(item.settled_at or item.received_at),
                settled_by=item.settled_name or "",
                patient_id=PatientId(item.patient_id) if item.patient_id else None,
            )
        )
    audit().about(*(one.patient_id for one in shown if one.patient_id))
    return shown


def read(document: DocumentId, *, actor: Actor) -> m.FaxRead:
    """One waiting fax. Raises NotFound, FaxSettled."""
    return _shown(_waiting(document, actor), actor)


def looked_through(document: DocumentId, *, actor: Actor) -> tuple[str, str]:
    """Key and type of a waiting fax that may be opened.

    Raises NotFound, FaxSettled, StillScanning, FileRefused where it is infected.
    """
    fax = _opened(_waiting(document, actor), actor)
    kept = _quarantined(document, fax, actor)
    intake.checked(kept, fax.media_type, None)
    return kept.key, fax.media_type


def link(document: DocumentId, *, actor: Actor, now: Instant) -> m.Link:
    """A link to a waiting fax. Raises NotFound, StillScanning, FileRefused where it is infected."""
    key, media_type = looked_through(document, actor=actor)
    return charting.link_to(key, media_type, document, now)


def assign(
    document: DocumentId, request: m.Assignment, *, actor: Actor, now: Instant
) -> m.Document:
    """It is this patient's: from the list into the chart, in one transaction.

    Raises NotFound, ChartNotOpen, FaxSettled, StillScanning, FileRefused, InvalidRequest.
    """
    audit().about(request.patient_id)
    item = _waiting(document, actor)
    intake.open_chart(actor, request.patient_id)
    fax = _opened(item, actor)
    kept = _quarantined(document, fax, actor)
    media_type = intake.checked(kept, fax.media_type, None)
    key = intake.stored(kept, media_type, document, actor)
    dated = request if request.date else request.model_copy(update={"date": fax.received_at})
    content = intake.entry(
        dated,
        kept.body,
        media_type,
        key,
        origin="fax",
        now=now,
        reviewer=reviewing.reviewer(request.reviewer_id, actor=actor),
    )
    writes = ChartWrites(actor, request.patient_id, now)
    added = writes.add(content, entry=document)
    reviewing.note(writes, added, content, actor=actor)
    done = _settled(item, actor, now, "assigned")
    done.patient_id = request.patient_id
    writes.delete(item, FaxItem.pk.exists())
    writes.put(done)
    try:
        writes.commit()
    except WriteLost:
        raise FaxSettled from None
    return charting.shown(actor, added)


def dismiss(document: DocumentId, reason: str, *, actor: Actor, now: Instant) -> None:
    """It is nobody's (an advertisement): off the list, and kept. Raises NotFound, FaxSettled."""
    audit().reason = reason
    item = _waiting(document, actor)
    try:
        with transaction() as writes:
            writes.delete(item, condition=FaxItem.pk.exists())
            writes.save(_settled(item, actor, now, "dismissed"))
            audit().join(writes)
    except TransactionCancelled:
        raise FaxSettled from None


# -- coming in --------------------------------------------------------------


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedBody("The content is not base64.") from None


def _came_before(document: DocumentId, actor: Actor) -> bool:
    found = FaxSeenItem.query(
        faxes_key(actor.practice_id), FaxSeenItem.sk == seen_sort_key(document), limit=1
    )
    return any(True for _ in found)


def _list(document: DocumentId, fax: Fax, actor: Actor) -> None:
    """Put it on the work list, unless somebody else just did."""
    practice = actor.practice_id
    received = to_precise_text(fax.received_at)
    item = FaxItem(
        faxes_key(practice),
        fax_sort_key(OPEN, received, document),
        document_id=document,
        received_at=received,
        fax=Sealer(practice, Domain.CLINICAL).seal(document, "fax", fax),
    )
    seen = FaxSeenItem(faxes_key(practice), seen_sort_key(document), at=item.sk)
    try:
        with transaction() as writes:
            writes.save(item)
            writes.save(seen, condition=FaxSeenItem.pk.does_not_exist())
            audit().join(writes)
    except TransactionCancelled as cancelled:
        if not cancelled.failed(1):
            raise


# -- the work list ------------------------------------------------------------


def _waiting(document: DocumentId, actor: Actor) -> FaxItem:
    audit().record(document)
    pk = faxes_key(actor.practice_id)
    try:
        seen = FaxSeenItem.get(pk, seen_sort_key(document), consistent_read=True)
    except FaxSeenItem.DoesNotExist:
        raise NotFound from None
    try:
        return FaxItem.get(pk, seen.at, consistent_read=True)
    except FaxItem.DoesNotExist:
        raise FaxSettled from None


def _opened(item: FaxItem, actor: Actor) -> Fax:
    return Sealer(actor.practice_id, Domain.CLINICAL).unseal(item.document_id, "fax", item.fax, Fax)


def _quarantined(document: DocumentId, fax: Fax, actor: Actor) -> store.Kept:
    kept = store.read(store.fax_key(actor.practice_id, document), fax.bytes)
    if kept is None:
        raise NotFound
    return kept


def _settled(item: FaxItem, actor: Actor, now: Instant, outcome: str) -> FaxItem:
    document = DocumentId(item.document_id)
    return FaxItem(
        item.pk,
        fax_sort_key(DONE, item.received_at, document),
        document_id=document,
        received_at=item.received_at,
        fax=item.fax,
        settled_at=to_precise_text(now),
        settled_by=actor.user_id,
        settled_name=actor.display_name or None,
        outcome=outcome,
    )


def _shown(item: FaxItem, actor: Actor) -> m.FaxRead:
    fax = _opened(item, actor)
    audit().record(item.document_id)
    return m.FaxRead(
        document_id=DocumentId(item.document_id),
        **fax.model_dump(
            include={"received_at", "from_number", "to_number", "pages", "media_type", "bytes"}
        ),
    )
