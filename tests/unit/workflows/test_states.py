"""Each kind of state, and what JSONata sees in it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.localstack.workflows import engine
from scripts.localstack.workflows.definition import Unsound
from scripts.localstack.workflows.execution import Status
from tests.unit.workflows.conftest import MACHINE, START, Failing, World, call


def test_pass_makes_its_output_and_assigns_variables_from_before(world: World) -> None:
    world.machine(
        {
            "First": {
                "Type": "Pass",
                "Assign": {"n": "{% $states.input.n + 1 %}", "fixed": "plain {text}"},
                "Output": {"list": [1, "{% $states.input.n %}"], "n": "{% $states.input.n %}"},
                "Next": "Second",
            },
            "Second": {
                "Type": "Pass",
                # Both see the variable as it was before.
                "Assign": {"n": "{% $n + 1 %}"},
                "Output": "{% [$n, $states.input.list, $fixed] %}",
                "Next": "Third",
            },
            "Third": {"Type": "Pass", "Output": "{% $states.input[0] * 10 + $n %}", "End": True},
        }
    )
    done = world.start({"n": 4})
    assert done.status is Status.SUCCEEDED
    assert done.output == 56
    assert done.variables == {"n": 6, "fixed": "plain {text}"}


def test_what_a_state_sees_of_its_execution(world: World) -> None:
    world.machine(
        {
            "See": {
                "Type": "Pass",
                "Output": {
                    "execution": "{% $states.context.Execution %}",
                    "state": "{% $states.context.State %}",
                    "machine": "{% $states.context.StateMachine %}",
                    "now": "{% $now() %}",
                    "millis": "{% $millis() %}",
                },
                "End": True,
            }
        }
    )
    seen = world.start({"a": None}).output
    assert seen["execution"]["Name"] == "run"
    assert seen["execution"]["Input"] == {"a": None}
    assert seen["execution"]["StartTime"] == seen["now"] == "2027-01-15T08:00:00.000Z"
    assert seen["state"] == {"Name": "See", "EnteredTime": seen["now"], "RetryCount": 0}
    assert seen["machine"] == {"Id": MACHINE, "Name": "test"}
    assert seen["millis"] == START * 1000


@pytest.mark.parametrize(
    ("amount", "size"), [(150, "large"), (50, "small"), (100, "small"), (-1, "negative")]
)
def test_choice_takes_the_first_rule_that_is_met(world: World, amount: int, size: str) -> None:
    world.machine(
        {
            "Which": {
                "Type": "Choice",
                "Choices": [
                    {"Condition": "{% $states.input.n > 100 %}", "Next": "Tell", "Output": "large"},
                    {
                        "Condition": "{% $states.input.n < 0 %}",
                        "Next": "Tell",
                        "Assign": {"size": "negative"},
                        "Output": "{% 'negative' %}",
                    },
                ],
                "Default": "Tell",
                "Output": "small",
            },
            "Tell": {"Type": "Succeed"},
        }
    )
    assert world.start({"n": amount}).output == size


def test_choice_without_a_way_fails(world: World) -> None:
    world.machine(
        {
            "Which": {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "End"}]},
            "End": {"Type": "Succeed"},
        }
    )
    assert world.start().error == "States.NoChoiceMatched"


@pytest.mark.parametrize(
    "expression",
    [
        "$states.input.absent",
        "$nobody",
        "$sum",
        "'a' > 1",
        "$states.result",
        "$states.input.text + 1",
    ],
)
def test_an_expression_without_a_value_is_an_error(world: World, expression: str) -> None:
    world.machine({"Wrong": {"Type": "Pass", "Output": f"{{% {expression} %}}", "End": True}})
    done = world.start({"text": "x"})
    assert done.status is Status.FAILED
    assert done.error == "States.QueryEvaluationError"


def test_a_null_is_a_value(world: World) -> None:
    world.machine({"Null": {"Type": "Pass", "Output": "{% $states.input.until %}", "End": True}})
    done = world.start({"until": None})
    assert done.status is Status.SUCCEEDED
    assert done.output is None


def test_a_condition_that_is_neither_true_nor_false_is_an_error(world: World) -> None:
    world.machine(
        {
            "Which": {"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "End"}]},
            "End": {"Type": "Succeed"},
        }
    )
    assert world.start().error == "States.QueryEvaluationError"


@pytest.mark.parametrize(
    ("how", "given", "seconds"),
    [
        ({"Seconds": 90}, {}, 90),
        ({"Seconds": "{% $states.input.n * 60 %}"}, {"n": 2}, 120),
        ({"Timestamp": "2027-01-15T08:01:00Z"}, {}, 60),
        ({"Timestamp": "{% $states.input.until %}"}, {"until": "2027-01-15T03:00:30-05:00"}, 30),
    ],
)
def test_wait_lasts_as_long_as_it_says(
    world: World, how: dict[str, Any], given: Any, seconds: int
) -> None:
    world.machine({"Wait": {"Type": "Wait", **how, "Next": "End"}, "End": {"Type": "Succeed"}})
    assert world.start(given).status is Status.RUNNING
    assert world.engine.next_due() == START + seconds
    world.pass_time(seconds - 1)
    assert world.now().status is Status.RUNNING
    world.pass_time(1)
    assert world.now().status is Status.SUCCEEDED
    assert world.now().output == given


def test_wait_until_what_is_past_goes_on_at_once(world: World) -> None:
    past = {"Type": "Wait", "Timestamp": "2020-01-01T00:00:00Z", "Next": "End"}
    world.machine({"Wait": past, "End": {"Type": "Succeed"}})
    assert world.start().status is Status.SUCCEEDED


@pytest.mark.parametrize(
    "how",
    [
        {"Seconds": "{% 1.5 %}"},
        {"Seconds": "{% 'ten' %}"},
        {"Seconds": "{% -1 %}"},
        {"Timestamp": "{% 'tomorrow' %}"},
        {"Timestamp": "{% '2027-01-15T08:01:00' %}"},
    ],
)
def test_wait_for_no_time_is_an_error(world: World, how: dict[str, Any]) -> None:
    world.machine({"Wait": {"Type": "Wait", **how, "End": True}})
    assert world.start().error == "States.QueryEvaluationError"


def test_fail_tells_its_error(world: World) -> None:
    cause = "{% 'because of ' & $states.input.why %}"
    world.machine({"Stop": {"Type": "Fail", "Error": "Broken", "Cause": cause}})
    done = world.start({"why": "rain"})
    assert (done.status, done.error, done.cause) == (Status.FAILED, "Broken", "because of rain")


def test_a_task_calls_its_function_and_sees_the_answer(world: World) -> None:
    world.answers["double"] = lambda given: {"n": given["n"] * 2}
    world.machine({"Work": call("double", Assign={"code": "{% $states.result.StatusCode %}"})})
    done = world.start({"n": 21})
    assert done.output == {"n": 42}
    assert done.variables == {"code": 200}
    assert world.calls == [("double", {"n": 21})]


def test_too_large_an_output_cannot_be_caught(world: World) -> None:
    world.answers["work"] = lambda _: "x" * 300_000
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    world.machine({"Work": call(Catch=catch), "Caught": {"Type": "Succeed"}})
    assert world.start().error == "States.DataLimitExceeded"


def test_an_endless_loop_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_EVENTS", 200)
    world.machine(
        {
            "Again": {"Type": "Pass", "Next": "Which"},
            "Which": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% false %}", "Next": "End"}],
                "Default": "Again",
            },
            "End": {"Type": "Succeed"},
        }
    )
    assert world.start().error == "States.Runtime"


def test_a_machine_that_takes_too_long_times_out(world: World) -> None:
    wait = {"Type": "Wait", "Seconds": 1000, "End": True}
    world.machine({"Wait": wait}, TimeoutSeconds=600)
    world.start()
    world.pass_time(601)
    assert world.now().status is Status.TIMED_OUT
    assert world.now().stopped == START + 600


def test_an_error_in_what_a_catcher_makes_ends_the_execution(world: World) -> None:
    world.answers["work"] = fail("Broken")
    catch = [{"ErrorEquals": ["Broken"], "Output": "{% $nothing %}", "Next": "Caught"}]
    world.machine({"Work": call(Catch=catch), "Caught": {"Type": "Succeed"}})
    assert world.start().error == "States.QueryEvaluationError"


def fail(error: str) -> Any:
    def failing(_: Any) -> Any:
        raise Failing(error)

    return failing


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ({"A": {"Type": "Parallel", "Branches": [], "End": True}}, "not run here"),
        ({"A": {"Type": "Pass", "Next": "B"}}, "which there is not"),
        ({"A": {"Type": "Pass"}}, "either Next or End"),
        ({"A": {"Type": "Pass", "Result": 1, "End": True}}, "Result not understood"),
        ({"A": {"Type": "Pass", "Output": "{% 1 + %}", "End": True}}, "1 +"),
        ({"A": {"Type": "Pass", "Output": "{% $eval('1') %}", "End": True}}, "not available"),
        ({"A": {"Type": "Wait", "End": True}}, "either Seconds or Timestamp"),
        ({"A": call(Resource="arn:aws:states:::sqs:sendMessage")}, "not run here"),
        (
            {"A": call(Retry=[{"ErrorEquals": ["States.ALL", "X"]}])},
            "stands alone and last",
        ),
        (
            {"A": call(Catch=[{"ErrorEquals": ["X"], "Next": "A", "ResultPath": "$"}])},
            "ResultPath not understood",
        ),
        ({"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}, "never reached: B"),
        ({"A": {"Type": "Pass", "QueryLanguage": "JSONPath", "End": True}}, "not JSONata"),
    ],
)
def test_what_the_engine_would_not_run_as_the_cloud_does_is_refused(
    world: World, states: dict[str, Any], told: str
) -> None:
    with pytest.raises(Unsound, match=told.replace("+", r"\+").replace("$", r"\$")):
        world.machine(states)
