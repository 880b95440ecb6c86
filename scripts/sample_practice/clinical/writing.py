"""Writes the charts, item for item as the features do; only the commit is another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.clock import to_text
from caresmith.ids import PatientId, PracticeId
from caresmith.records.clinical.encounter import ENCOUNTER_HEAD, EncounterItem
from caresmith.records.clinical.layout import ChartEntry, encounter_key
from caresmith.records.clinical.planning import Task
from caresmith.records.clinical.writing import ChartWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.encounters import texts
from functions.encounters.records import (
    NOBODY,
    NOTE_HEAD,
    NoteHead,
    NoteText,
    OpenItem,
    Signature,
    TodoItem,
    open_key,
    open_sort_key,
    sign_key,
    text_key,
    todo_key,
)
from functions.encounters.signatures import Signed
from functions.encounters.status import WRITABLE
from functions.encounters.visit_change import line_of, open_item
from functions.results.inboxes import place_in_inbox, put_filed
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.clinical.charted import SIGNERS, Charted, Entry, Note, Told
from scripts.sample_practice.clinical.laboratory import Filed
from scripts.sample_practice.premises import PRACTICE

P: Final = PracticeId(PRACTICE.id)
_CALENDAR: Final = Actor.system(P, "encounters")
"""Who opens an encounter when its patient checks in."""
_LABORATORY: Final = Actor.system(P, "results")
_SOME_DAY: Final = "9999-12-31"


class CollectedWrites(ChartWrites):
    """One story of a chart whose items go to ``bulk``: all are new, so none is deleted."""

    def __init__(
        self,
        actor: Actor,
        patient: PatientId,
        now: dt.datetime,
        bulk: Bulk,
        recorded_at: dt.datetime | None = None,
    ) -> None:
        """``recorded_at`` where the entry was there before it was changed ``now``."""
        super().__init__(actor, patient, now)
        self._bulk, self._recorded_at = bulk, recorded_at

    def put(self, item: Any, condition: Any = None) -> None:
        if self._recorded_at and isinstance(item, ChartEntry):
            item.recorded_at = to_text(self._recorded_at)
        self._bulk.add(item)

    def delete(self, item: Any, condition: Any = None) -> None:
        """There is nothing yet that could go."""


def write_clinical(bulk: Bulk, charts: Sequence[Charted]) -> None:
    """Everything of these charts."""
    for chart in charts:
        for entry in chart.entries:
            _write_entry(bulk, chart.patient_id, entry)
        for told in chart.visits:
            _Encounter(bulk, chart.patient_id, told).write()
        for filed in chart.results:
            _write_result(bulk, chart.patient_id, filed)


def _write_entry(bulk: Bulk, patient: PatientId, entry: Entry) -> None:
    changed = max(entry.changed_at or entry.at, entry.at)
    writes = CollectedWrites(entry.by, patient, changed, bulk, entry.at)
    writes.add(
        entry.content, encounter=entry.encounter, entry=entry.entry_id, matters=entry.matters
    )
    task = entry.content
    if isinstance(task, Task) and task.matters_now:
        due = task.due.isoformat() if task.due else None
        writes.put(
            TodoItem(
                todo_key(P, task.owner_id or NOBODY),
                f"{due or _SOME_DAY}#{entry.entry_id}",
                task_id=entry.entry_id,
                patient_id=patient,
                due=due,
            )
        )


def _write_result(bulk: Bulk, patient: PatientId, filed: Filed) -> None:
    """A report as it was filed, in the inbox of whoever has still to look at it."""
    report, issued = filed.report, filed.issued
    told = report.model_copy(update={"released_at": issued})
    changed = max(report.reviewed_at or issued, issued)
    writes = CollectedWrites(_LABORATORY, patient, changed, bulk, issued)
    writes.add(told, entry=filed.report_id)
    if report.reviewed_at is None:
        provider = report.responsible_id
        place_in_inbox(writes, _LABORATORY, filed.report_id, patient, None, told, provider, issued)
    else:
        put_filed(writes, _LABORATORY, filed.report_id, patient, None, None)


class _Encounter:
    """The items of one encounter and of its note."""

    def __init__(self, bulk: Bulk, patient: PatientId, told: Told) -> None:
        self._told, self._patient, self._bulk = told, patient, bulk
        self._signer = SIGNERS[told.provider]
        self._key = encounter_key(P, told.encounter_id)
        self._sealer = Sealer(P, Domain.CLINICAL)

    def write(self) -> None:
        item, told = self._item(), self._told
        writes = CollectedWrites(self._signer, self._patient, told.moves[-1][1], self._bulk)
        writes.put(item)
        writes.mirror(told.encounter_id, int(item.version), line_of(item, told.part), new=True)
        if told.status in WRITABLE:
            writes.put(open_item(P, item))
        if told.note:
            self._write_note(told.note)

    def _item(self) -> EncounterItem:
        told = self._told
        last = told.moves[-1][1]
        actors = (_CALENDAR, *(self._signer for _ in told.moves))
        return EncounterItem(
            self._key,
            ENCOUNTER_HEAD,
            encounter_id=told.encounter_id,
            patient_id=self._patient,
            provider_id=told.provider,
            location_id=told.visit.location_id,
            appointment_id=told.visit.appointment_id,
            status=told.status,
            class_code=told.class_code,
            start=to_text(told.visit.start),
            end=None if told.status in WRITABLE else to_text(last),
            version=len(told.moves) + bool(told.billing.diagnoses),
            history=[
                {"status": status, "at": to_text(at), "by": actor.user_id}
                for (status, at), actor in zip(told.moves, actors, strict=False)
            ],
            visit=self._sealer.seal(told.encounter_id, "visit", told.part),
            billing=self._sealer.seal(told.encounter_id, "billing", told.billing),
        )

    def _write_note(self, note: Note) -> None:
        told = self._told
        self._bulk.add(
            NoteText(
                self._key,
                text_key(1),
                note_version=1,
                saved_at=to_text(note.saved_at),
                saved_by=self._signer.user_id,
                text=texts.seal_text(P, told.encounter_id, "1", note.body),
            )
        )
        self._bulk.add(
            NoteHead(
                self._key,
                NOTE_HEAD,
                encounter_id=told.encounter_id,
                state="signed" if note.signed_at else "draft",
                note_version=1,
                signatures=1 if note.signed_at else 0,
                waiting=0,
                change=2 if note.signed_at else 1,
                editor=told.encounter_id[-20:],
                editor_base=0,
                editor_turn=1,
                cosigner_id=note.cosigner,
            )
        )
        if note.signed_at:
            self._sign(note, note.signed_at)
        if note.cosigner:
            self._bulk.add(self._to_cosign(note.cosigner))

    def _sign(self, note: Note, at: dt.datetime) -> None:
        told = self._told
        signed = Signed(
            encounter_id=told.encounter_id,
            number=1,
            role="author",
            note_version=1,
            text_sha256=note.body.digest(),
            signed_at=to_text(at),
            signed_by=self._signer.user_id,
            provider_id=told.provider,
        )
        record = f"{told.encounter_id}#sign#1"
        self._bulk.add(
            Signature(
                self._key,
                sign_key(1),
                number=1,
                signed_at=signed.signed_at,
                signed_by=signed.signed_by,
                sealed=self._sealer.seal(record, "signature", signed),
            )
        )

    def _to_cosign(self, cosigner: str) -> OpenItem:
        told, start = self._told, to_text(self._told.visit.start)
        return OpenItem(
            open_key(P, cosigner),
            open_sort_key(start, told.encounter_id, "cosign"),
            what="cosign",
            encounter_id=told.encounter_id,
            patient_id=self._patient,
            start=start,
        )
