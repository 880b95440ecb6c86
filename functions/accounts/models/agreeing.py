"""What is agreed on ahead: payment plans, the card that pays one, estimates."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import (
    Field,
    StringConstraints,
    field_validator,
)

from caresmith.ids import (
    CheckoutId,
    EstimateId,
    PatientId,
    PlanId,
    ProviderId,
)
from caresmith.money import Money
from caresmith.text import Line, Note
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


class EstimateLine(Closed):
    """One item or service that is expected."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$", to_upper=True)]
    words: Line | None = None
    """Of the practice; without them, ours for the kind of code."""
    units: int = Field(default=1, ge=1, le=999)
    charge: Amount
    """Of all units."""

    @property
    def total_cents(self) -> int:
        return self.charge.cents


class EstimateRequest(Closed):
    """What a good-faith estimate says."""

    estimate_id: EstimateId | None = None
    service: Line
    """The main service, in plain words."""
    service_day: dt.date | None = None
    scheduled_on: dt.date | None = None
    requested_on: dt.date | None = None
    provider_id: ProviderId
    diagnoses: list[Annotated[str, StringConstraints(max_length=8)]] = Field(
        default_factory=list, max_length=12
    )
    items: list[EstimateLine] = Field(min_length=1, max_length=40)
    separately: Note | None = None
    """What will have to be scheduled separately."""


class Estimate(Closed):
    estimate_id: EstimateId
    patient_id: PatientId
    made_on: dt.date
    service_day: dt.date | None = None
    service: str
    expected: Money
    owed_by: dt.date | None = None
    """By when the patient has to have it."""
    in_time: bool
    billed: Money | None = None
    """What was charged for that day, where it was."""
    disputable: bool
    """Billed by $400 or more above it."""
