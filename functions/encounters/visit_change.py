"""An encounter as it is read, and one change of it: everything together, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound
from caresmith.events import EncounterClosed, EncounterRetracted
from caresmith.ids import AppointmentId, EncounterId, LocationId, PatientId, PracticeId, ProviderId
from caresmith.records.clinical.encounter import (
    HEAD,
    BillingPart,
    EncounterClass,
    EncounterItem,
    EncounterStatus,
    VisitLine,
    VisitPart,
    open_billing,
)
from caresmith.records.clinical.layout import encounter_key
from caresmith.records.clinical.writing import ChartWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import ClinicalItem
from functions.encounters.records import NoteHead, OpenItem, open_key, open_sort_key
from functions.encounters.status import WRITABLE, check_move, missing

S = EncounterStatus


@dataclass
class OpenVisit:
    """An encounter read with its note's head, by one query."""

    item: EncounterItem
    note: NoteHead | None

    @property
    def status(self) -> EncounterStatus:
        return EncounterStatus(self.item.status)

    @property
    def encounter_id(self) -> EncounterId:
        return EncounterId(self.item.encounter_id)

    @property
    def patient_id(self) -> PatientId:
        return PatientId(self.item.patient_id)

    @property
    def signed(self) -> bool:
        return self.note is not None and self.note.state == "signed"

    @property
    def writable(self) -> bool:
        return self.status in WRITABLE

    @property
    def cosigner(self) -> ProviderId | None:
        waiting = self.note.cosigner_id if self.note else None
        return ProviderId(waiting) if waiting else None


def load(practice: PracticeId, encounter: EncounterId) -> OpenVisit:
    """One strongly consistent query. Raises NotFound. Names patient and encounter to the trail."""
    item, note = None, None
    for found in ClinicalItem.query(
        encounter_key(practice, encounter), ClinicalItem.sk.startswith(HEAD), consistent_read=True
    ):
        if isinstance(found, EncounterItem):
            item = found
        elif isinstance(found, NoteHead):
            note = found
    if item is None:
        raise NotFound
    audit().about(PatientId(item.patient_id))
    audit().record(item.encounter_id)
    return OpenVisit(item, note)


def visit_part(practice: PracticeId, item: EncounterItem) -> VisitPart:
    return Sealer(practice, Domain.CLINICAL).unseal(
        item.encounter_id, "visit", item.visit, VisitPart
    )


class VisitChange:
    """One change of one encounter: say what changes, then commit everything together."""

    def __init__(self, visit: OpenVisit, actor: Actor, now: Instant) -> None:
        self.visit, self.actor, self.now = visit, actor, now
        # A visit that began is finished, whatever becomes of the chart meanwhile.
        self.writes = ChartWrites(actor, visit.patient_id, now, also_closed=True)
        self._sealer = Sealer(actor.practice_id, Domain.CLINICAL)
        self._part: VisitPart | None = None
        self._billing: BillingPart | None = None
        self._move: EncounterStatus | None = None
        self._touched = False
        self._provider = ProviderId(visit.item.provider_id)

    def move(self, wanted: EncounterStatus) -> None:
        """Raises IllegalMove."""
        check_move(self.visit.status, wanted)
        self._move = wanted

    def begin(self) -> None:
        """Somebody works on it: whoever only arrived is now being seen."""
        if self.visit.status in (S.PLANNED, S.ARRIVED, S.TRIAGED):
            self._move = S.IN_PROGRESS

    def set_visit(self, part: VisitPart, provider: ProviderId | None) -> None:
        self._part = part
        self._provider = provider or self._provider

    def set_billing(self, billing: BillingPart) -> None:
        self._billing = billing

    def touch(self) -> None:
        """Count the change, so that who changes the encounter at the same time looks again."""
        self._touched = True

    def close_if_ready(self, *, signed: bool, cosigner: ProviderId | None) -> None:
        """Close it, if with this change everything is there."""
        billing = self._billing or open_billing(self.actor.practice_id, self.visit.item)
        if missing(billing, signed=signed, awaits_cosigner=cosigner is not None):
            return
        self._move = S.FINISHED
        item = self.visit.item
        self.writes.tell(
            EncounterClosed(
                **event_facts(item, self.actor, self.now),
                appointment_id=item.appointment_id and AppointmentId(item.appointment_id),
                provider_id=self._provider,
                location_id=LocationId(item.location_id),
                start=from_text(item.start),
                chargeable=not billing.no_charge,
            )
        )

    def commit(self) -> OpenVisit:
        """Raises WriteLost where somebody was faster; then nothing was written."""
        if any((self._part, self._billing, self._move, self._touched)):
            self._put_encounter()
        self.writes.commit()
        return self.visit

    def _put_encounter(self) -> None:
        item, key = self.visit.item, self.visit.encounter_id
        practice = self.actor.practice_id
        before = int(item.version)
        old_provider = item.provider_id
        part = self._part or visit_part(practice, item)
        item.version, item.provider_id = before + 1, self._provider
        if self._part:
            item.visit = self._sealer.seal(key, "visit", self._part)
        if self._billing:
            item.billing = self._sealer.seal(key, "billing", self._billing)
        if self._move:
            self._moved(item, self._move)
        self.writes.put(item, EncounterItem.version == before)
        self.writes.mirror(key, before + 1, line_of(item, part))
        self._list_for(item, old_provider)

    def _moved(self, item: EncounterItem, wanted: EncounterStatus) -> None:
        entry = {"status": wanted, "at": to_text(self.now), "by": self.actor.user_id}
        if wanted is S.ENTERED_IN_ERROR:
            told = event_facts(item, self.actor, self.now)
            closed = item.status == S.FINISHED
            self.writes.tell(EncounterRetracted(**told, was_closed=closed))
        item.status = wanted
        item.history = [*item.history, entry]
        item.end = to_text(self.now) if wanted not in WRITABLE else None

    def _list_for(self, item: EncounterItem, old_provider: str) -> None:
        """Keep the list of what the provider has to finish."""
        practice = self.actor.practice_id
        listed = open_item(practice, item)
        over = EncounterStatus(item.status) not in WRITABLE
        if over or old_provider != item.provider_id:
            self.writes.delete(OpenItem(open_key(practice, old_provider), listed.sk))
        if not over and (self._move or old_provider != item.provider_id):
            self.writes.put(listed)


def event_facts(item: EncounterItem, actor: Actor, now: Instant) -> dict[str, Any]:
    return {
        "practice_id": actor.practice_id,
        "occurred_at": now,
        "actor_id": actor.user_id,
        "patient_id": PatientId(item.patient_id),
        "encounter_id": EncounterId(item.encounter_id),
    }


def line_of(item: EncounterItem, part: VisitPart) -> VisitLine:
    return VisitLine(
        status=EncounterStatus(item.status),
        class_code=EncounterClass(item.class_code),
        provider_id=ProviderId(item.provider_id),
        location_id=LocationId(item.location_id),
        start=from_text(item.start),
        end=from_text(item.end) if item.end else None,
        reason=part.reason,
        type=part.type,
    )


def open_item(practice: PracticeId, item: EncounterItem) -> OpenItem:
    return OpenItem(
        open_key(practice, item.provider_id),
        open_sort_key(item.start, item.encounter_id, "finish"),
        what="finish",
        encounter_id=item.encounter_id,
        patient_id=item.patient_id,
        start=item.start,
    )
