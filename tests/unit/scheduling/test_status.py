"""The table of moves, walked pair by pair."""

from __future__ import annotations

import itertools

import pytest

from functions.scheduling.status import (
    FLOW_MOVES,
    FREES_TIME,
    MOVABLE,
    MOVES,
    CancelReason,
    Flow,
    IllegalMove,
    Status,
    check_flow,
    check_move,
)

# https://hl7.org/fhir/R4/valueset-appointmentstatus.html
FHIR_STATUSES = {
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
}


def test_the_statuses_are_fhirs() -> None:
    assert {status.value for status in Status} == FHIR_STATUSES
    assert set(MOVES) == set(Status)


@pytest.mark.parametrize(("present", "wanted"), itertools.product(Status, Status), ids=str)
def test_every_pair_is_legal_or_refused_in_words(present: Status, wanted: Status) -> None:
    if wanted in MOVES[present]:
        check_move(present, wanted)
    else:
        with pytest.raises(IllegalMove, match=f"{present} can't become {wanted}"):
            check_move(present, wanted)


def test_nothing_leaves_entered_in_error_and_everything_else_can_get_there() -> None:
    assert not MOVES[Status.ENTERED_IN_ERROR]
    for status in set(Status) - {Status.ENTERED_IN_ERROR}:
        assert Status.ENTERED_IN_ERROR in MOVES[status]


def test_time_that_was_freed_is_never_taken_back_by_a_move() -> None:
    for status in FREES_TIME:
        assert MOVES[status] <= FREES_TIME


def test_only_what_still_lies_ahead_can_be_given_another_time() -> None:
    assert not MOVABLE & (FREES_TIME | {Status.FULFILLED, Status.NOSHOW, Status.CHECKED_IN})


@pytest.mark.parametrize(("present", "wanted"), itertools.product([None, *Flow], Flow), ids=str)
def test_every_step_through_the_rooms(present: Flow | None, wanted: Flow) -> None:
    if present is not None and wanted in FLOW_MOVES[present]:
        check_flow(present, wanted)
    else:
        with pytest.raises(IllegalMove):
            check_flow(present, wanted)


def test_cancellation_reasons_fit_an_event() -> None:
    assert all(len(reason) <= 40 for reason in CancelReason)
