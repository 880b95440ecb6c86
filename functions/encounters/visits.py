"""Encounters: opened, moved, coded, closed. One transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import EncounterClosed, EncounterOpened, EncounterRetracted
from caresmith.ids import (
    AppointmentId,
    EncounterId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
)
from caresmith.records.clinical.encounter import (
    ENCOUNTER_HEAD,
    HEAD,
    BillingPart,
    EncounterClass,
    EncounterItem,
    EncounterStatus,
    VisitLine,
    VisitPart,
    encounter_of,
    open_billing,
)
from caresmith.records.clinical.layout import encounter_key
from caresmith.records.clinical.writing import ChartWrites
from caresmith.records.practice import practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import ClinicalItem
from functions.encounters import models as m
from functions.encounters.errors import EncounterOver, invalid
from functions.encounters.records import NoteHead, OpenItem, open_key, open_sort_key
from functions.encounters.status import BY_HAND, WRITABLE, check_move, missing

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


def read(visit: OpenVisit, practice: PracticeId) -> m.EncounterRead:
    part = _visit_part(practice, visit.item)
    return m.EncounterRead(
        **encounter_of(visit.item).model_dump(),
        visit=part,
        history=[m.StatusEntry(**entry) for entry in visit.item.history],
        missing=_missing(visit, open_billing(practice, visit.item)),
        note_version=int(visit.note.note_version) if visit.note else 0,
        signed=visit.signed,
        cosigner_id=visit.cosigner,
    )


def read_billing(encounter: EncounterId, *, actor: Actor) -> m.BillingRead:
    """What a charge is made from. Raises NotFound."""
    visit = load(actor.practice_id, encounter)
    billing = open_billing(actor.practice_id, visit.item)
    return m.BillingRead(
        **encounter_of(visit.item).model_dump(), billing=billing, missing=_missing(visit, billing)
    )


def _missing(visit: OpenVisit, billing: BillingPart) -> list[str]:
    return missing(billing, signed=visit.signed, awaits_cosigner=visit.cosigner is not None)


def _visit_part(practice: PracticeId, item: EncounterItem) -> VisitPart:
    return Sealer(practice, Domain.CLINICAL).unseal(
        item.encounter_id, "visit", item.visit, VisitPart
    )


# -- opening ----------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """All that a new encounter is made from."""

    encounter_id: EncounterId
    patient_id: PatientId
    provider_id: ProviderId
    location_id: LocationId
    class_code: EncounterClass
    start: Instant
    visit: VisitPart
    appointment_id: AppointmentId | None = None


def open_encounter(opening: Opening, *, actor: Actor, now: Instant) -> OpenVisit:
    """Raises ChartNotOpen for an archived or unknown chart, WriteLost where it is open already."""
    practice = actor.practice_id
    sealer = Sealer(practice, Domain.CLINICAL)
    key = opening.encounter_id
    item = EncounterItem(
        encounter_key(practice, key),
        ENCOUNTER_HEAD,
        encounter_id=key,
        patient_id=opening.patient_id,
        provider_id=opening.provider_id,
        location_id=opening.location_id,
        appointment_id=opening.appointment_id,
        status=S.ARRIVED,
        class_code=opening.class_code,
        start=to_text(opening.start),
        version=1,
        history=[{"status": S.ARRIVED, "at": to_text(now), "by": actor.user_id}],
        visit=sealer.seal(key, "visit", opening.visit),
        billing=sealer.seal(key, "billing", BillingPart()),
    )
    writes = ChartWrites(actor, opening.patient_id, now)
    audit().record(key)
    writes.put(item, EncounterItem.pk.does_not_exist())
    writes.mirror(key, 1, _line(item, opening.visit), new=True)
    writes.put(_open_item(practice, item))
    writes.tell(EncounterOpened(**_told(item, actor, now), appointment_id=opening.appointment_id))
    writes.commit()
    return OpenVisit(item, None)


def open_by_hand(
    request: m.EncounterRequest, *, actor: Actor, now: Instant, key: EncounterId
) -> OpenVisit:
    """A visit that was not on the calendar. Raises ChartNotOpen."""
    start = request.start or now
    check_place(actor.practice_id, request.provider_id, request.location_id)
    if start > now:
        raise invalid("start", "an encounter does not begin in the future")
    opening = Opening(
        encounter_id=key,
        patient_id=request.patient_id,
        provider_id=request.provider_id,
        location_id=request.location_id,
        class_code=request.class_code,
        start=start,
        visit=VisitPart(reason=request.reason, type=request.type),
    )
    return open_encounter(opening, actor=actor, now=now)


# -- changing ---------------------------------------------------------------


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
                **_told(item, self.actor, self.now),
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
        part = self._part or _visit_part(practice, item)
        item.version, item.provider_id = before + 1, self._provider
        if self._part:
            item.visit = self._sealer.seal(key, "visit", self._part)
        if self._billing:
            item.billing = self._sealer.seal(key, "billing", self._billing)
        if self._move:
            self._moved(item, self._move)
        self.writes.put(item, EncounterItem.version == before)
        self.writes.mirror(key, before + 1, _line(item, part))
        self._list_for(item, old_provider)

    def _moved(self, item: EncounterItem, wanted: EncounterStatus) -> None:
        entry = {"status": wanted, "at": to_text(self.now), "by": self.actor.user_id}
        if wanted is S.ENTERED_IN_ERROR:
            told = _told(item, self.actor, self.now)
            closed = item.status == S.FINISHED
            self.writes.tell(EncounterRetracted(**told, was_closed=closed))
        item.status = wanted
        item.history = [*item.history, entry]
        item.end = to_text(self.now) if wanted not in WRITABLE else None

    def _list_for(self, item: EncounterItem, old_provider: str) -> None:
        """Keep the list of what the provider has to finish."""
        practice = self.actor.practice_id
        listed = _open_item(practice, item)
        over = EncounterStatus(item.status) not in WRITABLE
        if over or old_provider != item.provider_id:
            self.writes.delete(OpenItem(open_key(practice, old_provider), listed.sk))
        if not over and (self._move or old_provider != item.provider_id):
            self.writes.put(listed)


def _told(item: EncounterItem, actor: Actor, now: Instant) -> dict[str, Any]:
    return {
        "practice_id": actor.practice_id,
        "occurred_at": now,
        "actor_id": actor.user_id,
        "patient_id": PatientId(item.patient_id),
        "encounter_id": EncounterId(item.encounter_id),
    }


def _line(item: EncounterItem, part: VisitPart) -> VisitLine:
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


def _open_item(practice: PracticeId, item: EncounterItem) -> OpenItem:
    return OpenItem(
        open_key(practice, item.provider_id),
        open_sort_key(item.start, item.encounter_id, "finish"),
        what="finish",
        encounter_id=item.encounter_id,
        patient_id=item.patient_id,
        start=item.start,
    )


def _expect(visit: OpenVisit, expected: int) -> None:
    if int(visit.item.version) != expected:
        raise VersionConflict


def move(
    encounter: EncounterId, wanted: EncounterStatus, expected: int, *, actor: Actor, now: Instant
) -> OpenVisit:
    """Raises NotFound, IllegalMove, VersionConflict, EncounterOver for one with a note."""
    visit = load(actor.practice_id, encounter)
    _expect(visit, expected)
    if wanted not in BY_HAND:
        raise invalid("status", "an encounter closes by itself, when its note is signed and coded")
    if wanted is S.CANCELLED and visit.note is not None:
        raise EncounterOver("A visit with a note is entered in error or closed, not cancelled.")
    change = VisitChange(visit, actor, now)
    change.move(wanted)
    return change.commit()


def change_visit(
    encounter: EncounterId, request: m.VisitChange, expected: int, *, actor: Actor, now: Instant
) -> OpenVisit:
    """Raises NotFound, VersionConflict, EncounterOver."""
    visit = load(actor.practice_id, encounter)
    _expect(visit, expected)
    _must_be_open(visit)
    if request.provider_id:
        place = LocationId(visit.item.location_id)
        check_place(actor.practice_id, request.provider_id, place)
    part = _visit_part(actor.practice_id, visit.item).model_copy(
        update=request.model_dump(exclude={"provider_id"}, exclude_unset=True)
    )
    change = VisitChange(visit, actor, now)
    change.set_visit(VisitPart.model_validate(part.model_dump()), request.provider_id)
    return change.commit()


def code(
    encounter: EncounterId, billing: BillingPart, expected: int, *, actor: Actor, now: Instant
) -> OpenVisit:
    """Say what was treated and done; it closes, if the note is signed already."""
    visit = load(actor.practice_id, encounter)
    _expect(visit, expected)
    _must_be_open(visit)
    change = VisitChange(visit, actor, now)
    change.begin()
    change.set_billing(billing)
    change.close_if_ready(signed=visit.signed, cosigner=visit.cosigner)
    return change.commit()


def _must_be_open(visit: OpenVisit) -> None:
    if visit.status not in WRITABLE:
        raise EncounterOver(f"The encounter is {visit.status}.")


def check_place(practice: PracticeId, provider: ProviderId, location: LocationId) -> None:
    """Raises InvalidRequest for a provider or place that the practice does not have."""
    setup = practice_setup(practice)
    if provider not in setup.providers:
        raise invalid("provider_id", "is nobody of this practice")
    if location not in setup.locations:
        raise invalid("location_id", "is no place of this practice")


def to_finish(provider: ProviderId, *, actor: Actor) -> m.OpenList:
    """What a provider has to finish or to co-sign, the oldest first."""
    found = list(OpenItem.query(open_key(actor.practice_id, provider), limit=200))
    audit().about(*(PatientId(item.patient_id) for item in found))
    return m.OpenList(
        encounters=[
            m.OpenEncounter(
                encounter_id=EncounterId(item.encounter_id),
                patient_id=PatientId(item.patient_id),
                what=item.what,
                start=from_text(item.start),
            )
            for item in found
        ]
    )
