"""What each reason of a line does: to which book it goes, or that it stays open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from caresmith.records.revenue.adjudication import Adjudication, SaidAdjustment, SaidLine
from caresmith.records.revenue.ledger import Book, LineId
from caresmith.x12.adjustments import AdjustmentGroup
from functions.payments.posting.carc import BUNDLED, CAPITATED, EXCESS, Treatment, carc

PASSES_ON: Final = frozenset({"209"})
"""Held for a later payer, and never the patient's (OA-209: a QMB's share)."""


class Kind(StrEnum):
    TAKEN_OFF = "taken-off"
    """Goes to a book of reductions."""
    MOVED = "moved"
    """Between lines of one claim, when services were bundled: of a claim it sums to nothing."""
    PATIENT = "patient"
    DENIED = "denied"
    """Stays open where it is."""
    NOTHING = "nothing"
    """Explains what others account for."""


@dataclass(frozen=True, slots=True)
class Effect:
    kind: Kind
    reason: str
    cents: int
    book: Book | None = None
    group: AdjustmentGroup = AdjustmentGroup.CONTRACTUAL


@dataclass(slots=True)
class Effects:
    """Of one line: its reasons, sorted by what they do."""

    line: LineId
    effects: list[Effect] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Effect]:
        return [one for one in self.effects if one.kind is kind]

    def cents(self, kind: Kind) -> int:
        return sum(one.cents for one in self.effects if one.kind is kind)


def effects_of(said: Adjudication) -> dict[LineId, Effects]:
    """The effects of all lines of what a payer says. Amounts keep the payer's sign."""
    moved = _moved(said.lines)
    found = {}
    for line in said.lines:
        one = Effects(line.line)
        for place, adjustment in enumerate(line.adjustments):
            rest = moved.get((line.line, place), 0)
            one.effects.extend(_effects(adjustment, rest, capitated=said.capitated))
        found[line.line] = one
    return found


def is_duplicate(said: Adjudication) -> bool:
    """Nothing is paid, and all that is said is that it came before (CARC 18, B13)."""
    reasons = [one for line in said.lines for one in line.adjustments if one.amount]
    return (
        bool(reasons)
        and not any(line.paid for line in said.lines)
        and all(carc(one.reason).treatment is Treatment.DUPLICATE for one in reasons)
    )


def _moved(lines: Iterable[SaidLine]) -> dict[tuple[LineId, int], int]:
    """How much of each reason only moves between lines (TR3 1.10.2.6).

    Bundled services are paid on one line in excess of its charge (94, negative), and
    what the others charged is taken off as included (97 and its like). No more moves
    than the smaller of both; the rest of it is a denial, or money that was given.
    """
    lines = list(lines)
    excess, bundled = [], []
    for line in lines:
        for place, one in enumerate(line.adjustments):
            if one.reason == EXCESS and one.amount.cents < 0:
                excess.append(((line.line, place), -one.amount.cents))
            elif one.reason in BUNDLED and one.amount.cents > 0:
                bundled.append(((line.line, place), one.amount.cents))
    both = min(sum(cents for _, cents in excess), sum(cents for _, cents in bundled))
    return {
        **{key: -cents for key, cents in _first(excess, both)},
        **dict(_first(bundled, both)),
    }


def _first(
    amounts: list[tuple[tuple[LineId, int], int]], room: int
) -> Iterator[tuple[tuple[LineId, int], int]]:
    for key, cents in amounts:
        taken = min(cents, room)
        if taken:
            yield key, taken
        room -= taken


def _effects(said: SaidAdjustment, moved: int, *, capitated: bool) -> Iterator[Effect]:
    rest = said.amount.cents - moved
    if moved:
        yield Effect(Kind.MOVED, said.reason, moved, Book.OTHER_ADJUSTMENT, said.group)
    if rest:
        kind, book = _kind(said.group, said.reason)
        if capitated and said.reason == CAPITATED and said.group is not AdjustmentGroup.PATIENT:
            # Paid already, by the month's amount for each member: what was charged comes off.
            kind, book = Kind.TAKEN_OFF, Book.CONTRACTUAL
        yield Effect(kind, said.reason, rest, book, said.group)


_BOOKS: Final = {
    AdjustmentGroup.CONTRACTUAL: Book.CONTRACTUAL,
    AdjustmentGroup.PAYER: Book.PAYER_REDUCTION,
}


def _kind(group: AdjustmentGroup, reason: str) -> tuple[Kind, Book | None]:
    treatment = carc(reason).treatment
    if group is AdjustmentGroup.PATIENT:
        # PR says who owes, unless another coverage is meant or it came before.
        if treatment in {Treatment.TRANSFER, Treatment.DUPLICATE}:
            return Kind.DENIED, None
        return Kind.PATIENT, None
    if treatment is Treatment.CONTRACTUAL and group in _BOOKS:
        return Kind.TAKEN_OFF, _BOOKS[group]
    if treatment in {Treatment.DENIAL, Treatment.DUPLICATE, Treatment.TRANSFER}:
        return Kind.DENIED, None
    if treatment is Treatment.INFORMATIONAL or group not in _BOOKS:
        return Kind.NOTHING, None
    # The patient's share under CO or PI: nobody may be billed for it, and nobody gave it up.
    return Kind.DENIED, None
