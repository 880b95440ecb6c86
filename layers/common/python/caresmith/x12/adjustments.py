"""CAS: who bears what was charged and not paid, and why. Read from an 835, sent on in an 837."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from caresmith.money import Money
from caresmith.x12.flaws import FlawCode, refuse
from caresmith.x12.segment import Segment
from caresmith.x12.values import Quantity, dollars, money, quantity_or_none
from caresmith.x12.writer import SegmentMaker


class AdjustmentGroup(StrEnum):
    """CAS01: who bears an adjustment."""

    CONTRACTUAL = "CO"
    CORRECTION = "CR"
    """Of version 4010; 5010 has it no more, but some payers still send it."""
    OTHER = "OA"
    PAYER = "PI"
    PATIENT = "PR"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason of a CAS: what was charged and not paid. Negative where it gives back."""

    group: AdjustmentGroup
    reason: str
    """A claim adjustment reason code (CARC)."""
    amount: Money
    quantity: Quantity | None = None


_GROUPS: Final = {group.value: group for group in AdjustmentGroup}
_REASONS_IN_CAS: Final = range(2, 20, 3)
"""CAS02, 05, … 17: six reasons, each with an amount and a quantity behind it."""
_IN_ONE: Final = 6


def adjustments_of(segment: Segment) -> list[Adjustment]:
    """Up to six adjustments of one CAS. Raises X12Refused for half of one."""
    group = _GROUPS.get(segment[1])
    if group is None:
        raise refuse(FlawCode.BAD_CODE, segment, "not an adjustment group (CO, OA, PI, PR)", 1)
    found = []
    for at in _REASONS_IN_CAS:
        reason = segment[at]
        if not reason:
            if segment[at + 1]:
                raise refuse(FlawCode.MISSING_ELEMENT, segment, "an amount has no reason", at)
            continue
        found.append(
            Adjustment(group, reason, money(segment, at + 1), quantity_or_none(segment, at + 2))
        )
    if not found:
        raise refuse(FlawCode.MISSING_ELEMENT, segment, "the adjustment has no reason", 2)
    return found


def adjustment_segments(make: SegmentMaker, adjustments: Iterable[Adjustment]) -> Iterator[Segment]:
    """One CAS for each group, and a further one behind each six reasons of a group."""
    for group, members in groupby(adjustments, key=lambda one: one.group):
        every = list(members)
        for start in range(0, len(every), _IN_ONE):
            elements: list[str] = [group.value]
            for one in every[start : start + _IN_ONE]:
                units = str(one.quantity) if one.quantity else ""
                elements += [one.reason, dollars(one.amount), units]
            yield make("CAS", *elements)
