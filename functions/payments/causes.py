"""Why claims are denied: counts and dollars of a month."""

from __future__ import annotations

from typing import Final, Literal

from caresmith.ids import PracticeId
from caresmith.money import Money
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.denial import DenialItem, open_facts
from caresmith.records.revenue.payer import Directory, payer_directory
from functions.payments import models as m
from functions.payments import working
from functions.payments.posting.carc import Cause, carc
from functions.payments.posting.remedies import NAMES

By = Literal["cause", "payer", "code", "reason", "provider"]
BY: Final[tuple[By, ...]] = ("cause", "payer", "code", "reason", "provider")


def causes(practice: PracticeId, month: str, by: By) -> m.Causes:
    """Denials of a month, grouped; the most dollars first."""
    sums: dict[str, tuple[int, int]] = {}
    payers = payer_directory(practice) if by == "payer" else Directory(())
    for item in working.months(practice, month):
        key = _key(item, by, practice, payers)
        count, cents = sums.get(key, (0, 0))
        sums[key] = count + 1, cents + int(item.cents)
    words = _words(practice, by)
    rows = [
        m.CauseCount(key=key, words=words(key), count=count, amount=Money(cents))
        for key, (count, cents) in sums.items()
    ]
    rows.sort(key=lambda row: (-row.amount.cents, row.key))
    total = m.CauseCount(
        key="",
        words="All",
        count=sum(row.count for row in rows),
        amount=Money(sum(row.amount.cents for row in rows)),
    )
    return m.Causes(month=month, by=by, total=total, rows=rows)


def _key(item: DenialItem, by: By, practice: PracticeId, payers: Directory) -> str:
    if by == "cause":
        return str(item.cause)
    if by == "payer":
        # One payer is one row, by whatever names its remittances call it.
        return working.payer_name(item, payers) or item.payer_id or ""
    if by == "provider":
        return item.provider_id or ""
    if by == "code":
        return open_facts(practice, item).code
    group, reason, _ = max(item.reasons, key=lambda one: one[2])
    return f"{group}-{reason}" if group else "SHORT"


class _Words:
    def __init__(self, practice: PracticeId, by: By) -> None:
        self._by = by
        self._providers = (
            {str(key): one.display_name for key, one in practice_setup(practice).providers.items()}
            if by == "provider"
            else {}
        )

    def __call__(self, key: str) -> str:
        if self._by == "cause":
            return NAMES[Cause(key)]
        if self._by == "provider":
            return self._providers.get(key, "A provider who is no longer here")
        if self._by == "reason":
            reason = key.partition("-")[2]
            return carc(reason).words if reason else "Paid less than was expected"
        return key or "Not known"


def _words(practice: PracticeId, by: By) -> _Words:
    return _Words(practice, by)
