"""Calls a function as API Gateway would, and reads its answer."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from caresmith.ids import PracticeId, UserId
from caresmith.permissions import Role
from caresmith.settings import prefix
from infra.manifest import Function, function_named
from scripts.localstack import apigw
from scripts.localstack.context import LambdaContext
from scripts.localstack.system import System


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


def invoke(function: Function | str, event: dict[str, Any]) -> Any:
    """Call a function's handler in this process, under the name that Lambda would give it."""
    function = function_named(function) if isinstance(function, str) else function
    module, _, symbol = function.handler.rpartition(".")
    handler = getattr(importlib.import_module(module), symbol)
    context = LambdaContext(prefix() + function.name, function.memory_mb, function.timeout_seconds)
    with patch.dict(os.environ, POWERTOOLS_SERVICE_NAME=function.name):
        return handler(event, context)


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
    found = System().owner(path)
    if found is None:
        raise LookupError(f"no function serves {path}")
    function, base_path = found
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
    request = apigw.HttpRequest(
        method=method,
        path=path,
        query=urlencode(query or {}),
        headers=tuple({**sent, **{k.lower(): v for k, v in (headers or {}).items()}}.items()),
        body=body,
    )
    event = apigw.proxy_event(request, base_path, caller.context() if caller else None)
    answer = apigw.read_answer(invoke(function, event))
    return Reply(
        answer.status,
        {name.lower(): value for name, value in answer.headers},
        answer.body.decode("utf-8", "replace"),
    )
