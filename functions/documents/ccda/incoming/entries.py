"""The sections of a C-CDA as entries of our chart.

===============  ===========  =============================================  ==================
 our entry        section      entry template (root)                          status from
===============  ===========  =============================================  ==================
 Condition        11450-4      Problem Observation ...22.4.4 in a Concern     Problem Status,
                               Act ...22.4.3                                  else its end,
                                                                              else the act
 Allergy          48765-2      Allergy - Intolerance Observation ...22.4.7    Allergy Status,
                                                                              else the act
 Medication       10160-0      Medication Activity ...22.4.16                 statusCode
 Immunization     11369-6      Immunization Activity ...22.4.52               negationInd
 Procedure        47519-4      Procedure Activity ...22.4.14, .13, .12        statusCode
 Report           30954-2      Result Organizer ...22.4.1                     statusCode
 Vitals           8716-3       Vital Signs Organizer ...22.4.26
===============  ===========  =============================================  ==================
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from caresmith.problems import sentence
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from functions.documents.ccda.incoming import values as v
from functions.documents.ccda.incoming.inside import Made
from functions.documents.ccda.incoming.measured import report, vitals
from functions.documents.ccda.incoming.problems import allergies, problems
from functions.documents.ccda.incoming.reading import V3
from functions.documents.ccda.incoming.treatments import immunizations, medications, procedures
from functions.documents.ccda.incoming.values import Narrative


@dataclass(frozen=True)
class Found:
    """One entry of the document: as ours, or with the reason why it can't be."""

    key: str
    """The same for the same document, whoever reads it."""
    kind: Kind
    words: str
    content: Content | None
    problem: str = ""


def found(root: ET.Element) -> list[Found]:
    """Everything that the document tells, in its order."""
    counts = dict.fromkeys(Kind, 0)
    entries = []
    for section in root.iter(f"{V3}section"):
        code = v.child(section, "code")
        reader = _SECTIONS.get(code.attrib.get("code", "")) if code is not None else None
        if reader is None:
            continue
        kind, read = reader
        narrative = Narrative(section)
        for entry in v.children(section, "entry"):
            for words, make in read(entry, narrative):
                key = f"{kind}.{counts[kind]}"
                counts[kind] += 1
                entries.append(_tried(key, kind, words, make))
    return entries


def _tried(key: str, kind: Kind, words: str, make: Callable[[], Content]) -> Found:
    try:
        return Found(key, kind, words, make())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        # A rule of the whole entry says itself what is wrong.
        reason = f"{where} is missing or can't be read" if where else sentence(first["msg"])
        return Found(key, kind, words, None, reason)
    except ValueError as error:
        return Found(key, kind, words, None, str(error))


_SECTIONS: Final[Mapping[str, tuple[Kind, Callable[[ET.Element, Narrative], Iterator[Made]]]]] = {
    "11450-4": (Kind.CONDITION, problems),
    "48765-2": (Kind.ALLERGY, allergies),
    "10160-0": (Kind.MEDICATION, medications),
    "11369-6": (Kind.IMMUNIZATION, immunizations),
    "47519-4": (Kind.PROCEDURE, procedures),
    "30954-2": (Kind.REPORT, report),
    "8716-3": (Kind.VITALS, vitals),
}
