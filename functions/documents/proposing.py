"""What an outside clinical document (C-CDA) tells, set beside the chart, and taken one by one.

Nothing is taken by itself: a clinician reads the proposal and names the entries that go
into the chart. Each goes in under an id derived from the document and its place there, so
that the same entry is taken once, however often it is accepted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.ids import DocumentId, EntityId, PatientId
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import ENTERED_IN_ERROR, Content
from caresmith.records.clinical.entries import find_entry, open_entry, read_now, read_past
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.layout import ChartEntry, Kind
from caresmith.records.clinical.medication import Medication
from caresmith.records.clinical.observation import Vitals
from caresmith.records.clinical.procedure import Procedure
from caresmith.records.clinical.report import Report
from caresmith.records.clinical.writing import ChartWrites, WriteLost
from caresmith.records.patient import patient_card
from functions.documents import charting, intake, sniffing
from functions.documents.ccda.incoming import entries, reading
from functions.documents.ccda.incoming.header import Header, header
from functions.documents.errors import NotADocumentToRead, OtherPerson
from functions.documents.whose import Difference, differences

MOST_AT_ONCE: Final = 30
"""Entries that one transaction takes: each is up to three writes, and it holds a hundred."""
_MOST_COMPARED: Final = 500

Key = Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,20}\.\d{1,5}$")]

TYPES: Final[Mapping[Kind, type[Content]]] = {
    Kind.CONDITION: Condition,
    Kind.ALLERGY: Allergy,
    Kind.MEDICATION: Medication,
    Kind.IMMUNIZATION: Immunization,
    Kind.PROCEDURE: Procedure,
    Kind.REPORT: Report,
    Kind.VITALS: Vitals,
}


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Proposed(_Value):
    """One entry of the document."""

    key: Key
    kind: Kind
    words: str
    state: Literal["new", "known", "taken", "unusable"]
    """``known``: the chart has one like it. ``taken``: it came from this very document."""
    entry_id: str | None
    """The entry of the chart that it is like, or was taken as."""
    reason: str | None
    """Why it can't be taken."""
    content: dict[str, Any] | None
    """As it would stand in the chart."""


class Proposal(_Value):
    title: str | None
    author: str | None
    written: dt.datetime | None
    same_person: bool
    """Whether name and birth date of its header are those of the chart."""
    differs: list[Difference]
    entries: list[Proposed]


class Acceptance(_Value):
    """Which entries a clinician takes into the chart."""

    keys: list[Key] = Field(min_length=1, max_length=MOST_AT_ONCE)
    confirmed_same_person: bool = False


class Taken(_Value):
    key: str
    kind: Kind
    entry_id: str


class Accepted(_Value):
    taken: list[Taken]


@dataclass(frozen=True)
class Beside:
    """A proposal, and what it is set beside."""

    proposal: Proposal
    told: Mapping[str, Content]
    """What the document says, by key, as far as it can be taken."""
    chart: Mapping[Kind, Mapping[str, Content]]
    """What the chart has of the kinds that a document may tell, by entry."""


def propose(patient: PatientId, document: DocumentId, *, actor: Actor) -> Proposal:
    """The document beside the chart. Raises NotFound, NotADocumentToRead."""
    return beside(patient, document, actor=actor).proposal


def beside(patient: PatientId, document: DocumentId, *, actor: Actor) -> Beside:
    """As :func:`propose`, with the contents of both sides."""
    told, found = _read(patient, document, actor)
    card = patient_card(actor.practice_id, patient)
    differs = differences(told, card) if card else []
    charts = charting.charts(actor, patient)
    chart = {kind: _chart_entries(charts, kind, actor) for kind in {one.kind for one in found}}
    proposal = Proposal(
        title=told.title,
        author=told.author,
        written=told.written,
        same_person=not differs,
        differs=differs,
        entries=[_proposed(one, document, chart[one.kind]) for one in found],
    )
    return Beside(
        proposal,
        told={one.key: one.content for one in found if one.content},
        chart={
            kind: {
                str(item.entry_id): content
                for item, content in items
                if item.status != ENTERED_IN_ERROR
            }
            for kind, items in chart.items()
        },
    )


