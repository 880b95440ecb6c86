"""What is agreed on ahead: payment plans, the card that pays one, estimates."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import (
    Field,
    field_validator,
)

from caresmith.ids import (
    CheckoutId,
    PatientId,
    PlanId,
)
from caresmith.money import Money
from functions.accounts.models.base import Amount, Closed


class PlanRequest(Closed):
    """A plan for all that is due: so many instalments, or so much each."""

    plan_id: PlanId | None = None
    """Chosen by the caller: the same one is agreed on once."""
    months: int | None = Field(default=None, ge=1, le=60)
    monthly: Amount | None = None
    first_due: dt.date
    autopay: bool = False


class Instalment(Closed):
    due: dt.date
    amount: Money


class PlanCard(Closed):
    """The card that pays a plan by itself, where there is one."""

    state: Literal["none", "asked", "kept", "refused", "ended"]
    words: str = ""
    """How its owner knows it: "Visa ending 4242"."""
    agreed_at: dt.datetime | None = None
    """When the patient agreed that it is charged on the due days."""
    declined: str | None = None
    """Why it was not charged last, in words."""
    declined_due: dt.date | None = None
    tries: int = 0
    next_try: dt.date | None = None
    charging: Money | None = None
    """What was asked of the processor and is not answered yet."""


class CardConsent(Closed):
    """That the patient agrees to have a card charged for each instalment on its due day."""

    checkout_id: CheckoutId | None = None
    """Chosen by the caller: the same one opens one page."""
    agreed: bool

    @field_validator("agreed")
    @classmethod
    def _agreed(cls, said: bool) -> bool:
        if not said:
            raise ValueError("a card is charged only where the patient agrees")
        return said


class CardPage(Closed):
    """The processor's page on which the patient leaves the card."""

    plan_id: PlanId
    url: str


class Plan(Closed):
    plan_id: PlanId
    patient_id: PatientId
    version: int
    state: str
    """active, done or ended"""
    total: Money
    autopay: bool
    instalments: list[Instalment]
    paid: Money
    behind: Money
    next_due: dt.date | None = None
    next_amount: Money
    card: PlanCard
