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
from typing import Any, Final

from pydantic import ValidationError

from caresmith.problems import sentence
from caresmith.records.clinical import allergy as a
from caresmith.records.clinical import condition as p
from caresmith.records.clinical.coding import SNOMED, Coding, Concept
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.procedure import Procedure
from functions.documents.ccda import values as v
from functions.documents.ccda.measured import report, vitals
from functions.documents.ccda.reading import V3
from functions.documents.ccda.values import Narrative

_T: Final = "2.16.840.1.113883.10.20.22.4."


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


Made = tuple[str, Callable[[], Content]]
"""What a person reads of an entry, and how it becomes ours (ValueError where it can't)."""


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


def _related(element: ET.Element, template: str) -> Iterator[ET.Element]:
    """Entries inside the entry that follow a template."""
    for relation in v.children(element, "entryRelationship"):
        for one in relation:
            if v.has_template(one, _T + template):
                yield one


def _coded_value(element: ET.Element, template: str) -> str:
    """The code that the first entry inside of that template has as its value."""
    for one in _related(element, template):
        value = v.child(one, "value")
        if value is not None:
            return value.attrib.get("code", "")
    return ""


def _status(element: ET.Element) -> str:
    status = v.child(element, "statusCode")
    return status.attrib.get("code", "") if status is not None else ""


def _negated(element: ET.Element) -> bool:
    return element.attrib.get("negationInd") == "true"


# -- problems -----------------------------------------------------------------

_PROBLEM_STATUS: Final = {
    "55561003": p.ClinicalStatus.ACTIVE,
    "73425007": p.ClinicalStatus.INACTIVE,
    "413322009": p.ClinicalStatus.RESOLVED,
    "246455001": p.ClinicalStatus.RECURRENCE,
    "263855007": p.ClinicalStatus.RELAPSE,
    "277022003": p.ClinicalStatus.REMISSION,
}
_SEVERITIES: Final = {severity.value: severity for severity in p.Severity}


