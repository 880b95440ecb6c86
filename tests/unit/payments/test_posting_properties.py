"""Whatever payers say, in whatever order: no cent comes or goes, and nothing denied is given up."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from caresmith.money import Money
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.ledger import (
    Book,
    Journal,
    JournalKind,
    LineBalance,
    Posting,
    after,
    totals,
)
from functions.payments.posting.effects import PASSES_ON, Kind, effects_of
from functions.payments.posting.posting import State, change
from functions.payments.posting.settling import settle
from tests.unit.payments.said import lines, said, stories, taken_back

CHARGES = {"1": 150_00, "2": 80_00, "7": 1}
REDUCTIONS = {Book.CONTRACTUAL, Book.PAYER_REDUCTION, Book.OTHER_ADJUSTMENT}


def charged(charges: dict[str, int]) -> Journal:
    postings = [
        Posting(book=Book.INSURANCE, amount=Money(cents), line=number)
        for number, cents in charges.items()
    ]
    postings.append(Posting(book=Book.CHARGES, amount=Money(-sum(charges.values()))))
    return Journal(kind=JournalKind.CHARGES, postings=tuple(postings))


def blank(turns: int) -> State:
    return State({number: Money(cents) for number, cents in CHARGES.items()}, turns)


def played(story: list[Adjudication], turns: int) -> tuple[State, list[Journal]]:
    state, journals = blank(turns), [charged(CHARGES)]
    for one in story:
        done = change(state, add=one)
        state = done.state
        journals += [done.journal] if done.journal else []
    return state, journals


def balances(journals: list[Journal]) -> dict[str, LineBalance]:
    found: dict[str, LineBalance] = {}
    for journal in journals:
        found = after(found, journal)
    return found


@given(stories(CHARGES), st.integers(1, 3), st.randoms())
@settings(deadline=None, max_examples=300)
def test_in_any_order_the_same_is_posted(
    story: list[Adjudication], turns: int, random: object
) -> None:
    mixed = list(story)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = played(story, turns), played(mixed, turns)
    assert one[0].posted == other[0].posted
    assert balances(one[1]) == balances(other[1])
    assert totals(one[1]) == totals(other[1]) or _without_zero(one[1]) == _without_zero(other[1])


def _without_zero(journals: list[Journal]) -> dict[Book, Money]:
    return {book: amount for book, amount in totals(journals).items() if amount}


@given(stories(CHARGES), st.integers(1, 3))
@settings(deadline=None, max_examples=300)
def test_clearing_holds_what_was_paid_and_each_line_its_journals(
    story: list[Adjudication], turns: int
) -> None:
    state, journals = played(story, turns)
    books = totals(journals)
    assert sum(amount.cents for amount in books.values()) == 0
    paid = sum(one.paid.cents for one in story)
    assert books.get(Book.CLEARING, Money(0)) == Money(paid)
    for number, balance in balances(journals).items():
        posted = state.posted.get(number, {})
        moved = {
            book: sum(cents for (at, _), cents in posted.items() if at is book)
            for book in (Book.INSURANCE, Book.PATIENT)
        }
        assert balance.insurance.cents == CHARGES[number] + moved[Book.INSURANCE]
        assert balance.patient.cents == moved[Book.PATIENT]


@given(stories(CHARGES), st.integers(1, 3))
@settings(deadline=None, max_examples=300)
def test_nothing_denied_is_given_up_and_nothing_is_taken_off_twice(
    story: list[Adjudication], turns: int
) -> None:
    settlement = settle(blank(turns).charges, story, turns=turns)
    words = {
        (one.turn, number): effects
        for one in settlement.pairs.standing
        for number, effects in effects_of(one).items()
    }
    for number, line in settlement.lines.items():
        told = [effects for (_, at), effects in words.items() if at == number]
        off = sum(cents for (book, _), cents in line.books.items() if book in REDUCTIONS)
        gains = sum(e.cents for one in told for e in one.effects if e.cents > 0 and e.book)
        assert off <= gains
        paid = line.books.get((Book.CLEARING, ""), 0)
        patient = sum(c for (book, _), c in line.books.items() if book is Book.PATIENT)
        assert patient >= 0
        rest = CHARGES[number] - paid - off - patient
        if line.credit:
            # Too much was paid; nothing of it is the patient's or was taken off besides.
            assert rest == -line.credit
            assert patient == 0
        else:
            assert rest >= 0
        last = words.get((line.turn, number))
        if last is not None:
            # The patient's share comes first, also while it waits for the next payer to be asked.
            room = max(0, CHARGES[number] - paid - off - sum(line.patient.values()))
            wanted = min(max(0, last.cents(Kind.DENIED)), room)
            denied = line.denied.cents if line.denied else 0
            passed_on = sum(max(0, e.cents) for e in last.effects if e.reason in PASSES_ON)
            if line.turn >= turns or not passed_on:
                assert denied == wanted
            else:
                assert wanted - passed_on <= denied <= wanted


@given(stories(CHARGES), st.integers(1, 3))
@settings(deadline=None, max_examples=200)
def test_what_is_taken_back_leaves_nothing(story: list[Adjudication], turns: int) -> None:
    answers = [one for one in story if not one.is_reversal]
    backs = [taken_back(one, 100 + place) for place, one in enumerate(answers)]
    state, journals = played([*answers, *backs], turns)
    assert not state.posted
    assert balances(journals) == balances([charged(CHARGES)])


@given(stories(CHARGES), st.integers(1, 3))
@settings(deadline=None, max_examples=200)
def test_what_is_told_twice_is_posted_once(story: list[Adjudication], turns: int) -> None:
    state, _ = played(story, turns)
    for one in story:
        again = change(state, add=one)
        assert again.journal is None
        assert again.state == state


class Ledger(RuleBasedStateMachine):
    """Post, replay, take back, take out, put in again, in any order, for one sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.state = blank(2)
        self.journals = [charged(CHARGES)]
        self.told: list[Adjudication] = []
        self.out: list[Adjudication] = []

    def _do(self, done: object) -> None:
        self.state = done.state  # type: ignore[attr-defined]
        if done.journal:  # type: ignore[attr-defined]
            self.journals.append(done.journal)  # type: ignore[attr-defined]

    @rule(said_lines=lines(CHARGES), turn=st.integers(1, 2), before=st.booleans())
    def post(self, said_lines: tuple, turn: int, before: bool) -> None:  # type: ignore[type-arg]
        number = len(self.told) + 1
        one = said(*said_lines, turn=turn, number=500 - number if before else 500 + number)
        self.told.append(one)
        self._do(change(self.state, add=one))

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.told))
        if one not in self.out:
            known = len(self.journals)
            self._do(change(self.state, add=one))
            assert len(self.journals) == known

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([x for x in self.told if not x.is_reversal]))
        back = taken_back(one, 2000 + len(self.told))
        self.told.append(back)
        self._do(change(self.state, add=back))

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.told))
        if one not in self.out:
            self.out.append(one)
        self._do(change(self.state, remove=one))

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def put_in_again(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.out))
        self.out.remove(one)
        self._do(change(self.state, add=one))

    @rule()
    def give_up_the_second_payer(self) -> None:
        self._do(change(self.state, skipped={2} ^ self.state.skipped))

    @invariant()
    def no_cent_comes_or_goes(self) -> None:
        books = totals(self.journals)
        assert sum(amount.cents for amount in books.values()) == 0
        counted = [one for one in self.told if one not in self.out]
        assert books.get(Book.CLEARING, Money(0)).cents == sum(x.paid.cents for x in counted)

    @invariant()
    def the_ledger_is_what_is_told_whatever_the_way_here(self) -> None:
        counted = [one for one in self.told if one not in self.out]
        fresh = settle(self.state.charges, counted, turns=2, skipped=self.state.skipped)
        for number, balance in balances(self.journals).items():
            books = fresh.lines[number].books
            insurance = sum(c for (book, _), c in books.items() if book is Book.INSURANCE)
            patient = sum(c for (book, _), c in books.items() if book is Book.PATIENT)
            assert balance.insurance.cents == CHARGES[number] + insurance
            assert balance.patient.cents == patient


