"""What the next payer is told of those before: amounts balance, and nothing is told twice."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from caresmith.ids import ClaimId, RemittanceId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import Adjudication, SaidAdjustment, SaidLine
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.remittance.model import ClaimStatus
from functions.claims.adjudicated import standing_answers
from functions.claims.drafting.others import left_to_patient, summed

CO, PR, OA, CR = (AdjustmentGroup(one) for one in ("CO", "PR", "OA", "CR"))
CLAIM, FILE = ClaimId.new(), RemittanceId.new()


def said(
    paid: int,
    *adjustments: tuple[AdjustmentGroup, str, int],
    position: int = 1,
    turn: int = 1,
    status: ClaimStatus = ClaimStatus.PRIMARY,
    line: str = "1",
    on: date = date(2026, 11, 1),
) -> Adjudication:
    told = tuple(
        SaidAdjustment(group=group, reason=reason, amount=Money(cents))
        for group, reason, cents in adjustments
    )
    charge = paid + sum(one.amount.cents for one in told)
    return Adjudication(
        remittance_id=FILE,
        position=position,
        claim_id=CLAIM,
        turn=turn,
        status=status,
        payer_control_number="ICN1",
        paid_on=on,
        lines=(SaidLine(line=line, charge=Money(charge), paid=Money(paid), adjustments=told),),
    )


def test_the_last_word_of_a_payer_stands() -> None:
    first = said(80_00, (CO, "45", 50_00), (PR, "3", 20_00))
    answers = standing_answers([first])
    assert answers[1].lines[0].paid == Money(80_00)
    assert answers[1].payer_control_number == "ICN1"


def test_what_was_taken_back_is_not_told() -> None:
    first = said(80_00, (CO, "45", 50_00), (PR, "3", 20_00))
    back = said(
        -80_00,
        (CO, "45", -50_00),
        (PR, "3", -20_00),
        position=2,
        status=ClaimStatus.REVERSAL,
    )
    again = said(70_00, (CO, "45", 50_00), (PR, "1", 30_00), position=3)
    assert standing_answers([first, back]) == {}
    assert standing_answers([again, back, first])[1].lines[0].paid == Money(70_00)


def test_a_predetermination_is_no_answer() -> None:
    assert standing_answers([said(80_00, status=ClaimStatus.PREDETERMINATION)]) == {}


def test_each_payer_has_its_own_answer() -> None:
    answers = standing_answers(
        [
            said(80_00, (PR, "3", 20_00)),
            said(15_00, (PR, "2", 5_00), turn=2, status=ClaimStatus.SECONDARY, position=2),
        ]
    )
    assert sorted(answers) == [1, 2]


def test_what_is_left_to_the_patient_is_what_pr_says() -> None:
    every = (
        Adjustment(CO, "45", Money(50_00)),
        Adjustment(PR, "1", Money(30_00)),
        Adjustment(PR, "3", Money(20_00)),
    )
    assert left_to_patient(every) == Money(50_00)
    assert left_to_patient(every[:1]) is None


_adjustments = st.lists(
    st.builds(
        Adjustment,
        st.sampled_from([CO, PR, OA, CR]),
        st.sampled_from(["1", "2", "3", "45", "97"]),
        st.integers(-10_000, 10_000).map(Money),
    ),
    max_size=12,
)


@given(_adjustments)
def test_sums_are_kept_and_each_reason_stands_once(every: list[Adjustment]) -> None:
    told = summed(every)
    assert sum(one.amount.cents for one in told) == sum(one.amount.cents for one in every)
    keys = [(one.group, one.reason) for one in told]
    assert len(set(keys)) == len(keys)
    assert all(one.amount and one.group is not CR for one in told)
