"""Changing a chart: every write of one story in one transaction.

    writes = ChartWrites(actor, patient, now)
    allergy = writes.add(Allergy(...))
    writes.tell(...)
    writes.commit()

A commit carries the entries, what they said before, the events and the audit
entry together, on condition that the chart is open and that nobody was faster.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import Conflict, VersionConflict
from caresmith.events import ClinicalOutbox, DomainEvent, tell
from caresmith.ids import EncounterId, EntityId, PatientId
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import (
    CONTENT,
    ChartEntry,
    WhereItem,
    chart_key,
    now_key,
    past_key,
    was_key,
    where_key,
)
from caresmith.records.patient import CHART, ChartStatus, Patient
from caresmith.records.patient import chart_key as head_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


class ChartNotOpen(Conflict):
    kind = "chart-closed"
    title = "The chart is archived or merged: it can't be changed."


class WriteLost(VersionConflict):
    """A condition of the story did not hold: somebody was faster, or the thing is there already."""


class ChartWrites:
    """Collects the writes of one change of one patient's chart."""

    def __init__(
        self, actor: Actor, patient: PatientId, now: Instant, *, also_closed: bool = False
    ) -> None:
        """``also_closed`` for what must not be lost though the chart is archived: a result."""
        self.actor, self.patient, self.now = actor, patient, now
        self._practice = actor.practice_id
        self._sealer = Sealer(self._practice, Domain.CLINICAL)
        self._deletes: list[tuple[Any, Any]] = []
        self._saves: list[tuple[Any, Any]] = []
        self._events: list[DomainEvent] = []
        self._also_closed = also_closed
        audit().about(patient)

    def add(
        self,
        content: Content,
        *,
        encounter: EncounterId | None = None,
        entry: EntityId | None = None,
        matters: bool | None = None,
    ) -> ChartEntry:
        """A new entry. With an ``entry`` id of the caller's, what is told twice is written once.

        ``matters`` says whether the summary shows it, where its content alone can't tell.
        """
        item = ChartEntry(
            chart_key(self._practice, self.patient),
            kind=content.kind,
            entry_id=entry or content.id_type.new(),
            patient_id=self.patient,
            encounter_id=encounter,
            version=1,
            recorded_at=to_text(self.now),
            recorded_by=self.actor.user_id,
        )
        self._place(item, content, matters)
        self.put(item, ChartEntry.pk.does_not_exist())
        if not item.sk.startswith("now#"):
            self.put(_where(item), WhereItem.pk.does_not_exist())
        audit().record(item.entry_id)
        return item

    def replace(
        self, before: ChartEntry, content: Content, *, matters: bool | None = None
    ) -> ChartEntry:
        """The entry says something else from now on; what it said is kept."""
        item = ChartEntry(
            before.pk,
            kind=before.kind,
            entry_id=before.entry_id,
            patient_id=before.patient_id,
            encounter_id=before.encounter_id,
            version=before.version + 1,
            recorded_at=before.recorded_at,
            recorded_by=before.recorded_by,
        )
        self._place(item, content, matters)
        self._keep(before)
        unchanged = ChartEntry.version == before.version
        if item.sk == before.sk:
            self.put(item, unchanged)
        else:
            self.delete(before, unchanged)
            self.put(item, ChartEntry.pk.does_not_exist())
            if item.sk.startswith("now#"):
                self.delete(_where(before))
            else:
                self.put(_where(item))
        audit().record(item.entry_id)
        return item

    def mirror(self, entry: EntityId, version: int, content: Content, *, new: bool = False) -> None:
        """An entry whose truth is an item of its own (an encounter): written over what stands.

        The content's day must not change, since the keys are made from it.
        """
        day = content.day
        if day is None:
            raise ValueError("a mirrored entry has a day")
        item = ChartEntry(
            chart_key(self._practice, self.patient),
            kind=content.kind,
            entry_id=entry,
            patient_id=self.patient,
            version=version,
            recorded_at=to_text(self.now),
            recorded_by=self.actor.user_id,
        )
        self._place(item, content, None)
        self.put(item)
        past = past_key(content.kind, day, entry)
        if item.sk == past:
            self.delete(ChartEntry(item.pk, now_key(content.kind, entry)))
            self.put(_where(item))
        elif not new:
            self.delete(ChartEntry(item.pk, past))
            self.delete(_where(item))

    def delete(self, item: Any, condition: Any = None) -> None:
        """Delete one more item of the ``clinical`` table with this change."""
        self._deletes.append((item, condition))

    def put(self, item: Any, condition: Any = None) -> None:
        """Write one more item of the ``clinical`` table with this change."""
        self._saves.append((item, condition))

    def tell(self, event: DomainEvent) -> None:
        self._events.append(event)

    def commit(self) -> None:
        """Write everything. Raises ChartNotOpen or WriteLost; then nothing was written."""
        try:
            when_not_busy(self._attempt)
        except TransactionCancelled as cancelled:
            if not self._also_closed and cancelled.failed(0):
                raise ChartNotOpen from None
            raise WriteLost from None

    def _attempt(self) -> None:
        with transaction() as writes:
            # PynamoDB sends checks first: the chart's is number 0.
            if not self._also_closed:
                writes.condition_check(
                    Patient,
                    head_key(self._practice, self.patient),
                    CHART,
                    condition=Patient.status == ChartStatus.ACTIVE,
                )
            self._write(writes)
            for event in self._events:
                tell(event, ClinicalOutbox, writes)
            audit().join(writes)

    def _write(self, writes: TransactWrite) -> None:
        for item, condition in self._deletes:
            writes.delete(item, condition=condition)
        for item, condition in self._saves:
            writes.save(item, condition=condition)

    def _place(self, item: ChartEntry, content: Content, matters: bool | None) -> None:
        """Give the item its key, its clear attributes and its sealed content."""
        day = content.day or dt.date.fromisoformat(str(item.recorded_at)[:10])
        entry = content.id_type(item.entry_id)
        shown = content.matters_now if matters is None else matters
        item.sk = now_key(content.kind, entry) if shown else past_key(content.kind, day, entry)
        item.status, item.day = content.status_code, day.isoformat()
        item.changed_at, item.changed_by = to_text(self.now), self.actor.user_id
        item.content = self._sealer.seal(item.entry_id, CONTENT, content)

    def _keep(self, before: ChartEntry) -> None:
        """File what the entry said before, sealed as it is, under its version."""
        kept = {name: getattr(before, name) for name in _KEPT}
        self.put(ChartEntry(before.pk, was_key(before.entry_id, int(before.version)), **kept))


_KEPT = tuple(name for name in ChartEntry.get_attributes() if name not in ("pk", "sk", "entity"))


def _where(item: ChartEntry) -> WhereItem:
    return WhereItem(item.pk, where_key(item.entry_id), at=item.sk)
