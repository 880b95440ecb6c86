"""Codes of the clinical record are FHIR R4's and US Core's, as published."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, get_args

import pytest
from fhir.resources.R4B import (
    allergyintolerance,
    careplan,
    documentreference,
    familymemberhistory,
    immunization,
    medicationrequest,
    procedure,
    servicerequest,
)

from caresmith.records.clinical import allergy as a
from caresmith.records.clinical.condition import ClinicalStatus, Verification
from caresmith.records.clinical.document import Document
from caresmith.records.clinical.encounter import EncounterStatus
from caresmith.records.clinical.history import FamilyHistory
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.medication import MedicationStatus
from caresmith.records.clinical.observation import ObservationStatus
from caresmith.records.clinical.planning import Priority, RequestStatus, TaskStatus
from caresmith.records.clinical.procedure import Procedure
from caresmith.records.clinical.report import ReportStatus


def codes(model: Any, field: str) -> set[str]:
    """What the model of the resource says of the element's required codes."""
    return set(model.model_fields[field].json_schema_extra["enum_values"])


def values(kind: type[StrEnum]) -> set[str]:
    return {member.value for member in kind}


@pytest.mark.parametrize(
    ("ours", "model", "field"),
    [
        (MedicationStatus, medicationrequest.MedicationRequest, "status"),
        (RequestStatus, servicerequest.ServiceRequest, "status"),
        (RequestStatus, careplan.CarePlan, "status"),
        (Priority, servicerequest.ServiceRequest, "priority"),
        (a.AllergyType, allergyintolerance.AllergyIntolerance, "type"),
        (a.AllergyCategory, allergyintolerance.AllergyIntolerance, "category"),
        (a.Criticality, allergyintolerance.AllergyIntolerance, "criticality"),
        (a.ReactionSeverity, allergyintolerance.AllergyIntoleranceReaction, "severity"),
    ],
)
def test_ours_are_all_of_the_standards_codes(ours: type[StrEnum], model: Any, field: str) -> None:
    assert values(ours) == codes(model, field)


@pytest.mark.parametrize(
    ("model", "ours", "field"),
    [
        (immunization.Immunization, Immunization, "status"),
        (procedure.Procedure, Procedure, "status"),
        (familymemberhistory.FamilyMemberHistory, FamilyHistory, "status"),
        (documentreference.DocumentReference, Document, "status"),
    ],
)
def test_listed_statuses_are_the_standards(model: Any, ours: Any, field: str) -> None:
    assert set(get_args(ours.model_fields[field].annotation)) == codes(model, field)


# https://hl7.org/fhir/R4/valueset-task-status.html
TASK = {
    *("draft", "requested", "received", "accepted", "rejected", "ready", "cancelled"),
    *("in-progress", "on-hold", "failed", "completed", "entered-in-error"),
}


def test_a_practices_tasks_know_a_part_of_the_standards_statuses() -> None:
    assert TASK - values(TaskStatus) == {"draft", "received", "rejected", "ready", "failed"}
    assert values(TaskStatus) <= TASK


# The models of the standard do not list, or not wholly, what these elements are bound to:
# https://hl7.org/fhir/R4/valueset-encounter-status.html
# https://hl7.org/fhir/R4/valueset-observation-status.html
# https://hl7.org/fhir/R4/valueset-diagnostic-report-status.html
# https://hl7.org/fhir/R4/valueset-condition-clinical.html
# https://hl7.org/fhir/R4/valueset-condition-ver-status.html
# https://hl7.org/fhir/R4/valueset-allergyintolerance-clinical.html
# https://hl7.org/fhir/R4/valueset-allergyintolerance-verification.html
PUBLISHED = [
    (
        EncounterStatus,
        {
            *("planned", "arrived", "triaged", "in-progress", "onleave", "finished"),
            *("cancelled", "entered-in-error", "unknown"),
        },
    ),
    (
        ObservationStatus,
        {
            *("registered", "preliminary", "final", "amended", "corrected"),
            *("cancelled", "entered-in-error", "unknown"),
        },
    ),
    (
        ReportStatus,
        {
            *("registered", "partial", "preliminary", "final", "amended", "corrected"),
            *("appended", "cancelled", "entered-in-error", "unknown"),
        },
    ),
    (
        ClinicalStatus,
        {"active", "recurrence", "relapse", "inactive", "remission", "resolved"},
    ),
    (
        Verification,
        {
            *("unconfirmed", "provisional", "differential"),
            *("confirmed", "refuted", "entered-in-error"),
        },
    ),
    (a.AllergyStatus, {"active", "inactive", "resolved"}),
    (a.AllergyVerification, {"unconfirmed", "confirmed", "refuted", "entered-in-error"}),
]


@pytest.mark.parametrize(("ours", "published"), PUBLISHED)
def test_ours_are_the_published_codes(ours: type[StrEnum], published: set[str]) -> None:
    assert values(ours) == published