def _problems(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for act in v.children(entry, "act"):
        for relation in v.children(act, "entryRelationship", "observation"):
            if v.has_template(relation, _T + "4"):
                yield _problem(act, relation, narrative)


def _problem(act: ET.Element, observation: ET.Element, narrative: Narrative) -> Made:
    code = v.concept(v.child(observation, "value"), narrative) or _words(observation, narrative)

    def make() -> Content:
        if _negated(observation):
            raise ValueError("says that the patient does not have it")
        ended = v.date(v.high(observation))
        status = _PROBLEM_STATUS.get(_coded_value(observation, "6"))
        if status is None:
            active = _status(act) in ("active", "suspended", "")
            status = p.ClinicalStatus.ACTIVE if active else p.ClinicalStatus.RESOLVED
        if ended and status in (p.ClinicalStatus.ACTIVE, p.ClinicalStatus.RECURRENCE):
            status = p.ClinicalStatus.RESOLVED
        return p.Condition(
            code=code,
            clinical_status=status,
            severity=_SEVERITIES.get(_coded_value(observation, "8")),
            onset=v.date(v.low(observation)),
            abatement=ended,
        )

    return _said(code), make


# -- allergies ----------------------------------------------------------------

_ALLERGY_STATUS: Final = {
    "55561003": a.AllergyStatus.ACTIVE,
    "73425007": a.AllergyStatus.INACTIVE,
    "413322009": a.AllergyStatus.RESOLVED,
}
# Value set Allergy and Intolerance Type 2.16.840.1.113883.3.88.12.3221.6.2.
_ALLERGY_TYPES: Final[Mapping[str, tuple[a.AllergyType | None, a.AllergyCategory | None]]] = {
    "416098002": (a.AllergyType.ALLERGY, a.AllergyCategory.MEDICATION),
    "59037007": (a.AllergyType.INTOLERANCE, a.AllergyCategory.MEDICATION),
    "419511003": (None, a.AllergyCategory.MEDICATION),
    "414285001": (a.AllergyType.ALLERGY, a.AllergyCategory.FOOD),
    "235719002": (a.AllergyType.INTOLERANCE, a.AllergyCategory.FOOD),
    "418471000": (None, a.AllergyCategory.FOOD),
    "426232007": (a.AllergyType.ALLERGY, a.AllergyCategory.ENVIRONMENT),
    "419199007": (a.AllergyType.ALLERGY, None),
}
_REACTION_SEVERITY: Final = {
    "255604002": a.ReactionSeverity.MILD,
    "371923003": a.ReactionSeverity.MODERATE,
    "6736007": a.ReactionSeverity.MODERATE,
    "371924009": a.ReactionSeverity.SEVERE,
    "24484000": a.ReactionSeverity.SEVERE,
    "399166001": a.ReactionSeverity.SEVERE,
}
_CRITICALITY: Final = {
    "CRITL": a.Criticality.LOW,
    "CRITH": a.Criticality.HIGH,
    "CRITU": a.Criticality.UNKNOWN,
}
_NONE_KNOWN: Final = Concept(
    codings=(Coding(system=SNOMED, code=a.NO_KNOWN_ALLERGY, display="No known allergy"),)
)


def _allergies(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for act in v.children(entry, "act"):
        for observation in v.children(act, "entryRelationship", "observation"):
            if v.has_template(observation, _T + "7"):
                yield _allergy(act, observation, narrative)


def _allergy(act: ET.Element, observation: ET.Element, narrative: Narrative) -> Made:
    agent = v.child(observation, "participant", "participantRole", "playingEntity")
    substance = None
    if agent is not None:
        substance = v.concept(v.child(agent, "code"), narrative)
        substance = substance or _texted(narrative.words(v.child(agent, "name")))
    kind = v.child(observation, "value")
    kind_code = kind.attrib.get("code", "") if kind is not None else ""
    none_known = _negated(observation) and substance is None
    substance = _NONE_KNOWN if none_known else substance or _words(observation, narrative)

    def make() -> Content:
        if _negated(observation) and not none_known:
            raise ValueError("says that the patient is not allergic to it")
        status = _ALLERGY_STATUS.get(_coded_value(observation, "28"))
        if status is None:
            ended = _status(act) in ("completed", "aborted")
            status = a.AllergyStatus.RESOLVED if ended else a.AllergyStatus.ACTIVE
        allergy_type, category = _ALLERGY_TYPES.get(kind_code, (None, None))
        return a.Allergy(
            substance=substance,
            clinical_status=status,
            type=None if none_known else allergy_type,
            category=(category,) if category and not none_known else (),
            criticality=_CRITICALITY.get(_coded_value(observation, "145")),
            reactions=tuple(_reactions(observation, narrative))[:20],
            onset=v.date(v.low(observation)),
        )

    return _said(substance), make


def _reactions(observation: ET.Element, narrative: Narrative) -> Iterator[a.Reaction]:
    for reaction in _related(observation, "9"):
        manifestation = v.concept(v.child(reaction, "value"), narrative) or _words(
            reaction, narrative
        )
        if manifestation:
            # Severity stands at the reaction, or (before R2.1) at the allergy itself.
            code = _coded_value(reaction, "8") or _coded_value(observation, "8")
            yield a.Reaction(
                manifestations=(manifestation,),
                severity=_REACTION_SEVERITY.get(code),
                on=v.date(v.low(reaction)),
            )


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


def _medications(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for activity in v.children(entry, "substanceAdministration"):
        if v.has_template(activity, _T + "16"):
            yield _medication(activity, narrative)


def _medication(activity: ET.Element, narrative: Narrative) -> Made:
    drug = v.concept(v.child(activity, *_MATERIAL, "code"), narrative) or _texted(
        narrative.words(v.child(activity, *_MATERIAL, "name"))
    )

    def make() -> Content:
        if _negated(activity):
            raise ValueError("says that the patient does not take it")
        return Medication(
            drug=drug,
            status=_MEDICATION_STATUS.get(_status(activity), MedicationStatus.UNKNOWN),
            reported=True,
            sig=v.note(_sig(activity, narrative)),
            as_needed=v.child(activity, "precondition") is not None,
            route=v.concept(v.child(activity, "routeCode"), narrative),
            dose=v.quantity(v.child(activity, "doseQuantity")),
            reason=_indication(activity, narrative),
            started=v.date(v.low(activity)),
            ended=v.date(v.high(activity)),
        )

    return _said(drug), make


def _sig(activity: ET.Element, narrative: Narrative) -> str | None:
    """The free-text sig (template .147), else what the activity says of itself."""
    for sig in _related(activity, "147"):
        return narrative.words(v.child(sig, "text"))
    return narrative.words(v.child(activity, "text"))


def _indication(activity: ET.Element, narrative: Narrative) -> Concept | None:
    for indication in _related(activity, "19"):
        return v.concept(v.child(indication, "value"), narrative)
    return None


def _immunizations(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for activity in v.children(entry, "substanceAdministration"):
        if v.has_template(activity, _T + "52"):
            yield _immunization(activity, narrative)


def _immunization(activity: ET.Element, narrative: Narrative) -> Made:
    vaccine = v.concept(v.child(activity, *_MATERIAL, "code"), narrative)

    def make() -> Content:
        not_done = _negated(activity)
        refusal = next(
            (v.concept(v.child(r, "code"), narrative) for r in _related(activity, "53")), None
        )
        lot = v.child(activity, *_MATERIAL, "lotNumberText")
        maker = v.child(activity, *_MATERIAL[:2], "manufacturerOrganization", "name")
        return Immunization(
            vaccine=vaccine,
            status="not-done" if not_done else "completed",
            status_reason=(refusal or Concept(text="No reason stated")) if not_done else None,
            given_on=v.date(v.low(activity)),
            primary_source=False,
            manufacturer=_texted(narrative.words(maker)),
            lot=_short(narrative.words(lot)),
            site=v.concept(v.child(activity, "approachSiteCode"), narrative),
            route=v.concept(v.child(activity, "routeCode"), narrative),
            dose=v.quantity(v.child(activity, "doseQuantity")),
        )

    return _said(vaccine), make


# -- procedures -----------------------------------------------------------------

_PROCEDURE_STATUS: Final = {
    "completed": "completed",
    "active": "in-progress",
    "aborted": "stopped",
    "cancelled": "not-done",
}


def _procedures(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for element in entry:
        if any(v.has_template(element, _T + number) for number in ("14", "13", "12")):
            yield _procedure(element, narrative)


def _procedure(element: ET.Element, narrative: Narrative) -> Made:
    code = v.concept(v.child(element, "code"), narrative) or _words(element, narrative)

    def make() -> Content:
        status = _PROCEDURE_STATUS.get(_status(element), "unknown")
        given: dict[str, Any] = {
            "code": code,
            "status": "not-done" if _negated(element) else status,
            "performed": v.date(v.low(element)),
            "body_site": v.concept(v.child(element, "targetSiteCode"), narrative),
        }
        return Procedure.model_validate(given)

    return _said(code), make


# -- words ----------------------------------------------------------------------


def _words(element: ET.Element, narrative: Narrative) -> Concept | None:
    """What the entry's own text says, where no code says it."""
    return _texted(narrative.words(v.child(element, "text")))


def _texted(text: str | None) -> Concept | None:
    return Concept(text=text) if text else None


def _short(text: str | None) -> str | None:
    return text[:40].rstrip() if text else None


def _said(concept: Concept | None) -> str:
    return concept.words if concept else "(nothing is said)"


_SECTIONS: Final[Mapping[str, tuple[Kind, Callable[[ET.Element, Narrative], Iterator[Made]]]]] = {
    "11450-4": (Kind.CONDITION, _problems),
    "48765-2": (Kind.ALLERGY, _allergies),
    "10160-0": (Kind.MEDICATION, _medications),
    "11369-6": (Kind.IMMUNIZATION, _immunizations),
    "47519-4": (Kind.PROCEDURE, _procedures),
    "30954-2": (Kind.REPORT, report),
    "8716-3": (Kind.VITALS, vitals),
}
