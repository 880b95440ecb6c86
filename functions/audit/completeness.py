"""Proves that nothing is absent: that every entry stands in the chain, up to its end.

Links alone can't show that the newest of them were taken away. The marks can:
they name segments that the chain no longer has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from caresmith.clock import from_text, to_precise_text
from functions.audit import records, store
from functions.audit.findings import Fault, Finding, finding
from functions.audit.records import LinkRecord, MarkRecord, marks_key
from functions.audit.segments import (
    Entry,
    Unreadable,
    differences,
    is_entry,
    read_segment,
    sequence_of_key,
)

SETTLED: Final = timedelta(minutes=10)
"""An entry older than this must be sealed; a younger one may be on its way."""
_TAIL_MARKS: Final = 500


def verify_tail(practice: str, head: LinkRecord | None, today: date) -> list[Finding]:
    """Whether the newest marks name segments beyond the head: the chain's end was cut off.

    Looks at the newest few hundred marks of today and of the head's day.
    """
    end = int(head.sequence) if head else 0
    days = {today.isoformat()} | ({head.last_at[:10]} if head else set())
    beyond: dict[int, None] = {}
    for day in sorted(days):
        newest = MarkRecord.query(
            marks_key(practice, day), scan_index_forward=False, limit=_TAIL_MARKS
        )
        beyond |= {int(mark.sequence): None for mark in newest if mark.sequence > end}
    if not beyond:
        return []
    # A segment may have been linked since the head was read.
    known = {int(link.sk) for link in records.links(practice, end + 1, max(beyond))}
    return [finding(Fault.LINK_MISSING, number) for number in sorted(beyond.keys() - known)]


def verify_day(practice: str, day: str, now: datetime) -> Iterator[Finding]:
    """Whether each entry of a UTC day is marked as sealed, and each mark has its link."""
    settled = to_precise_text(now - SETTLED)
    entries = {entry["sk"] for entry in records.stored_on(practice, day)}
    # Marks are read after the entries, so that an entry sealed meanwhile has one.
    marks = {
        mark.sk: int(mark.sequence)
        for mark in MarkRecord.query(marks_key(practice, day), consistent_read=True)
    }
    for sort_key in sorted(entries):
        entry_id = sort_key.rpartition("#")[2]
        if entry_id not in marks:
            fault = Fault.ENTRY_NOT_SEALED if sort_key < settled else Fault.ENTRY_WAITING
            yield finding(fault, None, entry_id)
    numbers = sorted(set(marks.values()))
    if not numbers:
        return
    held = {int(link.sk): link for link in records.links(practice, numbers[0], numbers[-1])}
    for number in numbers:
        of_it = {entry_id for entry_id, other in marks.items() if other == number}
        yield from _check_marks(number, of_it, held.get(number))


def _check_marks(number: int, marked: set[str], link: LinkRecord | None) -> Iterator[Finding]:
    """The link that these marks name exists, and its segment holds the entries."""
    if link is None:
        yield finding(Fault.LINK_MISSING, number)
    elif len(marked) != link.entries:
        # Else they are the very entries that verifying the link has looked for.
        for entry_id in sorted(marked - {entry["entry_id"] for entry in _entries(link.object_key)}):
            yield finding(Fault.MARK_WRONG, number, entry_id)


def verify_objects(practice: str, linked: Mapping[int, str], now: datetime) -> Iterator[Finding]:
    """What lies in the bucket without a link; ``linked`` has the chain's object names.

    An attempt that crashed leaves such an object: harmless, where the chain has
    gone on and the table says of the entries what the object says. Else it is
    what remains of a link that was taken away.
    """
    settled = to_precise_text(now - SETTLED)
    for key in store.keys(practice):
        number = sequence_of_key(key)
        if number is None or linked.get(number) == key:
            continue
        entries = _entries(key)
        contradicted = list(_contradictions(number, entries))
        yield from contradicted
        if number not in linked and _was_linked(practice, number, entries, settled):
            yield finding(Fault.LINK_MISSING, number)
        elif not contradicted:
            yield finding(Fault.UNLINKED, number, what="sealed by another attempt")


def _was_linked(practice: str, number: int, entries: list[Entry], settled: str) -> bool:
    """Whether the chain must have had a link to this object, which lies beyond its links."""
    if not entries or entries[-1]["occurred_at"] < settled:
        return True
    return number in records.marks_of(practice, entries).values()


def _contradictions(number: int, entries: list[Entry]) -> Iterator[Finding]:
    held = records.stored((entry["pk"], entry["sk"]) for entry in entries)
    for entry in entries:
        other = held.get((entry["pk"], entry["sk"]))
        if other is None:
            yield finding(Fault.ENTRY_MISSING, number, entry["entry_id"])
        elif other != entry:
            yield finding(Fault.ENTRY_CHANGED, number, entry["entry_id"], differences(entry, other))


def _entries(key: str) -> list[Entry]:
    try:
        _, entries = read_segment(store.read(key) or b"")
    except Unreadable:
        return []
    return [entry for entry in entries if is_entry(entry)]


def days_of(practice: str, first: LinkRecord | None, today: date) -> Iterator[str]:
    """The UTC days in which a practice can have entries, the oldest first."""
    begin = min(_founded(practice), today)
    if first is not None:
        begin = min(begin, from_text(first.first_at).date())
    while begin <= today:
        yield begin.isoformat()
        begin += timedelta(days=1)


def _founded(practice: str) -> date:
    """The day on which the practice's id was made: a ULID begins with its instant."""
    from ulid import ULID

    return ULID.from_str(practice.partition("_")[2]).datetime.date()
