"""Laboratories outside to which a practice sends tests, so that nobody types them each time.

A sheet keeps what its laboratory was called when it was entered: a change here, or dropping
one, changes no sheet.
"""

from __future__ import annotations

from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import invalid
from caresmith.ids import OutsideLaboratoryId, PracticeId
from caresmith.records.revenue.sheet import OutsideLaboratory
from functions.charges import kept
from functions.charges import models as m
from functions.charges.records import LaboratoryItem, laboratories_key

MOST: Final = 100


def listed(practice: PracticeId) -> list[m.LaboratoryRead]:
    """All of them by name: one query."""
    found = (_read(item) for item in LaboratoryItem.query(laboratories_key(practice)))
    return sorted(found, key=lambda one: one.facts.name.casefold())


def add(facts: OutsideLaboratory, *, actor: Actor) -> m.LaboratoryRead:
    """Raises InvalidRequest."""
    known = listed(actor.practice_id)
    if len(known) >= MOST:
        raise invalid("name", f"a practice has at most {MOST} laboratories")
    _expect_new(known, facts)
    key = OutsideLaboratoryId.new()
    item = LaboratoryItem(laboratories_key(actor.practice_id), key, body=facts.model_dump_json())
    item.save(LaboratoryItem.pk.does_not_exist())
    audit().record(key)
    return _read(item)


def change(
    key: OutsideLaboratoryId, facts: OutsideLaboratory, expected: int, *, actor: Actor
) -> m.LaboratoryRead:
    """Raises NotFound, VersionConflict, InvalidRequest."""
    item = _item(actor, key, expected)
    others = [one for one in listed(actor.practice_id) if one.laboratory_id != key]
    _expect_new(others, facts)
    kept.change(item, facts.model_dump_json())
    return _read(item)


def drop(key: OutsideLaboratoryId, expected: int, *, actor: Actor) -> None:
    """Raises NotFound, VersionConflict."""
    kept.drop(_item(actor, key, expected))


def read(key: OutsideLaboratoryId, *, actor: Actor) -> m.LaboratoryRead:
    """Raises NotFound."""
    return _read(_item(actor, key))


def _item(actor: Actor, key: OutsideLaboratoryId, expected: int | None = None) -> LaboratoryItem:
    return kept.find(LaboratoryItem, laboratories_key(actor.practice_id), key, expected)


def _expect_new(known: list[m.LaboratoryRead], facts: OutsideLaboratory) -> None:
    """One organisation may test at several places, each with a CLIA number of its own."""
    if any((one.facts.npi, one.facts.clia) == (facts.npi, facts.clia) for one in known):
        raise invalid("npi", "is on the list already, with the same CLIA number")


def _read(item: LaboratoryItem) -> m.LaboratoryRead:
    return m.LaboratoryRead(
        laboratory_id=OutsideLaboratoryId(item.sk),
        version=int(item.version),
        facts=OutsideLaboratory.model_validate_json(item.body),
    )
