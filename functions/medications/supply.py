"""How long an amount lasts, and what amount a time needs, by the directions."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from caresmith.records.clinical.coding import Quantity
from caresmith.records.clinical.dosage import Directions


def units_a_day(given: Directions, unit: str) -> Decimal | None:
    """How many of ``unit`` are used on a day at most; None where that is not told."""
    if given.dose is None or given.timing is None or given.dose.unit != unit:
        return None
    dose = (given.dose_high or given.dose).value
    daily = dose * given.timing.most_per_day
    most = given.most_per_day
    return min(daily, most.value) if most is not None and most.unit == unit else daily


def days_of(given: Directions, dispensed: Quantity) -> int | None:
    """How many whole days the amount lasts when the most is used."""
    daily = units_a_day(given, dispensed.unit)
    if not daily:
        return None
    return max(1, int((dispensed.value / daily).to_integral_value(ROUND_FLOOR)))


def amount_for(given: Directions, days: int) -> Quantity | None:
    """What ``days`` need at most."""
    if given.dose is None:
        return None
    daily = units_a_day(given, given.dose.unit)
    if not daily:
        return None
    return Quantity(value=(daily * days).to_integral_value(ROUND_CEILING), unit=given.dose.unit)
