"""The bytes of a segment, on which every hash stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caresmith.ids import PracticeId, new_ulid
from functions.audit.segments import (
    GENESIS,
    MAX_ENTRIES,
    MAX_REFERENCES,
    Entry,
    Unreadable,
    canonical,
    first_chunk,
    in_order,
    is_entry,
    plain,
    read_segment,
    segment_after,
    sequence_of_key,
)

PRACTICE = PracticeId("prc_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z")
NOW = datetime(2026, 3, 5, 12, 0, 1, tzinfo=UTC)


def entry(second: int = 0, *, ulid: str = "", **given: Any) -> Entry:
    at, entry_id = f"2026-03-04T23:59:{second:02d}.000000Z", ulid or new_ulid()
    return {
        "pk": f"{PRACTICE}#{at[:10]}#0",
        "sk": f"{at}#{entry_id}",
        "entry_id": entry_id,
        "practice_id": PRACTICE,
        "occurred_at": at,
        "patient_ids": [],
        **given,
    }


def test_a_segment_is_a_header_and_its_entries_a_line_each() -> None:
    entries = [entry(1, reason="zwei\nZeilen – ü"), entry(2)]
    segment = segment_after(PRACTICE, 6, GENESIS, entries, NOW)
    lines = segment.body.decode().splitlines()
    assert [json.loads(line) for line in lines[1:]] == entries
    assert json.loads(lines[0]) == {
        "format": 1,
        "practice": PRACTICE,
        "sequence": 7,
        "previous": GENESIS,
        "count": 2,
        "first": "2026-03-04T23:59:01.000000Z",
        "last": "2026-03-04T23:59:02.000000Z",
        "sealed_at": "2026-03-05T12:00:01.000000Z",
    }
    assert segment.digest == sha256(segment.body).hexdigest()


def test_the_objects_name_has_the_entries_day_the_number_and_the_digest() -> None:
    segment = segment_after(PRACTICE, 6, GENESIS, [entry()], NOW)
    digest = segment.digest[:16]
    assert segment.key == f"{PRACTICE}/2026/03/04/000000000007-{digest}.jsonl"
    assert sequence_of_key(segment.key) == 7


def test_a_different_attempt_at_the_same_number_has_another_name() -> None:
    one = segment_after(PRACTICE, 6, GENESIS, [entry(1)], NOW)
    other = segment_after(PRACTICE, 6, GENESIS, [entry(2)], NOW)
    assert one.key != other.key


@pytest.mark.parametrize("key", ["x/readme.txt", "x/2026/-a.jsonl", ""])
def test_other_objects_are_no_segments(key: str) -> None:
    assert sequence_of_key(key) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values))
def test_canonical_text_is_one_line_and_tells_all(value: dict[str, Any]) -> None:
    text = canonical(value)
    assert "\n" not in text
    assert "\r" not in text
    assert json.loads(text) == value
    assert canonical(dict(reversed(value.items()))) == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("\u0085\u2028")
def test_whatever_a_reason_holds_the_segment_reads_back(reason: str) -> None:
    sealed = entry(reason=reason)
    segment = segment_after(PRACTICE, 0, GENESIS, [sealed], NOW)
    header, entries = read_segment(segment.body)
    assert (header, entries) == (segment.header, [sealed])


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"[]\n", b"{}\n3\n"])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_segment(body)


def test_dynamodbs_notation_becomes_plain_values() -> None:
    item = {
        "text": {"S": "a"},
        "number": {"N": "-200"},
        "nothing": {"NULL": True},
        "list": {"L": [{"S": "a"}, {"M": {"b": {"BOOL": False}}}]},
        "fraction": {"N": "1.5"},
        "bytes": {"B": b"\x00"},
    }
    assert plain(item) == {
        "text": "a",
        "number": -200,
        "nothing": None,
        "list": ["a", {"b": False}],
        "fraction": {"N": "1.5"},
        "bytes": {"B": "b'\\x00'"},
    }


def test_entries_are_ordered_by_time_then_id_and_kept_once() -> None:
    early, late = entry(1, ulid="B" * 26), entry(2, ulid="0" * 26)
    same = entry(1, ulid="A" * 26)
    assert in_order([late, early, same, early]) == [same, early, late]


def test_a_segment_takes_so_many_entries() -> None:
    assert len(first_chunk([entry() for _ in range(MAX_ENTRIES + 1)])) == MAX_ENTRIES


def test_a_segment_takes_so_many_references_and_always_one_entry() -> None:
    big = entry(patient_ids=["p"] * (MAX_REFERENCES + 1))
    small = entry(patient_ids=["p"] * (MAX_REFERENCES // 2))
    assert first_chunk([big, small]) == [big]
    assert first_chunk([small, small, small]) == [small, small]


@pytest.mark.parametrize(
    "broken",
    [
        {"pk": "prc_01J9ZQ5W8M3K7T2N4R6V8X0Y1A#2026-03-04#0"},
        {"pk": f"{PRACTICE}#2026-03-05#0"},
        {"sk": "2026-03-04T23:59:00.000000Z#other"},
        {"entry_id": 3},
        {"occurred_at": None},
        {"practice_id": ""},
    ],
)
def test_what_is_not_in_its_place_is_no_entry(broken: dict[str, Any]) -> None:
    assert is_entry(entry())
    assert not is_entry({**entry(), **broken})
