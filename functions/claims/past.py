"""What else was done for the patient here, and what of an authorization that has used up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from caresmith.claims.authorized import OnFile
from caresmith.ids import PatientId, PracticeId
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.authorized import claims_by_sheet, on_file, uses_of_sheet
from caresmith.records.revenue.claim import ClaimOfSheetItem, ClaimState
from caresmith.records.revenue.sheet import (
    SheetContent,
    SheetItem,
    SheetStatus,
    open_sheet,
    sheets_of,
)
from functions.claims.drafting.material import Material
from functions.claims.scrubbing import facts as f

_STATUSES: Final[Mapping[ClaimState, f.PastStatus]] = {
    ClaimState.PAID: f.PastStatus.PAID,
    ClaimState.PARTLY_PAID: f.PastStatus.PAID,
    ClaimState.CLOSED: f.PastStatus.PAID,
    ClaimState.DENIED: f.PastStatus.DENIED,
    ClaimState.VOIDED: f.PastStatus.VOID,
}


@dataclass(frozen=True)
class Past:
    """Another sheet of the patient's, opened, with the claims that were made of it."""

    sheet: SheetItem
    content: SheetContent
    claims: tuple[ClaimOfSheetItem, ...]


def past_of(practice: PracticeId, material: Material) -> list[Past]:
    """The patient's other services, here: two queries for each chart that is theirs."""
    found = []
    for chart in dict.fromkeys((material.patient_id, *material.chart.charts)):
        sheets = [one for one in sheets_of(practice, chart) if one.sheet_id != material.sheet_id]
        claims = claims_by_sheet(practice, chart) if sheets else {}
        found += [
            Past(one, open_sheet(practice, one), tuple(claims.get(one.sheet_id, ())))
            for one in sheets
        ]
    return found


def all_of(practice: PracticeId, charts: Iterable[PatientId]) -> list[Past]:
    """Every sheet of a person, as it stands in this moment: two queries a chart.

    The past of one of them is the others.
    """
    found = []
    for chart in charts:
        sheets = sheets_of(practice, chart)
        claims = claims_by_sheet(practice, chart, consistent=True) if sheets else {}
        found += [
            Past(one, open_sheet(practice, one), tuple(claims.get(one.sheet_id, ())))
            for one in sheets
        ]
    return found


def history(past: Iterable[Past], setup: PracticeSetup) -> Iterable[f.PastService]:
    for one in past:
        claim = one.claims[-1] if one.claims else None
        yield from _services(one.sheet, one.content, claim, setup)


def authorizations(
    practice: PracticeId, material: Material, turn: int, past: Iterable[Past]
) -> Iterable[OnFile]:
    known = [one for one in material.authorizations_at(turn) if one.number]
    if not known:
        return
    uses = [
        use for one in past for use in uses_of_sheet(practice, one.sheet, one.content, one.claims)
    ]
    for one in known:
        yield on_file(one, uses, material.setup, material.content.location_id)


def _services(
    sheet: SheetItem,
    content: SheetContent,
    claim: ClaimOfSheetItem | None,
    setup: PracticeSetup,
) -> Iterable[f.PastService]:
    rendering = setup.providers.get(content.rendering_id)
    status = f.PastStatus.OPEN
    if sheet.status == SheetStatus.VOID:
        status = f.PastStatus.VOID
    elif claim is not None:
        status = _STATUSES.get(ClaimState(claim.state), f.PastStatus.OPEN)
    for line in content.lines:
        yield f.PastService(
            code=line.code,
            day=line.day,
            modifiers=line.modifiers,
            rendering=rendering.npi if rendering else "",
            specialty=rendering.taxonomy if rendering else "",
            group=setup.practice.npi or "",
            claim=claim.control_number if claim else "",
            status=status,
        )
