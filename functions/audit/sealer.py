"""Seals new entries: takes them from the table's stream and extends the chain.

For each segment, in this order: references under the patients, the object, the
link with the marks of its entries. Only the last step makes it count, and it is
one transaction. Whatever stops the sealer before that leaves nothing worse than
an object that no link names; the stream delivers the entries again, and those
that have a mark are passed over.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from caresmith.clock import Clock
from caresmith.ids import PracticeId
from functions.audit import records, store
from functions.audit.errors import ChainBusy, NotAnEntry, Overtaken
from functions.audit.segments import (
    GENESIS,
    Entry,
    Segment,
    first_chunk,
    in_order,
    is_entry,
    plain,
    segment_after,
)

ATTEMPTS: Final = 12


def entry_of(record: Mapping[str, Any]) -> Entry:
    """The entry that a stream record tells of. Raises NotAnEntry."""
    entry = plain(record.get("dynamodb", {}).get("NewImage", {}))
    try:
        if not is_entry(entry):
            raise NotAnEntry
        PracticeId(entry["practice_id"])
    except ValueError:
        raise NotAnEntry from None
    return entry


def seal(practice: str, entries: Iterable[Entry], clock: Clock) -> int:
    """Seal those of a practice's ``entries`` that are not sealed yet; returns how many.

    Raises ChainBusy where other writers were faster each time.
    """
    waiting, sealed, lost = in_order(entries), 0, 0
    while waiting := _unsealed(practice, waiting):
        chunk = first_chunk(waiting)
        records.file_references(practice, chunk)
        segment = _next_segment(practice, chunk, clock)
        store.write(segment)
        try:
            records.append(segment)
            sealed += len(chunk)
        except Overtaken:
            lost += 1
            if lost == ATTEMPTS:
                raise ChainBusy from None
            time.sleep(random.uniform(0, 0.01 * 2 ** min(lost, 5)))  # noqa: S311 - no secret
    return sealed


def _unsealed(practice: str, entries: list[Entry]) -> list[Entry]:
    known = records.marks_of(practice, entries)
    return [entry for entry in entries if entry["entry_id"] not in known]


def _next_segment(practice: str, chunk: list[Entry], clock: Clock) -> Segment:
    head = records.head(practice)
    sequence, previous = (int(head.sequence), head.digest) if head else (0, GENESIS)
    return segment_after(practice, sequence, previous, chunk, clock.now())
