"""A state machine's definition: as it is deployed, and read so that nothing is misread.

What the engine does not run as the cloud does is refused when it is read.
https://states-language.net/ and
https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.manifest import Workflow
from scripts.bootstrap.paths import ROOT
from scripts.localstack.workflows.expressions import check, source

INVOKE: Final = "arn:aws:states:::lambda:invoke"
INVOKE_AND_WAIT: Final = INVOKE + ".waitForTaskToken"
_ANY: Final = {"Type", "Comment", "QueryLanguage"}
_GOES_ON: Final = {"Next", "End", "Output", "Assign"}
_FIELDS: Final[Mapping[str, set[str]]] = {
    "Task": _ANY
    | _GOES_ON
    | {"Resource", "Arguments", "TimeoutSeconds", "HeartbeatSeconds", "Retry", "Catch"},
    "Choice": _ANY | {"Choices", "Default", "Output", "Assign"},
    "Wait": _ANY | _GOES_ON | {"Seconds", "Timestamp"},
    "Pass": _ANY | _GOES_ON,
    "Succeed": _ANY | {"Output"},
    "Fail": _ANY | {"Error", "Cause"},
}
_TOP: Final = {"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"}
_RETRIER: Final = {
    *("ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxDelaySeconds", "MaxAttempts"),
    *("JitterStrategy", "Comment"),
}
_CATCHER: Final = {"ErrorEquals", "Next", "Output", "Assign", "Comment"}
_CHOICE: Final = {"Condition", "Next", "Output", "Assign", "Comment"}

State = Mapping[str, Any]


class Unsound(ValueError):
    """The definition is wrong, or asks for what the engine does not run; the text says where."""


@dataclass(frozen=True)
class Definition:
    text: str
    start_at: str
    states: Mapping[str, State]
    timeout_seconds: float | None


def deployed(workflow: Workflow, arn_of: Callable[[str], str]) -> str:
    """The file's text with ``${<function>}`` replaced, as CloudFormation substitutes it."""
    text = (ROOT / workflow.definition).read_text()
    for function in workflow.invokes:
        text = text.replace("${" + function + "}", arn_of(function))
    return text


def read(text: str) -> Definition:
    """The definition in a JSON text. Raises Unsound."""
    told = json.loads(text)
    _fields("the machine", told, _TOP)
    if told.get("QueryLanguage") != "JSONata":
        raise Unsound("the query language is not JSONata")
    states = told["States"]
    if told.get("StartAt") not in states:
        raise Unsound("StartAt names no state")
    for name, state in states.items():
        _check_state(name, state, states)
    unreached = set(states) - set(_reached(told["StartAt"], states))
    if unreached:
        raise Unsound(f"never reached: {', '.join(sorted(unreached))}")
    return Definition(text, told["StartAt"], states, told.get("TimeoutSeconds"))


def ways(state: State) -> list[str]:
    """The states that may follow."""
    rules = [*state.get("Choices", []), *state.get("Catch", [])]
    found = [rule["Next"] for rule in rules]
    return [*found, *(state[key] for key in ("Next", "Default") if key in state)]


def _reached(start: str, states: Mapping[str, State]) -> Iterator[str]:
    seen, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        yield name
        for other in ways(states[name]):
            if other not in seen:
                seen.add(other)
                waiting.append(other)


def _check_state(name: str, state: State, states: Mapping[str, State]) -> None:
    kind = str(state.get("Type"))
    if kind not in _FIELDS:
        raise Unsound(f"{name}: {kind} states are not run here")
    _fields(name, state, _FIELDS[kind])
    if state.get("QueryLanguage", "JSONata") != "JSONata":
        raise Unsound(f"{name}: the query language is not JSONata")
    for other in ways(state):
        if other not in states:
            raise Unsound(f"{name}: goes to {other}, which there is not")
    _check_choices(name, kind, state)
    if kind == "Task":
        _check_task(name, state)
    for expression in _expressions(state):
        try:
            check(expression)
        except ValueError as error:
            raise Unsound(f"{name}: {error}") from error


def _check_choices(name: str, kind: str, state: State) -> None:
    """Where one of two things is to be said, and the rules of a Choice."""
    if kind in {"Task", "Wait", "Pass"} and ("Next" in state) == bool(state.get("End")):
        raise Unsound(f"{name}: either Next or End")
    if kind == "Wait" and ("Seconds" in state) == ("Timestamp" in state):
        raise Unsound(f"{name}: either Seconds or Timestamp")
    for rule in state.get("Choices", ()):
        _fields(name, rule, _CHOICE)


def _check_task(name: str, state: State) -> None:
    if state["Resource"] not in {INVOKE, INVOKE_AND_WAIT}:
        raise Unsound(f"{name}: {state['Resource']} is not run here")
    if "FunctionName" not in state.get("Arguments", {}):
        raise Unsound(f"{name}: no FunctionName")
    for field, allowed in (("Retry", _RETRIER), ("Catch", _CATCHER)):
        rules = state.get(field, [])
        for rule in rules:
            _fields(name, rule, allowed)
            errors = rule["ErrorEquals"]
            # Both: https://states-language.net/#errors
            if "States.ALL" in errors and (len(errors) > 1 or rule is not rules[-1]):
                raise Unsound(f"{name}: States.ALL stands alone and last")


def _fields(name: str, given: Mapping[str, Any], allowed: set[str]) -> None:
    unknown = set(given) - allowed
    if unknown:
        raise Unsound(f"{name}: {', '.join(sorted(unknown))} not understood")


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        found = source(value)
        if found is not None:
            yield found
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _expressions(inner)
