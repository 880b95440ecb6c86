"""Modifiers that belong, or do not, to the code and to what else was done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.codes.tests_by_code import LABORATORY
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits import modifier_table as table
from functions.claims.scrubbing.facts import Bilateral
from functions.claims.scrubbing.families import IMAGING_WITH_COMPONENTS, SURGERY
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, fix, hit, line_edit

_AT: Final = "procedure.modifiers"
_HOSPITAL: Final = frozenset({"21", "22", "23", "19"})


def _days(case: Case, line: Line) -> str | None:
    return case.facts.code_sets.coding.global_days(line.code)


@line_edit(
    "MOD-26-HOSPITAL",
    WARNING,
    "Imaging in a hospital without 26",
    guards="2400 SV101-3",
    source="42 CFR 414.40(b)(2); Medicare Claims Processing Manual ch. 13 §20.1",
    message="{code} was done in a hospital, which bills the technical part: the practice bills 26.",
    codes=IMAGING_WITH_COMPONENTS,
)
def imaging_in_hospital(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in _HOSPITAL and not line.has("26", "TC"):
        yield hit(_AT)


@line_edit(
    "MOD-TC-HOSPITAL",
    ERROR,
    "The technical part of what a hospital did",
    guards="2400 SV101-3",
    source="42 CFR 414.22(b)(5), 42 CFR 411.15(m); Claims Processing Manual ch. 13 §20.2.1",
    message="TC of {code} in place {place}: the hospital bills that.",
    modifiers=frozenset({"TC"}),
)
def technical_in_hospital(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in _HOSPITAL:
        yield hit(_AT, place=line.place)


@line_edit(
    "MOD-51",
    INFO,
    "51, which Medicare does not need",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.6: contractors rank procedures",
    message="Medicare ranks several procedures itself and asks for no 51.",
    modifiers=frozenset({"51"}),
)
def multiple_procedures(case: Case, line: Line) -> Iterator[Hit]:
    if case.is_medicare:
        yield hit(_AT)


@line_edit(
    "MOD-51-ADDON",
    ERROR,
    "51 on an add-on code",
    guards="2400 SV101-3",
    source="CMS, add-on code edits; Medicare Physician Fee Schedule, global ZZZ",
    message="{code} is only billed beside another code: 51 does not belong to it.",
    modifiers=frozenset({"51"}),
)
def multiple_addon(case: Case, line: Line) -> Iterator[Hit]:
    if _days(case, line) == "ZZZ":
        kept = [one for one in line.modifiers if one != "51"]
        yield hit(_AT, fix=fix("Leave 51 out", (f"{line.path}.{_AT}", kept)))


@line_edit(
    "MOD-91-LAB",
    ERROR,
    "91 on what is no laboratory test",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 16 §100.5.1",
    message="91 is of laboratory tests that are repeated, and {code} is none.",
    modifiers=frozenset({"91"}),
)
def repeated_test(case: Case, line: Line) -> Iterator[Hit]:
    if line.code not in LABORATORY:
        yield hit(_AT)


@line_edit(
    "MOD-REPEAT-FIRST",
    WARNING,
    "A repetition of nothing",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 16 §100.5.1; CPT appendix A by its numbers",
    message="{code} is told to be repeated ({modifier}), and is not there a first time.",
    modifiers=table.REPEATED,
)
def repeated_nothing(case: Case, line: Line) -> Iterator[Hit]:
    again = any(other.code == line.code for other in case.same_day(line))
    before = any(p.code == line.code and p.day == line.first for p in case.facts.history)
    if not again and not before:
        modifier = next(one for one in line.modifiers if one in table.REPEATED)
        yield hit(_AT, modifier=modifier)


@line_edit(
    "MOD-22-NOTE",
    WARNING,
    "22 without what was unusual",
    guards="2400 SV101-3, NTE, PWK",
    source="Medicare Claims Processing Manual ch. 12 §40.2.A.10: a statement and the report",
    message="22 asks for more than the usual price: payers want a note or the report with it.",
    modifiers=frozenset({"22"}),
)
def unusual_without_note(case: Case, line: Line) -> Iterator[Hit]:
    told = line.draft.note or case.draft.note
    if not (told or line.draft.attachments or case.draft.attachments):
        yield hit("note")


@line_edit(
    "MOD-BILATERAL-ONE",
    WARNING,
    "Both sides on two lines, for a payer that wants one",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.7; the payer's profile",
    message="{code} is there for left and right: this payer wants one line with 50.",
    modifiers=frozenset({"RT"}),
)
def two_lines_for_one(case: Case, line: Line) -> Iterator[Hit]:
    if case.facts.payer.bilateral is Bilateral.ONE_LINE and any(
        other.code == line.code and other.has("LT") for other in case.same_day(line)
    ):
        yield hit(_AT)


@line_edit(
    "MOD-BILATERAL-TWO",
    WARNING,
    "Both sides on one line, for a payer that wants two",
    guards="2400 SV101-3",
    source="The payer's policy on bilateral procedures, as its profile has it",
    message="{code} has 50: this payer wants two lines, RT and LT.",
    modifiers=frozenset({"50"}),
)
def one_line_for_two(case: Case, line: Line) -> Iterator[Hit]:
    if case.facts.payer.bilateral is Bilateral.TWO_LINES:
        yield hit(_AT)


@line_edit(
    "MOD-SIDE-DIAGNOSIS",
    WARNING,
    "A procedure of one side for a diagnosis of the other",
    guards="2400 SV101-3, SV107",
    source="ICD-10-CM Official Guidelines I.B.13: laterality",
    message="Line {line} is of the {side} side, and its diagnosis {diagnosis} of the other.",
    modifiers=table.SIDES,
)
def side_of_diagnosis(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("LT") == line.has("RT"):
        return
    side, other = ("left", "right") if line.has("LT") else ("right", "left")
    sides = [(one, _side(one.known.title)) for one in case.pointed(line) if one.known]
    if any(said == side for _, said in sides):
        return
    for one, said in sides:
        if said == other:
            yield hit(_AT, side=side, diagnosis=one.code)
            return


def _side(title: str) -> str | None:
    words = set(title.casefold().replace(",", " ").split())
    told = words & {"left", "right", "bilateral"}
    return told.pop() if len(told) == 1 else None


@line_edit(
    "MOD-ASSISTANT-VISIT",
    ERROR,
    "An assistant at what has none",
    guards="2400 SV101-3",
    source="Medicare Physician Fee Schedule, assistant at surgery; 42 CFR 414.40(b)(3)",
    message="{code} is no operation: nobody assists at it.",
    modifiers=table.ASSISTANTS,
)
def assisted_visit(case: Case, line: Line) -> Iterator[Hit]:
    if line.code not in SURGERY and not line.code.startswith("59"):
        yield hit(_AT)
