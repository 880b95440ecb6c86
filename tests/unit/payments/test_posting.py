"""The rules of posting, one by one: where each cent of a line goes, and why."""

from __future__ import annotations

import pytest

from caresmith.ids import ClaimId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.claim import MOVES, OUT, ClaimState
from caresmith.records.revenue.ledger import Book, JournalKind
from caresmith.x12.remittance.model import ClaimStatus
from functions.payments.posting.carc import Treatment, carc, codes
from functions.payments.posting.outcome import Finding, claim_states, findings
from functions.payments.posting.posting import Change, State, change
from functions.payments.posting.settling import Settlement, settle
from tests.unit.payments.said import CLAIMS, Cas, line, said, taken_back

INS, PAT, CLEAR = Book.INSURANCE, Book.PATIENT, Book.CLEARING
CHARGES = {"1": Money(150_00), "2": Money(80_00)}


def settled(*told: Adjudication, turns: int = 1, **more: object) -> Settlement:
    return settle(CHARGES, told, turns=turns, **more)  # type: ignore[arg-type]


def open_of(settlement: Settlement, number: str = "1") -> tuple[int, int]:
    """What insurance and what the patient still owe of a line, in cents."""
    books = settlement.lines[number].books
    owed = {book: sum(c for (at, _), c in books.items() if at is book) for book in (INS, PAT)}
    return CHARGES[number].cents + owed[INS], owed[PAT]


def book(settlement: Settlement, wanted: Book, number: str = "1") -> dict[str, int]:
    return {r: c for (at, r), c in settlement.lines[number].books.items() if at is wanted}


def kinds(settlement: Settlement, expected: dict[str, Money | None] | None = None) -> set[Finding]:
    return {one.kind for one in findings(settlement, expected or {})}


PRIMARY = said(line("1", 150_00, ("CO", "45", 50_00), ("PR", "1", 15_00), ("PR", "2", 5_00)))


def test_paid_contract_and_patient_by_reason() -> None:
    done = settled(PRIMARY)
    assert open_of(done) == (0, 20_00)
    assert book(done, Book.CONTRACTUAL) == {"45": 50_00}
    assert book(done, PAT) == {"1": 15_00, "2": 5_00}
    assert book(done, CLEAR) == {"": 80_00}
    assert not findings(done, {})


def test_what_no_adjudication_names_stays_where_the_charge_put_it() -> None:
    done = settled(PRIMARY)
    assert open_of(done, "2") == (80_00, 0)
    assert done.turn == 1


@pytest.mark.parametrize(
    ("cas", "taken_off", "insurance", "patient", "denied"),
    [
        (("CO", "45", 150_00), {"45": 150_00}, 0, 0, 0),
        (("CO", "253", 150_00), {"253": 150_00}, 0, 0, 0),
        (("CO", "59", 150_00), {"59": 150_00}, 0, 0, 0),
        (("CO", "50", 150_00), {}, 150_00, 0, 150_00),
        (("CO", "197", 150_00), {}, 150_00, 0, 150_00),
        (("CO", "29", 150_00), {}, 150_00, 0, 150_00),
        (("CO", "97", 150_00), {}, 150_00, 0, 150_00),
        (("CO", "ZZ9", 150_00), {}, 150_00, 0, 150_00),
        (("CO", "1", 150_00), {}, 150_00, 0, 150_00),
        (("CO", "24", 150_00), {}, 150_00, 0, 150_00),
        (("OA", "18", 150_00), {}, 150_00, 0, 150_00),
        (("OA", "23", 150_00), {}, 150_00, 0, 0),
        (("OA", "45", 150_00), {}, 150_00, 0, 0),
        (("PI", "45", 150_00), {}, 0, 0, 0),
        (("PI", "16", 150_00), {}, 150_00, 0, 150_00),
        (("PR", "1", 150_00), {}, 0, 150_00, 0),
        (("PR", "45", 150_00), {}, 0, 150_00, 0),
        (("PR", "204", 150_00), {}, 0, 150_00, 0),
        (("PR", "27", 150_00), {}, 150_00, 0, 150_00),
        (("PR", "22", 150_00), {}, 150_00, 0, 150_00),
        (("CR", "45", 150_00), {}, 150_00, 0, 0),
    ],
)
def test_each_group_and_reason_goes_its_way(
    cas: Cas, taken_off: dict[str, int], insurance: int, patient: int, denied: int
) -> None:
    done = settled(said(line("1", 150_00, cas)))
    assert open_of(done) == (insurance, patient)
    assert book(done, Book.CONTRACTUAL) == taken_off
    found = done.lines["1"].denied
    assert (found.cents if found else 0) == denied
    reduced = book(done, Book.PAYER_REDUCTION)
    assert reduced == ({"45": 150_00} if cas[:2] == ("PI", "45") else {})


