"""Codes through the front door."""

from __future__ import annotations

from typing import Any

from tests.support.client import Caller, call


def _found(caller: Caller, path: str, status: int = 200, **query: str) -> Any:
    answer = call("GET", path, caller=caller, query=query)
    assert answer.status == status, answer.text
    return answer.json


def _picks(caller: Caller, text: str) -> str:
    answer = call("GET", "/console/codes/icd-10-cm", caller=caller, query={"text": text})
    assert answer.status == 200
    return answer.text


def test_words_find_codes(front_desk: Caller) -> None:
    found = _found(front_desk, "/codes/icd-10-cm", text="low back pain")
    assert found[0] == {
        "code": "M54.50",
        "display": "Low back pain, unspecified",
        "billable": True,
        "first": None,
        "last": None,
    }


def test_a_code_tells_its_notes_and_whether_it_is_valid_on_a_day(front_desk: Caller) -> None:
    found = _found(front_desk, "/codes/icd-10-cm/E11", on="2026-05-01")
    assert found["validity"] == "not-billable"
    assert found["release_known"] is True
    assert "E11.9" in [each["code"] for each in found["below"]]
    assert any("E10.-" in note for note in found["notes"]["excludes1"])


def test_an_unknown_code_is_not_found(front_desk: Caller) -> None:
    problem = _found(front_desk, "/codes/icd-10-cm/Q00.00", 404)
    assert problem["status"] == 404


def test_one_letter_is_too_little(front_desk: Caller) -> None:
    _found(front_desk, "/codes/icd-10-cm", 422, text="a")


def test_the_picker_shows_codes_and_says_where_there_is_none(front_desk: Caller) -> None:
    assert 'data-code="I10"' in _picks(front_desk, "htn")
    assert "No billable code" in _picks(front_desk, "zebra stripes")
    assert _picks(front_desk, "").strip() == ""


def test_what_is_typed_is_not_in_the_page(front_desk: Caller) -> None:
    assert "<script" not in _picks(front_desk, "<script>x")


# -- drugs and laboratory tests ------------------------------------------------------------


def _fragment(caller: Caller, of: str, text: str) -> str:
    answer = call("GET", f"/console/codes/{of}", caller=caller, query={"text": text})
    assert answer.status == 200
    return answer.text


def test_words_find_drugs_and_the_answer_says_what_was_searched(front_desk: Caller) -> None:
    found = _found(front_desk, "/codes/rxnorm", text="lisinopril 10")
    assert found["source"] == {"title": "a short list of common drugs", "version": None}
    assert found["drugs"][0] == {
        "code": "314076",
        "display": "lisinopril 10 MG Oral Tablet",
        "kind": "SCD",
        "ingredients": ["lisinopril"],
        "dose_form": "Oral Tablet",
        "brand": None,
    }
    assert _found(front_desk, "/codes/rxnorm/314076") == found["drugs"][0]
    assert _found(front_desk, "/codes/rxnorm/1", 404)["status"] == 404
    _found(front_desk, "/codes/rxnorm", 422, text="l")
    _found(front_desk, "/codes/rxnorm/abc", 422)


def test_words_find_laboratory_tests(front_desk: Caller) -> None:
    found = _found(front_desk, "/codes/loinc", text="a1c")
    assert found["tests"][0]["code"] == "4548-4"
    assert found["source"]["version"] is None


def test_the_pickers_of_drugs_and_tests_say_what_they_searched(front_desk: Caller) -> None:
    drugs = _fragment(front_desk, "rxnorm", "lisinopril 10")
    assert 'data-code="lisinopril 10 MG Oral Tablet (314076)"' in drugs
    assert "short list of common drugs" in drugs
    assert "No drug of the short list" in _fragment(front_desk, "rxnorm", "zebra")
    tests = _fragment(front_desk, "loinc", "lipid")
    assert 'data-code="24331-1" data-title="Lipid panel"' in tests
    assert "short list of common tests" in tests
    assert "No laboratory test of the short list" in _fragment(front_desk, "loinc", "zebra")
    for of in ("rxnorm", "loinc"):
        assert _fragment(front_desk, of, "").strip() == ""
        assert "<script" not in _fragment(front_desk, of, "<script>x")
