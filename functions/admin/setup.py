"""Reading and changing a practice's set-up.

A change of a location's zone is allowed: working hours are wall-clock rules and
move with it, while visits that are booked keep their instants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.events import PracticeChanged, PracticeOutbox, tell
from caresmith.ids import EntityId, PracticeId
from caresmith.records.practice import (
    AppointmentType,
    AvailabilityRule,
    Location,
    Provider,
    Room,
    SetupRecord,
    Thing,
    forget_setup,
    setup_key,
)
from caresmith.transactions import transaction
from functions.admin.checks import referents, refuse_misfit
from functions.admin.errors import InUse
from functions.admin.models import SetupRead, T
from functions.admin.records import SetupRevision, advance, deciding
from functions.admin.snapshot import Snapshot, read_snapshot
from functions.admin.staff import read_staff

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A thing as it is stored, with the version for changing it."""

    thing: T
    version: int


def whole(actor: Actor) -> SetupRead:
    """The practice's whole set-up. Raises NotFound for a practice that was never opened."""
    known = read_snapshot(actor.practice_id)
    return SetupRead(
        practice=known.practice,
        locations=known.all(Location),
        rooms=known.all(Room),
        providers=known.all(Provider),
        appointment_types=known.all(AppointmentType),
        availability_rules=known.all(AvailabilityRule),
        versions=known.versions,
    )


def read(kind: type[T], thing_id: EntityId, *, actor: Actor) -> Kept[T]:
    """One thing. Raises NotFound."""
    audit().record(thing_id)
    try:
        record = SetupRecord.get(
            actor.practice_id, setup_key(kind.kind, thing_id), consistent_read=True
        )
    except SetupRecord.DoesNotExist:
        raise NotFound from None
    return Kept(kind.model_validate_json(record.body), int(record.version or 0))


def add(thing: T, *, actor: Actor, now: Instant) -> Kept[T]:
    """Put a new thing into the set-up. Raises InvalidRequest, TooBusy."""
    audit().record(thing.id)

    def attempt() -> Kept[T]:
        known = read_snapshot(actor.practice_id)
        refuse_misfit(thing, known, known.today(now))
        with transaction() as writes:
            writes.save(record_of(actor.practice_id, thing))
            _finish(thing, known, actor, now, writes)
        return Kept(thing, 1)

    return _then_forget(actor.practice_id, deciding(attempt))


def replace(thing: T, expected: int, *, actor: Actor, now: Instant) -> Kept[T]:
    """Make the stored thing this one. Raises NotFound, VersionConflict, InvalidRequest, TooBusy."""
    audit().record(thing.id)

    def attempt() -> Kept[T]:
        known = read_snapshot(actor.practice_id)
        known.expect(type(thing), thing.id, expected)
        refuse_misfit(thing, known, known.today(now))
        with transaction() as writes:
            writes.save(record_of(actor.practice_id, thing, expected))
            _finish(thing, known, actor, now, writes)
        return Kept(thing, expected + 1)

    return _then_forget(actor.practice_id, deciding(attempt))


def remove(
    kind: type[Thing], thing_id: EntityId, expected: int, *, actor: Actor, now: Instant
) -> None:
    """Delete what nothing in the set-up refers to. Raises NotFound, VersionConflict, InUse.

    Meant for what was entered by mistake. What visits were booked with is set
    inactive instead, so that they keep showing its name.
    """
    audit().record(thing_id)

    def attempt() -> None:
        known = read_snapshot(actor.practice_id)
        thing = known.expect(kind, thing_id, expected)
        users = read_staff(actor.practice_id).users if isinstance(thing, Provider) else ()
        found = referents(thing, known, users)
        if found:
            raise InUse(found)
        with transaction() as writes:
            writes.delete(record_of(actor.practice_id, thing, expected))
            _finish(thing, known, actor, now, writes)

    _then_forget(actor.practice_id, deciding(attempt))


def record_of(practice: PracticeId, thing: Thing, version: int | None = None) -> SetupRecord:
    """The record that holds the thing; a write of it needs ``version`` to be the stored one."""
    record = SetupRecord(
        practice,
        setup_key(thing.kind, thing.id),
        kind=thing.kind,
        body=thing.model_dump_json(),
    )
    if version is not None:
        record.version = version
    return record


def changed(thing: Thing, actor: Actor, now: Instant) -> PracticeChanged:
    """The event that tells of a change."""
    return PracticeChanged(
        practice_id=actor.practice_id,
        occurred_at=now,
        actor_id=actor.user_id,
        kind=thing.kind,
        thing_id=thing.id,
    )


def _finish(
    thing: Thing, known: Snapshot, actor: Actor, now: Instant, writes: TransactWrite
) -> None:
    """What belongs to each change: its turn, its event and its audit entry."""
    advance(SetupRevision, actor.practice_id, known.revision, writes)
    tell(changed(thing, actor, now), PracticeOutbox, writes)
    audit().join(writes)


def _then_forget(practice: PracticeId, result: Result) -> Result:
    forget_setup(practice)
    return result
