"""Proof that the ledger is whole: journals, account heads, sheets, payments, open balances.

Every sum is kept twice, so that pages need not add up a life's journals; each night the
accounts that were touched, and each week all in which something is open, are added up
anew. What differs is named by ids and cents, and becomes a task: nothing is mended by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from caresmith.ids import PatientId, PracticeId
from caresmith.records.revenue.account import AccountItem, DayItem, JournalItem, OpenItem
from caresmith.records.revenue.layout import account_key, day_key, open_key
from caresmith.records.revenue.ledger import RECEIVABLE, Book
from caresmith.records.revenue.payment import PaymentItem, applied_of, is_whole
from caresmith.records.revenue.sheet import SheetItem
from caresmith.tables import RevenueItem

_SUNDAY: Final = 6
_PAGE: Final = 500
"""Items that a scan looks at by one call, so that none takes long."""
_HEADS: Final = {
    Book.INSURANCE.value: "insurance_cents",
    Book.PATIENT.value: "patient_cents",
    Book.UNAPPLIED.value: "unapplied_cents",
}


@dataclass
class Parts:
    """One account as it is stored."""

    patient: PatientId
    head: AccountItem | None = None
    sheets: list[SheetItem] = field(default_factory=list)
    journals: list[JournalItem] = field(default_factory=list)
    payments: list[PaymentItem] = field(default_factory=list)
    open: list[OpenItem] = field(default_factory=list)
    in_days: dict[str, dict[str, int]] | None = None
    """By journal: what stands in the books of its day; None where that was not read."""


@dataclass
class Verified:
    """What was looked at, and what differs."""

    accounts: int = 0
    journals: int = 0
    differences: list[str] = field(default_factory=list)
    _lying: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    _paid: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, parts: Parts) -> None:
        self.accounts += 1
        self.journals += len(parts.journals)
        self.differences.extend(differences(parts))
        for payment in parts.payments:
            for sheet, lines in applied_of(payment).items():
                for line, cents in lines.items():
                    self._lying[sheet, line] += cents
        for (sheet, line), cents in paid_lines(parts.journals).items():
            self._paid[sheet, line] += cents

    def compare_payments(self) -> None:
        """What payments say lies on lines is what the journals put there.

        Only where every account was added: a payment may lie on a sheet of another one.
        """
        for sheet, line in sorted({*self._lying, *self._paid}):
            lying, paid = self._lying[sheet, line], self._paid[sheet, line]
            if lying != paid:
                self.differences.append(
                    f"{sheet} line {line}: payments say {lying}, journals {paid} cents"
                )


def differences(parts: Parts) -> list[str]:
    """What of one account does not agree, in ids and cents."""
    return [
        *_of_journals(parts),
        *_of_heads(parts),
        *_of_sheets(parts),
        *_of_open(parts),
        *_of_payments(parts),
        *_of_days(parts),
    ]


def _of_journals(parts: Parts) -> Iterator[str]:
    for item in parts.journals:
        total = sum(int(cents) for _, cents, _, _ in item.postings)
        if total:
            yield f"{item.journal_id}: debits and credits differ by {total} cents"


def _of_heads(parts: Parts) -> Iterator[str]:
    books: dict[str, int] = defaultdict(int)
    for item in parts.journals:
        for book, cents, _, _ in item.postings:
            books[book] += int(cents)
    for book, attribute in _HEADS.items():
        # A liability: what the patient has with us is its negative.
        expected = -books[book] if book == Book.UNAPPLIED else books[book]
        stands = int(getattr(parts.head, attribute) or 0) if parts.head else 0
        if stands != expected:
            yield f"{parts.patient}: {book} is {stands}, its journals make {expected} cents"
    if parts.head and int(parts.head.unapplied_cents or 0) < 0:
        yield f"{parts.patient}: unapplied money is negative"


def _of_sheets(parts: Parts) -> Iterator[str]:
    lines: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for item in parts.journals:
        for book, cents, line, _ in item.postings:
            if Book(book) in RECEIVABLE and item.sheet_id:
                lines[item.sheet_id][line][book == Book.PATIENT] += int(cents)
    for sheet in parts.sheets:
        made = dict(lines.pop(sheet.sheet_id, {}).items())
        for line in sorted({*made, *sheet.balances}, key=int):
            stands = [int(cents) for cents in sheet.balances.get(line, (0, 0))]
            if stands != made.get(line, [0, 0]):
                yield f"{sheet.sheet_id} line {line}: {stands}, journals {made.get(line, [0, 0])}"
        sums = [sum(int(pair[place]) for pair in sheet.balances.values()) for place in (0, 1)]
        if sums != [int(sheet.insurance_cents), int(sheet.patient_cents)]:
            yield f"{sheet.sheet_id}: its sums are not those of its lines"
    for sheet_id in lines:
        yield f"{sheet_id}: journals name a sheet that is not there"


def _of_open(parts: Parts) -> Iterator[str]:
    listed = {item.sheet_id: item for item in parts.open}
    for sheet in parts.sheets:
        is_open = any(int(cents) for pair in sheet.balances.values() for cents in pair)
        item = listed.pop(sheet.sheet_id, None)
        if is_open != (item is not None):
            yield f"{sheet.sheet_id}: open is {is_open}, and in the list of open ones the contrary"
        elif item is not None:
            stands = (int(item.insurance_cents), int(item.patient_cents))
            if stands != (int(sheet.insurance_cents), int(sheet.patient_cents)):
                yield f"{sheet.sheet_id}: the list of open ones says {stands}"
    for sheet_id in listed:
        yield f"{sheet_id}: is in the list of open ones and nowhere else"


def _of_payments(parts: Parts) -> Iterator[str]:
    for payment in parts.payments:
        if not is_whole(payment):
            yield f"{payment.payment_id}: its parts are not all of it"
    unapplied = sum(int(payment.unapplied_cents) for payment in parts.payments)
    stands = int(parts.head.unapplied_cents or 0) if parts.head else 0
    if unapplied != stands:
        yield f"{parts.patient}: payments have {unapplied} unapplied, the account {stands} cents"


def _of_days(parts: Parts) -> Iterator[str]:
    if parts.in_days is None:
        return
    for item in parts.journals:
        books: dict[str, int] = defaultdict(int)
        for book, cents, _, _ in item.postings:
            books[book] += int(cents)
        made = {book: cents for book, cents in books.items() if cents}
        stands = parts.in_days.get(item.journal_id)
        if stands != made:
            yield f"{item.journal_id}: the books of {item.day} say {stands}, the journal {made}"


def paid_lines(journals: Iterable[JournalItem]) -> dict[tuple[str, str], int]:
    """By sheet and line: what journals put there of patients' money."""
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for item in journals:
        if not any(book == Book.UNAPPLIED for book, _, _, _ in item.postings):
            continue
        for book, cents, line, _ in item.postings:
            if book == Book.PATIENT and item.sheet_id:
                paid[item.sheet_id, line] -= int(cents)
    return paid


