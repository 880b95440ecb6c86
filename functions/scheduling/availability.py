"""When a provider works: wall-clock rules, holidays and time off, as cells."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from datetime import time as wall_time
from functools import lru_cache
from zoneinfo import ZoneInfo

from caresmith.ids import AppointmentTypeId, LocationId, ProviderId
from caresmith.records.days_off import closed_dates
from caresmith.records.practice import AvailabilityRule, Practice, PracticeSetup
from functions.scheduling.cells import Span, instant_of


def open_cells(
    setup: PracticeSetup,
    provider: ProviderId,
    location: LocationId,
    visit_type: AppointmentTypeId | None,
    window: Span,
) -> int:
    """The cells of ``window`` in which the provider works at that location.

    ``visit_type`` None asks for any working time, whatever it is reserved for.
    """
    zone = setup.zone_of(location)
    first, last = _local_dates(window, zone)
    opened = closed = 0
    for rule in setup.rules_of(provider):
        if rule.effect == "closed":
            if rule.location_id in (None, location):
                own = setup.zone_of(rule.location_id) if rule.location_id else zone
                closed |= _rule_cells(rule, own, first, last, window)
        elif rule.location_id == location and _serves(rule, visit_type):
            opened |= _rule_cells(rule, zone, first, last, window)
    return opened & ~closed & ~_holiday_cells(setup.practice, zone, first, last, window)


def _serves(rule: AvailabilityRule, visit_type: AppointmentTypeId | None) -> bool:
    return visit_type is None or not rule.type_ids or visit_type in rule.type_ids


def _local_dates(window: Span, zone: ZoneInfo) -> tuple[date, date]:
    first = instant_of(window.start).astimezone(zone).date()
    # A shift that began the evening before may reach into the window.
    return first - timedelta(days=1), instant_of(window.end).astimezone(zone).date()


@lru_cache(maxsize=2048)
def _rule_cells(
    rule: AvailabilityRule, zone: ZoneInfo, first: date, last: date, window: Span
) -> int:
    mask = 0
    for day in rule.dates(first, last):
        mask |= Span.between(*rule.interval(day, zone)).within(window)
    return mask


def _holiday_cells(
    practice: Practice, zone: ZoneInfo, first: date, last: date, window: Span
) -> int:
    mask = 0
    for day in closed_dates(practice, first, last):
        begin = datetime.combine(day, wall_time(0), zone)
        end = datetime.combine(day + timedelta(days=1), wall_time(0), zone)
        mask |= Span.between(begin, end).within(window)
    return mask
