from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.patients.query import Query, read_query

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("garcia", Query(("garcia",))),
        ("García, María", Query(("garcia", "maria"))),
        ("2/29/2024", Query((), dt.date(2024, 2, 29))),
        ("2/29/2023", Query((), None, None, "2")),
        ("12/31/26 lee", Query(("lee",), dt.date(2026, 12, 31))),
        ("12/31/27 lee", Query(("lee",), dt.date(1927, 12, 31))),
        ("1985-03-14", Query((), dt.date(1985, 3, 14))),
        ("206 555 0100 ana", Query(("ana",), None, "+12065550100")),
        ("(206)555-0100", Query((), None, "+12065550100")),
        ("+44 20 7946 0958", Query((), None, "+442079460958")),
        ("0100", Query((), None, None, "0100")),
        ("k-12 roe", Query(("roe",), None, None, "k-12")),
        ("van dyke", Query(("dyke",))),
        ("van", Query(("van",))),
        ("   ", Query(())),
    ],
)
def test_a_search_text_is_understood(text: str, understood: Query) -> None:
    assert read_query(text, TODAY) == understood


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_somehow(text: str) -> None:
    query = read_query(text, TODAY)
    assert len(query.names) <= 6


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_date_is_read_as_it_was_written(day: dt.date) -> None:
    for text in (day.isoformat(), f"{day.month}/{day.day}/{day.year}", f"{day:%m%d%Y}"):
        assert read_query(f"roe {text}", TODAY) == Query(("roe",), day)
