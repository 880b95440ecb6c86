"""From quarantine into the store: nothing stands in a chart that was not looked through."""

from __future__ import annotations

from hashlib import sha256

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.ids import DocumentId, PatientId, ProviderId
from caresmith.records.clinical.document import Document
from caresmith.records.clinical.writing import ChartNotOpen
from caresmith.records.patient import ChartStatus, patient_card
from functions.documents import scanning, sniffing, store
from functions.documents.ccda.incoming import reading
from functions.documents.errors import FileRefused, StillScanning
from functions.documents.models import Facts
from functions.documents.scanning import Verdict


def checked(kept: store.Kept, declared: str, filename: str | None) -> str:
    """The media type of a file that may be kept. Raises FileRefused or StillScanning.

    Looking at it comes first: a program is refused at once, whatever a scanner will say.
    """
    media_type = sniffing.sniffed(kept.body)
    if media_type != declared:
        raise FileRefused("wrong-type", f"The file is {media_type}, not {declared} as was said.")
    sniffing.check_name(filename, media_type)
    if media_type == sniffing.CDA:
        reading.document(kept.body)
    found = scanning.verdict(kept)
    if found is Verdict.WAITING:
        raise StillScanning
    if found is Verdict.INFECTED:
        raise FileRefused("infected", "The file holds malware.")
    if found is Verdict.UNREADABLE:
        raise FileRefused("unreadable", "The scanner can't look into this file.")
    return media_type


def stored(kept: store.Kept, media_type: str, document: DocumentId, actor: Actor) -> str:
    """Keep the bytes for good; returns their key."""
    key = store.kept_key(actor.practice_id, document)
    store.write(key, kept.body, media_type)
    return key


def entry(
    facts: Facts,
    body: bytes,
    media_type: str,
    key: str,
    *,
    origin: str,
    now: Instant,
    replaces: DocumentId | None = None,
    reviewer: ProviderId | None = None,
) -> Document:
    """The chart's entry for a file that was kept under ``key``."""
    return Document(
        type=facts.concept(),
        category=facts.category,
        date=facts.date or now,
        author=facts.author,
        title=facts.title,
        media_type=media_type,
        bytes=len(body),
        sha256=sha256(body).hexdigest(),
        object_key=key,
        origin=origin,
        needs_review=facts.needs_review,
        reviewer_id=reviewer,
        replaces=replaces,
        note=facts.note,
    )


def open_chart(actor: Actor, patient: PatientId) -> None:
    """Raises NotFound or ChartNotOpen where nothing can be filed for that patient."""
    card = patient_card(actor.practice_id, patient)
    if card is None:
        raise NotFound
    if card.status is not ChartStatus.ACTIVE:
        raise ChartNotOpen
