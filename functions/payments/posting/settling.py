"""Where a sheet's lines stand after all that payers have said of them.

One function of a *set*: whatever arrives twice, late, reversed before it was told or
taken out again, the same set gives the same books. Posting is then a difference
(:mod:`functions.payments.posting.differing`).

For each line, payer by payer in their turns:

1. What was paid is money: all of it comes off the line, also where that is too much.
2. What is taken off by contract comes off as far as the line has room, after what the
   payer leaves to the patient and what it denies. So a second payer that repeats the
   reductions of the first takes nothing off twice, and nothing denied is given up.
3. What is the patient's goes to the patient when no coverage is left that could pay.
4. What the practice has decided of the rest (given up, or made the patient's) comes off as
   far as insurance still has it: a payment that comes after all takes the decision back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from caresmith.ids import ClaimId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.ledger import Book, LineId
from functions.payments.posting.effects import PASSES_ON, Effect, Effects, Kind, effects_of
from functions.payments.posting.pairing import Pairs, pair

Key = tuple[Book, str]
"""A book and the reason for what stands there, or ""."""
_NOTHING: Final[Mapping[LineId, Any]] = MappingProxyType({})


@dataclass(slots=True)
class Denied:
    """What a payer denied of a line and nobody has paid since."""

    claim: ClaimId
    line: LineId
    cents: int
    reasons: tuple[tuple[str, str, int], ...]
    """Group, reason, cents."""


@dataclass(slots=True)
class Settled:
    """One line. Amounts are cents; ``books`` is what its adjudications put there."""

    line: LineId
    books: dict[Key, int] = field(default_factory=dict)
    turn: int = 0
    """The last payer that has said something of it that stands; 0: none has."""
    open: bool = False
    """Whether something is left that is neither the patient's nor denied."""
    waits: bool = False
    """The next payer's turn has come for it."""
    handed_on: bool = False
    """What was denied of it is what the next payer is asked for."""
    credit: int = 0
    """Paid in excess of what was charged."""
    unexplained: int = 0
    """Left open: neither paid, nor taken off, nor anybody's."""
    not_taken_off: int = 0
    """Reductions that were repeated by a later payer, or had no room."""
    allowed: int | None = None
    """What the first payer allowed: paid, and left to the patient."""
    patient: dict[str, int] = field(default_factory=dict)
    """What the last payer left to the patient by reason, whoever owes it now."""
    denied: Denied | None = None
    left: int = 0
    """What insurance still has of it in the end."""


@dataclass(slots=True)
class Settlement:
    lines: dict[LineId, Settled]
    pairs: Pairs
    turn: int
    """Whose turn it is now: 0 where only the patient can owe."""

    @property
    def denials(self) -> list[Denied]:
        return [one.denied for one in self.lines.values() if one.denied]


@dataclass(frozen=True, slots=True)
class Later:
    """Who may still be asked, and what for."""

    turns: int
    skipped: frozenset[int] = frozenset()
    passed: frozenset[int] = frozenset()

    def behind(self, turn: int) -> list[int]:
        """The turns that come after it."""
        return [one for one in range(turn + 1, self.turns + 1) if one not in self.skipped]


def settle(
    charges: Mapping[LineId, Money],
    said: Iterable[Adjudication],
    *,
    turns: int,
    skipped: Iterable[int] = (),
    passed: Iterable[int] = (),
    given: Mapping[LineId, Mapping[Key, int]] = _NOTHING,
    beside: Mapping[LineId, int] = _NOTHING,
) -> Settlement:
    """``turns`` is how many coverages pay for the sheet; ``skipped`` are not waited for.

    What payers of turns in ``passed`` have denied is left to the next one. ``given`` is what
    the practice has decided of each line's rest. ``beside`` is what insurance owes of a line
    that neither its charge nor payers' words explain: a recovery laid on it.
    """
    later = Later(turns, frozenset(skipped), frozenset(passed))
    pairs = pair(said)
    by_turn = _by_turn(pairs)
    cash: dict[tuple[int, LineId], int] = {}
    for one in pairs.every:
        for told in one.lines:
            at = (one.turn, told.line)
            cash[at] = cash.get(at, 0) + told.paid.cents
    named = {line.line for one in pairs.every for line in one.lines}
    lines = {}
    for line in sorted(named | set(charges), key=int):
        charge = charges.get(line, Money(0)).cents
        one_line = _settle(line, charge, by_turn, cash, later)
        _give(one_line, charge + beside.get(line, 0), given.get(line, {}))
        lines[line] = one_line
    return Settlement(lines, pairs, _turn(lines.values()))


_Governing = dict[int, dict[LineId, tuple[Adjudication, Effects]]]


def _by_turn(pairs: Pairs) -> _Governing:
    """For each turn and line the last word that stands."""
    found: _Governing = {}
    # Of two words of one day, the one that pays stands: days alone say no more of their order.
    for one in sorted(pairs.standing, key=lambda one: (one.paid_on, one.paid.cents > 0, one.order)):
        of_turn = found.setdefault(one.turn, {})
        for line, effects in effects_of(one).items():
            of_turn[line] = (one, effects)
    return found


