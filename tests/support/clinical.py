"""A chart with something of every kind, for the documents that tell of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from caresmith.records.clinical import allergy as a
from caresmith.records.clinical.coding import (
    CVX,
    ICD10CM,
    LOINC,
    RXNORM,
    SNOMED,
    Coding,
    Concept,
    Quantity,
)
from caresmith.records.clinical.condition import ClinicalStatus, Condition
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.history import SocialHistory
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.observation import LocalQuantity, Observation, Vitals
from caresmith.records.clinical.procedure import Procedure
from caresmith.records.clinical.report import Report

_AT = dt.datetime(2026, 3, 2, 14, 30, tzinfo=dt.UTC)


def coded(system: str, code: str, display: str) -> Concept:
    return Concept(codings=(Coding(system=system, code=code, display=display),), text=display)


def full_chart() -> dict[Kind, list[Content]]:
    """Entries of each kind, among them what is awkward to say in other words."""
    diabetes = Concept(
        codings=(
            Coding(system=SNOMED, code="44054006", display="Type 2 diabetes mellitus"),
            Coding(system=ICD10CM, code="E11.9", display="Type 2 diabetes"),
        ),
        text="Diabetes, type 2 <since Mar '19> & diet",
    )
    return {
        Kind.CONDITION: [
            Condition(code=diabetes, onset="2019-03"),
            Condition(
                code=coded(SNOMED, "233604007", "Pneumonia"),
                clinical_status=ClinicalStatus.RESOLVED,
                onset="2020-01-03",
                abatement="2020-02-01",
            ),
            Condition(code=Concept(text="Feels odd at night")),
        ],
        Kind.ALLERGY: [
            a.Allergy(
                substance=coded(RXNORM, "7980", "Penicillin G"),
                type=a.AllergyType.ALLERGY,
                category=(a.AllergyCategory.MEDICATION,),
                criticality=a.Criticality.HIGH,
                reactions=(
                    a.Reaction(
                        manifestations=(coded(SNOMED, "247472004", "Hives"),),
                        severity=a.ReactionSeverity.MODERATE,
                        on="2015",
                    ),
                ),
                onset="2015",
            ),
            a.Allergy(
                substance=coded(SNOMED, "716186003", "No known allergy"),
                clinical_status=a.AllergyStatus.INACTIVE,
            ),
        ],
        Kind.MEDICATION: [
            Medication(
                drug=coded(RXNORM, "860975", "Metformin ER 500 mg"),
                sig="Take 1 tablet with the evening meal.\nSwallow whole.",
                dose=Quantity(value=Decimal(1), unit="{tbl}"),
                route=coded(SNOMED, "26643006", "Oral route"),
                started="2019-04-01",
            ),
            Medication(
                drug=coded(RXNORM, "197361", "Amlodipine 5 MG Oral Tablet"),
                status=MedicationStatus.STOPPED,
                reported=True,
                as_needed=True,
                started="2018",
                ended="2021-06",
            ),
        ],
        Kind.IMMUNIZATION: [
            Immunization(
                vaccine=coded(CVX, "140", "Influenza, seasonal, injectable"),
                given_on="2025-10-04",
                lot="LOT-7/A",
            ),
            Immunization(
                vaccine=coded(CVX, "133", "Pneumococcal conjugate PCV 13"),
                status="not-done",
                status_reason=Concept(text="Patient declined"),
                given_on="2025-10-04",
            ),
        ],
        Kind.PROCEDURE: [
            Procedure(code=coded(SNOMED, "73761001", "Colonoscopy"), performed="2024-05-20")
        ],
        Kind.REPORT: [
            Report(
                code=coded(LOINC, "24323-8", "Comprehensive metabolic panel"),
                collected_at=_AT,
                observations=(
                    Observation(
                        code=coded(LOINC, "2345-7", "Glucose"),
                        quantity=Quantity(value=Decimal("182.5"), unit="mg/dL"),
                        interpretation=("H",),
                        low=Decimal(70),
                        high=Decimal(99),
                    ),
                    Observation(
                        code=coded(LOINC, "2160-0", "Creatinine"),
                        quantity=Quantity(value=Decimal("0.1"), unit="mg/dL", comparator="<"),
                    ),
                    Observation(
                        code=coded(LOINC, "5778-6", "Color of urine"), text="Amber & cloudy"
                    ),
                    Observation(
                        code=Concept(text="House test"),
                        local=LocalQuantity(value=Decimal(4), unit="plus signs"),
                    ),
                    Observation(code=coded(LOINC, "2951-2", "Sodium"), absent="not-asked"),
                ),
            )
        ],
        Kind.VITALS: [
            Vitals(
                at=_AT,
                measurements=(
                    Observation(
                        code=coded(LOINC, "8480-6", "Systolic blood pressure"),
                        quantity=Quantity(value=Decimal(138), unit="mm[Hg]"),
                    ),
                    Observation(
                        code=coded(LOINC, "29463-7", "Body weight"),
                        quantity=Quantity(value=Decimal("81.65"), unit="kg"),
                    ),
                ),
            )
        ],
        Kind.SOCIAL_HISTORY: [
            SocialHistory(
                code=coded(LOINC, "72166-2", "Tobacco smoking status"),
                coded=coded(SNOMED, "8517006", "Former smoker"),
                on="2026-03-02",
            )
        ],
    }
