"""A statement as it was made, and how an account is asked for what is owed.

==================================  =====================================  =========================
 access                              pk                                     sk
==================================  =====================================  =========================
 how the account is asked            account of the patient                 ``billing``
 a statement                         the same                               ``statement#<id>``
==================================  =====================================  =========================

The accounts feature makes statements; the pages behind pay links show them.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import PracticeId, StatementId
from caresmith.money import Money
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem

BILLING: Final = "billing"
CONTENT: Final = "content"


class BillingItem(RevenueItem, discriminator="billing"):
    """How an account is asked for what is owed."""

    patient_id = UnicodeAttribute()
    cycle = NumberAttribute(default=0)
    """How many statements there ever were: the next one is one more."""
    step = NumberAttribute(default=0)
    """Statements since the patient paid last."""
    last_day = UnicodeAttribute(null=True)
    hold = BooleanAttribute(default=False)
    """No statements: somebody said so."""
    returned_mail = BooleanAttribute(default=False)
    """The post brought one back: ask for the address."""
    collections = UnicodeAttribute(null=True)
    """``agency`` while an agency has it."""
    collections_day = UnicodeAttribute(null=True)
    version = NumberAttribute(default=0)


class StatementItem(RevenueItem, discriminator="statement"):
    statement_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    cycle = NumberAttribute()
    step = NumberAttribute()
    day = UnicodeAttribute()
    due_on = UnicodeAttribute()
    due_cents = NumberAttribute()
    key = UnicodeAttribute()
    """Where the file lies."""
    message_id = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``content``: the statement as it was made."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StatementLine(_Part):
    words: str
    charge: Money
    covered: Money
    why: str
    given_up: Money
    paid: Money
    owed: Money


class StatementVisit(_Part):
    day: dt.date
    lines: list[StatementLine]
    waiting: Money = Money(0)
    """What insurance has not answered yet."""


class StatementPayment(_Part):
    day: dt.date
    words: str
    amount: Money


class StatementContent(_Part):
    """Sealed group ``content``: all that the statement says."""

    patient_name: str
    to_name: str
    to_address: list[str]
    day: dt.date
    due_on: dt.date
    visits: list[StatementVisit]
    payments: list[StatementPayment]
    unapplied: Money
    due: Money
    message: str
    pay_url: str = ""
    """The link that it prints; empty where it has none."""


def statement_sort_key(statement: StatementId) -> str:
    return f"statement#{statement}"


def content_of(practice: PracticeId, item: StatementItem) -> StatementContent:
    return Sealer(practice, Domain.REVENUE).unseal(
        item.statement_id, CONTENT, item.content, StatementContent
    )
