"""The tables of moves: nothing leads out of an end, nothing closes by hand."""

from __future__ import annotations

import pytest

from caresmith.records.clinical.encounter import BillingPart, EncounterStatus
from caresmith.records.clinical.order import ORDER_MOVES
from caresmith.records.clinical.planning import RequestStatus
from functions.encounters.errors import IllegalMove
from functions.encounters.status import BY_HAND, MOVES, WRITABLE, check_move, missing

S = EncounterStatus
CODED = BillingPart.model_validate(
    {
        "diagnoses": [{"code": {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J20.9"}}],
        "services": [
            {
                "code": {"system": "http://www.ama-assn.org/go/cpt", "code": "99213"},
                "diagnoses": [1],
            }
        ],
    }
)


def test_every_status_has_its_moves() -> None:
    assert set(MOVES) == set(S)
    assert set(ORDER_MOVES) == set(RequestStatus)


def test_whatever_is_wrong_can_be_said_to_be_wrong() -> None:
    for status, moves in MOVES.items():
        assert (S.ENTERED_IN_ERROR in moves) is (status is not S.ENTERED_IN_ERROR)
    for order, steps in ORDER_MOVES.items():
        wrong = RequestStatus.ENTERED_IN_ERROR
        assert (wrong in steps) is (order is not wrong)


def test_nobody_writes_in_what_is_over_and_nothing_comes_back_from_it() -> None:
    for over in set(S) - WRITABLE - {S.CANCELLED, S.UNKNOWN}:
        assert not MOVES[over] & WRITABLE


def test_a_visit_closes_only_from_where_somebody_works_and_never_by_hand() -> None:
    closing = {status for status, moves in MOVES.items() if S.FINISHED in moves}
    assert closing == {S.IN_PROGRESS, S.ON_LEAVE}
    assert S.FINISHED not in BY_HAND


def test_an_illegal_move_says_from_where_to_where() -> None:
    with pytest.raises(IllegalMove, match="finished can't become arrived"):
        check_move(S.FINISHED, S.ARRIVED)
    check_move(S.ARRIVED, S.TRIAGED)


@pytest.mark.parametrize(
    ("billing", "signed", "awaits", "wanted"),
    [
        (BillingPart(), False, False, ["signature", "diagnosis", "service"]),
        (BillingPart(), True, True, ["cosignature", "diagnosis", "service"]),
        (BillingPart(diagnoses=CODED.diagnoses), True, False, ["service"]),
        (BillingPart(no_charge="Global period"), True, False, []),
        (BillingPart(no_charge="Global period"), False, False, ["signature"]),
        (CODED, True, False, []),
        (CODED, False, True, ["signature", "cosignature"]),
    ],
)
def test_what_a_visit_needs_before_it_closes(
    billing: BillingPart, signed: bool, awaits: bool, wanted: list[str]
) -> None:
    assert missing(billing, signed=signed, awaits_cosigner=awaits) == wanted
