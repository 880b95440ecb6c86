"""Proves that links, segments and entries are what was sealed, or says what is not.

Each link is followed to its segment, whose bytes must have the link's hash and
name the hash before; each sealed copy is compared with the entry in the table,
its mark and its references. Verification only reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from functions.audit import records, store
from functions.audit.findings import Fault, Finding, finding
from functions.audit.records import LinkRecord
from functions.audit.segments import (
    GENESIS,
    Entry,
    Unreadable,
    differences,
    digest_of,
    is_entry,
    read_segment,
)

# Attributes of a link, and what the segment's header calls them.
_TOLD_TWICE: Final = {
    "sequence": "sequence",
    "previous": "previous",
    "entries": "count",
    "first_at": "first",
    "last_at": "last",
    "sealed_at": "sealed_at",
}


def verify_links(practice: str, first: int, last: int) -> Iterator[tuple[int, list[Finding]]]:
    """Each number from ``first`` to ``last`` with what is wrong there, in order."""
    before = _hash_before(practice, first)
    expected = first
    for link in records.links(practice, first, last):
        number = int(link.sk)
        for absent in range(expected, number):
            yield absent, [finding(Fault.LINK_MISSING, absent)]
            before = None
        yield number, list(_check_link(practice, link, before))
        before, expected = link.digest, number + 1
    for absent in range(expected, last + 1):
        yield absent, [finding(Fault.LINK_MISSING, absent)]


def _hash_before(practice: str, first: int) -> str | None:
    """What the segment ``first`` has to name; None where that link is gone."""
    if first == 1:
        return GENESIS
    return next((link.digest for link in records.links(practice, first - 1, first - 1)), None)


def _check_link(practice: str, link: LinkRecord, before: str | None) -> Iterator[Finding]:
    number = int(link.sk)
    if not (link.object_key and link.digest):
        yield finding(Fault.LINK_CHANGED, number, what="it names no object")
        return
    body = store.read(link.object_key)
    if body is None:
        yield finding(Fault.SEGMENT_MISSING, number)
        return
    try:
        header, entries = read_segment(body)
    except Unreadable:
        yield finding(Fault.SEGMENT_CHANGED, number, what="it can't be read")
        return
    if before is not None and header.get("previous") != before:
        yield finding(Fault.LINK_BROKEN, number)
    digest = digest_of(body)
    if digest != link.digest and digest[:16] in link.object_key:
        # The object's name holds part of its hash: the link is what was changed.
        yield finding(Fault.LINK_CHANGED, number, what="digest")
    elif digest != link.digest or not all(map(is_entry, entries)):
        yield from _what_changed(number, header, entries)
        return
    yield from _check_header(practice, link, header, entries)
    yield from _check_entries(practice, number, entries)


def _check_header(
    practice: str, link: LinkRecord, header: dict[str, Any], entries: list[Entry]
) -> Iterator[Finding]:
    """The link repeats the header, and the header is true of the entries."""
    number = int(link.sk)
    told = link.attribute_values
    differing = [name for name, other in _TOLD_TWICE.items() if told.get(name) != header.get(other)]
    if number != header.get("sequence") and "sequence" not in differing:
        differing.append("sequence")
    if header.get("practice") != practice:
        differing.append("practice")
    if header.get("count") != len(entries):
        differing.append("entries")
    if differing:
        what = ", ".join(dict.fromkeys(differing))
        yield finding(Fault.LINK_CHANGED, number, what=what)


def _what_changed(number: int, header: dict[str, Any], entries: list[Entry]) -> Iterator[Finding]:
    """The object's bytes have another hash: name the lines that the table contradicts."""
    whole = [entry for entry in entries if is_entry(entry)]
    held = records.stored((entry["pk"], entry["sk"]) for entry in whole)
    named = False
    for entry in whole:
        other = held.get((entry["pk"], entry["sk"]))
        if other != entry:
            named = True
            what = "the table has no such entry" if other is None else differences(entry, other)
            yield finding(Fault.SEGMENT_CHANGED, number, entry["entry_id"], what)
    if len(whole) < len(entries):
        yield finding(Fault.SEGMENT_CHANGED, number, what="a line is no entry")
    elif header.get("count") != len(entries):
        yield finding(Fault.SEGMENT_CHANGED, number, what="the count of entries")
    elif [entry["sk"] for entry in entries] != sorted(entry["sk"] for entry in entries):
        yield finding(Fault.SEGMENT_CHANGED, number, what="the order of entries")
    elif not named:
        yield finding(Fault.SEGMENT_CHANGED, number, what="its hash")


def _check_entries(practice: str, number: int, entries: list[Entry]) -> Iterator[Finding]:
    held = records.stored((entry["pk"], entry["sk"]) for entry in entries)
    marks = records.marks_of(practice, entries)
    filed = {entry["entry_id"]: records.references_of(practice, entry) for entry in entries}
    present = records.stored(place for places in filed.values() for place in places)
    for entry in entries:
        entry_id = entry["entry_id"]
        other = held.get((entry["pk"], entry["sk"]))
        if other is None:
            yield finding(Fault.ENTRY_MISSING, number, entry_id)
        elif other != entry:
            yield finding(Fault.ENTRY_CHANGED, number, entry_id, differences(entry, other))
        if entry_id not in marks:
            yield finding(Fault.MARK_MISSING, number, entry_id)
        elif marks[entry_id] != number:
            yield finding(Fault.SEALED_TWICE, number, entry_id, str(marks[entry_id]))
        for partition, sort_key in filed[entry_id]:
            if (partition, sort_key) not in present:
                patient = partition.rpartition("#")[2]
                yield finding(Fault.REFERENCE_MISSING, number, entry_id, patient)
