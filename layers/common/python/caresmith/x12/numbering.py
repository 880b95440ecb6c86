"""HL numbers, counted while levels are written."""

from __future__ import annotations

from caresmith.x12.segment import Segment
from caresmith.x12.writer import SegmentMaker


class Levels:
    """Counts HL01 from one, as every hierarchical transaction set wants it."""

    def __init__(self, make: SegmentMaker) -> None:
        self._make = make
        self.last = 0

    def open(self, code: str, *, parent: int | None, child: bool | None) -> Segment:
        """The HL of a new level; its number is then ``last``. ``child`` None is not said."""
        self.last += 1
        above = "" if parent is None else str(parent)
        below = "" if child is None else "1" if child else "0"
        return self._make("HL", str(self.last), above, code, below)
