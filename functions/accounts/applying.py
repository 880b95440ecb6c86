"""Which money pays which line: pure rules over cents.

Money goes onto what the patient owes, the oldest first, and never more than is
owed or there. Money that was paid for the visit of a day goes onto that visit
first, and waits for its charges for a while (:data:`HOLD`): a copay taken at
check-in must not be swallowed by a bill of last year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from caresmith.ids import PaymentId, SheetId
from caresmith.records.revenue.ledger import LineId

HOLD: Final = dt.timedelta(days=90)
"""So long after its visit, money that was held for it may pay anything: by then a payer has
answered or never will."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What the patient owes of one line; negative where too much lies on it."""

    sheet: SheetId
    line: LineId
    day: dt.date
    """The day of service."""
    cents: int


@dataclass(frozen=True, slots=True)
class Purse:
    """A payment with money that lies on no line."""

    payment: PaymentId
    cents: int
    held_for: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a payment goes onto that line."""

    payment: PaymentId
    sheet: SheetId
    line: LineId
    cents: int


def oldest_first(
    owed: Iterable[Owed], purses: Sequence[Purse], today: dt.date, *, most_sheets: int
) -> list[Part]:
    """What the money pays by itself: at most lines of ``most_sheets`` sheets at a time."""
    waiting = sorted(
        (one for one in owed if one.cents > 0),
        key=lambda one: (one.day, one.sheet, int(one.line)),
    )
    left = {(one.sheet, one.line): one.cents for one in waiting}
    parts: list[Part] = []
    touched: set[SheetId] = set()
    # What is held goes first: it may pay its own visit alone.
    for purse in sorted(purses, key=lambda one: (one.held_for is None, one.payment)):
        rest = purse.cents
        for one in waiting:
            if not rest:
                break
            if not may_pay(purse, one.day, today):
                continue
            if one.sheet not in touched and len(touched) >= most_sheets:
                continue
            cents = min(rest, left[one.sheet, one.line])
            if cents <= 0:
                continue
            touched.add(one.sheet)
            left[one.sheet, one.line] -= cents
            rest -= cents
            parts.append(Part(purse.payment, one.sheet, one.line, cents))
    return parts


def may_pay(purse: Purse, day: dt.date, today: dt.date) -> bool:
    """Whether the money may go onto a visit of that day without a person's saying so."""
    held = purse.held_for
    return held is None or held == day or today > held + HOLD


@dataclass(frozen=True, slots=True)
class Lying:
    """What of a payment lies on a line."""

    payment: PaymentId
    sheet: SheetId
    line: LineId
    cents: int


def too_much(owed: Iterable[Owed], lying: Sequence[Lying]) -> list[Part]:
    """What comes off lines on which more lies than the patient owes: the latest payment first.

    Of a line that is overpaid by something else than payments (an adjustment), no more
    comes off than payments put there: the rest is for a person to look at.
    """
    parts: list[Part] = []
    for one in owed:
        over = -one.cents
        if over <= 0:
            continue
        here = [part for part in lying if (part.sheet, part.line) == (one.sheet, one.line)]
        for part in sorted(here, key=lambda found: found.payment, reverse=True):
            cents = min(over, part.cents)
            if cents > 0:
                parts.append(Part(part.payment, one.sheet, one.line, cents))
                over -= cents
    return parts


def spread(cents: int, owed: Sequence[Owed]) -> list[tuple[Owed, int]]:
    """``cents`` onto these lines in their order, to no line more than is owed of it."""
    shares: list[tuple[Owed, int]] = []
    for one in owed:
        share = min(cents, one.cents)
        if share > 0:
            shares.append((one, share))
            cents -= share
    return shares
