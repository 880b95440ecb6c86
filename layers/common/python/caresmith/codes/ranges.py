"""Sets of procedure codes, written as ranges of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_REMEMBERED: Final = 8_192


def words(written: str) -> frozenset[str]:
    """Codes of any kind, written with spaces between them."""
    return frozenset(written.split())


def in_order(written: str) -> tuple[str, ...]:
    return tuple(written.split())


class Codes:
    """``Codes("99202-99205 G0402")``: single codes, and ranges with both ends.

    A range holds codes of the same form alone: ``00100-01999`` has no ``0042T``.
    """

    def __init__(self, written: str) -> None:
        self.written = " ".join(written.split())
        parts = [part.partition("-") for part in written.split()]
        self._single = frozenset(low for low, _, high in parts if not high)
        self._ranges = tuple((low, high) for low, _, high in parts if high)
        self._has = lru_cache(_REMEMBERED)(self._look)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Codes) and self.written == other.written

    def __hash__(self) -> int:
        return hash(self.written)

    def __contains__(self, code: str) -> bool:
        return self._has(code)

    def __or__(self, other: Codes) -> Codes:
        return Codes(f"{self.written} {other.written}")

    def __iter__(self) -> Iterator[str]:
        """The parts as they are written."""
        return iter(self.written.split())

    def _look(self, code: str) -> bool:
        return code in self._single or any(
            len(low) == len(code)
            and low <= code <= high
            and code[-1].isdigit() == low[-1].isdigit()
            for low, high in self._ranges
        )


NONE: Final = Codes("")
