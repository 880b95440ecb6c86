"""Which claim a segment of a file of ours belongs to: a 999 counts segments from ST (IK302)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from caresmith.x12.envelope import Envelope
from caresmith.x12.reader import SegmentReader


@dataclass
class SetMap:
    """One transaction set of ours."""

    claims: list[str] = field(default_factory=list)
    """CLM01 of each, in the order of the file."""
    starts: list[int] = field(default_factory=list)
    """From which segment on each claim is meant: its levels stand before its CLM."""

    def owner(self, position: int) -> str | None:
        """The claim of that segment; None for what is all claims' (before the first level)."""
        found = None
        for start, claim in zip(self.starts, self.claims, strict=True):
            if start > position:
                break
            found = claim
        return found


def map_sets(content: bytes) -> Mapping[str, SetMap]:
    """By ST02."""
    envelope = Envelope(SegmentReader(io.BytesIO(content)))
    sets: dict[str, SetMap] = {}
    level: int | None = None
    for segment in envelope:
        if envelope.header is None:
            continue
        current = sets.setdefault(envelope.header.control_number, SetMap())
        if segment.id == "HL" and level is None:
            level = segment.within
        elif segment.id == "CLM":
            current.claims.append(segment[1])
            current.starts.append(level if level is not None else segment.within)
            level = None
        elif segment.id == "SE":
            level = None
    return sets
