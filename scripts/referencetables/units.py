"""UCUM's table of units, from the official ``ucum-essence.xml``.

Source: ucum-essence.xml 2.2 (revision of 2024-06-17, ucum.org), as the package
``ucumvert`` carries it. UCUM is copyright Regenstrief Institute and the UCUM
Organization; the UCUM licence 1.0 allows its use in software as long as codes
keep their meaning.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final

_NS: Final = "{http://unitsofmeasure.org/ucum-essence}"
_LICENCE: Final = (
    "UCUM, copyright Regenstrief Institute, Inc. and the UCUM Organization; "
    "UCUM Copyright Notice and License 1.0 (https://ucum.org/license)"
)


def extract(essence: Path) -> dict[str, Any]:
    """Prefixes, and of each unit what it is a multiple of, as caresmith.measures.ucum reads it."""
    root = ET.parse(essence).getroot()  # noqa: S314 - a pinned package's own file
    units: dict[str, dict[str, Any]] = {
        base.attrib["Code"]: {"metric": True} for base in root.iter(f"{_NS}base-unit")
    }
    for unit in root.iter(f"{_NS}unit"):
        units[unit.attrib["Code"]] = _definition(unit)
    return {
        "source": f"ucum-essence.xml {root.attrib['version']} ({root.attrib['revision-date']})",
        "licence": _LICENCE,
        "prefixes": {
            prefix.attrib["Code"]: _child(prefix, "value").attrib["value"]
            for prefix in root.iter(f"{_NS}prefix")
        },
        "units": units,
    }


def _definition(unit: ET.Element) -> dict[str, Any]:
    value = _child(unit, "value")
    function = value.find(f"{_NS}function")
    source = value.attrib if function is None else function.attrib
    entry: dict[str, Any] = {"unit": source["Unit"], "value": source["value"]}
    if function is not None:
        entry["function"] = function.attrib["name"]
    if unit.attrib["isMetric"] == "yes":
        entry["metric"] = True
    if unit.attrib.get("isArbitrary") == "yes" and entry["unit"] == "1":
        entry["arbitrary"] = True
    return entry


def _child(element: ET.Element, name: str) -> ET.Element:
    child = element.find(f"{_NS}{name}")
    if child is None:
        raise ValueError(f"{element.attrib}: no {name}")
    return child