def test_an_incentive_raises_what_is_paid_and_closes_the_line() -> None:
    done = settled(
        said(line("1", 150_00, ("CO", "45", 50_00), ("CO", "144", -5_00), ("PR", "3", 20_00)))
    )
    assert open_of(done) == (0, 20_00)
    assert book(done, Book.CONTRACTUAL) == {"45": 50_00, "144": -5_00}
    assert book(done, CLEAR) == {"": 85_00}


def test_the_patients_share_waits_for_the_second_payer() -> None:
    done = settled(PRIMARY, turns=2)
    assert open_of(done) == (20_00, 0)
    assert done.turn == 2
    assert done.lines["1"].patient == {"1": 15_00, "2": 5_00}


def test_a_second_payer_that_is_given_up_leaves_it_to_the_patient() -> None:
    done = settled(PRIMARY, turns=2, skipped={2})
    assert open_of(done) == (0, 20_00)


SECOND = said(
    line("1", 150_00, ("OA", "23", 130_00), ("PR", "3", 6_00)), turn=2, number=2, icn="ICN2"
)


def test_what_the_second_payer_leaves_is_the_patients() -> None:
    done = settled(PRIMARY, SECOND, turns=2)
    assert open_of(done) == (0, 6_00)
    assert book(done, CLEAR) == {"": 94_00}


def test_a_second_payer_that_repeats_the_reductions_takes_nothing_off_twice() -> None:
    repeats = said(
        line("1", 150_00, ("OA", "23", 80_00), ("CO", "45", 50_00)), turn=2, number=2, icn="ICN2"
    )
    done = settled(PRIMARY, repeats, turns=2)
    assert open_of(done) == (0, 0)
    assert book(done, Book.CONTRACTUAL) == {"45": 50_00}
    assert done.lines["1"].not_taken_off == 50_00


def test_a_second_payer_that_allows_less_than_the_first_paid_takes_off_the_rest() -> None:
    # Medicaid behind Medicare: nothing is paid, and nobody may bill the patient.
    medicaid = said(
        line("1", 150_00, ("OA", "23", 130_00), ("CO", "45", 20_00)), turn=2, number=2, icn="M"
    )
    done = settled(PRIMARY, medicaid, turns=2)
    assert open_of(done) == (0, 0)
    assert book(done, Book.CONTRACTUAL) == {"45": 70_00}


def test_what_the_second_payer_denies_stays_open_and_is_not_the_patients() -> None:
    denies = said(
        line("1", 150_00, ("OA", "23", 130_00), ("CO", "16", 20_00)), turn=2, number=2, icn="M"
    )
    done = settled(PRIMARY, denies, turns=2)
    assert open_of(done) == (20_00, 0)
    [denied] = done.denials
    assert (denied.claim, denied.cents) == (CLAIMS[2], 20_00)


def test_both_payers_paying_in_full_is_a_credit_and_never_more_than_the_charge() -> None:
    again = said(line("1", 150_00, ("CO", "45", 50_00)), turn=2, number=2, icn="M")
    done = settled(PRIMARY, again, turns=2)
    assert open_of(done) == (-80_00, 0)
    assert done.lines["1"].credit == 80_00
    assert Finding.CREDIT in kinds(done)


def test_a_second_payer_that_answers_first_is_put_right_by_the_first() -> None:
    early = settled(SECOND, turns=2)
    assert Finding.UNEXPLAINED in kinds(early)
    assert open_of(settled(SECOND, PRIMARY, turns=2)) == (0, 6_00)


