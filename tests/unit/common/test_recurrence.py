"""Rules that repeat: what is read, and what is refused before it can do harm."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from caresmith.recurrence import checked_rule, recurrence

BEGIN = datetime(2026, 6, 1, 10)  # noqa: DTZ001 - a wall clock, on a Monday


def days(text: str, zone: str | None = None) -> list[str]:
    found = recurrence(text, BEGIN, ZoneInfo(zone) if zone else None)
    return [f"{at:%m-%d %H:%M}" for at in islice(found, 5)]


def test_a_rule_keeps_the_time_it_begins_at() -> None:
    assert days("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3") == ["06-01 10:00", "06-03 10:00", "06-08 10:00"]
    assert days("rrule:freq=daily;count=2") == ["06-01 10:00", "06-02 10:00"]


@pytest.mark.parametrize(
    ("until", "zone"),
    [
        ("20260603", None),
        ("20260603T100000", None),
        # Ten in New York in June is two in the afternoon in UTC: the last visit is in.
        ("20260603T140000Z", "America/New_York"),
        # The date as UTC counts it is the next one already.
        ("20260604T030000Z", "America/New_York"),
    ],
)
def test_until_means_the_same_day_however_it_is_written(until: str, zone: str | None) -> None:
    found = days(f"FREQ=DAILY;UNTIL={until}", zone)
    assert found == ["06-01 10:00", "06-02 10:00", "06-03 10:00"]


def test_a_visit_after_until_is_out() -> None:
    assert len(days("FREQ=DAILY;UNTIL=20260603T135959Z", "America/New_York")) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260603", "not both"),
        ("FREQ=SECONDLY;COUNT=2", "by the day"),
        ("COUNT=2", "by the day"),
        ("FREQ=DAILY;BYHOUR=9,17", "BYHOUR"),
        ("FREQ=DAILY;BYEASTER=1", "BYEASTER"),
        ("EXDATE:20260101T000000", "RFC 5545"),
        ("RDATE:20260101T000000", "RFC 5545"),
        ("FREQ=DAILY\nEXRULE:FREQ=DAILY", "by the day"),
        ("DTSTART:20260101T000000\nRRULE:FREQ=DAILY", "RFC 5545"),
        ("FREQ=DAILY;FREQ=WEEKLY", "RFC 5545"),
        ("FREQ=WEEKLY;BYDAY=XX", "RFC 5545"),
        ("FREQ=DAILY;UNTIL=20261399", "RFC 5545"),
        ("FREQ=DAILY;UNTIL=20260603T140000Z", "UNTIL is a date"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("", "RFC 5545"),
    ],
)
def test_what_means_nothing_or_never_ends_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        checked_rule(text)
