"""Codes of HL7 v2 as FHIR has them: coding systems, statuses, flags.

Sources: HL7 v2.5.1 tables 0078, 0085, 0123, 0074, 0396; the maps between v2 and FHIR
of hl7.org/fhir/uv/v2mappings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from caresmith.records.clinical.coding import (
    CPT,
    CVX,
    ICD10CM,
    LOINC,
    MVX,
    NDC,
    RXNORM,
    SNOMED,
    UCUM,
    Coding,
    Concept,
)
from caresmith.records.clinical.observation import ObservationStatus
from caresmith.records.clinical.report import ReportCategory, ReportStatus
from functions.results.hl7.segments import Composite

SYSTEMS: Final = {
    "LN": LOINC,
    "LNC": LOINC,
    "SCT": SNOMED,
    "SNOMED-CT": SNOMED,
    "I10": ICD10CM,
    "I10C": ICD10CM,
    "RXNORM": RXNORM,
    "NDC": NDC,
    "CVX": CVX,
    "MVX": MVX,
    "C4": CPT,
    "CPT4": CPT,
    "UCUM": UCUM,
    "DCM": "http://dicom.nema.org/resources/ontology/DCM",
}
"""HL7 table 0396."""

REPORT_STATUSES: Final = {
    "O": ReportStatus.REGISTERED,
    "I": ReportStatus.REGISTERED,
    "S": ReportStatus.REGISTERED,
    "A": ReportStatus.PARTIAL,
    "R": ReportStatus.PRELIMINARY,
    "P": ReportStatus.PRELIMINARY,
    "F": ReportStatus.FINAL,
    "C": ReportStatus.CORRECTED,
    "X": ReportStatus.CANCELLED,
}
"""HL7 table 0123 (OBR-25). Y and Z answer queries, which nobody asks here."""

UNCHANGED: Final = "U"
"""OBX-11: final now, without the value that was sent as preliminary being sent again."""

OBSERVATION_STATUSES: Final = {
    "C": ObservationStatus.CORRECTED,
    "D": ObservationStatus.ENTERED_IN_ERROR,
    "F": ObservationStatus.FINAL,
    "I": ObservationStatus.REGISTERED,
    "N": ObservationStatus.CANCELLED,
    "O": ObservationStatus.REGISTERED,
    "P": ObservationStatus.PRELIMINARY,
    "R": ObservationStatus.PRELIMINARY,
    "S": ObservationStatus.PRELIMINARY,
    UNCHANGED: ObservationStatus.FINAL,
    "W": ObservationStatus.ENTERED_IN_ERROR,
    "X": ObservationStatus.CANCELLED,
}
"""HL7 table 0085 (OBX-11)."""

FLAGS: Final = frozenset(
    (
        *("L", "H", "LL", "HH", "<", ">", "N", "A", "AA", "U", "D", "B", "W"),
        *("S", "R", "I", "MS", "VS", "POS", "NEG", "IND", "DET", "ND", "RR", "WR", "NR"),
    )
)
"""HL7 table 0078 (OBX-8) and what v2.7 added."""

SECTIONS: Final = {
    **dict.fromkeys(
        ("RAD", "RX", "CT", "CTH", "NMR", "NMS", "RUS", "OUS", "VUS", "XRC", "RT"),
        ReportCategory.IMAGING,
    ),
    **dict.fromkeys(("CUS", "EC", "EN", "CG"), ReportCategory.CARDIOLOGY),
    **dict.fromkeys(("PAT", "SP", "CP", "CYT"), ReportCategory.PATHOLOGY),
    **dict.fromkeys(("OTH", "PHY", "PF", "PT", "OT", "NRS", "RC", "AU"), ReportCategory.OTHER),
}
"""HL7 table 0074 (OBR-24); what is not here is a laboratory's section."""

_LOCAL: Final = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class ReadConcept:
    concept: Concept
    ill_formed: bool = False
    """Whether a code does not have its system's form, and so stands as text only."""


def concept(field: Composite) -> ReadConcept:
    """A CE or CWE: two codes with their texts and systems, and the words they were chosen by."""
    codings, ill_formed, words = [], False, ""
    for first in (1, 4):
        code, display, system = (field.text(first + step) for step in range(3))
        display = " ".join(display.split())[:200]
        words = words or display
        if not code:
            continue
        try:
            codings.append(Coding(system=system_of(system), code=code, display=display or None))
        except ValidationError:
            ill_formed = True
            words = words or code
    original = " ".join(field.text(9).split())[:500]
    text = original or words or (codings[0].code if codings else field.raw)
    return ReadConcept(Concept(codings=tuple(codings), text=text[:500]), ill_formed)


def system_of(name: str) -> str:
    """The URI of a coding system of table 0396; a local one becomes a URN that says so."""
    known = SYSTEMS.get(name.upper())
    if known:
        return known
    table = re.fullmatch(r"HL7(\d{4,5})", name.upper())
    if table:
        return f"http://terminology.hl7.org/CodeSystem/v2-{table[1][-4:]}"
    return f"urn:x-hl7v2:{_LOCAL.sub('-', name).strip('-') or 'local'}"
