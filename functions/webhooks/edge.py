"""The edge of the outside world: Chalice's routes, each with its verifier, and what surrounds them.

    texts = VerifiedBlueprint(__name__)

    @texts.route("/webhooks/twilio/sms", methods=["POST"], content_types=FORM)
    @verified_by(twilio_signature)
    def text_received(form: Form) -> Response: ...

No authorizer knows these callers, so each route proves for itself who calls: a
route without a verifier fails at import, and a view gets what its verifier has
proved and nothing else. API Gateway forwards ``/webhooks`` whole; here the path
finds its Chalice route. Errors are problem documents; logs hold ids.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar

from chalice.app import Blueprint, Chalice, Response

from caresmith import problems
from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import Clock, Instant, SystemClock
from caresmith.errors import BodyTooLarge, DomainError, MalformedBody, NotFound
from caresmith.http import MAX_BODY_BYTES
from caresmith.ids import PracticeId
from caresmith.log import bind, describe, logger
from caresmith.settings import service_name
from functions.webhooks.errors import MethodNotAllowed

Proof = TypeVar("Proof")
FORM: Final = ["application/x-www-form-urlencoded"]


@dataclass(frozen=True)
class Call:
    """One call from outside, as it came."""

    method: str
    path: str
    """Without the stage."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: str
    urls: tuple[str, ...]
    """Under which the caller may have called."""
    source_ip: str
    correlation_id: str
    now: Instant


Verifier = Callable[[Call, Mapping[str, str]], Proof]
"""Proves a call from it and its path's parameters. Raises a DomainError where it can't."""
ErrorView = Callable[[DomainError], Response]

_current: Final[ContextVar[Call]] = ContextVar("call")


def current_call() -> Call:
    """The call that is being answered."""
    return _current.get()


def problem(error: DomainError) -> Response:
    """The error as a problem document (RFC 9457)."""
    return respond(json.dumps(problems.document(error)), "application/problem+json", error.status)


def respond(
    body: str, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that nobody keeps."""
    return Response(
        body,
        {"Content-Type": content_type, "Cache-Control": "no-store", **(headers or {})},
        status,
    )


def verified_by(
    verifier: Verifier[Proof], *, errors: ErrorView = problem
) -> Callable[[Callable[[Proof], Response]], Callable[..., Response]]:
    """Name who proves the calls of a route. Stands below the route's decorator."""

    def mark(view: Callable[[Proof], Response]) -> Callable[..., Response]:
        @wraps(view)
        def checked(**parameters: str) -> Response:
            try:
                return view(verifier(current_call(), parameters))
            except DomainError as error:
                return errors(error)
            except Exception as error:
                # Chalice would log the text, which may repeat what a person wrote.
                logger().error("unforeseen error", extra={"error": describe(error)})
                return errors(problems.InternalError())

        checked.__verifier__ = verifier  # type: ignore[attr-defined]
        return checked

    return mark


def verifier_of(view: Callable[..., Any]) -> Any:
    """Who proves the calls of that view; None where nobody does."""
    return getattr(view, "__verifier__", None)


def _checked(register: Callable[..., Any], path: str) -> Callable[..., Any]:
    def refuse_unverified(view: Callable[..., Any]) -> Any:
        if verifier_of(view) is None:
            raise TypeError(f"{path}: {view.__name__} names no verifier")
        return register(view)

    return refuse_unverified


class VerifiedBlueprint(Blueprint):
    """Chalice's blueprint, but it refuses a view that names no verifier."""

    def route(self, path: str, **kwargs: Any) -> Callable[..., Any]:
        return _checked(super().route(path, **kwargs), path)


class WebhookApp(Chalice):
    """Chalice's app behind API Gateway's ``/webhooks/{proxy+}``."""

    def __init__(self, name: str, *, clock: Clock | None = None) -> None:
        # Powertools' logger is the only one; Chalice gets an environment of its own to mark.
        super().__init__(name, configure_logs=False, env={})
        self.clock = clock or SystemClock()

    def route(self, path: str, **kwargs: Any) -> Callable[..., Any]:
        return _checked(super().route(path, **kwargs), path)

    def resolve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request of API Gateway's proxy integration."""
        request = event.get("requestContext") or {}
        bind(correlation_id=request.get("requestId", ""), practice_id=None)
        try:
            call = read_call(event, self.clock.now())
            pattern, parameters = self._find(call)
        except DomainError as error:
            return problem(error).to_dict()
        token = _current.set(call)
        try:
            answer = self(_routed(event, pattern, parameters), context)
        finally:
            _current.reset(token)
        return _as_problem(answer)

    def _find(self, call: Call) -> tuple[str, dict[str, str]]:
        path = call.path.rstrip("/")
        for pattern, methods in self.routes.items():
            match = _compiled(pattern).fullmatch(path)
            if match is None:
                continue
            if call.method not in methods:
                raise MethodNotAllowed
            return pattern, match.groupdict()
        raise NotFound


def read_call(event: Mapping[str, Any], now: Instant) -> Call:
    """The call that API Gateway's event carries. Raises BodyTooLarge or MalformedBody."""
    from functions.webhooks.addresses import called_urls

    body = event.get("body") or ""
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"At most {MAX_BODY_BYTES} bytes are taken here.")
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise MalformedBody("The body is not valid UTF-8.") from None
    request = event.get("requestContext") or {}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Call(
        method=event["httpMethod"],
        path=event["path"],
        headers=headers,
        body=body,
        urls=called_urls(event, headers),
        source_ip=(request.get("identity") or {}).get("sourceIp") or "",
        correlation_id=request.get("requestId", ""),
        now=now,
    )


def _routed(
    event: Mapping[str, Any], pattern: str, parameters: Mapping[str, str]
) -> dict[str, Any]:
    """The event as API Gateway would send it, were the route a resource of its own."""
    context = {
        **event["requestContext"],
        "resourcePath": pattern,
        "httpMethod": event["httpMethod"],
    }
    return {
        **event,
        "headers": event.get("headers") or {},
        "pathParameters": dict(parameters),
        "requestContext": context,
    }


def _as_problem(answer: dict[str, Any]) -> dict[str, Any]:
    """Chalice's own refusals (a wrong media type) as problem documents."""
    refused = {415: problems.UnsupportedMediaType, 500: problems.InternalError}
    kind = refused.get(answer["statusCode"])
    ours = "problem+json" in str(answer["headers"].get("Content-Type", ""))
    return answer if kind is None or ours else problem(kind()).to_dict()


def _compiled(pattern: str) -> re.Pattern[str]:
    """``/x/{name}`` as an expression; the pattern's other characters are plain."""
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))


@contextmanager
def acting_for(practice: PracticeId, action: str) -> Iterator[AuditTrail]:
    """Do the call's work for that practice: as this function, on its audit trail."""
    call = current_call()
    bind(practice_id=practice)
    actor = Actor.system(practice, service_name())
    trail = AuditTrail(
        actor,
        f"{service_name()}.{action}",
        _At(call.now),
        source_ip=call.source_ip,
        correlation_id=call.correlation_id,
    )
    with acting_as(actor), audited(trail):
        try:
            yield trail
        except DomainError as error:
            trail.close(Outcome.FAILED, error.status)
            raise
        if trail.patients or trail.records:
            trail.close(Outcome.SUCCESS, 200)


class _At:
    """The clock of one call: all that it writes has its time."""

    def __init__(self, now: Instant) -> None:
        self._now = now

    def now(self) -> Instant:
        return self._now