def accept(
    patient: PatientId, document: DocumentId, request: Acceptance, *, actor: Actor, now: Instant
) -> Accepted:
    """Take these entries into the chart, all or none. Safe to repeat.

    Raises NotFound, NotADocumentToRead, OtherPerson, ChartNotOpen, InvalidRequest for an
    entry that is not there or can't be taken.
    """
    told, found = _read(patient, document, actor)
    intake.open_chart(actor, patient)
    card = patient_card(actor.practice_id, patient)
    if card and differences(told, card) and not request.confirmed_same_person:
        raise OtherPerson
    by_key = {one.key: one for one in found if one.content}
    writes = ChartWrites(actor, patient, now)
    taken, added = [], False
    for place, key in enumerate(dict.fromkeys(request.keys)):
        one = by_key.get(key)
        if one is None or one.content is None:
            raise invalid(f"keys.{place}", "is no entry of the document that can be taken")
        entry = _entry_id(one.content, document, key)
        taken.append(Taken(key=key, kind=one.kind, entry_id=entry))
        if not _is_there(patient, one.kind, entry, actor):
            writes.add(_with_source(one.content, document), entry=entry)
            added = True
    if added:
        _commit(writes, taken, patient, actor)
    return Accepted(taken=taken)


def _commit(writes: ChartWrites, taken: list[Taken], patient: PatientId, actor: Actor) -> None:
    try:
        writes.commit()
    except WriteLost:
        # Accepted twice at once: it stands if all of it is there now.
        for one in taken:
            entry = TYPES[one.kind].id_type(one.entry_id)
            if not _is_there(patient, one.kind, entry, actor):
                raise


def _is_there(patient: PatientId, kind: Kind, entry: EntityId, actor: Actor) -> bool:
    return find_entry(actor.practice_id, [patient], kind, entry) is not None


def _read(
    patient: PatientId, document: DocumentId, actor: Actor
) -> tuple[Header, list[entries.Found]]:
    said, body = charting.bytes_of(patient, document, actor=actor)
    if said.media_type != sniffing.CDA or said.status == "entered-in-error":
        raise NotADocumentToRead
    root = reading.document(body)
    return header(root), entries.found(root)


def _entry_id(content: Content, document: DocumentId, key: str) -> EntityId:
    return content.id_type.derived(document, key)


def _with_source(content: Content, document: DocumentId) -> Content:
    """Where it came from, said in the entry itself."""
    return content.model_copy(update={"note": f"Taken from an outside document ({document})."})


# -- beside the chart -----------------------------------------------------------


def _chart_entries(
    charts: list[PatientId], kind: Kind, actor: Actor
) -> list[tuple[ChartEntry, Content]]:
    """What the chart has of that kind, what matters now first."""
    items: list[ChartEntry] = []
    for chart in charts:
        items += read_now(actor.practice_id, chart, kind)
        items += read_past(actor.practice_id, chart, kind, limit=_MOST_COMPARED)
    audit().record(*(str(item.entry_id) for item in items[:_MOST_COMPARED]))
    return [(item, open_entry(actor.practice_id, item, TYPES[kind]).content) for item in items]


def _proposed(
    one: entries.Found, document: DocumentId, chart: list[tuple[ChartEntry, Content]]
) -> Proposed:
    content, state, entry_id = one.content, "new", None
    if content is None:
        state = "unusable"
    else:
        own = _entry_id(content, document, one.key)
        for item, present in chart:
            if item.entry_id == own:
                state, entry_id = "taken", str(own)
                break
            standing = item.status != ENTERED_IN_ERROR
            if entry_id is None and standing and _alike(content, present):
                state, entry_id = "known", str(item.entry_id)
    return Proposed.model_validate(
        {
            "key": one.key,
            "kind": one.kind,
            "words": one.words,
            "state": state,
            "entry_id": entry_id,
            "reason": one.problem or None,
            "content": content.model_dump(mode="json", exclude_none=True) if content else None,
        }
    )


def _alike(told: Content, present: Content) -> bool:
    """Whether a person would call both the same thing: one code, and one day where it has one."""
    if told.kind in _DATED and told.day != present.day:
        return False
    return any(
        _same(a, b) for a, b in zip(_concepts(told), _concepts(present), strict=False)
    ) or isinstance(told, Vitals)


_DATED: Final = frozenset({Kind.IMMUNIZATION, Kind.PROCEDURE, Kind.REPORT, Kind.VITALS})


def _concepts(content: Content) -> Iterator[Concept]:
    for name in ("code", "substance", "drug", "vaccine"):
        concept = getattr(content, name, None)
        if isinstance(concept, Concept):
            yield concept


def _same(a: Concept, b: Concept) -> bool:
    codes = {(c.system, c.code) for c in a.codings}
    if codes & {(c.system, c.code) for c in b.codings}:
        return True
    return a.words.casefold() == b.words.casefold()
