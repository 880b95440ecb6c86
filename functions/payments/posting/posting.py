"""One change of what stands for a sheet: an adjudication comes in or is taken out again.

    posted, journal, settlement = change(state, add=adjudication)

What comes out is the difference between what all adjudications together put into the
books and what they have put there already. So nothing is posted twice, and what was
posted wrongly because something was missing is put right by what comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from caresmith.money import Money
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.decided import is_decided
from caresmith.records.revenue.ledger import (
    RECEIVABLE,
    Book,
    Journal,
    JournalKind,
    LineId,
    Posting,
)
from functions.payments.posting.settling import Key, Settlement, settle

Posted = Mapping[LineId, Mapping[Key, int]]
"""What adjudications have put into the books, by line: of each line it sums to nothing."""
MOST_POSTINGS: Final = 600


@dataclass(frozen=True)
class State:
    """A sheet as the posting sees it."""

    charges: Mapping[LineId, Money]
    turns: int
    """How many coverages pay for it."""
    said: tuple[Adjudication, ...] = ()
    posted: Posted = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()
    passed: frozenset[int] = frozenset()
    beside: Mapping[LineId, int] = field(default_factory=dict)
    """What insurance owes of a line beyond its charge and what payers said of it."""

    def settled(self, given: Posted | None = None) -> Settlement:
        """Where the lines stand; what was decided of them is as it was posted, or ``given``."""
        return settle(
            self.charges,
            self.said,
            turns=self.turns,
            skipped=self.skipped,
            passed=self.passed,
            given=given_in(self.posted) if given is None else given,
            beside=self.beside,
        )


@dataclass(frozen=True)
class Change:
    state: State
    """Afterwards."""
    journal: Journal | None
    """None where nothing moves: a denial, an answer that was known."""
    settlement: Settlement
    before: Settlement
    """Without the change."""


def change(
    state: State,
    *,
    add: Adjudication | None = None,
    remove: Adjudication | None = None,
    skipped: Iterable[int] | None = None,
    passed: Iterable[int] | None = None,
    given: Posted | None = None,
    kind: JournalKind | None = None,
) -> Change:
    """Adding what is there already, or removing what is not, changes nothing.

    ``given``: all that the practice has decided of the lines' rest, if that is what changes.
    """
    before = state.settled()
    said = [one for one in state.said if remove is None or one.order != remove.order]
    if add is not None and all(one.order != add.order for one in said):
        said.append(add)
    after = replace(
        state,
        said=tuple(sorted(said, key=lambda one: one.order)),
        skipped=state.skipped if skipped is None else frozenset(skipped),
        passed=state.passed if passed is None else frozenset(passed),
    )
    settlement = after.settled(given)
    posted = {line: one.books for line, one in settlement.lines.items() if one.books}
    postings = difference(state.posted, posted)
    journal = Journal(kind=kind or _kind(add, remove), postings=postings) if postings else None
    return Change(replace(after, posted=posted), journal, settlement, before)


def given_in(posted: Posted) -> dict[LineId, dict[Key, int]]:
    """What stands of the practice's own decisions."""
    return {
        line: {key: cents for key, cents in books.items() if is_decided(*key)}
        for line, books in posted.items()
    }


def difference(before: Posted, after: Posted) -> tuple[Posting, ...]:
    """The postings that make the one of the other. They sum to zero since both do."""
    found = _difference(before, after)
    if len(found) > MOST_POSTINGS:
        # Fifty lines of a dozen reasons each: what is owed matters more than why.
        found = _difference(_without_reasons(before), _without_reasons(after))
    return found


def _difference(before: Posted, after: Posted) -> tuple[Posting, ...]:
    cents: dict[tuple[Book, LineId | None, str], int] = {}
    for sign, posted in ((-1, before), (1, after)):
        for line, books in posted.items():
            for (book, reason), amount in books.items():
                at = (book, line if book in RECEIVABLE else None, reason)
                cents[at] = cents.get(at, 0) + sign * amount
    return tuple(
        Posting(book=book, amount=Money(amount), line=line, reason=reason or None)
        for (book, line, reason), amount in cents.items()
        if amount
    )


def _without_reasons(posted: Posted) -> dict[LineId, dict[Key, int]]:
    plain: dict[LineId, dict[Key, int]] = {}
    for line, books in posted.items():
        of_line = plain.setdefault(line, {})
        for (book, reason), amount in books.items():
            key = (book, reason if book not in RECEIVABLE else "")
            of_line[key] = of_line.get(key, 0) + amount
    return plain


def _kind(add: Adjudication | None, remove: Adjudication | None) -> JournalKind:
    if add is not None:
        return JournalKind.TAKEBACK if add.is_reversal else JournalKind.ADJUDICATION
    return JournalKind.CORRECTION if remove is not None else JournalKind.TURN
