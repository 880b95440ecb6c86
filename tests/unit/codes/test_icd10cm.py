"""What the index of ICD-10-CM answers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caresmith.codes.icd10cm import Conflict, Icd10cm, Validity, dotted, icd10cm
from caresmith.codes.ranking import ABBREVIATIONS, COMMON

IN_RELEASE = date(2026, 5, 1)


@pytest.fixture(scope="module")
def index() -> Icd10cm:
    return icd10cm()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("diabetes", "E11.9"),
        ("t2dm", "E11.9"),
        ("htn", "I10"),
        ("high blood pressure", "I10"),
        ("low back pain", "M54.50"),
        ("pain back low", "M54.50"),
        ("LOW BACK", "M54.50"),
        ("uti", "N39.0"),
        ("copd", "J44.9"),
        ("well child", "Z00.121"),
        ("annual exam", "Z00.00"),
        ("migraine", "G43.909"),
        ("knee pain left", "M25.562"),
        ("diabetes kidney", "E11.22"),
        ("flu", "J11.1"),
        ("smoking", "Z72.0"),
        ("E1165", "E11.65"),
        ("e11.65", "E11.65"),
        ("ménière", "H81.09"),
    ],
)
def test_what_practices_type_finds_the_code_they_mean_first(
    index: Icd10cm, words: str, code: str
) -> None:
    found = [each.code for each in index.search(words, limit=4)]
    assert code in found[: 1 if words != "ménière" else 4], found


def test_the_beginning_of_a_code_lists_what_begins_so(index: Icd10cm) -> None:
    found = [each.code for each in index.search("e11.2", limit=10)]
    assert found == ["E11.21", "E11.22", "E11.29"]


def test_headings_are_found_where_they_are_asked_for(index: Icd10cm) -> None:
    assert "E11" in [each.code for each in index.search("E11", billable=False)]
    assert "E11" not in [each.code for each in index.search("E11")]


def test_every_typed_word_counts(index: Icd10cm) -> None:
    assert index.search("diabetes zebra") == []


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered(words: str) -> None:
    found = icd10cm().search(words, on=IN_RELEASE)
    assert len(found) <= 20
    assert all(each.billable for each in found)


@settings(deadline=None)
@given(st.sampled_from(sorted(ABBREVIATIONS)))
def test_an_abbreviation_finds_something(short: str) -> None:
    assert icd10cm().search(short)


@pytest.mark.parametrize("code", sorted(COMMON))
def test_a_common_code_is_a_billable_code(index: Icd10cm, code: str) -> None:
    assert index.validity(code, IN_RELEASE) is Validity.VALID


@pytest.mark.parametrize(
    ("code", "validity"),
    [
        ("E11.9", Validity.VALID),
        ("e119", Validity.VALID),
        ("E11", Validity.NOT_BILLABLE),
        ("S52.501", Validity.NOT_BILLABLE),
        ("S52.501A", Validity.VALID),
        ("E11.99", Validity.UNKNOWN),
        ("A00-A09", Validity.UNKNOWN),
        ("", Validity.UNKNOWN),
        ("'; DROP TABLE code", Validity.UNKNOWN),
    ],
)
def test_whether_a_code_may_be_billed(index: Icd10cm, code: str, validity: Validity) -> None:
    assert index.validity(code, IN_RELEASE) is validity


def test_a_day_without_a_known_release_is_said_to_be_one(index: Icd10cm) -> None:
    assert index.knows(date(2026, 4, 1))
    assert index.knows(date(2026, 9, 30))
    assert not index.knows(date(2026, 10, 1))
    assert not index.knows(date(2019, 1, 1))


def test_codes_that_an_excludes1_note_forbids_together_are_told_once(index: Icd10cm) -> None:
    told = index.conflicts(["E11.9", "I10", "E10.9"])
    assert told == [Conflict("E11.9", "E10.9", "E11")]


def test_an_excludes1_note_of_a_range_means_all_below_its_headings(index: Icd10cm) -> None:
    # Under I10: hypertensive disease complicating pregnancy (O10-O11, O13-O16).
    assert index.conflicts(["I10", "O16.1"])
    assert index.conflicts(["I10", "O10.011"])
    assert not index.conflicts(["I10", "O12.00"])


def test_notes_of_headings_hold_for_what_is_below(index: Icd10cm) -> None:
    assert any("insulin (Z79.4)" in line for line in index.notes("E11.9")["use_additional"])


def test_a_heading_tells_what_is_below_it(index: Icd10cm) -> None:
    assert [each.code for each in index.below("E11.2")] == ["E11.21", "E11.22", "E11.29"]
    assert index.below("nonsense") == []


@pytest.mark.parametrize(
    ("typed", "code"), [("e119", "E11.9"), (" E11.9 ", "E11.9"), ("i10", "I10")]
)
def test_codes_are_written_with_their_dot(typed: str, code: str) -> None:
    assert dotted(typed) == code
