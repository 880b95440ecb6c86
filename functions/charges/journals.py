"""The journals of a charge sheet: what entering, changing and voiding do to the ledger.

Pure. Whatever is entered, changed and voided: by line, the sums of a sheet's
journals are the charges of its lines, and each journal sums to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from caresmith.money import Money
from caresmith.records.revenue.ledger import (
    Book,
    Journal,
    JournalKind,
    LineBalance,
    LineId,
    Posting,
)
from functions.charges.errors import LinePaid

Charges = Mapping[LineId, Money]
"""What each line is charged."""


def entered(charges: Charges, book: Book) -> Journal | None:
    """The charges stand in ``book``: the payer whose turn it is owes them, or the patient does.

    None where nothing is charged: lines that are only reported.
    """
    return changed({}, charges, {}, book, JournalKind.CHARGES)


def changed(
    before: Charges,
    after: Charges,
    balances: Mapping[LineId, LineBalance],
    book: Book,
    kind: JournalKind = JournalKind.CHARGES_CHANGED,
) -> Journal | None:
    """The difference between two states of a sheet; None where there is none.

    Raises LinePaid where a line goes on which something was posted, or where it
    would be charged less than what was paid and adjusted.
    """
    postings: list[Posting] = []
    refused: list[LineId] = []
    for line in sorted({*before, *after}, key=int):
        old, new = before.get(line, Money(0)), after.get(line, Money(0))
        balance = balances.get(line, LineBalance())
        gone = line not in after
        if gone:
            if balance.open != old:
                refused.append(line)
            held = ((Book.INSURANCE, balance.insurance), (Book.PATIENT, balance.patient))
            postings += [Posting(book=into, amount=-part, line=line) for into, part in held if part]
        elif new > old:
            postings.append(Posting(book=book, amount=new - old, line=line))
        elif new < old:
            if balance.open < old - new:
                refused.append(line)
            postings.extend(_taken_off(line, old - new, balance, book))
    if refused:
        raise LinePaid(refused)
    return _journal(kind, postings)


def voided(charges: Charges, balances: Mapping[LineId, LineBalance]) -> Journal | None:
    """Takes all lines back. Raises LinePaid where something was posted on one."""
    return changed(charges, {}, balances, Book.INSURANCE, JournalKind.CHARGES_VOIDED)


def turned(balances: Mapping[LineId, LineBalance], to: Book) -> Journal | None:
    """All that is open goes into one receivable: another payer's turn, or the patient's."""
    postings: list[Posting] = []
    for line, balance in balances.items():
        moved = balance.patient if to is Book.INSURANCE else balance.insurance
        other = Book.PATIENT if to is Book.INSURANCE else Book.INSURANCE
        if moved:
            postings += [
                Posting(book=other, amount=-moved, line=line),
                Posting(book=to, amount=moved, line=line),
            ]
    return Journal(kind=JournalKind.TURN, postings=tuple(postings)) if postings else None


def _taken_off(line: LineId, amount: Money, balance: LineBalance, book: Book) -> list[Posting]:
    """Off what ``book`` has of the line, and off the other receivable for the rest."""
    held = {Book.INSURANCE: balance.insurance, Book.PATIENT: balance.patient}
    other = Book.PATIENT if book is Book.INSURANCE else Book.INSURANCE
    first = Money(min(amount.cents, max(0, held[book].cents)))
    parts = ((book, first), (other, amount - first))
    return [Posting(book=into, amount=-part, line=line) for into, part in parts if part]


def _journal(kind: JournalKind, postings: list[Posting]) -> Journal | None:
    if not postings:
        return None
    total = sum(one.amount.cents for one in postings)
    if total:
        postings = [*postings, Posting(book=Book.CHARGES, amount=Money(-total))]
    return Journal(kind=kind, postings=tuple(postings))
