"""The sig in plain English, from its structure.

    Take 1 tablet by mouth twice daily as needed for pain for 10 days. Take with food.

What the structure does not say, the sentence does not say either.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from caresmith.records.clinical.coding import SNOMED, Concept, Quantity
from caresmith.records.clinical.dosage import Day, Directions, Duration, Timing, When
from functions.medications.units import ROUTE_OF, UNIT_OF

_WHEN: Final = {
    When.MORNING: "in the morning",
    When.NOON: "at noon",
    When.EVENING: "in the evening",
    When.BEDTIME: "at bedtime",
    When.WAKING: "upon waking",
    When.WITH_MEALS: "with meals",
    When.BEFORE_MEALS: "before meals",
    When.AFTER_MEALS: "after meals",
}
_DAYS: Final = {
    Day.MONDAY: "Monday",
    Day.TUESDAY: "Tuesday",
    Day.WEDNESDAY: "Wednesday",
    Day.THURSDAY: "Thursday",
    Day.FRIDAY: "Friday",
    Day.SATURDAY: "Saturday",
    Day.SUNDAY: "Sunday",
}
_PERIODS: Final = {"h": "hour", "d": "day", "wk": "week", "mo": "month"}
_TIMES: Final = {1: "once", 2: "twice"}
_HALF: Final = Decimal("0.5")


def sentence(directions: Directions) -> str:
    """The whole sig; empty where nothing is said."""
    route = _route_code(directions.route)
    known = ROUTE_OF.get(route or "")
    verb = known.verb if known else "Use"
    phrase = known.phrase if known else _by(directions.route)
    parts = [verb, _dose(directions), phrase]
    if directions.timing:
        parts.append(timing_words(directions.timing))
    if directions.as_needed:
        parts.append("as needed")
        if directions.as_needed_for:
            parts.append(f"for {_lower(directions.as_needed_for.words)}")
    if directions.duration:
        parts.append(f"for {duration_words(directions.duration)}")
    said = [part for part in parts if part]
    sentences = [] if said == [verb] else [" ".join(said) + "."]
    if directions.most_per_day:
        sentences.append(f"Do not use more than {amount(directions.most_per_day)} in 24 hours.")
    if directions.instructions:
        sentences.append(directions.instructions.rstrip(".") + ".")
    return " ".join(sentences)


def amount(given: Quantity) -> str:
    """``1 tablet``, ``one-half tablet``, ``12.5 mL``."""
    unit = UNIT_OF.get(given.unit)
    one, many = (unit.one, unit.many) if unit else (given.unit, given.unit)
    if given.value == _HALF and unit is not None and given.unit.startswith("{"):
        return f"one-half {one}"
    return f"{number(given.value)} {one if given.value <= 1 else many}"


def number(value: Decimal) -> str:
    """Without trailing noughts, and never as an exponent."""
    return f"{value.normalize():f}"


def timing_words(timing: Timing) -> str:
    """``twice daily with meals``, ``every 6 to 8 hours``, ``once daily on Monday and Friday``."""
    words = [_frequency(timing)]
    if timing.days:
        words.append("on " + _listed([_DAYS[day] for day in timing.days]))
    if timing.when:
        words.append(_listed([_WHEN[when] for when in timing.when]))
    return " ".join(words)


def duration_words(duration: Duration) -> str:
    unit = _PERIODS[duration.unit]
    return f"{number(duration.value)} {unit if duration.value == 1 else unit + 's'}"


def _frequency(timing: Timing) -> str:
    times = _times(timing)
    single = timing.period == 1 and timing.period_max is None
    unit = _PERIODS[timing.period_unit]
    if single:
        return f"{times} daily" if unit == "day" else f"{times} every {unit}"
    often = "" if times == "once" else f"{times} "
    if timing.period == 2 and timing.period_max is None and unit != "hour":  # noqa: PLR2004
        return f"{often}every other {unit}"
    span = number(timing.period)
    if timing.period_max is not None:
        span += f" to {number(timing.period_max)}"
    return f"{often}every {span} {unit}s"


def _times(timing: Timing) -> str:
    if timing.frequency_max is not None:
        return f"{timing.frequency} to {timing.frequency_max} times"
    return _TIMES.get(timing.frequency, f"{timing.frequency} times")


def _dose(directions: Directions) -> str:
    low, high = directions.dose, directions.dose_high
    if low is None:
        return ""
    if high is None:
        return amount(low)
    return f"{number(low.value)} to {amount(high)}"


def _route_code(route: Concept | None) -> str | None:
    return route.code_in(SNOMED) if route else None


def _by(route: Concept | None) -> str:
    return f"({_lower(route.words)})" if route else ""


def _listed(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _lower(words: str) -> str:
    """As within a sentence; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