def _settle(
    line: LineId,
    charge: int,
    by_turn: _Governing,
    cash: Mapping[tuple[int, LineId], int],
    later: Later,
) -> Settled:
    done = Settled(line)
    rest = charge
    last: tuple[Adjudication, Effects] | None = None
    for turn in range(1, 10):
        paid = cash.get((turn, line), 0)
        _put(done, Book.CLEARING, "", paid)
        rest -= paid
        word = by_turn.get(turn, {}).get(line)
        if word is None:
            continue
        last, done.turn = word, turn
        rest = _take_off(done, rest, word[1])
        if turn == 1:
            done.allowed = paid + word[1].cents(Kind.PATIENT)
    if last is not None:
        rest = _leave(done, rest, last, later)
    done.open, done.credit = rest > 0, max(0, -rest)
    done.unexplained = max(0, rest) if last is not None else 0
    return done


def _give(done: Settled, owed: int, given: Mapping[Key, int]) -> None:
    """What was decided of the rest, as far as there is one; what is left stays with insurance."""
    done.left = owed - sum(done.books.values())
    for (book, reason), cents in sorted(given.items()):
        taken = min(cents, max(0, done.left))
        _put(done, book, reason, taken)
        done.left -= taken
        done.unexplained = max(0, done.unexplained - taken)
    # What no book has taken stands where the charge put it.
    _put(done, Book.INSURANCE, "", -sum(done.books.values()))
    done.open, done.waits = done.open and done.left > 0, done.waits and done.left > 0


def _take_off(done: Settled, rest: int, effects: Effects) -> int:
    """Reductions of one payer; returns what is open afterwards."""
    for one in effects.of(Kind.MOVED):
        rest -= _post(done, one, one.cents)
    off = effects.of(Kind.TAKEN_OFF)
    for one in off:
        if one.cents < 0:
            rest -= _post(done, one, one.cents)
    room = max(0, rest - _wanted(effects, Kind.PATIENT) - _wanted(effects, Kind.DENIED))
    for one in off:
        if one.cents > 0:
            taken = min(one.cents, room)
            room -= taken
            rest -= _post(done, one, taken)
            done.not_taken_off += one.cents - taken
    return rest


def _leave(
    done: Settled,
    rest: int,
    last: tuple[Adjudication, Effects],
    later: Later,
) -> int:
    """Patient's share and denials of the last word; returns what neither accounts for."""
    said, effects = last
    room = max(0, rest)
    following = later.behind(said.turn)
    for one in _net(effects.of(Kind.PATIENT)):
        taken = min(one.cents, room)
        room -= taken
        if taken:
            done.patient[one.reason] = done.patient.get(one.reason, 0) + taken
    denied = []
    for one in _net(effects.of(Kind.DENIED)):
        taken = min(one.cents, room)
        room -= taken
        if not taken:
            continue
        if following and (one.reason in PASSES_ON or said.turn in later.passed):
            done.waits = True
            done.handed_on = done.handed_on or one.reason not in PASSES_ON
        else:
            denied.append((one.group.value, one.reason, taken))
    if done.patient and following:
        done.waits = True
    else:
        for reason, cents in done.patient.items():
            _put(done, Book.PATIENT, reason, cents)
    if denied:
        total = sum(cents for _, _, cents in denied)
        done.denied = Denied(said.claim_id, done.line, total, tuple(denied))
    return room if rest >= 0 else rest


def _wanted(effects: Effects, kind: Kind) -> int:
    return max(0, effects.cents(kind))


def _net(effects: Sequence[Effect]) -> list[Effect]:
    """Positive amounts that come to the sum of all: negative ones lower the first."""
    less = -sum(one.cents for one in effects if one.cents < 0)
    found = []
    for one in effects:
        if one.cents <= 0:
            continue
        taken = min(less, one.cents)
        less -= taken
        if one.cents > taken:
            found.append(Effect(one.kind, one.reason, one.cents - taken, one.book, one.group))
    return found


def _post(done: Settled, one: Effect, cents: int) -> int:
    assert one.book is not None  # noqa: S101 - only what goes to a book is posted
    _put(done, one.book, one.reason, cents)
    return cents


def _put(done: Settled, book: Book, reason: str, cents: int) -> None:
    key = (book, reason)
    total = done.books.get(key, 0) + cents
    if total:
        done.books[key] = total
    else:
        done.books.pop(key, None)


def _turn(lines: Iterable[Settled]) -> int:
    waiting, owing = [], []
    for one in lines:
        if one.waits:
            waiting.append(one.turn + 1)
        elif (one.denied and one.left > 0) or one.open:
            owing.append(max(1, one.turn))
    if waiting:
        return min(waiting)
    return min(owing) if owing else 0
