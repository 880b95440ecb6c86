"""What the patient has paid towards a sheet, by the ledger (TR3 837P 2300 AMT F5, item 29)."""

from __future__ import annotations

from caresmith.ids import PatientId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.layout import SHEET, account_key
from caresmith.records.revenue.payment import State, applied_of, payments_of
from caresmith.records.revenue.sheet import SheetItem, SheetStatus


def patient_paid(practice: PracticeId, sheet: SheetItem) -> Money | None:
    """What lies on its lines, and what was paid at the desk for its visit; None for nothing.

    One query, and one more where money is held for a visit of that day: of several sheets
    of a day the first tells of it, so that it is told once.
    """
    applied = held = 0
    for payment in payments_of(practice, PatientId(sheet.patient_id)):
        if payment.state != State.TAKEN:
            continue
        applied += sum(applied_of(payment).get(sheet.sheet_id, {}).values())
        if payment.held_for == sheet.day:
            held += int(payment.unapplied_cents)
    if held and _is_first_of_its_day(practice, sheet):
        applied += held
    # What was paid beyond the charges is no payment towards them.
    towards = min(applied, int(sheet.charge_cents))
    return Money(towards) if towards > 0 else None


def _is_first_of_its_day(practice: PracticeId, sheet: SheetItem) -> bool:
    found = SheetItem.query(
        account_key(practice, PatientId(sheet.patient_id)),
        SheetItem.sk.startswith(f"{SHEET}{sheet.day}#"),
        consistent_read=True,
    )
    standing = (one.sheet_id for one in found if one.status != SheetStatus.VOID)
    return next(standing, sheet.sheet_id) == sheet.sheet_id
