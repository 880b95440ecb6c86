"""The set-up as it is at one revision: what every write of it is decided on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import EntityId, PracticeId
from caresmith.records.practice import KINDS, Practice, SetupRecord, Thing
from functions.admin.records import SetupRevision, read_revision

T = TypeVar("T", bound=Thing)


@dataclass(frozen=True)
class Snapshot:
    """Every thing of a practice by its id, with the versions for changing it."""

    practice: Practice
    revision: int
    things: dict[str, Thing]
    versions: dict[str, int]

    def all(self, kind: type[T]) -> list[T]:
        """Every thing of that kind, by id and so by age."""
        return [thing for thing in self.things.values() if isinstance(thing, kind)]

    def find(self, kind: type[T], thing_id: EntityId) -> T | None:
        thing = self.things.get(thing_id)
        return thing if isinstance(thing, kind) else None

    def expect(self, kind: type[T], thing_id: EntityId, version: int) -> T:
        """The thing at the version that the caller saw. Raises NotFound, VersionConflict."""
        thing = self.find(kind, thing_id)
        if thing is None:
            raise NotFound
        if self.versions[thing_id] != version:
            raise VersionConflict
        return thing

    def today(self, now: Instant) -> date:
        """The practice's present date."""
        return self.practice.day_at(now)


def read_snapshot(practice: PracticeId) -> Snapshot:
    """The set-up of this moment. Raises NotFound for a practice that was never opened."""
    revision = read_revision(SetupRevision, practice)
    things: dict[str, Thing] = {}
    versions: dict[str, int] = {}
    records = SetupRecord.query(practice, SetupRecord.sk.startswith("setup#"), consistent_read=True)
    for record in records:
        thing: Any = KINDS[record.kind].model_validate_json(record.body)
        things[thing.id] = thing
        versions[thing.id] = int(record.version or 0)
    head = things.get(practice)
    if not isinstance(head, Practice):
        raise NotFound
    return Snapshot(head, revision, things, versions)
