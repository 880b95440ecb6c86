"""What the set-up's routes take and give.

A draft is the thing itself, except that its id need not be given: a new thing
gets its id here, and a changed one has it in the path. A thing that was read
may be sent back as it is.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, Field, field_validator

from caresmith.errors import invalid
from caresmith.ids import (
    AppointmentTypeId,
    EntityId,
    LocationId,
    PracticeId,
    ProviderId,
    RoomId,
    RuleId,
)
from caresmith.records.practice import (
    AppointmentType,
    AvailabilityRule,
    Location,
    Practice,
    Provider,
    Room,
)
from caresmith.text import clean_line

T = TypeVar("T", Practice, Location, Room, Provider, AppointmentType, AvailabilityRule)


class _Draft(BaseModel):
    @field_validator("*")
    @classmethod
    def _without_hidden_characters(cls, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(cls._without_hidden_characters(part) for part in value)
        # Ids and NPIs are types of their own and right already.
        return clean_line(value) if type(value) is str and value else value


class PracticeDraft(_Draft, Practice):
    id: PracticeId = Field(default_factory=PracticeId.new)


class LocationDraft(_Draft, Location):
    id: LocationId = Field(default_factory=LocationId.new)


class RoomDraft(_Draft, Room):
    id: RoomId = Field(default_factory=RoomId.new)


class ProviderDraft(_Draft, Provider):
    id: ProviderId = Field(default_factory=ProviderId.new)


class TypeDraft(_Draft, AppointmentType):
    id: AppointmentTypeId = Field(default_factory=AppointmentTypeId.new)


class RuleDraft(_Draft, AvailabilityRule):
    id: RuleId = Field(default_factory=RuleId.new)


def new_thing(kind: type[T], draft: T) -> T:
    """What the draft describes, under a new id. Raises InvalidRequest for an id of its own."""
    if "id" in draft.model_fields_set:
        raise invalid("id", "is given here: leave it out")
    return kind.model_validate(dict(draft))


def known_thing(kind: type[T], draft: T, thing_id: EntityId) -> T:
    """What the draft describes, under the id in the path. Raises InvalidRequest for another."""
    if "id" in draft.model_fields_set and draft.id != thing_id:
        raise invalid("id", "is not the one in the path")
    return kind.model_validate({**dict(draft), "id": thing_id})


class SetupRead(BaseModel):
    """The whole set-up. ``versions`` has each thing's version by its id."""

    practice: Practice
    locations: list[Location]
    rooms: list[Room]
    providers: list[Provider]
    appointment_types: list[AppointmentType]
    availability_rules: list[AvailabilityRule]
    versions: dict[str, int]
