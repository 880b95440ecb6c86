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

    def row(self, *cells: str | None) -> str:
        """Add a row; returns the id of its first cell's words."""
        self._count += 1
        reference = f"{self._prefix}{self._count}"
        row = add(self._body, "tr")
        first = add(row, "td")
        add(first, "content", cells[0] or "", ID=reference)
        for cell in cells[1:]:
            add(row, "td", cell or "")
        return reference


def refer(element: ET.Element, reference: str) -> None:
    """The entry's text stands in the narrative."""
    add(add(element, "text"), "reference", value=f"#{reference}")
