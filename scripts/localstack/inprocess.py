"""Calls a function in this process as API Gateway would: for tests and measurements."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from caresmith.settings import prefix
from infra.manifest import Function, function_named
from scripts.localstack.apigw import HttpAnswer, HttpRequest, proxy_event, read_answer
from scripts.localstack.context import LambdaContext
from scripts.localstack.system import System


def invoke(function: Function | str, event: dict[str, Any]) -> Any:
    """Call a function's handler, under the name that Lambda would give it."""
    function = function_named(function) if isinstance(function, str) else function
    module, _, symbol = function.handler.rpartition(".")
    handler = getattr(importlib.import_module(module), symbol)
    context = LambdaContext(prefix() + function.name, function.memory_mb, function.timeout_seconds)
    with patch.dict(os.environ, POWERTOOLS_SERVICE_NAME=function.name):
        return handler(event, context)


def request(
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    caller: dict[str, str] | None = None,
) -> HttpAnswer:
    """One HTTP request through the function that owns the path.

    ``caller`` is what the authorizer says of who calls; None for an anonymous
    one. Raises LookupError where no function serves the path.
    """
    found = System().owner(path)
    if found is None:
        raise LookupError(f"no function serves {path}")
    function, base_path = found
    sent = HttpRequest(
        method=method,
        path=path,
        query=urlencode(query or {}),
        headers=tuple({"accept": "*/*", "host": "caresmith.test", **(headers or {})}.items()),
        body=body,
    )
    return read_answer(invoke(function, proxy_event(sent, base_path, caller)))