# -- reading ------------------------------------------------------------------


def read_parts(practice: PracticeId, patient: PatientId, opened: Iterable[OpenItem] = ()) -> Parts:
    """One account by one query."""
    parts = Parts(patient, open=list(opened))
    for item in RevenueItem.query(account_key(practice, patient), consistent_read=True):
        if isinstance(item, AccountItem):
            parts.head = item
        elif isinstance(item, SheetItem):
            parts.sheets.append(item)
        elif isinstance(item, JournalItem):
            parts.journals.append(item)
        elif isinstance(item, PaymentItem):
            parts.payments.append(item)
    return parts


def open_by_patient(practice: PracticeId) -> dict[str, list[OpenItem]]:
    found: dict[str, list[OpenItem]] = defaultdict(list)
    for item in OpenItem.query(open_key(practice), consistent_read=True):
        found[item.patient_id].append(item)
    return found


def touched(practice: PracticeId, days: Iterable[dt.date]) -> set[str]:
    """Whose accounts had a journal on one of these days."""
    return {
        item.patient_id
        for day in days
        for item in DayItem.query(day_key(practice, day))
        if item.patient_id
    }


def verify_some(practice: PracticeId, patients: Iterable[str]) -> Verified:
    """Add these accounts up. What changes meanwhile is looked at once more."""
    verified, opened = Verified(), open_by_patient(practice)
    for patient in sorted(set(patients)):
        parts = read_parts(practice, PatientId(patient), opened.get(patient, ()))
        if differences(parts):
            # A posting may have come between the two reads.
            again = open_by_patient(practice).get(patient, ())
            parts = read_parts(practice, PatientId(patient), again)
        verified.add(parts)
    return verified


def verify_recent(practice: PracticeId, day: dt.date) -> Verified:
    """The nightly check: what was touched on ``day`` or the day before; on Sundays all open ones.

    What nobody touches does not change, so a night costs what a day wrote, not what is owed.
    """
    wanted = touched(practice, (day - dt.timedelta(days=1), day))
    if day.weekday() == _SUNDAY:
        wanted |= set(open_by_patient(practice))
    return verify_some(practice, wanted)


def verify_all(practice: PracticeId) -> Verified:
    """Every account of the practice with the books of its days: for an operator, by a scan."""
    patients = set(all_accounts(practice))
    verified, opened = Verified(), open_by_patient(practice)
    days: dict[str, dict[str, dict[str, int]]] = {}
    for patient in sorted(patients | set(opened)):
        parts = read_parts(practice, PatientId(patient), opened.get(patient, ()))
        parts.in_days = {}
        for day in {item.day for item in parts.journals}:
            if day not in days:
                days[day] = _books_of(practice, dt.date.fromisoformat(day))
            parts.in_days |= days[day]
        verified.add(parts)
    verified.compare_payments()
    return verified


def _books_of(practice: PracticeId, day: dt.date) -> dict[str, dict[str, int]]:
    return {
        item.journal_id: {book: int(cents) for book, cents in item.books.items()}
        for item in DayItem.query(day_key(practice, day))
    }


def all_accounts(practice: PracticeId) -> Iterator[str]:
    """Whose accounts there are. Scans the table: no request does."""
    wanted = AccountItem.pk.startswith(f"{practice}#account#")
    read = ["pk", "patient_id", "entity"]
    for item in AccountItem.scan(wanted, attributes_to_get=read, page_size=_PAGE):
        yield item.patient_id
