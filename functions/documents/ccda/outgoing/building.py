"""Building CDA: elements of the v3 namespace, and its data types from ours."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from typing import Final

from ulid import ULID

from caresmith.records.clinical.coding import Coding, Concept, Quantity
from functions.documents.ccda import codes
from functions.documents.ccda.incoming.reading import V3
from functions.documents.ccda.incoming.values import XSI_TYPE

ENTRIES: Final = "2.16.840.1.113883.10.20.22.4."
"""What the ids of C-CDA's entry templates begin with."""
ACT_CODE: Final = "2.16.840.1.113883.5.4"
SNOMED_OID: Final = "2.16.840.1.113883.6.96"
LOINC_OID: Final = "2.16.840.1.113883.6.1"
SDTC: Final = "{urn:hl7-org:sdtc}"
for _prefix, _uri in (
    ("", V3.strip("{}")),
    ("sdtc", SDTC.strip("{}")),
    ("xsi", XSI_TYPE.partition("}")[0].lstrip("{")),
):
    ET.register_namespace(_prefix, _uri)


def add(parent: ET.Element, name: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    """A child element; ``xsi_type`` becomes ``xsi:type``."""
    kind = attributes.pop("xsi_type", None)
    element = ET.SubElement(parent, V3 + name, attributes)
    if kind:
        element.set(XSI_TYPE, kind)
    element.text = text
    return element


def root(name: str) -> ET.Element:
    return ET.Element(V3 + name)


def template(parent: ET.Element, oid: str, extension: str | None = None) -> None:
    """Name a template, once as R1.1 did and once with its version, as R2.1 asks."""
    add(parent, "templateId", root=oid)
    if extension:
        add(parent, "templateId", root=oid, extension=extension)


def identifier(parent: ET.Element, entity: str, part: str = "") -> None:
    """An id of ours as a globally unique one: a ULID is a UUID written otherwise."""
    uuid = str(ULID.from_str(entity.partition("_")[2]).to_uuid())
    if part:
        add(parent, "id", root=uuid, extension=part)
    else:
        add(parent, "id", root=uuid)


def time(partial: str) -> str:
    """A date as CDA's TS: as many digits as are known."""
    return partial.replace("-", "")


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S+0000")


def period(
    parent: ET.Element,
    low: str | None,
    high: str | None,
    *,
    ended: bool = False,
    **attributes: str,
) -> None:
    """An ``effectiveTime`` from and to; an unknown beginning, or end, is said to be so."""
    effective = add(parent, "effectiveTime", **attributes)
    if low:
        add(effective, "low", value=time(low))
    else:
        add(effective, "low", nullFlavor="UNK")
    if high:
        add(effective, "high", value=time(high))
    elif ended:
        add(effective, "high", nullFlavor="UNK")


def coded(
    parent: ET.Element, name: str, concept: Concept | None, reference: str = "", **attributes: str
) -> ET.Element:
    """A coded value: its first coding, the others as translations, its words by reference."""
    known = [c for c in concept.codings if codes.oid(c.system)] if concept else []
    if not known:
        element = add(
            parent, name, None, nullFlavor="UNK" if concept is None else "OTH", **attributes
        )
    else:
        element = add(parent, name, None, **_coding(known[0]), **attributes)
    if concept is not None:
        # In full as well: not every reader follows references.
        original = add(element, "originalText", concept.words)
        if reference:
            add(original, "reference", value=f"#{reference}")
    for other in known[1:]:
        add(element, "translation", None, **_coding(other))
    return element


def _coding(coding: Coding) -> dict[str, str]:
    given = {"code": coding.code, "codeSystem": codes.oid(coding.system) or ""}
    system, display = codes.name(coding.system), coding.display
    if system:
        given["codeSystemName"] = system
    if display:
        given["displayName"] = display
    return given


def amount(parent: ET.Element, name: str, quantity: Quantity, **attributes: str) -> ET.Element:
    """A physical quantity; ``< 5`` as an interval with one end."""
    value = {"value": plain_number(quantity), "unit": quantity.unit}
    if not quantity.comparator:
        return add(parent, name, None, **value, **attributes)
    interval = add(parent, name, None, **(attributes | {"xsi_type": "IVL_PQ"}))
    end = "high" if quantity.comparator.startswith("<") else "low"
    inclusive = "true" if quantity.comparator.endswith("=") else "false"
    add(interval, end, None, **value, inclusive=inclusive)
    return interval


def plain_number(quantity: Quantity) -> str:
    return f"{quantity.value:f}"


def inside(parent: ET.Element, kind: str, name: str, **attributes: str) -> ET.Element:
    """An entry inside the entry, related to it in that kind of way."""
    return add(add(parent, "entryRelationship", None, typeCode=kind, **attributes), name)
