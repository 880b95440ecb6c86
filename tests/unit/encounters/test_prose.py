"""Texts of notes: cleaned without losing a word, marked where they were copied, digested."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from caresmith.ids import EncounterId
from functions.encounters.notes import Verdict, verdict
from functions.encounters.prose import (
    MOST_BYTES,
    NoteBody,
    Section,
    carried_forward,
    clean_prose,
    marked,
)

SOURCE = EncounterId.new()
LINES = st.lists(st.sampled_from(["", "a", "b", "c", "same words"]), max_size=8)


def body(*texts: str) -> NoteBody:
    sections = [
        {"key": f"s{number}", "part": "plan", "title": "Plan", "text": text}
        for number, text in enumerate(texts)
    ]
    return NoteBody.model_validate({"template_id": "soap", "sections": sections})


@given(st.text())
def test_cleaning_takes_out_only_what_nobody_sees(text: str) -> None:
    cleaned = clean_prose(text)
    assert clean_prose(cleaned) == cleaned

    def seen(given: str) -> str:
        kept = [c for c in given if unicodedata.category(c)[0] in "LNPSM"]
        return unicodedata.normalize("NFC", "".join(kept))

    assert seen(cleaned) == seen(text)


@given(LINES, LINES)
def test_a_copied_line_keeps_its_mark_exactly_while_it_stands(
    copied: list[str], edited: list[str]
) -> None:
    into = body("mine")
    source = body("\n".join(copied))
    carried = carried_forward(into, source, frozenset({"s0"}), SOURCE, 3)
    [section] = carried.sections
    assert section.text.startswith("mine")
    if source.is_blank:
        assert carried == into
        return
    assert section.text == "mine\n" + "\n".join(copied)
    lines = section.text.split("\n")
    assert [lines[mark.line] for mark in section.copied] == [x for x in copied if x]

    plain = Section(key="s0", part="plan", title="Plan", text="\n".join(edited))
    [after] = marked((plain,), carried)
    new = after.text.split("\n")
    for mark in after.copied:
        assert new[mark.line] in copied
    for line in set(edited) - {""}:
        marks = sum(new[mark.line] == line for mark in after.copied)
        assert marks == min(copied.count(line), new.count(line))


def test_copying_adds_a_section_that_was_not_there_and_replaces_nothing() -> None:
    carried = carried_forward(
        body("mine"), body("theirs", "plan"), frozenset({"s0", "s1"}), SOURCE, 1
    )
    assert [s.text for s in carried.sections] == ["mine\ntheirs", "plan"]


def test_a_note_too_long_is_refused_whole_and_by_copying() -> None:
    with pytest.raises(ValidationError, match="at most 100 KB"):
        body("x" * MOST_BYTES, "y")
    half = body("z" * (MOST_BYTES - 10))
    with pytest.raises(ValidationError, match="at most 102400"):
        carried_forward(body("k" * 20), half, frozenset({"s0"}), SOURCE, 1)


@given(st.text(), st.text())
def test_the_digest_tells_texts_apart(first: str, second: str) -> None:
    one, two = body(first), body(second)
    assert (one.digest() == two.digest()) is (one == two)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"expected": 2}, Verdict.STORE),
        ({"expected": 1}, Verdict.BESIDE),
        ({"expected": 1, "own_run": True}, Verdict.STORE),
        ({"expected": 2, "same_words": True}, Verdict.SAME),
        ({"expected": 1, "same_words": True}, Verdict.SAME),
        ({"expected": 2, "late": True, "own_run": True}, Verdict.STALE),
        ({"expected": 2, "open_for_writing": False}, Verdict.BESIDE),
        ({"expected": 1, "own_run": True, "open_for_writing": False}, Verdict.BESIDE),
    ],
)
def test_what_becomes_of_a_save(facts: dict[str, object], wanted: Verdict) -> None:
    usual = {"current": 2, "own_run": False, "late": False, "same_words": False}
    assert verdict(**{**usual, "open_for_writing": True, **facts}) is wanted  # type: ignore[arg-type]
