"""Dates of service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from functions.claims.scrubbing.case import Case, Line, possible
from functions.claims.scrubbing.families import EM
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, edit, hit, line_edit

ICD10: Final = date(2015, 10, 1)
"""45 CFR 162.1002(c): from this day on ICD-10-CM."""


@line_edit(
    "DAT-MISSING",
    ERROR,
    "A line without its date",
    guards="2400 DTP 472",
    source="TR3 X222A1 2400 DTP 472; CMS-1500 item 24A",
    message="Line {line} has no date of service.",
)
def no_date(case: Case, line: Line) -> Iterator[Hit]:
    if line.draft.service is None:
        yield hit("service")


@line_edit(
    "DAT-YEAR",
    ERROR,
    "A year in which nothing was done",
    guards="2400 DTP 472",
    source="TR3 X222A1 2400 DTP 472; a slip of typing",
    message="The date of line {line} has a year that can't be.",
)
def impossible_year(case: Case, line: Line) -> Iterator[Hit]:
    one = line.draft.service
    if one and not (possible(one.first) and possible(one.last)):
        yield hit("service")


@line_edit(
    "DAT-FUTURE",
    ERROR,
    "A service of the future",
    guards="2400 DTP 472",
    source="42 CFR 424.5(a)(6): payment for what was furnished",
    message="Line {line} is dated after today.",
)
def in_the_future(case: Case, line: Line) -> Iterator[Hit]:
    if line.last and line.last > case.facts.today:
        yield hit("service")


@line_edit(
    "DAT-BACKWARDS",
    ERROR,
    "A service that ends before it begins",
    guards="2400 DTP03",
    source="TR3 X222A1 2400 DTP 472 RD8",
    message="Line {line} ends before it begins.",
)
def backwards(case: Case, line: Line) -> Iterator[Hit]:
    if line.first and line.last and line.last < line.first:
        yield hit("service")


@line_edit(
    "DAT-BEFORE-BIRTH",
    ERROR,
    "A service before the patient's birth",
    guards="2400 DTP 472, DMG02",
    source="TR3 X222A1 2010BA DMG02",
    message="Line {line} is dated before the patient was born.",
)
def before_birth(case: Case, line: Line) -> Iterator[Hit]:
    born = case.birth_date
    if born and line.first and line.first < born:
        yield hit("service")


@line_edit(
    "DAT-AFTER-DEATH",
    ERROR,
    "A service after the patient's death",
    guards="2400 DTP 472, PAT06",
    source="TR3 X222A1 2000B PAT06; OIG, payments for services after death",
    message="Line {line} is dated after the patient died.",
)
def after_death(case: Case, line: Line) -> Iterator[Hit]:
    died = case.died
    if died and line.last and line.last > died:
        yield hit("service")


@line_edit(
    "DAT-MONTHS",
    WARNING,
    "A line over two months",
    guards="2400 DTP 472 RD8",
    source="Medicare Claims Processing Manual ch. 26 §10.4 item 24A: within one month",
    message="Line {line} begins in one month and ends in another: payers want a line for each.",
)
def over_months(case: Case, line: Line) -> Iterator[Hit]:
    first, last = line.first, line.last
    if first and last and first < last and (first.year, first.month) != (last.year, last.month):
        yield hit("service")


@line_edit(
    "DAT-SPAN-UNITS",
    WARNING,
    "A visit over several days with other units",
    guards="2400 DTP 472, SV104",
    source="Medicare Claims Processing Manual ch. 26 §10.4 item 24G",
    message="Line {line} is a visit over {days} days with {units} units: one unit for each day, "
    "or a line for each.",
    codes=EM,
)
def days_and_units(case: Case, line: Line) -> Iterator[Hit]:
    if line.first and line.last and line.first < line.last:
        days = (line.last - line.first).days + 1
        if days != line.units:
            yield hit("service", days=days, units=line.units)


@edit(
    "DAT-ICD10-EARLY",
    ERROR,
    "ICD-10 for services before October 2015",
    guards="2300 HI01-1",
    source="45 CFR 162.1002(b), (c)",
    message="Services before 1 October 2015 are coded with ICD-9-CM.",
)
def icd10_too_early(case: Case) -> Iterator[Hit]:
    if case.draft.icd == "10" and case.last_day and case.last_day < ICD10:
        yield hit("icd")


@edit(
    "DAT-ICD9-LATE",
    ERROR,
    "ICD-9 for services from October 2015 on",
    guards="2300 HI01-1",
    source="45 CFR 162.1002(c)",
    message="Services from 1 October 2015 on are coded with ICD-10-CM.",
)
def icd9_too_late(case: Case) -> Iterator[Hit]:
    if case.draft.icd == "9" and case.last_day and case.last_day >= ICD10:
        yield hit("icd")


@edit(
    "DAT-ICD-MIXED",
    ERROR,
    "Services before and after the change to ICD-10",
    guards="2300 HI, 2400 DTP 472",
    source="CMS SE1408: a claim has codes of one set; split it at 1 October 2015",
    message="The claim has services before and after 1 October 2015: split it.",
)
def icd_mixed(case: Case) -> Iterator[Hit]:
    first = min((line.first for line in case.lines if line.first), default=None)
    last = max((line.first for line in case.lines if line.first), default=None)
    if first and last and first < ICD10 <= last:
        yield hit("lines")


@edit(
    "DAT-YEARS",
    WARNING,
    "Services of two years in one claim",
    guards="2400 DTP 472",
    source="Deductibles and benefits begin anew with the year; payers' claim manuals",
    message="The claim has services of {first} and of {last}: many payers want a claim for each "
    "year.",
)
def over_years(case: Case) -> Iterator[Hit]:
    first, last = case.first_day, case.last_day
    if first and last and first.year < last.year:
        yield hit("lines", first=first.year, last=last.year)
