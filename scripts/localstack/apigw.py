"""API Gateway's REST proxy integration: its events, its authorizer, its reading of answers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
The gateway and the tests' client both build requests here, so a test sends a
function what API Gateway would.
"""

from __future__ import annotations

import base64
import binascii
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from scripts.localstack.system import ACCOUNT, REGION

MAX_BODY_BYTES: Final = 10 * 1024 * 1024
INTEGRATION_TIMEOUT_SECONDS: Final = 29.0
API_ID: Final = "local"


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire."""

    method: str
    path: str
    """Percent-encoded, without the query string."""
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class MalformedAnswer(Exception):
    """The function's answer is not one that API Gateway can pass on: 502."""


def proxy_event(
    request: HttpRequest, base_path: str, authorizer: Mapping[str, str] | None
) -> dict[str, Any]:
    """The event of a request to ``base_path`` (resource ``/x``) or below it (``/x/{proxy+}``)."""
    below = request.path[len(base_path) :].lstrip("/")
    resource = f"{base_path}/{{proxy+}}" if below else base_path
    body, is_base64 = _body(request.body)
    return {
        "resource": resource,
        "path": unquote(request.path),
        "httpMethod": request.method,
        **_headers(request.headers),
        **_query(request.query),
        "pathParameters": {"proxy": unquote(below)} if below else None,
        "stageVariables": None,
        "requestContext": _context(request, resource, authorizer),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def authorizer_event(request: HttpRequest, base_path: str) -> dict[str, Any]:
    """What a REQUEST authorizer is asked: the proxy event without its body."""
    event = proxy_event(request, base_path, None)
    del event["body"], event["isBase64Encoded"]
    event["requestContext"].pop("authorizer")
    return {"type": "REQUEST", "methodArn": method_arn(request.method, request.path), **event}


def method_arn(method: str, path: str) -> str:
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/local/{method}/{path.lstrip('/')}"


def read_answer(result: Any) -> HttpAnswer:
    """Turn a function's answer into HTTP. Raises MalformedAnswer where API Gateway says 502."""
    if not isinstance(result, dict) or "errorMessage" in result:
        raise MalformedAnswer
    try:
        status = int(result["statusCode"])
        body = result.get("body")
        if body is not None and not isinstance(body, str):
            raise MalformedAnswer
        encoded = body or ""
        content = (
            base64.b64decode(encoded, validate=True)
            if result.get("isBase64Encoded")
            else encoded.encode()
        )
        headers = _answer_headers(result)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise MalformedAnswer from error
    return HttpAnswer(status, headers, content)


def _answer_headers(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """``multiValueHeaders`` win over ``headers`` of the same name."""
    several = result.get("multiValueHeaders") or {}
    headers = [(name, str(value)) for name, values in several.items() for value in values]
    named = {name.lower() for name in several}
    single = (result.get("headers") or {}).items()
    headers += [(name, str(value)) for name, value in single if name.lower() not in named]
    return headers


def _body(content: bytes) -> tuple[str | None, bool]:
    if not content:
        return None, False
    try:
        return content.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(content).decode(), True


def _headers(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    several: dict[str, list[str]] = {}
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    return {
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
    }


def _query(query: str) -> dict[str, Any]:
    several: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        several.setdefault(name, []).append(value)
    return {
        "queryStringParameters": {n: v[-1] for n, v in several.items()} or None,
        "multiValueQueryStringParameters": several or None,
    }


def _context(
    request: HttpRequest, resource: str, authorizer: Mapping[str, str] | None
) -> dict[str, Any]:
    now = datetime.now(UTC)
    agent = next((v for n, v in request.headers if n.lower() == "user-agent"), None)
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "resourceId": "local",
        "resourcePath": resource,
        "stage": "local",
        "path": unquote(request.path),
        "httpMethod": request.method,
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "extendedRequestId": uuid.uuid4().hex[:16],
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(time.time() * 1000),
        "identity": {"sourceIp": request.source_ip, "userAgent": agent},
        "authorizer": {**(authorizer or {}), "principalId": (authorizer or {}).get("user_id", "")},
    }
