"""API Gateway's REST proxy events and answers, as the cloud makes and reads them."""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from infra.manifest import Function

MAX_BODY_BYTES: Final = 10 * 1024 * 1024
ACCOUNT: Final = "123456789012"
API_ID: Final = "local00000"


@dataclass(frozen=True)
class Request:
    """One HTTP request as it arrived."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"


def proxy_event(
    request: Request, function: Function, authorizer: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The event that API Gateway sends to the function which owns the path."""
    body, encoded = _body(request.body)
    return {
        **_common(request, function),
        "body": body,
        "isBase64Encoded": encoded,
        "requestContext": {
            **_context(request, function),
            "authorizer": {**(authorizer or {}), "principalId": "caller"},
        },
    }


def authorizer_event(request: Request, function: Function) -> dict[str, Any]:
    """The REQUEST event that API Gateway sends to the authorizer first."""
    arn = (
        f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{API_ID}/local/{request.method}"
        f"/{request.path.lstrip('/')}"
    )
    return {
        "type": "REQUEST",
        "methodArn": arn,
        **_common(request, function),
        "requestContext": _context(request, function),
    }


def _body(raw: bytes) -> tuple[str | None, bool]:
    if not raw:
        return None, False
    try:
        return raw.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode(), True


def _common(request: Request, function: Function) -> dict[str, Any]:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name, []).append(value)
    query: dict[str, list[str]] = {}
    for name, value in request.query:
        query.setdefault(name, []).append(value)
    base = _base_path(request.path, function)
    rest = request.path[len(base) :].lstrip("/")
    return {
        "resource": f"{base}/{{proxy+}}" if rest else base,
        "path": request.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {n: v[-1] for n, v in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": unquote(rest)} if rest else None,
        "stageVariables": None,
    }


def _base_path(path: str, function: Function) -> str:
    fitting = [b for b in function.base_paths if path == b or path.startswith(b + "/")]
    return max(fitting, key=len)


def _context(request: Request, function: Function) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "stage": "$default",
        "path": request.path,
        "httpMethod": request.method,
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(time.time() * 1000),
        "resourcePath": _base_path(request.path, function),
        "identity": {
            "sourceIp": request.source_ip,
            "userAgent": {k.lower(): v for k, v in request.headers}.get("user-agent", ""),
        },
    }


@dataclass(frozen=True)
class Answer:
    """What goes back to the client."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class MalformedAnswer(Exception):
    """The function's answer is not what API Gateway takes: the client gets a 502."""


def answer(result: Any) -> Answer:
    """Read a function's proxy answer. Raises MalformedAnswer."""
    if not isinstance(result, dict) or not isinstance(result.get("statusCode"), int):
        raise MalformedAnswer
    headers = [(name, str(value)) for name, value in (result.get("headers") or {}).items()]
    many = result.get("multiValueHeaders") or {}
    headers = [(n, v) for n, v in headers if n not in many]
    headers += [(name, str(value)) for name, values in many.items() for value in values]
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise MalformedAnswer
    raw = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return Answer(result["statusCode"], tuple(headers), raw)
