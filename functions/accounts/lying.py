"""Where a payment lies: on which lines, on none, and how it comes off them."""

from __future__ import annotations

import datetime as dt

from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.ids import PatientId, PaymentId, SheetId
from caresmith.records.revenue.payment import PaymentItem, State, applied_cents, applied_of
from caresmith.records.revenue.sheet import get_sheet
from functions.accounts.accounts import Account
from functions.accounts.applying import Owed, Part, spread
from functions.accounts.errors import NotThatMuchLeft, PaymentSettled
from functions.accounts.story import MOST_SHEETS, Books, Story


def alive(account: Account, payment_id: PaymentId) -> PaymentItem:
    payment = account.payment(payment_id)
    audit().record(payment_id)
    if payment.state != State.TAKEN:
        raise PaymentSettled
    return payment


def empty(story: Story, account: Account, payment: PaymentItem) -> None:
    """Everything comes off the lines that it lies on."""
    take_in_sheets(account, payment)
    parts = [
        Part(PaymentId(payment.payment_id), SheetId(sheet), line, cents)
        for sheet, lines in applied_of(payment).items()
        for line, cents in lines.items()
    ]
    story.take_off(payment, parts, account.sheets)


def here(payment: PaymentItem) -> int:
    """What of it lies on lines or on none, in cents."""
    return applied_cents(payment) + int(payment.unapplied_cents)


def lying_on(payment: PaymentItem, sheet: SheetId, line: str) -> int:
    """What of it lies on that line. Raises NotFound where nothing does."""
    try:
        return applied_of(payment)[sheet][line]
    except KeyError:
        raise NotFound from None


def free(account: Account, payment: PaymentItem, cents: int, books: Books) -> None:
    """Let so much of it lie on no line, in a transaction of its own where any has to come off."""
    if cents <= int(payment.unapplied_cents):
        return
    thin(account, payment, books)
    story = Story(books)
    come_off(story, account, payment, cents)
    story.commit()


def thin(account: Account, payment: PaymentItem, books: Books) -> None:
    """Of a payment that lies on many visits, most come off in transactions of their own."""
    take_in_sheets(account, payment)
    while len(payment.applied) > MOST_SHEETS:
        story = Story(books)
        few = list(applied_of(payment).items())[:MOST_SHEETS]
        parts = [
            Part(PaymentId(payment.payment_id), SheetId(sheet), line, cents)
            for sheet, lines in few
            for line, cents in lines.items()
        ]
        story.take_off(payment, parts, account.sheets)
        story.commit()


def come_off(story: Story, account: Account, payment: PaymentItem, cents: int) -> None:
    """So much comes off lines, the latest visit first, that ``cents`` lie on none."""
    need = cents - int(payment.unapplied_cents)
    lying = [
        Owed(SheetId(sheet), line, dt.date.fromisoformat(account.sheets[SheetId(sheet)].day), c)
        for sheet, lines in applied_of(payment).items()
        for line, c in lines.items()
    ]
    if need > sum(one.cents for one in lying):
        raise NotThatMuchLeft
    latest = sorted(lying, key=lambda one: (one.day, one.sheet, int(one.line)), reverse=True)
    parts = [
        Part(PaymentId(payment.payment_id), one.sheet, one.line, share)
        for one, share in spread(need, latest)
    ]
    story.take_off(payment, parts, account.sheets)


def take_in_sheets(account: Account, payment: PaymentItem) -> None:
    """Sheets of other accounts that the payment lies on (a parent's for a child)."""
    for sheet in payment.applied:
        if SheetId(sheet) not in account.sheets:
            found = get_sheet(account.practice, SheetId(sheet))
            if found is None:
                raise NotFound
            audit().about(PatientId(found.patient_id))
            account.sheets[SheetId(sheet)] = found
