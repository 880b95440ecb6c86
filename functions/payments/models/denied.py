"""Denials, letters, and what keeps being denied."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from caresmith.ids import (
    ClaimId,
    PatientId,
    SheetId,
    UserId,
)
from caresmith.money import Money
from caresmith.records.revenue.denial import DenialState
from caresmith.text import Note
from functions.payments.models.base import Closed


class DenialRead(Closed):
    claim_id: ClaimId
    line: str
    patient_id: PatientId
    state: DenialState
    denied_on: dt.date
    due_on: dt.date | None
    """Until when to appeal; of one that was appealed or corrected, when to ask for the answer."""
    appeals: int
    """How often it was appealed."""
    sheet_id: SheetId
    days_left: int | None
    cents: int
    code: str
    modifiers: list[str]
    day: str
    reasons: list[list[Any]]
    words: list[str]
    cause: str
    next_step: str
    remarks: list[str]
    payer: str
    assignee: str | None
    letter: str
    letters: list[LetterRead]
    """What was sent, oldest first; left empty in lists."""
    history: list[str]
    version: int


class Denials(Closed):
    denials: list[DenialRead]


class DenialChange(Closed):
    state: DenialState | None = None
    due_on: dt.date | None = None
    """When to ask again, or until when to appeal; left out: by the practice's own days."""
    assignee: UserId | None = None
    note: Note | None = None
    letter: Annotated[str, StringConstraints(max_length=4000)] | None = None


class LetterRead(Closed):
    number: int
    way: str
    sent_on: dt.date
    at: dt.datetime
    by: str
    sha256: str


class LetterRequest(Closed):
    """A letter of appeal goes out, as it reads now."""

    way: Literal["mail", "fax", "portal"]
    sent_on: dt.date | None = None
    """Today, where it is left out."""
    due_on: dt.date | None = None
    """When to ask for the answer; left out: by the practice's own days."""


class CauseCount(Closed):
    key: str
    words: str
    count: int
    amount: Money


class Causes(Closed):
    month: str
    by: str
    total: CauseCount
    rows: list[CauseCount]


class PatternRead(Closed):
    """What a payer keeps denying, and the rule of the scrubber that watches for it."""

    payer_id: str
    payer: str = ""
    """As the directory calls it; empty for one that is not there."""
    first_code: str
    last_code: str
    reason: str
    words: str
    count: int
    amount: Money
    title: str = ""
    """Of the rule that could be made; empty where none can."""
    message: str = ""
    rule_id: str | None = None
    rule_title: str = ""
    rule_version: int = 0


class Patterns(Closed):
    month: str
    patterns: list[PatternRead]
