"""The patient, where another than the subscriber, and how both compare with the chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.x12.claims.codes import PATIENT_RELATIONSHIPS, SELF
from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, edit, hit

_CHILD: Final = "19"
_LAST_YEAR_OF_A_CHILD: Final = 25


@edit(
    "PAT-NAME",
    ERROR,
    "The patient has no name",
    guards="2010CA NM103",
    source="TR3 X222A1 2010CA NM1",
    message="The patient's last name is missing.",
)
def patient_without_name(case: Case) -> Iterator[Hit]:
    if case.draft.patient and not case.draft.patient.name.last.strip():
        yield hit("patient.name.last")


@edit(
    "PAT-FIRST",
    WARNING,
    "The patient has no first name",
    guards="2010CA NM104",
    source="TR3 X222A1 2010CA NM104: required when the person has a first name",
    message="The patient's first name is missing.",
)
def patient_without_first_name(case: Case) -> Iterator[Hit]:
    one = case.draft.patient
    if one and one.name.last.strip() and not one.name.first.strip():
        yield hit("patient.name.first")


@edit(
    "PAT-BIRTH",
    ERROR,
    "The patient's birth date is missing",
    guards="2010CA DMG02",
    source="TR3 X222A1 2010CA DMG",
    message="The patient's birth date is missing.",
)
def patient_without_birth_date(case: Case) -> Iterator[Hit]:
    if case.draft.patient and case.draft.patient.birth_date is None:
        yield hit("patient.birth_date")


@edit(
    "PAT-SEX",
    ERROR,
    "The patient's sex is missing",
    guards="2010CA DMG03",
    source="TR3 X222A1 2010CA DMG03",
    message="The patient's sex is missing: F, M, or U where it is not known.",
)
def patient_without_sex(case: Case) -> Iterator[Hit]:
    if case.draft.patient and case.draft.patient.sex not in {"F", "M", "U"}:
        yield hit("patient.sex")


@edit(
    "PAT-ADDRESS",
    ERROR,
    "The patient's address is missing",
    guards="2010CA N3, N4",
    source="TR3 X222A1 2010CA N3, N4",
    message="The patient's address is missing.",
)
def patient_without_address(case: Case) -> Iterator[Hit]:
    if case.draft.patient and not case.draft.patient.address.line1.strip():
        yield hit("patient.address.line1")


@edit(
    "PAT-RELATION",
    ERROR,
    "How the patient is related to the subscriber is not told",
    guards="2000C PAT01",
    source="TR3 X222A1 2000C PAT01",
    message="How the patient is related to the subscriber is not told by a code of PAT01, "
    "like 01 (spouse) or 19 (child).",
)
def patient_not_related(case: Case) -> Iterator[Hit]:
    one = case.draft.patient
    if one and one.relationship != SELF and one.relationship not in PATIENT_RELATIONSHIPS:
        yield hit("patient.relationship")


@edit(
    "PAT-SELF",
    ERROR,
    "The patient is named beside the subscriber, who is the same",
    guards="2000C PAT01, 2000B SBR02",
    source="TR3 X222A1 2000B SBR02: 18 where the patient is the subscriber; then no 2000C",
    message="The relationship is 18 (self): then the subscriber is the patient and stands alone.",
)
def patient_is_the_subscriber(case: Case) -> Iterator[Hit]:
    if case.draft.patient and case.draft.patient.relationship == SELF:
        yield hit("patient.relationship")


@edit(
    "PAT-MEDICARE",
    ERROR,
    "A Medicare claim for a dependent",
    guards="2000C",
    source="Medicare Claims Processing Manual ch. 26 §10.2 item 6; 42 CFR 424.32",
    message="With Medicare each patient is the subscriber: there are no dependents.",
)
def dependent_of_medicare(case: Case) -> Iterator[Hit]:
    if case.draft.patient and case.filing == "MB":
        yield hit("patient")


@edit(
    "PAT-CHILD-AGE",
    WARNING,
    "A child of 26 years or more",
    guards="2000C PAT01",
    source="45 CFR 147.120: children are covered until they turn 26",
    message="The patient is a child of the subscriber and {age} years old: plans cover children "
    "until 26.",
)
def child_too_old(case: Case) -> Iterator[Hit]:
    age = case.age(case.first_day)
    one = case.draft.patient
    if one and one.relationship == _CHILD and age is not None and age > _LAST_YEAR_OF_A_CHILD:
        yield hit("patient.relationship", age=age)


@edit(
    "PAT-CHART-BIRTH",
    WARNING,
    "Birth date of claim and chart differ",
    guards="2010BA DMG02, 2010CA DMG02",
    source="Payers match members by id, name and birth date (TR3 X222A1 1.10)",
    message="The patient's birth date is another in the chart.",
)
def birth_date_of_chart(case: Case) -> Iterator[Hit]:
    said, known = case.birth_date, case.facts.patient.birth_date
    if said and known and said != known:
        yield hit("subscriber.birth_date" if case.self_insured else "patient.birth_date")


@edit(
    "PAT-CHART-SEX",
    WARNING,
    "Sex of claim and chart differ",
    guards="2010BA DMG03, 2010CA DMG03",
    source="Payers check diagnoses and procedures against it",
    message="The patient's sex is told otherwise in the chart.",
)
def sex_of_chart(case: Case) -> Iterator[Hit]:
    known = case.facts.patient.sex
    if case.sex in {"F", "M"} and known in {"F", "M"} and case.sex != known:
        yield hit("subscriber.sex" if case.self_insured else "patient.sex")


@edit(
    "PAT-PREGNANT-SEX",
    WARNING,
    "Told to be pregnant, and male",
    guards="2000B PAT09, 2000C PAT09",
    source="TR3 X222A1 2000B PAT09",
    message="The claim says that the patient is pregnant, and male.",
)
def pregnant_man(case: Case) -> Iterator[Hit]:
    said = case.draft.patient or case.draft.subscriber
    if said.facts.pregnant and case.sex == "M":
        yield hit("subscriber.facts" if case.self_insured else "patient.facts")
