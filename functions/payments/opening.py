"""The books of a remittance are opened: the money that came, and its provider adjustments.

What a payer only carries over finds its counterpart of the other sign (TR3 1.10.2.12 and
1.10.2.17): of the same payer and reference, or else of the same payer and amount alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from pynamodb.expressions.operand import Path

from caresmith.actor import Actor
from caresmith.clock import Instant, from_text
from caresmith.ids import JournalId, PracticeId, RemittanceId
from caresmith.money import Money
from caresmith.records.revenue.layout import remittance_key
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.remittance import (
    HEAD,
    PLB,
    CarriedItem,
    ProviderAdjustmentItem,
    RemittanceItem,
    carried_key,
)
from caresmith.records.revenue.writing import AlreadyPosted, DayIsClosed, RevenueWrites, Source
from functions.payments.posting.plb import deposit, journal, reason_of

MOST_DAYS: Final = 14
"""So many closed days are passed over: books are not closed weeks ahead."""


def open_books(head: RemittanceItem, actor: Actor, now: Instant, day: dt.date) -> None:
    """Post the deposit and the provider adjustments. Safe to repeat."""
    practice, remittance = actor.practice_id, RemittanceId(head.remittance_id)
    key = remittance_key(practice, remittance)
    if head.amount_cents:
        on_open_day(day, lambda on: _deposit(head, key, actor, now, on))
    for one in ProviderAdjustmentItem.query(
        key, ProviderAdjustmentItem.sk.startswith(PLB), consistent_read=True
    ):
        if not one.posted:
            _adjust_on(one, head, actor, now, day)


def _adjust_on(
    one: ProviderAdjustmentItem, head: RemittanceItem, actor: Actor, now: Instant, day: dt.date
) -> None:
    on_open_day(day, lambda on: _adjust(head, one, actor, now, on))


def on_open_day(day: dt.date, post: Callable[[dt.date], None]) -> dt.date:
    """Post in the books of that day, or of the next that is not closed; what is posted stays."""
    for ahead in range(MOST_DAYS):
        on = day + dt.timedelta(days=ahead)
        try:
            post(on)
        except DayIsClosed:
            continue
        except AlreadyPosted:
            return on
        return on
    raise DayIsClosed


def _deposit(head: RemittanceItem, key: str, actor: Actor, now: Instant, day: dt.date) -> None:
    writes = RevenueWrites(actor, now, day)
    writes.post_beside(
        key,
        deposit(Money(int(head.amount_cents))),
        Source(remittance=RemittanceId(head.remittance_id), method=head.method),
        journal_id(head, "deposit"),
    )
    writes.commit()


def _adjust(
    head: RemittanceItem, one: ProviderAdjustmentItem, actor: Actor, now: Instant, day: dt.date
) -> None:
    amount = Money(int(one.amount_cents))
    writes = RevenueWrites(actor, now, day)
    if amount:
        made = journal(one.reason, amount)
        source = Source(remittance=RemittanceId(head.remittance_id))
        writes.post_beside(head.pk, made, source, journal_id(head, f"plb-{one.number}"))
        if reason_of(one.reason).book is Book.CARRIED:
            _carry(head, one, writes, actor.practice_id)
        writes.change(
            RemittanceItem(head.pk, HEAD),
            [Path("posted_cents").add(-amount.cents)],
        )
    one.posted = 1
    writes.put(one, ProviderAdjustmentItem.posted == 0)
    writes.commit()


def _carry(
    head: RemittanceItem, one: ProviderAdjustmentItem, writes: RevenueWrites, practice: PracticeId
) -> None:
    here = f"{head.remittance_id}#{int(one.number)}"
    item = CarriedItem(
        carried_key(practice),
        f"{head.payer_tax_id}#{here}",
        remittance_id=head.remittance_id,
        number=one.number,
        payer_tax_id=head.payer_tax_id,
        payer_name=head.payer_name,
        reason=one.reason,
        reference=one.reference,
        amount_cents=one.amount_cents,
        paid_on=head.paid_on,
    )
    other = _counterpart(item, practice)
    if other is not None:
        item.settled_by = f"{other.remittance_id}#{int(other.number)}"
        other.settled_by = here
        writes.put(other, CarriedItem.settled_by.does_not_exist())
    writes.put(item, CarriedItem.pk.does_not_exist())


def _counterpart(item: CarriedItem, practice: PracticeId) -> CarriedItem | None:
    waiting = [
        one
        for one in CarriedItem.query(
            carried_key(practice),
            CarriedItem.sk.startswith(f"{item.payer_tax_id}#"),
            consistent_read=True,
        )
        if one.settled_by is None and int(one.amount_cents) == -int(item.amount_cents)
    ]
    named = [one for one in waiting if item.reference and one.reference == item.reference]
    # A reference may be the payment's that it comes from (FB) or the claim's (WO).
    alike = [one for one in waiting if _refer(one, item)]
    return next(iter(named or alike or (waiting if len(waiting) == 1 else [])), None)


def _refer(one: CarriedItem, other: CarriedItem) -> bool:
    return bool(one.reference and other.reference) and (
        one.reference in other.reference or other.reference in one.reference
    )


def journal_id(head: RemittanceItem, part: str) -> JournalId:
    """What is told twice is posted once: the journal's id is made of what it comes from."""
    return JournalId.derived_at(from_text(head.at), head.remittance_id, part)
