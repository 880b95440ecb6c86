"""Laboratory tests and mammograms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from caresmith.codes.ranges import Codes
from caresmith.codes.tests_by_code import LABORATORY
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.families import MAMMOGRAPHY, needs_clia
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, edit, fix, hit, line_edit

_CLIA: Final = re.compile(r"\d{2}D\d{7}", re.ASCII)
_AT: Final = "procedure.modifiers"
# CMS, tests granted waived status under CLIA: these are waived without QW.
_WAIVED_WITHOUT_QW: Final = Codes("81002 81025 82270 82272 82962 83026 84830 85013 85651")
# The same list: waived with QW (those that a practice does).
_WAIVED: Final = Codes(
    "80305 81003 82044 82274 82465 82570 82947 83036 83655 83718 84443 84478 85018 85610 86308 "
    "86318 86701 86780 86803 87426 87428 87430 87502 87631 87634 87635 87636 87637 87651 87801 "
    "87804 87807 87808 87809 87880 87905"
)


@line_edit(
    "LAB-CLIA",
    ERROR,
    "A laboratory test without the CLIA number",
    guards="2300 REF X4, 2400 REF X4",
    source="42 CFR 493.1; Medicare Claims Processing Manual ch. 16 §70.2; CMS-1500 item 23",
    message="{code} is a laboratory test: Medicare and Medicaid want the laboratory's CLIA number.",
    codes=LABORATORY,
)
def clia_missing(case: Case, line: Line) -> Iterator[Hit]:
    if not (case.is_medicare or case.is_medicaid) or not needs_clia(line.code):
        return
    if case.draft.numbers.clia or line.draft.numbers.clia or line.has("90"):
        return
    ours = case.facts.practice.clia
    certain = (
        fix("Take the practice's number", ("numbers.clia", ours)) if _CLIA.fullmatch(ours) else None
    )
    yield hit("numbers.clia", fix=certain)


@edit(
    "LAB-CLIA-FORM",
    ERROR,
    "A CLIA number that is none",
    guards="2300 REF X4, 2400 REF X4",
    source="CMS, CLIA numbers: ten characters, the third a D",
    message="A CLIA number has ten characters, like 05D0123456.",
)
def clia_form(case: Case) -> Iterator[Hit]:
    said = case.draft.numbers.clia
    if said and not _CLIA.fullmatch(said):
        yield hit("numbers.clia")
    for line in case.lines:
        if line.draft.numbers.clia and not _CLIA.fullmatch(line.draft.numbers.clia):
            yield hit(f"{line.path}.numbers.clia", line=line.number)


@line_edit(
    "LAB-QW",
    ERROR,
    "A waived test without QW",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 16 §70.8: QW with a certificate of waiver",
    message="{code} is done under a certificate of waiver: Medicare wants QW.",
    codes=_WAIVED,
)
def waived_without_qw(case: Case, line: Line) -> Iterator[Hit]:
    waived = case.facts.practice.waived_laboratory
    if case.is_medicare and waived and not line.has("QW", "90"):
        full = len(line.modifiers) >= 4  # noqa: PLR2004 - SV101-6
        added = fix("Add QW", (f"{line.path}.{_AT}", [*line.modifiers, "QW"]))
        yield hit(_AT, fix=None if full or case.done_before(line) else added)


@line_edit(
    "LAB-QW-NEEDLESS",
    ERROR,
    "QW on a test that has none",
    guards="2400 SV101-3",
    source="CMS, tests granted waived status under CLIA: without QW",
    message="{code} is waived without QW.",
    codes=_WAIVED_WITHOUT_QW,
    modifiers=frozenset({"QW"}),
)
def qw_needless(case: Case, line: Line) -> Iterator[Hit]:
    kept = [one for one in line.modifiers if one != "QW"]
    yield hit(_AT, fix=fix("Leave QW out", (f"{line.path}.{_AT}", kept)))


@line_edit(
    "LAB-WAIVED-ONLY",
    WARNING,
    "A test that a waived laboratory may not do",
    guards="2400 SV101-2, REF X4",
    source="42 CFR 493.15: waived tests",
    message="{code} is not among the waived tests known here, and the practice's laboratory has a "
    "certificate of waiver.",
    codes=LABORATORY,
)
def not_waived(case: Case, line: Line) -> Iterator[Hit]:
    waived = line.code in _WAIVED or line.code in _WAIVED_WITHOUT_QW or not needs_clia(line.code)
    if case.facts.practice.waived_laboratory and not waived and not line.has("90", "QW", "26"):
        yield hit("procedure.code")


@line_edit(
    "LAB-OUTSIDE",
    ERROR,
    "A test of another laboratory without that laboratory",
    guards="2420B, 2400 PS1",
    source="TR3 X222A1 2400 PS1, 2420B: required for purchased tests; CMS-1500 items 20, 32",
    message="{code} was done by another laboratory (90): which one, and for how much, is "
    "told on the charge sheet.",
    modifiers=frozenset({"90"}),
)
def outside_laboratory(case: Case, line: Line) -> Iterator[Hit]:
    one = line.draft
    if not (one.purchased_from or one.providers.purchased or one.numbers.referring_clia):
        yield hit("purchased_from")


@line_edit(
    "LAB-PURCHASE",
    ERROR,
    "Half of a purchase",
    guards="2400 PS1",
    source="TR3 X222A1 2400 PS101, PS102: both",
    message="Of a purchased service both are sent: from whom, and for how much.",
)
def half_of_a_purchase(case: Case, line: Line) -> Iterator[Hit]:
    one = line.draft
    if (one.purchased_charge is None) != (not one.purchased_from):
        yield hit("purchased_from" if one.purchased_charge is not None else "purchased_charge")


@line_edit(
    "MAM-CERTIFICATE",
    ERROR,
    "A mammogram without the certification number",
    guards="2300 REF EW, 2400 REF EW",
    source="42 CFR 410.34; TR3 X222A1 2300 REF EW; CMS-1500 item 32",
    message="{code} is a mammogram: the FDA's certification number of the facility is missing.",
    codes=MAMMOGRAPHY,
)
def mammogram_without_certificate(case: Case, line: Line) -> Iterator[Hit]:
    if case.draft.numbers.mammography or line.draft.numbers.mammography or line.has("26"):
        return
    ours = case.facts.practice.mammography
    certain = (
        fix("Take the practice's number", ("numbers.mammography", ours)) if ours.strip() else None
    )
    yield hit("numbers.mammography", fix=certain)
