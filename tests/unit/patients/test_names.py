from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.records.demographics import HumanName
from functions.patients.names import all_words, name_words, words


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("María-José O'Brien", ("maria", "jose", "obrien")),
        ("ØYSTEIN Straße", ("oystein", "strasse")),
        ("J. R. R.", ("j", "r", "r")),
        ("Nguyễn", ("nguyen",)),
        ("", ()),
    ],
)
def test_marks_case_and_punctuation_fall_away(written: str, expected: tuple[str, ...]) -> None:
    assert words(written) == expected


@given(st.text(max_size=30))
def test_composed_and_decomposed_letters_give_the_same_words(text: str) -> None:
    nfc, nfd = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert words(nfc) == words(nfd)


@given(st.text(max_size=30))
def test_words_are_plain_ascii_and_stay_what_they_are(text: str) -> None:
    found = words(text)
    assert all(word.isascii() and word == word.lower() for word in found)
    assert words(" ".join(found)) == found


def test_particles_do_not_stand_for_a_family() -> None:
    assert name_words(HumanName(family="van der Berg", given=["A"])).family == ("berg",)
    assert name_words(HumanName(family="De", given=["A"])).family == ("de",)


def test_neighbours_are_also_one_word() -> None:
    assert {"mary", "ann", "maryann"} <= all_words(["Mary Ann"])
