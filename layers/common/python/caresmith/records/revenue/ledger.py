"""The ledger: double entry, append only. A balance is a sum, and nothing is ever changed.

A *journal* is what one act did: entering charges, posting what a payer says of
a claim, a payment at the desk, a refund. Its *postings* sum to zero. Debits
are positive: they raise what is owed to the practice or what it holds.

=====================  ==========  =====================================================
 book                   kind        what stands there
=====================  ==========  =====================================================
 insurance              asset       what payers owe, by line of a charge sheet
 patient                asset       what the patient owes, by line
 bank                   asset       what was paid to the practice, less what it gave back
 clearing               asset       of a remittance or deposit: received, not yet posted
 unapplied              liability   a patient's money that no line has taken
 charges                income      gross charges
 contractual            income (-)  CAS group CO: what the contract leaves off
 payer_reduction        income (-)  CAS group PI
 other_adjustment       income (-)  CAS group OA
 write_off              income (-)  given up by decision, under a permission
 courtesy               income (-)  discounts: self-pay, prompt pay, hardship
 bad_debt               income (-)  handed to collections or given up for good
 interest               income      PLB L6: what a late payer adds
 provider_level         income      other PLB of a remittance: incentives, withholds
 capitation             income      PLB CT and capitation payments
 carried                asset       what a payer carries to later remittances (PLB FB, WO,
                                    72, AP...): negative where it is still to be given back
 other_system           liability   payments for claims of an earlier system, which has its
                                    own books of them
=====================  ==========  =====================================================

Only :class:`Book.INSURANCE` and :class:`Book.PATIENT` name a line; of a line
their sum is what is still open of its charge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.money import Money


class Book(StrEnum):
    INSURANCE = "insurance"
    PATIENT = "patient"
    BANK = "bank"
    CLEARING = "clearing"
    UNAPPLIED = "unapplied"
    CHARGES = "charges"
    CONTRACTUAL = "contractual"
    PAYER_REDUCTION = "payer_reduction"
    OTHER_ADJUSTMENT = "other_adjustment"
    WRITE_OFF = "write_off"
    COURTESY = "courtesy"
    BAD_DEBT = "bad_debt"
    INTEREST = "interest"
    PROVIDER_LEVEL = "provider_level"
    CAPITATION = "capitation"
    CARRIED = "carried"
    OTHER_SYSTEM = "other_system"


RECEIVABLE: Final = frozenset({Book.INSURANCE, Book.PATIENT})
"""The books that name a line."""

LineId = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}$")]
"""A line of its sheet, numbered once and for ever; it travels as REF 6R of the claim."""
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,5}$")]
"""A CARC, or a reason of the practice's own list."""


class Posting(BaseModel):
    """One amount in one book; a debit is positive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    book: Book
    amount: Money
    line: LineId | None = None
    reason: ReasonCode | None = None
    """Why: the CARC of an adjustment."""

    @model_validator(mode="after")
    def _certain(self) -> Self:
        if not self.amount:
            raise ValueError("a posting has an amount")
        if (self.line is not None) != (self.book in RECEIVABLE):
            raise ValueError("receivables, and only they, name a line")
        return self


class JournalKind(StrEnum):
    """What was done."""

    CHARGES = "charges"
    CHARGES_CHANGED = "charges-changed"
    CHARGES_VOIDED = "charges-voided"
    ADJUDICATION = "adjudication"
    """What a payer says of a claim."""
    TAKEBACK = "takeback"
    """A payer takes back what it said of a claim (CLP02 22)."""
    TURN = "turn"
    """What is open goes over to the next payer or to the patient, or back."""
    PATIENT_PAYMENT = "patient-payment"
    APPLIED = "applied"
    """A patient's unapplied money goes onto lines, or comes off them."""
    TRANSFER = "transfer"
    """A patient's unapplied money goes over to another account, by way of clearing."""
    REFUND = "refund"
    RETURNED = "returned"
    """A check bounced, a card was charged back."""
    WRITE_OFF = "write-off"
    COURTESY = "courtesy"
    BAD_DEBT = "bad-debt"
    CORRECTION = "correction"
    """Takes an earlier journal back, posting by posting."""
    DEPOSIT = "deposit"
    """A payer's money came: into the bank, and into clearing until it is posted."""
    PROVIDER_LEVEL = "provider-level"
    """PLB of a remittance."""
    OTHER_SYSTEM = "other-system"
    """A payment that is for a claim of an earlier system goes to its book, or comes back."""


class Journal(BaseModel):
    """Postings that belong together. They sum to zero, in every book or none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: JournalKind
    postings: tuple[Posting, ...] = Field(min_length=2, max_length=600)

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        difference = sum(one.amount.cents for one in self.postings)
        if difference:
            raise ValueError(f"debits and credits differ by {difference} cents")
        return self

    def reversed(self, kind: JournalKind = JournalKind.CORRECTION) -> Journal:
        """The journal that takes this one back."""
        return Journal(
            kind=kind,
            postings=tuple(one.model_copy(update={"amount": -one.amount}) for one in self.postings),
        )

    def total(self, book: Book) -> Money:
        """The sum of its postings in one book."""
        return Money(sum(one.amount.cents for one in self.postings if one.book is book))


def totals(journals: Iterable[Journal]) -> dict[Book, Money]:
    """What stands in each book after all of them; books without a posting are left out."""
    cents: dict[Book, int] = {}
    for journal in journals:
        for one in journal.postings:
            cents[one.book] = cents.get(one.book, 0) + one.amount.cents
    return {book: Money(sum_) for book, sum_ in cents.items()}


class LineBalance(BaseModel):
    """What is open of one line, by who owes it. Negative where too much was paid."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    insurance: Money = Money(0)
    patient: Money = Money(0)

    @property
    def open(self) -> Money:
        return self.insurance + self.patient


def after(balances: Mapping[LineId, LineBalance], journal: Journal) -> dict[LineId, LineBalance]:
    """The balances of a sheet's lines once the journal is posted to it."""
    result = dict(balances)
    for one in journal.postings:
        if one.line is None:
            continue
        before = result.get(one.line, LineBalance())
        if one.book is Book.INSURANCE:
            changed = {"insurance": before.insurance + one.amount}
        else:
            changed = {"patient": before.patient + one.amount}
        result[one.line] = before.model_copy(update=changed)
    return result
