"""What an 837P may say and a claim of this system does not: noted, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.x12.claims.codes import (
    CLAIM_DATES,
    CLAIM_NUMBERS,
    DISABILITY,
    LINE_DATES,
    LINE_NUMBERS,
)
from caresmith.x12.claims.reading.line import NECESSITY
from caresmith.x12.flaws import Flaw, FlawCode, note
from caresmith.x12.segment import Segment
from caresmith.x12.walker import Node

# Repricing, ambulance, durable medical equipment, foreign currency.
_SEGMENTS: Final = frozenset({"HCP", "CR1", "CR3", "SV5", "LQ", "FRM", "CUR"})
_READ: Final = {
    ("2300", "DTP"): frozenset(CLAIM_DATES.values()) | frozenset(DISABILITY),
    ("2300", "REF"): frozenset(CLAIM_NUMBERS.values()),
    ("2300", "CRC"): frozenset({"75", "ZZ", "E1", "E2", "E3"}),
    ("2400", "DTP"): frozenset(LINE_DATES.values()) | {"472"},
    ("2400", "REF"): frozenset(LINE_NUMBERS.values()) | {"G1", "9F"},
    ("2400", "CRC"): frozenset({"70"}),
    ("2400", "QTY"): frozenset({"FL"}),
    ("2400", "NTE"): frozenset({"ADD", "DCP", "TPO"}),
}


def unread(root: Node) -> Iterator[Flaw]:
    for child in root.children:
        for segment in child.segments:
            if _is_unread(child.id, segment):
                yield note(
                    FlawCode.UNSUPPORTED,
                    segment,
                    "this part of the guide is not read here",
                    loop=child.id,
                )
        yield from unread(child)


def _is_unread(loop: str, segment: Segment) -> bool:
    name = segment.elements[0]
    if name == "PWK":
        return segment[2] in NECESSITY
    return name in _SEGMENTS or segment[1] not in _READ.get((loop, name), (segment[1],))
