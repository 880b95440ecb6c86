"""Provider adjustments (PLB): what a payer adds to or takes from a payment as a whole.

A positive amount lowers the payment, a negative one raises it (TR3 1.10.2.10 to
1.10.2.16). The codes are facts of the public list (X12 data element 426); the words
are our own. What a payer only carries over stands in :attr:`Book.CARRIED` until its
counterpart comes: over time that comes to nothing, or somebody is told why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.money import Money
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    book: Book
    words: str
    look: bool = False
    """Somebody has to look at it: the code alone does not tell why."""


_ROWS: Final = """
50|provider_level|Late charge|look
51|interest|Interest penalty|
72|carried|Refund of ours that the payer acknowledges|
90|provider_level|Early payment allowance|
AH|provider_level|Origination fee|
AM|provider_level|Applied to a borrower's account|look
AP|carried|Advance payment, or its recovery|
B2|provider_level|Rebate|
B3|carried|Recovery allowance|look
BD|provider_level|Bad debt adjustment|
BN|provider_level|Bonus|
C5|carried|Temporary allowance|
CR|interest|Interest on capitation|
CS|provider_level|Adjustment: the payer says no more|look
CT|capitation|Capitation|
CV|provider_level|Capital passthrough|
CW|provider_level|Nurse anesthetist passthrough|
DM|provider_level|Medical education passthrough|
E3|provider_level|Withhold by contract|
FB|carried|Balance carried to or from another remittance|
FC|provider_level|Allocation of a fund|
GO|provider_level|Graduate medical education passthrough|
HM|provider_level|Hemophilia clotting factor|
IP|provider_level|Incentive|
IR|provider_level|Withheld for the tax authority|look
IS|provider_level|Interim settlement|
J1|provider_level|Not reimbursed|look
L3|provider_level|Penalty|look
L6|interest|Interest for paying late|
LE|provider_level|Levy: paid to another by order|look
LS|provider_level|Lump sum|
OA|provider_level|Organ acquisition passthrough|
OB|provider_level|Offset for an affiliated provider|look
PI|provider_level|Periodic interim payment|
PL|provider_level|Final payment|
RA|provider_level|Retroactive adjustment|look
RE|provider_level|Return on equity|
SL|provider_level|Withheld for a student loan|look
TL|carried|Third party liability|look
WO|carried|Recovery of an overpayment|
WU|carried|Recovery, unspecified|look
"""


def _read() -> dict[str, Reason]:
    found = {}
    for row in _ROWS.strip().splitlines():
        code, book, words, look = row.split("|")
        found[code] = Reason(code, Book(book), words, bool(look))
    return found


REASONS: Final = _read()


def reason_of(code: str) -> Reason:
    """The code; one that is not known is a provider adjustment to look at."""
    return REASONS.get(code) or Reason(code, Book.PROVIDER_LEVEL, f"Reason {code}", look=True)


def journal(code: str, amount: Money) -> Journal:
    """One adjustment: what raises the payment lowers what is still to be explained of it."""
    reason = reason_of(code)
    return Journal(
        kind=JournalKind.PROVIDER_LEVEL,
        postings=(
            Posting(book=Book.CLEARING, amount=-amount),
            Posting(book=reason.book, amount=amount, reason=code[:5]),
        ),
    )


def deposit(amount: Money) -> Journal:
    """What was paid: into the bank, and to be explained by claims and adjustments.

    Negative where the practice owes it (BPR03 D).
    """
    return Journal(
        kind=JournalKind.DEPOSIT,
        postings=(
            Posting(book=Book.BANK, amount=amount),
            Posting(book=Book.CLEARING, amount=-amount),
        ),
    )
