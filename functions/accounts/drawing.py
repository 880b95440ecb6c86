"""Statements on paper: our own layout, one story a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from caresmith.ids import StatementId
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.payment import Method
from functions.accounts import wording
from functions.accounts.pdf import Sheet, letterhead, noon, phone_of

if TYPE_CHECKING:
    from caresmith.records.revenue.statement import StatementContent, StatementLine


def method_words(method: Method) -> str:
    return wording.METHODS[method]


def statement(content: StatementContent, setup: PracticeSetup, number: StatementId | None) -> bytes:
    """One statement; without a number it is a preview."""
    sheet = Sheet("Statement", noon(content.day, setup))
    draw(sheet, content, setup, number)
    return sheet.bytes()


def print_file(made: Iterable[tuple[StatementContent, StatementId]], setup: PracticeSetup) -> bytes:
    """Many statements, each on pages of its own."""
    contents = list(made)
    sheet = Sheet("Statements", noon(contents[0][0].day, setup))
    for place, (content, number) in enumerate(contents):
        if place:
            sheet.next_page()
        draw(sheet, content, setup, number)
    return sheet.bytes()


def draw(
    sheet: Sheet, content: StatementContent, setup: PracticeSetup, number: StatementId | None
) -> None:
    sheet.beside(
        letterhead(setup),
        [
            f"Statement {number[-8:]}" if number else "PREVIEW - not sent",
            f"Date: {wording.day(content.day)}",
            f"Please pay by: {wording.day(content.due_on)}",
            f"Amount due: {content.due}",
        ],
    )
    sheet.space(12)
    sheet.beside([content.to_name, *content.to_address], [f"Patient: {content.patient_name}"])
    sheet.space(8)
    sheet.text(f"You owe {content.due}", size=16, bold=True)
    sheet.space(1)
    sheet.text(content.message)
    for visit in content.visits:
        sheet.heading(f"Visit of {wording.day(visit.day)}")
        sheet.table(
            ("What was done", "Cost", "Insurance", "Discounts", "You paid", "You owe"),
            [_row(line) for line in visit.lines],
            (62, 22, 24, 24, 22, 24),
            right=(1, 2, 3, 4, 5),
        )
        for line in visit.lines:
            if line.why and line.owed.cents > 0:
                sheet.text(f"{line.words}: your plan leaves this to you ({line.why}).", size=9)
        if visit.waiting:
            sheet.text(
                f"Your insurance has not answered for {visit.waiting} yet: "
                "do not pay that part now.",
                size=9,
            )
    if content.payments:
        sheet.heading("Payments we have had from you")
        sheet.table(
            ("Date", "How", "Amount"),
            [(wording.day(one.day), one.words, str(one.amount)) for one in content.payments],
            (40, 90, 40),
            right=(2,),
        )
    sheet.space(3)
    if content.unapplied:
        sheet.text(f"We hold {content.unapplied} of yours, which is taken off what you owe.")
    sheet.text(f"Amount due by {wording.day(content.due_on)}: {content.due}", size=12, bold=True)
    sheet.space(4)
    if content.pay_url:
        sheet.beside_code(
            content.pay_url,
            [
                "See and pay this statement online, by card",
                "",
                "Scan the code, or go to",
                content.pay_url,
            ],
        )
        sheet.space(2)
    _questions(sheet, setup)


def _row(line: StatementLine) -> tuple[str, ...]:
    return (
        line.words,
        str(line.charge),
        _less(line.covered.cents),
        _less(line.given_up.cents),
        _less(line.paid.cents),
        str(line.owed),
    )


def _less(cents: int) -> str:
    return wording.money(-cents) if cents else ""


def _questions(sheet: Sheet, setup: PracticeSetup) -> None:
    phone = phone_of(setup)
    sheet.rule()
    call = f"Call us at {phone}" if phone else "Call us"
    sheet.text(
        f"Questions, or can't pay all at once? {call}. We offer payment plans, and financial "
        "assistance to patients whose income is low.",
        size=9,
    )
    sheet.text(
        '"Insurance" is what your plan paid, and what we agreed with it to take off.', size=9
    )
