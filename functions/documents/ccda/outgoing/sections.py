"""The sections of a CCD: heading, narrative table and coded entries of each kind."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caresmith.records.clinical.layout import Kind
from functions.documents.ccda.outgoing.building import LOINC_OID, add, template
from functions.documents.ccda.outgoing.measured import results, vital_signs
from functions.documents.ccda.outgoing.narrative import Table
from functions.documents.ccda.outgoing.problems import allergy, problem
from functions.documents.ccda.outgoing.treatments import (
    immunization,
    medication,
    procedure,
    social,
)

_S: Final = "2.16.840.1.113883.10.20.22.2."

Items = Sequence[tuple[str, Any]]
"""Entries' ids and contents."""


@dataclass(frozen=True)
class Heading:
    template: str
    version: str
    code: str
    title: str
    prefix: str
    columns: tuple[str, ...]


def _section(
    heading: Heading, entry: Callable[[ET.Element, Table, str, Any], None]
) -> Callable[[ET.Element, Items], None]:
    """How a section of that heading is made: a table, and an entry for each of its rows."""

    def make(section: ET.Element, items: Items) -> None:
        if not items:
            # Required sections say that they have nothing to say.
            section.set("nullFlavor", "NI")
        template(section, _S + heading.template, heading.version)
        add(
            section,
            "code",
            code=heading.code,
            codeSystem=LOINC_OID,
            codeSystemName="LOINC",
        )
        add(section, "title", heading.title)
        if not items:
            add(section, "text", "No information")
            return
        table = Table(section, heading.prefix, heading.columns)
        for entry_id, content in items:
            entry(add(section, "entry", typeCode="DRIV"), table, entry_id, content)

    return make


SECTIONS: Final[Mapping[Kind, Callable[[ET.Element, Items], None]]] = {
    Kind.ALLERGY: _section(
        Heading("6.1", "2015-08-01", "48765-2", "Allergies", "allergy",
                ("Substance", "Reaction", "Criticality", "Status", "Since")),
        allergy,
    ),
    Kind.MEDICATION: _section(
        Heading("1.1", "2014-06-09", "10160-0", "Medications", "medication",
                ("Medication", "Directions", "Status", "From", "To")),
        medication,
    ),
    Kind.CONDITION: _section(
        Heading("5.1", "2015-08-01", "11450-4", "Problems", "problem",
                ("Problem", "Status", "Since", "Until", "Note")),
        problem,
    ),
    Kind.PROCEDURE: _section(
        Heading("7.1", "2014-06-09", "47519-4", "Procedures", "procedure",
                ("Procedure", "Date", "Status")),
        procedure,
    ),
    Kind.REPORT: _section(
        Heading("3.1", "2015-08-01", "30954-2", "Results", "result",
                ("Test", "Value", "Flag", "Reference range", "Date")),
        results,
    ),
    Kind.VITALS: _section(
        Heading("4.1", "2015-08-01", "8716-3", "Vital signs", "vital",
                ("Measure", "Value", "Flag", "Reference range", "Date")),
        vital_signs,
    ),
    Kind.IMMUNIZATION: _section(
        Heading("2.1", "2015-08-01", "11369-6", "Immunizations", "immunization",
                ("Vaccine", "Date", "Status", "Lot")),
        immunization,
    ),
    Kind.SOCIAL_HISTORY: _section(
        Heading("17", "2015-08-01", "29762-2", "Social history", "social",
                ("What", "Finding", "Date")),
        social,
    ),
}  # fmt: skip
"""In the order in which a reader looks for them."""
