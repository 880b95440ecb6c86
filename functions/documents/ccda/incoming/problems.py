"""Problems and allergies of a C-CDA."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Final

from caresmith.records.clinical import allergy as a
from caresmith.records.clinical import condition as p
from caresmith.records.clinical.coding import SNOMED, Coding, Concept
from caresmith.records.clinical.content import Content
from functions.documents.ccda.incoming import values as v
from functions.documents.ccda.incoming.inside import (
    TEMPLATES,
    Made,
    coded_value,
    negated,
    related,
    said,
    status_code,
    texted,
    words,
)
from functions.documents.ccda.incoming.values import Narrative

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


def problems(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for act in v.children(entry, "act"):
        for relation in v.children(act, "entryRelationship", "observation"):
            if v.has_template(relation, TEMPLATES + "4"):
                yield _problem(act, relation, narrative)


def _problem(act: ET.Element, observation: ET.Element, narrative: Narrative) -> Made:
    code = v.concept(v.child(observation, "value"), narrative) or words(observation, narrative)

    def make() -> Content:
        if negated(observation):
            raise ValueError("says that the patient does not have it")
        began, ended = v.date(v.low(observation)), v.date(v.high(observation))
        if began and ended and ended < began[: len(ended)]:
            # One of both is wrong; that it has ended is told all the same.
            began = None
        status = _PROBLEM_STATUS.get(coded_value(observation, "6"))
        if status is None:
            active = status_code(act) in ("active", "suspended", "")
            status = p.ClinicalStatus.ACTIVE if active else p.ClinicalStatus.RESOLVED
        if ended and status in (p.ClinicalStatus.ACTIVE, p.ClinicalStatus.RECURRENCE):
            status = p.ClinicalStatus.RESOLVED
        return p.Condition(
            code=code,
            clinical_status=status,
            severity=_SEVERITIES.get(coded_value(observation, "8")),
            onset=began,
            abatement=ended,
        )

    return said(code), make


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
# A negated observation without a substance: none known, of that kind.
_NONE_KNOWN: Final[Mapping[a.AllergyCategory | None, tuple[str, str]]] = {
    None: (a.NO_KNOWN_ALLERGY, "No known allergy"),
    a.AllergyCategory.MEDICATION: ("409137002", "No known drug allergy"),
    a.AllergyCategory.FOOD: ("429625007", "No known food allergy"),
    a.AllergyCategory.ENVIRONMENT: ("428607008", "No known environmental allergy"),
}


def allergies(entry: ET.Element, narrative: Narrative) -> Iterator[Made]:
    for act in v.children(entry, "act"):
        for observation in v.children(act, "entryRelationship", "observation"):
            if v.has_template(observation, TEMPLATES + "7"):
                yield _allergy(act, observation, narrative)


def _allergy(act: ET.Element, observation: ET.Element, narrative: Narrative) -> Made:
    agent = v.child(observation, "participant", "participantRole", "playingEntity")
    substance = None
    if agent is not None:
        substance = v.concept(v.child(agent, "code"), narrative)
        substance = substance or texted(narrative.words(v.child(agent, "name")))
    kind = v.child(observation, "value")
    kind_code = kind.attrib.get("code", "") if kind is not None else ""
    allergy_type, category = _ALLERGY_TYPES.get(kind_code, (None, None))
    none_known = negated(observation) and substance is None
    substance = _none_known(category) if none_known else substance or words(observation, narrative)

    def make() -> Content:
        if negated(observation) and not none_known:
            raise ValueError("says that the patient is not allergic to it")
        status = _ALLERGY_STATUS.get(coded_value(observation, "28"))
        if status is None:
            ended = status_code(act) in ("completed", "aborted")
            status = a.AllergyStatus.RESOLVED if ended else a.AllergyStatus.ACTIVE
        return a.Allergy(
            substance=substance,
            clinical_status=status,
            type=None if none_known else allergy_type,
            category=(category,) if category and not none_known else (),
            criticality=_CRITICALITY.get(coded_value(observation, "145")),
            reactions=tuple(_reactions(observation, narrative))[:20],
            onset=v.date(v.low(observation)),
        )

    return said(substance), make


def _none_known(category: a.AllergyCategory | None) -> Concept:
    code, display = _NONE_KNOWN[category]
    return Concept(codings=(Coding(system=SNOMED, code=code, display=display),))


def _reactions(observation: ET.Element, narrative: Narrative) -> Iterator[a.Reaction]:
    for reaction in related(observation, "9"):
        manifestation = v.concept(v.child(reaction, "value"), narrative) or words(
            reaction, narrative
        )
        if manifestation:
            # Severity stands at the reaction, or (before R2.1) at the allergy itself.
            code = coded_value(reaction, "8") or coded_value(observation, "8")
            yield a.Reaction(
                manifestations=(manifestation,),
                severity=_REACTION_SEVERITY.get(code),
                on=v.date(v.low(reaction)),
            )
