"""Segments to loops by a grammar, one pass, keeping only what is not yet complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Final

from caresmith.x12.flaws import Flaw, FlawCode, Place, X12Refused, keep, note, refuse
from caresmith.x12.grammar import Loop, Seg
from caresmith.x12.segment import Segment


class Node:
    """A loop as it stood in the file: its segments in order, and the loops inside of it."""

    __slots__ = ("children", "loop", "parent", "segments")

    def __init__(self, loop: Loop, parent: Node | None) -> None:
        self.loop = loop
        self.parent = parent
        self.segments: list[Segment] = []
        self.children: list[Node] = []

    @property
    def id(self) -> str:
        return self.loop.id

    @property
    def first(self) -> Segment:
        return self.segments[0]

    def all(self, id_: str, element: int = 1, *codes: str) -> Iterator[Segment]:
        """Its own segments of this id, of which ``element`` is one of ``codes``."""
        for segment in self.segments:
            if segment.elements[0] == id_ and (not codes or segment[element] in codes):
                yield segment

    def get(self, id_: str, element: int = 1, *codes: str) -> Segment | None:
        return next(self.all(id_, element, *codes), None)

    def loops(self, *ids: str) -> Iterator[Node]:
        for child in self.children:
            if child.loop.id in ids:
                yield child

    def loop_or_none(self, *ids: str) -> Node | None:
        return next(self.loops(*ids), None)

    def everything(self) -> Iterator[Segment]:
        """All segments in it and in the loops inside of it, in the order of the file."""
        found = list(self.segments)
        for child in self.children:
            found.extend(child.everything())
        return iter(sorted(found, key=lambda segment: segment.number))


_UNKNOWN: Final = Loop("?", "unknown loop", (Seg("NM1", "name"),))


class _Entry:
    """Where in a loop a segment may stand, ready to be looked up."""

    __slots__ = ("codes", "element", "index", "item", "rank")

    def __init__(self, index: int, rank: int, item: Seg | Loop) -> None:
        opening = item.opening if isinstance(item, Loop) else item
        self.index = index
        self.rank = rank
        self.item = item
        self.element, self.codes = opening.where or (0, frozenset[str]())


class _Table:
    """A loop's entries by segment id, and which of them must be there."""

    __slots__ = ("by_id", "ranks", "required")

    def __init__(self, loop: Loop) -> None:
        self.by_id: dict[str, list[_Entry]] = {}
        self.required: list[tuple[int, int, Seg | Loop]] = []
        rank, before = 0, ""
        for index, item in enumerate(loop.items):
            opening = item.opening if isinstance(item, Loop) else item
            # Guides give neighbours of the same id (REF, DTP, the NM1 loops)
            # one position: they may come in any order.
            if opening.id != before:
                rank, before = rank + 1, opening.id
            if not index:
                continue  # its first segment, standing there again, begins another such loop
            self.by_id.setdefault(opening.id, []).append(_Entry(index, rank, item))
            if item.required:
                self.required.append((index, rank, item))
        self.ranks = rank


@cache
def _table(loop: Loop) -> _Table:
    return _Table(loop)


class _Frame:
    __slots__ = ("counts", "node", "rank", "table")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.table = _table(node.loop)
        self.rank = 0
        self.counts: dict[int, int] = {}


