"""Where: place of service by itself, and with the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from caresmith.codes.ranges import words
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.families import (
    EMERGENCY,
    HOME,
    HOSPITAL,
    NURSING_FACILITY,
    OFFICE,
    PREVENTIVE,
)
from functions.claims.scrubbing.registry import (
    ERROR,
    INFO,
    WARNING,
    Hit,
    edit,
    fix,
    hit,
    line_edit,
)

# CMS, Place of Service Codes for Professional Claims (public).
PLACES: Final = words(
    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 "
    "34 41 42 49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99"
)
# CMS, the same list: when a code came.
_SINCE: Final = {
    "10": date(2022, 1, 1),
    "27": date(2023, 10, 1),
    "66": date(2024, 8, 1),
}
_FORM: Final = re.compile(r"\d{2}", re.ASCII)
_HOSPITALS: Final = words("02 19 21 22 23 26 34 51 52 61")


@edit(
    "POS-MISSING",
    ERROR,
    "No place of service",
    guards="2300 CLM05-1",
    source="TR3 X222A1 2300 CLM05-1; CMS-1500 item 24B",
    message="The place of service is missing: two digits, like 11 for an office.",
)
def place_missing(case: Case) -> Iterator[Hit]:
    if not _FORM.fullmatch(case.draft.place_of_service):
        yield hit("place_of_service")


@line_edit(
    "POS-UNKNOWN",
    ERROR,
    "A place of service that is none",
    guards="2300 CLM05-1, 2400 SV105",
    source="CMS, Place of Service Codes for Professional Claims; 45 CFR 162.1002",
    message="{place} is no place of service.",
)
def place_unknown(case: Case, line: Line) -> Iterator[Hit]:
    if line.place and line.place not in PLACES:
        yield hit("place_of_service", place=line.place)


@line_edit(
    "POS-NOT-YET",
    ERROR,
    "A place of service that was not yet valid",
    guards="2300 CLM05-1, 2400 SV105",
    source="CMS, Place of Service Codes for Professional Claims: effective dates",
    message="{place} is a place of service from {since} on, after the service.",
)
def place_not_yet(case: Case, line: Line) -> Iterator[Hit]:
    since = _SINCE.get(line.place)
    if since and line.first and line.first < since:
        yield hit("place_of_service", place=line.place, since=since)


@line_edit(
    "POS-LINE-SAME",
    INFO,
    "The line's place is that of the claim",
    guards="2400 SV105",
    source="TR3 X222A1 2400 SV105: required when another than CLM05-1",
    message="Line {line} names the claim's place of service again, which need not be sent.",
)
def place_again(case: Case, line: Line) -> Iterator[Hit]:
    own = line.draft.place_of_service
    if own and own == case.draft.place_of_service:
        path = f"{line.path}.place_of_service"
        yield hit("place_of_service", fix=fix("Leave it out of the line", (path, "")))


@line_edit(
    "POS-OFFICE-VISIT",
    ERROR,
    "An office visit to an inpatient",
    guards="2400 SV105, SV101-2",
    source="Medicare Claims Processing Manual ch. 12 §30.6.1, §30.6.9",
    message="{code} is an office or outpatient visit, and place {place} is none.",
    codes=OFFICE,
)
def office_visit_inpatient(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in {"21", "51", "31", "61"}:
        yield hit("place_of_service", place=line.place)


@line_edit(
    "POS-HOSPITAL-VISIT",
    ERROR,
    "A hospital visit in an office",
    guards="2400 SV105, SV101-2",
    source="Medicare Claims Processing Manual ch. 12 §30.6.9",
    message="{code} is a hospital visit, and place {place} is no hospital.",
    codes=HOSPITAL,
)
def hospital_visit_elsewhere(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in PLACES and line.place not in _HOSPITALS:
        yield hit("place_of_service", place=line.place)


@line_edit(
    "POS-EMERGENCY-VISIT",
    ERROR,
    "An emergency visit outside of an emergency department",
    guards="2400 SV105, SV101-2",
    source="Medicare Claims Processing Manual ch. 12 §30.6.11",
    message="{code} is of an emergency department, and place {place} is none (23).",
    codes=EMERGENCY,
)
def emergency_visit_elsewhere(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in PLACES and line.place not in {"23", "02", "10"}:
        yield hit("place_of_service", place=line.place)


@line_edit(
    "POS-NURSING-VISIT",
    WARNING,
    "A nursing facility visit elsewhere",
    guards="2400 SV105, SV101-2",
    source="Medicare Claims Processing Manual ch. 12 §30.6.13",
    message="{code} is of a nursing facility, and place {place} is none.",
    codes=NURSING_FACILITY,
)
def nursing_visit_elsewhere(case: Case, line: Line) -> Iterator[Hit]:
    if line.place not in {"31", "32", "54", "56", "61", "02"}:
        yield hit("place_of_service", place=line.place)


@line_edit(
    "POS-HOME-VISIT",
    WARNING,
    "A home visit elsewhere",
    guards="2400 SV105, SV101-2",
    source="Medicare Claims Processing Manual ch. 12 §30.6.14",
    message="{code} is a visit at home or where the patient lives, and place {place} is none.",
    codes=HOME,
)
def home_visit_elsewhere(case: Case, line: Line) -> Iterator[Hit]:
    if line.place not in {"04", "12", "13", "14", "16", "33", "55", "02", "10"}:
        yield hit("place_of_service", place=line.place)


@line_edit(
    "POS-PREVENTIVE-VISIT",
    WARNING,
    "A preventive visit to an inpatient or in an emergency department",
    guards="2400 SV105, SV101-2",
    source="CPT guidelines on preventive medicine by its numbers; payers' policies",
    message="{code} is a preventive visit, and place {place} is of the acutely ill.",
    codes=PREVENTIVE,
)
def preventive_visit_inpatient(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in {"21", "23", "51"}:
        yield hit("place_of_service", place=line.place)
