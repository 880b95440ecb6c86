"""Good-faith estimates: what they say, what is owed, and how they were given."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from caresmith.ids import AppointmentId, EstimateId, LocationId, PatientId, ProviderId
from caresmith.money import Money
from caresmith.text import Line, Note
from functions.accounts.models.base import MOST_CENTS, Closed

MOST_LINES: Final = 40


def _no_less(amount: Money) -> Money:
    if not 0 <= amount.cents <= MOST_CENTS:
        raise ValueError("an amount lies between nothing and $1,000,000.00")
    return amount


Charge = Annotated[Money, AfterValidator(_no_less)]
"""What is expected to be charged, in cents; nothing where all of it is given off."""


class EstimateLine(Closed):
    """One item or service that is expected."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$", to_upper=True)]
    words: Line | None = None
    """Of the practice; without them, ours for the kind of code."""
    units: int = Field(default=1, ge=1, le=999)
    charge: Charge | None = None
    """Of all units, after discounts (149.610(a)(2)(v)). None: by the standard charges of the
    day, less what the patient's financial assistance gives off."""


class EstimateRequest(Closed):
    """What a good-faith estimate says."""

    estimate_id: EstimateId | None = None
    appointment_id: AppointmentId | None = None
    """The visit that it is for."""
    service: Line
    """The main service, in plain words."""
    service_day: dt.date | None = None
    scheduled_on: dt.date | None = None
    requested_on: dt.date | None = None
    provider_id: ProviderId
    location_id: LocationId | None = None
    """Where; None: the provider's first place."""
    diagnoses: list[Annotated[str, StringConstraints(max_length=8)]] = Field(
        default_factory=list, max_length=12
    )
    items: list[EstimateLine] = Field(min_length=1, max_length=MOST_LINES)
    separately: Note | None = None
    """What will have to be scheduled separately."""


class HowGiven(StrEnum):
    """45 CFR 149.610(e)(1): on paper or electronically, as the patient asks."""

    HAND = "hand"
    POST = "post"
    EMAIL = "email"
    PORTAL = "portal"


class Given(Closed):
    """That the patient has it."""

    how: HowGiven
    on: dt.date | None = None
    """None: today."""


class Giving(Closed):
    how: HowGiven
    on: dt.date
    by: str


class Estimate(Closed):
    estimate_id: EstimateId
    patient_id: PatientId
    appointment_id: AppointmentId | None = None
    made_on: dt.date
    service_day: dt.date | None = None
    service: str
    expected: Money
    owed_by: dt.date | None = None
    """By when the patient has to have it."""
    given: list[Giving] = Field(default_factory=list)
    in_time: bool
    """Whether the patient had it by then; before it is given, whether it was made by then."""
    billed: Money | None = None
    """What was charged for that day, less discounts, where it was."""
    disputable: bool
    """Billed by $400 or more above it."""
    looked_at: bool = False
    """Whether somebody has seen to a bill so far above it."""


class EstimateAsked(Closed):
    """The patient asks what something will cost."""

    estimate_id: EstimateId | None = None
    """Chosen by the caller: of the estimate that is to be made."""
    service: Line
    asked_on: dt.date | None = None
    """None: today."""
    service_day: dt.date | None = None


class OwedRead(Closed):
    """Whether an estimate is owed for a visit, or for what the patient asked."""

    key: str
    """The visit's id, or that of the estimate to be made."""
    patient_id: PatientId
    appointment_id: AppointmentId | None = None
    service_day: dt.date | None = None
    since: dt.date
    state: str
    """owed, made or off"""
    why: str | None = None
    """Why none is owed."""
    due: dt.date | None = None
    estimate_id: EstimateId | None = None
    said: str | None = None


class WorkRow(Closed):
    key: str
    patient_id: PatientId
    service_day: dt.date | None = None
    due: dt.date | None = None
    late: bool = False
    asked: bool = False
    amount: Money | None = None


class EstimateWork(Closed):
    """What waits for somebody, what is late first."""

    owed: list[WorkRow]
    to_give: list[WorkRow]
    above: list[WorkRow]
    more: bool = False


class DraftLine(Closed):
    code: str
    words: str
    units: int
    charge: Money | None = None
    """None: the fee schedules do not say it."""


class EstimateDraft(Closed):
    """What an estimate would say by what is known: to be looked at and made."""

    estimate_id: EstimateId
    appointment_id: AppointmentId | None = None
    service: str = ""
    service_day: dt.date | None = None
    scheduled_on: dt.date | None = None
    requested_on: dt.date | None = None
    provider_id: ProviderId | None = None
    location_id: LocationId | None = None
    items: list[DraftLine] = Field(default_factory=list)
    discount_percent: int = 0


class SelfPay(Closed):
    pays_self: bool
    """Although insured, the patient does not want a claim to be sent."""


class Assistance(Closed):
    """What the sliding scale asks for."""

    household: int = Field(ge=1, le=20)
    income: Charge
    """Of the household in a year."""


class AssistanceRead(Closed):
    percent: int
    until: dt.date
