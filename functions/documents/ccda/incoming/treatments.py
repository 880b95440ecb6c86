"""Medications, immunizations and procedures of a C-CDA."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any, Final

from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.procedure import Procedure
from functions.documents.ccda.incoming import values as v
from functions.documents.ccda.incoming.inside import (
    TEMPLATES,
    Made,
    negated,
    related,
    said,
    short,
    status_code,
    texted,
    words,
)
from functions.documents.ccda.incoming.values import Narrative

# -- medications and immunizations ----------------------------------------------

_MEDICATION_STATUS: Final = {
    "active": MedicationStatus.ACTIVE,
    "completed": MedicationStatus.COMPLETED,
    "aborted": MedicationStatus.STOPPED,
    "suspended": MedicationStatus.ON_HOLD,
    "cancelled": MedicationStatus.CANCELLED,
    "held": MedicationStatus.ON_HOLD,
}
_MATERIAL: Final = ("consumable", "manufacturedProduct", "manufacturedMaterial")


def medications(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for activity in v.children(entry, "substanceAdministration"):
        if v.has_template(activity, TEMPLATES + "16"):
            yield _medication(activity, narrative)


def _medication(activity: ET.Element, narrative: Narrative) -> Made:
    drug = v.concept(v.child(activity, *_MATERIAL, "code"), narrative) or texted(
        narrative.words(v.child(activity, *_MATERIAL, "name"))
    )

    def make() -> Content:
        if negated(activity):
            raise ValueError("says that the patient does not take it")
        return Medication(
            drug=drug,
            status=_MEDICATION_STATUS.get(status_code(activity), MedicationStatus.UNKNOWN),
            reported=True,
            sig=v.note(_sig(activity, narrative, said(drug))),
            as_needed=v.child(activity, "precondition") is not None,
            route=v.concept(v.child(activity, "routeCode"), narrative),
            dose=v.quantity(v.child(activity, "doseQuantity")),
            reason=_indication(activity, narrative),
            started=v.date(v.low(activity)),
            ended=v.date(v.high(activity)),
        )

    return said(drug), make


def _sig(activity: ET.Element, narrative: Narrative, drug: str) -> str | None:
    """The free-text sig (template .147), else what the activity says beside the drug's name."""
    for sig in related(activity, "147"):
        return narrative.words(v.child(sig, "text"), v.NOTE)
    said = narrative.words(v.child(activity, "text"), v.NOTE)
    return None if said == drug else said


def _indication(activity: ET.Element, narrative: Narrative) -> Concept | None:
    for indication in related(activity, "19"):
        return v.concept(v.child(indication, "value"), narrative)
    return None


def immunizations(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for activity in v.children(entry, "substanceAdministration"):
        if v.has_template(activity, TEMPLATES + "52"):
            yield _immunization(activity, narrative)


def _immunization(activity: ET.Element, narrative: Narrative) -> Made:
    vaccine = v.concept(v.child(activity, *_MATERIAL, "code"), narrative)

    def make() -> Content:
        not_done = negated(activity)
        refusal = next(
            (v.concept(v.child(r, "code"), narrative) for r in related(activity, "53")), None
        )
        lot = v.child(activity, *_MATERIAL, "lotNumberText")
        maker = v.child(activity, *_MATERIAL[:2], "manufacturerOrganization", "name")
        return Immunization(
            vaccine=vaccine,
            status="not-done" if not_done else "completed",
            status_reason=(refusal or Concept(text="No reason stated")) if not_done else None,
            given_on=v.date(v.low(activity)),
            primary_source=False,
            manufacturer=texted(narrative.words(maker)),
            lot=short(narrative.words(lot)),
            site=v.concept(v.child(activity, "approachSiteCode"), narrative),
            route=v.concept(v.child(activity, "routeCode"), narrative),
            dose=v.quantity(v.child(activity, "doseQuantity")),
        )

    return said(vaccine), make


# -- procedures -----------------------------------------------------------------

_PROCEDURE_STATUS: Final = {
    "completed": "completed",
    "active": "in-progress",
    "aborted": "stopped",
    "cancelled": "not-done",
}


def procedures(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for element in entry:
        if any(v.has_template(element, TEMPLATES + number) for number in ("14", "13", "12")):
            yield _procedure(element, narrative)


def _procedure(element: ET.Element, narrative: Narrative) -> Made:
    code = v.concept(v.child(element, "code"), narrative) or words(element, narrative)

    def make() -> Content:
        status = _PROCEDURE_STATUS.get(status_code(element), "unknown")
        given: dict[str, Any] = {
            "code": code,
            "status": "not-done" if negated(element) else status,
            "performed": v.date(v.low(element)),
            "body_site": v.concept(v.child(element, "targetSiteCode"), narrative),
        }
        return Procedure.model_validate(given)

    return said(code), make
