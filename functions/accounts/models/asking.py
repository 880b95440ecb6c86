"""What is asked for and what is given up: statements, adjustments, and their rules."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AwareDatetime,
    Field,
    StringConstraints,
)

from caresmith.ids import (
    AdjustmentId,
    MessageId,
    PatientId,
    PaymentId,
    StatementId,
)
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.revenue.ledger import ReasonCode
from caresmith.text import Line, Note
from functions.accounts.models.base import Amount, Closed
from functions.accounts.models.paying import LineShare
from functions.accounts.settings import AccountSettings


class AdjustmentRequest(Closed):
    """Money that is to be given up: of chosen lines, or of all that the patient owes."""

    adjustment_id: AdjustmentId | None = None
    """Chosen by the caller: the same one gives up once."""
    reason: ReasonCode
    lines: list[LineShare] = Field(default_factory=list, max_length=50)
    """None: of every line the share that the reason names, or all of it."""
    household: int | None = Field(default=None, ge=1, le=20)
    income: Money | None = None
    """Of the household in a year, for financial assistance by the sliding scale."""
    note: Annotated[Note, Field(max_length=500)] | None = None


class Adjustment(Closed):
    adjustment_id: AdjustmentId
    patient_id: PatientId
    version: int
    state: str
    """asked, posted, declined or reversed"""
    reason: str
    amount: Money
    asked_by: str
    decided_by: str | None = None
    note: str | None = None


class Statement(Closed):
    statement_id: StatementId
    patient_id: PatientId
    day: dt.date
    due_on: dt.date
    due: Money
    step: int
    """The how-manieth since the patient paid last."""
    noticed: bool
    """Whether a text or e-mail was queued that says it is there."""


class LinkRequest(Closed):
    """A link to see and pay a statement, sent to the patient."""

    channel: Literal["sms", "email"]
    message_id: MessageId | None = None
    """Chosen by the caller: the same one is sent once."""


LinkState = Literal["sent", "opened", "locked", "revoked", "over", "paid"]


class PayLink(Closed):
    way: Literal["statement", "sms", "email"]
    """On the statement and in its notice, or sent by the staff."""
    sent_at: AwareDatetime
    state: LinkState
    """Locked: too many wrong answers to who opens it. Over: too old, replaced, nothing owed."""
    opened_at: AwareDatetime | None = None
    payments: list[PaymentId]
    """What the card processor has confirmed."""


class StatementLinks(Closed):
    """The latest statement with its links."""

    statement_id: StatementId
    day: dt.date
    due: Money
    """Now, later payments counted."""
    links: list[PayLink]


class DueStatement(Closed):
    patient_id: PatientId
    cents: int


class DueStatements(Closed):
    day: dt.date
    accounts: list[DueStatement]


class RunBegun(Closed):
    made: int
    """By now; further ones follow in slices."""


class BillingFlags(Closed):
    hold: bool = False
    """No statements for now."""
    returned_mail: bool = False
    """The post brought one back: none are sent until the address is right."""


class RulesForm(Closed):
    """The rules that the console's page changes; what it does not show stays as it is."""

    MONEY: ClassVar[tuple[str, ...]] = (
        "least",
        "collections_least",
        "returned_check",
        "drawer",
        "limit.biller",
        "limit.manager",
        "limit.front_desk",
    )

    every_days: int = Field(ge=7, le=120)
    least: Amount
    most: int = Field(ge=1, le=12)
    pay_within_days: int = Field(ge=7, le=90)
    active: bool = False
    notify: bool = False
    pay_links: bool = False
    pay_link_days: int = Field(ge=7, le=365)
    after_days: int = Field(ge=30, le=720)
    collections_least: Amount
    agency_percent: int = Field(ge=0, le=75)
    agency: Line
    returned_check: Money
    drawer: Money
    tax_id: Annotated[str, StringConstraints(pattern=r"^(\d{2}-\d{7})?$")] = ""
    aging_by: Literal["service", "responsibility"]
    limit: dict[Literal[Role.FRONT_DESK, Role.BILLER, Role.MANAGER], Money] = Field(
        default_factory=dict
    )

    def on(self, settings: AccountSettings) -> AccountSettings:
        """The rules with what the form says. Raises ValidationError."""
        return AccountSettings.model_validate(
            {
                **settings.model_dump(),
                "statements": {
                    **settings.statements.model_dump(),
                    "every_days": self.every_days,
                    "least_cents": self.least.cents,
                    "most": self.most,
                    "pay_within_days": self.pay_within_days,
                    "active": self.active,
                    "notify": self.notify,
                },
                "pay_links": {"active": self.pay_links, "days": self.pay_link_days},
                "collections": {
                    **settings.collections.model_dump(),
                    "after_days": self.after_days,
                    "least_cents": self.collections_least.cents,
                    "fee_percent": self.agency_percent,
                    "agency": self.agency,
                },
                "returned_check_cents": min(100_00, max(0, self.returned_check.cents)),
                "drawer_cents": min(10_000_00, max(0, self.drawer.cents)),
                "tax_id": self.tax_id,
                "aging_by": self.aging_by,
                "limits": [
                    {"role": role, "cents": max(0, amount.cents)}
                    for role, amount in self.limit.items()
                ],
            }
        )
