"""What payers have said of a sheet before: read from where payments keep it."""

from __future__ import annotations

from caresmith.ids import PracticeId
from caresmith.records.revenue.sheet import SheetItem
from functions.claims.drafting.material import PriorAnswer


def prior_answers(practice: PracticeId, sheet: SheetItem) -> dict[int, PriorAnswer]:
    """By turn, what stands of each payer's adjudication."""
    return {}
