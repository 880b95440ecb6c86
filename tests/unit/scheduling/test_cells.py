from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.scheduling.cells import (
    CELLS_A_DAY,
    Span,
    bits,
    cell_of,
    day_number,
    every,
    instant_of,
    starts_of_runs,
    utc_date,
)

masks = st.integers(min_value=0, max_value=2**600 - 1)
cells = st.integers(min_value=5_000_000, max_value=8_000_000)


@given(cells)
def test_a_cell_and_its_instant_are_each_others_inverse(cell: int) -> None:
    assert cell_of(instant_of(cell)) == cell
    assert cell_of(instant_of(cell) + timedelta(minutes=4, seconds=59)) == cell


@given(masks, st.integers(min_value=1, max_value=72))
def test_runs_are_what_counting_finds(free: int, length: int) -> None:
    expected = [i for i in range(600) if all(free >> (i + k) & 1 for k in range(length))]
    assert list(bits(starts_of_runs(free, length))) == expected


@given(cells, st.integers(min_value=1, max_value=900), st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_every_is_what_counting_finds(start: int, size: int, step: int) -> None:
    window = Span(start, start + size)
    expected = [i for i in range(size) if (start + i) % step == 0]
    assert [b for b in bits(every(step, window)) if b < size] == expected


@given(cells, st.integers(min_value=1, max_value=3 * CELLS_A_DAY))
def test_the_parts_by_day_are_the_whole(start: int, size: int) -> None:
    span = Span(start, start + size)
    found = [day_number(day) * CELLS_A_DAY + c for day, part in span.days() for c in part]
    assert found == list(range(start, start + size))
    assert all(0 <= c < CELLS_A_DAY for _, part in span.days() for c in part)


@given(cells, cells, st.integers(1, 500), st.integers(1, 500))
def test_a_span_within_a_window(a: int, b: int, size_a: int, size_b: int) -> None:
    b = a + (b % 600) - 300
    mask = Span(a, a + size_a).within(Span(b, b + size_b))
    expected = [c - b for c in range(b, b + size_b) if a <= c < a + size_a]
    assert list(bits(mask)) == expected


def test_a_leap_day_is_a_day() -> None:
    assert utc_date(day_number("2028-02-29") + 1) == "2028-03-01"
    assert instant_of(day_number("2028-02-29") * CELLS_A_DAY) == datetime(2028, 2, 29, tzinfo=UTC)
