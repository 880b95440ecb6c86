"""A section's narrative: what a person reads, to which each entry refers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from functions.documents.ccda.outgoing.building import add


class Table:
    """A table in a section's ``text``, whose rows entries refer to by id."""

    def __init__(self, section: ET.Element, prefix: str, columns: Sequence[str]) -> None:
        text = add(section, "text")
        table = add(text, "table")
        header = add(add(table, "thead"), "tr")
        for column in columns:
            add(header, "th", column)
        self._body = add(table, "tbody")
        self._prefix = prefix
        self._count = 0

    def row(self, *cells: str | None, named: int = 0) -> str:
        """Add a row; returns the id of its first cell's words.

        ``named`` is another cell that entries refer to, by the id that :func:`cell` tells.
        """
        self._count += 1
        reference = f"{self._prefix}{self._count}"
        row = add(self._body, "tr")
        first = add(row, "td")
        add(first, "content", cells[0] or "", ID=reference)
        for number, words in enumerate(cells[1:], start=1):
            place = add(row, "td", None if number == named else words or "")
            if number == named:
                add(place, "content", words or "", ID=cell(reference, number))
        return reference


def cell(row: str, number: int) -> str:
    """The id of the words in another cell of a row; the first has the row's own."""
    return f"{row}-{number}"


def refer(element: ET.Element, reference: str) -> None:
    """The entry's text stands in the narrative."""
    add(add(element, "text"), "reference", value=f"#{reference}")
