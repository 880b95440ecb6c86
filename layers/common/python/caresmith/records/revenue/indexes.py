"""What follows a sheet or a claim into the lists that people work from."""

from __future__ import annotations

from caresmith.ids import ClaimId, PatientId, PracticeId, SheetId
from caresmith.records.revenue.account import OpenItem
from caresmith.records.revenue.claim import BoardItem, ClaimItem, ClaimOfSheetItem
from caresmith.records.revenue.layout import (
    account_key,
    board_key,
    claim_line_sort_key,
    open_key,
    sheets_key,
)
from caresmith.records.revenue.sheet import SheetItem, SheetStatus, WaitingSheetItem


def waiting_sheet(practice: PracticeId, sheet: SheetItem, status: SheetStatus) -> WaitingSheetItem:
    """The sheet on the list of that status."""
    return WaitingSheetItem(
        sheets_key(practice, status),
        f"{sheet.day}#{sheet.sheet_id}",
        sheet_id=sheet.sheet_id,
        patient_id=sheet.patient_id,
        encounter_id=sheet.encounter_id,
        provider_id=sheet.provider_id,
        day=sheet.day,
        charge_cents=sheet.charge_cents,
        missing=list(sheet.missing or []),
    )


def open_balance(practice: PracticeId, sheet: SheetItem) -> OpenItem:
    """What is open of the sheet, for aging."""
    return OpenItem(
        open_key(practice),
        f"{sheet.patient_id}#{sheet.sheet_id}",
        patient_id=sheet.patient_id,
        sheet_id=sheet.sheet_id,
        day=sheet.day,
        payer_id=sheet.payer_id,
        patient_since=sheet.patient_since,
        insurance_cents=sheet.insurance_cents,
        patient_cents=sheet.patient_cents,
    )


def board_sort_key(claim: ClaimItem) -> str:
    return f"{claim.day}#{claim.claim_id}"


def on_board(practice: PracticeId, claim: ClaimItem) -> BoardItem:
    """The claim in the column of its state."""
    return BoardItem(
        board_key(practice, claim.state),
        board_sort_key(claim),
        claim_id=claim.claim_id,
        patient_id=claim.patient_id,
        payer_id=claim.payer_id,
        control_number=claim.control_number,
        day=claim.day,
        since=claim.since,
        due_at=claim.due_at,
        turn=claim.turn,
        charge_cents=claim.charge_cents,
        errors=claim.errors,
        warnings=claim.warnings,
        provider_id=claim.provider_id,
        version=claim.version,
    )


def claim_of_sheet(practice: PracticeId, claim: ClaimItem) -> ClaimOfSheetItem:
    """The claim in its patient's account."""
    return ClaimOfSheetItem(
        account_key(practice, PatientId(claim.patient_id)),
        claim_line_sort_key(SheetId(claim.sheet_id), ClaimId(claim.claim_id)),
        claim_id=claim.claim_id,
        sheet_id=claim.sheet_id,
        state=claim.state,
        turn=claim.turn,
        frequency=claim.frequency,
        replaces=claim.replaces,
        payer_id=claim.payer_id,
        control_number=claim.control_number,
        paid_cents=claim.paid_cents,
        authorized=claim.authorized,
    )
