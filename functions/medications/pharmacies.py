"""The pharmacies that a practice sends to, and the one that a patient prefers."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import PatientId, PharmacyId, PracticeId
from caresmith.records.clinical.layout import chart_key
from caresmith.records.clinical.writing import ChartWrites, WriteLost
from caresmith.transactions import save_audited
from functions.medications import chart
from functions.medications.models import (
    Pharmacies,
    Pharmacy,
    PharmacyFacts,
    Preferred,
    PreferredRequest,
)
from functions.medications.records import (
    PREFERRED,
    PharmacyItem,
    PreferredItem,
    pharmacies_key,
    pharmacy_of,
)


def directory(practice: PracticeId) -> Pharmacies:
    """All of them by name, those that are no longer used last."""
    found = [_pharmacy(item) for item in PharmacyItem.query(pharmacies_key(practice))]
    found.sort(key=lambda one: (not one.facts.active, one.facts.name.casefold()))
    return Pharmacies(pharmacies=found)


def find(practice: PracticeId, key: PharmacyId) -> Pharmacy:
    """Raises NotFound."""
    return _pharmacy(_item(practice, key))


def check_pharmacy(practice: PracticeId, key: PharmacyId | None) -> None:
    """Raises InvalidRequest for one that the practice does not have, or no longer uses."""
    if key is None:
        return
    try:
        found = find(practice, key)
    except NotFound:
        raise invalid("pharmacy_id", "is no pharmacy of this practice") from None
    if not found.facts.active:
        raise invalid("pharmacy_id", "is not used any more")


def add(facts: PharmacyFacts, *, actor: Actor, key: PharmacyId) -> Pharmacy:
    item = PharmacyItem(pharmacies_key(actor.practice_id), key, pharmacy_id=key)
    return _save(item, facts)


def change(key: PharmacyId, facts: PharmacyFacts, expected: int, *, actor: Actor) -> Pharmacy:
    """Raises NotFound, VersionConflict."""
    item = _item(actor.practice_id, key)
    if int(item.version or 0) != expected:
        raise VersionConflict
    return _save(item, facts)


def preferred(practice: PracticeId, patient: PatientId) -> Preferred:
    """The pharmacy that the patient likes best. Raises NotFound for an unknown patient."""
    chart.must_exist(practice, patient)
    item = _preferred(practice, patient)
    if item is None:
        return Preferred(pharmacy_id=None, version=0)
    return Preferred(pharmacy_id=pharmacy_of(item), version=int(item.version or 0))


def prefer(
    patient: PatientId, request: PreferredRequest, expected: int, *, actor: Actor, now: Instant
) -> Preferred:
    """Raises InvalidRequest, VersionConflict, ChartNotOpen."""
    practice = actor.practice_id
    check_pharmacy(practice, request.pharmacy_id)
    item = _preferred(practice, patient)
    if (int(item.version or 0) if item else 0) != expected:
        raise VersionConflict
    writes = ChartWrites(actor, patient, now)
    if request.pharmacy_id is None:
        if item is None:
            return Preferred(pharmacy_id=None, version=0)
        writes.delete(item, PreferredItem.version == item.version)
    else:
        item = item or PreferredItem(chart_key(practice, patient), PREFERRED)
        item.pharmacy_id = request.pharmacy_id
        writes.put(item)
    try:
        writes.commit()
    except WriteLost:
        raise VersionConflict from None
    return Preferred(
        pharmacy_id=request.pharmacy_id, version=expected + 1 if request.pharmacy_id else 0
    )


def _preferred(practice: PracticeId, patient: PatientId) -> PreferredItem | None:
    try:
        return PreferredItem.get(chart_key(practice, patient), PREFERRED, consistent_read=True)
    except PreferredItem.DoesNotExist:
        return None


def _item(practice: PracticeId, key: PharmacyId) -> PharmacyItem:
    try:
        return PharmacyItem.get(pharmacies_key(practice), key, consistent_read=True)
    except PharmacyItem.DoesNotExist:
        raise NotFound from None


def _save(item: PharmacyItem, facts: PharmacyFacts) -> Pharmacy:
    item.body, item.active = facts.model_dump_json(), facts.active
    audit().record(item.pharmacy_id)
    save_audited(item)
    return _pharmacy(item)


def _pharmacy(item: PharmacyItem) -> Pharmacy:
    return Pharmacy(
        pharmacy_id=pharmacy_of(item),
        version=int(item.version or 0),
        facts=PharmacyFacts.model_validate_json(item.body),
    )
