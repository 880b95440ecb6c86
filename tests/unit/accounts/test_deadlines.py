"""By when a good-faith estimate is owed: 45 CFR 149.610(b)(1)(vi) and (vii)."""

from __future__ import annotations

import datetime as dt

import pytest

from caresmith.ids import PracticeId
from caresmith.records.practice import Practice
from functions.accounts.estimating.deadlines import BusinessDays, deadline, deadline_of_change

FRIDAY = dt.date(2026, 7, 10)


def days(**policy: object) -> BusinessDays:
    return BusinessDays(
        Practice.model_validate(
            {"id": PracticeId.new(), "name": "Small", "zone": "America/New_York", **policy}
        )
    )


@pytest.mark.parametrize(
    ("visit", "due"),
    [
        # Two business days ahead: none is owed.
        (dt.date(2026, 7, 14), None),
        # Three: one business day after Friday is Monday.
        (dt.date(2026, 7, 15), dt.date(2026, 7, 13)),
        (dt.date(2026, 7, 23), dt.date(2026, 7, 13)),
        # Ten: three business days.
        (dt.date(2026, 7, 24), dt.date(2026, 7, 15)),
    ],
)
def test_what_is_scheduled_further_ahead_has_more_time(visit: dt.date, due: dt.date | None) -> None:
    assert deadline(days(), scheduled_on=FRIDAY, service_day=visit) == due


def test_who_asks_has_it_after_three_business_days_and_the_earlier_reason_counts() -> None:
    assert deadline(days(), requested_on=FRIDAY) == dt.date(2026, 7, 15)
    found = deadline(
        days(),
        requested_on=FRIDAY,
        scheduled_on=FRIDAY,
        service_day=dt.date(2026, 7, 16),
    )
    assert found == dt.date(2026, 7, 13)


def test_holidays_and_the_practices_closed_days_are_no_business_days() -> None:
    # Independence Day of 2026 is observed on Friday the third.
    asked = dt.date(2026, 7, 1)
    assert deadline(days(), requested_on=asked) == dt.date(2026, 7, 7)
    assert deadline(days(federal_holidays=False), requested_on=asked) == dt.date(2026, 7, 6)
    assert deadline(days(open_on=("2026-07-03",)), requested_on=asked) == dt.date(2026, 7, 6)
    assert deadline(days(closed_on=("2026-07-06",)), requested_on=asked) == dt.date(2026, 7, 8)


def test_a_changed_visit_has_its_new_estimate_a_business_day_before() -> None:
    monday = dt.date(2026, 7, 20)
    assert deadline_of_change(days(), FRIDAY, monday) == dt.date(2026, 7, 17)
    assert deadline_of_change(days(), dt.date(2026, 7, 18), monday) is None
