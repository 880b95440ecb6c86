"""What verification can find, each with its sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel


class Fault(StrEnum):
    LINK_MISSING = "link-missing"
    LINK_CHANGED = "link-changed"
    LINK_BROKEN = "link-broken"
    SEGMENT_MISSING = "segment-missing"
    SEGMENT_CHANGED = "segment-changed"
    ENTRY_MISSING = "entry-missing"
    ENTRY_CHANGED = "entry-changed"
    ENTRY_NOT_SEALED = "entry-not-sealed"
    SEALED_TWICE = "sealed-twice"
    MARK_MISSING = "mark-missing"
    MARK_WRONG = "mark-wrong"
    REFERENCE_MISSING = "reference-missing"
    HEAD_DIFFERS = "head-differs"
    ENTRY_WAITING = "entry-waiting"
    UNLINKED = "unlinked"


MESSAGES: Final = {
    Fault.LINK_MISSING: "The chain has no link of this number.",
    Fault.LINK_CHANGED: "The link says something else than the segment: {what}.",
    Fault.LINK_BROKEN: "The segment does not name the hash of the segment before it.",
    Fault.SEGMENT_MISSING: "The segment's object is gone.",
    Fault.SEGMENT_CHANGED: "The segment's object is not what was sealed: {what}.",
    Fault.ENTRY_MISSING: "The entry is sealed, but it is gone from the table.",
    Fault.ENTRY_CHANGED: "The entry in the table differs from its sealed copy in: {what}.",
    Fault.ENTRY_NOT_SEALED: "The entry stands in no segment, though it is no longer new.",
    Fault.ENTRY_WAITING: "The entry is new and waits to be sealed.",
    Fault.SEALED_TWICE: "The segment holds the entry, but the entry's mark names segment {what}.",
    Fault.MARK_MISSING: "The mark that says where the entry is sealed is gone.",
    Fault.MARK_WRONG: "The entry is marked as sealed in this segment, which does not hold it.",
    Fault.REFERENCE_MISSING: "The reference to the entry is gone from the list of {what}.",
    Fault.HEAD_DIFFERS: "The link's hash is not the one that was noted.",
    Fault.UNLINKED: "No link names this object: a crash left it, and its entries are {what}.",
}
HARMLESS: Final = frozenset({Fault.ENTRY_WAITING, Fault.UNLINKED})


class Finding(BaseModel):
    """One thing that is not as it was sealed. It names attributes, never their content."""

    fault: Fault
    sequence: int | None = None
    entry_id: str | None = None
    message: str

    @property
    def harmless(self) -> bool:
        return self.fault in HARMLESS


def finding(
    fault: Fault, sequence: int | None = None, entry_id: str | None = None, what: str = ""
) -> Finding:
    return Finding(
        fault=fault,
        sequence=sequence,
        entry_id=entry_id,
        message=MESSAGES[fault].format(what=what),
    )
