"""CDA's data types as ours: codes, times, quantities, text that stands in the narrative.

A ``nullFlavor`` is no value; where a code has one, its translations or its words may
still say what is meant. A code that is no code of its system is left out, and its words
stay: they are what a person wrote.
"""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from pydantic import ValidationError

from caresmith.measures.ucum import is_unit
from caresmith.records.clinical.coding import Coding, Concept, Quantity
from caresmith.text import clean_line, clean_note
from functions.documents.ccda import codes
from functions.documents.ccda.incoming.reading import V3

XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TIME: Final = re.compile(
    r"(?P<year>[12]\d{3})(?:(?P<month>\d\d)(?:(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)?(?P<second>\d\d)?(?:\.\d+)?)?)?)?"
    r"(?P<zone>[+-]\d{4}|Z)?"
)
LINE: Final = 500
"""Characters of a line of ours."""
NOTE: Final = 2_000
"""Of a few sentences, such as a sig."""
VALUE: Final = 20_000
"""Of a result in words."""
_WHITE: Final = re.compile(r"[\s\x00-\x1f]+")


class Narrative:
    """A section's text by the ids that its entries refer to."""

    def __init__(self, section: ET.Element) -> None:
        text = section.find(f"{V3}text")
        self._by_id: dict[str, ET.Element] = {}
        if text is not None:
            for element in text.iter():
                if "ID" in element.attrib:
                    self._by_id.setdefault(element.attrib["ID"], element)

    def words(self, element: ET.Element | None, most: int = LINE) -> str | None:
        """What the element says: by reference into the narrative, or itself; None for nothing.

        Past ``most`` characters it ends with an ellipsis.
        """
        if element is None:
            return None
        reference = element.find(f"{V3}reference")
        if reference is None:
            return plain("".join(element.itertext()), most)
        target = self._by_id.get(reference.attrib.get("value", "").removeprefix("#"))
        if target is None:
            return plain(element.text or "", most)
        return plain(" ".join(part for part in target.itertext() if part.strip()), most)


def plain(text: str, most: int = LINE) -> str | None:
    """One line without what a line may not hold; None where nothing is left."""
    try:
        return _cut(clean_line(_WHITE.sub(" ", text)), most)
    except ValueError:
        return None


def note(text: str | None) -> str | None:
    try:
        return _cut(clean_note(text), NOTE) if text else None
    except ValueError:
        return None


def _cut(text: str, most: int) -> str:
    """A reader sees that there was more; the document itself is kept whole."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def child(element: ET.Element, *path: str) -> ET.Element | None:
    """The first descendant by that path of CDA names."""
    return element.find("/".join(V3 + name for name in path))


def children(element: ET.Element, *path: str) -> Iterator[ET.Element]:
    yield from element.iterfind("/".join(V3 + name for name in path))


def has_template(element: ET.Element, root: str) -> bool:
    return any(t.attrib.get("root") == root for t in children(element, "templateId"))


def concept(element: ET.Element | None, narrative: Narrative) -> Concept | None:
    """A coded value with its translations; None where it says nothing at all."""
    if element is None:
        return None
    codings: list[Coding] = []
    for one in (element, *children(element, "translation")):
        coding = _coding(one)
        if coding and not any((c.system, c.code) == (coding.system, coding.code) for c in codings):
            codings.append(coding)
    text = narrative.words(child(element, "originalText")) or plain(
        element.attrib.get("displayName", "")
    )
    if not text and not codings:
        # Said in another system's code only by its name.
        text = next((w for t in children(element, "translation") if (w := _display(t))), None)
    if not text and not codings:
        return None
    return Concept(codings=tuple(codings[:10]), text=text)


def _coding(element: ET.Element) -> Coding | None:
    code, oid = element.attrib.get("code", "").strip(), element.attrib.get("codeSystem", "")
    if not code or not oid or "nullFlavor" in element.attrib:
        return None
    try:
        return Coding(system=codes.system(oid), code=code, display=_display(element))
    except ValidationError:
        return None


def _display(element: ET.Element) -> str | None:
    found = plain(element.attrib.get("displayName", ""))
    return found[:200].rstrip() if found else None


def date(element: ET.Element | None) -> str | None:
    """A time as a date, as well as it is known: ``2012``, ``2012-08``, ``2012-08-06``."""
    match = _time(element)
    if match is None:
        return None
    parts = [part for part in (match["year"], match["month"], match["day"]) if part]
    try:
        dt.date(*(int(part) for part in (*parts, "1", "1")[:3]))
    except ValueError:
        return None
    return "-".join(parts)


def instant(element: ET.Element | None) -> dt.datetime | None:
    """A time of a known day; without a zone it is read as UTC, so that its day stays."""
    match = _time(element)
    if match is None or not match["day"]:
        return None
    zone = match["zone"]
    offset = dt.UTC
    if zone and zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[3:5])
        if minutes >= 24 * 60:
            return None
        offset = dt.timezone(dt.timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    try:
        return dt.datetime(
            int(match["year"]),
            int(match["month"]),
            int(match["day"]),
            int(match["hour"] or 0),
            int(match["minute"] or 0),
            int(match["second"] or 0),
            tzinfo=offset,
        )
    except ValueError:
        return None


def _time(element: ET.Element | None) -> re.Match[str] | None:
    if element is None or "nullFlavor" in element.attrib:
        return None
    return _TIME.fullmatch(element.attrib.get("value", "").strip())


def low(element: ET.Element) -> ET.Element | None:
    """When something began: its ``low``, or the moment itself."""
    effective = child(element, "effectiveTime")
    if effective is None:
        return None
    if "value" in effective.attrib:
        return effective
    found = child(effective, "low")
    return found if found is not None else child(effective, "center")


def high(element: ET.Element) -> ET.Element | None:
    return child(element, "effectiveTime", "high")


def number(text: str | None) -> Decimal | None:
    """A decimal that our quantities can hold."""
    try:
        value = Decimal((text or "").strip())
        return value if Quantity(value=value, unit="1") else None
    except (InvalidOperation, ValidationError):
        return None


def quantity(element: ET.Element | None) -> Quantity | None:
    """A physical quantity with a unit of UCUM; None for any other."""
    if element is None or "nullFlavor" in element.attrib:
        return None
    value, unit = number(element.attrib.get("value")), element.attrib.get("unit", "1")
    if value is None or not is_unit(unit):
        return None
    return Quantity(value=value, unit=unit)
