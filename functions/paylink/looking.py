"""What a link shows: its statement, and what is owed now, later payments counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.ids import PatientId, PracticeId, StatementId
from caresmith.money import Money
from caresmith.records.revenue.account import AccountItem
from caresmith.records.revenue.layout import ACCOUNT, account_key
from caresmith.records.revenue.paylink import PayLinkItem, pay_link_rules
from caresmith.records.revenue.people import Person, person_of
from caresmith.records.revenue.statement import (
    BILLING,
    BillingItem,
    StatementContent,
    StatementItem,
    content_of,
    statement_sort_key,
)
from caresmith.tables import RevenueItem
from functions.paylink.errors import LinkOver


@dataclass(frozen=True)
class Look:
    """An account as its link finds it."""

    practice: PracticeId
    link: PayLinkItem
    person: Person
    statement: StatementItem
    cents: int
    """What the patient owes less what they have with us: negative for a credit."""
    replaced: bool
    """Whether there is a newer statement."""

    @property
    def due(self) -> Money:
        return Money(max(0, self.cents))

    @property
    def credit(self) -> Money:
        return Money(max(0, -self.cents))

    @property
    def content(self) -> StatementContent:
        return content_of(self.practice, self.statement)


def look(practice: PracticeId, link: PayLinkItem) -> Look:
    """By one read of the chart, one of the statement, one of all heads. Raises LinkOver."""
    statement = StatementId(link.statement_id)
    try:
        person = person_of(practice, PatientId(link.patient_id))
        item = StatementItem.get(link.pk, statement_sort_key(statement), consistent_read=True)
    except (NotFound, StatementItem.DoesNotExist):
        raise LinkOver from None
    audit().record(statement)
    keys = [
        (account_key(practice, chart), head)
        for chart in person.charts
        for head in (ACCOUNT, BILLING)
    ]
    cents, replaced = 0, False
    for found in RevenueItem.batch_get(keys, consistent_read=True):
        if isinstance(found, AccountItem):
            cents += int(found.patient_cents or 0) - int(found.unapplied_cents or 0)
        elif isinstance(found, BillingItem):
            replaced |= str(found.last_day or "") > str(item.day)
    return Look(practice, link, person, item, cents, replaced)


def look_to_open(practice: PracticeId, link: PayLinkItem, now: Instant) -> Look:
    """The same for a link that nobody has opened yet. Raises LinkOver."""
    if link.over(now) or not pay_link_rules(practice).active:
        raise LinkOver
    found = look(practice, link)
    if found.replaced or not found.due:
        raise LinkOver
    return found


def look_within(practice: PracticeId, link: PayLinkItem) -> Look:
    """For who has opened it: that nothing is owed any more is told. Raises LinkOver."""
    found = look(practice, link)
    if found.replaced:
        raise LinkOver
    return found


def visits(content: StatementContent) -> list[tuple[dt.date, Money, Money]]:
    """Day, what is owed of it, and what insurance has not answered yet."""
    return [
        (visit.day, Money(sum(line.owed.cents for line in visit.lines)), visit.waiting)
        for visit in content.visits
    ]
