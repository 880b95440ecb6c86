"""Documents that wait for one provider's look: whoever files them may name who that is."""

from __future__ import annotations

from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import invalid
from caresmith.ids import DocumentId, PatientId, ProviderId
from caresmith.records.clinical.document import Document
from caresmith.records.clinical.layout import ChartEntry, Kind, chart_key, now_key
from caresmith.records.clinical.writing import ChartWrites
from caresmith.records.practice import practice_setup
from functions.documents.records import ReviewItem, reviews_key

MOST: Final = 100


def reviewer(named: ProviderId | None, *, actor: Actor) -> ProviderId | None:
    """Who is to look. Raises InvalidRequest where the practice has no such provider at work."""
    if named is None:
        return None
    known = practice_setup(actor.practice_id).providers.get(named)
    if known is None or not known.active:
        raise invalid("reviewer_id", "is no provider of this practice")
    return named


def note(writes: ChartWrites, entry: ChartEntry, content: Document, *, actor: Actor) -> None:
    """On the list of who is named, by the transaction that files it."""
    if content.matters_now and content.reviewer_id:
        writes.put(_item(entry, content.reviewer_id, actor))


def settle(
    writes: ChartWrites, entry: ChartEntry, before: Document, after: Document, *, actor: Actor
) -> None:
    """Off the list, by the transaction in which it was looked at or counts no more."""
    if before.reviewer_id and before.matters_now and not after.matters_now:
        writes.delete(_item(entry, before.reviewer_id, actor))


def count(*, actor: Actor) -> int:
    """How many wait for the actor, up to the number that the list shows."""
    if actor.provider_id is None:
        return 0
    return ReviewItem.count(reviews_key(actor.practice_id, actor.provider_id), limit=MOST)


def waiting(*, actor: Actor) -> list[ChartEntry]:
    """What waits for the actor's own look; of others, nothing."""
    if actor.provider_id is None:
        return []
    key = reviews_key(actor.practice_id, actor.provider_id)
    listed = list(ReviewItem.query(key, limit=MOST))
    audit().about(*(PatientId(item.patient_id) for item in listed))
    audit().record(*(item.document_id for item in listed))
    keys = [
        (
            chart_key(actor.practice_id, PatientId(item.patient_id)),
            now_key(Kind.DOCUMENT, DocumentId(item.document_id)),
        )
        for item in listed
    ]
    return list(ChartEntry.batch_get(keys)) if keys else []


def _item(entry: ChartEntry, provider: ProviderId, actor: Actor) -> ReviewItem:
    return ReviewItem(
        reviews_key(actor.practice_id, provider),
        entry.entry_id,
        document_id=entry.entry_id,
        patient_id=entry.patient_id,
    )
