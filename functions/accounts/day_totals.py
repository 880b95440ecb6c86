"""A day added up: whatever was posted to it, by method, book and reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from caresmith.records.revenue.account import DayItem
from caresmith.records.revenue.ledger import Book, JournalKind
from caresmith.records.revenue.payment import Method

_TAKEN_OFF: Final = (
    Book.CONTRACTUAL,
    Book.PAYER_REDUCTION,
    Book.OTHER_ADJUSTMENT,
    Book.WRITE_OFF,
    Book.COURTESY,
    Book.BAD_DEBT,
)
_ACTS: Final = {
    JournalKind.PATIENT_PAYMENT.value: "payments",
    JournalKind.CORRECTION.value: "voids",
    JournalKind.RETURNED.value: "returns",
    JournalKind.REFUND.value: "refunds",
}


@dataclass
class Totals:
    """A day added up, in cents."""

    journals: int = 0
    charges: int = 0
    insurance_paid: int = 0
    """Deposits of payers, less what went back to them."""
    payer_refunds: int = 0
    other_system: int = 0
    """Of what payers paid, for claims of another system."""
    by_method: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    """By method: payments, voids, returns, refunds."""
    by_reason: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    books: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def came(self, method: str) -> int:
        """What came by this method, less what went back by it."""
        return sum(self.by_method.get(method, {}).values())

    @property
    def patients_paid(self) -> int:
        return sum(self.came(method) for method in self.by_method)

    @property
    def paid(self) -> int:
        return self.patients_paid + self.insurance_paid


def add_up(items: Iterable[DayItem]) -> Totals:
    totals = Totals()
    for item in items:
        totals.journals += 1
        books = {book: int(cents) for book, cents in item.books.items()}
        for book, cents in books.items():
            totals.books[book] += cents
        totals.charges -= books.get(Book.CHARGES, 0)
        bank = books.get(Book.BANK, 0)
        if bank and item.payment_id:
            act = _ACTS.get(item.kind, "payments" if bank > 0 else "returns")
            totals.by_method[item.method or Method.OTHER][act] += bank
        elif bank:
            totals.insurance_paid += bank
            totals.payer_refunds -= bank if item.kind == JournalKind.REFUND else 0
        totals.other_system -= books.get(Book.OTHER_SYSTEM, 0)
        _reasons(totals, item, books)
    return totals


def _reasons(totals: Totals, item: DayItem, books: dict[str, int]) -> None:
    for book in _TAKEN_OFF:
        left = books.get(book, 0)
        for reason, cents in ((item.reasons or {}).get(book) or {}).items():
            totals.by_reason[book, reason] += int(cents)
            left -= int(cents)
        if left:
            totals.by_reason[book, ""] += left
