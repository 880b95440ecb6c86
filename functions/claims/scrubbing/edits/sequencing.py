"""Which diagnosis stands first, and to which ones the lines point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.codes.ranges import in_order
from functions.claims.scrubbing.case import Case, Line
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

_EXTERNAL: Final = ("V", "W", "X", "Y")
_MANIFESTATION: Final = "classified elsewhere"
# ICD-10-CM Official Guidelines I.C.21.c.16: only first, but where encounters are combined.
_FIRST_ONLY: Final = in_order(
    "Z00 Z01 Z02 Z04 Z332 Z3181 Z3182 Z3183 Z3184 Z34 Z38 Z39 Z40 Z42 Z510 Z511 Z52 Z761 Z762 Z9912"
)
# I.C.21.c.3 and .4 (status and history say nothing of why somebody came), I.B.14 (BMI etc.).
_NEVER_FIRST: Final = in_order(
    "Z14 Z15 Z16 Z17 Z18 Z19 Z3A Z55 Z56 Z57 Z58 Z59 Z60 Z62 Z63 Z64 Z65 Z66 Z67 Z68 Z79 Z80 "
    "Z81 Z82 Z83 Z84 Z85 Z86 Z87 Z88 Z89 Z90 Z91 Z92 Z93 Z94 Z95 Z97 Z98"
)
_MOST: Final = 4


@edit(
    "SEQ-MANIFESTATION",
    ERROR,
    "A manifestation as the first diagnosis",
    guards="2300 HI01",
    source="ICD-10-CM Official Guidelines I.A.13: the cause is coded first",
    message="{code} is a manifestation: the disease that causes it stands before it.",
)
def manifestation_first(case: Case) -> Iterator[Hit]:
    for one in case.diagnoses[:1]:
        title = one.known.title.casefold() if one.known else ""
        if _MANIFESTATION in title and " in " in f" {title}":
            yield hit("diagnoses.0", code=one.code)


@edit(
    "SEQ-EXTERNAL",
    ERROR,
    "An external cause as the first diagnosis",
    guards="2300 HI01",
    source="ICD-10-CM Official Guidelines I.C.20.a.6: never first",
    message="{code} tells how something happened: what happened stands before it.",
)
def external_cause_first(case: Case) -> Iterator[Hit]:
    if (
        case.draft.icd == "10"
        and case.draft.diagnoses[:1]
        and (case.draft.diagnoses[0].startswith(_EXTERNAL))
    ):
        yield hit("diagnoses.0", code=case.draft.diagnoses[0])


@line_edit(
    "SEQ-EXTERNAL-LINE",
    ERROR,
    "A line that points at an external cause first",
    guards="2400 SV107-1",
    source="ICD-10-CM Official Guidelines I.C.20.a.6; CMS-1500 item 24E",
    message="Line {line} points first at {code}, which tells how something happened.",
)
def external_cause_pointed_first(case: Case, line: Line) -> Iterator[Hit]:
    first = next(case.pointed(line), None)
    if first and case.draft.icd == "10" and first.index and first.code.startswith(_EXTERNAL):
        yield hit("pointers", code=first.code)


@line_edit(
    "SEQ-MANIFESTATION-LINE",
    ERROR,
    "A line that points at a manifestation first",
    guards="2400 SV107-1",
    source="ICD-10-CM Official Guidelines I.A.13; CMS-1500 item 24E",
    message="Line {line} points first at {code}, a manifestation: its cause comes first.",
)
def manifestation_pointed_first(case: Case, line: Line) -> Iterator[Hit]:
    first = next(case.pointed(line), None)
    title = first.known.title.casefold() if first and first.known else ""
    if first and first.index and _MANIFESTATION in title and " in " in f" {title}":
        yield hit("pointers", code=first.code)


@edit(
    "SEQ-STATUS-FIRST",
    WARNING,
    "A status or history as the first diagnosis",
    guards="2300 HI01",
    source="ICD-10-CM Official Guidelines I.C.21.c.3, I.C.21.c.4, I.B.14",
    message="{code} tells a status or a history, and not why the patient came: payers deny it "
    "as the first.",
)
def status_first(case: Case) -> Iterator[Hit]:
    first = case.draft.diagnoses[:1]
    if case.draft.icd == "10" and first and first[0].startswith(_NEVER_FIRST):
        yield hit("diagnoses.0", code=first[0])


@edit(
    "SEQ-FIRST-ONLY",
    WARNING,
    "A diagnosis that may only be first",
    guards="2300 HI",
    source="ICD-10-CM Official Guidelines I.C.21.c.16",
    message="{code} may only stand first.",
)
def first_only_later(case: Case) -> Iterator[Hit]:
    every = case.draft.diagnoses if case.draft.icd == "10" else ()
    if every and every[0].startswith(_FIRST_ONLY):
        return
    for index, code in enumerate(every):
        if index and code.startswith(_FIRST_ONLY):
            yield hit(f"diagnoses.{index}", code=code)


@edit(
    "SEQ-PREGNANCY",
    WARNING,
    "A pregnancy that does not stand first",
    guards="2300 HI01",
    source="ICD-10-CM Official Guidelines I.C.15.a.1: chapter 15 has priority in sequencing",
    message="{code} is of a pregnancy, and such codes stand before those of other chapters.",
)
def pregnancy_not_first(case: Case) -> Iterator[Hit]:
    every = case.draft.diagnoses if case.draft.icd == "10" else ()
    if every and not every[0].startswith(("O", "Z34", "Z33", "Z36", "Z32")):
        for index, code in enumerate(every):
            if code.startswith("O"):
                yield hit(f"diagnoses.{index}", code=code)
                return


@edit(
    "SEQ-WEEKS",
    INFO,
    "A pregnancy without its weeks",
    guards="2300 HI",
    source="ICD-10-CM Official Guidelines I.C.21.c.11; note at chapter 15",
    message="A diagnosis of pregnancy is coded with the week (Z3A), which is missing.",
)
def weeks_missing(case: Case) -> Iterator[Hit]:
    every = case.draft.diagnoses
    pregnant = [code for code in every if code.startswith("O") and code[:3] < "O80"]
    if case.draft.icd == "10" and pregnant and not any(c.startswith("Z3A") for c in every):
        yield hit("diagnoses")


@line_edit(
    "PTR-NONE",
    ERROR,
    "A line that points at no diagnosis",
    guards="2400 SV107-1",
    source="TR3 X222A1 2400 SV107-1: required; CMS-1500 item 24E",
    message="Line {line} does not say for which diagnosis it is.",
)
def no_pointer(case: Case, line: Line) -> Iterator[Hit]:
    if not line.draft.pointers:
        only = fix("Point at the only one", (f"{line.path}.pointers", [1]))
        yield hit("pointers", fix=only if len(case.draft.diagnoses) == 1 else None)


@line_edit(
    "PTR-RANGE",
    ERROR,
    "A line that points at a diagnosis that is not there",
    guards="2400 SV107",
    source="TR3 X222A1 2400 SV107: refers to HI01 to HI12",
    message="Line {line} points at diagnosis {pointer}, and there are {count}.",
)
def pointer_out_of_range(case: Case, line: Line) -> Iterator[Hit]:
    count = len(case.draft.diagnoses)
    for pointer in line.draft.pointers:
        if not 1 <= pointer <= min(count, 12):
            yield hit("pointers", pointer=pointer, count=count)
            return


@line_edit(
    "PTR-TWICE",
    ERROR,
    "A line that points at a diagnosis twice",
    guards="2400 SV107",
    source="TR3 X222A1 2400 SV107-1 to SV107-4",
    message="Line {line} points at the same diagnosis twice.",
)
def pointer_twice(case: Case, line: Line) -> Iterator[Hit]:
    said = line.draft.pointers
    once = list(dict.fromkeys(said))
    if len(once) < len(said):
        yield hit("pointers", fix=fix("Point at it once", (f"{line.path}.pointers", once)))


@line_edit(
    "PTR-MANY",
    ERROR,
    "A line that points at more than four diagnoses",
    guards="2400 SV107",
    source="TR3 X222A1 2400 SV107: four at most",
    message="Line {line} points at {count} diagnoses, and four can be sent.",
)
def pointers_many(case: Case, line: Line) -> Iterator[Hit]:
    said = list(dict.fromkeys(line.draft.pointers))
    if len(said) > _MOST:
        mended = fix("Keep the first four", (f"{line.path}.pointers", said[:_MOST]))
        yield hit("pointers", fix=mended, count=len(said))


@edit(
    "PTR-UNUSED",
    INFO,
    "A diagnosis to which no line points",
    guards="2300 HI, 2400 SV107",
    source="TR3 X222A1 2400 SV107",
    message="No line points at {code}.",
)
def unused(case: Case) -> Iterator[Hit]:
    used = {pointer for line in case.lines for pointer in line.draft.pointers}
    for index, code in enumerate(case.draft.diagnoses):
        if index + 1 not in used and case.lines:
            yield hit(f"diagnoses.{index}", code=code)
