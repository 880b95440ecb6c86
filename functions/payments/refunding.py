"""What payers have paid too much is given back, and closed when it is gone.

The money that goes back stands among what payers carry until the payer takes its payment
back (CLP02 22) and says that it has ours (PLB 72). Where it never says so, a biller closes it
on the visit.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import ClaimId, JournalId, PatientId, PayerId, PracticeId, RemittanceId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.layout import remittance_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.payer import MEDICAID_FILING, MEDICARE_FILINGS, payer_directory
from caresmith.records.revenue.remittance import (
    CarriedItem,
    CreditItem,
    carried_key,
    credit_sort_key,
    credits_key,
    get_remittance,
)
from caresmith.records.revenue.writing import RevenueWrites, Source
from functions.payments import models as m
from functions.payments import runs
from functions.payments.carrying import lay_on_line
from functions.payments.errors import AlreadyRefunded, NotRefunded

RETURN_DAYS: Final = 60
"""42 CFR 401.305(b)(1): so many days from finding it, of Medicare; 42 USC 1320a-7k(d) of
Medicaid as well."""
ACKNOWLEDGED: Final = "72"
"""PLB03-1: the payer says that it has a refund of ours."""
_FIRST: Final = 90_000
"""Refunds are numbered behind the provider adjustments of their remittance."""


def listed(practice: PracticeId, today: dt.date) -> list[m.CreditRead]:
    """What is to be given back, whose time runs out first at the top."""
    items = list(CreditItem.query(credits_key(practice)))
    audit().about(*(PatientId(one.patient_id) for one in items))
    directory = payer_directory(practice) if items else None
    found = []
    for one in items:
        payer = directory.get(PayerId(one.payer_id)) if directory and one.payer_id else None
        public = payer is not None and payer.facts.filing in {*MEDICARE_FILINGS, MEDICAID_FILING}
        since = dt.date.fromisoformat(one.since)
        due = since + dt.timedelta(days=RETURN_DAYS) if public else None
        found.append(
            m.CreditRead(
                sheet_id=SheetId(one.sheet_id),
                line=one.line,
                patient_id=PatientId(one.patient_id),
                claim_id=ClaimId(one.claim_id),
                remittance_id=RemittanceId(one.remittance_id),
                payer_name=payer.facts.name if payer else one.payer_name,
                amount=Money(int(one.cents)),
                since=since,
                due_on=due,
                days_left=(due - today).days if due and not one.refunded_on else None,
                refunded=Money(int(one.refunded_cents)),
                refunded_on=dt.date.fromisoformat(one.refunded_on) if one.refunded_on else None,
                reference=one.reference,
                carried=int(one.carried) if one.carried else None,
                version=int(one.version),
            )
        )
    return sorted(found, key=lambda one: (bool(one.refunded_on), one.due_on or dt.date.max))


def refund(
    sheet: SheetId,
    line: str,
    wanted: m.PayerRefund,
    *,
    version: int,
    actor: Actor,
    clock: Clock,
) -> CreditItem:
    """Money goes back to the payer. Raises NotFound, VersionConflict, AlreadyRefunded,
    InvalidRequest, DayIsClosed.
    """
    practice, now = actor.practice_id, clock.now()
    item = find(practice, sheet, line, version)
    if item.refunded_on:
        raise AlreadyRefunded
    today = runs.today(practice, now)
    amount = _amount(item, wanted, today)
    here = _carried_of(practice, item, wanted, amount, today)
    writes = RevenueWrites(actor, now, today)
    writes.post_beside(
        remittance_key(practice, RemittanceId(item.remittance_id)),
        _back(amount),
        Source(
            claim=ClaimId(item.claim_id),
            remittance=RemittanceId(item.remittance_id),
            method=wanted.method,
            memo=wanted.reason,
        ),
        JournalId.derived_at(now, item.remittance_id, f"refund-{int(here.number)}"),
    )
    writes.put(here, CarriedItem.pk.does_not_exist())
    item.refunded_cents, item.refunded_on = amount.cents, here.paid_on
    item.reference, item.carried = wanted.reference, here.number
    item.refunded_by, item.version = actor.user_id, version + 1
    writes.put(item, CreditItem.version == version)
    writes.commit()
    return item


def _amount(item: CreditItem, wanted: m.PayerRefund, today: dt.date) -> Money:
    """What goes back: what was said, or all that is too much. Raises InvalidRequest."""
    if wanted.paid_on and wanted.paid_on > today:
        raise invalid("paid_on", "That day has not come.")
    amount = Money(int(item.cents)) if wanted.amount is None else wanted.amount
    if not 0 < amount.cents <= int(item.paid_cents):
        raise invalid("amount", "It is more than nothing, and no more than was paid of the line.")
    return amount


def _carried_of(
    practice: PracticeId, item: CreditItem, wanted: m.PayerRefund, amount: Money, today: dt.date
) -> CarriedItem:
    """The refund among what payers carry, until this one says that it has it. Raises NotFound."""
    remittance = RemittanceId(item.remittance_id)
    head = get_remittance(practice, remittance)
    if head is None:
        raise NotFound
    number = _FIRST + _refunds_of(practice, head.payer_tax_id, remittance)
    return CarriedItem(
        carried_key(practice),
        f"{head.payer_tax_id}#{remittance}#{number}",
        remittance_id=remittance,
        number=number,
        payer_tax_id=head.payer_tax_id,
        payer_name=head.payer_name,
        reason=ACKNOWLEDGED,
        reference=wanted.reference,
        amount_cents=amount.cents,
        paid_on=(wanted.paid_on or today).isoformat(),
    )


def _back(amount: Money) -> Journal:
    return Journal(
        kind=JournalKind.REFUND,
        postings=(
            Posting(book=Book.BANK, amount=-amount),
            Posting(book=Book.CARRIED, amount=amount, reason=ACKNOWLEDGED),
        ),
    )


def close(
    sheet: SheetId, line: str, reason: str, *, version: int, actor: Actor, clock: Clock
) -> None:
    """The payer will not say more: the refund is laid on the visit's line.

    Raises NotFound, VersionConflict, NotRefunded, DayIsClosed.
    """
    practice, now = actor.practice_id, clock.now()
    item = find(practice, sheet, line, version)
    if not item.refunded_on:
        raise NotRefunded
    writes = RevenueWrites(actor, now, runs.today(practice, now))
    # What was explained otherwise meanwhile has its place in the books.
    if carried := _carried(practice, item):
        lay_on_line(practice, item, carried, reason, writes, now)
    writes.delete(CreditItem(item.pk, item.sk), CreditItem.version == version)
    writes.commit()


def find(practice: PracticeId, sheet: SheetId, line: str, version: int) -> CreditItem:
    """Raises NotFound, VersionConflict."""
    found = CreditItem.query(
        credits_key(practice),
        CreditItem.sk == credit_sort_key(sheet, line),
        consistent_read=True,
        limit=1,
    )
    item = next(iter(found), None)
    if item is None:
        raise NotFound
    audit().about(PatientId(item.patient_id))
    audit().record(f"{sheet}#{line}")
    if int(item.version) != version:
        raise VersionConflict
    return item


def _carried(practice: PracticeId, item: CreditItem) -> CarriedItem | None:
    """The refund that waits for the payer's word, if it still does."""
    if not item.carried:
        return None
    head = get_remittance(practice, RemittanceId(item.remittance_id))
    if head is None:
        return None
    key = f"{head.payer_tax_id}#{item.remittance_id}#{int(item.carried)}"
    found = next(iter(CarriedItem.batch_get([(carried_key(practice), key)])), None)
    return found if found and found.settled_by is None else None


def _refunds_of(practice: PracticeId, tax_id: str, remittance: RemittanceId) -> int:
    prefix = f"{tax_id}#{remittance}#{_FIRST // 10_000}"
    return int(CarriedItem.count(carried_key(practice), CarriedItem.sk.startswith(prefix)))
