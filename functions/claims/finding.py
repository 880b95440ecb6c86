"""Finding claims: a patient's, a sheet's, and the one of a number. No table is scanned."""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.errors import invalid
from caresmith.ids import ClaimId, PatientId, PracticeId, SheetId
from caresmith.records.patient import merged_charts
from caresmith.records.revenue.claim import (
    ClaimItem,
    ClaimOfSheetItem,
    ClaimState,
    claim_of_control,
    claims_of_sheet,
    get_claim,
)
from caresmith.records.revenue.layout import CLAIM, CLAIM_LINE, account_key, claim_key
from functions.claims import models as m

MOST: Final = 100
"""Of one chart: the latest."""
_READ: Final = [
    *("entity", "claim_id", "sheet_id", "patient_id", "payer_id", "provider_id"),
    *("control_number", "payer_control_number", "day", "since", "state", "turn", "frequency"),
    *("charge_cents", "paid_cents"),
]
"""A claim's draft stays sealed, and is not even read."""


def search(practice: PracticeId, asked: m.Search) -> m.FoundClaims:
    """Raises NotFound for an unknown patient, InvalidRequest for an unknown number."""
    if asked.patient_id is not None:
        return of_patient(practice, asked.patient_id)
    return of_number(practice, asked.control_number or "")


def of_patient(practice: PracticeId, patient: PatientId) -> m.FoundClaims:
    """Claims of the patient and of charts merged into theirs, the latest service first.

    A query for each chart, and one read in batches of the claims that are shown. Raises
    NotFound for a patient whom the practice does not have.
    """
    charts = [patient, *merged_charts(practice, patient)]
    audit().about(*charts)
    listed: list[ClaimOfSheetItem] = []
    more = False
    for chart in charts:
        found = list(
            ClaimOfSheetItem.query(
                account_key(practice, chart),
                ClaimOfSheetItem.sk.startswith(CLAIM_LINE),
                # A sheet's id tells when it was made.
                scan_index_forward=False,
                limit=MOST + 1,
            )
        )
        more = more or len(found) > MOST
        listed += found[:MOST]
    return m.FoundClaims(rows=_rows(practice, listed), more=more)


def of_sheet(practice: PracticeId, patient: PatientId, sheet: SheetId) -> m.FoundClaims:
    """Every claim that was made from a sheet. A read, one query, and one read in batches.

    Raises NotFound for a patient whom the practice does not have.
    """
    audit().about(patient, *merged_charts(practice, patient))
    return m.FoundClaims(rows=_rows(practice, claims_of_sheet(practice, patient, sheet)))


def of_number(practice: PracticeId, number: str) -> m.FoundClaims:
    """The claim of our own number (CLM01). Raises InvalidRequest where there is none."""
    claim_id = claim_of_control(practice, number.strip().upper())
    item = get_claim(practice, claim_id) if claim_id else None
    if item is None:
        raise invalid("control_number", "is the number of no claim of this practice")
    row = _row(item)
    audit().about(row.patient_id)
    audit().record(row.claim_id)
    return m.FoundClaims(rows=[row])


def _rows(practice: PracticeId, listed: list[ClaimOfSheetItem]) -> list[m.FoundClaim]:
    keys = [(claim_key(practice, ClaimId(one.claim_id)), CLAIM) for one in listed]
    heads = ClaimItem.batch_get(keys, attributes_to_get=_READ) if keys else ()
    rows = [_row(head) for head in heads]
    return sorted(rows, key=lambda row: (row.day, row.control_number), reverse=True)


def _row(item: ClaimItem) -> m.FoundClaim:
    return m.FoundClaim(
        claim_id=ClaimId(item.claim_id),
        sheet_id=SheetId(item.sheet_id),
        patient_id=PatientId(item.patient_id),
        payer_id=item.payer_id,
        control_number=item.control_number,
        payer_control_number=item.payer_control_number,
        day=dt.date.fromisoformat(item.day),
        since=from_text(item.since),
        state=ClaimState(item.state),
        turn=int(item.turn),
        frequency=item.frequency,
        charge_cents=int(item.charge_cents),
        paid_cents=int(item.paid_cents),
    )
