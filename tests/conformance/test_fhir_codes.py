"""Codes of charts and visits are FHIR R4's and US Core's, as published."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from fhir.resources.R4B import address, appointment, contactpoint, humanname, patient

from caresmith.records.contact import AddressUse, TelecomSystem, TelecomUse
from caresmith.records.demographics import (
    BirthSex,
    Ethnicity,
    Gender,
    MaritalStatus,
    NameUse,
    Race,
)
from functions.scheduling.status import CancelReason, Status


def codes(model: Any, field: str) -> set[str]:
    """The value set that the model of the resource binds the element to."""
    return set(model.model_fields[field].json_schema_extra["enum_values"])


def values(kind: type[StrEnum]) -> set[str]:
    return {member.value for member in kind}


@pytest.mark.parametrize(
    ("ours", "model", "field"),
    [
        (Gender, patient.Patient, "gender"),
        (NameUse, humanname.HumanName, "use"),
        (Status, appointment.Appointment, "status"),
        (AddressUse, address.Address, "use"),
        (TelecomUse, contactpoint.ContactPoint, "use"),
    ],
)
def test_ours_are_all_of_the_standards_codes(ours: type[StrEnum], model: Any, field: str) -> None:
    assert values(ours) == codes(model, field)


def test_ways_to_reach_a_person_are_among_the_standards() -> None:
    """A chart keeps what a practice uses; FHIR has pagers and more besides."""
    known = codes(contactpoint.ContactPoint, "system")
    assert known - values(TelecomSystem) == {"pager", "url", "sms", "other"}
    assert values(TelecomSystem) <= known


# US Core 7.0.0 omb-race-category: VSAC 2.16.840.1.114222.4.11.836 (Race) and
# 2.16.840.1.113762.1.4.1021.102 (Unknown or refused to answer).
OMB_RACE = {"1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2131-1", "UNK", "ASKU"}
# US Core 7.0.0 omb-ethnicity-category: VSAC 2.16.840.1.114222.4.11.837 and the same.
OMB_ETHNICITY = {"2135-2", "2186-5", "UNK", "ASKU"}
# US Core 7.0.0 birthsex: VSAC 2.16.840.1.113762.1.4.1021.24 (ASKU and OTH came later).
BIRTH_SEX = {"F", "M", "UNK"}
# https://hl7.org/fhir/R4/valueset-marital-status.html: v3-MaritalStatus and UNK.
MARITAL = {"A", "D", "I", "L", "M", "P", "S", "T", "U", "W", "UNK"}
# https://hl7.org/fhir/R4/valueset-appointment-cancellation-reason.html
CANCELLATION = {
    *("pat", "pat-cpp", "pat-crs", "pat-dec", "pat-fb", "pat-lt", "pat-mt", "pat-mv", "pat-preg"),
    *("pat-swl", "pat-ucp", "prov", "prov-dch", "prov-edu", "prov-hosp", "prov-labs", "prov-mri"),
    *("prov-onc", "prov-pers", "maint", "meds-inc", "other", "oth-cms", "oth-err", "oth-fin"),
    *("oth-int", "oth-iv", "oth-mu", "oth-oerr", "oth-room", "oth-swie", "oth-weath"),
}


@pytest.mark.parametrize(
    ("ours", "published"),
    [
        (Race, OMB_RACE),
        (Ethnicity, OMB_ETHNICITY),
        (BirthSex, BIRTH_SEX),
        (MaritalStatus, MARITAL),
    ],
)
def test_ours_are_the_published_codes(ours: type[StrEnum], published: set[str]) -> None:
    assert values(ours) == published


def test_reasons_to_cancel_are_among_the_published_or_marked_as_our_own() -> None:
    assert len(CANCELLATION) == 32
    assert {code for code in values(CancelReason) - CANCELLATION if code[:4] != "own-"} == set()
    assert not [code for code in CANCELLATION if code.startswith("own-")]


def test_a_chart_of_every_code_is_a_fhir_patient() -> None:
    """The model of the standard takes what a chart can say, code by code."""
    for gender in Gender:
        made = patient.Patient.model_validate(
            {
                "resourceType": "Patient",
                "gender": gender,
                "name": [{"use": use, "family": "Đặng"} for use in NameUse],
                "telecom": [
                    {"system": system, "use": use, "value": "x"}
                    for system in TelecomSystem
                    for use in TelecomUse
                ],
                "address": [{"use": use, "city": "Chicago"} for use in AddressUse],
            }
        )
        assert made.gender == gender
