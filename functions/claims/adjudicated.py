"""What payers have said of a sheet before: read from where payments keep it."""

from __future__ import annotations

from collections.abc import Iterable

from caresmith.ids import PatientId, PracticeId, SheetId
from caresmith.records.revenue.adjudication import (
    Adjudication,
    SaidLine,
    Standing,
    adjudication_of,
    said_of,
)
from caresmith.records.revenue.sheet import SheetItem
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.remittance.model import ClaimStatus
from functions.claims.drafting.material import PriorAnswer, PriorLine


def prior_answers(practice: PracticeId, sheet: SheetItem) -> dict[int, PriorAnswer]:
    """By turn, what stands of each payer's adjudication. One query."""
    items, _ = said_of(practice, PatientId(sheet.patient_id), SheetId(sheet.sheet_id))
    return standing_answers(
        adjudication_of(item) for item in items if item.standing == Standing.POSTED
    )


def standing_answers(said: Iterable[Adjudication]) -> dict[int, PriorAnswer]:
    """Of each turn and line the last word that was not taken back."""
    standing: list[Adjudication] = []
    for one in sorted(said, key=lambda each: each.order):
        if one.is_reversal:
            _take_back(standing, one)
        elif one.status is not ClaimStatus.PREDETERMINATION:
            standing.append(one)
    lines: dict[int, dict[str, PriorLine]] = {}
    last: dict[int, Adjudication] = {}
    for one in standing:
        last[one.turn] = one
        lines.setdefault(one.turn, {}).update({said.line: _line(said) for said in one.lines})
    return {
        turn: PriorAnswer(
            turn=turn,
            paid_on=last[turn].paid_on,
            lines=tuple(lines[turn][line] for line in sorted(lines[turn], key=int)),
            payer_control_number=last[turn].payer_control_number,
        )
        for turn in last
    }


def _take_back(standing: list[Adjudication], reversal: Adjudication) -> None:
    """The latest one of the same claim that paid what is taken back, else the latest at all."""
    own = [one for one in standing if one.claim_id == reversal.claim_id]
    exact = [one for one in own if one.paid == -reversal.paid]
    for one in (exact or own)[-1:]:
        standing.remove(one)


def _line(said: SaidLine) -> PriorLine:
    adjustments = tuple(Adjustment(one.group, one.reason, one.amount) for one in said.adjustments)
    return PriorLine(said.line, said.paid, adjustments)
