"""A letter of appeal as PDF: letterhead, the claim's facts, and what a biller wrote."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from anyascii import anyascii

from caresmith.money import Money
from caresmith.records.patient import PatientCard
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.claim import ClaimItem
from caresmith.records.revenue.denial import DenialState
from caresmith.records.revenue.payer import PayerFacts
from functions.payments.models import DenialRead

_MARGIN = 25
"""Millimetres, on all sides."""
_SIZE = 10.5


@dataclass(frozen=True)
class Letter:
    """What stands in an appeal."""

    letterhead: tuple[str, ...]
    day: dt.date
    addressee: str
    facts: tuple[tuple[str, str], ...]
    text: str
    signer: str


DEFAULT_TEXT = (
    "We ask you to review the decision on the service named above. The enclosed documentation "
    "supports that it was necessary, was given as billed and is covered by the member's plan. "
    "Please process the claim for payment, or send us the clinical or contractual ground of "
    "your decision."
)


def letter_of(
    denial: DenialRead,
    claim: ClaimItem,
    card: PatientCard | None,
    setup: PracticeSetup,
    payer: PayerFacts | None,
    *,
    signer: str,
    today: dt.date,
) -> Letter:
    place = next((one for one in setup.locations.values() if one.active), None)
    head = [setup.practice.name]
    if place:
        head += [*place.address_lines, place.phone]
    if setup.practice.npi:
        head.append(f"NPI {setup.practice.npi}")
    level = denial.appeals + (denial.state is not DenialState.APPEALED)
    code = "-".join((denial.code, *denial.modifiers))
    facts = [
        ("Patient", card.name if card else ""),
        ("Date of birth", f"{card.birth_date:%m/%d/%Y}" if card else ""),
        ("Your claim number", claim.payer_control_number or ""),
        ("Our claim number", claim.control_number),
        ("Date of service", _american(denial.day)),
        ("Service", code),
        ("Amount denied", str(Money(denial.cents))),
        ("Reason given", "; ".join(denial.words)),
        ("Date of your decision", f"{denial.denied_on:%m/%d/%Y}"),
        # A letter made before it is sent is the next one.
        ("Level of appeal", str(level) if level > 1 else ""),
    ]
    return Letter(
        letterhead=tuple(line for line in head if line),
        day=today,
        addressee=_addressee(denial, payer),
        facts=tuple((name, value) for name, value in facts if value),
        text=denial.letter or DEFAULT_TEXT,
        signer=signer,
    )


def _addressee(denial: DenialRead, payer: PayerFacts | None) -> str:
    lines = [payer.name if payer else denial.payer or "Payer", "Appeals department"]
    if payer and (at := payer.appeals_address):
        lines += [*at.lines, f"{at.city}, {at.state or ''} {at.postal_code or ''}".strip()]
    if payer and payer.appeals_fax:
        lines.append(f"Fax {payer.appeals_fax}")
    return "\n".join(lines)


def pdf(letter: Letter) -> bytes:
    """One page, or more where the text is long."""
    from fpdf import FPDF

    page = FPDF(format="letter", unit="mm")
    page.set_margin(_MARGIN)
    page.set_auto_page_break(auto=True, margin=_MARGIN)
    page.set_title("Appeal")
    page.set_lang("en-US")
    page.add_page()
    page.set_font("Helvetica", "B", 14)
    page.multi_cell(0, 6, _plain(letter.letterhead[0]), new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", size=_SIZE)
    for line in letter.letterhead[1:]:
        page.multi_cell(0, 5, _plain(line), new_x="LMARGIN", new_y="NEXT")
    page.ln(8)
    for block in (f"{letter.day:%B} {letter.day.day}, {letter.day.year}", letter.addressee):
        page.multi_cell(0, 5, _plain(block), new_x="LMARGIN", new_y="NEXT")
        page.ln(5)
    page.set_font("Helvetica", "B", _SIZE)
    page.multi_cell(0, 5, "Appeal of a denied service", new_x="LMARGIN", new_y="NEXT")
    page.ln(2)
    for name, value in letter.facts:
        page.set_font("Helvetica", "B", _SIZE)
        page.cell(48, 5.5, _plain(name))
        page.set_font("Helvetica", size=_SIZE)
        page.multi_cell(0, 5.5, _plain(value), new_x="LMARGIN", new_y="NEXT")
    page.ln(5)
    page.multi_cell(0, 5.5, _plain(letter.text), new_x="LMARGIN", new_y="NEXT")
    page.ln(10)
    page.multi_cell(0, 5.5, "Sincerely,", new_x="LMARGIN", new_y="NEXT")
    page.ln(12)
    page.multi_cell(0, 5.5, _plain(letter.signer), new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def _plain(text: str) -> str:
    """The PDF's own fonts know Latin letters: others are written with those."""
    return "".join(one if one.encode("latin-1", "ignore") else anyascii(one) for one in text)


def _american(day: str) -> str:
    return f"{dt.date.fromisoformat(day):%m/%d/%Y}" if day else ""
