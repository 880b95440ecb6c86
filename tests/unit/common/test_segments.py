"""How carriers count a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.messages.segments import segments


@pytest.mark.parametrize(
    ("text", "encoding", "characters", "count"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("ñ¿é" * 53, "GSM-7", 159, 1),
        # Of the extension, each counts as two.
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("á", "UCS-2", 1, 1),
        ("ы" * 70, "UCS-2", 70, 1),
        ("ы" * 71, "UCS-2", 71, 2),
        ("👍" * 35, "UCS-2", 70, 1),
        ("👍" * 36, "UCS-2", 72, 2),
        ("’", "UCS-2", 1, 1),
    ],
)
def test_counts(text: str, encoding: str, characters: int, count: int) -> None:
    found = segments(text)
    assert (found.encoding, found.characters, found.count) == (encoding, characters, count)


def test_an_escaped_character_is_never_split_between_segments() -> None:
    # 152 and an escape that needs two: it moves to the second segment as a whole,
    # and so the last character does not fit there any more.
    text = "a" * 152 + "{" + "a" * 151 + "a"
    assert segments(text).characters == 306
    assert segments(text).count == 3


def test_the_characters_that_make_it_dear_are_named() -> None:
    assert segments("así está, Ángel").costly == ("í", "á", "Á")


@given(st.text(max_size=700))
def test_the_segments_hold_the_text_and_not_one_more_than_needed(text: str) -> None:
    found = segments(text)
    one, several = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    assert (found.count <= 1) == (found.characters <= one)
    if found.count > 1:
        assert found.characters <= found.count * several
        # A segment loses at most one place to a character that needs two.
        assert found.characters > (found.count - 1) * (several - 1)
