"""The ledger's own rules: whatever is posted and taken back, no cent comes or goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from caresmith.money import Money
from caresmith.records.revenue.ledger import (
    RECEIVABLE,
    Book,
    Journal,
    JournalKind,
    LineBalance,
    Posting,
    after,
    totals,
)

_lines = st.integers(1, 5).map(str)
_cents = st.integers(-10_000_00, 10_000_00).filter(bool)


@st.composite
def journals(draw: st.DrawFn) -> Journal:
    postings = [
        Posting(
            book=book,
            amount=Money(cents),
            line=draw(_lines) if book in RECEIVABLE else None,
            reason="45" if book is Book.CONTRACTUAL else None,
        )
        for book, cents in draw(
            st.lists(st.tuples(st.sampled_from(Book), _cents), min_size=1, max_size=8)
        )
    ]
    rest = -sum(one.amount.cents for one in postings)
    postings.append(Posting(book=Book.CHARGES, amount=Money(rest or 1)))
    if not rest:
        postings.append(Posting(book=Book.BANK, amount=Money(-1)))
    return Journal(kind=JournalKind.ADJUDICATION, postings=tuple(postings))


def line(book: Book, cents: int) -> Posting:
    return Posting(book=book, amount=Money(cents), line="1")


def test_a_journal_that_does_not_balance_is_none() -> None:
    with pytest.raises(ValidationError, match="differ by 1 cents"):
        Journal(
            kind=JournalKind.CHARGES,
            postings=(line(Book.INSURANCE, 101), Posting(book=Book.CHARGES, amount=Money(-100))),
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"book": "insurance", "amount": 5},
        {"book": "patient", "amount": 5},
        {"book": "bank", "amount": 5, "line": "1"},
        {"book": "bank", "amount": 0},
        {"book": "insurance", "amount": 5, "line": "0"},
    ],
)
def test_receivables_and_only_they_name_a_line(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Posting.model_validate(wrong)


@given(st.lists(journals(), max_size=12))
def test_all_books_together_are_always_nought(posted: list[Journal]) -> None:
    assert sum(money.cents for money in totals(posted).values()) == 0


@given(st.lists(journals(), max_size=12))
def test_what_is_open_by_line_is_what_stands_in_the_books(posted: list[Journal]) -> None:
    balances: dict[str, LineBalance] = {}
    for journal in posted:
        balances = after(balances, journal)
    books = totals(posted)
    owed = sum(one.insurance.cents for one in balances.values())
    assert owed == books.get(Book.INSURANCE, Money(0)).cents
    assert sum(one.patient.cents for one in balances.values()) == (
        books.get(Book.PATIENT, Money(0)).cents
    )


@given(st.lists(journals(), max_size=8), st.randoms())
def test_taken_back_in_any_order_nothing_is_left(posted: list[Journal], dice: object) -> None:
    every = posted + [one.reversed() for one in posted]
    dice.shuffle(every)  # type: ignore[attr-defined]
    assert all(not money for money in totals(every).values())
    balances: dict[str, LineBalance] = {}
    for journal in every:
        balances = after(balances, journal)
    assert all(one == LineBalance() for one in balances.values())


@given(journals())
def test_taking_back_twice_is_as_before(journal: Journal) -> None:
    assert journal.reversed().reversed(journal.kind) == journal