class Walker:
    """Walks the segments of one transaction set.

    Where a segment fits into the innermost open loop it belongs there, in
    whatever order (noted); to a loop further out it belongs only if that loop
    has not passed it, for otherwise what follows would go to the wrong claim
    or line. What fits nowhere stays where it stood, and is noted.
    """

    def __init__(self, grammar: Loop, streamed: Collection[str] = ()) -> None:
        self._grammar = grammar
        self._streamed: Final = frozenset(streamed)
        self.root = Node(grammar, None)
        self.notes: list[Flaw] = []
        self._openings = frozenset(one.opening.id for one in grammar.walk())

    def walk(self, segments: Iterable[Segment]) -> Iterator[Node]:
        """Yield each loop of ``streamed`` when it is complete and forget it, at last the root.

        ``segments`` begin with ST and end with SE. Raises X12Refused where a
        required segment or loop is missing.
        """
        stack: list[_Frame] = [_Frame(self.root)]
        iterator = iter(segments)
        start = next(iterator)
        self.root.segments.append(start)
        last = start
        for segment in iterator:
            last = segment
            yield from self._place(stack, segment)
            if segment.elements[0] == "SE":
                break
        while stack:
            yield from self._close(stack, last)

    def _place(self, stack: list[_Frame], segment: Segment) -> Iterator[Node]:
        depth = len(stack) - 1
        innermost = depth
        while depth >= 0:
            frame = stack[depth]
            entry = _match(frame, segment, innermost == depth)
            if entry is not None:
                while len(stack) - 1 > depth:
                    yield from self._close(stack, segment)
                self._enter(stack, frame, entry, segment)
                return
            depth -= 1
        frame = stack[-1]
        if segment.elements[0] in self._openings:
            self._open_unknown(stack, segment)
            return
        frame.node.segments.append(segment)
        self._note(FlawCode.UNKNOWN_SEGMENT, segment, "not a segment of this loop", frame)

    def _open_unknown(self, stack: list[_Frame], segment: Segment) -> None:
        """A loop that the grammar does not have here.

        What follows belongs to it, so it must not be read into the loop
        before. A name (NM1) can be passed over with what belongs to it; any
        other loop would take claims or lines with it.
        """
        frame = stack[-1]
        if segment.elements[0] != "NM1":
            place = Place.of(segment, loop=frame.node.loop.id)
            raise refuse(FlawCode.NESTING, place, "this begins a loop that can't begin here")
        self._note(FlawCode.UNKNOWN_SEGMENT, segment, "not a loop of this guide", frame)
        node = Node(_UNKNOWN, frame.node)
        node.segments.append(segment)
        frame.node.children.append(node)
        stack.append(_Frame(node))

    def _enter(self, stack: list[_Frame], frame: _Frame, entry: _Entry, segment: Segment) -> None:
        if entry.rank < frame.rank:
            self._note(FlawCode.OUT_OF_ORDER, segment, "this should have come earlier", frame)
        else:
            frame.rank = entry.rank
        item = entry.item
        count = frame.counts[entry.index] = frame.counts.get(entry.index, 0) + 1
        if item.most and count > item.most:
            self._note(FlawCode.TOO_MANY, segment, f"at most {item.most} of these", frame)
        if isinstance(item, Loop):
            _passed(frame, entry.rank, segment)
            node = Node(item, frame.node)
            node.segments.append(segment)
            if item.id not in self._streamed:
                frame.node.children.append(node)
            stack.append(_Frame(node))
        else:
            frame.node.segments.append(segment)

    def _close(self, stack: list[_Frame], at: Segment) -> Iterator[Node]:
        frame = stack.pop()
        node = frame.node
        _passed(frame, frame.table.ranks + 1, at)
        if node.loop.id in self._streamed or not stack:
            yield node

    def _note(self, code: FlawCode, segment: Segment, reason: str, frame: _Frame) -> None:
        keep(self.notes, [note(code, segment, reason, loop=frame.node.loop.id)])


def _match(frame: _Frame, segment: Segment, innermost: bool) -> _Entry | None:
    elements = segment.elements
    entries = frame.table.by_id.get(elements[0])
    if entries is None:
        return None
    for entry in entries:
        if entry.rank < frame.rank and not innermost:
            continue
        if entry.element and not (
            entry.element < len(elements) and elements[entry.element] in entry.codes
        ):
            continue
        return entry
    return None


def _passed(frame: _Frame, rank: int, at: Segment) -> None:
    """Nothing required before ``rank`` may be missing where a loop begins or ends."""
    for index, before, item in frame.table.required:
        if before < rank and index not in frame.counts:
            raise _missing(frame.node, item, at)


def _missing(node: Node, item: Seg | Loop, at: Segment) -> X12Refused:
    """Told at the segment before which it should have stood."""
    place = Place.of(at, loop=node.loop.id)
    if isinstance(item, Loop):
        return refuse(
            FlawCode.MISSING_LOOP, place, f"loop {item.id} ({item.name}) is missing before this"
        )
    return refuse(
        FlawCode.MISSING_SEGMENT, place, f"{item.id} ({item.name}) is missing before this"
    )
