"""How segments make loops, declared as data: one tree for each implementation guide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Where = tuple[int, frozenset[str]]
"""An element, or its first component, that tells segments of the same id apart."""

MANY: Final = 0
"""No highest number."""


@dataclass(frozen=True, slots=True)
class Seg:
    """A segment's place in a loop. ``most`` 0 is any number of times."""

    id: str
    name: str
    where: Where | None = None
    required: bool = False
    most: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop begins with its first segment, which is required and comes once."""

    id: str
    name: str
    items: tuple[Seg | Loop, ...]
    required: bool = False
    most: int = 1

    @property
    def opening(self) -> Seg:
        first = self.items[0]
        assert isinstance(first, Seg)  # noqa: S101 - the declaration's own shape
        return first

    def walk(self) -> Iterator[Loop]:
        """This loop and all inside of it."""
        yield self
        for item in self.items:
            if isinstance(item, Loop):
                yield from item.walk()


def when(element: int, *codes: str) -> Where:
    return element, frozenset(codes)


def seg(
    id_: str, name: str, where: Where | None = None, *, required: bool = False, most: int = 1
) -> Seg:
    return Seg(id_, name, where, required, most)


def loop(id_: str, name: str, *items: Seg | Loop, required: bool = False, most: int = 1) -> Loop:
    return Loop(id_, name, items, required, most)


def entity(*codes: str, name: str = "name", required: bool = True) -> Seg:
    """NM1 by its entity identifier (NM101): most loops begin with one."""
    return Seg("NM1", name, when(1, *codes), required)


def level(code: str) -> Seg:
    """HL by its level code (HL03)."""
    return Seg("HL", "hierarchical level", when(3, code), required=True)


SE: Final = Seg("SE", "transaction set trailer", None, required=True)