Ledger.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=25)
TestLedger = Ledger.TestCase


@given(
    stories(CHARGES),
    st.integers(1, 3),
    st.dictionaries(st.sampled_from(sorted(CHARGES)), st.integers(1, 200_00)),
    st.booleans(),
)
@settings(deadline=None, max_examples=200)
def test_what_the_practice_decides_never_takes_more_than_insurance_still_has(
    story: list[Adjudication], turns: int, decided: dict[str, int], patients: bool
) -> None:
    half = len(story) // 2
    state, journals = played(story[:half], turns)
    key = (Book.PATIENT, "PTOTH") if patients else (Book.WRITE_OFF, "WOOTH")
    done = change(state, given={line: {key: cents} for line, cents in decided.items()})
    journals += [done.journal] if done.journal else []
    for one in story[half:]:
        done = change(done.state, add=one)
        journals += [done.journal] if done.journal else []
    plain, _ = played(story, turns)
    assert sum(amount.cents for amount in totals(journals).values()) == 0
    assert totals(journals).get(Book.CLEARING, Money(0)) == Money(
        sum(one.paid.cents for one in story)
    )
    for number, balance in balances(journals).items():
        stands = done.state.posted.get(number, {}).get(key, 0)
        assert 0 <= stands <= decided.get(number, 0)
        assert balance.insurance.cents == done.settlement.lines[number].left
        # Without the decision insurance has that much more, and nothing else differs.
        others = {at: cents for at, cents in done.state.posted.get(number, {}).items() if at != key}
        was = dict(plain.posted.get(number, {}))
        insurance = (Book.INSURANCE, "")
        assert others.pop(insurance, 0) + stands == was.pop(insurance, 0)
        assert others == was
        if stands:
            assert balance.insurance.cents >= 0