def test_what_a_qmb_owes_goes_to_the_next_payer_and_never_to_the_patient() -> None:
    qmb = said(line("1", 150_00, ("CO", "45", 50_00), ("OA", "209", 20_00)))
    assert open_of(settled(qmb, turns=2)) == (20_00, 0)
    assert settled(qmb, turns=2).turn == 2
    assert open_of(settled(qmb)) == (20_00, 0)


BACK = taken_back(PRIMARY, 5)
CORRECTED = said(line("1", 150_00, ("CO", "45", 60_00), ("PR", "3", 25_00)), number=6, icn="ICN9")


def test_a_takeback_reverses_exactly_what_was_posted() -> None:
    done = settled(PRIMARY, BACK)
    assert not done.lines["1"].books
    assert claim_states(done) == {CLAIMS[1]: ClaimState.REVERSED}


def test_a_corrected_answer_stands_for_the_one_taken_back() -> None:
    done = settled(PRIMARY, BACK, CORRECTED)
    assert open_of(done) == (0, 25_00)
    assert book(done, CLEAR) == {"": 65_00}
    assert claim_states(done) == {CLAIMS[1]: ClaimState.PAID}
    assert not findings(done, {})


def test_a_takeback_without_its_original_is_looked_at_and_put_right_by_it() -> None:
    alone = settled(BACK)
    assert open_of(alone) == (150_00 + 80_00, 0)
    assert kinds(alone) == {Finding.TAKEN_BACK_UNKNOWN}
    assert not settled(BACK, PRIMARY).lines["1"].books


def test_a_takeback_of_other_amounts_counts_as_told_and_is_looked_at() -> None:
    other = said(
        line("1", -150_00, ("CO", "45", -60_00), ("PR", "1", -20_00)),
        number=5,
        status=ClaimStatus.REVERSAL,
    )
    done = settled(PRIMARY, other)
    assert book(done, CLEAR) == {"": 10_00}
    assert open_of(done) == (140_00, 0)
    assert kinds(done) == {Finding.TAKEN_BACK_OTHERWISE}


def test_a_takeback_for_the_number_of_the_corrected_claim_finds_its_original() -> None:
    other = taken_back(PRIMARY, 5).model_copy(update={"claim_id": ClaimId.derived("corrected")})
    assert not settled(PRIMARY, other).lines["1"].books


def test_an_answer_after_a_denial_stands_for_it() -> None:
    denied = said(line("1", 150_00, ("CO", "16", 150_00)), number=1)
    paid = said(line("1", 150_00, ("CO", "45", 50_00)), number=2)
    assert claim_states(settled(denied)) == {CLAIMS[1]: ClaimState.DENIED}
    both = settled(denied, paid)
    assert open_of(both) == (0, 0)
    assert claim_states(both) == {CLAIMS[1]: ClaimState.PAID}
    assert not findings(both, {})


def test_of_a_denial_and_a_payment_of_one_day_the_payment_stands() -> None:
    denied = said(line("1", 150_00, ("CO", "16", 150_00)), number=1)
    for number in range(2, 9):
        paid = said(line("1", 150_00, ("CO", "45", 50_00)), number=number)
        same_day = paid.model_copy(update={"paid_on": denied.paid_on})
        assert open_of(settled(denied, same_day)) == (0, 0)


def test_a_duplicate_says_nothing_of_the_answer_that_there_is() -> None:
    twice = said(line("1", 150_00, ("OA", "18", 150_00)), number=9)
    done = settled(PRIMARY, twice)
    assert open_of(done) == (0, 20_00)
    assert kinds(done) == {Finding.REPEATED}
    assert claim_states(settled(twice)) == {CLAIMS[1]: ClaimState.DENIED}


def test_two_answers_that_both_bring_money_are_a_credit_to_look_at() -> None:
    again = PRIMARY.model_copy(update={"position": 77})
    done = settled(PRIMARY, again)
    # Of 150 dollars 160 were paid: nothing is taken off besides, and the patient owes nothing.
    assert open_of(done) == (-10_00, 0)
    assert done.lines["1"].credit == 10_00
    assert {Finding.CREDIT, Finding.PAID_AGAIN} <= kinds(done)


