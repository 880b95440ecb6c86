"""Drugs and vaccines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from caresmith.codes.ranges import words
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.families import DRUGS, IMMUNE_PRODUCTS, VACCINE_ADMINISTRATION
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, fix, hit, line_edit

_NDC: Final = re.compile(r"\d{11}", re.ASCII)
_WRITTEN: Final = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})", re.ASCII)
_UNITS: Final = frozenset({"F2", "GR", "ME", "ML", "UN"})
_MODIFIERS: Final = "procedure.modifiers"
_SUPPLIES: Final = ("A", "B", "C", "J", "Q", "S")
"""HCPCS sections with drugs, supplies and what is given with them."""


@line_edit(
    "NDC-MISSING",
    ERROR,
    "A drug without its NDC",
    guards="2410 LIN03",
    source="42 CFR 447.520 (Medicaid); TR3 X222A1 2410 LIN; the payer's profile",
    message="{code} is a drug: this payer pays it by its National Drug Code, which is missing.",
    codes=DRUGS,
)
def ndc_missing(case: Case, line: Line) -> Iterator[Hit]:
    wanted = case.is_medicaid or case.facts.payer.wants_ndc
    if wanted and (line.draft.drug is None or not line.draft.drug.code.strip()):
        yield hit("drug")


@line_edit(
    "NDC-FORM",
    ERROR,
    "An NDC that is none",
    guards="2410 LIN03",
    source="TR3 X222A1 2410 LIN03: eleven digits, 5-4-2",
    message="The NDC of line {line} is sent as eleven digits without hyphens (5-4-2).",
)
def ndc_form(case: Case, line: Line) -> Iterator[Hit]:
    drug = line.draft.drug
    if drug is None or drug.qualifier != "N4" or not drug.code or _NDC.fullmatch(drug.code):
        return
    written = _WRITTEN.fullmatch(drug.code.strip())
    mended = None
    # Of a code with hyphens it is certain where a nought is missing (4-4-2, 5-3-2, 5-4-1).
    if written and sum(map(len, written.groups())) in (10, 11):
        labeler, product, package = written.groups()
        eleven = labeler.zfill(5) + product.zfill(4) + package.zfill(2)
        mended = fix("Write it as eleven digits", (f"{line.path}.drug.code", eleven))
    yield hit("drug.code", fix=mended)


@line_edit(
    "NDC-QUANTITY",
    ERROR,
    "A drug without its quantity",
    guards="2410 CTP04",
    source="TR3 X222A1 2410 CTP04: required with an NDC",
    message="How much of the drug was given is missing on line {line}.",
)
def ndc_quantity(case: Case, line: Line) -> Iterator[Hit]:
    drug = line.draft.drug
    if drug and (drug.quantity is None or drug.quantity.thousandths <= 0):
        yield hit("drug.quantity")


@line_edit(
    "NDC-UNIT",
    ERROR,
    "A drug's quantity without its unit",
    guards="2410 CTP05-1",
    source="TR3 X222A1 2410 CTP05-1: F2, GR, ME, ML or UN",
    message="The unit of the drug's quantity on line {line} is F2, GR, ME, ML or UN.",
)
def ndc_unit(case: Case, line: Line) -> Iterator[Hit]:
    drug = line.draft.drug
    if drug and drug.unit not in _UNITS:
        yield hit("drug.unit")


@line_edit(
    "NDC-ELSEWHERE",
    WARNING,
    "An NDC on what is no drug",
    guards="2410 LIN03",
    source="TR3 X222A1 2410: drugs and biologics",
    message="Line {line} has an NDC, and {code} is no drug.",
)
def ndc_elsewhere(case: Case, line: Line) -> Iterator[Hit]:
    drug = line.draft.drug
    family = line.code in DRUGS or line.code in IMMUNE_PRODUCTS or line.code.startswith(_SUPPLIES)
    if drug and drug.code and line.code and not family:
        yield hit("drug")


@line_edit(
    "DRG-WASTE",
    ERROR,
    "A single-dose drug that does not say what was left",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 17 §40: JW, or JZ from July 2023 on",
    message="{code} comes in single doses: Medicare wants JZ where nothing was left, or a line "
    "with JW for what was.",
)
def waste_untold(case: Case, line: Line) -> Iterator[Hit]:
    if not case.is_medicare or line.code not in case.facts.code_sets.single_dose:
        return
    beside = any(o.code == line.code and o.has("JW") for o in case.same_day(line))
    if not line.has("JW", "JZ") and not beside:
        yield hit(_MODIFIERS)


@line_edit(
    "DRG-WASTE-ALONE",
    ERROR,
    "What was left of a drug that was not given",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 17 §40.1: two lines",
    message="Line {line} is what was left (JW) of {code}, and no line has what was given.",
    modifiers=frozenset({"JW"}),
)
def waste_alone(case: Case, line: Line) -> Iterator[Hit]:
    if not any(o.code == line.code and not o.has("JW") for o in case.same_day(line)):
        yield hit(_MODIFIERS)


@line_edit(
    "DRG-WASTE-NONE",
    ERROR,
    "Nothing was left, and something was",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 17 §40.1",
    message="Line {line} says that nothing of {code} was left (JZ), and another line that "
    "something was (JW).",
    modifiers=frozenset({"JZ"}),
)
def waste_contradicted(case: Case, line: Line) -> Iterator[Hit]:
    if any(o.code == line.code and o.has("JW") for o in case.same_day(line)):
        yield hit(_MODIFIERS)


@line_edit(
    "VAC-ADMINISTRATION",
    WARNING,
    "A vaccine that nobody gave",
    guards="2400 SV101-2",
    source="NCCI Policy Manual ch. XI §B; CDC, coding of vaccination",
    message="{code} is a vaccine, and its administration is not billed.",
    codes=IMMUNE_PRODUCTS,
)
def vaccine_not_given(case: Case, line: Line) -> Iterator[Hit]:
    if not any(other.code in VACCINE_ADMINISTRATION for other in case.same_day(line)):
        yield hit("procedure.code")


@line_edit(
    "VAC-PRODUCT",
    WARNING,
    "A vaccination without a vaccine",
    guards="2400 SV101-2",
    source="NCCI Policy Manual ch. XI §B; Vaccines for Children: the vaccine at no charge",
    message="{code} is giving a vaccine, and none is on the claim.",
    codes=VACCINE_ADMINISTRATION,
)
def vaccine_missing(case: Case, line: Line) -> Iterator[Hit]:
    if not any(other.code in IMMUNE_PRODUCTS for other in case.same_day(line)):
        yield hit("procedure.code")


@line_edit(
    "VAC-MEDICARE",
    ERROR,
    "A vaccination that Medicare wants by its own code",
    guards="2400 SV101-2",
    source="Medicare Claims Processing Manual ch. 18 §10.2: G0008, G0009, G0010",
    message="For a vaccine against influenza, pneumococcus or hepatitis B Medicare wants G0008, "
    "G0009 or G0010 and not {code}.",
    codes=VACCINE_ADMINISTRATION,
)
def vaccination_of_medicare(case: Case, line: Line) -> Iterator[Hit]:
    if not case.is_medicare or line.code not in {"90471", "90472", "90473", "90474"}:
        return
    beside = [o.code for o in case.same_day(line) if o.code in IMMUNE_PRODUCTS]
    if beside and all(code in _PART_B for code in beside):
        yield hit("procedure.code")


_PART_B: Final = words(
    "90653 90656 90657 90658 90660 90661 90662 90670 90671 90672 90674 90677 90682 90684 90685 "
    "90686 90687 90688 90694 90732 90739 90740 90743 90744 90746 90747 90756 90759"
)
