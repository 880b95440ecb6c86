"""The books at the end of a day, and who owes what since when."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import (
    Field,
)

from caresmith.money import Money
from caresmith.records.revenue.payment import Method
from caresmith.text import Note
from functions.accounts.models.base import Closed


class AgingRow(Closed):
    key: str
    name: str
    cents: list[int]
    """0-30, 31-60, 61-90, 91-120, and more days."""
    credit_cents: int
    total_cents: int


class Rates(Closed):
    closed_days: int
    """Of how many closed days the rates are made; without any there are none."""
    days_in_ar: int | None = None
    gross_percent: float | None = None
    net_percent: float | None = None


class Aging(Closed):
    on: dt.date
    by: str
    payers: list[AgingRow]
    patients: list[AgingRow]
    more_patients: int
    insurance: AgingRow
    patient: AgingRow
    rates: Rates


class MethodTotal(Closed):
    method: Method
    payments: Money
    voids: Money
    returns: Money
    refunds: Money
    total: Money


class ReasonTotal(Closed):
    book: str
    reason: str
    words: str
    amount: Money


class Day(Closed):
    """The books of a day."""

    day: dt.date
    closed_at: str | None = None
    closed_by: str | None = None
    journals: int
    charges: Money
    insurance_paid: Money
    """Deposits of payers, less what went back to them."""
    payer_refunds: Money
    other_system: Money
    """Of the deposits, what is for claims of another system."""
    patients_paid: Money
    methods: list[MethodTotal]
    adjustments: list[ReasonTotal]
    drawer: Money
    """What lies in the drawer in the morning: counted with the cash."""
    expected: dict[str, Money]
    counted: dict[str, Money]
    why: str | None = None


class Count(Closed):
    """What somebody counted at the end of a day, in cents."""

    cash: Money
    """All that lies in the drawer, the change of the morning too."""
    checks: Money
    terminal: Money
    why: Annotated[Note, Field(max_length=500)] | None = None
    journals: int | None = None
    """How many journals the day had when it was counted."""
