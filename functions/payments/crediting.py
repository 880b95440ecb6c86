"""What payers have paid too much stands on a list as long as it does: written as it is posted."""

from __future__ import annotations

from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.remittance import CreditItem, credit_sort_key, credits_key
from caresmith.records.revenue.writing import RevenueWrites
from functions.payments.posting.posting import Change
from functions.payments.preparing import Subject


def follow(subject: Subject, done: Change, said: Adjudication, writes: RevenueWrites) -> None:
    """In the transaction that posts: the list has what is paid too much now, and no more."""
    practice, sheet = writes.actor.practice_id, subject.sheet
    for number, line in done.settlement.lines.items():
        before = done.before.lines.get(number)
        had = before.credit if before else 0
        if line.credit == had:
            continue
        key = credits_key(practice), credit_sort_key(sheet.sheet_id, number)
        if not line.credit:
            writes.delete(CreditItem(*key))
            continue
        there = next(iter(CreditItem.batch_get([key], consistent_read=True)), None) if had else None
        item = there or CreditItem(
            *key,
            sheet_id=sheet.sheet_id,
            line=number,
            patient_id=sheet.patient_id,
            since=writes.day.isoformat(),
            version=0,
        )
        item.claim_id, item.payer_id = said.claim_id, said.payer_id
        item.payer_name = subject.payer_name or (there.payer_name if there else "")
        item.remittance_id, item.cents = said.remittance_id, line.credit
        item.paid_cents = line.books.get((Book.CLEARING, ""), 0)
        item.version = int(item.version) + 1
        writes.put(item)
