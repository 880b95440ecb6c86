"""The PDF: texts on the form's grid, and if wanted a plain form of our own beneath.

On a pre-printed red form only the texts are printed. The plain form has boxes, numbers
and short words of our own: it is for reading, and for payers that take a copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from caresmith.claims.draft import ClaimDraft
from functions.claims.paper.boxes import (
    BOXES,
    COLUMN,
    DIAGNOSES,
    LEFT,
    LINE,
    LINES_ON_A_PAGE,
    PAGE,
    SERVICE,
    TOP,
    Box,
    position,
    service_box,
)
from functions.claims.paper.filling import Written, pages

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT: Final = "Courier"
_SIZE: Final = 10
"""Courier of ten points is 0.6 em wide: a hundredth of an inch less than its column."""
_LABEL: Final = 4.5
_LABELS: Final = {
    "1a": "1a Insured's ID",
    "2": "2 Patient",
    "3.birth": "3 Birth date",
    "4": "4 Insured",
    "5.street": "5 Address",
    "6.self": "6 Self/spouse/child/other",
    "7.street": "7 Insured's address",
    "9": "9 Other insured",
    "9a": "9a Policy or group",
    "9d": "9d Plan",
    "10a.yes": "10a Work",
    "10b.yes": "10b Car",
    "10c.yes": "10c Other accident",
    "10d": "10d Condition codes",
    "11": "11 Group",
    "11a.birth": "11a Birth date",
    "11b": "11b Claim",
    "11c": "11c Plan",
    "11d.yes": "11d Another plan",
    "12": "12 Patient's signature",
    "13": "13 Insured's signature",
    "14": "14 Onset",
    "15": "15 Other date",
    "16.from": "16 Unable to work",
    "17": "17 Referring",
    "17b": "17b NPI",
    "18.from": "18 In hospital",
    "19": "19 Additional",
    "20.yes": "20 Outside lab",
    "21.icd": "21 ICD",
    "22": "22 Resubmission",
    "22.original": "Original number",
    "23": "23 Authorization",
    "25": "25 Tax ID",
    "26": "26 Account",
    "27.yes": "27 Assignment",
    "28": "28 Total",
    "29": "29 Paid",
    "31": "31 Signature",
    "32.name": "32 Where",
    "32a": "32a",
    "32b": "32b",
    "33.name": "33 Billing provider",
    "33a": "33a",
    "33b": "33b",
}


def cms_1500(draft: ClaimDraft, signed_on: date, *, form: bool) -> bytes:
    """The claim on as many pages as its services need; ``form`` draws the plain form beneath."""
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format=PAGE)
    pdf.set_auto_page_break(auto=False)
    pdf.set_creator("Caresmith")
    pdf.set_title("CMS-1500")
    for written in pages(draft, signed_on):
        pdf.add_page()
        if form:
            _draw_form(pdf)
        _write(pdf, written)
    return bytes(pdf.output())


def _write(pdf: FPDF, written: Iterable[Written]) -> None:
    pdf.set_font(_FONT, size=_SIZE)
    pdf.set_text_color(0)
    # Ten characters to the inch, as a typewriter has them.
    pdf.set_char_spacing(COLUMN - 0.6 * _SIZE)
    for one in written:
        pdf.text(*position(one.box, one.text), one.text)
    pdf.set_char_spacing(0)


def _draw_form(pdf: FPDF) -> None:
    pdf.set_draw_color(150)
    pdf.set_text_color(90)
    pdf.set_line_width(0.4)
    pdf.set_font("Helvetica", size=_LABEL)
    for name, box in BOXES.items():
        _draw(pdf, box, _LABELS.get(name, ""))
    for place, box in enumerate(DIAGNOSES):
        _draw(pdf, box, "ABCDEFGHIJKL"[place])
    for place in range(LINES_ON_A_PAGE):
        for name in SERVICE:
            box = service_box(name, place)
            _draw(pdf, box, name.removeprefix("24").upper() if not place else "")


def _draw(pdf: FPDF, box: Box, label: str) -> None:
    left = LEFT + (box.column - 1) * COLUMN - 1
    top = TOP + (box.line - 1) * LINE
    pdf.rect(left, top + 0.5, box.width * COLUMN + 1, LINE - 0.5)
    if label:
        pdf.text(left + 0.5, top - 0.5, label)
