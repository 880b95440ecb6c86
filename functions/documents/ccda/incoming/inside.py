"""What entries of every kind have inside: related entries, a status, words of their own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Final

from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import Content
from functions.documents.ccda.incoming import values as v
from functions.documents.ccda.incoming.values import Narrative

TEMPLATES: Final = "2.16.840.1.113883.10.20.22.4."
"""What the ids of C-CDA's entry templates begin with."""

Made = tuple[str, Callable[[], Content]]
"""What a person reads of an entry, and how it becomes ours (ValueError where it can't)."""


def related(element: ET.Element, template: str) -> Iterator[ET.Element]:
    """Entries inside the entry that follow a template."""
    for relation in v.children(element, "entryRelationship"):
        for one in relation:
            if v.has_template(one, TEMPLATES + template):
                yield one


def coded_value(element: ET.Element, template: str) -> str:
    """The code that the first entry inside of that template has as its value."""
    for one in related(element, template):
        value = v.child(one, "value")
        if value is not None:
            return value.attrib.get("code", "")
    return ""


def status_code(element: ET.Element) -> str:
    status = v.child(element, "statusCode")
    return status.attrib.get("code", "") if status is not None else ""


def negated(element: ET.Element) -> bool:
    return element.attrib.get("negationInd") == "true"


def words(element: ET.Element, narrative: Narrative) -> Concept | None:
    """What the entry's own text says, where no code says it."""
    return texted(narrative.words(v.child(element, "text")))


def texted(text: str | None) -> Concept | None:
    return Concept(text=text) if text else None


def short(text: str | None) -> str | None:
    return text[:40].rstrip() if text else None


def said(concept: Concept | None) -> str:
    return concept.words if concept else "(nothing is said)"
