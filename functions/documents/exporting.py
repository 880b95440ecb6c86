"""The chart as a CCD, for whoever treats the patient next."""

from __future__ import annotations

from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.ids import DocumentId, PatientId
from caresmith.records.clinical.condition import Condition, ConditionCategory
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.entries import open_entry, read_past, read_present
from caresmith.records.clinical.history import SocialHistory
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.patient import CHART, Patient, open_groups
from caresmith.records.patient import chart_key as head_key
from caresmith.records.practice import practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.documents import charting
from functions.documents.ccda.outgoing.ccd import Summary, ccd
from functions.documents.proposing import TYPES

_TYPES: Final[dict[Kind, type[Content]]] = {**TYPES, Kind.SOCIAL_HISTORY: SocialHistory}
_MOST_PAST: Final = {Kind.VITALS: 20, Kind.REPORT: 100}
_MOST: Final = 200


def continuity_of_care(patient: PatientId, *, actor: Actor, now: Instant) -> str:
    """The chart's problems, allergies, medications, results... as XML. Raises NotFound."""
    audit().about(patient)
    try:
        head = Patient.get(head_key(actor.practice_id, patient), CHART, consistent_read=True)
    except Patient.DoesNotExist:
        raise NotFound from None
    chart = open_groups(Sealer(actor.practice_id, Domain.PATIENTS), head)
    setup = practice_setup(actor.practice_id)
    preferred = [p for p in setup.locations.values() if p.id == head.preferred_location_id]
    location = next((p for p in (*preferred, *setup.locations.values()) if p.active), None)
    return ccd(
        Summary(
            document=DocumentId.derived(patient, now.isoformat()),
            chart=chart,
            practice=setup.practice,
            location=location,
            at=now,
            entries=_entries(patient, actor),
        )
    )


def _entries(patient: PatientId, actor: Actor) -> dict[Kind, list[tuple[str, Content]]]:
    found: dict[Kind, list[ChartEntry]] = {kind: [] for kind in _TYPES}
    for chart in charting.charts(actor, patient):
        for item in read_present(actor.practice_id, chart).entries:
            if Kind(item.kind) in found:
                found[Kind(item.kind)].append(item)
        for kind in _TYPES:
            found[kind] += read_past(
                actor.practice_id, chart, kind, limit=_MOST_PAST.get(kind, _MOST)
            )
    return {kind: _told(items, kind, actor) for kind, items in found.items()}


def _told(items: list[ChartEntry], kind: Kind, actor: Actor) -> list[tuple[str, Content]]:
    opened = [
        (str(item.entry_id), open_entry(actor.practice_id, item, _TYPES[kind]).content)
        for item in items
        if item.status != ENTERED_IN_ERROR
    ]
    return [(entry, content) for entry, content in opened if _belongs(content)]


def _belongs(content: Content) -> bool:
    """Problems, but no diagnoses of single visits; nothing that was refuted."""
    if isinstance(content, Condition):
        return content.category is not ConditionCategory.DIAGNOSIS and (
            content.verification not in ("refuted", ENTERED_IN_ERROR)
        )
    return getattr(content, "verification", None) != "refuted"
