"""The sections of a CCD: narrative and coded entries of each kind of our chart's entries."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from caresmith.records.clinical import allergy as a
from caresmith.records.clinical.condition import ClinicalStatus, Condition
from caresmith.records.clinical.history import SocialHistory
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.procedure import Procedure
from functions.documents.ccda.building import add, amount, coded, identifier, period, template, time
from functions.documents.ccda.measuring import results, vital_signs
from functions.documents.ccda.narrative import Table, refer

_E: Final = "2.16.840.1.113883.10.20.22.4."
_S: Final = "2.16.840.1.113883.10.20.22.2."
_ACT_CLASS: Final = "2.16.840.1.113883.5.6"
_ACT_CODE: Final = "2.16.840.1.113883.5.4"
_SNOMED: Final = "2.16.840.1.113883.6.96"
_LOINC: Final = "2.16.840.1.113883.6.1"

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
            codeSystem=_LOINC,
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


def _inside(parent: ET.Element, kind: str, name: str, **attributes: str) -> ET.Element:
    return add(add(parent, "entryRelationship", None, typeCode=kind, **attributes), name)


def _concern(
    entry: ET.Element,
    template_number: str,
    entry_id: str,
    *,
    active: bool,
    since: str | None,
    until: str | None,
) -> ET.Element:
    """The act of concern around a problem or an allergy; returns the observation inside."""
    act = add(entry, "act", classCode="ACT", moodCode="EVN")
    template(act, _E + template_number, "2015-08-01")
    identifier(act, entry_id, "concern")
    add(act, "code", code="CONC", codeSystem=_ACT_CLASS)
    add(act, "statusCode", code="active" if active else "completed")
    period(act, since, None if active else until or since)
    observation = _inside(act, "SUBJ", "observation")
    observation.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
    return observation


def _status(
    observation: ET.Element, template_number: str, code: str, display: str, version: str | None
) -> None:
    status = _inside(observation, "REFR", "observation")
    status.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
    template(status, _E + template_number, version)
    add(status, "code", code="33999-4", codeSystem=_LOINC, displayName="Status")
    add(status, "statusCode", code="completed")
    add(status, "value", xsi_type="CD", code=code, codeSystem=_SNOMED, displayName=display)


# -- problems -----------------------------------------------------------------

_PROBLEM_STATUS: Final = {
    ClinicalStatus.ACTIVE: ("55561003", "Active"),
    ClinicalStatus.RECURRENCE: ("246455001", "Recurrence"),
    ClinicalStatus.RELAPSE: ("263855007", "Relapse phase"),
    ClinicalStatus.INACTIVE: ("73425007", "Inactive"),
    ClinicalStatus.REMISSION: ("277022003", "Remission phase"),
    ClinicalStatus.RESOLVED: ("413322009", "Resolved"),
}


def _problem(entry: ET.Element, table: Table, entry_id: str, condition: Condition) -> None:
    reference = table.row(
        condition.code.words,
        condition.clinical_status,
        condition.onset,
        condition.abatement,
        condition.note,
    )
    observation = _concern(
        entry,
        "3",
        entry_id,
        active=condition.matters_now,
        since=condition.onset,
        until=condition.abatement,
    )
    template(observation, _E + "4", "2015-08-01")
    identifier(observation, entry_id)
    problem = add(observation, "code", code="55607006", codeSystem=_SNOMED, displayName="Problem")
    add(problem, "translation", code="75326-9", codeSystem=_LOINC, displayName="Problem")
    refer(observation, reference)
    add(observation, "statusCode", code="completed")
    period(observation, condition.onset, condition.abatement)
    coded(observation, "value", condition.code, reference, xsi_type="CD")
    code, display = _PROBLEM_STATUS[condition.clinical_status]
    _status(observation, "6", code, display, "2019-06-20")


# -- allergies ----------------------------------------------------------------

_ALLERGY_STATUS: Final = {
    a.AllergyStatus.ACTIVE: ("55561003", "Active"),
    a.AllergyStatus.INACTIVE: ("73425007", "Inactive"),
    a.AllergyStatus.RESOLVED: ("413322009", "Resolved"),
}
_ANY_ALLERGY: Final = ("419199007", "Allergy to substance")
_ALLERGY_TYPES: Final = {
    (a.AllergyType.ALLERGY, a.AllergyCategory.MEDICATION): ("416098002", "Allergy to drug"),
    (a.AllergyType.INTOLERANCE, a.AllergyCategory.MEDICATION): ("59037007", "Drug intolerance"),
    (None, a.AllergyCategory.MEDICATION): ("419511003", "Propensity to adverse reaction to drug"),
    (a.AllergyType.ALLERGY, a.AllergyCategory.FOOD): ("414285001", "Allergy to food"),
    (a.AllergyType.INTOLERANCE, a.AllergyCategory.FOOD): ("235719002", "Intolerance to food"),
    (None, a.AllergyCategory.FOOD): ("418471000", "Propensity to adverse reaction to food"),
    (a.AllergyType.ALLERGY, a.AllergyCategory.ENVIRONMENT): (
        "426232007",
        "Environmental allergy",
    ),
}
_CRITICALITY: Final = {
    a.Criticality.LOW: "CRITL",
    a.Criticality.HIGH: "CRITH",
    a.Criticality.UNKNOWN: "CRITU",
}
_SEVERITY: Final = {
    a.ReactionSeverity.MILD: ("255604002", "Mild"),
    a.ReactionSeverity.MODERATE: ("6736007", "Moderate"),
    a.ReactionSeverity.SEVERE: ("24484000", "Severe"),
}


def _allergy(entry: ET.Element, table: Table, entry_id: str, allergy: a.Allergy) -> None:
    said = ", ".join(m.words for r in allergy.reactions for m in r.manifestations)
    reference = table.row(
        allergy.substance.words,
        said,
        allergy.criticality,
        allergy.clinical_status,
        allergy.onset,
    )
    active = allergy.clinical_status is a.AllergyStatus.ACTIVE
    observation = _concern(entry, "30", entry_id, active=active, since=allergy.onset, until=None)
    if allergy.says_none_known:
        observation.set("negationInd", "true")
    template(observation, _E + "7", "2014-06-09")
    identifier(observation, entry_id)
    add(observation, "code", code="ASSERTION", codeSystem=_ACT_CODE)
    refer(observation, reference)
    add(observation, "statusCode", code="completed")
    period(observation, allergy.onset, None)
    category = allergy.category[0] if allergy.category else None
    code, display = _ALLERGY_TYPES.get((allergy.type, category), _ANY_ALLERGY)
    add(observation, "value", xsi_type="CD", code=code, codeSystem=_SNOMED, displayName=display)
    _substance(observation, allergy, reference)
    for place, reaction in enumerate(allergy.reactions):
        _reaction(observation, reaction, entry_id, place)
    if allergy.criticality:
        criticality = _inside(observation, "SUBJ", "observation", inversionInd="true")
        criticality.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
        template(criticality, _E + "145")
        add(criticality, "code", code="82606-5", codeSystem=_LOINC, displayName="Criticality")
        add(criticality, "statusCode", code="completed")
        add(
            criticality,
            "value",
            xsi_type="CD",
            code=_CRITICALITY[allergy.criticality],
            codeSystem="2.16.840.1.113883.5.1063",
        )
    code, display = _ALLERGY_STATUS[allergy.clinical_status]
    _status(observation, "28", code, display, "2019-06-20")


def _substance(observation: ET.Element, allergy: a.Allergy, reference: str) -> None:
    participant = add(observation, "participant", typeCode="CSM")
    role = add(participant, "participantRole", classCode="MANU")
    entity = add(role, "playingEntity", classCode="MMAT")
    if allergy.says_none_known:
        add(entity, "code", nullFlavor="NA")
    else:
        coded(entity, "code", allergy.substance, reference)


def _reaction(observation: ET.Element, reaction: a.Reaction, entry_id: str, place: int) -> None:
    for number, manifestation in enumerate(reaction.manifestations):
        one = _inside(observation, "MFST", "observation", inversionInd="true")
        one.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
        template(one, _E + "9", "2014-06-09")
        identifier(one, entry_id, f"reaction-{place}-{number}")
        add(one, "code", code="ASSERTION", codeSystem=_ACT_CODE)
        add(one, "statusCode", code="completed")
        if reaction.on:
            period(one, reaction.on, None)
        coded(one, "value", manifestation, xsi_type="CD")
        if reaction.severity:
            severity = _inside(one, "SUBJ", "observation", inversionInd="true")
            severity.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
            template(severity, _E + "8", "2014-06-09")
            add(severity, "code", code="SEV", codeSystem=_ACT_CODE)
            add(severity, "statusCode", code="completed")
            code, display = _SEVERITY[reaction.severity]
            add(
                severity,
                "value",
                xsi_type="CD",
                code=code,
                codeSystem=_SNOMED,
                displayName=display,
            )


# -- medications and immunizations ----------------------------------------------

_MEDICATION_STATUS: Final = {
    MedicationStatus.ACTIVE: "active",
    MedicationStatus.ON_HOLD: "suspended",
    MedicationStatus.STOPPED: "aborted",
    MedicationStatus.CANCELLED: "aborted",
    MedicationStatus.COMPLETED: "completed",
}


def _medication(entry: ET.Element, table: Table, entry_id: str, medication: Medication) -> None:
    reference = table.row(
        medication.drug.words,
        medication.sig,
        medication.status,
        medication.started,
        medication.ended,
    )
    # What the patient takes by their own word has happened; what was ordered is meant to.
    mood = "EVN" if medication.reported else "INT"
    activity = add(entry, "substanceAdministration", classCode="SBADM", moodCode=mood)
    template(activity, _E + "16", "2014-06-09")
    identifier(activity, entry_id)
    refer(activity, reference)
    add(activity, "statusCode", code=_MEDICATION_STATUS.get(medication.status, "completed"))
    period(activity, medication.started, medication.ended, xsi_type="IVL_TS")
    if medication.route:
        coded(activity, "routeCode", medication.route)
    if medication.dose:
        amount(activity, "doseQuantity", medication.dose)
    _product(activity, "23", "2014-06-09", reference, medication.drug)
    if medication.sig:
        sig = _inside(activity, "COMP", "substanceAdministration")
        sig.attrib |= {"classCode": "SBADM", "moodCode": "INT"}
        template(sig, _E + "147")
        add(sig, "code", code="76662-6", codeSystem=_LOINC, displayName="Instructions Medication")
        add(sig, "text", medication.sig)
        material = add(add(sig, "consumable"), "manufacturedProduct")
        add(add(material, "manufacturedLabeledDrug"), "code", nullFlavor="NA")
    if medication.as_needed:
        condition = add(activity, "precondition", typeCode="PRCN")
        template(condition, _E + "25", "2014-06-09")
        criterion = add(condition, "criterion")
        add(criterion, "code", code="ASSERTION", codeSystem=_ACT_CODE)
        add(criterion, "value", xsi_type="CD", nullFlavor="UNK")


def _product(
    activity: ET.Element, number: str, version: str, reference: str, concept: Any
) -> ET.Element:
    product = add(add(activity, "consumable"), "manufacturedProduct", classCode="MANU")
    template(product, _E + number, version)
    material = add(product, "manufacturedMaterial")
    coded(material, "code", concept, reference)
    return product


def _immunization(
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
    template(activity, _E + "52", "2015-08-01")
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
        reason = _inside(activity, "RSON", "observation")
        reason.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
        template(reason, _E + "53")
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


def _procedure(entry: ET.Element, table: Table, entry_id: str, procedure: Procedure) -> None:
    reference = table.row(procedure.code.words, procedure.performed, procedure.status)
    element = add(entry, "procedure", classCode="PROC", moodCode="EVN")
    template(element, _E + "14", "2014-06-09")
    identifier(element, entry_id)
    coded(element, "code", procedure.code, reference)
    refer(element, reference)
    add(element, "statusCode", code=_PROCEDURE_STATUS.get(procedure.status, "completed"))
    add(element, "effectiveTime", value=time(procedure.performed))
    if procedure.body_site:
        coded(element, "targetSiteCode", procedure.body_site)


def _social(entry: ET.Element, table: Table, entry_id: str, fact: SocialHistory) -> None:
    said = fact.coded.words if fact.coded else fact.text
    if fact.quantity:
        said = f"{fact.quantity.value:f} {fact.quantity.unit}"
    reference = table.row(fact.code.words, said, fact.on)
    observation = add(entry, "observation", classCode="OBS", moodCode="EVN")
    template(observation, _E + "38", "2015-08-01")
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


SECTIONS: Final[Mapping[Kind, Callable[[ET.Element, Items], None]]] = {
    Kind.ALLERGY: _section(
        Heading("6.1", "2015-08-01", "48765-2", "Allergies", "allergy",
                ("Substance", "Reaction", "Criticality", "Status", "Since")),
        _allergy,
    ),
    Kind.MEDICATION: _section(
        Heading("1.1", "2014-06-09", "10160-0", "Medications", "medication",
                ("Medication", "Directions", "Status", "From", "To")),
        _medication,
    ),
    Kind.CONDITION: _section(
        Heading("5.1", "2015-08-01", "11450-4", "Problems", "problem",
                ("Problem", "Status", "Since", "Until", "Note")),
        _problem,
    ),
    Kind.PROCEDURE: _section(
        Heading("7.1", "2014-06-09", "47519-4", "Procedures", "procedure",
                ("Procedure", "Date", "Status")),
        _procedure,
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
        _immunization,
    ),
    Kind.SOCIAL_HISTORY: _section(
        Heading("17", "2015-08-01", "29762-2", "Social history", "social",
                ("What", "Finding", "Date")),
        _social,
    ),
}  # fmt: skip
"""In the order in which a reader looks for them."""
