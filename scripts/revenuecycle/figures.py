"""What came of it: from the events that were told, the ledger, and the payers' own files."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from caresmith.ids import PracticeId
from caresmith.money import Money
from caresmith.records.revenue.account import AccountItem, JournalItem, OpenItem
from caresmith.records.revenue.claim import ClaimEventItem, ClaimItem
from caresmith.records.revenue.layout import open_key
from caresmith.records.revenue.ledger import Book, JournalKind
from caresmith.tables import RevenueItem
from caresmith.x12.remittance.model import PaymentHeader
from caresmith.x12.remittance.reading import read_remittances
from functions.accounts.verifying import verify_all
from scripts.payer.house import House
from scripts.simulation.cloud import Told

_PAGE = 500
"""Items that a scan looks at by one call."""
_GONE_OUT = frozenset({"sent", "received", "accepted"})
_ADJUDICATED = frozenset({"paid", "partly-paid", "denied"})


@dataclass
class Figures:
    claims: int = 0
    clean: int = 0
    """Claims that no edit had anything against when they were made."""
    accepted: int = 0
    rejected: int = 0
    first: Counter[str] = field(default_factory=Counter)
    """First adjudications, by what they were."""
    states: Counter[str] = field(default_factory=Counter)
    """Where the claims stand now."""
    why_rejected: Counter[str] = field(default_factory=Counter)
    """By what told it and its codes (277CA STC01: category and status)."""
    books: dict[Book, int] = field(default_factory=dict)
    by_kind: dict[tuple[JournalKind, Book], int] = field(default_factory=dict)
    paid_by_payers: int = 0
    """Cents, by the payers' own remittances."""
    open_insurance: int = 0
    open_patient: int = 0
    accounts: int = 0
    journals: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def banked_of_payers(self) -> int:
        return self.by_kind.get((JournalKind.DEPOSIT, Book.BANK), 0)

    @property
    def open_in_books(self) -> int:
        return self.books.get(Book.INSURANCE, 0) + self.books.get(Book.PATIENT, 0)

    def days_in_ar(self, days: int) -> float:
        """What is owed, in days of gross charges of that span."""
        charges = -self.by_kind.get((JournalKind.CHARGES, Book.CHARGES), 0)
        return self.open_in_books / (charges / days) if charges else 0.0


def of_events(told: Iterable[Told], found: Figures) -> None:
    """How claims went: clean at once, accepted, paid at the first pass."""
    answered: set[str] = set()
    for one in told:
        if one.kind != "ClaimMoved":
            continue
        claim, state, before = (one.detail.get(name) for name in ("claim_id", "state", "before"))
        # One that begins as sent is a payer's own, which it has forwarded to the next.
        if before is None and state != "sent":
            found.claims += 1
            found.clean += state in {"clean", "approved"}
        if state == "accepted" and before in _GONE_OUT:
            found.accepted += 1
        if state == "rejected":
            found.rejected += 1
        if state in _ADJUDICATED and claim not in answered:
            answered.add(str(claim))
            found.first[str(state)] += 1


def of_ledger(practice: PracticeId, found: Figures) -> None:
    """Every journal there is, and every account proven anew."""
    for item in _everything(practice):
        if isinstance(item, ClaimItem):
            found.states[item.state] += 1
        elif isinstance(item, ClaimEventItem) and item.state == "rejected":
            told = item.refers_to
            found.why_rejected[f"{told.get('source')} {' '.join(told.get('codes', []))}"] += 1
        elif isinstance(item, JournalItem):
            for book, cents, _, _ in item.postings:
                key = Book(book)
                found.books[key] = found.books.get(key, 0) + int(cents)
                both = (JournalKind(item.kind), key)
                found.by_kind[both] = found.by_kind.get(both, 0) + int(cents)
    for one in OpenItem.query(open_key(practice)):
        found.open_insurance += int(one.insurance_cents)
        found.open_patient += int(one.patient_cents)
    verified = verify_all(practice)
    found.accounts, found.journals = verified.accounts, verified.journals
    found.differences += verified.differences


def of_payers(house: House, found: Figures) -> None:
    """What the payers say they have paid, by the files that they sent."""
    after = 0
    seen: set[str] = set()
    while rows := house.files(after):
        after = int(rows[-1]["seq"])
        for row in rows:
            raw = house.file(row["name"]) if row["kind"] == "835" else None
            if raw is None or row["sha256"] in seen:
                continue
            seen.add(row["sha256"])
            found.paid_by_payers += sum(
                one.amount.cents
                for one in read_remittances(io.BytesIO(raw))
                if isinstance(one, PaymentHeader)
            )


def reconcile(found: Figures) -> None:
    """What must be the same, or is told as a difference."""
    pairs = {
        "all books together": (sum(found.books.values()), 0),
        "open balances and receivables in the books": (
            found.open_insurance + found.open_patient,
            found.open_in_books,
        ),
        "what payers sent and what is in the bank": (
            found.paid_by_payers,
            found.banked_of_payers,
        ),
        "money that came and was not posted": (found.books.get(Book.CLEARING, 0), 0),
    }
    found.differences += [
        f"{what}: {Money(ours)} and {Money(theirs)}"
        for what, (ours, theirs) in pairs.items()
        if ours != theirs
    ]


def _everything(practice: PracticeId) -> Iterator[RevenueItem]:
    """The whole table: this is a proof, not a request."""
    for item in RevenueItem.scan(RevenueItem.pk.startswith(practice), page_size=_PAGE):
        if not isinstance(item, AccountItem):
            yield item
