"""What a patient is charged for that was no service: a check that came back.

A fee is a line of a sheet of its own, which no payer is asked for: so it is owed,
ages, is paid and given up like anything else.
"""

from __future__ import annotations

from typing import Final

from caresmith.ids import LocationId, ProviderId, SheetId
from caresmith.money import Money
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.layout import account_key, sheet_sort_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.payment import PaymentItem
from caresmith.records.revenue.sheet import (
    ChargeLine,
    SheetContent,
    SheetItem,
    SheetStatus,
    open_sheet,
    seal_sheet,
)
from functions.accounts.accounts import Account
from functions.accounts.settings import account_settings
from functions.accounts.story import Books, Story

RETURNED_CHECK: Final = "FEECK"
"""The practice's own code: five characters, and none of CPT or HCPCS."""
_OFFICE: Final = "11"


def returned_check(story: Story, books: Books, account: Account, payment: PaymentItem) -> None:
    """Charge the practice's fee for it, once for that payment; nothing where there is none."""
    fee = account_settings(account.practice).returned_check_cents
    if not fee:
        return
    sheet = SheetId.derived(account.practice, payment.payment_id, "returned-check")
    place, provider = _where(account, payment)
    content = SheetContent(
        location_id=place,
        rendering_id=provider,
        place_of_service=_OFFICE,
        lines=(
            ChargeLine(
                line="1", code=RETURNED_CHECK, pointers=(), charge=Money(fee), day=books.day
            ),
        ),
        last_line=1,
    )
    item = SheetItem(
        account_key(account.practice, account.patient_id),
        sheet_sort_key(books.day, sheet),
        sheet_id=sheet,
        patient_id=account.patient_id,
        day=books.day.isoformat(),
        status=SheetStatus.BILLED,
        charge_cents=fee,
        balances={},
        version=0,
        content=seal_sheet(account.practice, sheet, content),
    )
    charged = Journal(
        kind=JournalKind.CHARGES,
        postings=(
            Posting(book=Book.PATIENT, amount=Money(fee), line="1"),
            Posting(book=Book.CHARGES, amount=Money(-fee)),
        ),
    )
    story.writes.post(item, charged)


def _where(account: Account, payment: PaymentItem) -> tuple[LocationId, ProviderId]:
    """Every sheet names a place and a provider: those of a visit that it was to pay."""
    for sheet in [*payment.applied, *account.sheets]:
        found = account.sheets.get(SheetId(sheet))
        if found is not None:
            content = open_sheet(account.practice, found)
            return content.location_id, content.rendering_id
    setup = practice_setup(account.practice)
    return next(iter(setup.locations)), next(iter(setup.providers))
