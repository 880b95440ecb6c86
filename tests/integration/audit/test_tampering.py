"""Whatever somebody with all rights does to the trail afterwards is found and named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from caresmith.ids import PatientId
from caresmith.settings import bucket_name
from functions.audit import records
from functions.audit.completeness import SETTLED, days_of, verify_tail
from functions.audit.segments import canonical, digest_of
from tests.integration.audit.conftest import Trail


@pytest.fixture
def sealed(trail: Trail) -> Trail:
    """Three segments of two entries each, about one patient."""
    for _ in range(3):
        trail.sealed(PatientId.new(), count=2)
    assert trail.verified() == []
    return trail


def entry_in(trail: Trail, sequence: int, position: int = 0) -> str:
    entry_id: str = trail.segments()[sequence - 1][position]["entry_id"]
    return entry_id


@pytest.mark.parametrize("attribute", ["actor_id", "outcome", "reason", "entity", "unheard-of"])
def test_a_changed_entry(sealed: Trail, attribute: str) -> None:
    entry_id = entry_in(sealed, 2, 1)
    sealed.change_item(sealed.place(entry_id), attribute, "something else")
    [found] = sealed.verified()
    assert (found.fault, found.sequence, found.entry_id) == ("entry-changed", 2, entry_id)
    assert found.message.endswith(f"in: {attribute}.")
    assert "something else" not in found.message


def test_a_deleted_entry(sealed: Trail) -> None:
    entry_id = entry_in(sealed, 3)
    sealed.delete_item(sealed.place(entry_id))
    assert sealed.faults() == [("entry-missing", 3, entry_id)]


def test_an_entry_that_never_was_sealed(sealed: Trail) -> None:
    at = datetime.now(UTC) - SETTLED - timedelta(minutes=1)
    [entry_id] = sealed.write(at=at)
    [new] = sealed.write()
    assert sorted(sealed.faults()) == [
        ("entry-not-sealed", None, entry_id),
        ("entry-waiting", None, new),
    ]
    assert [found.harmless for found in sealed.verified()] == [False, True]


def test_a_changed_line_in_a_segment(sealed: Trail) -> None:
    entry_id = entry_in(sealed, 1, 1)
    lines = sealed.lines(1)
    changed = {**json.loads(lines[2]), "actor_id": "somebody else"}
    sealed.rewrite(1, [*lines[:2], canonical(changed).encode()])
    [found] = sealed.verified()
    assert (found.fault, found.sequence, found.entry_id) == ("segment-changed", 1, entry_id)
    assert "actor_id" in found.message


def test_reordered_lines_in_a_segment(sealed: Trail) -> None:
    header, first, second = sealed.lines(2)
    sealed.rewrite(2, [header, second, first])
    [found] = sealed.verified()
    assert (found.fault, found.sequence) == ("segment-changed", 2)
    assert "order" in found.message


def test_a_line_taken_out_of_a_segment(sealed: Trail) -> None:
    header, first, _ = sealed.lines(2)
    sealed.rewrite(2, [header, first])
    [found] = sealed.verified()
    assert (found.fault, found.sequence) == ("segment-changed", 2)
    assert "count" in found.message


@pytest.mark.parametrize("lines", [[], [b"not json"], [b"[]"], [b"{}", b'{"pk": 1}'], [b"\xff"]])
def test_a_segment_overwritten_with_something_else(sealed: Trail, lines: list[bytes]) -> None:
    sealed.rewrite(2, lines)
    assert ("segment-changed", 2, None) in sealed.faults()


def test_two_segments_changed_for_each_other(sealed: Trail) -> None:
    first, second = sealed.lines(1), sealed.lines(2)
    sealed.rewrite(1, second)
    sealed.rewrite(2, first)
    assert {(fault, number) for fault, number, _ in sealed.faults()} == {
        ("link-broken", 1),
        ("segment-changed", 1),
        ("link-broken", 2),
        ("segment-changed", 2),
    }


def test_a_deleted_segment(sealed: Trail) -> None:
    sealed.delete_object(2)
    assert sealed.faults() == [("segment-missing", 2, None)]


def test_a_link_taken_out_of_the_middle(sealed: Trail) -> None:
    sealed.delete_link(2)
    assert set(sealed.faults()) == {("link-missing", 2, None)}


@pytest.mark.parametrize("also_the_object", [False, True])
def test_the_last_link_taken_away(sealed: Trail, also_the_object: bool) -> None:
    if also_the_object:
        sealed.delete_object(3)
    sealed.delete_link(3)
    assert set(sealed.faults()) == {("link-missing", 3, None)}
    head, today = records.head(sealed.practice), datetime.now(UTC).date()
    assert [found.sequence for found in verify_tail(sealed.practice, head, today)] == [3]


def test_the_last_link_taken_away_with_its_entries_and_marks(trail: Trail) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    for hours in range(3):
        trail.sealed(at=long_ago + timedelta(hours=hours))
    [last] = trail.segments()[2]
    mark = records.mark_place(trail.practice, last)
    trail.delete_link(3)
    trail.delete_item((last["pk"], last["sk"]))
    trail.delete_item(mark)
    assert set(trail.faults()) == {
        ("entry-missing", 3, last["entry_id"]),
        ("link-missing", 3, None),
    }


@pytest.mark.parametrize("attribute", ["previous", "sealed_at", "first_at", "last_at"])
def test_a_changed_link(sealed: Trail, attribute: str) -> None:
    place = (records.chain_key(sealed.practice), f"{2:012d}")
    sealed.change_item(place, attribute, "0" * 64)
    [found] = sealed.verified()
    assert (found.fault, found.sequence) == ("link-changed", 2)
    assert attribute in found.message


def test_a_changed_hash_in_a_link(sealed: Trail) -> None:
    place = (records.chain_key(sealed.practice), f"{2:012d}")
    sealed.change_item(place, "digest", "0" * 64)
    assert sealed.faults() == [("link-changed", 2, None), ("link-broken", 3, None)]


def test_a_mark_taken_away(sealed: Trail) -> None:
    entry_id = entry_in(sealed, 2)
    entry = sealed.segments()[1][0]
    sealed.delete_item(records.mark_place(sealed.practice, entry))
    assert ("mark-missing", 2, entry_id) in sealed.faults()


def test_a_mark_for_an_entry_that_no_segment_holds(sealed: Trail) -> None:
    at = datetime.now(UTC) - SETTLED - timedelta(minutes=1)
    [entry_id] = sealed.write(at=at)
    [entry] = [e for e in sealed.entries() if e["entry_id"] == entry_id]
    place = records.mark_place(sealed.practice, entry)
    records.MarkRecord(*place, sequence=2).save()
    assert sealed.faults() == [("mark-wrong", 2, entry_id)]


def test_an_entry_sealed_twice(sealed: Trail) -> None:
    entry = sealed.segments()[0][0]
    place = records.mark_place(sealed.practice, entry)
    records.MarkRecord(*place, sequence=3).save()
    assert ("sealed-twice", 1, entry["entry_id"]) in sealed.faults()


def test_a_reference_taken_from_a_patients_list(sealed: Trail) -> None:
    entry = sealed.segments()[1][1]
    [place] = records.references_of(sealed.practice, entry)
    sealed.delete_item(place)
    [found] = sealed.verified()
    assert (found.fault, found.entry_id) == ("reference-missing", entry["entry_id"])
    assert entry["patient_ids"][0] in found.message


def test_a_chain_forged_anew_is_contradicted_by_the_locked_objects(sealed: Trail) -> None:
    """Somebody changes the newest entry and makes segment, link and hash fit again."""
    header, first, second = sealed.lines(3)
    entry = json.loads(second)
    sealed.change_item((entry["pk"], entry["sk"]), "actor_id", "somebody else")
    forged = canonical({**entry, "actor_id": "somebody else"}).encode()
    body = b"".join(line + b"\n" for line in (header, first, forged))
    key = f"{sealed.practice}/2026/01/01/{3:012d}-{digest_of(body)[:16]}.jsonl"
    boto3.client("s3").put_object(Bucket=bucket_name("audit"), Key=key, Body=body)
    place = (records.chain_key(sealed.practice), f"{3:012d}")
    sealed.change_item(place, "digest", digest_of(body))
    sealed.change_item(place, "object_key", key)
    assert ("entry-changed", 3, entry["entry_id"]) in sealed.faults()


def test_every_day_since_the_first_segment_is_looked_at(trail: Trail) -> None:
    today = datetime.now(UTC).date()
    long_ago = datetime.now(UTC) - timedelta(days=40)
    trail.sealed(at=long_ago)
    days = list(days_of(trail.practice, trail.chain()[0], today))
    assert (days[0], days[-1], len(days)) == (str(long_ago.date()), str(today), 41)
    assert trail.verified() == []
