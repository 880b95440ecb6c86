"""The port behind which a prescription is checked for safety.

A check is asked about one drug with all that is known of the patient, and
answers with its warnings and with what it did *not* look at. Whoever buys a
drug knowledge base writes one class that has :meth:`SafetyCheck.check`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.dosage import Directions

Severity = Literal["high", "moderate", "low"]
"""http://hl7.org/fhir/ValueSet/detectedissue-severity"""


class AlertKind(StrEnum):
    """http://terminology.hl7.org/CodeSystem/v3-ActCode, as FHIR's DetectedIssue.code has it."""

    ALLERGY = "ALGY"
    INTERACTION = "DRG"
    DUPLICATE = "DUPTHPY"
    DOSE = "DOSEHIND"


@dataclass(frozen=True, slots=True)
class Taken:
    """A medication that the patient takes."""

    entry_id: str
    drug: Concept


@dataclass(frozen=True, slots=True)
class Allergic:
    """An allergy or intolerance of the patient that matters now."""

    entry_id: str
    allergy: Allergy


@dataclass(frozen=True, slots=True)
class Question:
    """One drug that is to be prescribed, and for whom."""

    drug: Concept
    directions: Directions
    birth_date: dt.date
    today: dt.date
    taken: tuple[Taken, ...] = ()
    allergies: tuple[Allergic, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning. Its key is the same whenever the same is found again."""

    key: str
    kind: AlertKind
    severity: Severity
    text: str
    """A sentence for the prescriber: it names drugs and allergens."""
    source: str

    @property
    def needs_reason(self) -> bool:
        """Whether the prescriber has to say why it is prescribed all the same."""
        return self.severity != "low"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a check looks at and what not, for whoever relies on it."""

    name: str
    date: str
    covers: tuple[str, ...]
    does_not_cover: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Warnings, the worst first, and what could not be checked in this very case."""

    alerts: tuple[Alert, ...]
    not_checked: tuple[str, ...]
    coverage: Coverage


class SafetyCheck(Protocol):
    def check(self, question: Question) -> Findings:
        """Warnings about prescribing the drug."""
        ...

    def coverage(self) -> Coverage:
        """What this check can find at all."""
        ...
