"""Encounters: opened, moved, coded, closed. One transaction each."""

from __future__ import annotations

from dataclasses import dataclass

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, from_text, to_text
from caresmith.errors import VersionConflict, invalid
from caresmith.events import EncounterOpened
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
    BillingPart,
    EncounterClass,
    EncounterItem,
    EncounterStatus,
    VisitPart,
    encounter_of,
    open_billing,
)
from caresmith.records.clinical.layout import encounter_key
from caresmith.records.clinical.writing import ChartWrites
from caresmith.records.practice import practice_setup
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.encounters import models as m
from functions.encounters.errors import EncounterOver
from functions.encounters.records import OpenItem, open_key
from functions.encounters.status import BY_HAND, WRITABLE, missing
from functions.encounters.visit_change import (
    OpenVisit,
    VisitChange,
    event_facts,
    line_of,
    load,
    open_item,
    visit_part,
)

S = EncounterStatus


def read(visit: OpenVisit, practice: PracticeId) -> m.EncounterRead:
    part = visit_part(practice, visit.item)
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
    writes.mirror(key, 1, line_of(item, opening.visit), new=True)
    writes.put(open_item(practice, item))
    writes.tell(
        EncounterOpened(**event_facts(item, actor, now), appointment_id=opening.appointment_id)
    )
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
    part = visit_part(actor.practice_id, visit.item).model_copy(
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


def count_to_cosign(practice: PracticeId, provider: ProviderId) -> int:
    """How many notes wait for that provider's co-signature, among their two hundred oldest."""
    listed = OpenItem.query(
        open_key(practice, provider), limit=200, attributes_to_get=["entity", "what"]
    )
    return sum(1 for item in listed if item.what == "cosign")
