"""Problems and allergies as C-CDA entries."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Final

from caresmith.records.clinical import allergy as a
from caresmith.records.clinical.coding import SNOMED, Concept
from caresmith.records.clinical.condition import ClinicalStatus, Condition
from functions.documents.ccda.outgoing.building import (
    ACT_CODE,
    ENTRIES,
    LOINC_OID,
    SNOMED_OID,
    add,
    coded,
    identifier,
    inside,
    period,
    template,
)
from functions.documents.ccda.outgoing.narrative import Table, refer

_ACT_CLASS: Final = "2.16.840.1.113883.5.6"


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
    template(act, ENTRIES + template_number, "2015-08-01")
    identifier(act, entry_id, "concern")
    add(act, "code", code="CONC", codeSystem=_ACT_CLASS)
    add(act, "statusCode", code="active" if active else "completed")
    period(act, since, None if active else until, ended=not active)
    observation = inside(act, "SUBJ", "observation")
    observation.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
    return observation


def _status(
    observation: ET.Element, number: str, code: str, display: str, *, xsi_type: str
) -> None:
    """A status observation; a problem's value is a CD (CONF:1198-7365), an allergy's a CE."""
    status = inside(observation, "REFR", "observation")
    status.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
    template(status, ENTRIES + number, "2019-06-20")
    add(status, "code", code="33999-4", codeSystem=LOINC_OID, displayName="Status")
    add(status, "statusCode", code="completed")
    add(status, "value", xsi_type=xsi_type, code=code, codeSystem=SNOMED_OID, displayName=display)


# -- problems -----------------------------------------------------------------

_PROBLEM_STATUS: Final = {
    ClinicalStatus.ACTIVE: ("55561003", "Active"),
    ClinicalStatus.RECURRENCE: ("246455001", "Recurrence"),
    ClinicalStatus.RELAPSE: ("263855007", "Relapse phase"),
    ClinicalStatus.INACTIVE: ("73425007", "Inactive"),
    ClinicalStatus.REMISSION: ("277022003", "Remission phase"),
    ClinicalStatus.RESOLVED: ("413322009", "Resolved"),
}


def problem(entry: ET.Element, table: Table, entry_id: str, condition: Condition) -> None:
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
    template(observation, ENTRIES + "4", "2015-08-01")
    identifier(observation, entry_id)
    problem = add(
        observation, "code", code="55607006", codeSystem=SNOMED_OID, displayName="Problem"
    )
    add(problem, "translation", code="75326-9", codeSystem=LOINC_OID, displayName="Problem")
    refer(observation, reference)
    add(observation, "statusCode", code="completed")
    period(observation, condition.onset, condition.abatement)
    coded(observation, "value", condition.code, reference, xsi_type="CD")
    code, display = _PROBLEM_STATUS[condition.clinical_status]
    _status(observation, "6", code, display, xsi_type="CD")


# -- allergies ----------------------------------------------------------------

_ALLERGY_STATUS: Final = {
    a.AllergyStatus.ACTIVE: ("55561003", "Active"),
    a.AllergyStatus.INACTIVE: ("73425007", "Inactive"),
    a.AllergyStatus.RESOLVED: ("413322009", "Resolved"),
}
_ANY_ALLERGY: Final = ("419199007", "Allergy to substance")
_ALLERGY_TYPES: Final[
    Mapping[tuple[a.AllergyType | None, a.AllergyCategory | None], tuple[str, str]]
] = {
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
# Of a statement that there is none: which kind of allergy is denied.
_NONE_KNOWN: Final = {
    a.NO_KNOWN_ALLERGY: _ANY_ALLERGY,
    "409137002": ("416098002", "Allergy to drug"),
    "429625007": ("414285001", "Allergy to food"),
    "428607008": ("426232007", "Environmental allergy"),
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


def allergy(entry: ET.Element, table: Table, entry_id: str, allergy: a.Allergy) -> None:
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
    none_known = _NONE_KNOWN.get(allergy.substance.code_in(SNOMED) or "")
    if none_known:
        observation.set("negationInd", "true")
    template(observation, ENTRIES + "7", "2014-06-09")
    identifier(observation, entry_id)
    add(observation, "code", code="ASSERTION", codeSystem=ACT_CODE)
    refer(observation, reference)
    add(observation, "statusCode", code="completed")
    period(observation, allergy.onset, None)
    category = allergy.category[0] if allergy.category else None
    known = _ALLERGY_TYPES.get((allergy.type, category), _ANY_ALLERGY)
    code, display = none_known or known
    add(observation, "value", xsi_type="CD", code=code, codeSystem=SNOMED_OID, displayName=display)
    _substance(observation, None if none_known else allergy.substance, reference)
    for place, reaction in enumerate(allergy.reactions):
        _reaction(observation, reaction, entry_id, place)
    if allergy.criticality:
        criticality = inside(observation, "SUBJ", "observation", inversionInd="true")
        criticality.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
        template(criticality, ENTRIES + "145")
        add(criticality, "code", code="82606-5", codeSystem=LOINC_OID, displayName="Criticality")
        add(criticality, "statusCode", code="completed")
        add(
            criticality,
            "value",
            xsi_type="CD",
            code=_CRITICALITY[allergy.criticality],
            codeSystem="2.16.840.1.113883.5.1063",
        )
    code, display = _ALLERGY_STATUS[allergy.clinical_status]
    _status(observation, "28", code, display, xsi_type="CE")


def _substance(observation: ET.Element, substance: Concept | None, reference: str) -> None:
    participant = add(observation, "participant", typeCode="CSM")
    role = add(participant, "participantRole", classCode="MANU")
    entity = add(role, "playingEntity", classCode="MMAT")
    if substance is None:
        add(entity, "code", nullFlavor="NA")
    else:
        coded(entity, "code", substance, reference)


def _reaction(observation: ET.Element, reaction: a.Reaction, entry_id: str, place: int) -> None:
    for number, manifestation in enumerate(reaction.manifestations):
        one = inside(observation, "MFST", "observation", inversionInd="true")
        one.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
        template(one, ENTRIES + "9", "2014-06-09")
        identifier(one, entry_id, f"reaction-{place}-{number}")
        add(one, "code", code="ASSERTION", codeSystem=ACT_CODE)
        add(one, "statusCode", code="completed")
        if reaction.on:
            period(one, reaction.on, None)
        coded(one, "value", manifestation, xsi_type="CD")
        if reaction.severity:
            severity = inside(one, "SUBJ", "observation", inversionInd="true")
            severity.attrib |= {"classCode": "OBS", "moodCode": "EVN"}
            template(severity, ENTRIES + "8", "2014-06-09")
            add(severity, "code", code="SEV", codeSystem=ACT_CODE)
            add(severity, "statusCode", code="completed")
            code, display = _SEVERITY[reaction.severity]
            add(
                severity,
                "value",
                xsi_type="CD",
                code=code,
                codeSystem=SNOMED_OID,
                displayName=display,
            )
