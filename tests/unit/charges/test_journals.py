"""A sheet's journals, whatever happens to it: they always sum to what is charged."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from caresmith.money import Money
from caresmith.records.revenue.ledger import (
    Book,
    Journal,
    JournalKind,
    LineBalance,
    LineId,
    Posting,
    after,
    totals,
)
from functions.charges import journals
from functions.charges.errors import LinePaid

LINES = st.sampled_from([str(number) for number in range(1, 7)])
AMOUNTS = st.integers(min_value=0, max_value=500_00).map(Money)
SHEETS = st.dictionaries(LINES, AMOUNTS, max_size=6)


class SheetInTheLedger(RuleBasedStateMachine):
    """Entered, changed, paid, passed on, voided, in any order; each replayed at will."""

    def __init__(self) -> None:
        super().__init__()
        self.charges: dict[LineId, Money] = {}
        self.balances: dict[LineId, LineBalance] = {}
        self.posted: list[Journal] = []
        self.own: list[Journal] = []
        self.book = Book.INSURANCE
        self.released = False
        self.given: set[LineId] = set()

    def post(self, journal: Journal | None, *, own: bool = True) -> None:
        if journal is None:
            return
        self.balances = after(self.balances, journal)
        self.posted.append(journal)
        if own:
            self.own.append(journal)

    @precondition(lambda self: not self.released)
    @rule(charges=SHEETS, insured=st.booleans())
    def release(self, charges: dict[LineId, Money], insured: bool) -> None:
        self.book = Book.INSURANCE if insured else Book.PATIENT
        fresh = {line: amount for line, amount in charges.items() if line not in self.given}
        self.post(journals.entered(fresh, self.book))
        self.charges, self.released = fresh, True
        self.given |= set(fresh)

    @precondition(lambda self: self.released)
    @rule(charges=SHEETS)
    def change(self, charges: dict[LineId, Money]) -> None:
        # A number that was taken away is never used again.
        wanted = {n: a for n, a in charges.items() if n in self.charges or n not in self.given}
        try:
            journal = journals.changed(self.charges, wanted, self.balances, self.book)
        except LinePaid as refused:
            # Each refused line has something on it, and nothing was posted.
            for line in refused.lines:
                assert self.balances[line].open != self.charges[line]
            return
        self.post(journal)
        self.charges = wanted
        self.given |= set(wanted)

    @precondition(lambda self: self.released)
    @rule()
    def replay_a_change(self) -> None:
        assert journals.changed(self.charges, self.charges, self.balances, self.book) is None

    @precondition(lambda self: self.released)
    @rule()
    def void(self) -> None:
        try:
            journal = journals.voided(self.charges, self.balances)
        except LinePaid:
            assert any(self.balances[n].open != c for n, c in self.charges.items() if c)
            return
        self.post(journal)
        self.charges, self.released = {}, False

    @precondition(lambda self: self.released)
    @rule(insured=st.booleans())
    def pass_on(self, insured: bool) -> None:
        self.book = Book.INSURANCE if insured else Book.PATIENT
        self.post(journals.turned(self.balances, self.book), own=False)
        other = "patient" if insured else "insurance"
        assert all(not getattr(one, other) for one in self.balances.values())

    @precondition(lambda self: any(one.insurance.cents > 0 for one in self.balances.values()))
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        line = data.draw(
            st.sampled_from(sorted(n for n, b in self.balances.items() if b.insurance.cents > 0))
        )
        most = self.balances[line].insurance.cents
        paid = Money(data.draw(st.integers(min_value=1, max_value=most)))
        self.post(
            Journal(
                kind=JournalKind.ADJUDICATION,
                postings=(
                    Posting(book=Book.INSURANCE, amount=-paid, line=line),
                    Posting(book=Book.CLEARING, amount=paid),
                ),
            ),
            own=False,
        )

    @invariant()
    def by_line_the_journals_are_what_is_charged(self) -> None:
        sums: dict[LineId, int] = {}
        for journal in self.own:
            for one in journal.postings:
                if one.line:
                    sums[one.line] = sums.get(one.line, 0) + one.amount.cents
        charged = {line: amount.cents for line, amount in self.charges.items() if amount}
        assert {line: cents for line, cents in sums.items() if cents} == charged

    @invariant()
    def the_books_sum_to_nothing(self) -> None:
        books = totals(self.posted)
        assert sum(one.cents for one in books.values()) == 0
        charged = sum(amount.cents for amount in self.charges.values())
        assert books.get(Book.CHARGES, Money(0)) == Money(-charged)


TestSheetInTheLedger = SheetInTheLedger.TestCase


def test_what_is_charged_stands_with_whoever_owes_it() -> None:
    journal = journals.entered({"1": Money(150_00), "2": Money(0)}, Book.PATIENT)
    assert journal is not None
    assert totals([journal]) == {Book.PATIENT: Money(150_00), Book.CHARGES: Money(-150_00)}


def test_lines_that_only_report_make_no_journal() -> None:
    assert journals.entered({"1": Money(0)}, Book.INSURANCE) is None


def test_a_line_on_which_something_was_paid_is_not_taken_away() -> None:
    balances = {"1": LineBalance(insurance=Money(70_00)), "2": LineBalance(insurance=Money(20_00))}
    charges = {"1": Money(100_00), "2": Money(20_00)}
    with pytest.raises(LinePaid) as refused:
        journals.changed(charges, {"2": Money(20_00)}, balances, Book.INSURANCE)
    assert refused.value.lines == ["1"]
    assert "Reverse it" in refused.value.detail
    with pytest.raises(LinePaid):
        journals.voided(charges, balances)


def test_a_line_is_not_charged_less_than_was_paid_on_it() -> None:
    balances = {"1": LineBalance(insurance=Money(30_00))}
    with pytest.raises(LinePaid):
        journals.changed({"1": Money(100_00)}, {"1": Money(69_99)}, balances, Book.INSURANCE)
    journal = journals.changed({"1": Money(100_00)}, {"1": Money(70_00)}, balances, Book.INSURANCE)
    assert journal is not None
    assert after(balances, journal)["1"].open == Money(0)


def test_what_is_charged_less_comes_off_whoever_owes_it() -> None:
    balances = {"1": LineBalance(insurance=Money(10_00), patient=Money(90_00))}
    journal = journals.changed({"1": Money(100_00)}, {"1": Money(60_00)}, balances, Book.INSURANCE)
    assert journal is not None
    assert after(balances, journal)["1"] == LineBalance(insurance=Money(0), patient=Money(60_00))
