"""Rules that repeat by the calendar (RFC 5545 3.3.10), read by ``dateutil``.

A practice's hours and a series of visits repeat by the day, week, month or
year, at a wall-clock time that is given beside the rule. What a rule could say
besides (hours of its own, steps of nothing, a set of several rules) has no
meaning here or would never end, so it is refused where it comes in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
PARTS: Final = frozenset(
    {
        *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
        *("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"),
    }
)
"""What a rule may say. BYHOUR and its like would move the time given beside it."""
_MOST: Final = 1000
"""No interval or count of a practice's calendar is larger."""
_UNTIL: Final = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_EXAMPLE: Final = "not an RFC 5545 rule, like FREQ=WEEKLY;BYDAY=MO,WE"
_ANY_BEGIN: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - a wall-clock rule has no zone


def parts_of(text: str) -> dict[str, str]:
    """The rule's parts by name. Raises ValueError, with a sentence, for what is refused."""
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or not name.isalpha() or name in parts:
            raise ValueError(_EXAMPLE)
        if name not in PARTS:
            raise ValueError(f"{name[:20]} has no meaning in a rule here")
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        raise ValueError("a rule repeats by the day, week, month or year")
    for name in ("INTERVAL", "COUNT"):
        value = parts.get(name, "1")
        if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= _MOST):
            raise ValueError(f"{name} is a number from 1 to {_MOST}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("a rule has COUNT or UNTIL, not both")
    return parts


def recurrence(text: str, begin: datetime, zone: ZoneInfo | None = None) -> rrule:
    """The wall-clock times of a rule from ``begin``, which has no zone.

    UNTIL may be a date (that whole day is meant), a wall-clock time, or, where
    the zone is known, the UTC time that RFC 5545 asks for. Raises ValueError.
    """
    parts = parts_of(text)
    if "UNTIL" in parts:
        parts["UNTIL"] = _until(parts["UNTIL"], zone).strftime("%Y%m%dT%H%M%S")
    try:
        # Without the set's keywords in it, one line of text is always one rule.
        return cast(rrule, rrulestr(";".join(f"{n}={v}" for n, v in parts.items()), dtstart=begin))
    except (ValueError, TypeError, KeyError, OverflowError):
        raise ValueError(_EXAMPLE) from None


@lru_cache(maxsize=1024)
def checked_rule(text: str) -> str:
    """The rule itself, if it ever falls on a day. Raises ValueError otherwise."""
    found = recurrence(text, _ANY_BEGIN)
    if "UNTIL" not in parts_of(text) and next(iter(found), None) is None:
        raise ValueError("the rule never falls on a day")
    return text


def _until(text: str, zone: ZoneInfo | None) -> datetime:
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError(_EXAMPLE)
    day, time, utc = match.groups()
    try:
        found = datetime.strptime(day + (time or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise ValueError(_EXAMPLE) from None
    if time is None:
        return found + timedelta(days=1, seconds=-1)
    if not utc:
        return found
    if zone is None:
        raise ValueError("UNTIL is a date here, like UNTIL=20271231")
    return found.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
