"""A unit reads the same wherever it is shown."""

from __future__ import annotations

import pytest

from caresmith.measures.words import unit_words


@pytest.mark.parametrize(
    ("code", "words"),
    [("mm[Hg]", "mmHg"), ("10*3/uL", "×10³/µL"), ("{INR}", ""), ("mg/dL", "mg/dL")],
)
def test_units_are_written_as_people_write_them(code: str, words: str) -> None:
    assert unit_words(code) == words
