"""A patient's account: its head, the journals of its ledger, and what is open.

The guarantor pays for it; that is the patient unless the chart's relations
name another. The sums of the head are those of its journals at all times,
since both are written in one transaction (:mod:`caresmith.records.revenue.writing`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import PatientId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.layout import ACCOUNT, JOURNAL, account_key, day_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.tables import RevenueItem

CLOSED: Final = "closed"


class AccountItem(RevenueItem, discriminator="account"):
    patient_id = UnicodeAttribute()
    insurance_cents = NumberAttribute(default=0)
    patient_cents = NumberAttribute(default=0)
    unapplied_cents = NumberAttribute(default=0)
    """The patient's money that no line has taken: not negative."""
    changed_at = UnicodeAttribute(null=True)


class JournalItem(RevenueItem, discriminator="journal"):
    """One journal, in the account that it belongs to, or in a remittance's own partition."""

    journal_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    patient_id = UnicodeAttribute(null=True)
    sheet_id = UnicodeAttribute(null=True)
    claim_id = UnicodeAttribute(null=True)
    payment_id = UnicodeAttribute(null=True)
    remittance_id = UnicodeAttribute(null=True)
    takes_back = UnicodeAttribute(null=True)
    """The journal that it corrects."""
    day = UnicodeAttribute()
    """The practice's day in whose books it stands."""
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    postings = JSONAttribute()
    """``[book, cents, line or None, reason or None]`` each."""
    memo = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed group ``memo`` of the journal's id: why, in a person's words."""


class DayItem(RevenueItem, discriminator="day-journal"):
    """The same journal in the books of its day: what it did in each book."""

    journal_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    patient_id = UnicodeAttribute(null=True)
    sheet_id = UnicodeAttribute(null=True)
    payment_id = UnicodeAttribute(null=True)
    remittance_id = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    books = JSONAttribute()
    """``{book: cents}``."""
    reasons = JSONAttribute(null=True)
    """``{book: {reason: cents}}`` of what has a reason: why charges were taken off."""
    method = UnicodeAttribute(null=True)
    """Of a patient's payment: cash, check, card."""


class ClosedDayItem(RevenueItem, discriminator="day-closed"):
    """The books of a day are closed: nothing is posted to it any more."""

    at = UnicodeAttribute()
    by = UnicodeAttribute()
    report = JSONAttribute()


class OpenItem(RevenueItem, discriminator="open-balance"):
    """A sheet of which something is open, for aging: one query for the practice."""

    patient_id = UnicodeAttribute()
    sheet_id = UnicodeAttribute()
    day = UnicodeAttribute()
    payer_id = UnicodeAttribute(null=True)
    patient_since = UnicodeAttribute(null=True)
    insurance_cents = NumberAttribute()
    patient_cents = NumberAttribute()


def as_stored(journal: Journal) -> list[list[Any]]:
    return [[one.book, one.amount.cents, one.line, one.reason] for one in journal.postings]


def journal_of(item: JournalItem) -> Journal:
    return Journal(
        kind=JournalKind(item.kind),
        postings=tuple(
            Posting(book=Book(book), amount=Money(int(cents)), line=line, reason=reason)
            for book, cents, line, reason in item.postings
        ),
    )


def get_account(practice: PracticeId, patient: PatientId) -> AccountItem:
    """The head of the account; one that has no posting yet is all noughts."""
    found = AccountItem.query(
        account_key(practice, patient), AccountItem.sk == ACCOUNT, consistent_read=True, limit=1
    )
    return next(iter(found), None) or AccountItem(
        account_key(practice, patient), ACCOUNT, patient_id=patient
    )


def journals_of(practice: PracticeId, patient: PatientId) -> list[JournalItem]:
    """Every journal of the account, oldest first."""
    return list(
        JournalItem.query(
            account_key(practice, patient),
            JournalItem.sk.startswith(JOURNAL),
            consistent_read=True,
        )
    )


def is_closed(practice: PracticeId, day: dt.date) -> bool:
    found = ClosedDayItem.query(
        day_key(practice, day), ClosedDayItem.sk == CLOSED, consistent_read=True, limit=1
    )
    return next(iter(found), None) is not None
