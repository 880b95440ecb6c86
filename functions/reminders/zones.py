"""By whose clock a visit is spoken of."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from caresmith.ids import LocationId
from caresmith.records.practice import PracticeSetup


def zone_at(setup: PracticeSetup, location: LocationId) -> ZoneInfo:
    """The location's zone; the practice's for a location that is gone."""
    if location in setup.locations:
        return setup.zone_of(location)
    return ZoneInfo(setup.practice.zone)
