"""A segment: an id and its elements as they stood in the file."""

from __future__ import annotations

from typing import Final

Component = str
Element = str | tuple[Component, ...]
"""What an element is made from: its text, or its components."""


class Segment:
    """``elements[0]`` is the id, so ``elements[3]`` is what guides call NM103.

    The elements are text as it stood in the file, composites unsplit: what is
    not understood is not lost. Elements behind the last that was sent are "".
    """

    __slots__ = ("elements", "line", "number", "offset", "within")

    def __init__(
        self,
        elements: list[str],
        number: int = 0,
        line: int = 0,
        offset: int = 0,
        within: int = 0,
    ) -> None:
        self.elements = elements
        self.number = number
        self.line = line
        self.offset = offset
        self.within = within

    @property
    def id(self) -> str:
        return self.elements[0]

    def __getitem__(self, element: int) -> str:
        elements = self.elements
        return elements[element] if element < len(elements) else ""

    def __len__(self) -> int:
        """The number of elements, the id not counted."""
        return len(self.elements) - 1

    def __eq__(self, other: object) -> bool:
        """Segments are equal that say the same, wherever they stand."""
        return isinstance(other, Segment) and self.elements == other.elements

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Names no value: these end in logs."""
        return f"<{self.id} segment {self.number}, {len(self)} elements>"


def composed(component: str, *components: str) -> str:
    """Components joined by ``component``, without the empty ones at the end."""
    last = len(components)
    while last and not components[last - 1]:
        last -= 1
    return component.join(components[:last])


def segment(*elements: str) -> Segment:
    """A segment to be written, without the empty elements at its end."""
    last: Final = len(elements)
    end = last
    while end > 1 and not elements[end - 1]:
        end -= 1
    return Segment(list(elements[:end]))
