"""What the chart's forms offer to choose from: codes with their words.

Only codes that are free to give out: SNOMED CT codes that FHIR's own value sets
list, HL7 v3 codes, LOINC codes of US Core, and CDC's CVX.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from caresmith.records.clinical import allergy as a
from caresmith.records.clinical import condition as c
from caresmith.records.clinical.coding import Coding, Concept
from caresmith.records.clinical.order import OrderCategory
from caresmith.records.clinical.planning import Priority, RequestStatus, TaskStatus

Choice = tuple[str, str]

FAMILY: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
SITES: Final = "http://terminology.hl7.org/CodeSystem/v3-ActSite"
ROUTES: Final = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"


def named(values: type[StrEnum]) -> list[Choice]:
    """Each value of an enumeration with its name in words."""
    return [(one.value, one.name.replace("_", " ").capitalize()) for one in values]


CLINICAL_STATUSES: Final = named(c.ClinicalStatus)
VERIFICATIONS: Final = [one for one in named(c.Verification) if one[0] != "entered-in-error"]
SEVERITIES: Final = named(c.Severity)
CATEGORIES: Final = (
    ("problem-list-item", "On the problem list"),
    ("encounter-diagnosis", "Diagnosis of one visit"),
    ("health-concern", "Concern"),
)
ALLERGY_TYPES: Final = named(a.AllergyType)
ALLERGY_CATEGORIES: Final = named(a.AllergyCategory)
ALLERGY_STATUSES: Final = named(a.AllergyStatus)
ALLERGY_VERIFICATIONS: Final = [
    one for one in named(a.AllergyVerification) if one[0] != "entered-in-error"
]
CRITICALITIES: Final = (
    ("high", "High: the next reaction may endanger life"),
    ("low", "Low"),
    ("unable-to-assess", "Can't be told"),
)
REACTION_SEVERITIES: Final = named(a.ReactionSeverity)
ORDER_CATEGORIES: Final = (
    (OrderCategory.LAB.value, "Laboratory"),
    (OrderCategory.IMAGING.value, "Imaging"),
    (OrderCategory.REFERRAL.value, "Referral"),
    (OrderCategory.PROCEDURE.value, "Procedure"),
    (OrderCategory.COUNSELLING.value, "Counselling"),
    (OrderCategory.EDUCATION.value, "Education"),
)
PRIORITIES: Final = named(Priority)
TASK_STATUSES: Final = [one for one in named(TaskStatus) if one[0] != "entered-in-error"]
PLAN_STATUSES: Final = [
    one for one in named(RequestStatus) if one[0] not in ("entered-in-error", "unknown")
]
PROCEDURE_STATUSES: Final = (
    ("completed", "Completed"),
    ("in-progress", "In progress"),
    ("preparation", "In preparation"),
    ("on-hold", "On hold"),
    ("stopped", "Stopped"),
    ("not-done", "Not done"),
)
FAMILY_STATUSES: Final = (
    ("completed", "Complete"),
    ("partial", "Partly known"),
    ("health-unknown", "Health not known"),
)
IMMUNIZATION_STATUSES: Final = (("completed", "Given"), ("not-done", "Not given"))

RELATIVES: Final = (
    ("MTH", "Mother"),
    ("FTH", "Father"),
    ("SIS", "Sister"),
    ("BRO", "Brother"),
    ("DAU", "Daughter"),
    ("SON", "Son"),
    ("MGRMTH", "Mother's mother"),
    ("MGRFTH", "Mother's father"),
    ("PGRMTH", "Father's mother"),
    ("PGRFTH", "Father's father"),
    ("MAUNT", "Mother's sister"),
    ("MUNCLE", "Mother's brother"),
    ("PAUNT", "Father's sister"),
    ("PUNCLE", "Father's brother"),
    ("HSIS", "Half-sister"),
    ("HBRO", "Half-brother"),
    ("COUSN", "Cousin"),
)
"""http://terminology.hl7.org/ValueSet/v3-FamilyMember, the relatives by blood."""

TOBACCO: Final = "72166-2"
SOCIAL_TOPICS: Final = (
    (TOBACCO, "Tobacco smoking status"),
    ("11331-6", "Alcohol"),
    ("11343-1", "Other drugs"),
    ("11341-5", "Occupation"),
    ("71802-3", "Housing"),
    ("other", "Something else"),
)
SMOKING: Final = (
    ("266919005", "Never smoked"),
    ("8517006", "Former smoker"),
    ("449868002", "Smokes every day"),
    ("428041000124106", "Smokes on some days"),
    ("428071000124103", "Smokes heavily"),
    ("428061000124105", "Smokes lightly"),
    ("77176002", "Smokes, how much is not known"),
    ("266927001", "Not known whether ever smoked"),
)
"""The US Core value set of smoking status."""

BODY_SITES: Final = (
    ("LD", "Left deltoid"),
    ("RD", "Right deltoid"),
    ("LA", "Left arm"),
    ("RA", "Right arm"),
    ("LT", "Left thigh"),
    ("RT", "Right thigh"),
    ("LVL", "Left vastus lateralis"),
    ("RVL", "Right vastus lateralis"),
    ("BN", "Both nostrils"),
)
"""HL7 v3 ActSite."""
ROUTES_OF_VACCINES: Final = (
    ("IM", "Intramuscular"),
    ("SQ", "Subcutaneous"),
    ("IDINJ", "Intradermal"),
    ("PO", "By mouth"),
    ("NASINHL", "Into the nose"),
)

VACCINES: Final = (
    ("03", "MMR"),
    ("08", "Hepatitis B, child"),
    ("10", "IPV"),
    ("20", "DTaP"),
    ("21", "Varicella"),
    ("33", "Pneumococcal polysaccharide PPV23"),
    ("43", "Hepatitis B, adult"),
    ("48", "Hib (PRP-T)"),
    ("49", "Hib (PRP-OMP)"),
    ("52", "Hepatitis A, adult"),
    ("83", "Hepatitis A, child"),
    ("94", "MMRV"),
    ("110", "DTaP-Hep B-IPV"),
    ("113", "Td, adult"),
    ("115", "Tdap"),
    ("116", "Rotavirus, pentavalent"),
    ("119", "Rotavirus, monovalent"),
    ("120", "DTaP-Hib-IPV"),
    ("130", "DTaP-IPV"),
    ("133", "Pneumococcal conjugate PCV13"),
    ("136", "Meningococcal MenACWY"),
    ("140", "Influenza, injectable, preservative free"),
    ("146", "DTaP-IPV-Hib-Hep B"),
    ("149", "Influenza, live, intranasal"),
    ("150", "Influenza, quadrivalent, preservative free"),
    ("162", "Meningococcal B, recombinant"),
    ("163", "Meningococcal B, outer membrane"),
    ("165", "HPV9"),
    ("187", "Zoster, recombinant"),
    ("215", "Pneumococcal conjugate PCV15"),
    ("216", "Pneumococcal conjugate PCV20"),
)
"""CVX codes that a practice gives every week; any other is typed."""


def coded(system: str, code: str, choices: Mapping[str, str]) -> Concept:
    """A chosen code with its words."""
    words = choices.get(code)
    return Concept(codings=(Coding(system=system, code=code, display=words),), text=words)
