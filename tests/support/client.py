"""Calls a function as API Gateway would, and reads its answer."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from caresmith.ids import PracticeId, UserId
from caresmith.permissions import Role
from infra.manifest import Function, function_for_path, function_named
from scripts.localstack import apigw


@dataclass(frozen=True)
class Caller:
    """What the authorizer would have said of who calls."""

    practice_id: PracticeId
    user_id: str = field(default_factory=UserId.new)
    roles: tuple[Role, ...] = (Role.FRONT_DESK,)
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further authorizer context: session_id, csrf_token, provider_id..."""

    def context(self) -> dict[str, str]:
        return {
            "practice_id": self.practice_id,
            "user_id": self.user_id,
            "roles": ",".join(self.roles),
            **self.extra,
        }


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """Names in lower case; of a repeated header, the last."""
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class LambdaContext:
    """What Lambda passes beside the event."""

    memory_limit_in_mb = 512
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    log_group_name = "/aws/lambda/test"
    log_stream_name = "test"
    function_version = "$LATEST"

    def __init__(self, name: str) -> None:
        self.function_name = name
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"

    def get_remaining_time_in_millis(self) -> int:
        return 15_000


def invoke(function: Function | str, event: dict[str, Any]) -> Any:
    """Call a function's handler in this process."""
    function = function_named(function) if isinstance(function, str) else function
    module, _, symbol = function.handler.rpartition(".")
    handler = getattr(importlib.import_module(module), symbol)
    return handler(event, LambdaContext(function.name))


def call(
    method: str,
    path: str,
    *,
    caller: Caller | None = None,
    json_body: Any = None,
    form: Iterable[tuple[str, str]] | None = None,
    raw: bytes | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """One HTTP request through the function that owns the path."""
    from urllib.parse import urlencode

    function = function_for_path(path)
    if function is None:
        raise LookupError(f"no function serves {path}")
    sent = {"accept": "*/*", "host": "caresmith.test"}
    body = raw or b""
    if json_body is not None:
        body = json.dumps(json_body).encode()
        sent["content-type"] = "application/json"
    elif form is not None:
        body = urlencode(list(form)).encode()
        sent["content-type"] = "application/x-www-form-urlencoded"
    elif raw is not None:
        sent["content-type"] = "application/json"
    request = apigw.Request(
        method=method,
        path=path,
        query=tuple((query or {}).items()),
        headers=tuple({**sent, **{k.lower(): v for k, v in (headers or {}).items()}}.items()),
        body=body,
    )
    event = apigw.proxy_event(request, function, caller.context() if caller else None)
    answer = apigw.answer(invoke(function, event))
    return Reply(
        answer.status,
        {name.lower(): value for name, value in answer.headers},
        answer.body.decode("utf-8", "replace"),
    )
