"""The practice's whole set-up, as its parts and as one thing."""

from __future__ import annotations

from datetime import date

from caresmith.records.practice import PracticeSetup, Thing
from scripts.sample_practice.hours import training_day, working_hours
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.premises import PLACES, PRACTICE, PROVIDERS, ROOMS


def sample_setup(today: date) -> PracticeSetup:
    """Everything that the practice has set up, as of that day."""
    return PracticeSetup(
        practice=PRACTICE.model_copy(update={"closed_on": (training_day(today),)}),
        locations={place.id: place for place in PLACES.values()},
        rooms={room.id: room for room in ROOMS},
        providers={provider.id: provider for provider in PROVIDERS.values()},
        types={visit_type.id: visit_type for visit_type in TYPES.values()},
        rules={rule.id: rule for rule in working_hours(today)},
    )


def things(setup: PracticeSetup) -> list[Thing]:
    """Each thing that is stored by itself."""
    return [
        setup.practice,
        *setup.locations.values(),
        *setup.rooms.values(),
        *setup.providers.values(),
        *setup.types.values(),
        *setup.rules.values(),
    ]