@pytest.mark.parametrize(("turns", "owed"), [(1, (0, 1)), (2, (1, 0))])
def test_a_share_that_waits_for_the_next_payer_comes_before_a_denial_like_one_that_does_not(
    turns: int, owed: tuple[int, int]
) -> None:
    paid = said(line("2", 80_00))
    # Told again without taking the first back: of the line one cent is left for both reasons.
    again = said(line("2", 80_00, ("CO", "50", 1), ("PR", "1", 80_00)), number=2)
    done = settled(paid, again, turns=turns)
    assert done.lines["2"].patient == {"1": 1}
    assert done.lines["2"].denied is None
    assert open_of(done, "2") == owed


def test_bundled_services_move_between_the_lines_and_nothing_is_given_up() -> None:
    # TR3 1.10.2.6: all is paid on one line, in excess of its charge; the other is in it.
    bundled = said(
        line("1", 150_00, ("OA", "94", -80_00), ("CO", "45", 90_00)),
        line("2", 80_00, ("OA", "97", 80_00)),
    )
    done = settled(bundled)
    assert open_of(done) == (0, 0)
    assert open_of(done, "2") == (0, 0)
    moved = book(done, Book.OTHER_ADJUSTMENT) | book(done, Book.OTHER_ADJUSTMENT, "2")
    assert moved == {"94": -80_00, "97": 80_00}
    assert not done.denials


def test_included_services_without_an_excess_are_denied() -> None:
    done = settled(said(line("2", 80_00, ("CO", "97", 80_00))))
    assert open_of(done, "2") == (80_00, 0)
    assert [one.line for one in done.denials] == ["2"]


def test_a_claim_is_partly_paid_where_a_line_was_denied() -> None:
    done = settled(
        said(line("1", 150_00, ("CO", "45", 50_00)), line("2", 80_00, ("CO", "50", 80_00)))
    )
    assert claim_states(done) == {CLAIMS[1]: ClaimState.PARTLY_PAID}


def test_all_in_the_deductible_is_paid_as_it_should_be() -> None:
    done = settled(said(line("1", 150_00, ("CO", "45", 50_00), ("PR", "1", 100_00))))
    assert claim_states(done) == {CLAIMS[1]: ClaimState.PAID}


def test_less_than_was_expected_is_found_with_its_amount() -> None:
    expected: dict[str, Money | None] = {"1": Money(112_50)}
    [found] = findings(settled(PRIMARY), expected)
    assert (found.kind, found.cents) == (Finding.UNDERPAID, 12_50)


def test_a_claim_forwarded_unread_changes_nothing() -> None:
    away = said(line("1", 150_00, ("OA", "B11", 150_00)), status=ClaimStatus.NOT_OURS_FORWARDED)
    done = settled(away)
    assert not done.lines["1"].books
    assert claim_states(done) == {}


def test_a_change_is_the_difference_in_one_journal() -> None:
    state = State(CHARGES, 2)
    first: Change = change(state, add=PRIMARY)
    assert first.journal is not None
    assert first.journal.kind is JournalKind.ADJUDICATION
    assert first.journal.total(CLEAR) == Money(80_00)
    assert first.journal.total(PAT) == Money(0)
    second = change(first.state, add=SECOND)
    assert second.journal is not None
    assert second.journal.total(PAT) == Money(6_00)
    assert second.journal.total(CLEAR) == Money(14_00)
    out = change(second.state, remove=SECOND)
    assert out.journal == second.journal.reversed().model_copy(
        update={"kind": JournalKind.CORRECTION, "postings": out.journal.postings}
    )
    assert out.state == first.state


def test_a_denial_moves_nothing() -> None:
    done = change(State(CHARGES, 1), add=said(line("1", 150_00, ("CO", "50", 150_00))))
    assert done.journal is None
    assert done.settlement.denials


def test_the_table_of_reasons_is_whole_and_careful() -> None:
    known = codes()
    assert len({one.code for one in known}) == len(known) > 250
    assert all(len(one.words) <= 70 for one in known)
    assert carc("unheard").treatment is Treatment.DENIAL
    given_up = {one.code for one in known if one.treatment is Treatment.CONTRACTUAL}
    assert {"45", "59", "253", "44", "144"} <= given_up
    assert not {"16", "18", "22", "29", "50", "96", "97", "109", "197", "204"} & given_up


def test_a_takeback_may_come_while_an_answer_is_still_due() -> None:
    assert all(ClaimState.REVERSED in MOVES[state] for state in OUT)
