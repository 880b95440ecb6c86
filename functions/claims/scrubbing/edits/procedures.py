"""The procedure code by itself: form, validity on the day, words where it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.codesets import Listed
from functions.claims.scrubbing.families import (
    AGES,
    CONSULTATION,
    UNCLASSIFIED_DRUGS,
    UNLISTED,
)
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, fix, hit, line_edit

_FORM: Final = re.compile(r"\d{4}[0-9AFTUM]|[A-V]\d{4}")
"""CPT (with category II, III, proprietary laboratory and M codes) or HCPCS level II."""


def _listed(case: Case, line: Line) -> Listed:
    day = line.first
    if day is None or line.draft.procedure.qualifier != "HC":
        return Listed.NO_LIST
    return case.facts.code_sets.procedures.listed(line.code, day)


@line_edit(
    "PRC-MISSING",
    ERROR,
    "A line without a procedure",
    guards="2400 SV101-2",
    source="TR3 X222A1 2400 SV101-2; CMS-1500 item 24D",
    message="Line {line} does not say what was done.",
)
def procedure_missing(case: Case, line: Line) -> Iterator[Hit]:
    if not line.code.strip():
        yield hit("procedure.code")


@line_edit(
    "PRC-FORM",
    ERROR,
    "A procedure that is not written as a code",
    guards="2400 SV101-2",
    source="45 CFR 162.1002(a)(5), (b): HCPCS and CPT, five characters",
    message="{code} is not written as a CPT or HCPCS code.",
)
def procedure_form(case: Case, line: Line) -> Iterator[Hit]:
    if line.draft.procedure.qualifier != "HC" or not line.code.strip():
        return
    written = line.draft.procedure.code
    if not _FORM.fullmatch(written):
        mended = None
        if _FORM.fullmatch(line.code):
            mended = fix(f"Write {line.code}", (f"{line.path}.procedure.code", line.code))
        yield hit("procedure.code", fix=mended, code=written)


@line_edit(
    "PRC-UNKNOWN",
    ERROR,
    "A procedure that the loaded list does not have",
    guards="2400 SV101-2",
    source="45 CFR 162.1002; the list of codes that the practice has loaded",
    message="{code} is in no list of procedures of that day.",
)
def procedure_unknown(case: Case, line: Line) -> Iterator[Hit]:
    if _FORM.fullmatch(line.code) and _listed(case, line) is Listed.UNKNOWN:
        yield hit("procedure.code")


@line_edit(
    "PRC-NOT-LISTED",
    WARNING,
    "A procedure that can't be looked up",
    guards="2400 SV101-2",
    source="45 CFR 162.1002; the practice has loaded no list of CPT codes",
    message="{code} is not in the fee schedule, and no list of such codes is loaded: whether it "
    "is valid on the day is not known.",
)
def procedure_not_listed(case: Case, line: Line) -> Iterator[Hit]:
    fees = case.facts.practice.fees
    if (
        fees.loaded
        and fees.of(line.code, line.modifiers) is None
        and _FORM.fullmatch(line.code)
        and _listed(case, line) is Listed.NO_LIST
    ):
        yield hit("procedure.code")


@line_edit(
    "PRC-ENDED",
    ERROR,
    "A procedure that is no longer valid",
    guards="2400 SV101-2, DTP 472",
    source="45 CFR 162.1002; CMS HCPCS quarterly update: no grace period (CR 3093)",
    message="{code} ended before the day of service.",
)
def procedure_ended(case: Case, line: Line) -> Iterator[Hit]:
    if _listed(case, line) is Listed.ENDED:
        yield hit("procedure.code")


@line_edit(
    "PRC-NOT-YET",
    ERROR,
    "A procedure that was not yet valid",
    guards="2400 SV101-2, DTP 472",
    source="45 CFR 162.1002; CMS HCPCS quarterly update",
    message="{code} begins after the day of service.",
)
def procedure_not_yet(case: Case, line: Line) -> Iterator[Hit]:
    if _listed(case, line) is Listed.NOT_YET:
        yield hit("procedure.code")


@line_edit(
    "PRC-UNLISTED",
    ERROR,
    "An unlisted procedure without words",
    guards="2400 SV101-7",
    source="TR3 X222A1 2400 SV101-7: required with a code that is not specific; item 19",
    message="{code} is an unlisted procedure: what was done is told in the line's description.",
    codes=UNLISTED,
)
def unlisted_without_words(case: Case, line: Line) -> Iterator[Hit]:
    if not line.draft.procedure.description.strip():
        yield hit("procedure.description")


@line_edit(
    "PRC-UNLISTED-RECORD",
    WARNING,
    "An unlisted procedure without its report",
    guards="2300 PWK, 2400 PWK, NTE",
    source="Medicare Claims Processing Manual ch. 12 §20; CPT guidelines, special report",
    message="{code} has no price of its own: payers ask for the report, which is not attached.",
    codes=UNLISTED,
)
def unlisted_without_report(case: Case, line: Line) -> Iterator[Hit]:
    if not (line.draft.attachments or case.draft.attachments or line.draft.note):
        yield hit("attachments")


@line_edit(
    "PRC-DRUG-WORDS",
    ERROR,
    "An unclassified drug without its name",
    guards="2400 SV101-7",
    source="TR3 X222A1 2400 SV101-7; Medicare Claims Processing Manual ch. 17 §10",
    message="{code} is for drugs without a code: name and dose are told in the line's description.",
    codes=UNCLASSIFIED_DRUGS,
)
def unclassified_without_name(case: Case, line: Line) -> Iterator[Hit]:
    if not line.draft.procedure.description.strip():
        yield hit("procedure.description")


@line_edit(
    "PRC-CONSULT",
    ERROR,
    "A consultation, which Medicare does not pay",
    guards="2400 SV101-2",
    source="CMS CR 6740; Medicare Claims Processing Manual ch. 12 §30.6.10",
    message="{code} is a consultation: this payer takes office or hospital visits instead.",
    codes=CONSULTATION,
)
def consultation_unpaid(case: Case, line: Line) -> Iterator[Hit]:
    first = case.draft.subscriber.responsibility == "P"
    if (case.filing == "MB" and first) or case.facts.payer.no_consultations:
        yield hit("procedure.code")


@line_edit(
    "PRC-AGE",
    ERROR,
    "A procedure of another age",
    guards="2400 SV101-2, DMG02",
    source="CPT's bands of age for preventive visits and counselling, by its numbers",
    message="{code} is for {least} to {most} years, and the patient is {age}.",
)
def procedure_of_other_age(case: Case, line: Line) -> Iterator[Hit]:
    band, age = AGES.get(line.code), case.age(line.first)
    if band and age is not None and not band[0] <= age <= band[1]:
        yield hit("procedure.code", least=band[0], most=band[1], age=age)


@line_edit(
    "PRC-ADDON",
    ERROR,
    "An add-on code by itself",
    guards="2400 SV101-2",
    source="CMS, NCCI add-on code edits; NCCI Policy Manual ch. I §R",
    message="{code} is only paid beside the code to which it is added, and nothing else was done "
    "that day.",
)
def addon_alone(case: Case, line: Line) -> Iterator[Hit]:
    global_days = case.facts.code_sets.coding.global_days
    if global_days(line.code) != "ZZZ":
        return
    beside = [other.code for other in case.same_day(line)]
    beside += [past.code for past in case.facts.history if past.day == line.first and past.counts]
    if all(global_days(code) == "ZZZ" for code in beside):
        yield hit("procedure.code")
