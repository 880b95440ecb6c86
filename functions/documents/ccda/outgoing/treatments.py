"""Medications, immunizations, procedures and social history as C-CDA entries."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.history import SocialHistory
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.procedure import Procedure
from functions.documents.ccda.outgoing.building import (
    ACT_CODE,
    ENTRIES,
    LOINC_OID,
    add,
    amount,
    coded,
    identifier,
    inside,
    period,
    template,
    time,
)
from functions.documents.ccda.outgoing.narrative import Table, cell, refer

# -- medications and immunizations ----------------------------------------------

_MEDICATION_STATUS: Final = {
    MedicationStatus.ACTIVE: "active",
    MedicationStatus.ON_HOLD: "suspended",
    MedicationStatus.STOPPED: "aborted",
    MedicationStatus.CANCELLED: "aborted",
    MedicationStatus.COMPLETED: "completed",
}
_SIG_COLUMN: Final = 1


def medication(entry: ET.Element, table: Table, entry_id: str, medication: Medication) -> None:
    reference = table.row(
        medication.drug.words,
        medication.sig,
        medication.status,
        medication.started,
        medication.ended,
        named=_SIG_COLUMN if medication.sig else 0,
    )
    # What the patient takes by their own word has happened; what was ordered is meant to.
    mood = "EVN" if medication.reported else "INT"
    activity = add(entry, "substanceAdministration", classCode="SBADM", moodCode=mood)
    template(activity, ENTRIES + "16", "2014-06-09")
    identifier(activity, entry_id)
    refer(activity, reference)
    add(activity, "statusCode", code=_MEDICATION_STATUS.get(medication.status, "completed"))
    period(activity, medication.started, medication.ended, xsi_type="IVL_TS")
    if medication.route:
        coded(activity, "routeCode", medication.route)
    # C-CDA R2.1, CONF:1098-7516: there is one, known or not.
    if medication.dose:
        amount(activity, "doseQuantity", medication.dose)
    else:
        add(activity, "doseQuantity", nullFlavor="UNK")
    _product(activity, "23", "2014-06-09", reference, medication.drug)
    if medication.sig:
        sig = inside(activity, "COMP", "substanceAdministration")
        sig.attrib |= {"classCode": "SBADM", "moodCode": "INT"}
        template(sig, ENTRIES + "147")
        add(
            sig, "code", code="76662-6", codeSystem=LOINC_OID, displayName="Instructions Medication"
        )
        # In full as well: not every reader follows references.
        text = add(sig, "text", medication.sig)
        add(text, "reference", value=f"#{cell(reference, _SIG_COLUMN)}")
        material = add(add(sig, "consumable"), "manufacturedProduct")
        add(material, "manufacturedLabeledDrug", nullFlavor="NA")
    if medication.as_needed:
        condition = add(activity, "precondition", typeCode="PRCN")
        criterion = add(condition, "criterion")
        template(criterion, ENTRIES + "25", "2014-06-09")
        add(criterion, "code", code="ASSERTION", codeSystem=ACT_CODE)
        add(criterion, "value", xsi_type="CD", nullFlavor="UNK")


def _product(
    activity: ET.Element, number: str, version: str, reference: str, concept: Concept
) -> ET.Element:
    product = add(add(activity, "consumable"), "manufacturedProduct", classCode="MANU")
    template(product, ENTRIES + number, version)
    material = add(product, "manufacturedMaterial")
    coded(material, "code", concept, reference)
    return product


def immunization(
    entry: ET.Element, table: Table, entry_id: str, immunization: Immunization
) -> None:
    reference = table.row(
        immunization.vaccine.words,
        immunization.given_on,
        immunization.status,
        immunization.lot,
    )
    not_done = immunization.status == "not-done"
    activity = add(
        entry,
        "substanceAdministration",
        classCode="SBADM",
        moodCode="EVN",
        negationInd="true" if not_done else "false",
    )
    template(activity, ENTRIES + "52", "2015-08-01")
    identifier(activity, entry_id)
    refer(activity, reference)
    add(activity, "statusCode", code="completed")
    add(activity, "effectiveTime", value=time(immunization.given_on))
    if immunization.route:
        coded(activity, "routeCode", immunization.route)
    if immunization.site:
        coded(activity, "approachSiteCode", immunization.site)
    if immunization.dose:
        amount(activity, "doseQuantity", immunization.dose)
    product = _product(activity, "54", "2014-06-09", reference, immunization.vaccine)
    if immunization.lot:
        add(product[-1], "lotNumberText", immunization.lot)
    if immunization.manufacturer:
        add(add(product, "manufacturerOrganization"), "name", immunization.manufacturer.words)
    if immunization.status_reason:
        reason = inside(activity, "RSON", "observation")
        reason.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
        template(reason, ENTRIES + "53")
        identifier(reason, entry_id, "reason")
        coded(reason, "code", immunization.status_reason)
        add(reason, "statusCode", code="completed")


# -- procedures, social history --------------------------------------------------

_PROCEDURE_STATUS: Final = {
    "completed": "completed",
    "in-progress": "active",
    "preparation": "active",
    "on-hold": "active",
    "stopped": "aborted",
    "not-done": "cancelled",
}


def procedure(entry: ET.Element, table: Table, entry_id: str, procedure: Procedure) -> None:
    reference = table.row(procedure.code.words, procedure.performed, procedure.status)
    element = add(entry, "procedure", classCode="PROC", moodCode="EVN")
    template(element, ENTRIES + "14", "2014-06-09")
    identifier(element, entry_id)
    coded(element, "code", procedure.code, reference)
    refer(element, reference)
    add(element, "statusCode", code=_PROCEDURE_STATUS.get(procedure.status, "completed"))
    add(element, "effectiveTime", value=time(procedure.performed))
    if procedure.body_site:
        coded(element, "targetSiteCode", procedure.body_site)


def social(entry: ET.Element, table: Table, entry_id: str, fact: SocialHistory) -> None:
    said = fact.coded.words if fact.coded else fact.text
    if fact.quantity:
        said = f"{fact.quantity.value:f} {fact.quantity.unit}"
    reference = table.row(fact.code.words, said, fact.on)
    observation = add(entry, "observation", classCode="OBS", moodCode="EVN")
    template(observation, ENTRIES + "38", "2015-08-01")
    identifier(observation, entry_id)
    coded(observation, "code", fact.code, reference)
    add(observation, "statusCode", code="completed")
    add(observation, "effectiveTime", value=time(fact.on))
    if fact.coded:
        coded(observation, "value", fact.coded, xsi_type="CD")
    elif fact.quantity:
        amount(observation, "value", fact.quantity, xsi_type="PQ")
    else:
        add(observation, "value", fact.text, xsi_type="ST")
