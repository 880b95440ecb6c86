"""An account as it is read: visits by line, the ledger, a family."""

from __future__ import annotations

import datetime as dt

from pydantic import (
    AwareDatetime,
)

from caresmith.ids import (
    JournalId,
    PatientId,
    PaymentId,
    SheetId,
)
from caresmith.money import Money
from caresmith.records.revenue.ledger import LineId
from functions.accounts.models.base import Closed
from functions.accounts.models.paying import Payment


class LineRead(Closed):
    """One line of a visit: what it cost, and who owes what of it."""

    line: LineId
    code: str
    words: str
    day: dt.date
    units: str
    charge: Money
    covered: Money
    """Paid by insurance, or taken off as agreed with it."""
    share: Money
    """What was the patient's to pay of it."""
    why: str = ""
    """Why it is theirs: deductible, copay..."""
    given_up: Money
    patient_paid: Money
    insurance_owes: Money
    patient_owes: Money


class VisitRead(Closed):
    sheet_id: SheetId
    patient_id: PatientId
    day: dt.date
    status: str
    payer: str | None = None
    charge: Money
    insurance_owes: Money
    patient_owes: Money
    lines: list[LineRead]


class EntryRead(Closed):
    """One journal of the ledger in words, with what was owed after it."""

    journal_id: JournalId
    at: AwareDatetime
    day: dt.date
    kind: str
    words: str
    why: str | None = None
    visit_day: dt.date | None = None
    sheet_id: SheetId | None = None
    payment_id: PaymentId | None = None
    amount: Money
    """What it changed of all that is owed, less what is not applied."""
    balance: Money


class AccountRead(Closed):
    patient_id: PatientId
    charts: list[PatientId]
    insurance_owes: Money
    patient_owes: Money
    unapplied: Money
    due: Money
    """What the patient is asked for: owed, less what they have with us."""
    visits: list[VisitRead]
    payments: list[Payment]
    ledger: list[EntryRead]


class FamilyMember(Closed):
    patient_id: PatientId
    name: str
    insurance_owes: Money
    patient_owes: Money
    unapplied: Money
    due: Money


class Family(Closed):
    """A guarantor with everybody for whom they pay."""

    guarantor_id: PatientId
    members: list[FamilyMember]
    due: Money
