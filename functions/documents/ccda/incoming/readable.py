"""What a person reads of a clinical document: the narrative of its sections, as plain data.

Words, tables and lists alone come through (CDA R2, 4.3.5 "Section Narrative Block"). Links,
pictures, styles and everything else that would reach out of the page are left out, so what is
made from this can be shown whoever wrote the document.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from functions.documents.ccda.incoming import values as v
from functions.documents.ccda.incoming.reading import V3

_MOST_SECTIONS: Final = 200
_MOST_SPAN: Final = 50
_SPACE: Final = re.compile(r"[ \t\r\n]+")
_BREAKS: Final = frozenset({"paragraph", "item", "tr", "caption", "list", "table"})
_LEFT_OUT: Final = "[picture left out]"


@dataclass(frozen=True)
class Cell:
    words: str
    heads: bool
    columns: int
    rows: int


@dataclass(frozen=True)
class Block:
    """A paragraph, a list or a table: one of the three is filled."""

    kind: Literal["words", "items", "table"]
    words: str = ""
    """The paragraph; of a list or table, its caption."""
    items: tuple[str, ...] = ()
    ordered: bool = False
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True)
class Section:
    title: str
    depth: int
    """0 for a section of the body, 1 for one inside it, and so on."""
    blocks: tuple[Block, ...]


def sections(root: ET.Element) -> list[Section]:
    """The document's sections in their order, each followed by those inside it."""
    found: list[Section] = []
    for body in v.children(root, "component", "structuredBody"):
        _gather(body, 0, found)
    return found[:_MOST_SECTIONS]


def enclosed_type(root: ET.Element) -> str | None:
    """The media type of the file that the document holds in place of text (CDA nonXMLBody)."""
    held = v.child(root, "component", "nonXMLBody", "text")
    return None if held is None else held.attrib.get("mediaType", "a type that is not named")


def _gather(parent: ET.Element, depth: int, found: list[Section]) -> None:
    for section in v.children(parent, "component", "section"):
        title = v.child(section, "title")
        text = v.child(section, "text")
        found.append(
            Section(
                title=_words(title) if title is not None else "",
                depth=depth,
                blocks=tuple(_blocks(text)) if text is not None else (),
            )
        )
        _gather(section, depth + 1, found)


def _blocks(text: ET.Element) -> Iterator[Block]:
    """What stands in a narrative, loose words between the rest as paragraphs of their own."""
    loose: list[str] = [_one_line(text.text)]
    for child in text:
        made = _block(child)
        if made is None:
            loose.append(_flat(child))
        else:
            yield from _paragraph(loose)
            loose = []
            yield made
        loose.append(_one_line(child.tail))
    yield from _paragraph(loose)


def _paragraph(loose: list[str]) -> Iterator[Block]:
    words = _tidy("".join(loose))
    if words:
        yield Block("words", words=words)


def _block(element: ET.Element) -> Block | None:
    name = _name(element)
    caption = v.child(element, "caption")
    words = _words(caption) if caption is not None else ""
    if name == "table":
        rows = tuple(_row(row) for row in element.iter(f"{V3}tr"))
        return Block("table", words=words, rows=tuple(row for row in rows if row))
    if name == "list":
        items = tuple(_words(item) for item in v.children(element, "item"))
        ordered = element.attrib.get("listType") == "ordered"
        return Block("items", words=words, items=items, ordered=ordered)
    if name == "paragraph":
        return Block("words", words=_words(element))
    return None


def _row(row: ET.Element) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            words=_words(cell),
            heads=_name(cell) == "th",
            columns=_span(cell, "colspan"),
            rows=_span(cell, "rowspan"),
        )
        for cell in row
        if _name(cell) in ("th", "td")
    )


def _span(cell: ET.Element, attribute: str) -> int:
    said = cell.attrib.get(attribute, "1")
    return max(1, min(int(said), _MOST_SPAN)) if said.isascii() and said.isdecimal() else 1


def _words(element: ET.Element) -> str:
    return _tidy(_flat(element))


def _flat(element: ET.Element) -> str:
    """All words inside, with a line's end where the narrative has one."""
    name = _name(element)
    if name == "br":
        return "\n"
    if name == "renderMultiMedia":
        return _LEFT_OUT
    parts = [_one_line(element.text)]
    for child in element:
        parts += [_flat(child), _one_line(child.tail)]
    inside = "".join(parts)
    if name in ("td", "th"):
        return f"{inside} "
    return f"\n{inside}\n" if name in _BREAKS else inside


def _one_line(text: str | None) -> str:
    """White space of the file is no line's end: the narrative says ``br`` for that."""
    return _SPACE.sub(" ", text or "")


def _tidy(text: str) -> str:
    lines = (_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _name(element: ET.Element) -> str:
    return element.tag.removeprefix(V3) if isinstance(element.tag, str) else ""
