"""Accidents, and the dates and numbers that some claims need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.edits.addresses import STATES
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, edit, fix, hit

_WORKERS_COMPENSATION: Final = "WC"
_CASUALTY: Final = frozenset({"WC", "AM", "LM"})
_INPATIENT: Final = "21"
_EXTERNAL: Final = ("V", "W", "X", "Y")
"""ICD-10-CM chapter 20: external causes."""
_INITIAL_INJURY: Final = re.compile(r"[ST]\d[0-9A-Z]{4}A")


@edit(
    "ACC-CAUSE",
    ERROR,
    "Accident information without its kind",
    guards="2300 CLM11-1, CLM11-2",
    source="TR3 X222A1 2300 CLM11: one or two causes",
    message="Of an accident one or two kinds are told: auto, employment, other.",
)
def accident_of_no_kind(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    if one and not 1 <= one.auto_accident + one.employment + one.other_accident <= 2:  # noqa: PLR2004
        yield hit("causes")


@edit(
    "ACC-DATE",
    ERROR,
    "An accident without its date",
    guards="2300 DTP 439",
    source="TR3 X222A1 2300 DTP 439: required when CLM11 is AA or OA; CMS-1500 item 14",
    message="The date of the accident is missing.",
)
def accident_without_date(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    if one and (one.auto_accident or one.other_accident) and case.draft.dates.accident is None:
        yield hit("dates.accident")


@edit(
    "ACC-WORK-DATE",
    WARNING,
    "An injury at work without its date",
    guards="2300 DTP 439",
    source="TR3 X222A1 2300 DTP 439: required when CLM11 is EM and an accident caused it",
    message="The claim is for something caused by employment: if it was an accident, its date "
    "is needed.",
)
def work_accident_without_date(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    others = one and (one.auto_accident or one.other_accident)
    if one and one.employment and not others and case.draft.dates.accident is None:
        yield hit("dates.accident")


@edit(
    "ACC-STATE",
    ERROR,
    "An auto accident without its state",
    guards="2300 CLM11-4",
    source="TR3 X222A1 2300 CLM11-4: required when CLM11 is AA; CMS-1500 item 10b",
    message="The state in which the auto accident happened is missing (abroad, the country).",
)
def auto_accident_without_state(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    if one and one.auto_accident and not one.country and one.state not in STATES:
        yield hit("causes.state")


@edit(
    "ACC-STATE-UNSENT",
    ERROR,
    "A state of an accident that was none of a car",
    guards="2300 CLM11-4",
    source="TR3 X222A1 2300 CLM11-4: not used unless CLM11 is AA",
    message="The state, or the country, is sent of auto accidents alone.",
)
def state_without_auto_accident(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    if one and not one.auto_accident and (one.state or one.country):
        mended = fix("Leave it out", ("causes.state", ""), ("causes.country", ""))
        yield hit("causes.state", fix=mended)


@edit(
    "ACC-LATE",
    ERROR,
    "An accident after the services",
    guards="2300 DTP 439",
    source="TR3 X222A1 2300 DTP 439",
    message="The accident is dated after the services.",
)
def accident_after_service(case: Case) -> Iterator[Hit]:
    day, last = case.draft.dates.accident, case.last_day
    if day and last and day > last:
        yield hit("dates.accident")


@edit(
    "ACC-WORK-PAYER",
    WARNING,
    "An injury at work, billed to another than workers' compensation",
    guards="2300 CLM11, 2000B SBR09",
    source="42 CFR 411.40 (Medicare pays second to workers' compensation); CMS-1500 item 10a",
    message="The claim says that work caused it, and the payer is no workers' compensation.",
)
def work_billed_elsewhere(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    if one and one.employment and case.filing not in {_WORKERS_COMPENSATION, ""}:
        yield hit("causes.employment")


@edit(
    "ACC-WORK-CAUSE",
    ERROR,
    "Workers' compensation for what work did not cause",
    guards="2300 CLM11-1",
    source="TR3 X222A1 2300 CLM11: EM when employment caused it",
    message="The payer is a workers' compensation, and the claim does not say that work caused it.",
)
def work_not_told(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    if case.filing == _WORKERS_COMPENSATION and not (one and one.employment):
        yield hit("causes")


@edit(
    "ACC-AUTO-PAYER",
    WARNING,
    "An auto accident, billed to a health plan",
    guards="2300 CLM11, 2000B SBR09",
    source="42 CFR 411.50 (no-fault pays first); health plans' coordination of benefits",
    message="The claim says that an auto accident caused it: an auto insurer may have to pay "
    "first.",
)
def auto_billed_elsewhere(case: Case) -> Iterator[Hit]:
    one = case.draft.causes
    first = case.draft.subscriber.responsibility == "P"
    if one and one.auto_accident and first and case.filing not in {*_CASUALTY, ""}:
        yield hit("causes.auto_accident")


@edit(
    "ACC-CASUALTY",
    WARNING,
    "A casualty claim without the insurer's number",
    guards="2010BA REF Y4, 2010CA REF Y4",
    source="TR3 X222A1 2010CA REF Y4: required when the payer's claim number is known",
    message="Workers' compensation and auto insurers pay by the number of their case: it is "
    "entered with the policy, and may be left out only while the insurer has given none.",
)
def casualty_without_number(case: Case) -> Iterator[Hit]:
    one = case.draft.patient or case.draft.subscriber
    if case.filing in _CASUALTY and not one.casualty_claim.strip():
        yield hit(f"{'patient' if case.draft.patient else 'subscriber'}.casualty_claim")


@edit(
    "ACC-INJURY",
    INFO,
    "An injury without what caused it",
    guards="2300 CLM11, HI",
    source="ICD-10-CM Official Guidelines I.C.20; payers' accident questionnaires",
    message="{code} is a fresh injury, and no accident is told: payers often ask how it happened.",
)
def injury_without_cause(case: Case) -> Iterator[Hit]:
    if case.draft.causes or any(code.startswith(_EXTERNAL) for code in case.draft.diagnoses):
        return
    for one in case.diagnoses:
        if _INITIAL_INJURY.fullmatch(one.code):
            yield hit(f"diagnoses.{one.index}", code=one.code)
            return


@edit(
    "ADM-DATE",
    ERROR,
    "An inpatient visit without the date of admission",
    guards="2300 DTP 435",
    source="TR3 X222A1 2300 DTP 435: required on all inpatient medical visits; item 18",
    message="The place of service is 21 (inpatient): the date of admission is missing.",
)
def inpatient_without_admission(case: Case) -> Iterator[Hit]:
    inpatient = any(line.place == _INPATIENT for line in case.lines)
    if inpatient and case.draft.dates.admission is None:
        yield hit("dates.admission")


@edit(
    "ADM-LATE",
    ERROR,
    "An admission after the services",
    guards="2300 DTP 435",
    source="TR3 X222A1 2300 DTP 435",
    message="The admission is dated after the inpatient services began.",
)
def admission_after_service(case: Case) -> Iterator[Hit]:
    day = case.draft.dates.admission
    for line in case.lines:
        if day and line.place == _INPATIENT and line.first and line.first < day:
            yield hit("dates.admission", line=line.number)
            return


@edit(
    "ADM-DISCHARGE",
    ERROR,
    "A discharge before the admission",
    guards="2300 DTP 096",
    source="TR3 X222A1 2300 DTP 435, DTP 096",
    message="The discharge is dated before the admission.",
)
def discharge_before_admission(case: Case) -> Iterator[Hit]:
    dates = case.draft.dates
    if dates.admission and dates.discharge and dates.discharge < dates.admission:
        yield hit("dates.discharge")


@edit(
    "ONS-LATE",
    ERROR,
    "An onset after the services",
    guards="2300 DTP 431, 2300 DTP 484",
    source="TR3 X222A1 2300 DTP 431, DTP 484; CMS-1500 item 14",
    message="The {what} is dated after the services.",
)
def onset_after_service(case: Case) -> Iterator[Hit]:
    dates, last = case.draft.dates, case.last_day
    for field, day in (
        ("onset", dates.onset),
        ("last_menstrual_period", dates.last_menstrual_period),
        ("initial_treatment", dates.initial_treatment),
        ("last_seen", dates.last_seen),
    ):
        if day and last and day > last:
            yield hit(f"dates.{field}", what=field.replace("_", " "))


@edit(
    "ONS-PREGNANCY-SEX",
    WARNING,
    "A last menstrual period of a man",
    guards="2300 DTP 484",
    source="TR3 X222A1 2300 DTP 484: services related to a pregnancy",
    message="The claim has a last menstrual period, and a patient who is male.",
)
def period_of_a_man(case: Case) -> Iterator[Hit]:
    if case.draft.dates.last_menstrual_period and case.sex == "M":
        yield hit("dates.last_menstrual_period")


@edit(
    "DIS-BACKWARDS",
    ERROR,
    "A disability that ends before it begins",
    guards="2300 DTP 314",
    source="TR3 X222A1 2300 DTP 314, 360, 361; CMS-1500 item 16",
    message="The disability ends before it begins.",
)
def disability_backwards(case: Case) -> Iterator[Hit]:
    dates = case.draft.dates
    began, ended = dates.disability_began, dates.disability_ended
    if began and ended and ended < began:
        yield hit("dates.disability_ended")
