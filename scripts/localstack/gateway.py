"""The HTTP gateway: API Gateway's REST proxy in front of the function host."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

import anyio
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.manifest import Function
from scripts.localstack.apigw import (
    INTEGRATION_TIMEOUT_SECONDS,
    MAX_BODY_BYTES,
    HttpAnswer,
    HttpRequest,
    MalformedAnswer,
    authorizer_event,
    method_arn,
    proxy_event,
    read_answer,
)
from scripts.localstack.host import FunctionHost

_TITLES: Final = {
    401: "Sign in first",
    403: "Not allowed",
    404: "No such path",
    413: "The request is too large",
    502: "The function gave no proper answer",
    504: "The function took too long",
}
_PARALLEL_REQUESTS: Final = 64


class Refused(Exception):
    """The gateway answers by itself with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gateway:
    """An ASGI app. ``local`` serves what begins with ``/_local`` and is of this machine only."""

    def __init__(
        self,
        host: FunctionHost,
        local: ASGIApp | None = None,
        after_request: Callable[[], None] = lambda: None,
    ) -> None:
        self._host, self._system = host, host.system
        self._local, self._after_request = local, after_request
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif self._local is not None and scope["path"].startswith("/_local"):
            await self._local(scope, receive, send)
        elif scope["type"] == "http":
            await _send(send, await self._answer(scope, receive), scope["method"])

    async def _answer(self, scope: Scope, receive: Receive) -> HttpAnswer:
        self._limiter = self._limiter or anyio.CapacityLimiter(_PARALLEL_REQUESTS)
        try:
            request = _request(scope, await _read(receive))
            with anyio.fail_after(INTEGRATION_TIMEOUT_SECONDS):
                return await anyio.to_thread.run_sync(
                    self.serve, request, limiter=self._limiter, abandon_on_cancel=True
                )
        except TimeoutError:
            return problem(504)
        except Refused as refused:
            return problem(refused.status)

    def serve(self, request: HttpRequest) -> HttpAnswer:
        """Authorise, invoke and read the answer. Raises Refused."""
        owner = self._system.owner(request.path)
        if owner is None:
            raise Refused(404)
        function, base_path = owner
        context = self._authorize(request, base_path)
        result = self._host.invoke(function.name, proxy_event(request, base_path, context))
        self._after_request()
        if result.error:
            _complain(function, result.payload)
            raise Refused(502)
        try:
            return read_answer(result.payload)
        except MalformedAnswer:
            _complain(function, {"errorType": "malformed proxy answer"})
            raise Refused(502) from None

    def _authorize(self, request: HttpRequest, base_path: str) -> Mapping[str, str]:
        authorizer = self._system.authorizer()
        if authorizer is None:
            return {}
        result = self._host.invoke(authorizer.name, authorizer_event(request, base_path))
        if result.error:
            if result.payload.get("errorMessage") == "Unauthorized":
                raise Refused(401)
            _complain(authorizer, result.payload)
            raise Refused(502)
        if not allows(result.payload, method_arn(request.method, request.path)):
            raise Refused(403)
        context: Mapping[str, str] = result.payload.get("context") or {}
        return context


def allows(answer: Any, arn: str) -> bool:
    """Whether the authorizer's policy allows the call: an explicit Deny wins, silence denies."""
    try:
        statements = answer["policyDocument"]["Statement"]
    except (KeyError, TypeError):
        return False
    effects = {
        statement["Effect"]
        for statement in statements
        if any(fnmatchcase(arn, resource) for resource in _listed(statement["Resource"]))
    }
    return effects == {"Allow"}


def problem(status: int) -> HttpAnswer:
    """The gateway's own answer (RFC 9457)."""
    body = {"type": "about:blank", "title": _TITLES[status], "status": status}
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
    return HttpAnswer(status, headers, json.dumps(body).encode())


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _complain(function: Function, error: Mapping[str, Any]) -> None:
    print(
        f"{function.name}: {error.get('errorType')} (see its log)",
        file=sys.stderr,
        flush=True,
    )


async def _read(receive: Receive) -> bytes:
    """The whole body. Raises Refused where it is larger than API Gateway takes."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise Refused(413)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _request(scope: Scope, body: bytes) -> HttpRequest:
    client = scope.get("client") or ("127.0.0.1", 0)
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    return HttpRequest(
        method=scope["method"],
        path=raw_path.decode("latin-1").partition("?")[0],
        query=scope["query_string"].decode("latin-1"),
        headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]],
        body=body,
        source_ip=client[0],
    )


async def _send(send: Send, answer: HttpAnswer, method: str) -> None:
    headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in answer.headers]
    headers = [pair for pair in headers if pair[0] != b"content-length"]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = b"" if method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
