"""What may stand in the set-up beside what stands there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from caresmith.errors import FieldError, InvalidRequest
from caresmith.ids import EntityId
from caresmith.records.days_off import federal_holidays
from caresmith.records.practice import (
    AppointmentType,
    AvailabilityRule,
    Location,
    Practice,
    Provider,
    Room,
    Thing,
)
from caresmith.users import StaffUser
from functions.admin.errors import Referent
from functions.admin.snapshot import Snapshot

Problems = Iterator[FieldError]

_NAMES: Final = {
    Location.kind: "location",
    Provider.kind: "provider",
    AppointmentType.kind: "appointment type",
}


def refuse_misfit(thing: Thing, known: Snapshot, today: date) -> None:
    """Raises InvalidRequest where the thing does not fit to the rest of the set-up."""
    found = list(CHECKS[thing.kind](thing, known))
    if isinstance(thing, Provider):
        found += _hours_elsewhere(thing, known, today)
    if found:
        raise InvalidRequest(fields=found)


def _practice(practice: Practice, _known: Snapshot) -> Problems:
    yield from _twice("closed_on", practice.closed_on)
    yield from _twice("open_on", practice.open_on)
    years = [day.year for day in practice.open_on]
    federal = federal_holidays(min(years), max(years)) if years else frozenset()
    for place, day in enumerate(practice.open_on):
        if day in practice.closed_on:
            yield FieldError(f"open_on.{place}", "is among the closed days as well")
        elif day not in federal:
            yield FieldError(f"open_on.{place}", "is not a federal holiday")


def _location(location: Location, known: Snapshot) -> Problems:
    yield from _name(location, known.all(Location))


def _room(room: Room, known: Snapshot) -> Problems:
    if known.find(Location, room.location_id) is None:
        yield FieldError("location_id", "there is no such location")
    # Every place may have its own "Exam 1".
    beside = [other for other in known.all(Room) if other.location_id == room.location_id]
    yield from _name(room, beside)


def _provider(provider: Provider, known: Snapshot) -> Problems:
    yield from _missing("location_ids", provider.location_ids, known, Location)
    for other in known.all(Provider):
        both = other.active and provider.active
        if both and other.id != provider.id and other.npi == provider.npi:
            yield FieldError("npi", "is the NPI of another active provider")
            break


def _type(visit: AppointmentType, known: Snapshot) -> Problems:
    yield from _name(visit, known.all(AppointmentType))
    yield from _missing("provider_ids", visit.provider_ids, known, Provider)
    if visit.active and visit.room_kind and not _rooms_of(visit.room_kind, known):
        yield FieldError("room_kind", "there is no room of this kind yet")


def _rule(rule: AvailabilityRule, known: Snapshot) -> Problems:
    provider = known.find(Provider, rule.provider_id)
    if provider is None:
        yield FieldError("provider_id", "there is no such provider")
    elif rule.location_id and rule.location_id not in provider.location_ids:
        yield FieldError("location_id", "the provider does not work there")
    yield from _missing("type_ids", rule.type_ids, known, AppointmentType)


CHECKS: Final[dict[str, Callable[[Any, Snapshot], Problems]]] = {
    Practice.kind: _practice,
    Location.kind: _location,
    Room.kind: _room,
    Provider.kind: _provider,
    AppointmentType.kind: _type,
    AvailabilityRule.kind: _rule,
}


def _name(
    thing: Location | Room | AppointmentType,
    others: Sequence[Location | Room | AppointmentType],
) -> Problems:
    wanted = thing.name.casefold()
    if any(other.id != thing.id and other.name.casefold() == wanted for other in others):
        yield FieldError("name", "is taken")


def _missing(field: str, ids: Sequence[EntityId], known: Snapshot, kind: type[Thing]) -> Problems:
    for place, thing_id in enumerate(ids):
        if known.find(kind, thing_id) is None:
            yield FieldError(f"{field}.{place}", f"there is no such {_NAMES[kind.kind]}")
    yield from _twice(field, ids)


def _twice(field: str, values: Sequence[object]) -> Problems:
    for place, value in enumerate(values):
        if value in values[:place]:
            yield FieldError(f"{field}.{place}", "is given twice")


def _hours_elsewhere(provider: Provider, known: Snapshot, today: date) -> Problems:
    """A provider can't leave a place where working hours are still to come."""
    for rule in known.all(AvailabilityRule):
        ours = rule.provider_id == provider.id and rule.location_id is not None
        ahead = rule.ends_on is None or rule.ends_on >= today
        if ours and ahead and rule.location_id not in provider.location_ids:
            yield FieldError(
                "location_ids", "leaves out a place with working hours: end or move those first"
            )
            return


def _rooms_of(room_kind: str, known: Snapshot) -> list[Room]:
    return [room for room in known.all(Room) if room.room_kind == room_kind]


# -- who refers to what ----------------------------------------------------


def referents(thing: Thing, known: Snapshot, users: Iterable[StaffUser]) -> list[Referent]:
    """What would point to nothing, or stop working, if the thing were deleted."""
    found = [
        Referent(other.kind, other.id)
        for other in known.things.values()
        if thing.id in _referred_to(other)
    ]
    if isinstance(thing, Room) and _rooms_of(thing.room_kind, known) == [thing]:
        found += [
            Referent(visit.kind, visit.id)
            for visit in known.all(AppointmentType)
            if visit.active and visit.room_kind == thing.room_kind
        ]
    found += [Referent("user", user.user_id) for user in users if user.provider_id == thing.id]
    return found


def _referred_to(thing: Thing) -> set[EntityId | None]:
    match thing:
        case Room():
            return {thing.location_id}
        case Provider():
            return set(thing.location_ids)
        case AppointmentType():
            return set(thing.provider_ids)
        case AvailabilityRule():
            return {thing.provider_id, thing.location_id, *thing.type_ids}
        case _:
            return set()
