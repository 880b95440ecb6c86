"""What the console says of documents, and of what a clinical document tells."""

from __future__ import annotations

from functools import singledispatch
from typing import Final

from caresmith.measures.vitals import BY_LOINC
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import LOINC
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.medication import Medication
from caresmith.records.clinical.observation import Observation, Vitals
from caresmith.records.clinical.procedure import Procedure
from caresmith.records.clinical.report import Report
from functions.documents.sniffing import CDA, JPEG, PDF, PNG, TIFF

CATEGORIES: Final = {
    "clinical-note": "Clinical note",
    "correspondence": "Letter",
    "lab": "Laboratory",
    "imaging": "Imaging",
    "administrative": "Administrative",
    "insurance-card": "Insurance card",
}
TYPES: Final = {PDF: "PDF", PNG: "Picture", JPEG: "Picture", TIFF: "TIFF", CDA: "C-CDA"}
ORIGINS: Final = {
    "upload": "Uploaded",
    "scan": "Scanned",
    "fax": "By fax",
    "import": "Imported",
    "portal": "From the portal",
    "system": "Made here",
}
STATUSES: Final = {
    "current": "Current",
    "superseded": "Replaced",
    "entered-in-error": "Entered in error",
}
KINDS: Final = {
    Kind.CONDITION: "Problems",
    Kind.MEDICATION: "Medications",
    Kind.ALLERGY: "Allergies",
    Kind.REPORT: "Results",
    Kind.VITALS: "Vital signs",
    Kind.IMMUNIZATION: "Immunizations",
    Kind.PROCEDURE: "Procedures",
}
"""What a clinical document tells, in the order in which it is reviewed."""
DIFFERENCES: Final = {"name": "the name", "birth_date": "the birth date", "gender": "the gender"}

_AGAIN: Final = "Scan it or save it again, and upload that."
ADVICE: Final = {
    "empty": _AGAIN,
    "damaged": _AGAIN,
    "too-large": "Upload it in parts, or scan it again with 300 dpi in grey.",
    "program": "Do not open it. Ask whoever sent it for a PDF.",
    "archive": "Unpack it, save the document inside as a PDF and upload that.",
    "polyglot": "Print it to a new PDF and upload that.",
    "encrypted": "Open it with its password, print it to a new PDF and upload that.",
    "active-content": "Print it to a new PDF and upload that.",
    "wrong-type": "Rename the file to what it is, or save it anew as a PDF.",
    "wrong-extension": "Rename the file, and upload it again.",
    "unknown-type": "Save it as a PDF and upload that.",
    "not-a-ccda": "Ask whoever sent it for a C-CDA document or a PDF.",
    "forbidden-xml": "Ask whoever sent it for a C-CDA document or a PDF.",
    "infected": (
        "Do not open it, and delete it where you have it. Ask the sender for a clean copy on "
        "another way, and tell whoever looks after your computers."
    ),
    "unreadable": "Save it without protection as a PDF and upload that.",
}
"""What to do about a file that was refused, by the reason."""
_SIZES: Final = ((1024 * 1024, "MB"), (1024, "KB"))


def size(count: int) -> str:
    """``1.2 MB``."""
    for unit, name in _SIZES:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} bytes"


def advice(reason: str) -> str:
    return ADVICE.get(reason, "Save it as a PDF and upload that.")


def name(content: Content) -> str:
    """What an entry is about."""
    for attribute in ("code", "substance", "drug", "vaccine"):
        concept = getattr(content, attribute, None)
        if concept is not None:
            return str(concept.words)
    return "Vital signs"


def facts(content: Content) -> list[str]:
    """What else an entry says, one fact a line."""
    return [fact for fact in _facts(content) if fact]


@singledispatch
def _facts(_: Content) -> list[str | None]:
    """By the type of the content; of a kind that no document tells, nothing."""
    return []


@_facts.register
def _(content: Condition) -> list[str | None]:
    severity = content.severity.name.lower() if content.severity else None
    return [
        _plain(content.clinical_status),
        severity,
        _since(content.onset),
        _until(content.abatement),
    ]


@_facts.register
def _(content: Allergy) -> list[str | None]:
    reactions = [
        ", ".join(one.words for one in reaction.manifestations)
        + (f" ({reaction.severity})" if reaction.severity else "")
        for reaction in content.reactions
    ]
    grave = "severe" if content.criticality == "high" else None
    return [*reactions, grave, _plain(content.clinical_status), _since(content.onset)]


@_facts.register
def _(content: Medication) -> list[str | None]:
    return [content.sig, _plain(content.status), _since(content.started), _until(content.ended)]


@_facts.register
def _(content: Report) -> list[str | None]:
    at = content.effective or (content.day.isoformat() if content.day else None)
    return [at, *(_value(one) for one in content.observations)]


@_facts.register
def _(content: Vitals) -> list[str | None]:
    return [content.at.date().isoformat(), *(_value(one) for one in content.measurements)]


@_facts.register
def _(content: Immunization) -> list[str | None]:
    return [content.given_on, _unless(content.status, "completed")]


@_facts.register
def _(content: Procedure) -> list[str | None]:
    return [content.performed, _unless(content.status, "completed")]


def _plain(code: str) -> str:
    return str(code).replace("-", " ")


def _unless(code: str, usual: str) -> str | None:
    return None if code == usual else _plain(code)


def _until(day: str | None) -> str | None:
    return f"ended {day}" if day else None


def _since(day: str | None) -> str | None:
    return f"since {day}" if day else None


def _value(one: Observation) -> str:
    """``Glucose 97 mg/dL (H)``."""
    known = BY_LOINC.get(one.code.code_in(LOINC) or "")
    label = known.display if known else one.code.words
    number = one.quantity or one.local
    if number:
        said = f"{number.comparator or ''}{number.value:f} {number.unit or ''}".strip()
    elif one.coded:
        said = one.coded.words
    else:
        said = one.text or "no value"
    marks = ", ".join(mark for mark in one.interpretation if mark != "N")
    return f"{label} {said}" + (f" ({marks})" if marks else "")
