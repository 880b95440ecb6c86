"""Dates and times of HL7, each kept as well as it is known (HL7 v2.5.1, 2A.21 to 2A.77).

``2010`` is a year and never the first of January. A time of day without an offset
is one of the lab's own zone; what is read has an offset always, as FHIR's dateTime
wants it.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_STAMP: Final = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d{2})(?:(?P<day>\d{2})"
    r"(?:(?P<hour>\d{2})(?:(?P<minute>\d{2})(?:(?P<second>\d{2})(?:\.\d{1,4})?)?)?)?)?)?"
    r"(?P<offset>[+-]\d{4})?"
)
_TIME: Final = re.compile(r"(\d{2})(\d{2})?(\d{2})?(?:\.\d{1,4})?([+-]\d{4})?")
_OLDEST: Final = 1850


def read_stamp(text: str, zone: dt.tzinfo) -> str:
    """A TS or DTM as FHIR's dateTime: ``2026``, ``2026-03``, ``2026-03-05``, or with its time.

    Raises ValueError where it is none.
    """
    found = _STAMP.fullmatch(text.strip())
    if found is None or int(found["year"]) < _OLDEST:
        raise ValueError("not a date or time")
    year, month, day = (int(found[name] or 1) for name in ("year", "month", "day"))
    first = dt.date(year, month, day)
    if not found["month"]:
        return f"{year:04}"
    if not found["day"]:
        return f"{year:04}-{month:02}"
    if not found["hour"]:
        return first.isoformat()
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    at = dt.datetime.combine(first, dt.time(hour, minute, second))
    at = at.replace(tzinfo=_offset(found["offset"]) if found["offset"] else zone)
    return at.isoformat(timespec="seconds")


def read_date(text: str) -> dt.date:
    """A date to the day, with or without a time behind it. Raises ValueError."""
    return dt.date.fromisoformat(read_stamp(text, dt.UTC)[:10])


def read_time(text: str) -> str:
    """A TM as ``HH:MM:SS``. Raises ValueError."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a time of day")
    hour, minute, second = (int(found[place] or 0) for place in (1, 2, 3))
    return dt.time(hour, minute, second).isoformat(timespec="seconds")


def instant_of(stamp: str) -> dt.datetime | None:
    """The instant of a FHIR dateTime that has a time of day; None for a date."""
    if "T" not in stamp:
        return None
    return dt.datetime.fromisoformat(stamp).astimezone(dt.UTC)


def write_stamp(at: dt.datetime) -> str:
    """A TS with its offset, to the second."""
    return at.strftime("%Y%m%d%H%M%S%z")


def _offset(text: str) -> dt.timezone:
    hours, minutes = int(text[1:3]), int(text[3:5])
    span = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-span if text[0] == "-" else span)
