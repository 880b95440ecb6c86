"""An account as it is worked with: its sheets and payments, of all charts of one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import PatientId, PaymentId, PracticeId, SheetId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.account import is_closed
from caresmith.records.revenue.layout import PAYMENT, SHEET, account_key
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.payment import PaymentItem, State, applied_of
from caresmith.records.revenue.people import Person, person_of
from caresmith.records.revenue.sheet import SheetItem, SheetStatus, balances_of
from caresmith.records.revenue.writing import DayIsClosed
from caresmith.tables import RevenueItem
from functions.accounts.applying import Lying, Owed, Purse
from functions.accounts.story import Books

Result = TypeVar("Result")

_ATTEMPTS: Final = 5
_DAYS_AHEAD: Final = 7
"""So many days on, an open one is looked for where books are closed ahead of time."""
# Nothing of a sheet in review is in the ledger; of a void one nothing is owed.
_NOT_OWED: Final = frozenset({SheetStatus.REVIEW.value, SheetStatus.VOID.value})


@dataclass
class Account:
    """What lies in a person's accounts."""

    practice: PracticeId
    person: Person
    sheets: dict[SheetId, SheetItem]
    payments: dict[PaymentId, PaymentItem]

    @property
    def patient_id(self) -> PatientId:
        return self.person.patient_id

    def owed(self) -> list[Owed]:
        """What the patient owes of each line, in no order; credits are negative."""
        return [
            Owed(sheet_id, line, dt.date.fromisoformat(sheet.day), balance.patient.cents)
            for sheet_id, sheet in self.sheets.items()
            for line, balance in balances_of(sheet).items()
            if balance.patient
        ]

    def purses(self) -> list[Purse]:
        """Payments with money that lies on no line."""
        return [
            Purse(
                payment_id,
                int(payment.unapplied_cents),
                dt.date.fromisoformat(payment.held_for) if payment.held_for else None,
            )
            for payment_id, payment in self.payments.items()
            if payment.state == State.TAKEN and int(payment.unapplied_cents) > 0
        ]

    def lying(self) -> list[Lying]:
        return [
            Lying(payment_id, SheetId(sheet), line, cents)
            for payment_id, payment in self.payments.items()
            for sheet, lines in applied_of(payment).items()
            for line, cents in lines.items()
        ]

    def payment(self, payment: PaymentId) -> PaymentItem:
        """Raises NotFound."""
        try:
            return self.payments[payment]
        except KeyError:
            raise NotFound from None

    def patient_cents(self, sheet: SheetId, line: LineId) -> int:
        found = self.sheets.get(sheet)
        balance = balances_of(found).get(line) if found else None
        return balance.patient.cents if balance else 0


def open_account(practice: PracticeId, patient: PatientId) -> Account:
    """The accounts of the person, strongly consistent: one query a chart. Raises NotFound."""
    person = person_of(practice, patient)
    account = Account(practice, person, {}, {})
    for chart in person.charts:
        take_in(account, chart)
    return account


def take_in(account: Account, patient: PatientId) -> None:
    """Let the sheets and payments of one more chart belong to it."""
    for item in _sheets_and_payments(account.practice, patient):
        if isinstance(item, SheetItem):
            account.sheets[SheetId(item.sheet_id)] = item
        elif isinstance(item, PaymentItem):
            account.payments[PaymentId(item.payment_id)] = item


def _sheets_and_payments(practice: PracticeId, patient: PatientId) -> Iterator[RevenueItem]:
    # From the first payment to the last sheet: they stand beside each other.
    between = RevenueItem.sk.between(PAYMENT, SHEET + "~")
    yield from RevenueItem.query(account_key(practice, patient), between, consistent_read=True)


def today(practice: PracticeId, now: Instant) -> dt.date:
    """The practice's day."""
    return practice_setup(practice).practice.day_at(now)


def in_open_books(actor: Actor, now: Instant, change: Callable[[Books], Result]) -> Result:
    """Run a change in the books of today, or of the next day that is open.

    Somebody else may have changed a sheet or payment meanwhile: then it is read and
    changed again, a few times. Raises VersionConflict, and what the change raises.
    """
    day = today(actor.practice_id, now)
    for attempt in range(_ATTEMPTS):
        try:
            return change(Books(actor, now, day))
        except DayIsClosed:
            day = _open_day(actor.practice_id, day)
        except VersionConflict:
            if attempt == _ATTEMPTS - 1:
                raise
    raise VersionConflict


def _open_day(practice: PracticeId, day: dt.date) -> dt.date:
    for ahead in range(_DAYS_AHEAD):
        candidate = day + dt.timedelta(days=ahead)
        if not is_closed(practice, candidate):
            return candidate
    raise DayIsClosed


def is_owed(sheet: SheetItem) -> bool:
    """Whether it stands in the ledger."""
    return sheet.status not in _NOT_OWED
