"""The operations of Step Functions' API that functions call, answered by an engine.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from scripts.localstack.answering import ApiError
from scripts.localstack.workflows.engine import (
    AlreadyExists,
    Engine,
    NoSuchExecution,
    NoSuchMachine,
    NoSuchTask,
    TaskIsOver,
)
from scripts.localstack.workflows.execution import Execution, Status

_CODES: Final[dict[type[Exception], str]] = {
    AlreadyExists: "ExecutionAlreadyExists",
    NoSuchMachine: "StateMachineDoesNotExist",
    NoSuchExecution: "ExecutionDoesNotExist",
    NoSuchTask: "TaskDoesNotExist",
    TaskIsOver: "TaskTimedOut",
}
_PAGE: Final = 100


class StepFunctionsApi:
    """Operation and parameters in, the answer out, as boto3 has them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._operations: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "StartExecution": self._start,
            "StopExecution": self._stop,
            "DescribeExecution": self._describe,
            "ListExecutions": self._list,
            "ListStateMachines": self._machines,
            "GetExecutionHistory": self._history,
            "SendTaskSuccess": self._success,
            "SendTaskFailure": self._failure,
            "SendTaskHeartbeat": self._heartbeat,
        }

    def answer(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Raises ApiError as the cloud does."""
        if operation not in self._operations:
            raise ApiError("UnknownOperationException", f"{operation} is not answered here")
        try:
            return self._operations[operation](given)
        except tuple(_CODES) as error:
            raise ApiError(_CODES[type(error)], str(error)) from error

    def _start(self, given: Mapping[str, Any]) -> dict[str, Any]:
        text = given.get("input", "{}")
        begun = self._engine.start(
            given["stateMachineArn"], given["name"], _json(text, "InvalidExecutionInput")
        )
        return {"executionArn": begun.arn, "startDate": begun.started}

    def _stop(self, given: Mapping[str, Any]) -> dict[str, Any]:
        stopped = self._engine.stop(
            given["executionArn"], given.get("error", ""), given.get("cause", "")
        )
        return {"stopDate": stopped.stopped}

    def _describe(self, given: Mapping[str, Any]) -> dict[str, Any]:
        found = self._engine.describe(given["executionArn"])
        told = {
            **_summary(found),
            "input": json.dumps(found.input),
            "error": found.error,
            "cause": found.cause,
        }
        if found.status is Status.SUCCEEDED:
            told["output"] = json.dumps(found.output)
        return {key: value for key, value in told.items() if value is not None}

    def _list(self, given: Mapping[str, Any]) -> dict[str, Any]:
        skip = int(given.get("nextToken") or 0)
        most = int(given.get("maxResults") or _PAGE)
        status = given.get("statusFilter")
        found = self._engine.store.newest(
            given["stateMachineArn"], Status(status) if status else None, most + 1, skip
        )
        listed = [_summary(execution) for execution in found[:most]]
        more = {"nextToken": str(skip + most)} if len(found) > most else {}
        return {"executions": listed, **more}

    def _machines(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "stateMachines": [
                {
                    "stateMachineArn": arn,
                    "name": arn.rpartition(":")[2],
                    "type": "STANDARD",
                    "creationDate": 0.0,
                }
                for arn in self._engine.machines
            ]
        }

    def _history(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Types, times and names of states; details of data are not kept."""
        arn = given["executionArn"]
        self._engine.describe(arn)
        told = []
        for number, line in enumerate(self._engine.store.history(arn), 1):
            event: dict[str, Any] = {"id": number, "timestamp": line.at, "type": line.type}
            for what in ("Entered", "Exited"):
                if line.type.endswith(f"State{what}"):
                    event[f"state{what}EventDetails"] = {"name": line.state}
            told.append(event)
        return {"events": told}

    def _success(self, given: Mapping[str, Any]) -> dict[str, Any]:
        self._engine.send_task_success(given["taskToken"], _json(given["output"], "InvalidOutput"))
        return {}

    def _failure(self, given: Mapping[str, Any]) -> dict[str, Any]:
        self._engine.send_task_failure(
            given["taskToken"], given.get("error", ""), given.get("cause", "")
        )
        return {}

    def _heartbeat(self, given: Mapping[str, Any]) -> dict[str, Any]:
        self._engine.send_task_heartbeat(given["taskToken"])
        return {}


def _summary(execution: Execution) -> dict[str, Any]:
    told = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "status": str(execution.status),
        "startDate": execution.started,
        "stopDate": execution.stopped,
    }
    return {key: value for key, value in told.items() if value is not None}


def _json(text: str, otherwise: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ApiError(otherwise, "not JSON") from error
