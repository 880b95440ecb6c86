"""What each kind of state does with its input, apart from calling functions.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from scripts.localstack.workflows.definition import State
from scripts.localstack.workflows.execution import Execution, Phase, Status
from scripts.localstack.workflows.expressions import QueryError, Scope, instant_text
from scripts.localstack.workflows.faults import NO_CHOICE, QUERY, TOO_LARGE, StateError

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_MAX_BYTES: Final = 256 * 1024
_MAX_SECONDS: Final = 99_999_999


@dataclass(frozen=True)
class Moved:
    """On to ``state`` with ``output`` as its input; None for the end."""

    state: str | None
    output: Any
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Waits:
    until: float
    phase: Phase


@dataclass(frozen=True)
class Ended:
    status: Status
    output: Any = None
    error: StateError | None = None


def scope(execution: Execution, now: float) -> Scope:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""
    context: dict[str, Any] = {
        "Execution": {
            "Id": execution.arn,
            "Input": execution.input,
            "Name": execution.name,
            "StartTime": instant_text(execution.started),
        },
        "State": {
            "EnteredTime": instant_text(execution.entered),
            "Name": execution.state,
            "RetryCount": execution.attempt,
        },
        "StateMachine": {
            "Id": execution.machine_arn,
            "Name": execution.machine_arn.rpartition(":")[2],
        },
    }
    if execution.token:
        context["Task"] = {"Token": execution.token}
    states = {"input": execution.state_input, "context": context}
    return Scope(states, execution.variables, now)


def outcome(execution: Execution, state: State, seen: Scope, now: float) -> Moved | Waits | Ended:
    """Of any state but a Task. Raises StateError or QueryError where it fails."""
    given = execution.state_input
    match state["Type"]:
        case "Pass":
            return leave(state, seen, default=given)
        case "Wait":
            return _wait(execution, state, seen, now)
        case "Choice":
            return _choice(state, seen, given)
        case "Succeed":
            return Ended(Status.SUCCEEDED, output=_output(state, seen, given))
        case _:
            error, cause = (str(seen.value(state.get(key, ""))) for key in ("Error", "Cause"))
            return Ended(Status.FAILED, error=StateError(error, cause))


def leave(rule: Mapping[str, Any], seen: Scope, *, default: Any) -> Moved:
    """The way out of a state, a choice or a catcher: its Next, Output and Assign."""
    # Both see the variables as they were: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    variables = seen.value(rule.get("Assign", {}))
    return Moved(rule.get("Next"), _output(rule, seen, default), variables)


def seconds(template: Any, seen: Scope) -> float:
    """A number of seconds, from an expression or as it stands. Raises QueryError."""
    found = seen.value(template)
    if isinstance(found, bool) or not isinstance(found, int | float) or found != int(found):
        raise QueryError(f"{template} gives {found!r}, which is no whole number")
    if not 0 <= found <= _MAX_SECONDS:
        raise QueryError(f"{template} gives {found}, which is out of range")
    return float(found)


def _output(rule: Mapping[str, Any], seen: Scope, default: Any) -> Any:
    found = seen.value(rule["Output"]) if "Output" in rule else default
    if len(json.dumps(found)) > _MAX_BYTES:
        raise StateError(TOO_LARGE, "The output is larger than 256 KiB.")
    return found


def _choice(state: State, seen: Scope, given: Any) -> Moved:
    for rule in state["Choices"]:
        met = seen.value(rule["Condition"])
        if not isinstance(met, bool):
            raise QueryError(f"{rule['Condition']} is neither true nor false")
        if met:
            return leave(rule, seen, default=given)
    if "Default" not in state:
        raise StateError(NO_CHOICE)
    return leave({**state, "Next": state["Default"]}, seen, default=given)


def _wait(execution: Execution, state: State, seen: Scope, now: float) -> Moved | Waits:
    if execution.phase is not Phase.WAITING:
        return Waits(_end_of_wait(state, seen, now), Phase.WAITING)
    if execution.until is not None and execution.until > now:
        return Waits(execution.until, Phase.WAITING)
    return leave(state, seen, default=execution.state_input)


def _end_of_wait(state: State, seen: Scope, now: float) -> float:
    if "Seconds" in state:
        return now + seconds(state["Seconds"], seen)
    text = seen.value(state["Timestamp"])
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise StateError(QUERY, f"{text!r} is no timestamp") from None
    if at.tzinfo is None:
        raise StateError(QUERY, f"{text!r} has no time zone")
    return at.timestamp()
