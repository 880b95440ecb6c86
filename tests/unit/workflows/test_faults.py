"""Errors of tasks: who retries, when, and who catches."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.localstack.workflows.execution import Status
from scripts.localstack.workflows.faults import delay_before_retry, matches
from tests.unit.workflows.conftest import START, Failing, World, ask, call

CAUGHT = {"Type": "Succeed"}
CATCH_ALL = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]


def failing(*errors: str) -> Callable[[Any], Any]:
    """Fails so, once with each; then answers."""
    left = list(errors)

    def answer(payload: Any) -> Any:
        if left:
            raise Failing(left.pop(0))
        return payload

    return answer


def test_a_retry_waits_longer_each_time_up_to_the_most(world: World) -> None:
    retry = [
        {
            "ErrorEquals": ["Down"],
            "IntervalSeconds": 10,
            "BackoffRate": 3,
            "MaxDelaySeconds": 50,
            "MaxAttempts": 4,
        }
    ]
    world.answers["work"] = failing("Down", "Down", "Down")
    world.machine({"Work": call(Retry=retry)})
    world.start({"n": 1})
    dues = []
    while world.now().status is Status.RUNNING:
        dues.append((world.engine.next_due() or 0) - world.at)
        world.pass_time(dues[-1])
    assert dues == [10, 30, 50]
    assert world.now().output == {"n": 1}
    assert world.now().transitions == 4
    assert world.happened().count("TaskFailed") == 3


def test_each_retrier_counts_for_itself_and_the_exhausted_one_ends_it(world: World) -> None:
    retry = [
        {"ErrorEquals": ["A", "B"], "IntervalSeconds": 1, "MaxAttempts": 2},
        {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 2},
    ]
    # The example of the specification: the fourth error is the first retrier's, which is used up.
    world.answers["work"] = failing("A", "B", "C", "B")
    world.machine({"Work": call(Retry=retry, Catch=CATCH_ALL), "Caught": CAUGHT})
    world.start()
    world.pass_time(100)
    assert len(world.calls) == 4
    assert world.path_of() == ["Work", "Caught"]


def test_retry_counts_start_over_when_the_state_is_entered_again(world: World) -> None:
    retry = [{"ErrorEquals": ["Down"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    world.answers["work"] = failing("Down", "ok-never", "Down")
    catch = [{"ErrorEquals": ["ok-never"], "Next": "Work"}]
    world.machine({"Work": call(Retry=retry, Catch=catch)})
    world.start()
    world.pass_time(100)
    assert world.now().status is Status.SUCCEEDED
    assert len(world.calls) == 4


def test_three_attempts_where_nothing_else_is_said(world: World) -> None:
    world.answers["work"] = failing(*["Down"] * 9)
    world.machine({"Work": call(Retry=[{"ErrorEquals": ["States.ALL"]}])})
    world.start()
    world.pass_time(100)
    assert world.now().status is Status.FAILED
    assert len(world.calls) == 4
    assert world.now().stopped == START + 1 + 2 + 4


def test_a_catcher_sees_the_error_and_goes_its_way(world: World) -> None:
    world.answers["work"] = failing("Refused")
    catch = [
        {"ErrorEquals": ["Other"], "Next": "Never"},
        {
            "ErrorEquals": ["Refused", "Down"],
            "Next": "Caught",
            "Assign": {"why": "{% $states.errorOutput.Error %}"},
            "Output": {"was": "{% $states.input %}"},
        },
    ]
    states = {"Work": call(Catch=catch), "Never": {"Type": "Succeed"}, "Caught": CAUGHT}
    done = world.machine(states).start({"n": 1})
    assert done.output == {"was": {"n": 1}}
    assert done.variables == {"why": "Refused"}


def test_a_catcher_without_output_hands_on_the_error(world: World) -> None:
    world.answers["work"] = failing("Refused")
    done = world.machine({"Work": call(Catch=CATCH_ALL), "Caught": CAUGHT}).start()
    assert done.output["Error"] == "Refused"
    assert json.loads(done.output["Cause"]) == {"errorType": "Refused", "errorMessage": "no"}


def test_an_error_nobody_takes_ends_the_execution(world: World) -> None:
    world.answers["work"] = failing("Refused")
    done = world.machine({"Work": call()}).start()
    assert (done.status, done.error) == (Status.FAILED, "Refused")


def test_a_wrong_expression_in_a_task_is_caught_like_any_error(world: World) -> None:
    broken = call(Output="{% $states.result.Payload.absent %}", Catch=CATCH_ALL)
    done = world.machine({"Work": broken, "Caught": CAUGHT}).start()
    assert done.output["Error"] == "States.QueryEvaluationError"


@pytest.mark.parametrize(
    ("error", "names", "taken"),
    [
        ("X", ["X"], True),
        ("X", ["Y"], False),
        ("X", ["States.ALL"], True),
        ("X", ["States.TaskFailed"], True),
        ("States.Timeout", ["States.TaskFailed"], False),
        ("States.Timeout", ["States.ALL"], True),
        ("States.HeartbeatTimeout", ["States.Timeout"], True),
        ("States.DataLimitExceeded", ["States.ALL"], False),
        ("States.Runtime", ["States.TaskFailed"], False),
        ("States.DataLimitExceeded", ["States.DataLimitExceeded"], True),
        ("States.QueryEvaluationError", ["States.TaskFailed"], True),
    ],
)
def test_which_names_take_an_error(error: str, names: list[str], taken: bool) -> None:
    assert matches(error, names) is taken


@given(st.integers(0, 30), st.integers(1, 60), st.floats(1, 4), st.integers(1, 900), st.integers())
def test_jitter_stays_between_nothing_and_the_full_delay(
    tried: int, interval: int, rate: float, most: int, seed: int
) -> None:
    rule = {
        "ErrorEquals": ["X"],
        "IntervalSeconds": interval,
        "BackoffRate": rate,
        "MaxDelaySeconds": most,
        "MaxAttempts": 31,
        "JitterStrategy": "FULL",
    }
    tries = [tried]
    delay = delay_before_retry([rule], tries, "X", Random(seed))
    assert delay is not None
    assert 0 <= delay <= min(interval * rate**tried, most)
    assert tries == [tried + 1]


def test_jitter_spreads(world: World) -> None:
    rule = {"ErrorEquals": ["X"], "IntervalSeconds": 100, "JitterStrategy": "FULL"}
    chance = Random(1)
    delays = [delay_before_retry([rule], [0], "X", chance) or 0 for _ in range(200)]
    assert min(delays) < 10
    assert max(delays) > 90


def test_a_clock_can_be_set_to_the_time_of_a_retry(world: World) -> None:
    retry = [{"ErrorEquals": ["Down"], "MaxAttempts": 50, "JitterStrategy": "FULL"}]
    world.answers["work"] = failing(*["Down"] * 20)
    world.machine({"Work": call(Retry=retry)})
    world.start()
    while (due := world.engine.next_due()) is not None:
        # To the microsecond, which is less than such a number can hold.
        world.at = datetime.fromtimestamp(due, UTC).timestamp()
        assert world.engine.run_due() > 0
    assert world.now().status is Status.SUCCEEDED
    assert len(world.calls) == 21


# -- tokens -------------------------------------------------------------------


def test_a_task_waits_until_its_token_comes_back(world: World) -> None:
    world.machine({"Ask": ask(TimeoutSeconds=3600)})
    assert world.start().status is Status.RUNNING
    token = world.calls[0][1]["token"]
    world.pass_time(600)
    world.engine.send_task_success(token, {"reply": "confirmed"})
    world.engine.run_due()
    assert world.now().output == {"reply": "confirmed"}
    assert world.happened()[2:4] == ["TaskSubmitted", "TaskSucceeded"]


def test_nobody_answers_in_time(world: World) -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]
    waits = ask(TimeoutSeconds="{% $states.input.seconds %}", Catch=catch)
    world.machine({"Ask": waits, "Caught": CAUGHT})
    world.start({"seconds": 3600})
    world.pass_time(3599)
    assert world.now().status is Status.RUNNING
    world.pass_time(1)
    assert world.now().status is Status.SUCCEEDED
    assert world.path_of() == ["Ask", "Caught"]


def test_a_heartbeat_keeps_a_task_alive(world: World) -> None:
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Caught"}]
    world.machine({"Ask": ask(HeartbeatSeconds=60, Catch=catch), "Caught": CAUGHT})
    world.start()
    token = world.calls[0][1]["token"]
    world.pass_time(50)
    world.engine.send_task_heartbeat(token)
    world.pass_time(50)
    assert world.now().status is Status.RUNNING
    world.pass_time(10)
    assert world.path_of() == ["Ask", "Caught"]


def test_a_failure_by_token_is_retried_under_a_new_token(world: World) -> None:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1}]
    world.machine({"Ask": ask(Retry=retry)})
    world.start()
    first = world.calls[0][1]["token"]
    world.engine.send_task_failure(first, "Busy", "later")
    world.engine.run_due()
    world.pass_time(1)
    second = world.calls[1][1]["token"]
    assert second != first
    world.engine.send_task_success(second, 1)
    world.engine.run_due()
    assert world.now().output == 1


def test_an_answer_that_comes_while_the_function_still_runs_is_taken(world: World) -> None:
    def answers_at_once(payload: Any) -> None:
        world.engine.send_task_success(payload["token"], "quick")

    world.answers["ask"] = answers_at_once
    world.machine({"Ask": ask(TimeoutSeconds=60)})
    assert world.start().output == "quick"
