from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.clock import SystemClock, from_text, to_precise_text, to_text

instants = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(instants)
def test_precise_text_loses_nothing(at: datetime) -> None:
    assert from_text(to_precise_text(at)) == at


@given(instants, instants)
def test_texts_sort_as_their_instants(one: datetime, other: datetime) -> None:
    assert (to_precise_text(one) < to_precise_text(other)) == (one < other)


def test_early_years_have_four_digits_too() -> None:
    assert to_text(datetime(33, 4, 3, tzinfo=UTC)) == "0033-04-03T00:00:00Z"
    assert to_precise_text(datetime(33, 4, 3, tzinfo=UTC)) == "0033-04-03T00:00:00.000000Z"


def test_an_offset_is_resolved_to_utc() -> None:
    eastern = timezone(timedelta(hours=-5))
    assert to_text(datetime(2026, 3, 8, 1, 30, tzinfo=eastern)) == "2026-03-08T06:30:00Z"


def test_a_scaled_clock_runs_a_day_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2028, 2, 28, tzinfo=UTC)
    monkeypatch.setenv("CARESMITH_CLOCK", f"{time.time()}:{start.timestamp()}:86400")
    clock = SystemClock()
    first = clock.now()
    time.sleep(0.05)
    assert first >= start
    assert clock.now() - first >= timedelta(hours=1)
