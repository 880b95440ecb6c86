"""The Step Functions and Scheduler APIs over HTTP, and a page that shows what waits.

boto3 is pointed here by ``AWS_ENDPOINT_URL_SFN`` and ``AWS_ENDPOINT_URL_SCHEDULER``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from scripts.localstack.answering import Answer, ApiError
from scripts.localstack.waiting import Waiting
from scripts.localstack.workflows.expressions import instant_text

STEP_FUNCTIONS: Final = "/_local/aws/stepfunctions"
SCHEDULER: Final = "/_local/aws/scheduler"
_STATIC: Final = Path(__file__).with_name("pages")
_SHOWN: Final = 200
_NOT_FOUND: Final = re.compile(r"(ResourceNotFound|DoesNotExist)")
_OPERATIONS: Final = {
    "POST": "CreateSchedule",
    "PUT": "UpdateSchedule",
    "DELETE": "DeleteSchedule",
    "GET": "GetSchedule",
}


def aws_pages(waiting: Waiting, wake: Callable[[], None]) -> list[BaseRoute]:
    """``wake``: called when there may be something to do at once."""
    return [*_apis(waiting, wake), *_shown(waiting)]


def _apis(waiting: Waiting, wake: Callable[[], None]) -> list[BaseRoute]:
    async def answered(answer: Answer, operation: str, given: dict[str, Any]) -> Response:
        try:
            told = await anyio.to_thread.run_sync(answer, operation, given)
        except ApiError as error:
            status = 404 if _NOT_FOUND.search(error.code) else 400
            body = {"__type": error.code, "message": str(error), "Message": str(error)}
            return JSONResponse(body, status, {"x-amzn-errortype": error.code})
        wake()
        return JSONResponse(told, media_type="application/x-amz-json-1.0")

    async def step_functions(request: Request) -> Response:
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        return await answered(waiting.api.answer, operation, await request.json())

    async def schedule(request: Request) -> Response:
        given = json.loads(await request.body() or b"{}")
        group = request.query_params.get("groupName")
        named = {**given, "Name": request.path_params["name"]}
        if group:
            named["GroupName"] = group
        return await answered(waiting.schedules.answer, _OPERATIONS[request.method], named)

    async def schedules(request: Request) -> Response:
        asked = request.query_params
        given = {"GroupName": asked.get("ScheduleGroup"), "NamePrefix": asked.get("NamePrefix")}
        return await answered(waiting.schedules.answer, "ListSchedules", given)

    return [
        Route(STEP_FUNCTIONS, step_functions, methods=["POST"]),
        Route(f"{STEP_FUNCTIONS}/", step_functions, methods=["POST"]),
        Route(f"{SCHEDULER}/schedules", schedules),
        Route(f"{SCHEDULER}/schedules/{{name}}", schedule, methods=list(_OPERATIONS)),
    ]


def _shown(waiting: Waiting) -> list[BaseRoute]:
    async def page(_: Request) -> Response:
        return FileResponse(_STATIC / "workflows.html")

    async def script(_: Request) -> Response:
        return FileResponse(_STATIC / "workflows.js", media_type="text/javascript")

    async def facts(_: Request) -> Response:
        return JSONResponse(await anyio.to_thread.run_sync(_facts, waiting))

    async def history(request: Request) -> Response:
        arn = request.query_params.get("arn", "")
        told = await anyio.to_thread.run_sync(waiting.engine.store.history, arn)
        return JSONResponse([{**vars(line), "at": instant_text(line.at)} for line in told])

    return [
        Route("/_local/workflows", page),
        Route("/_local/workflows.js", script),
        Route("/_local/workflows/facts", facts),
        Route("/_local/workflows/history", history),
    ]


def _facts(waiting: Waiting) -> dict[str, Any]:
    """The newest executions, and the next schedules."""
    executions = waiting.engine.store.newest(None, None, _SHOWN)
    return {
        "executions": [
            {
                "arn": execution.arn,
                "machine": execution.machine_arn.rpartition(":")[2],
                "name": execution.name,
                "status": execution.status,
                "state": execution.state,
                "error": execution.error or "",
                "started": instant_text(execution.started),
                "due": _text(execution.due()),
            }
            for execution in executions
        ],
        "schedules": [
            {"name": name, "due": instant_text(due), "tries": tries, "lost": lost}
            for name, due, tries, lost in waiting.schedules.waiting(_SHOWN)
        ],
    }


def _text(at: float | None) -> str:
    return "" if at is None else instant_text(at)
