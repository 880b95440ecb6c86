"""XML as a clinical document: no entities, no document types, bounded in size and depth."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from functions.documents.errors import FileRefused

MOST_BYTES: Final = 10 * 1024 * 1024
_MOST_ELEMENTS: Final = 400_000
_DEEPEST: Final = 100
V3: Final = "{urn:hl7-org:v3}"


class _TooMuch(Exception):
    """More elements, or deeper ones, than any clinical document has."""


class _Bounded(ET.TreeBuilder):
    """Builds the tree until it grows beyond measure."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST or self._count > _MOST_ELEMENTS:
            raise _TooMuch
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def document(body: bytes) -> ET.Element:
    """The document's root. Raises FileRefused for anything but a CDA document."""
    if len(body) > MOST_BYTES:
        raise FileRefused("too-large", "The clinical document has more than 10 MB.")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(body)
        root: ET.Element = parser.close()
    except DefusedXmlException:
        raise FileRefused(
            "forbidden-xml", "The XML declares a document type or entities, which are not taken."
        ) from None
    except _TooMuch:
        raise FileRefused("too-large", "The XML is larger or deeper than can be read.") from None
    except (ET.ParseError, ValueError, LookupError):
        # LookupError: an encoding that Python does not know.
        raise FileRefused("damaged", "The XML is damaged: it can't be read.") from None
    if root.tag != f"{V3}ClinicalDocument":
        raise FileRefused("not-a-ccda", "The XML is not a clinical document (CDA).")
    return root
